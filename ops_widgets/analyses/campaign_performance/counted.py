"""Sums of what the platforms count, campaign by campaign."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.daily import campaign_sums, in_campaign_days
from ops_widgets.analyses.campaign_performance.queries import chosen, only_window
from ops_widgets.analyses.campaign_performance.view import (
    COUNTED,
    CampaignPerformanceView,
    window,
)
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.frames import one_of


def counted(store: Store, view: CampaignPerformanceView, *, campaign: bool = False) -> pd.DataFrame:
    """One row a chosen campaign of ``campaign_days`` with its sums over the window; ``campaign``:
    of the picked one alone.

    The columns of :func:`~.daily.campaign_sums`; a sum is NA as soon as one day is unknown.
    """
    rows = once(store, _counted, only_window(view))
    return chosen(rows, view, campaign=campaign, group=True)


def _counted(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    COUNTED.require(store)
    rows = campaign_sums(store, *window(store, view), by_slot=view.by == "slot")
    return rows[one_of(rows["campaign_id"], in_campaign_days(store))]
