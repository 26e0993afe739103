"""What a promotion really added: its days, the dips around them, and the other categories."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.netted import NET, PARTS, Netted, Part, netted
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.drawing import Drawing, Frames
from ops_widgets.charts.formats import grouped
from ops_widgets.charts.marks import currency_axis, in_currency, in_full, money_axis
from ops_widgets.charts.others import PLACE
from ops_widgets.charts.theme import INK, MUTED, SERIES
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described

QUESTION = "What did the promotion really add?"
#: A promotion is the whole campaign and the days around it.
IGNORES = ("since", "until")
#: What each area is called, in the order of the waterfall.
NAMES = {
    "before": "Before",
    "during": "Its days",
    "after": "After",
    "others": "Other categories",
    NET: "Net",
    "cost": "Campaign cost",
    "left": "Left after cost",
}
UNPICKED = "Nobody picked one: this has most credit."
NO_TEST = (
    "This is no experiment: whatever else moved these days is in here. A control group tells "
    "better what a campaign caused."
)
MEASURES = {"gain": "Net revenue", "profit": "Margin"}
#: Of these a chart says that they are not known.
SHOWN = (NAMES["before"], NAMES["after"])
BARS = ["area", "what", "from", "to", "low", "high", "amount", PLACE]


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row an area: in net revenue and in margin (less cost of goods), each with its interval.

    The dip before, the lift in its days, the dip after, other categories, and their sum; then
    what the campaign cost and what is left. NA where an area cannot be told, and ``area_note``
    says why. ``attrs["promoted"]`` names the campaign, the areas that the net lacks, and on how
    many days it rests.
    """
    found = netted(store, view)
    one, parts = found.promotion, found.parts
    rows = [_row(part, parts[part], _days(found, part)) for part in (*PARTS, NET)]
    rows += _after_cost(found)
    said = [] if view.campaign else [UNPICKED]
    frame = pd.DataFrame(rows)
    numbers = [name for name in map(str, frame) if name.startswith(("gain", "profit"))]
    frame = frame.astype(dict.fromkeys(numbers, "float64"))
    # That it sold out, or what it is of; how it was calculated stands among the definitions.
    about, *how = found.said
    more = {"gain": " ".join([*how, NO_TEST])}
    shown = described(store, frame, TERMS, more=more, note=" ".join([*said, about]))
    shown.attrs["promoted"] = {"name": one.name, "unseen": list(found.unseen)}
    return shown


def _row(part: str, area: Part, days: str) -> dict[str, Any]:
    row: dict[str, Any] = {"area": NAMES[part], "area_days": days, "area_note": area.why or None}
    for column, excess in (("gain", area.revenue), ("profit", area.margin)):
        low, high = excess.interval() if excess else (None, None)
        row |= {column: excess and excess.value, f"{column}_low": low, f"{column}_high": high}
    return row


def _days(found: Netted, part: str) -> str:
    """Over how many days an area was seen, of how many it takes."""
    one, seen = found.promotion, found.parts[part].days
    wanted = one.wanted | {"during": one.planned - one.since + 1}
    if part not in wanted:
        return grouped(seen, 0) if seen else ""
    return grouped(seen, 0) if seen == wanted[part] else f"{seen} of {wanted[part]}"


def _after_cost(found: Netted) -> list[dict[str, Any]]:
    """What the campaign cost, and what its net margin leaves of it."""
    cost, net = found.cost, found.parts[NET].margin
    unknown = "what it cost is not known on a day of it" if pd.isna(cost) else ""
    spent = {
        "area": NAMES["cost"],
        "profit": None if unknown else -cost,
        "area_note": unknown or None,
    }
    left: dict[str, Any] = {"area": NAMES["left"]}
    if unknown or net is None:
        left["area_note"] = unknown or found.parts[NET].why
    else:
        low, high = net.interval()
        left |= {"profit": net.value - cost, "profit_low": low - cost, "profit_high": high - cost}
    return [spent | {"area_days": ""}, left | {"area_days": ""}]


def bars(frame: pd.DataFrame) -> Frames:
    """The waterfall: each bar begins where those before it end; a sum begins at nothing."""
    rows: list[dict[str, Any]] = []
    for column, what in MEASURES.items():
        at = 0.0
        for place, row in enumerate(frame.to_dict("records")):
            amount = row[column]
            missing = column == "gain" and row["area"] in SHOWN and row["area_days"]
            if pd.isna(amount):
                label = f"{row['area']} ({row['area_days']})"
                rows += [{"area": label, "what": what, PLACE: place}] if missing else []
                continue
            begin = 0.0 if row["area"] in (NAMES[NET], NAMES["left"]) else at
            at = begin + amount
            days = f" ({row['area_days']})" if " of " in str(row["area_days"]) else ""
            bar = {"area": row["area"] + days, "what": what, "from": begin, "to": at}
            ends = {end: begin + row[f"{column}_{end}"] for end in ("low", "high")}
            rows.append(bar | ends | {"amount": amount, PLACE: place})
    shown = pd.DataFrame(rows, columns=BARS)
    shown.attrs = {name: frame.attrs[name] for name in ("currency", "minor_digits")}
    return (shown,)


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """Two bars an area, revenue and margin, each with the interval of where it ends."""
    money = ("from", "to", "low", "high", "amount")
    base = (
        alt.Chart(frame, height=alt.Step(15))
        .transform_calculate(**{f"m_{name}": in_currency(frame, name) for name in money})
        .encode(
            y=alt.Y("area:N", title=None, sort=alt.EncodingSortField(PLACE, op="min")),
            yOffset=alt.YOffset("what:N", sort=list(MEASURES.values())),
            tooltip=[
                alt.Tooltip("area:N", title="Part"),
                alt.Tooltip("what:N", title="In"),
                alt.Tooltip(
                    "m_amount:Q", title=currency_axis(frame, "Amount"), format=in_full(frame)
                ),
            ],
        )
    )
    colours = alt.Scale(domain=list(MEASURES.values()), range=[SERIES[0], SERIES[1]])
    x = alt.X("m_from:Q", **money_axis(frame, "More than without it", ticks=4))
    known = base.transform_filter("isValid(datum.low)")
    drawn = base.transform_filter("isValid(datum.amount)")
    unknown = base.transform_filter("!isValid(datum.amount)")
    layers = [
        drawn.mark_bar(cornerRadiusEnd=0, opacity=0.7).encode(
            x=x, x2="m_to:Q", color=alt.Color("what:N", title=None, scale=colours)
        ),
        known.mark_rule(color=INK, strokeWidth=1.5).encode(x="m_low:Q", x2="m_high:Q"),
        known.mark_tick(color=INK, thickness=1.5, size=7).encode(x="m_low:Q"),
        known.mark_tick(color=INK, thickness=1.5, size=7).encode(x="m_high:Q"),
        unknown.mark_text(color=MUTED, align="left", dx=5, dy=7, text="not known").encode(
            x=alt.datum(0)
        ),
        alt.Chart(frame).mark_rule(color=MUTED).encode(x=alt.datum(0)),
    ]
    return alt.LayerChart(data=frame, layer=layers)


chart = Drawing(draw, bars)
