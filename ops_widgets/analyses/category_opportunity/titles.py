"""The titles of the category notebook's panels: what each has found, from its own frame."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ops_widgets.analyses.category_opportunity.queries import largest
from ops_widgets.charts.formats import format_value, is_missing
from ops_widgets.charts.others import OTHERS
from ops_widgets.metrics.category import MOST_UNLISTED, of_some_size
from ops_widgets.views.period import range_text
from ops_widgets.views.titles import name, shown


def largest_open(frame: pd.DataFrame) -> str:
    """Which category leaves most to nobody large; ``frame`` is that of ``open_market``."""
    best = largest(frame, "open_gmv")
    if best is None or best["open_gmv"] <= 0:
        return "No open market in this view"
    amount = shown(frame, "open_gmv", best["open_gmv"])
    return f"{name(best['category'])} leaves {amount} that no large brand holds"


def fastest(frame: pd.DataFrame) -> str:
    """Which category grows fastest and what its leaders hold; of those that are no dwarfs."""
    known = of_some_size(frame.dropna(subset=["growth"]))
    row = largest(known, "growth")
    if row is None:
        return "Is it growing, and is it still open?"
    who, growth = name(row["category"]), shown(frame, "growth", abs(row["growth"]))
    held = ""
    if row["unlisted_share"] <= MOST_UNLISTED:
        held = f"; {frame.attrs['labels']['leaders_share'].lower()}: "
        held += shown(frame, "leaders_share", row["leaders_share"])
    if row["growth"] > 0:
        first = len(known) > 1 and (known["growth"] == row["growth"]).sum() == 1
        return f"{who} grows {'fastest, ' if first else ''}by {growth}{held}"
    if row["growth"] == 0:
        return f"{who} does not grow{held}"
    if len(known) == 1:
        return f"{who} falls by {growth}{held}"
    return f"No category grows: {who} falls least, by {growth}{held}"


def holders(frame: pd.DataFrame) -> str:
    """The largest brand."""
    row = frame.iloc[0]
    holds = "" if is_missing(row["share"]) else f", with {shown(frame, 'share', row['share'])}"
    return f"{name(row['brand'])} is the largest brand{holds}"


def moved(frame: pd.DataFrame) -> str:
    """Which category rose most from the first month to the last, and which least; of those that
    are drawn, and are known in both.
    """
    lines = frame[~frame[OTHERS]]
    first, last = lines["month"].min(), lines["month"].max()
    begun = lines[(lines["month"] == first) & lines["index"].notna()]["category"]
    end = lines[(lines["month"] == last) & lines["index"].notna() & lines["category"].isin(begun)]
    if first == last or end.empty:
        return "Does the growth go on?"
    end = end.sort_values("index", ascending=False, kind="stable")
    most, least = (
        (name(row["category"]), shown(frame, "index", row["index"]))
        for row in (end.iloc[0], end.iloc[-1])
    )
    begins, ends = (format_value(month, "month") for month in (first, last))
    went = f"{most[0]} went to {most[1]}, {least[0]} to {least[1]}"
    if most[1] == least[1]:
        went = f"{most[0] if len(end) == 1 else 'each'} went to {most[1]}"
    return f"From 100 in {begins}, {went} in {ends}"


def ours(frame: pd.DataFrame) -> str:
    """Which category is most of what we sell ourselves."""
    sums = frame[~frame[OTHERS]].groupby("category")["own_revenue"].sum()
    whole = frame["own_revenue"].sum()
    if sums.empty or whole <= 0:
        return "What do we sell ourselves?"
    if len(sums) == 1:
        days = range_text(frame["starts_on"].min().date(), frame["ends_on"].max().date())
        return f"We sold {shown(frame, 'own_revenue', whole)} from {days}"
    part = format_value(sums.max() / whole, "percent")
    return f"{name(sums.idxmax())} is {part} of what we sell ourselves"


#: Panel -> its title, from the frame.
TITLES: dict[str, Callable[[pd.DataFrame], str]] = {
    "open_market": largest_open,
    "growth": fastest,
    "brands": holders,
    "months": moved,
    "own": ours,
}
