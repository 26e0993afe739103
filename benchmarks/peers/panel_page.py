"""The cohort page in Panel."""

import panel as pn

from benchmarks.peers.cohorts import ACTIVITIES, PERIODS, STYLE, TITLE, WEEKS, charts

pn.extension("vega", raw_css=[STYLE])


def slider(name: str, start: int, end: int, value: int) -> pn.widgets.IntSlider:
    """A slider as the page describes it."""
    return pn.widgets.IntSlider(name=name, start=start, end=end, value=value)


activity = pn.widgets.Select(name="Active means", options=list(ACTIVITIES))
periods, weeks = slider(*PERIODS), slider(*WEEKS)
panes = [
    pn.pane.Vega(chart, sizing_mode="stretch_width")
    for chart in charts(activity.value, periods.value, weeks.value)
]


def draw(*_events: object) -> None:
    """Put the charts of the view into their panes."""
    for pane, chart in zip(panes, charts(activity.value, periods.value, weeks.value), strict=True):
        pane.object = chart


for control in (activity, periods, weeks):
    control.param.watch(draw, "value")
pn.Column(f"# {TITLE}", pn.Row(activity, periods, weeks), *panes).servable(title=TITLE)
