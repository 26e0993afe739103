"""Charts of the category notebook."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.charts.marks import currency_axis, in_currency, label_of, shade, short_axis
from ops_widgets.charts.theme import SERIES

#: More bars than this are a list, not a picture.
MOST_BARS = 15


def open_market_bars(frame: pd.DataFrame) -> alt.Chart:
    """How much of each category its leaders hold, and how much is open, largest first.

    The table twin has all categories, the chart the :data:`MOST_BARS` largest.
    """
    held, opened = label_of(frame, "leaders_gmv"), label_of(frame, "open_gmv")
    largest = alt.SortField("gmv", order="descending")
    return (
        alt.Chart(frame, height=alt.Step(30))
        .transform_window(place="row_number()", sort=[largest])
        .transform_filter(f"datum.place <= {MOST_BARS}")
        .transform_fold(["leaders_gmv", "open_gmv"], as_=["part", "minor"])
        .transform_calculate(
            amount=in_currency(frame, "minor"),
            held_or_open=f"datum.part == 'leaders_gmv' ? '{held}' : '{opened}'",
            order="datum.part == 'leaders_gmv' ? 0 : 1",
        )
        .mark_bar()
        .encode(
            y=alt.Y(
                "category:N", title=None, sort=alt.EncodingSortField("gmv", order="descending")
            ),
            x=alt.X(
                "amount:Q",
                title=currency_axis(frame, "Market size"),
                axis=short_axis(),
            ),
            color=alt.Color(
                "held_or_open:N",
                title=None,
                scale=alt.Scale(domain=[held, opened], range=["var(--ops-muted)", SERIES[0]]),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("category:N", title="Category"),
                alt.Tooltip("held_or_open:N", title="Part"),
                alt.Tooltip("amount:Q", title=currency_axis(frame, "Size"), format=",.0f"),
                alt.Tooltip("cr10:Q", title="CR10", format=".1%"),
                alt.Tooltip("hhi:Q", title="HHI", format=",.0f"),
            ],
            opacity=shade(frame),
        )
    )


def growth_against_concentration(frame: pd.DataFrame) -> alt.LayerChart:
    """Where to look first: growing and open is the lower right; the size is the open market."""
    base = (
        alt.Chart(frame, height=360)
        .transform_calculate(open=in_currency(frame, "open_gmv"))
        .transform_filter("isValid(datum.growth) && isValid(datum.cr10)")
        .encode(
            x=alt.X(
                "growth:Q",
                title="Growth on last year",
                axis=alt.Axis(format="+.0%", tickCount=6),
                scale=alt.Scale(zero=True, nice=True, padding=40),
            ),
            y=alt.Y(
                "cr10:Q",
                title="CR10 (held by ten largest brands)",
                axis=alt.Axis(format=".0%", tickCount=6),
                scale=alt.Scale(domain=[0, 1]),
            ),
            opacity=shade(frame),
        )
    )
    dots = base.mark_circle(color=SERIES[0]).encode(
        size=alt.Size("open:Q", scale=alt.Scale(range=[40, 1600], zero=True), legend=None),
        tooltip=[
            alt.Tooltip("category:N", title="Category"),
            alt.Tooltip("growth:Q", title="Growth", format="+.1%"),
            alt.Tooltip("cr10:Q", title="CR10", format=".1%"),
            alt.Tooltip("open:Q", title=currency_axis(frame, "Open market"), format=",.0f"),
        ],
    )
    names = base.mark_text(align="left", dx=14, dy=-8, color="currentColor").encode(
        text="category:N"
    )
    return dots + names


def market_by_month(frame: pd.DataFrame) -> alt.Chart:
    """Size of the largest categories, month by month."""
    return (
        alt.Chart(frame, height=300)
        .transform_calculate(amount=in_currency(frame, "gmv"))
        .mark_line(point=alt.OverlayMarkDef(size=24))
        .encode(
            x=alt.X(
                "month:T",
                title=None,
                axis=alt.Axis(format="%b %y", tickCount="month", labelOverlap=True),
            ),
            y=alt.Y(
                "amount:Q",
                title=currency_axis(frame, "Market size"),
                axis=short_axis(),
            ),
            color=alt.Color("category:N", title=None, scale=alt.Scale(range=SERIES)),
            tooltip=[
                alt.Tooltip("category:N", title="Category"),
                alt.Tooltip("month:T", title="Month", format="%b %Y"),
                alt.Tooltip("amount:Q", title=currency_axis(frame, "Size"), format=",.0f"),
            ],
        )
    )


def brand_bars(frame: pd.DataFrame) -> alt.Chart:
    """The largest brands and what each holds."""
    return (
        alt.Chart(frame, height=alt.Step(24))
        .transform_calculate(amount=in_currency(frame, "brand_gmv"))
        .mark_bar(color=SERIES[0])
        .encode(
            y=alt.Y(
                "brand:N", title=None, sort=alt.EncodingSortField("brand_gmv", order="descending")
            ),
            x=alt.X("amount:Q", title=currency_axis(frame, "Sales"), axis=short_axis()),
            tooltip=[
                alt.Tooltip("brand:N", title="Brand"),
                alt.Tooltip("amount:Q", title=currency_axis(frame, "Sales"), format=",.0f"),
                alt.Tooltip("share:Q", title="Share", format=".1%"),
            ],
        )
    )
