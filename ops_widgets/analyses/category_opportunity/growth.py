"""Growth against concentration: where to look first."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.category_opportunity import open_market
from ops_widgets.analyses.category_opportunity.market import market
from ops_widgets.analyses.category_opportunity.view import CategoryOpportunityView, window_text
from ops_widgets.charts.marks import (
    SHARE_AXIS,
    SHARE_TIP,
    currency_axis,
    in_currency,
    in_full,
    label_of,
    shade,
)
from ops_widgets.charts.theme import SERIES
from ops_widgets.errors import MissingDataError
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once

QUESTION = "Is it growing, and is it still open?"


def compute(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """The categories of :mod:`.open_market`, where the growth of any is known.

    Raises ``MissingDataError`` when none is, with the reasons.
    """
    frame: pd.DataFrame = once(store, open_market.compute, view)
    if not frame["growth"].notna().any():
        reasons = dict.fromkeys(market(store, view.replace(picked="")).frame["growth_unknown"])
        raise MissingDataError(
            f"Growth is unknown in {window_text(store, view)}: "
            f"{' or '.join(reasons) or 'no category is shown'}.",
            "Add earlier months to the table `market`, or choose other months or categories.",
        )
    return frame


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Where to look first: growing and open is the lower right; the size is the open market."""
    held = label_of(frame, "leaders_share")
    base = (
        alt.Chart(frame, height=360)
        .transform_calculate(open=in_currency(frame, "open_gmv"))
        .transform_filter("isValid(datum.growth) && isValid(datum.leaders_share)")
        .encode(
            x=alt.X(
                "growth:Q",
                title="Growth on last year",
                axis=alt.Axis(format=f"+{SHARE_AXIS}", tickCount=6),
                scale=alt.Scale(zero=True, nice=True, padding=40),
            ),
            y=alt.Y(
                "leaders_share:Q",
                title=held,
                axis=alt.Axis(format=SHARE_AXIS, tickCount=6),
                scale=alt.Scale(domain=[0, 1]),
            ),
            opacity=shade(frame),
        )
    )
    dots = base.mark_circle(color=SERIES[0]).encode(
        size=alt.Size("open:Q", scale=alt.Scale(range=[40, 1600], zero=True), legend=None),
        tooltip=[
            alt.Tooltip("category:N", title="Category"),
            alt.Tooltip("growth:Q", title="Growth", format=f"+{SHARE_TIP}"),
            alt.Tooltip("leaders_share:Q", title=held, format=SHARE_TIP),
            alt.Tooltip("open:Q", title=currency_axis(frame, "Open market"), format=in_full(frame)),
        ],
    )
    names = base.mark_text(align="left", dx=14, dy=-8, color="currentColor").encode(
        text="category:N"
    )
    return dots + names
