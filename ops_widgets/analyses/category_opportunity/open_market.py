"""How much of each category its leaders hold, and how much is open."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt
import pandas as pd

from ops_widgets.analyses.category_opportunity.market import Market, market
from ops_widgets.analyses.category_opportunity.terms import TERMS
from ops_widgets.analyses.category_opportunity.view import CategoryOpportunityView
from ops_widgets.charts.marks import (
    BY_PLACE,
    SHARE_TIP,
    currency_axis,
    in_currency,
    in_full,
    label_of,
    money_axis,
    shade,
)
from ops_widgets.charts.theme import SERIES
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable
from ops_widgets.views.names import one_or_two, some_names

QUESTION = "Which category is large, and still open?"


def compute(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """Size, growth, concentration, open market and our own share: one row a category."""
    found = market(store, view.replace(picked=""))
    frame = found.frame
    # A column that says the same of every row is a line of the note.
    same = [name for name in ("months", "compared_months") if frame[name].nunique() < 2]
    notes = [
        f"{found.words}.",
        *_growth(found),
        f"Open market is what the {_brands(view.leaders)} not hold; "
        "nobody large holds it, which does not make it yours.",
        found.own,
        *one_or_two(store, "category", frame["category"]),
    ]
    shown = described(
        store,
        frame.drop(columns=same),
        TERMS,
        labels={"leaders_share": held_by(view.leaders)},
        note=" ".join(filter(None, notes)),
    )
    return pickable(shown, "category", "picked", view)


def held_by(leaders: int) -> str:
    """What the share of the leaders is called."""
    return "Held by the largest" if leaders == 1 else f"Held by the {leaders} largest"


def _growth(found: Market) -> Iterator[str]:
    """Which months growth compares, and why it is unknown where it is."""
    compared = sorted(set(found.frame["compared_months"]))
    if compared and compared[-1]:
        count = " to ".join(str(n) for n in dict.fromkeys((compared[0], compared[-1])))
        yield f"Growth compares {count} months with the same months a year earlier."
    unknown = found.frame[found.frame["growth_unknown"] != ""]
    for reason, rows in unknown.groupby("growth_unknown"):
        of = "" if len(rows) == len(found.frame) else f" of {some_names(rows['category'])}"
        yield f"Growth{of} is unknown: {reason}."


def _brands(leaders: int) -> str:
    return "largest brand does" if leaders == 1 else f"{leaders} largest brands do"


def chart(frame: pd.DataFrame) -> alt.Chart:
    """How much of each category its leaders hold, and how much is open, largest first."""
    held, opened = label_of(frame, "leaders_gmv"), label_of(frame, "open_gmv")
    share = label_of(frame, "leaders_share")
    return (
        alt.Chart(frame, height=alt.Step(30))
        .transform_fold(["leaders_gmv", "open_gmv"], as_=["part", "minor"])
        .transform_calculate(
            amount=in_currency(frame, "minor"),
            held_or_open=f"datum.part == 'leaders_gmv' ? '{held}' : '{opened}'",
            order="datum.part == 'leaders_gmv' ? 0 : 1",
        )
        .mark_bar()
        .encode(
            y=alt.Y("category:N", title=None, sort=BY_PLACE),
            x=alt.X("amount:Q", **money_axis(frame, "Market size")),
            color=alt.Color(
                "held_or_open:N",
                title=None,
                scale=alt.Scale(domain=[held, opened], range=["var(--ops-muted)", SERIES[0]]),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("category:N", title="Category"),
                alt.Tooltip("held_or_open:N", title="Part"),
                alt.Tooltip("amount:Q", title=currency_axis(frame, "Size"), format=in_full(frame)),
                alt.Tooltip("leaders_share:Q", title=share, format=SHARE_TIP),
                alt.Tooltip("hhi:Q", title="HHI", format=",.0f"),
            ],
            opacity=shade(frame),
        )
    )
