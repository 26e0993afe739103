"""What to spend on the next campaign of a kind, where the campaigns measured carry a curve.

Budgets are not drawn by lot: where more was spent on what promised more, the curve has that, too.
"""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.view import UNKNOWN
from ops_widgets.charts.formats import format_value
from ops_widgets.stats.response import Response, response
from ops_widgets.summaries.store import Store
from ops_widgets.views.words import worded

COLUMNS = ["next_budget", "next_said", "no_curve"]


def next_budgets(store: Store, rows: pd.DataFrame, over: pd.Series) -> pd.DataFrame:
    """:data:`COLUMNS` for each of ``rows`` (those of ``reviewed``), by the curve of its kind.

    The curve is of gross profit caused over cost, of the campaigns of one content type that are
    ``over`` and whose control group is graded A or B. ``next_budget``: minor units, no further
    than was ever spent, NA without a curve; ``next_said`` says it with its interval, and
    ``no_curve`` why there is none.
    """
    measured = rows[over & rows["grade"].isin(["A", "B"]) & rows["gross_profit_error"].notna()]
    found = pd.DataFrame({"next_budget": float("nan"), "next_said": "", "no_curve": ""}, rows.index)
    for kind, those in rows.groupby("content_type"):
        alike = measured[measured["content_type"] == kind]
        curve = response(alike["cost"], alike["gross_profit"], alike["gross_profit_error"])
        if kind == UNKNOWN:
            continue
        if curve.why:
            found.loc[those.index, "no_curve"] = f"{worded(kind)}: {curve.why}"
            continue
        found.loc[those.index, "next_budget"] = curve.within(curve.best)
        found.loc[those.index, "next_said"] = _said(store, curve)
    return found


def _said(store: Store, curve: Response) -> str:
    """The budget that pays best, and its interval; what lies beyond all costs is only named."""
    money = store.source["currency"], store.source["minor_digits"]
    low, best, high = (
        format_value(curve.within(one), "money", *money)
        for one in (curve.best_low, curve.best, curve.best_high)
    )
    at = f"Its kind pays best at {best} a campaign"
    if curve.best > curve.most:
        return f"{at} or more (at least {low}): more was never spent"
    if curve.best < curve.least:
        return f"{at} or less (at most {high}): less was never spent"
    less = " or less" if curve.best_low < curve.least else ""
    more = " or more" if curve.best_high > curve.most else ""
    return f"{at} ({low}{less} to {high}{more})"


def no_curves(rows: pd.DataFrame) -> str:
    """Why kinds have no curve, each once; empty: all have one, or no kind is known."""
    why = sorted({*rows["no_curve"]} - {""})
    return f"No curve: {'; '.join(why)}." if why else ""
