"""Who was active each week, and who of the week before was not seen."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.cohort_activity.accounting import all_weeks
from ops_widgets.analyses.cohort_activity.terms import TERMS
from ops_widgets.analyses.cohort_activity.view import CohortActivityView, not_filtered
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.marks import count_axis, label_of
from ops_widgets.charts.theme import INK, SERIES
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import brushable, described

QUESTION = "Do more come than go?"
IGNORES = ("cohort",)


def compute(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Who came, stayed and was not seen in every complete week, and the net change of it."""
    frame = all_weeks(store, view).tail(view.weeks)
    of_all = not_filtered(view)
    note = (
        "Active = new + retained + resurrected. Not seen: active the week before, not in this one, "
        "which is no goodbye."
    )
    if frame["new"].isna().any():
        note += " In the first week of the data nobody knows who is new."
    if of_all:
        note += f" This panel is of {of_all}: it does not follow those filters."
    labels = {"active": f"Active, {of_all}"} if of_all else {}
    shown = described(store, frame, TERMS, labels=labels, note=note)
    return brushable(shown, "week", shown["week"] + pd.Timedelta(days=6), view)


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """Who was active each week, and below the line, in grey, who of the week before was not; over
    them the net change of each week, as a thin line.
    """
    gone, net = label_of(frame, "churned"), label_of(frame, "net_change")
    states = ["Retained", "Resurrected", "New", gone, net]
    colours = [SERIES[0], SERIES[2], SERIES[1], SERIES[7], INK]
    colour = alt.Color("state:N", title=None, scale=alt.Scale(domain=states, range=colours))
    week = alt.Tooltip("week:T", title="Week of", format="%-d %b %Y")
    title = label_of(frame, "active").replace("Active", "Customers")
    base = alt.Chart(frame).encode(
        x=alt.X(
            "yearmonthdate(week):O",
            title="Week of",
            axis=alt.Axis(format="%-d %b %y", labelOverlap=True, labelAngle=-45),
        ),
    )
    bars = (
        base.transform_fold(["retained", "resurrected", "new", "churned"], as_=["key", "count"])
        .transform_calculate(
            state="({retained: 'Retained', resurrected: 'Resurrected', new: 'New', "
            f"churned: '{gone}'}})[datum.key]",
            signed="datum.key == 'churned' ? -datum['count'] : datum['count']",
            order="({retained: 0, resurrected: 1, new: 2, churned: 3})[datum.key]",
        )
        .mark_bar()
        .encode(
            y=alt.Y("signed:Q", **count_axis(title, "y")),
            color=colour,
            order=alt.Order("order:Q"),
            tooltip=[
                week,
                alt.Tooltip("state:N", title="Customers"),
                alt.Tooltip("count:Q", title="Count", format=",.0f"),
                alt.Tooltip("active:Q", title="Active in all", format=",.0f"),
            ],
        )
    )
    change = (
        base.transform_filter("isValid(datum.net_change)")
        .transform_calculate(state=f"'{net}'")
        .encode(
            y=alt.Y("net_change:Q", title=title),
            color=colour,
            tooltip=[week, alt.Tooltip("net_change:Q", title=net, format="+,.0f")],
        )
    )
    point = alt.OverlayMarkDef(size=14, filled=True)
    return alt.LayerChart(layer=[bars, change.mark_line(strokeWidth=1.5, point=point)], height=300)


chart = Drawing(draw)
