"""What the whole shop sold, and when campaigns ran."""

from __future__ import annotations

from typing import Any, Literal

import altair as alt
import numpy as np
import pandas as pd

from ops_widgets.analyses.campaign_performance.daily import runs
from ops_widgets.analyses.campaign_performance.queries import (
    DAYS_A_WEEK,
    by_period,
    chosen,
    periods_of,
)
from ops_widgets.analyses.campaign_performance.reasons import ends_early, unknown_or_nothing
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import (
    CREDITED,
    CampaignPerformanceView,
    whole_window,
)
from ops_widgets.charts.drawing import Drawing, Frames
from ops_widgets.charts.formats import grouped
from ops_widgets.charts.marks import (
    DAYS_AXIS,
    currency_axis,
    drawable,
    in_currency,
    in_full,
    money_axis,
)
from ops_widgets.charts.theme import MUTED, SERIES
from ops_widgets.periods import from_day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import FAINT, brushable, described, one_of
from ops_widgets.views.window import part_of

QUESTION = "Did the shop sell more while campaigns ran?"
#: In windows of up to as many days, a point is a day: fewer weeks are no line.
MOST_DAYS = 62
HEIGHT = 260
#: Names of campaigns that begin closer to each other than this part of the window would overlap.
APART = 0.055
#: Opacity of the bands of campaigns that are looked at; of others a part of it.
STRONG = 0.22
#: Campaigns that are drawn, and that are named of a period.
MOST_BANDS, MOST_NAMES = 100, 25
BAND = ["name", "label", "since", "until", "from", "to", "opacity"]
NO_CAUSE = "The line is the whole shop, whatever campaigns are looked at; it cannot show a cause."


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The shop's net revenue by week (or day) of the whole window, and what campaigns had in it.

    Cost and credited net revenue are of the campaigns that are looked at: a cost is NA where the
    shop does not know it for every campaign and day, both are where no campaign ran.
    ``attrs["bands"]`` are the campaigns that ran, from their first day to the end of their last;
    ``attrs["orders"]``, how many orders the shop had in each period.
    """
    CREDITED.require(store)
    first, last = whole_window(store, view)
    part_of(first, last, "day", view)  # says so where there is nothing to look at
    grain: Literal["day", "week"] = "day" if last - first < MOST_DAYS else "week"
    length = 1 if grain == "day" else DAYS_A_WEEK
    sums = by_period(store, view, grain)[["cost", "net_revenue"]]
    period = periods_of(store, view, grain)
    sums["shop_revenue"] = _of_shop(store, period, "net_revenue", "sales_day")
    orders = _of_shop(store, period, "orders", "orders_day")
    ran = runs(store, first, last)
    seen = chosen(ran, view, campaign=True, group=True)["campaign_id"]
    drawn = _first(ran, one_of(ran["campaign_id"], seen))
    sums["running"] = _running(ran, sums.index.to_numpy(), length)
    sums["week"] = pd.to_datetime([from_day_number(day) for day in sums.index])
    labels = {"net_revenue": "Credited to campaigns", "cost": "Campaign cost"}
    labels |= {"week": "Day"} if grain == "day" else {}
    note = " ".join(filter(None, [NO_CAUSE, _left_out(drawn, ran), _lacking(sums, grain, store)]))
    more = {"cost": unknown_or_nothing(store)}
    shown = described(store, sums, TERMS, labels=labels, more=more, note=note)
    shown.attrs["orders"] = [int(orders[day]) for day in sums.index]
    if len(sums):
        span = (int(sums.index[0]), int(sums.index[-1]) + length)
        shown.attrs["bands"] = _bands(drawn, set(seen), *span).to_dict("records")
    ends = shown["week"] + pd.Timedelta(days=length - 1)
    return brushable(shown, "week", ends, view, spans=True)


def _of_shop(store: Store, period: dict[int, int], column: str, table: str) -> pd.Series:
    """What the whole shop has of a column, by the first day of each period; 0 where it is idle."""
    days = store.query(
        f"""
        select day, sum({column})::double as amount
        from {table} where day between $first and $last group by day
        """,
        {"first": min(period, default=0), "last": max(period, default=-1)},
    )
    sums = days.groupby(days["day"].map(period))["amount"].sum()
    return sums.reindex(sorted(set(period.values())), fill_value=0.0)


def _running(ran: pd.DataFrame, starts: np.ndarray, length: int) -> list[str | None]:
    """The campaigns that ran on a day of each period of ``length`` days; None: none did."""
    begun, ended, names = (ran[name].to_numpy() for name in ("begun", "ended", "name"))
    found: list[str | None] = []
    for first in starts:
        of = np.flatnonzero((begun < first + length) & (ended >= first))
        more = len(of) - MOST_NAMES
        said = ", ".join(names[of[:MOST_NAMES]])
        found.append((f"{said} and {grouped(more, 0)} more" if more > 0 else said) or None)
    return found


def _first(ran: pd.DataFrame, looked_at: pd.Series) -> pd.DataFrame:
    """As many campaigns as can be told apart, those that are looked at before the others."""
    places = (~looked_at).sort_values(kind="stable").index[:MOST_BANDS]
    return ran.loc[places.sort_values()]


def _left_out(drawn: pd.DataFrame, ran: pd.DataFrame) -> str:
    if len(drawn) == len(ran):
        return ""
    return f"Drawn are {grouped(len(drawn), 0)} of the {grouped(len(ran), 0)} campaigns that ran."


def _bands(ran: pd.DataFrame, seen: set[str], first: int, after: int) -> pd.DataFrame:
    """``name, since, until, runs, opacity, label`` of each campaign between two days.

    A label is left out where it would stand on the one before.
    """
    rows: list[dict[str, Any]] = []
    labelled = -float("inf")
    for one in ran.to_dict("records"):
        begun, ended = int(one["begun"]), int(one["ended"])
        since, until = max(begun, first), min(ended + 1, after)
        if since >= until:
            continue
        strong, begins = one["campaign_id"] in seen, (since - first) / (after - first)
        named = strong and labelled + APART <= begins <= 1 - APART
        labelled = begins if named else labelled
        days = {"since": since, "until": until, "from": begun, "to": ended}
        row: dict[str, Any] = {name: from_day_number(day) for name, day in days.items()}
        row |= {"name": one["name"], "label": one["name"] if named else ""}
        rows.append(row | {"opacity": STRONG if strong else STRONG * FAINT})
    frame = pd.DataFrame(rows, columns=BAND)
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in BAND[2:6]})


def _lacking(sums: pd.DataFrame, grain: str, store: Store) -> str:
    """Of how many periods the table knows no cost, and why; empty: of none."""
    idle = int(sums["net_revenue"].isna().sum())
    unknown = int(sums["cost"].isna().sum()) - idle
    said = []
    if unknown:
        lacks = f"{grain} lacks" if unknown == 1 else f"{grain}s lack"
        said.append(f"The cost of {unknown} {lacks} a day of a campaign that ran.")
    if idle:
        said.append(f"No campaign ran in {idle} {grain}{'' if idle == 1 else 's'}.")
    if unknown or ends_early(store):
        said.append(unknown_or_nothing(store))
    return " ".join(said)


def drawn(frame: pd.DataFrame) -> Frames:
    """The periods, and the bands behind them."""
    return frame, drawable(pd.DataFrame(frame.attrs.get("bands", []), columns=BAND))


def draw(frame: pd.DataFrame, bands: pd.DataFrame) -> alt.LayerChart:
    """Net revenue of the shop over time; behind it, when campaigns ran."""
    what = frame.attrs["labels"]["week"]
    by_day = what == "Day"
    day = 24 * 60 * 60 * 1000
    line = (
        alt.Chart(frame)
        .transform_calculate(
            middle=f"(time(datum.week) + time(datum.ops_end) + {day}) / 2",
            money=in_currency(frame, "shop_revenue"),
        )
        .encode(
            x=alt.X("middle:T", title=None, axis=DAYS_AXIS),
            y=alt.Y(
                "money:Q",
                **money_axis(frame, f"Net revenue a {'day' if by_day else 'week'}", "y"),
            ),
            tooltip=[
                alt.Tooltip("week:T", title=what, format="%-d %b %Y"),
                alt.Tooltip(
                    "money:Q", title=currency_axis(frame, "Whole shop"), format=in_full(frame)
                ),
                alt.Tooltip("running:N", title="Campaigns"),
            ],
        )
    )
    behind = alt.Chart(bands).encode(
        x=alt.X("since:T"),
        tooltip=[
            alt.Tooltip("name:N", title="Campaign"),
            alt.Tooltip("from:T", title="From", format="%-d %b %Y"),
            alt.Tooltip("to:T", title="To", format="%-d %b %Y"),
        ],
    )
    strength = alt.Opacity("opacity:Q", scale=None, legend=None)
    layers = [
        behind.mark_rect(color=SERIES[1]).encode(x2="until:T", opacity=strength),
        # Where one campaign follows another, only this line tells them apart.
        behind.mark_rule(color=SERIES[1]).encode(opacity=strength),
        behind.mark_text(
            color=MUTED, angle=270, align="right", baseline="top", dx=-4, dy=3, limit=HEIGHT - 20
        ).encode(y=alt.value(0), text="label:N"),
        line.mark_line(color=SERIES[0], point=alt.OverlayMarkDef(size=24, color=SERIES[0])),
    ]
    # The data that can be selected come first.
    return alt.LayerChart(data=frame, layer=layers, height=HEIGHT)


chart = Drawing(draw, drawn)
