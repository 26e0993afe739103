"""Average retention by age."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.cohort_activity.cohorts import average
from ops_widgets.analyses.cohort_activity.terms import TERMS
from ops_widgets.analyses.cohort_activity.view import CohortActivityView
from ops_widgets.charts.marks import SHARE_AXIS, SHARE_TIP, label_of
from ops_widgets.charts.theme import SERIES
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described

QUESTION = "Does the curve flatten?"


def compute(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Average retention by age over the complete cells, weighted by customers.

    When a cohort is picked, the curve is its own.
    """
    return described(
        store, average(store, view), TERMS, labels={"age": f"{view.cohorts.capitalize()}s after"}
    )


def chart(frame: pd.DataFrame) -> alt.Chart:
    """Average retention by age."""
    return (
        alt.Chart(frame, height=240)
        .transform_filter("datum.age > 0")
        .mark_line(point=alt.OverlayMarkDef(size=40), color=SERIES[0])
        .encode(
            x=alt.X("age:O", title=label_of(frame, "age"), axis=alt.Axis(labelAngle=0)),
            y=alt.Y(
                "retention:Q",
                title="Retention",
                axis=alt.Axis(format=SHARE_AXIS),
                scale=alt.Scale(zero=True),
            ),
            tooltip=[
                alt.Tooltip("age:O", title=label_of(frame, "age")),
                alt.Tooltip("retention:Q", title="Retention", format=SHARE_TIP),
                alt.Tooltip("cohorts:Q", title="Cohorts"),
                alt.Tooltip("cohort_customers:Q", title="Customers", format=",.0f"),
            ],
        )
    )
