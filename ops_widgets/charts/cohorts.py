"""Charts of the cohort notebook."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.charts.marks import BAD, label_of, shade, short_axis
from ops_widgets.charts.theme import HEAT, SERIES

#: Fixed steps: a colour means the same retention in every view, on every day.
STEPS = [0.02, 0.05, 0.10, 0.20, 0.35, 0.50]


def retention_heatmap(frame: pd.DataFrame) -> alt.LayerChart:
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
            alt.Tooltip("retention:Q", title="Retention", format=".1%"),
        ],
    )
    numbers = base.mark_text(fontSize=11).encode(
        text=alt.Text("retention:Q", format=".0%"),
        color=alt.condition(
            f"datum.retention >= {STEPS[3]}",
            alt.value("var(--ops-paper)"),
            alt.value("var(--ops-ink)"),
        ),
    )
    return cells + numbers


def retention_line(frame: pd.DataFrame) -> alt.Chart:
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
                axis=alt.Axis(format=".0%"),
                scale=alt.Scale(zero=True),
            ),
            tooltip=[
                alt.Tooltip("age:O", title=label_of(frame, "age")),
                alt.Tooltip("retention:Q", title="Retention", format=".2%"),
                alt.Tooltip("cohorts:Q", title="Cohorts"),
                alt.Tooltip("cohort_customers:Q", title="Customers", format=",.0f"),
            ],
        )
    )


def lifecycle_bars(frame: pd.DataFrame) -> alt.Chart:
    """Who was active each week, and below the line who no longer was."""
    states = ["Retained", "Resurrected", "New", "Churned"]
    return (
        alt.Chart(frame, height=300)
        .transform_fold(["retained", "resurrected", "new", "churned"], as_=["key", "count"])
        .transform_calculate(
            state="({retained: 'Retained', resurrected: 'Resurrected', new: 'New', "
            "churned: 'Churned'})[datum.key]",
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
            y=alt.Y("signed:Q", title="Customers", axis=short_axis()),
            color=alt.Color(
                "state:N",
                title=None,
                scale=alt.Scale(domain=states, range=[SERIES[0], SERIES[2], SERIES[1], BAD]),
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
