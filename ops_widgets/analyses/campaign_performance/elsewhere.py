"""What campaigns aimed at one category changed in all others: taken from there, or sold beside."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.aimed import book
from ops_widgets.analyses.campaign_performance.effect import arm_sums, tested
from ops_widgets.analyses.campaign_performance.queries import of_day
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.metrics.experiments import outside
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once


def elsewhere(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """``campaign_id, category, elsewhere, elsewhere_error``, a row a campaign aimed at a category.

    What its treated bought of other categories until its last day, all of them together, beyond
    what those held back did (minor units), and its standard error; not adjusted for what was known
    before. Only of campaigns whose control group can be read and whose amounts are not capped.
    """
    found: pd.DataFrame = once(store, _elsewhere, of_day(view))
    return found


def _elsewhere(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    of_all = book(store, view)
    arms = tested(store, view).arms.set_index("campaign_id")
    readable = set(arms.index[(arms["why_money"] == "") & arms["cap"].isna()])
    aims = [one for one in of_all.aims.values() if one.is_aimed and one.campaign_id in readable]
    own = pd.DataFrame(
        [(one.campaign_id, one.category) for one in aims], columns=["campaign_id", "category"]
    ).astype("str")
    sold = store.query(
        "select campaign_id, category, arm, during, during_squares, during_x_whole "
        "from campaign_arm_category"
    )
    told = outside(
        sold.merge(own, on=["campaign_id", "category"]).drop(columns="category"),
        arm_sums(store, "campaign_arm").merge(own, on="campaign_id"),
    )
    treated = arms["treated"].reindex(told.index).astype("float64")
    amounts = {"elsewhere": told["effect"] * treated, "elsewhere_error": told["error"] * treated}
    return own.merge(pd.DataFrame(amounts).reset_index(), on="campaign_id")
