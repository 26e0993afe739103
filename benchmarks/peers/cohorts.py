"""What all of these pages show: three charts of one view of the summaries in ``OPS_SOURCE``."""

from __future__ import annotations

import os

import altair as alt

from ops_widgets.analyses.cohort_activity import ANALYSIS, curve, lifecycle, retention
from ops_widgets.charts.theme import css, themed
from ops_widgets.summaries.store import open_store
from ops_widgets.views.answers import Answers

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
    view = ANALYSIS.view.parse({"activity": activity, "periods": periods, "weeks": weeks})
    panels = (retention, curve, lifecycle)
    drawn = [panel.chart(_store.answer(panel.compute, view).get()) for panel in panels]
    return [themed(chart).properties(usermeta=SVG) for chart in drawn]
