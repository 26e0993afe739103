"""What all of these pages show: three charts of one view of the summaries in ``OPS_SOURCE``."""

from __future__ import annotations

import os

import altair as alt

from ops_widgets.charts.cohorts import lifecycle_bars, retention_heatmap, retention_line
from ops_widgets.charts.theme import css, themed
from ops_widgets.summaries.store import open_store
from ops_widgets.views.answers import Answers
from ops_widgets.views.cohort_activity import curve, triangle, weekly
from ops_widgets.views.cohort_view import CohortActivityView

TITLE = "Cohort activity"
ACTIVITIES = ("purchase", "visit")
#: Name, least, most and default of the two sliders.
PERIODS = ("Periods", 2, 26, 12)
WEEKS = ("Weeks", 4, 104, 26)
STYLE = css()
#: The colours are variables of the style sheet, which only a drawing in SVG can use.
SVG = {"embedOptions": {"renderer": "svg", "actions": False}}

#: Opened once for all visitors, with the memory for answers that our own pages have.
_store = Answers(open_store(os.environ["OPS_SOURCE"]))


def charts(activity: str, periods: int, weeks: int) -> list[alt.Chart | alt.LayerChart]:
    """Triangle, curve and growth accounting, as our own page draws them."""
    view = CohortActivityView.parse({"activity": activity, "periods": periods, "weeks": weeks})
    drawn = [
        retention_heatmap(_store.answer(triangle, view).get()),
        retention_line(_store.answer(curve, view).get()),
        lifecycle_bars(_store.answer(weekly, view).get()),
    ]
    return [themed(chart).properties(usermeta=SVG) for chart in drawn]
