"""Campaigns without a control group: their category beside the others, and whether that tells."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from ops_widgets.analyses.campaign_performance.aimed import book
from ops_widgets.analyses.campaign_performance.quasi import (
    CHECKS,
    MIXTURE,
    Attempt,
    attempt,
    attempts,
)
from ops_widgets.analyses.campaign_performance.queries import facts
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.drawing import Drawing, Frames
from ops_widgets.charts.marks import DAYS_AXIS, drawable
from ops_widgets.charts.theme import HEAT, MUTED, SERIES
from ops_widgets.errors import MissingDataError
from ops_widgets.periods import from_day_number
from ops_widgets.stats.placebo import Chance
from ops_widgets.summaries.store import Store
from ops_widgets.views.finding import LEVEL
from ops_widgets.views.frames import described, one_of, pickable

QUESTION = "What did campaigns without a control group change?"
#: What is told is of whole campaigns.
IGNORES = ("since", "until")
NOTE = "Of whole campaigns, in whole weeks, whatever days are looked at."
ONE_CATEGORY = (
    "Only the largest category counts: what a campaign sold in others is not in it, and lifts what "
    "it is compared with."
)
DRAWN = "Drawn: {category}, the largest category of {name}."
PATH = ["name", "week", "middle", "what", "index", "low", "high"]
RUN = ["name", "since", "until"]
HEIGHT = 240
#: Campaigns that are tried until one can be drawn: thousands would take a second.
MOST_TRIED = 50
OTHERS, MIXED, CHANCE = "Other categories", "Mixture of others", "Chance (95%)"
LEGEND = alt.Legend(symbolType="square", symbolOpacity=1)


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row a campaign of these days whose control group does not tell, most credited first.

    ``attrs["path"]`` are the weeks of the picked campaign (else of the first that can be drawn, of
    the :data:`MOST_TRIED` first): its category and the others, 100 being their mean before;
    ``attrs["run"]`` its days. Raises ``MissingDataError`` where each campaign has a control group.
    """
    ran = facts(store, view.replace(since=None, until=None), group=True)
    ran = ran.sort_values(["net_revenue", "name"], ascending=[False, True], kind="stable")
    tried = attempts(store, view)
    listed = ran[one_of(ran["campaign_id"], list(tried))]
    if listed.empty and len(ran):
        raise MissingDataError("Each campaign of these days has a control group that can be read.")
    rows = [_row(tried[str(name)]) for name in listed["campaign_id"]]
    table = pd.DataFrame(rows, columns=[*COLUMNS], index=listed.index)
    table = pd.concat([listed[["name", "net_revenue"]], table], axis=1)
    labels = {"net_revenue": "Credited net revenue"}
    picked = ran[ran["name"] == view.campaign]
    one, name = _picture(store, view, picked if len(picked) else listed)
    said = DRAWN.format(category=one.aim.category, name=name) if one and one.one else ""
    more = {"told": ONE_CATEGORY}
    note = f"{NOTE} {said}".rstrip()
    frame = described(store, table, TERMS, labels=labels, more=more, note=note)
    if one is not None:
        frame.attrs["shown"] = _shown(one, name, one.aim.campaign_id not in tried)
        frame.attrs["path"], frame.attrs["run"] = _path(one, name), _run(one, name)
    return pickable(frame, "name", "campaign", view)


#: Columns of the table -> the number of an attempt.
NUMBERS = {"donors": "donors", "trend_p": "trend_p", "placebo_p": "placebo_p"}
NUMBERS |= {"beyond": "effect", "beyond_low": "low", "beyond_high": "high"}
TEXTS = ("placebo_dates", "placebo_units")
COLUMNS = ("aimed_at", "aimed_share", "design", *NUMBERS, *TEXTS, "told")


def _row(one: Attempt) -> dict[str, Any]:
    known = bool(one.aim.category)
    row: dict[str, Any] = {"aimed_at": one.aim.category or None, "design": one.design}
    row |= {"aimed_share": one.aim.share if known else np.nan, "told": one.said}
    row |= {name: one.numbers.get(number, np.nan) for name, number in NUMBERS.items()}
    return row | {name: one.numbers.get(name) for name in TEXTS}


def _picture(
    store: Store, view: CampaignPerformanceView, rows: pd.DataFrame
) -> tuple[Attempt | None, str]:
    """The first of these campaigns that can be drawn, of the :data:`MOST_TRIED` first; else the
    first; None: there is none.
    """
    all_of_it = book(store, view)
    first: tuple[Attempt | None, str] = None, ""
    tried = rows.head(MOST_TRIED)
    for campaign, name in zip(tried["campaign_id"], tried["name"], strict=True):
        found = attempt(all_of_it, all_of_it.aims[str(campaign)], picture=True)
        if found.one is not None:
            return found, str(name)
        first = first if first[0] else (found, str(name))
    return first


def _shown(one: Attempt, name: str, has_control: bool) -> dict[str, Any]:
    """What the title says of the campaign that is drawn."""
    row = {"name": name, "category": one.aim.category, "has_control": has_control}
    row |= {"failed": CHECKS.get(one.failed, "")}
    return row | {n: one.numbers.get(n) for n in ("effect", "low", "high")}


def _path(one: Attempt, name: str) -> list[dict[str, Any]]:
    """A row a week and line, and a row a week of what chance allows."""
    if one.one is None or one.weeks is None:
        return []
    found, lines = one.one, _names(one)
    starts = one.weeks.start + 7 * np.arange(one.weeks.sold.shape[1])[found.span.columns]
    days = [pd.Timestamp(from_day_number(int(day))) for day in starts]
    values = {lines[0]: found.treated, lines[1]: found.control}
    rows = [
        {"name": name, "week": day, "what": what, "index": 100 * value}
        for what, path in values.items()
        for day, value in zip(days, path, strict=True)
    ]
    scaled = np.array([other.gap / other.noise for other in one.others])
    for place, day in enumerate(days):
        ends = Chance(np.sort(scaled[:, place])).ends(LEVEL) if len(scaled) else None
        if ends is not None:
            low, high = (100 * (found.control[place] + end * found.noise) for end in ends)
            band = {"low": max(0.0, low), "high": high}
            rows.append({"name": name, "week": day, "what": lines[2]} | band)
    return [row | {"middle": row["week"] + pd.Timedelta(days=3.5)} for row in rows]


def _names(one: Attempt) -> list[str]:
    """What the legend says: the category, the others, and what chance allows."""
    return [one.aim.category, MIXED if one.design == MIXTURE else OTHERS, CHANCE]


def _run(one: Attempt, name: str) -> list[dict[str, Any]]:
    if one.aim.begun is None or one.aim.ended is None:
        return []
    since, until = (from_day_number(day) for day in (one.aim.begun, one.aim.ended + 1))
    return [{"name": name, "since": pd.Timestamp(since), "until": pd.Timestamp(until)}]


def drawn(frame: pd.DataFrame) -> Frames:
    """The lines with what chance allows, the campaign's days, and what stands in their place."""
    path = drawable(pd.DataFrame(frame.attrs.get("path", []), columns=PATH))
    run = pd.DataFrame(frame.attrs.get("run", []) if len(path) else [], columns=RUN)
    names = [str(name) for name in dict.fromkeys(path["what"])]
    path.attrs["drawing"] = names or ["Its category", OTHERS, CHANCE]
    nothing = pd.DataFrame({"said": [] if len(path) else ["Nothing to draw: see the table."]})
    return path, drawable(run), nothing


def draw(path: pd.DataFrame, run: pd.DataFrame, nothing: pd.DataFrame) -> alt.LayerChart:
    """Two lines week by week; behind them what chance allows and the campaign's days."""
    names = alt.Scale(domain=path.attrs["drawing"], range=[SERIES[0], SERIES[1], MUTED])
    weeks = alt.Chart(path).encode(
        x=alt.X("middle:T", title=None, axis=DAYS_AXIS),
        color=alt.Color("what:N", title=None, scale=names, legend=LEGEND),
        tooltip=[
            alt.Tooltip("what:N", title="Line"),
            alt.Tooltip("week:T", title="Week of", format="%-d %b %Y"),
            alt.Tooltip("index:Q", title="Sales (before = 100)", format=",.0f"),
            alt.Tooltip("low:Q", title="From", format=",.0f"),
            alt.Tooltip("high:Q", title="To", format=",.0f"),
        ],
    )
    y = alt.Y("index:Q", title="Sales a week (before = 100)", scale=alt.Scale(zero=True))
    line = weeks.transform_filter("isValid(datum.index)")
    chance = weeks.transform_filter("isValid(datum.low)")
    days = alt.Chart(run).encode(x="since:T", tooltip=[alt.Tooltip("name:N", title="Campaign")])
    layers = [
        days.mark_rect(color=HEAT[1], opacity=0.8).encode(x2="until:T"),
        chance.mark_area(opacity=0.18).encode(y="low:Q", y2="high:Q"),
        line.mark_line(point=alt.OverlayMarkDef(size=24)).encode(y=y),
        alt.Chart(nothing).mark_text(color=MUTED, limit=alt.ExprRef("width")).encode(text="said:N"),
    ]
    return alt.LayerChart(layer=layers, height=HEIGHT)


chart = Drawing(draw, drawn)
