"""What one test changed: how many bought, how often, for how much, and what of it is left."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import tested
from ops_widgets.analyses.campaign_performance.experiment import lift_tips
from ops_widgets.analyses.campaign_performance.reviewed import require_control, reviewed
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.formats import Format, format_value
from ops_widgets.charts.marks import BY_PLACE, SHARE_AXIS, SILENT
from ops_widgets.charts.theme import INK, SERIES
from ops_widgets.errors import MissingDataError
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, one_of

QUESTION = "What did the test change?"
IGNORES = ("since", "until")
#: Outcome -> what it is called, and how its amounts are written.
OUTCOMES: dict[str, tuple[str, Format]] = {
    "bought": ("Bought at all", "percent"),
    "orders": ("Orders", "decimal"),
    "net_revenue": ("Net revenue", "money"),
    "during": ("… until its last day", "money"),
    "after": ("… in the days after", "money"),
    "gross_profit": ("Gross profit", "money"),
}
CONTRIBUTION = "Contribution"
UNPICKED = "Nobody picked one: its lift is the surest."


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row an outcome of the picked campaign, else of the one whose lift surely is the largest.

    Everything is per customer who was assigned. What is written out has the unit of its outcome;
    ``lift`` and its ends are parts of what those held back gave. Contribution is gross profit less
    the campaign's cost, which only the treated have: it has no lift.
    Raises ``MissingDataError`` where no test can be read.
    """
    require_control(store)
    found = tested(store, view).outcomes
    rows = reviewed(store, view, campaign=True)
    found = found[one_of(found["campaign_id"], rows["campaign_id"])]
    if found.empty:
        why = f": {rows['lost'].iloc[0]}" if view.campaign and len(rows) else ""
        raise MissingDataError(
            f"No test of these campaigns can be read{why}.",
            "Pick a campaign with a control group, or look at a longer window.",
        )
    surest = found.assign(money=found["outcome"].eq("net_revenue")).sort_values(
        ["money", "lift_low"], ascending=False, na_position="last", kind="stable"
    )
    one = rows[rows["campaign_id"] == surest["campaign_id"].iloc[0]].iloc[0]
    told = found[found["campaign_id"] == one["campaign_id"]].set_index("outcome")
    money = (store.source["currency"], store.source["minor_digits"])
    lines = [
        _line(title, told.loc[outcome].to_dict(), format, money)
        for outcome, (title, format) in OUTCOMES.items()
        if outcome in told.index
    ]
    if "gross_profit" in told.index and not pd.isna(one["cost"]):
        lines.append(_after_cost(told.loc["gross_profit"], one["cost"] / one["treated"], money))
    said = "" if view.campaign or len(rows) == 1 else f" {UNPICKED}"
    note = f"Of {one['name']}, per customer assigned; the whole campaign, whatever days.{said}"
    frame = pd.DataFrame(lines)
    shown = described(store, frame, TERMS, note=note)
    shown.attrs["test"] = one["name"]
    return shown


def _line(title: str, row: dict[Any, Any], format: Format, money: tuple[str, int]) -> dict:
    """The row of an outcome."""

    def said(value: float) -> str:
        return format_value(value, format, *money)

    held = row["held"]
    return {
        "measured": title,
        "a_treated": said(row["treated"]),
        "a_held_back": said(held),
        "more": _ends(row["effect"], row["low"], row["high"], format, money),
        "more_reached": _ends(
            row["per_reached"], row["per_reached_low"], row["per_reached_high"], format, money
        ),
        "lift": row["lift"] if held > 0 else math.nan,
        "lift_low": row["lift_low"],
        "lift_high": row["lift_high"],
        "smallest_lift": row["smallest"] / held if held > 0 else math.nan,
    }


def _after_cost(row: pd.Series, cost: float, money: tuple[str, int]) -> dict[str, Any]:
    """Gross profit less what the campaign cost for each of the treated."""
    shifted = {name: row[name] - cost for name in ("treated", "effect", "low", "high")}
    unknown = dict.fromkeys(
        [n for n in row.index if n.startswith(("lift", "per_reached", "smallest"))], math.nan
    )
    return _line(CONTRIBUTION, row.to_dict() | shifted | unknown, "money", money)


def _ends(value: float, low: float, high: float, format: Format, money: tuple[str, int]) -> str:
    """A difference with the ends of its interval; a dash: it is not known."""
    if pd.isna(value) or pd.isna(low):
        return "–"
    as_points: Format = "points" if format == "percent" else format
    first, *rest = (format_value(one, as_points, *money) for one in (value, low, high))
    return f"{first} ({' to '.join(rest)})"


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """The lift of each outcome with its interval."""
    base = (
        alt.Chart(frame, height=alt.Step(24))
        .encode(
            y=alt.Y("measured:N", title=None, sort=BY_PLACE),
            tooltip=[
                alt.Tooltip("measured:N", title="Outcome"),
                alt.Tooltip("more:N", title="More than held back"),
                *lift_tips(),
            ],
        )
        .transform_filter("isValid(datum.lift_low)")
    )
    x = alt.X("lift:Q", title="More than held back", axis=alt.Axis(format=SHARE_AXIS, tickCount=6))
    layers = [
        base.mark_rule(strokeWidth=3, color=SERIES[1]).encode(
            x="lift_low:Q", x2="lift_high:Q", tooltip=SILENT
        ),
        base.mark_point(size=70, opacity=1, color=SERIES[1]).encode(x=x),
        alt.Chart(frame).mark_rule(color=INK, strokeWidth=1).encode(x=alt.datum(0)),
    ]
    return alt.LayerChart(layer=layers)


chart = Drawing(draw)
