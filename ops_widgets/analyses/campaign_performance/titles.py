"""The titles of the campaign notebook's panels: what each has found, from its own frame."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ops_widgets.views.finding import ENOUGH, count, named
from ops_widgets.views.titles import ends, shown


def winners_and_losers(frame: pd.DataFrame) -> str:
    """Of how many campaigns a control group shows sales; ``frame`` is that of ``by_campaign``.

    Without any, for how many of those with enough orders the credited sales covered goods and
    cost.
    """
    told = frame["incremental"].notna()
    if told.any():
        many = f"{(frame['incremental_low'] > 0).sum()} of {count(len(frame)):campaign}"
        rest = "" if told.all() else f"; of {(~told).sum()} nobody knows"
        return f"{many} caused sales, as control groups show{rest}"
    if frame["contribution"].isna().all():
        return "What each campaign left is not known"
    known = frame.loc[frame["orders"] >= ENOUGH, "contribution"].dropna()
    if known.empty:
        return "Too few orders to say which campaign covered goods and cost"
    many = f"{(known > 0).sum()} of {count(len(known)):campaign}"
    large = "" if len(known) == len(frame) else f" with {ENOUGH} orders or more"
    return f"Credited sales covered goods and cost in {many}{large}"


def lost(frame: pd.DataFrame) -> str:
    """Which kind turns fewest clicks into orders, beside the one that turns most."""
    orders = frame[(frame["step"] == "orders") & (frame["of_previous"] <= 1)]
    found = ends(orders, "of_previous", "count")
    if found is None:
        return f"Where does each {_kind(frame)} lose people?"
    best, worst = (named(row["group"]).text for row in found)
    most, least = (shown(frame, "of_previous", row["of_previous"]) for row in found)
    if best == worst:
        return f"{worst}: {least} of clicks bring an order"
    if most == least:
        return f"Of each {_kind(frame)}, {least} of clicks bring an order"
    return f"{worst} loses most clicks: {least} bring an order, of {best} {most}"


def earned(frame: pd.DataFrame) -> str:
    """Which kind left most after goods and cost, and which least."""
    found = ends(frame, "contribution", "orders")
    if found is None:
        return f"What does each {_kind(frame)} earn?"
    best, worst = (named(row["group"]).text for row in found)
    most, least = (row["contribution"] for row in found)
    first, last = (shown(frame, "contribution", abs(value)) for value in (most, least))
    if best == worst:
        return f"{best} {'lost' if most < 0 else 'left'} {first} after goods and cost"
    if most == least:
        return f"Each {_kind(frame)} {'lost' if most < 0 else 'left'} {first} after goods and cost"
    if most < 0:
        return f"No {_kind(frame)} covered goods and cost: {worst} lost most, {last}"
    end = f"{worst} lost {last}" if least < 0 else f"{worst} least, {last}"
    return f"{best} left most, {first}; {end}"


def _kind(frame: pd.DataFrame) -> str:
    """What is compared, in a sentence: "content type"."""
    return str(frame.attrs["labels"]["group"]).lower()


#: Panel -> its title, from the frame.
TITLES: dict[str, Callable[[pd.DataFrame], str]] = {
    "by_campaign": winners_and_losers,
    "funnel": lost,
    "by_group": earned,
}
