"""Every campaign over its whole run, as the panels that judge campaigns read it.

From what is credited to what it caused, what of that was only bought earlier, what goods and the
campaign itself cost, and what is left: each with its interval, of the same customers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import EFFECT_OF, NO_CONTROL, Tested, tested
from ops_widgets.analyses.campaign_performance.grade import graded
from ops_widgets.analyses.campaign_performance.next_budget import next_budgets
from ops_widgets.analyses.campaign_performance.quasi import quasi
from ops_widgets.analyses.campaign_performance.queries import (
    campaign_facts,
    chosen,
    of_day,
)
from ops_widgets.analyses.campaign_performance.reasons import CUSTOMERS
from ops_widgets.analyses.campaign_performance.view import (
    KINDS,
    CampaignPerformanceView,
    whole_window,
)
from ops_widgets.metrics.campaigns import campaign_economics
from ops_widgets.periods import day_number
from ops_widgets.stats.experiment import size_for
from ops_widgets.stats.shrink import shrunk
from ops_widgets.summaries.moments import DAYS_AFTER
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import ENOUGH
from ops_widgets.views.frames import one_of

#: How often a family of tests may be wrong that something was found.
FALSE_DISCOVERIES = 0.05
#: What is taken of each outcome, times the treated; ``sure`` ends are right for all together.
_ENDS = {
    "": "effect",
    "_low": "low",
    "_high": "high",
    "_sure_low": "sure_low",
    "_sure_high": "sure_high",
    "_error": "error",
}
_NAMES = {
    "incremental": "net_revenue",
    "during": "during",
    "after": "after",
    "gross_profit": "gross_profit",
}


def reviewed(
    store: Store, view: CampaignPerformanceView, *, campaign: bool = False
) -> pd.DataFrame:
    """One row a chosen campaign that ran in the window; amounts of its whole run, minor units.

    The economics of ``metrics.campaigns``, ``treated``, of :data:`_NAMES` the effect on all the
    treated with its ends and error (:data:`_ENDS`), ``left`` (gross profit caused less cost) with
    them, ``caused_shrunk`` (incremental, drawn to what campaigns have in common), ``q``, ``grade``,
    ``lost``, ``overlaps``, ``starts_on``, ``ends_on``, ``without`` (net revenue of the treated had
    they been held back), ``verdict`` (scale, keep, test, stop), ``arm_size`` (customers for each
    arm of a test that shows whether it pays) and ``test_days``. NA: unknown. ``campaign``: only the
    picked one. ``test_effect`` is the gross profit a customer that such a test sees, ``next_...``
    and ``no_curve`` are those of ``next_budget``.
    """
    first, last = whole_window(store, view)
    ran = campaign_facts(store, first, last)["campaign_id"]
    rows = all_reviewed(store, view)
    return chosen(rows[one_of(rows["campaign_id"], ran)], view, campaign=campaign, group=True)


def all_reviewed(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The rows of :func:`reviewed` of every campaign to the day looked at, whatever is chosen."""
    found: pd.DataFrame = once(store, _reviewed, of_day(view))
    return found


def _reviewed(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    rows = campaign_facts(store, day_number(store.first_day), whole_window(store, view)[1])
    named = rows[["campaign_id", "name", *KINDS, "cost_unknown"]]
    table = campaign_economics(rows, "campaign_id").merge(named, on="campaign_id")
    table = table.merge(_plans(store), on="campaign_id", how="left")
    found = tested(store, view)
    table = _compared(store, view, table.merge(_caused(found), on="campaign_id", how="left"))
    table = table.merge(graded(store, view), on="campaign_id", how="left")
    table["grade"] = table["grade"].fillna("C")
    table["lost"] = table["lost"].fillna(NO_CONTROL)
    table["overlaps"] = table["overlaps"].fillna("")
    for end in _ENDS:
        spent = 0 if end == "_error" else table["cost"]
        table[f"left{end}"] = table[f"gross_profit{end}"] - spent
    table["verdict"] = verdicts(table)
    table["test_days"] = table["ends_on"] - table["starts_on"] + 1 + DAYS_AFTER
    # What one treated customer must bring for the campaign to pay.
    to_pay = (table["cost"] / table["treated"]).where((table["cost"] > 0) & (table["treated"] > 0))
    table["test_effect"] = to_pay.fillna(to_pay.median())
    spread = table["spread"].fillna(table["spread"].median())
    table["arm_size"] = size_for(table["test_effect"], spread)
    over = table["ends_on"] + DAYS_AFTER <= whole_window(store, view)[1]
    return table.join(next_budgets(store, table, over))


def _caused(found: Tested) -> pd.DataFrame:
    """What the arms say of each campaign, on all its treated."""
    arms = found.arms.set_index("campaign_id")
    many = arms["treated"].astype("float64")
    columns = {"treated": many}
    for name, outcome in _NAMES.items():
        told = found.of(outcome).reindex(arms.index)
        columns |= {f"{name}{end}": told[of].astype("float64") * many for end, of in _ENDS.items()}
    sales, profit = (found.of(name).reindex(arms.index) for name in ("net_revenue", "gross_profit"))
    error = sales["error"].astype("float64")
    drawn = shrunk(sales["effect"].astype("float64"), error)
    columns["caused_shrunk"] = pd.Series(drawn, arms.index) * many
    columns["without"] = sales["held"].astype("float64") * many
    columns["q"] = sales["q"].astype("float64")
    columns["spread"] = profit["spread"].astype("float64")
    return pd.DataFrame(columns).reset_index()


def _compared(store: Store, view: CampaignPerformanceView, table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with what comparisons without a control group tell, where these passed.

    What they tell of sales is profit at the margin of the sales that are credited.
    """
    told = quasi(store, view)
    told = told[told["passed"]].set_index("campaign_id").reindex(table["campaign_id"])
    told.index = table.index
    credited = table["net_revenue"].where(table["net_revenue"] > 0)
    margin = 1 - table["goods_cost"] / credited
    for end, of in (("", "effect"), ("_low", "low"), ("_high", "high")):
        for name, part in (("incremental", 1.0), ("gross_profit", margin)):
            column = f"{name}{end}"
            table[column] = table[column].fillna(told[of] * part)
    return table


def verdicts(table: pd.DataFrame) -> np.ndarray:
    """The recommendation for each row, by the ends of its intervals: :data:`RULE`."""
    shown = (table["incremental_low"] > 0) & (table["q"].fillna(0.0) <= FALSE_DISCOVERIES)
    uncovered = (table["orders"] >= ENOUGH) & (table["contribution"] < 0)
    tests = [
        table["left_low"].gt(0) & shown,
        table["left_high"].lt(0) | (table["grade"].eq("C") & uncovered),
        shown,
    ]
    return np.select(tests, ["scale", "stop", "keep"], "test")


RULE = (
    "Scale: even at the bad end of its interval it leaves money. Stop: even at the good end it "
    "loses, or, where only credit is known, not even that covers goods and cost. Keep: it caused "
    "sales beyond chance, but perhaps less than it cost. Test: neither is shown."
)


def _plans(store: Store) -> pd.DataFrame:
    """``campaign_id, starts_on, ends_on``: the planned days of each campaign, as day numbers."""
    if not store.has("campaign"):
        names = {"campaign_id": "str", "starts_on": "float64", "ends_on": "float64"}
        return pd.DataFrame(columns=[*names]).astype(names)
    return store.query(
        "select campaign_id, starts_on::double as starts_on, ends_on::double as ends_on "
        "from campaign"
    )


def require_control(store: Store) -> None:
    """Raise ``MissingDataError`` where the source cannot say what any campaign caused."""
    CUSTOMERS.require(store)
    EFFECT_OF.require(store)
