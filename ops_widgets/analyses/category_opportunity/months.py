"""How the largest categories go on, month by month: each from 100."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.category_opportunity.queries import market_months
from ops_widgets.analyses.category_opportunity.terms import TERMS
from ops_widgets.analyses.category_opportunity.view import (
    CategoryOpportunityView,
    look_of,
    months_list,
    months_text,
    whole_window,
)
from ops_widgets.charts.drawing import Drawing, Frames
from ops_widgets.charts.formats import grouped
from ops_widgets.charts.labels import LINE, spread
from ops_widgets.charts.marks import currency_axis, in_currency, in_full
from ops_widgets.charts.others import OTHERS
from ops_widgets.charts.theme import INK, SERIES
from ops_widgets.names import leaves
from ops_widgets.periods import index_start, period_end
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import brushable, described
from ops_widgets.views.names import some_names

QUESTION = "Does the growth go on?"
#: More lines than these cross each other too often to be read.
MOST_LINES = 8
HEIGHT = 300
#: A Vega expression: the room for the names beside the lines.
NAMES = "min(170, 0.34 * width)"


def compute(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """Market size of the largest categories by month and of all others, over the whole window;
    when one is picked, of that one. A month of which the market table has no row is empty.

    ``index``: the size of the first month is 100, or of the first known one that is not 0.
    """
    first, last = whole_window(store, view)
    months = market_months(store, look_of(view), first, last, ()).drop(columns="open_gmv")
    months = _every_month(_with_others(months), first, last)
    empty = months[months["gmv"].isna() & ~months[OTHERS]]
    lacking = [f"{c} of {months_list(of)}" for c, of in empty.groupby("category")["month_index"]]
    months["index"], begun = _indexed(months)
    months["month"] = pd.to_datetime([index_start(int(m), "month") for m in months["month_index"]])
    notes = [f"The market data lack {'; '.join(lacking)}."] if lacking else []
    notes.append(_begins(begun, first))
    if months[OTHERS].any():
        notes.append("The largest are drawn; all others together stand in the table.")
    shown = described(store, months, TERMS, note=" ".join(filter(None, notes)))
    shown[OTHERS] = months[OTHERS].to_numpy()
    ends = pd.Series([period_end(int(m), "month") for m in months["month_index"]], dtype=object)
    return brushable(shown, "month", ends, view)


def _with_others(months: pd.DataFrame) -> pd.DataFrame:
    """The largest categories, and where there are more, all others as one: not drawn, since
    beside it the lines of the largest would lie on the ground.
    """
    sizes = months.groupby("category")["gmv"].sum().sort_values(ascending=False, kind="stable")
    if len(sizes) <= MOST_LINES:
        return months.assign(**{OTHERS: False})
    largest = months["category"].isin(sizes.index[:MOST_LINES])
    others = months[~largest].groupby("month_index", as_index=False)["gmv"].sum()
    name = f"{grouped(len(sizes) - MOST_LINES, 0)} others"
    together = pd.concat([months[largest], others.assign(category=name)], ignore_index=True)
    return together.assign(**{OTHERS: together["category"].eq(name)})


def _every_month(months: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """A row for each category and month ``first..last``; the size is NA where there was none."""
    names = months.drop_duplicates("category").set_index("category")[OTHERS]
    ordered = names.sort_index().sort_values(kind="stable").index
    every = pd.MultiIndex.from_product(
        [ordered, range(first, last + 1)], names=["category", "month_index"]
    )
    filled = months.set_index(["category", "month_index"])["gmv"].reindex(every).reset_index()
    return filled.assign(**{OTHERS: filled["category"].map(names).astype(bool)})


def _indexed(months: pd.DataFrame) -> tuple[pd.Series, dict[str, int]]:
    """The size of each row, where the first known one of its category that is not 0 is 100; and
    the month of that one. Rows are in the order of their months.
    """
    known = months[months["gmv"].notna() & months["gmv"].gt(0)].drop_duplicates("category")
    first = known.set_index("category")
    sizes = months["category"].map(first["gmv"]).astype("float64")
    index = 100 * months["gmv"].astype("float64") / sizes
    return index, {str(name): int(month) for name, month in first["month_index"].items()}


def _begins(begun: dict[str, int], first: int) -> str:
    """Which month is 100, and of which categories it is a later one."""
    usual = months_text(first, first)
    later = [f"{name} from {months_text(m, m)}" for name, m in begun.items() if m != first]
    if not later:
        return f"100 is {usual}." if begun else ""
    some = some_names(later)
    if len(later) == len(begun):
        return f"100 is the first month known: {some}."
    return f"100 is {usual}; of what is unknown or nothing then, the first month known: {some}."


def drawn(frame: pd.DataFrame) -> Frames:
    """The lines, the ends of the axis, and the names at the lines' ends."""
    lines = frame[~frame[OTHERS]]
    low, high = _span(lines["index"])
    ends = pd.DataFrame({"end": [low, high], "hundred": 100.0})
    return frame, ends, _names(lines, low, high)


def draw(frame: pd.DataFrame, ends: pd.DataFrame, names: pd.DataFrame) -> alt.LayerChart:
    """Each category from 100, so that small and large ones compare; names at the lines' ends."""
    base = alt.Chart(frame, height=HEIGHT).transform_filter(f"!datum.{OTHERS}")
    x = alt.X(
        "month:T",
        title=None,
        axis=alt.Axis(format="%b %y", tickCount="month", labelOverlap=True),
        scale=alt.Scale(range=[0, alt.expr(f"width - {NAMES}")]),
    )
    colour = alt.Color("category:N", scale=alt.Scale(range=SERIES), legend=None)
    lines = (
        base.transform_calculate(amount=in_currency(frame, "gmv"))
        .mark_line(point=alt.OverlayMarkDef(size=24))
        .encode(
            x=x,
            y=_height("index"),
            color=colour,
            tooltip=[
                alt.Tooltip("category:N", title="Category"),
                alt.Tooltip("month:T", title="Month", format="%b %Y"),
                alt.Tooltip("index:Q", title="Index", format=",.1f"),
                alt.Tooltip("amount:Q", title=currency_axis(frame, "Size"), format=in_full(frame)),
            ],
        )
    )
    bounds = alt.Chart(ends).mark_point(opacity=0).encode(y=_height("end"))
    hundred = (
        alt.Chart(ends)
        .mark_rule(strokeDash=[4, 3], x=0, x2=alt.expr(f"width - {NAMES}"))
        .encode(y=_height("hundred"))
    )
    named = alt.Chart(names).encode(y=_height("at"))
    keys = named.mark_circle(size=60, opacity=1, x=alt.expr(f"width - {NAMES} + 14"))
    texts = named.mark_text(
        align="left",
        baseline="middle",
        color=INK,
        x=alt.expr(f"width - {NAMES} + 22"),
        limit=alt.expr(f"{NAMES} - 22"),
    )
    keyed = [keys.encode(color=colour), texts.encode(text="name:N")]
    # The data of the lines come first: over their time a part can be selected.
    return alt.LayerChart(layer=[lines, bounds, hundred, *keyed])


chart = Drawing(draw, drawn)


def _height(field: str) -> alt.Y:
    """The index; how far it goes is said by the data, so that the drawing takes new ones."""
    return alt.Y(
        f"{field}:Q",
        title="Market size, first month = 100",
        axis=alt.Axis(tickCount=6),
        scale=alt.Scale(zero=False, nice=False),
    )


def _span(index: pd.Series) -> tuple[float, float]:
    known = [*index.dropna(), 100.0]
    room = 0.06 * ((max(known) - min(known)) or 10.0)
    return min(known) - room, max(known) + room


def _names(drawn: pd.DataFrame, low: float, high: float) -> pd.DataFrame:
    """``category, name, at``: each name at the height of its line's end, moved as little as
    needed to stand clear of the others.
    """
    last = drawn.dropna(subset=["index"]).drop_duplicates("category", keep="last")
    line = LINE * (high - low) / HEIGHT
    at = spread(last["index"].tolist(), line, low, high)
    assert at is not None  # MOST_LINES names are lower than the chart
    return pd.DataFrame({"category": last["category"], "name": leaves(last["category"]), "at": at})
