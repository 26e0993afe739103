"""Retention by age: every cohort, their average, and the cohort that is picked."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.cohort_activity.cohorts import AVERAGE, of_new_customers, triangle
from ops_widgets.analyses.cohort_activity.terms import TERMS
from ops_widgets.analyses.cohort_activity.view import CohortActivityView
from ops_widgets.charts.drawing import Drawing, Frames
from ops_widgets.charts.marks import SHARE_AXIS, SHARE_TIP, interval_texts, label_of
from ops_widgets.charts.theme import MUTED, SERIES
from ops_widgets.metrics.cohorts import retention_curve
from ops_widgets.stats.proportion import wilson
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described

QUESTION = "Does the curve flatten?"
#: What the lines of single cohorts are called together.
EACH = "Each cohort"


def compute(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Retention by ``line`` and age over the complete cells: first the average, then each cohort.

    The average is a ratio of sums over cohorts of new customers, whichever is picked;
    ``attrs["counted"]`` are these cohorts.
    """
    cells = triangle(store, view).dropna(subset=["active_customers"])
    counted = of_new_customers(store, view)
    together = retention_curve(counted).assign(line=AVERAGE)
    lines = [together, cells.assign(line=cells["cohort"], cohorts=1)]
    frame = pd.concat(lines, ignore_index=True)
    labels = {"age": f"{view.cohorts.capitalize()}s after"}
    note = "The band is the 95% interval of the average."
    shown = described(store, frame.drop(columns="cohort"), TERMS, labels=labels, note=note)
    shown.attrs["counted"] = sorted(set(counted["cohort"]))
    # A click on a line picks its cohort; the average is none.
    shown["ops_cohort"] = frame["cohort"]
    shown.attrs["pick"] = {"field": "cohort", "column": "ops_cohort", "value": view.cohort}
    return shown


def drawn(frame: pd.DataFrame) -> Frames:
    """What is drawn of ``frame``, from age 1 on, with the ``kind`` of each line and its ``place``.

    ``low``, ``high`` and ``interval`` are the 95% interval of the share, as numbers and as text.
    """
    rows = frame[frame["age"] > 0].copy()
    picked = frame.attrs["pick"]["value"]
    single, own = rows["ops_cohort"].notna(), rows["ops_cohort"].eq(picked)
    rows["place"] = single.astype(int) + own
    rows["kind"] = rows["place"].map({0: AVERAGE, 1: EACH, 2: f"Cohort of {picked}"})
    counts = rows["active_customers"], rows["cohort_customers"]
    rows["low"], rows["high"] = wilson(*counts)
    rows["interval"] = interval_texts(*counts)
    return (rows,)


def draw(rows: pd.DataFrame) -> alt.LayerChart:
    """Thin lines of all cohorts, the average with its interval, the picked cohort over them."""
    age = label_of(rows, "age")
    base = alt.Chart(rows, height=280).encode(
        x=alt.X("age:O", title=age, axis=alt.Axis(labelAngle=0, labelSeparation=4))
    )
    colour = alt.Color(
        "kind:N",
        title=None,
        sort=alt.EncodingSortField("place", op="min", order="ascending"),
        scale=alt.Scale(range=[SERIES[0], MUTED, SERIES[1]]),
        legend=alt.Legend(symbolType="square", symbolOpacity=1),
    )
    lines = base.encode(
        y=alt.Y(
            "retention:Q",
            title="Retention",
            axis=alt.Axis(format=SHARE_AXIS, tickCount=6),
            scale=alt.Scale(zero=True),
        ),
        color=colour,
        detail="line:N",
    )
    average, each, picked = (lines.transform_filter(f"datum.place == {n}") for n in range(3))
    return alt.LayerChart(
        layer=[
            average.mark_area(opacity=0.2, tooltip=None).encode(y="low:Q", y2="high:Q"),
            each.mark_line(strokeWidth=1, strokeOpacity=0.45, tooltip=None),
            average.mark_line(strokeWidth=3, tooltip=None),
            picked.mark_line(strokeWidth=2.5, tooltip=None),
            _points(each, age, opacity=0, size=90),
            _points(average, age, opacity=1, size=45),
            _points(picked, age, opacity=1, size=45),
        ]
    )


chart = Drawing(draw, drawn)


def _points(lines: alt.Chart, age: str, opacity: float, size: float) -> alt.Chart:
    """What answers a pointer on ``lines``: a line has one tooltip, its points one each."""
    tips = [
        alt.Tooltip("line:N", title="Line"),
        alt.Tooltip("age:O", title=age),
        alt.Tooltip("retention:Q", title="Retention", format=SHARE_TIP),
        alt.Tooltip("interval:N", title="95% interval"),
        alt.Tooltip("active_customers:Q", title="Active", format=",.0f"),
        alt.Tooltip("cohort_customers:Q", title="Of", format=",.0f"),
        alt.Tooltip("cohorts:Q", title="Cohorts"),
    ]
    return lines.mark_point(filled=True, opacity=opacity, size=size).encode(tooltip=tips)
