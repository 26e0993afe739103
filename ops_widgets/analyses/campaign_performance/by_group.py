"""The economics of what the view compares: kinds of campaigns, slots, or each campaign."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance import impossible
from ops_widgets.analyses.campaign_performance.economics import OF_VISITS, groups
from ops_widgets.analyses.campaign_performance.reasons import unknown_or_nothing
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "What does each kind earn?"


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Funnel and economics, one row a content type (or format, slot, campaign, ...)."""
    table, labels, note = groups(store, view)
    note = " ".join(filter(None, (impossible.said(table), note)))
    more = {"cost": unknown_or_nothing(store)}
    # Who came stands in the funnel, and these by campaign: a table of everything fits no sheet.
    left = (*OF_VISITS, "gmv", "returning_customers")
    table = table.drop(columns=[name for name in table if name in left])
    shown = described(store, table, TERMS, labels=labels, more=more, note=note)
    return pickable(shown, "group", "group", view)
