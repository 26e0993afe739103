"""Campaigns of the sample shop: one row when each starts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets import periods
from ops_widgets.samples.campaigns import Reach, Running, campaign_id
from ops_widgets.samples.stream import Shop


def rows_of_campaign(shop: Shop, running: Running, reach: Reach) -> dict[str, pa.Array]:
    """The campaign's own row; the budget is the cost, a tenth more, rounded up to hundreds."""
    campaign = running.campaign
    ends_on = periods.add_periods(campaign.starts_on, campaign.days - 1, "day")
    budget = float(np.ceil(reach.cost.sum() * 1.1 / 100) * 100)
    planned = campaign.treatment_share if campaign.audience else None
    return {
        "campaign_id": pa.array([campaign_id(running.number)]),
        "name": pa.array([campaign.name]),
        "content_type": pa.array([campaign.content_type]),
        "format": pa.array([campaign.place.format]),
        "channel": pa.array([campaign.place.channel]),
        "slot_id": pa.array([campaign.place.slot]),
        "starts_on": pa.array([campaign.starts_on]),
        "ends_on": pa.array([ends_on]),
        "objective": pa.array([campaign.objective]),
        "budget": pa.array([budget]),
        "treatment_share": pa.array([planned], pa.float64()),
    }
