"""The cohort page in Solara.

Its own component for Altair takes Vega from another host, which no page here may need: the charts
are Altair's own widget, with Vega in the page.
"""

import altair as alt
import solara

from benchmarks.peers.cohorts import ACTIVITIES, PERIODS, STYLE, TITLE, WEEKS, charts

alt.JupyterChart.enable_offline()
activity = solara.reactive(ACTIVITIES[0])
periods = solara.reactive(PERIODS[3])
weeks = solara.reactive(WEEKS[3])
#: Of the drawings in pixels: one that fills its place is often drawn before that has a width, and
#: stays invisible.
WIDTH = 1150


@solara.component
def Page() -> None:
    """The page, drawn again whenever one of the three values changes."""
    solara.Title(TITLE)
    solara.Style(f"{STYLE} .jupyter-widgets, .vega-embed {{ width: 100%; }}")
    solara.HTML("h1", TITLE)
    with solara.Columns([1, 1, 1]):
        solara.Select("Active means", list(ACTIVITIES), value=activity)
        solara.SliderInt(PERIODS[0], periods, min=PERIODS[1], max=PERIODS[2])
        solara.SliderInt(WEEKS[0], weeks, min=WEEKS[1], max=WEEKS[2])
    for chart in charts(activity.value, periods.value, weeks.value):
        alt.JupyterChart.element(chart=chart.properties(width=WIDTH))
