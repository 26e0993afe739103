"""The funnel, step by step: who goes on, and who is lost."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.economics import groups, together
from ops_widgets.analyses.campaign_performance.reasons import FUNNEL, unknown_or_nothing
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.drawing import Drawing, Frames
from ops_widgets.charts.formats import format_value
from ops_widgets.charts.marks import SHARE_TIP, label_of, shade
from ops_widgets.charts.theme import INK, SERIES
from ops_widgets.metrics.campaigns import funnel
from ops_widgets.stats.proportion import wilson
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "Where are people lost?"
#: With more kinds than these a reader compares no bars: the total is drawn, the table has all.
MOST_KINDS = 4
ALL = "All together"
#: Step -> what it and the one before it are called.
STEPS = {
    "clicks": ("Impressions", "clicks"),
    "orders": ("Clicks", "orders"),
    "new_customers": ("Orders", "new customers"),
}
#: Pixels: of a step's name, of a line of text with its bar, of a bar, between two steps.
HEAD, LINE, BAR, GAP = 24, 38, 12, 10
#: Pixels that the rates take at the right end of a line; the rest is the kind's name.
RATES = 190


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The funnel of each group: impressions, clicks, orders, new customers.

    The total is in ``attrs["total"]``: it is no sum of the rows, since an order of several kinds
    counts once.
    """
    FUNNEL.require(store)
    table, labels, note = groups(store, view)
    steps = _with_interval(funnel(table, "group"))
    total = _with_interval(funnel(together(store, view), "group"))
    said = " ".join(filter(None, [_impossible(steps), note]))
    more = {"count": unknown_or_nothing(store), "of_previous": _all_in_words(total)}
    shown = described(store, steps, TERMS, labels=labels, more=more, note=said)
    shown.attrs["total"] = total.to_dict("records")
    return pickable(shown, "group", "group", view)


def _with_interval(steps: pd.DataFrame) -> pd.DataFrame:
    # More than at the step before is no share.
    possible = steps["count"].where(steps["count"] <= steps["previous"])
    low, high = wilson(possible.astype("float64"), steps["previous"].astype("float64"))
    return steps.assign(of_previous_low=low, of_previous_high=high)


def _impossible(steps: pd.DataFrame) -> str:
    """Which steps have more than the one before, and what to do."""
    more = steps[steps["of_previous"] > 1]
    found = ", ".join(
        f"{group} has more {STEPS[step][1]} than {STEPS[step][0].lower()}"
        for group, step in zip(more["group"], more["step"], strict=True)
    )
    return f"{found}: see that campaign_days has every day, and counts all of it." if found else ""


def _all_in_words(total: pd.DataFrame) -> str:
    """The rates of all kinds together in a sentence; empty where none is known."""
    known = total[total["of_previous"].le(1)]
    found = [
        f"{format_value(share, 'percent')} of {STEPS[step][0].lower()} bring {STEPS[step][1]}"
        for step, share in zip(known["step"], known["of_previous"], strict=True)
    ]
    return f"{ALL}, {', '.join(found)}." if found else ""


def drawn(frame: pd.DataFrame) -> Frames:
    """Lines and heads with their places; ``attrs["drawing"]`` of the lines: the height of all."""
    heads, lines, height = _placed(_rows(frame))
    lines.attrs = {"labels": frame.attrs["labels"], "drawing": height}
    return lines, heads


def draw(lines: pd.DataFrame, heads: pd.DataFrame) -> alt.LayerChart:
    """Step by step a bar for the part that goes on, each step on a scale of its own."""
    height = lines.attrs["drawing"]
    pixels = alt.Scale(domain=[0, height], reverse=True, nice=False)
    y, end = alt.Y("top:Q", scale=pixels, axis=None), alt.Y2("bottom:Q")
    x = alt.X("from:Q", scale=alt.Scale(domain=[0, 1]), axis=None)
    bars = alt.Chart(lines)
    tooltip = [
        alt.Tooltip("kind:N", title=label_of(lines, "group")),
        alt.Tooltip("what:N", title="Step"),
        alt.Tooltip("previous:Q", title="Before", format=",.0f"),
        alt.Tooltip("count:Q", title="Go on", format=",.0f"),
        alt.Tooltip("of_previous:Q", title="Share", format=SHARE_TIP),
        alt.Tooltip("of_previous_low:Q", title="From (95%)", format=SHARE_TIP),
        alt.Tooltip("of_previous_high:Q", title="To (95%)", format=SHARE_TIP),
    ]
    strength = shade(lines)
    layers = [
        bars.mark_rect(cornerRadiusEnd=2).encode(
            x=x,
            x2="to:Q",
            y=y,
            y2=end,
            color=alt.Color("colour:N", scale=None),
            opacity=strength,
            tooltip=tooltip,
        ),
        bars.mark_text(
            align="left", baseline="bottom", dy=-3, limit=alt.ExprRef(f"width - {RATES}")
        ).encode(x=x, y=y, text="kind:N", opacity=strength, tooltip=tooltip),
        bars.mark_text(align="right", baseline="bottom", dy=-3, limit=RATES).encode(
            x=alt.X("right:Q", scale=alt.Scale(domain=[0, 1]), axis=None),
            y=y,
            text="rates:N",
            opacity=strength,
            tooltip=tooltip,
        ),
        alt.Chart(heads)
        .mark_text(align="left", baseline="bottom", fontWeight=600, limit=alt.ExprRef("width"))
        .encode(x=x, y=y, text="head:N"),
    ]
    return alt.LayerChart(layer=layers, height=height)


chart = Drawing(draw, drawn)


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that are drawn, with ``kind``: the total, and each kind where they are few."""
    total = pd.DataFrame(frame.attrs["total"]).assign(kind=ALL, ops_shade=1.0)
    total["group"] = ""  # nothing that could be picked
    kinds = frame.assign(kind=frame["group"])
    many = frame["group"].nunique()
    if many > MOST_KINDS:
        kinds = kinds[kinds["group"].eq(frame.attrs["pick"]["value"])]
    return kinds if many == 1 else pd.concat([total, kinds], ignore_index=True)


def _placed(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Heads and lines with their places in pixels from the top, and the height of all."""
    heads: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    top = 0
    for step, (before, now) in STEPS.items():
        known = rows[rows["step"].eq(step) & rows["of_previous"].notna()]
        if known.empty:
            continue
        top += HEAD
        longest = known["of_previous"].where(known["of_previous"] <= 1).max()
        heads.append({"top": top - 6, "from": 0.0, "head": f"{before} → {now}"})
        for row in known.to_dict("records"):
            top += LINE
            share, more = row["of_previous"], row["of_previous"] > 1
            bar = {"from": 0.0, "to": 0.0 if more or not share else share / longest}
            place = {"top": top - BAR - 2, "bottom": top - 2, "right": 1.0}
            colour = INK if row["kind"] == ALL else SERIES[0]
            told = {"what": f"{before} → {now}", "rates": _rates(step, share), "colour": colour}
            lines.append({str(k): v for k, v in row.items()} | bar | place | told)
        top += GAP
    return pd.DataFrame(heads), pd.DataFrame(lines), top


def _rates(step: str, share: float) -> str:
    """How many go on and how many do not; new customers are no more lost than old ones."""
    before, now = STEPS[step]
    if share > 1:
        return f"more {now} than {before.lower()}"
    goes, stays = (format_value(one, "percent") for one in (share, 1 - share))
    if step == "new_customers":
        return f"{goes} are new, {stays} are not"
    return f"{goes} go on, {stays} are lost"
