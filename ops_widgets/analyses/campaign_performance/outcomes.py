"""What each campaign caused by the outcomes that were delivered with its audience."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.arms import arms_of
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "What did treated customers do that those held back did not?"
#: The outcomes are of whole campaigns.
IGNORES = ("since", "until")
WHOLE = "Of whole campaigns, as their outcomes were delivered, whatever days are looked at."
UNTESTED = (
    "Where `campaigns.treatment_share` says no planned split, nobody can test whether the arms are "
    "as drawn."
)


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Conversion rates by arm and what was caused, one row a campaign, the surest first."""
    table = arms_of(store, view).sort_values(
        ["incremental_conversions", "name"], ascending=[False, True]
    )
    said = [WHOLE] + ([UNTESTED] if table["planned"].isna().any() else [])
    shown = described(store, table, TERMS, note=" ".join(said))
    return pickable(shown, "name", "campaign", view)
