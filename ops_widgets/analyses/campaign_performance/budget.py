"""Whether the money of campaigns is spent as planned: budget, pace, and where it ends."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.daily import campaign_sums, listed, runs
from ops_widgets.analyses.campaign_performance.queries import by_slot, chosen, only_window
from ops_widgets.analyses.campaign_performance.reasons import BUDGET, SPENT, unknown_or_nothing
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import (
    KINDS,
    CampaignPerformanceView,
    whole_window,
    window,
)
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.formats import format_value
from ops_widgets.charts.marks import BY_PLACE, SHARE_TIP, shade
from ops_widgets.charts.theme import HEAT, INK, SERIES
from ops_widgets.periods import from_day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.frames import described, one_of, pickable

QUESTION = "Is the money spent as planned?"
#: A pace this far from 1 is as planned: budgets are round numbers, and days differ.
NEAR = 0.1
USED, ELAPSED = "Budget used", "Days passed"


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row a chosen campaign that ran in the window, what ran over its budget first.

    ``spent`` is of the whole campaign up to the day looked at, whatever the window; NA where one
    day is not known. ``budget_used`` = spent / budget, ``elapsed`` = planned days that have
    passed / planned days, ``pace`` = one / the other, ``projected`` = spent / elapsed: what it
    costs in the end if it goes on like this. Spent after the plan has ended, the projection is
    what was spent. ``plan`` says how it stands, or why that is not known.
    """
    BUDGET.require(store)
    SPENT.require(store)
    whole = only_window(view).replace(since=None, until=None, by=KINDS[0])
    ran = runs(store, *window(store, view))
    rows = once(store, _spent, whole)
    rows = rows[one_of(rows["campaign_id"], ran["campaign_id"])]
    rows = chosen(rows, view, campaign=False, group=True)
    table = _paced(rows, whole_window(store, view)[1])
    as_of = format_value(from_day_number(whole_window(store, view)[1]), "date")
    said = f"Whole campaigns up to {as_of}, whatever days are looked at."
    if by_slot(view):
        said += " Those that filled several slots are left out: a budget is of none of them."
    more = {"spent": unknown_or_nothing(store)}
    shown = described(store, table, TERMS, more=more, note=said)
    return pickable(shown, "name", "campaign", view)


def _spent(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """``campaign_id, name``, the kinds, ``starts_on, ends_on, budget`` and ``spent`` so far."""
    plans = store.query(
        f"select campaign_id, starts_on::double as starts_on, ends_on::double as ends_on, "
        f"budget::double as budget from {listed(store)}"
    )
    recorded = store.query("select min(day)::double as day from campaign_day")["day"]
    first, last = min([*recorded, *plans["starts_on"].dropna()]), whole_window(store, view)[1]
    sums = campaign_sums(store, int(first), last).rename(columns={"cost": "spent"})
    named = sums[["campaign_id", "name", *KINDS, "spent"]]
    return named.merge(plans, on="campaign_id", how="left")


def _paced(rows: pd.DataFrame, as_of: int) -> pd.DataFrame:
    days = rows["ends_on"] - rows["starts_on"] + 1
    passed = (as_of - rows["starts_on"] + 1).clip(lower=0)
    elapsed = (passed / days).clip(upper=1.0)
    used = rows["spent"] / rows["budget"].where(rows["budget"] > 0)
    begun = elapsed.where(elapsed > 0)
    table = rows.assign(
        budget_used=used, elapsed=elapsed, pace=used / begun, projected=rows["spent"] / begun
    )
    table["plan"] = [_plan(row) for row in table.to_dict("records")]
    order = ["budget_used", "name"]
    return table.sort_values(order, ascending=[False, True], kind="stable", ignore_index=True)


def _plan(row: dict[Any, Any]) -> str:
    """How a campaign stands, or why that is not known."""
    if pd.isna(row["budget"]):
        return "no budget is known"
    if pd.isna(row["spent"]):
        return "its cost is not known of every day"
    if row["spent"] > row["budget"]:
        return "overspent"
    if pd.isna(row["elapsed"]):
        return "its planned days are not known"
    if not row["budget"]:
        return "nothing planned, nothing spent"
    if row["elapsed"] == 0:
        return "before its first planned day"
    if row["elapsed"] == 1:
        return "ended within budget"
    if row["pace"] > 1 + NEAR:
        return "too fast: would overspend"
    return "slower than planned" if row["pace"] < 1 - NEAR else "as planned"


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """A bar of the budget used, a tick for the days that have passed, and the line of all of it."""
    base = alt.Chart(frame, height=alt.Step(26)).encode(
        y=alt.Y("name:N", title=None, sort=BY_PLACE),
        tooltip=[
            alt.Tooltip("name:N", title="Campaign"),
            alt.Tooltip("budget_used:Q", title=USED, format=SHARE_TIP),
            alt.Tooltip("elapsed:Q", title=ELAPSED, format=SHARE_TIP),
            alt.Tooltip("pace:Q", title="Pace", format=".2~f"),
            alt.Tooltip("plan:N", title="As planned?"),
        ],
        opacity=shade(frame),
    )
    names = alt.Scale(domain=[USED, ELAPSED], range=[HEAT[2], INK])

    def named(what: str, chart: alt.Chart) -> alt.Chart:
        return chart.transform_calculate(what=f"'{what}'").encode(
            color=alt.Color("what:N", title=None, scale=names)
        )

    known = base.transform_filter("isValid(datum.budget_used)")
    passed = base.transform_filter("isValid(datum.elapsed)")
    x = alt.X(
        "budget_used:Q",
        title=None,
        axis=alt.Axis(format="~%", tickCount=3),
        scale=alt.Scale(domainMin=0, nice=True),
    )
    layers = [
        named(USED, known.mark_bar(stroke=SERIES[0], strokeWidth=1).encode(x=x)),
        named(ELAPSED, passed.mark_tick(thickness=3, size=18).encode(x="elapsed:Q")),
        alt.Chart(frame).mark_rule(strokeDash=[4, 3], color=INK).encode(x=alt.datum(1)),
    ]
    return alt.LayerChart(layer=layers)


chart = Drawing(draw)
