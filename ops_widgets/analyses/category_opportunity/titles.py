"""The titles of the category notebook's panels, with their answers, each from its own frame."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ops_widgets.analyses.category_opportunity.queries import largest
from ops_widgets.charts.formats import format_value
from ops_widgets.charts.others import OTHERS
from ops_widgets.metrics.category import of_some_size
from ops_widgets.views.finding import named
from ops_widgets.views.titles import answered, shown


def largest_open(frame: pd.DataFrame) -> str:
    """Which category leaves most to nobody large; ``frame`` is that of ``open_market``."""
    best = largest(frame, "open_gmv")
    if best is None or best["open_gmv"] <= 0:
        return "No open market in this view"
    amount = shown(frame, "open_gmv", best["open_gmv"])
    return f"{best['category']} leaves {amount} that no large brand holds"


def fastest(frame: pd.DataFrame) -> str:
    """Which category grows fastest and what its leaders hold; of those that are no dwarfs."""
    question = "Is it growing, and is it still open?"
    row = largest(of_some_size(frame.dropna(subset=["growth"])), "growth")
    if row is None:
        return question
    growth, held = (shown(frame, name, row[name]) for name in ("growth", "leaders_share"))
    return answered(
        question, f"{named(row['category']).text} grows by {growth}, its leaders hold {held}"
    )


def holders(frame: pd.DataFrame) -> str:
    """The largest brand."""
    row = frame.iloc[0]
    return answered(
        "Who holds it?", f"{named(row['brand']).text} most: {shown(frame, 'share', row['share'])}"
    )


def best_month(frame: pd.DataFrame) -> str:
    """The month in which most was sold, of those in which every category is known."""
    question = "Does the growth go on?"
    rows = frame[~frame[OTHERS]] if OTHERS in frame and frame[OTHERS].all() else frame
    sums = rows.groupby("month")["gmv"].sum(min_count=rows["category"].nunique()).dropna()
    if len(sums) < 2:
        return question
    month = format_value(sums.idxmax(), "month")
    return answered(question, f"{month} was the largest month: {shown(frame, 'gmv', sums.max())}")


#: Panel -> its title, from the frame.
TITLES: dict[str, Callable[[pd.DataFrame], str]] = {
    "open_market": largest_open,
    "growth": fastest,
    "brands": holders,
    "months": best_month,
}
