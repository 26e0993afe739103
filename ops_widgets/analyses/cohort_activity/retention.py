"""The retention triangle: every cohort, period by period."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.cohort_activity.cohorts import triangle
from ops_widgets.analyses.cohort_activity.terms import TERMS
from ops_widgets.analyses.cohort_activity.view import CohortActivityView, first_period, label
from ops_widgets.charts.marks import SHARE_TIP, label_of, shade
from ops_widgets.charts.theme import HEAT
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "How many come back after their first period?"
#: Fixed steps: a colour means the same retention in every view, on every day.
STEPS = [0.02, 0.05, 0.10, 0.20, 0.35, 0.50]


def compute(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Classic retention by cohort and age; cells that are not complete as of the day are NA."""
    cells = triangle(store, view)
    start, grain = store.source["week_start"], view.cohorts
    oldest = label(first_period(store, view, grain), grain, start)
    warning = f" The cohort of {oldest} is the first of the data: it holds older customers too."
    frame = described(
        store,
        cells,
        TERMS,
        labels={"age": f"{grain.capitalize()}s after"},
        note="Empty cells have not wholly passed yet: they are unknown, not zero."
        + (warning if (cells["cohort"] == oldest).any() else ""),
    )
    frame.attrs["oldest"] = oldest
    return pickable(frame, "cohort", "cohort", view)


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """The triangle: cohort by age; cells that have not wholly passed are absent."""
    base = (
        alt.Chart(frame, height=alt.Step(26))
        .transform_filter("datum.age > 0 && isValid(datum.retention)")
        .encode(
            x=alt.X("age:O", title=label_of(frame, "age"), axis=alt.Axis(labelAngle=0)),
            y=alt.Y("cohort:N", title="Cohort", sort="ascending"),
            opacity=shade(frame),
        )
    )
    cells = base.mark_rect().encode(
        color=alt.Color(
            "retention:Q",
            title="Retention",
            scale=alt.Scale(type="threshold", domain=STEPS, range=HEAT),
            legend=alt.Legend(format=".0%"),
        ),
        tooltip=[
            alt.Tooltip("cohort:N", title="Cohort"),
            alt.Tooltip("age:O", title=label_of(frame, "age")),
            alt.Tooltip("active_customers:Q", title="Active", format=",.0f"),
            alt.Tooltip("cohort_customers:Q", title="Of", format=",.0f"),
            alt.Tooltip("retention:Q", title="Retention", format=SHARE_TIP),
        ],
    )
    numbers = base.mark_text(fontSize=11).encode(
        # Two digits: 0.8% and 1.2% are not both 1%.
        text=alt.Text("retention:Q", format=".2~p"),
        color=alt.condition(
            f"datum.retention >= {STEPS[3]}",
            alt.value("var(--ops-paper)"),
            alt.value("var(--ops-ink)"),
        ),
    )
    return cells + numbers
