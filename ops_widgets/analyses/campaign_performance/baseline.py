"""What was sold around a promotion day by day, beside what would have been sold without it."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.netted import netted
from ops_widgets.analyses.campaign_performance.promotion import IGNORES, NAMES, UNPICKED
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.drawing import Drawing, Frames
from ops_widgets.charts.marks import DAYS_AXIS, currency_axis, in_currency, in_full, money_axis
from ops_widgets.charts.theme import INK, MUTED, SERIES
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described

__all__ = ["IGNORES", "QUESTION", "chart", "compute"]
QUESTION = "What was sold on each day, and what without the promotion?"
HEIGHT = 240
SOLD, WITHOUT = "Sold", "Without it"
DAY = 24 * 60 * 60 * 1000


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row a day near the promotion: sold in its category, the baseline with its interval.

    ``area`` says to which area the day belongs; NA: to none, it is only beside them.
    """
    found = netted(store, view)
    one = found.promotion
    frame = found.daily.rename(columns={"low": "expected_low", "high": "expected_high"})
    frame["area"] = frame["part"].map(NAMES)
    where = one.category or "the whole shop"
    note = f"{one.name}: net revenue of {where}. The interval is of a single day."
    note = note if view.campaign else f"{UNPICKED} {note}"
    shown = described(store, frame, TERMS, note=note)
    shown.attrs["promoted"] = {"name": one.name}
    return shown


def lines(frame: pd.DataFrame) -> Frames:
    """The days, and the areas as spans of days."""
    told = frame[frame["area"].notna()].groupby("area", sort=False)["day"]
    areas = pd.DataFrame({"since": told.min(), "until": told.max()})
    areas = areas.reset_index().assign(until=areas["until"].to_numpy() + pd.Timedelta(days=1))
    return frame, areas.astype({"since": "datetime64[ns]", "until": "datetime64[ns]"})


def draw(frame: pd.DataFrame, areas: pd.DataFrame) -> alt.LayerChart:
    """What was sold, on the baseline with its band; behind it the days of the promotion."""
    money = ("sold", "expected", "expected_low", "expected_high")
    base = (
        alt.Chart(frame)
        .transform_calculate(
            middle=f"time(datum.day) + {DAY // 2}",
            **{f"m_{name}": in_currency(frame, name) for name in money},
        )
        .encode(
            x=alt.X("middle:T", title=None, axis=DAYS_AXIS),
            tooltip=[
                alt.Tooltip("day:T", title="Day", format="%-d %b %Y"),
                alt.Tooltip("m_sold:Q", title=currency_axis(frame, SOLD), format=in_full(frame)),
                alt.Tooltip(
                    "m_expected:Q", title=currency_axis(frame, WITHOUT), format=in_full(frame)
                ),
                alt.Tooltip("area:N", title="Part"),
            ],
        )
    )
    axis = money_axis(frame, "Net revenue a day", "y")
    colours = alt.Scale(domain=[SOLD, WITHOUT], range=[SERIES[0], MUTED])

    def line(what: str, column: str, dash: list[int]) -> alt.Chart:
        return (
            base.transform_calculate(what=f"'{what}'")
            .mark_line(strokeDash=dash)
            .encode(
                y=alt.Y(f"m_{column}:Q", **axis),
                color=alt.Color("what:N", title=None, scale=colours),
            )
        )

    behind = alt.Chart(areas).encode(x="since:T")
    lift = f"datum.area == '{NAMES['during']}'"
    layers = [
        behind.mark_rect(color=SERIES[1]).encode(
            x2="until:T",
            opacity=alt.condition(lift, alt.value(0.25), alt.value(0.09)),
        ),
        behind.mark_text(
            color=INK, angle=270, align="left", baseline="top", dx=4, dy=3, limit=HEIGHT - 20
        ).encode(y=alt.value(HEIGHT), text="area:N"),
        base.mark_area(color=MUTED, opacity=0.2).encode(
            y=alt.Y("m_expected_low:Q", **axis), y2="m_expected_high:Q"
        ),
        line(WITHOUT, "expected", [4, 3]),
        line(SOLD, "sold", [1, 0]),
    ]
    return alt.LayerChart(data=frame, layer=layers, height=HEIGHT)


chart = Drawing(draw, lines)
