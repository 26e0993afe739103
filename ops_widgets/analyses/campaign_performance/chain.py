"""From what is credited to what is left: what was caused, what only came early, what it cost."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import said_of_effects
from ops_widgets.analyses.campaign_performance.elsewhere import elsewhere
from ops_widgets.analyses.campaign_performance.holdout import said_of_all
from ops_widgets.analyses.campaign_performance.reviewed import require_control, reviewed
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.marks import (
    BY_PLACE,
    SILENT,
    in_currency,
    money_axis,
    money_tips,
)
from ops_widgets.charts.theme import HEAT, INK, SERIES
from ops_widgets.errors import MissingDataError
from ops_widgets.stats.proportion import quantile
from ops_widgets.summaries.store import Store
from ops_widgets.views.finding import LEVEL
from ops_widgets.views.frames import described

QUESTION = "How much of what is credited is left?"
IGNORES = ("since", "until")
SUM, CHANGE = "sum", "change"
Link = tuple[str, str, str, str]
#: What a bar is drawn by: where it begins and ends, the ends of its interval, its kind.
DRAWN = ["ops_start", "ops_end", "ops_low", "ops_high", "ops_kind"]
#: The links of the chain: name, what it is of a campaign, and its error (empty: none is known).
#: A sum stands on the ground, a change hangs on what is before it.
CREDITED: tuple[Link, ...] = (
    ("Credited", "net_revenue", "", SUM),
    ("Not caused", "uncaused", "", CHANGE),
)
#: Where each campaign is aimed at one category: what it took from others, or sold beside.
OWN: tuple[Link, ...] = (
    ("Caused in its category", "own", "own_error", SUM),
    ("In other categories", "elsewhere", "elsewhere_error", CHANGE),
)
CAUSED: tuple[Link, ...] = (
    ("Caused until its last day", "during", "during_error", SUM),
    ("In the days after it", "after", "after_error", CHANGE),
    ("Caused in all", "incremental", "incremental_error", SUM),
    ("Goods", "goods", "", CHANGE),
    ("Cost", "spent", "", CHANGE),
    ("Left", "left", "left_error", SUM),
)
#: What is said of sales of other categories, whether they are shown apart or not.
OTHERS = (
    "What customers bought of other categories counts, so that what is only taken from there is no "
    "gain; it is shown apart where each campaign is aimed at one category (most of its credit), "
    "not adjusted for what they bought before."
)


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row a link, of the picked campaign or of all that can be read, together.

    Raises ``MissingDataError`` where no control group can be read, or what was caused cannot be
    priced.
    """
    require_control(store)
    rows = reviewed(store, view, campaign=True)
    readable = rows[rows["left_error"].notna()]
    if readable.empty:
        why = (
            rows["lost"].iloc[0] if view.campaign and len(rows) else "no control group can be read"
        )
        raise MissingDataError(
            f"What these campaigns caused and left is not known: {why}.",
            "Pick a campaign with a control group, or look at a longer window.",
        )
    rows, links = _with_others(readable, elsewhere(store, view))
    rows = rows.assign(
        uncaused=rows[links[0][1]] - rows["net_revenue"],
        goods=rows["gross_profit"] - rows["incremental"],
        spent=-rows["cost"],
    )
    reach, before = quantile(LEVEL), 0.0
    found = []
    for name, column, error, kind in (*CREDITED, *links):
        amount = float(rows[column].sum())
        half = reach * float(np.sqrt((rows[error] ** 2).sum())) if error else np.nan
        start = 0.0 if kind == SUM else before
        before = start + amount
        bar = (start, before, before - half, before + half, kind)
        found.append((name, amount, amount - half, amount + half, *bar))
    names = ["link", "amount", "amount_low", "amount_high", *DRAWN]
    frame = pd.DataFrame(found, columns=names)
    grades = rows["grade"].value_counts().sort_index().items()
    graded = ", ".join(f"{many} {grade}" for grade, many in grades)
    note = f"Of {_whose(rows)} (grades: {graded}); whole campaigns, whatever days are looked at."
    note, apart = said_of_all(store, view, note)
    said = (said_of_effects(store, view, rows), apart, OTHERS)
    more = {"amount": " ".join(filter(None, said))}
    shown = described(store, frame, TERMS, more=more, note=note)
    shown[DRAWN] = frame[DRAWN]
    return shown


def _with_others(rows: pd.DataFrame, others: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Link, ...]]:
    """``rows`` with what is caused in and outside of their categories, and the links after credit.

    The errors of ``during`` and ``elsewhere`` hang together in a way that is not known: that of
    their difference is at most the sum of both.
    """
    rows = rows.merge(others, on="campaign_id", how="left")
    if rows["elsewhere_error"].isna().any():
        return rows, CAUSED
    own = {
        "own": rows["during"] - rows["elsewhere"],
        "own_error": rows["during_error"] + rows["elsewhere_error"],
    }
    return rows.assign(**own), (*OWN, *CAUSED)


def _whose(rows: pd.DataFrame) -> str:
    if len(rows) == 1:
        return str(rows["name"].iloc[0])
    return f"{len(rows)} campaigns whose control group can be read, together"


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """A waterfall with the interval of every number that has one."""
    ends = {"start": "ops_start", "end": "ops_end", "low": "ops_low", "high": "ops_high"}
    amounts = {"is": "amount", "from": "amount_low", "to": "amount_high"}
    titles = {"is": "Amount", "from": "From (95%)", "to": "To (95%)"}
    base = (
        alt.Chart(frame, height=alt.Step(30))
        .transform_calculate(**{n: in_currency(frame, of) for n, of in (ends | amounts).items()})
        .encode(
            y=alt.Y("link:N", title=None, sort=BY_PLACE),
            tooltip=[
                alt.Tooltip("link:N", title="Step"),
                *money_tips(frame, titles),
            ],
        )
    )
    colour = alt.condition(f"datum.ops_kind == '{SUM}'", alt.value(HEAT[2]), alt.value(HEAT[4]))
    told = base.transform_filter("isValid(datum.ops_low)")
    x = alt.X("start:Q", **money_axis(frame))
    layers = [
        base.mark_bar().encode(x=x, x2="end:Q", color=colour),
        told.mark_rule(color=SERIES[1], strokeWidth=3).encode(
            x="low:Q", x2="high:Q", tooltip=SILENT
        ),
        told.mark_point(color=SERIES[1], size=70, opacity=1).encode(x="end:Q", tooltip=SILENT),
        alt.Chart(frame).mark_rule(color=INK, strokeWidth=1).encode(x=alt.datum(0)),
    ]
    return alt.LayerChart(layer=layers)


chart = Drawing(draw)
