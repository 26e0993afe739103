"""Campaign audiences of the sample shop: all of a campaign's when it is over."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets import periods
from ops_widgets.contract.tables.campaign_audience import ARMS
from ops_widgets.samples import plan
from ops_widgets.samples.campaigns import Reach, Running
from ops_widgets.samples.ledger import Outcome
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.write import coded, named, utc

CODED = frozenset({"campaign_id", "arm"})
VARIED = frozenset({"customer_id", "pre_revenue"})
#: What is known of a customer before the campaign begins.
FAMILIES = ("pre_orders", "pre_revenue")

TREATMENT, CONTROL = (ARMS.index(arm) for arm in ("treatment", "control"))
REACHED_SHARE = 0.92


def rows_of_outcome(
    shop: Shop, running: Running, reach: Reach, outcome: Outcome
) -> dict[str, pa.Array]:
    """Every arm is drawn at ten in the morning (02:00 UTC) of the day before the start.

    What a customer brought is the net revenue of the campaign's days, whoever is credited with it.
    """
    size = len(running.members)
    assigned = periods.day_number(plan.START) + running.first - 1
    second = np.full(size, assigned * periods.SECONDS_A_DAY + 10 * 3600)
    seen = shop.generator(11, running.number).random(size) < REACHED_SHARE
    return {
        "campaign_id": coded(shop.campaign_ids, np.full(size, running.number)),
        "customer_id": named(shop.customer_ids, running.members),
        "arm": coded(pa.array(ARMS), np.where(running.treated, TREATMENT, CONTROL)),
        "assigned_at": utc(second, shop.utc_offset),
        "reached": pa.array(running.treated & seen),
        "converted": pa.array(outcome.orders > 0),
        "value": pa.array(np.round(outcome.net, 2)),
        "pre_orders": pa.array(outcome.orders_before.astype(float)),
        "pre_revenue": pa.array(np.round(outcome.net_before, 2)),
    }
