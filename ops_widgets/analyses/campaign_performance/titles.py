"""The titles of the campaign notebook's panels, with their answers, each from its own frame."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ops_widgets.views.finding import ENOUGH
from ops_widgets.views.titles import answered, most_and_least


def winners_and_losers(frame: pd.DataFrame) -> str:
    """Of how many campaigns a control group shows sales; ``frame`` is that of ``by_campaign``.

    Without any, for how many the credited sales covered goods and cost.
    """
    told = frame["incremental"].notna()
    if told.any():
        shown = (frame["incremental_low"] > 0).sum()
        unknown = (~told).sum()
        rest = f"; of {unknown} nobody knows" if unknown else ""
        return f"{shown} of {len(frame)} campaigns caused sales, as control groups show{rest}"
    known = frame["contribution"].dropna()
    if known.empty:
        return "What is each campaign credited with? What it left is not known"
    covered = (known > 0).sum()
    return f"Credited sales covered goods and cost in {covered} of {len(known)} campaigns"


def lost(frame: pd.DataFrame) -> str:
    """Which kind turns clicks into orders, and which does not; of those with enough orders."""
    question = f"Where does each {frame.attrs['labels']['group'].lower()} lose people?"
    orders = frame[frame["step"] == "orders"]
    orders.attrs = frame.attrs
    answer = most_and_least(orders, "group", "of_previous", orders["count"] >= ENOUGH)
    return answered(question, f"Orders of clicks: {answer}" if answer else "")


def earned(frame: pd.DataFrame) -> str:
    """Which kind left most, and which least."""
    question = f"What does each {frame.attrs['labels']['group'].lower()} earn?"
    answer = most_and_least(frame, "group", "contribution")
    return answered(question, f"Contribution: {answer}" if answer else "")


#: Panel -> its title, from the frame.
TITLES: dict[str, Callable[[pd.DataFrame], str]] = {
    "by_campaign": winners_and_losers,
    "funnel": lost,
    "by_group": earned,
}
