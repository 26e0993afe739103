"""Campaign days of the sample shop: all of a campaign's when it is over."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets import periods
from ops_widgets.samples import plan
from ops_widgets.samples.campaigns import Reach, Running, campaign_id
from ops_widgets.samples.ledger import Outcome
from ops_widgets.samples.stream import Shop


def rows_of_outcome(
    shop: Shop, running: Running, reach: Reach, outcome: Outcome
) -> dict[str, pa.Array]:
    """One row a day; its conversions are the orders credited to the campaign, as placed."""
    days = periods.day_number(plan.START) + np.arange(running.first, running.end)
    return {
        "campaign_id": pa.array([campaign_id(running.number)] * len(days)),
        "day": pa.array(days.astype("int32")).cast(pa.date32()),
        "impressions": pa.array(reach.impressions),
        "clicks": pa.array(reach.clicks),
        "cost": pa.array(reach.cost),
        "currency": pa.nulls(len(days), pa.string()),
        "conversions": pa.array(outcome.conversions.astype(float)),
        "conversion_value": pa.array(np.round(outcome.value, 2)),
        "slot_id": pa.array([running.campaign.place.slot] * len(days)),
    }
