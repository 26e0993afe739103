"""Campaign audiences of the sample shop: all of a campaign's when it starts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets import periods
from ops_widgets.contract.tables.campaign_audience import ARMS
from ops_widgets.samples import plan
from ops_widgets.samples.campaigns import Reach, Running
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.write import coded, named, utc

CODED = frozenset({"campaign_id", "arm"})
VARIED = frozenset({"customer_id"})

TREATMENT, CONTROL = (ARMS.index(arm) for arm in ("treatment", "control"))


def rows_of_campaign(shop: Shop, running: Running, reach: Reach) -> dict[str, pa.Array]:
    """Every arm is drawn at ten in the morning (02:00 UTC) of the day before the start."""
    size = len(running.members)
    assigned = periods.day_number(plan.START) + running.first - 1
    second = np.full(size, assigned * periods.SECONDS_A_DAY + 10 * 3600)
    return {
        "campaign_id": coded(shop.campaign_ids, np.full(size, running.number)),
        "customer_id": named(shop.customer_ids, running.members),
        "arm": coded(pa.array(ARMS), np.where(running.treated, TREATMENT, CONTROL)),
        "assigned_at": utc(second, shop.utc_offset),
    }
