"""The funnel, step by step: who goes on, and who is lost."""

from __future__ import annotations

import math
from typing import Any, cast

import altair as alt
import numpy as np
import pandas as pd

from ops_widgets.analyses.campaign_performance import impossible
from ops_widgets.analyses.campaign_performance.economics import groups, together
from ops_widgets.analyses.campaign_performance.impossible import remark_of_days
from ops_widgets.analyses.campaign_performance.reasons import (
    FUNNEL,
    UNSPLIT,
    customers_known,
    unknown_or_nothing,
)
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.analyses.campaign_performance.visitors import sums_of
from ops_widgets.charts.drawing import Drawing, Frames
from ops_widgets.charts.formats import format_value
from ops_widgets.charts.marks import SHARE_TIP, label_of, shade
from ops_widgets.charts.theme import INK, SERIES
from ops_widgets.metrics.campaigns import funnel
from ops_widgets.stats.proportion import wilson
from ops_widgets.stats.ratio import effective, share
from ops_widgets.stats.shrink import shrunk_rates
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "Where are people lost?"
#: With more kinds than these a reader compares no bars: the total is drawn, the table has all.
MOST_KINDS = 4
ALL = "All together"
#: Step -> what it is called.
STEPS = {
    "impressions": "impressions",
    "clicks": "clicks",
    "visits": "visits",
    "carts": "carts",
    "orders": "orders",
    "new_customers": "new customers",
}
#: The step before and a step -> what the customers' sums of them are called: people come more than
#: once, and of these steps it is known who.
CLUSTERED = {
    ("visits", "carts"): ("visits", "carts"),
    ("visits", "orders"): ("visits", "orders"),
    ("carts", "orders"): ("carts", "orders"),
    ("orders", "new_customers"): ("orders", "first_orders"),
}
#: Pixels: of a step's name, of a line of text with its bar, of a bar, between two steps.
HEAD, LINE, BAR, GAP = 24, 34, 10, 8
#: Pixels that the rates take at the right end of a line; the rest is the kind's name.
RATES = 190
#: What of a group a remark tells.
REMARKED = ("days_overclicked", "no_visits", "no_carts", "orders")


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The funnel of each group: impressions, clicks, visits, carts, orders, new customers.

    A step that is unknown is NA, ``remark`` says why, and the next one is a part of the last that
    is known. ``shrunk`` is the rate drawn towards the common one of all groups. The total is in
    ``attrs["total"]``: it is no sum of the rows, since an order of several kinds counts once.
    """
    FUNNEL.require(store)
    table, labels, note = groups(store, view)
    steps, total = (_steps(store, rows) for rows in (table, together(store, view)))
    steps["shrunk"] = _shrunk(steps)
    said = " ".join(filter(None, [impossible.said(table), _jumped(steps), note]))
    more = {"count": unknown_or_nothing(store), "of_previous": _all_in_words(total)}
    shown = described(store, steps, TERMS, labels=labels, more=more, note=said)
    shown.attrs["total"] = total.to_dict("records")
    return pickable(shown, "group", "group", view)


def _steps(store: Store, table: pd.DataFrame) -> pd.DataFrame:
    """The funnel of the economics, with intervals, ``trials`` (how many independent ones tell as
    much of a rate), and remarks.
    """
    steps = funnel(table, "group")
    by_group = table.set_index("group")
    of = by_group.loc[steps["group"]]
    steps["of_previous"] = steps["of_previous"].mask(
        steps["step"].eq("clicks") & of["days_overclicked"].gt(0).to_numpy()
    )
    steps[TOLD] = float("nan")
    known = steps[steps["of_previous"].notna()]
    for pair, rows in known.groupby(["before", "step"], sort=False):
        if clustered := CLUSTERED.get(cast("tuple[str, str]", pair)):
            sums = sums_of(of.iloc[rows.index], *clustered)
            told = *share(sums), effective(sums)
        else:
            told = *wilson(rows["count"], rows["previous"]), rows["previous"].to_numpy("float64")
        steps.loc[rows.index, TOLD] = np.column_stack(told)
    return steps.assign(remark=_remarks(store, by_group, steps))


#: What is told of a rate: the ends of its interval, and its trials.
TOLD = ["of_previous_low", "of_previous_high", "trials"]


def _remarks(store: Store, by_group: pd.DataFrame, steps: pd.DataFrame) -> pd.Series:
    """Why counts are not known, or rates cannot be; empty where there is nothing to say."""
    of = by_group[[name for name in REMARKED if name in by_group]]
    clicked = of["days_overclicked"].gt(0).reindex(steps["group"]).to_numpy()
    odd = steps["count"].isna() | steps["count"].gt(steps["previous"])
    rows = steps[odd | (steps["step"].eq("clicks") & clicked)]
    groups, who = of.loc[rows["group"]].to_dict("records"), customers_known(store)
    records = rows.to_dict("records")
    said = [_remark(who, of, row) for of, row in zip(groups, records, strict=True)]
    return pd.Series(said, rows.index, dtype="str").reindex(steps.index, fill_value="")


def _shrunk(steps: pd.DataFrame) -> pd.Series:
    """Each rate drawn towards that of all groups whose step is a part of the same one."""
    found = [
        pd.Series(shrunk_rates(rows["of_previous"] * rows["trials"], rows["trials"]), rows.index)
        for _, rows in steps.groupby(["step", "before"])
    ]
    return pd.concat(found).reindex(steps.index) if found else steps["of_previous"]


def _remark(who: bool, of: dict[Any, Any], row: dict[Any, Any]) -> str:
    """That of one step of the group ``of``; ``who``: it is known who orders."""
    step = row["step"]
    if not math.isnan(row["count"]):
        if row["count"] > row["previous"]:
            return f"more {STEPS[step]} than {STEPS[row['before']]}"
        return remark_of_days(of) if step == "clicks" else ""
    if step in ("visits", "carts"):
        return str(of[f"no_{step}"])
    if step in ("impressions", "clicks"):
        return "not known of every day that it ran"
    known = who or step == "orders"
    return UNSPLIT if known and math.isnan(of["orders"]) else "who ordered is not known"


def _jumped(steps: pd.DataFrame) -> str:
    """Which of the steps that events tell of are unknown, and why, as far as one reason goes."""
    why = steps.loc[steps["step"].isin(("visits", "carts")) & steps["count"].isna(), "remark"]
    if why.empty:
        return ""
    more = f" (and {why.nunique() - 1} more reasons)" if why.nunique() > 1 else ""
    return f"Visits or carts are not known everywhere: {why.iloc[0]}{more}."


def _all_in_words(total: pd.DataFrame) -> str:
    """The rates of all kinds together in a sentence; empty where none is known."""
    known = total[total["of_previous"].notna()]
    found = [
        f"{format_value(rate, 'percent')} of {STEPS[before]} bring {STEPS[step]}"
        for step, before, rate in zip(
            known["step"], known["before"], known["of_previous"], strict=True
        )
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
    drawable = rows["of_previous"].notna() | (rows["count"] > rows["previous"])
    for step in STEPS:
        known = rows[rows["step"].eq(step) & drawable]
        for before in known["before"].unique():
            of = known[known["before"] == before]
            what = f"{STEPS[before].capitalize()} → {STEPS[step]}"
            top += HEAD
            longest = of["of_previous"].max()
            heads.append({"top": top - 6, "from": 0.0, "head": what})
            for row in of.to_dict("records"):
                top += LINE
                rate = row["of_previous"]
                bar = {"from": 0.0, "to": rate / longest if rate > 0 else 0.0}
                place = {"top": top - BAR - 2, "bottom": top - 2, "right": 1.0}
                colour = INK if row["kind"] == ALL else SERIES[0]
                told = {"what": what, "rates": _rates(row), "colour": colour}
                lines.append({str(k): v for k, v in row.items()} | bar | place | told)
            top += GAP
    return pd.DataFrame(heads), pd.DataFrame(lines), top


def _rates(row: dict[Any, Any]) -> str:
    """How many go on and how many do not; new customers are no more lost than old ones."""
    rate = row["of_previous"]
    if math.isnan(rate):
        return str(row["remark"])
    goes, stays = (format_value(one, "percent") for one in (rate, 1 - rate))
    if row["step"] == "new_customers":
        return f"{goes} are new, {stays} are not"
    return f"{goes} go on, {stays} are lost"
