"""The retention triangle: every cohort, period by period."""

from __future__ import annotations

from typing import Any, Literal

import altair as alt
import pandas as pd

from ops_widgets.analyses.cohort_activity.cohorts import AVERAGE, of_new_customers, triangle
from ops_widgets.analyses.cohort_activity.terms import TERMS
from ops_widgets.analyses.cohort_activity.view import CohortActivityView, first_period, label
from ops_widgets.charts.drawing import Drawing, Frames
from ops_widgets.charts.formats import grouped
from ops_widgets.charts.marks import SHARE_TIP, interval_texts, label_of
from ops_widgets.charts.steps import COLOURS, DARK, Steps
from ops_widgets.charts.theme import INK, MUTED, PAPER
from ops_widgets.metrics.cohorts import retention_curve
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "How many come back after their first period?"
#: Of fewer customers a share says little: one more or less is 2 points.
FEW = 50
#: Stands behind the size of a cohort that holds older customers too.
MARKED = "*"
#: Pixels of a cell that hold "9.5%", and "9.5" in small letters.
WITH_SIGN, LEAST = 36, 17


def compute(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Classic retention by cohort and age; cells that are not complete as of the day are NA.

    ``ops_counted`` says which cohorts the average is of.
    """
    cells = triangle(store, view)
    start, grain = store.source["week_start"], view.cohorts
    oldest = label(first_period(store, view, grain), grain, start)
    counted = cells["cohort"].isin(of_new_customers(store, view)["cohort"])
    said = ["Empty cells have not wholly passed yet: they are unknown, not zero."]
    if (cells["cohort_customers"] < FEW).any():
        said.append(
            f"Struck corners and italics: of fewer than {FEW} customers, a share says little."
        )
    if (cells["cohort"] == oldest).any():
        out = "" if counted.all() else ", and is not in the average"
        said.append(
            f"{MARKED} The cohort of {oldest} is the first of the data: it holds older customers "
            f"too{out}."
        )
    labels = {"age": f"{grain.capitalize()}s after"}
    frame = described(store, cells, TERMS, labels=labels, note=" ".join(said))
    frame["ops_counted"] = counted.to_numpy()
    frame.attrs["oldest"] = oldest
    return pickable(frame, "cohort", "cohort", view)


def drawn(frame: pd.DataFrame) -> Frames:
    """What is drawn of ``frame``: its cells, then those of the average, each with its ``row``.

    ``step`` and ``range`` are the step of colour and its name; ``interval``, the 95% interval of
    the share; ``few``, whether it is of few; ``picked``, whether its cohort is; ``size``, the
    cohort's customers as text; ``attrs["drawing"]``, the letters of the longest.
    """
    counted = frame[frame["ops_counted"]].rename(columns={"cohort": "cohort_index"})
    together = retention_curve(counted).assign(row=AVERAGE)
    cells = pd.concat([frame.assign(row=frame["cohort"]), together], ignore_index=True)
    steps = Steps.of(frame.loc[frame["age"] > 0, "retention"])
    known = cells["retention"].notna()
    places = cells["retention"].where(known, 0.0).map(steps.place)
    oldest = cells["cohort"].eq(frame.attrs["oldest"]).map({True: MARKED, False: ""})
    sizes = cells["cohort_customers"].map(lambda size: grouped(size, 0)) + oldest
    shown = cells.assign(
        step=places.where(known),
        range=places.map(dict(enumerate(steps.shares()))).where(known, None),
        interval=interval_texts(cells["active_customers"], cells["cohort_customers"]),
        few=cells["cohort_customers"] < FEW,
        picked=cells["cohort"].eq(frame.attrs["pick"]["value"]),
        size=sizes,
    )
    shown.attrs = {"labels": frame.attrs["labels"], "drawing": int(sizes.str.len().max())}
    return (shown,)


def draw(rows: pd.DataFrame) -> alt.LayerChart:
    """The triangle: cohort by age, the size of each before it, the average below them.

    Cells that have not wholly passed are absent.
    """
    age = label_of(rows, "age")
    # Between the names and the cells stand the sizes.
    beside = alt.Axis(labelPadding=20 + 7 * rows.attrs["drawing"])
    above = alt.Axis(orient="top", labelAngle=0, labelSeparation=4, domain=False, ticks=False)
    whole = alt.Chart(rows, height=alt.Step(26)).encode(
        y=alt.Y("row:N", title=None, sort="ascending", axis=beside)
    )
    cells = whole.transform_filter("datum.age > 0 && isValid(datum.retention)").encode(
        x=alt.X("age:O", title=f"Retention, {age.lower()}", axis=above)
    )
    colour = alt.Color(
        "range:O",
        title=None,
        sort=alt.EncodingSortField("step", op="min", order="ascending"),
        scale=alt.Scale(range=COLOURS),
        # Two rows, which a phone has room for.
        legend=alt.Legend(
            columns=3,
            columnPadding=8,
            symbolType="square",
            symbolStrokeColor=MUTED,
            symbolStrokeWidth=0.5,
        ),
    )
    tips = [
        alt.Tooltip("row:N", title="Cohort"),
        alt.Tooltip("age:O", title=age),
        alt.Tooltip("active_customers:Q", title="Active", format=",.0f"),
        alt.Tooltip("cohort_customers:Q", title="Of", format=",.0f"),
        alt.Tooltip("retention:Q", title="Retention", format=SHARE_TIP),
        alt.Tooltip("interval:N", title="95% interval"),
    ]
    few = cells.transform_filter("datum.few")
    return alt.LayerChart(
        layer=[
            cells.mark_rect().encode(color=colour, tooltip=tips),
            _stroke(few, 0, 0.4, 0.4, 0),
            _stroke(few, 0.6, 1, 1, 0.6),
            # A pointer on the number is a pointer on its cell.
            _number(cells.transform_filter("!datum.few")).encode(tooltip=tips),
            _number(few, "italic").encode(tooltip=tips),
            # Faint neighbours would take the numbers of the other cohorts away.
            cells.transform_filter("datum.picked").mark_rect(
                filled=False, stroke=INK, strokeWidth=2, tooltip=None
            ),
            *_sizes(whole.transform_filter("datum.age == 0")),
        ]
    )


chart = Drawing(draw, drawn)


def _stroke(cells: alt.Chart, left: float, bottom: float, right: float, top: float) -> alt.Chart:
    """A line across a corner of the cell, clear of its number."""
    return cells.mark_rule(strokeOpacity=0.6, tooltip=None).encode(
        x=alt.X("age:O", bandPosition=left),
        x2=alt.X2("age:O", bandPosition=right),
        y=alt.Y("row:N", bandPosition=bottom),
        y2=alt.Y2("row:N", bandPosition=top),
        color=_on_colour(PAPER, INK),
    )


def _number(cells: alt.Chart, style: Literal["normal", "italic"] = "normal") -> alt.Chart:
    """The share in its cell, with two digits: 0.8% and 1.2% are not both 1%. Where cells are
    narrow, it is without its sign, and where they are narrower, none.
    """
    width = "bandwidth('x')"
    text = (
        f"{width} < {LEAST} ? '' : {width} < {WITH_SIGN} ? "
        "format(100 * datum.retention, '.2~r') : format(datum.retention, '.2~p')"
    )
    size = alt.ExprRef(f"{width} < {WITH_SIGN} ? 10 : 11")
    return cells.mark_text(fontSize=size, fontStyle=style).encode(
        text=alt.TextValue(alt.ExprRef(text)), color=_on_colour(PAPER, INK)
    )


def _on_colour(dark: str, light: str) -> Any:
    """The one colour on the dark steps, the other on the light ones."""
    return alt.condition(f"datum.step >= {DARK}", alt.value(dark), alt.value(light))


def _sizes(rows: alt.Chart) -> list[alt.Chart]:
    """A column of the cohorts' customers before the cells, and its head."""
    head = rows.transform_aggregate(n="count()").encode(y=alt.value(-10))
    return [
        part.mark_text(align="right", color=MUTED, fontSize=11, tooltip=None).encode(
            x=alt.value(-8), text=text
        )
        for part, text in ((rows, "size:N"), (head, alt.value("Customers")))
    ]
