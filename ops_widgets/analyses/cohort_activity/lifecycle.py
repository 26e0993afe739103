"""Who was active each week, and who of the week before was not seen."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.cohort_activity.accounting import all_weeks
from ops_widgets.analyses.cohort_activity.terms import TERMS
from ops_widgets.analyses.cohort_activity.view import CohortActivityView, not_filtered
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.marks import count_axis, label_of
from ops_widgets.charts.theme import SERIES
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import brushable, described

QUESTION = "Do more come than go?"
IGNORES = ("cohort",)


def compute(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """New, retained and resurrected customers of every complete week, and those not seen in it."""
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


def draw(frame: pd.DataFrame) -> alt.Chart:
    """Who was active each week, and below the line, in grey, who of the week before was not."""
    gone = label_of(frame, "churned")
    states = ["Retained", "Resurrected", "New", gone]
    return (
        alt.Chart(frame, height=300)
        .transform_fold(["retained", "resurrected", "new", "churned"], as_=["key", "count"])
        .transform_calculate(
            state="({retained: 'Retained', resurrected: 'Resurrected', new: 'New', "
            f"churned: '{gone}'}})[datum.key]",
            signed="datum.key == 'churned' ? -datum['count'] : datum['count']",
            order="({retained: 0, resurrected: 1, new: 2, churned: 3})[datum.key]",
        )
        .mark_bar()
        .encode(
            x=alt.X(
                "yearmonthdate(week):O",
                title="Week of",
                axis=alt.Axis(format="%-d %b %y", labelOverlap=True, labelAngle=-45),
            ),
            y=alt.Y(
                "signed:Q",
                **count_axis(label_of(frame, "active").replace("Active", "Customers"), "y"),
            ),
            color=alt.Color(
                "state:N",
                title=None,
                scale=alt.Scale(domain=states, range=[SERIES[0], SERIES[2], SERIES[1], SERIES[7]]),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("week:T", title="Week of", format="%-d %b %Y"),
                alt.Tooltip("state:N", title="Customers"),
                alt.Tooltip("count:Q", title="Count", format=",.0f"),
                alt.Tooltip("active:Q", title="Active in all", format=",.0f"),
            ],
        )
    )


chart = Drawing(draw)
