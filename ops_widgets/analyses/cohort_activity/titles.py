"""The titles of the cohort notebook's panels, with their answers, each from its own frame."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ops_widgets.analyses.cohort_activity.cohorts import AVERAGE
from ops_widgets.charts.formats import format_value
from ops_widgets.views.finding import ENOUGH
from ops_widgets.views.titles import answered, shown


def first_return(frame: pd.DataFrame) -> str:
    """How many come back in the period after their first; ``frame`` is that of ``retention``."""
    cells = frame[(frame["age"] == 1) & frame["active_customers"].notna()]
    later = cells[cells["cohort"] != frame.attrs["oldest"]]
    cells = later if len(later) else cells
    began = cells["cohort_customers"].sum()
    if not began:
        return "No cohort has a complete second period yet"
    share = format_value(cells["active_customers"].sum() / began, "percent")
    grain = frame.attrs["labels"]["age"].split("s ")[0].lower()
    return f"{share} come back in the {grain} after their first"


def last_return(frame: pd.DataFrame) -> str:
    """How many still come back at the largest age of which enough customers are known."""
    question = "Does the curve flatten?"
    together = frame["line"].eq(AVERAGE) & (frame["age"] > 0)
    known = frame[together & (frame["cohort_customers"] >= ENOUGH)]
    if len(known) < 2:
        return question
    (first, a), (last, z) = (
        (shown(frame, "retention", row["retention"]), int(row["age"]))
        for row in (known.iloc[0], known.iloc[-1])
    )
    grains = frame.attrs["labels"]["age"].split()[0].lower()
    when = f"{a} {grains.removesuffix('s') if a == 1 else grains}"
    return answered(question, f"{first} come back after {when}, {last} after {z} {grains}")


def coming_and_going(frame: pd.DataFrame) -> str:
    """In how many weeks more came than went."""
    question = "Do more come than go?"
    known = frame["quick_ratio"].dropna()
    if known.empty:
        return question
    return answered(question, f"In {(known > 1).sum()} of {len(known)} weeks")


#: Panel -> its title, from the frame.
TITLES: dict[str, Callable[[pd.DataFrame], str]] = {
    "retention": first_return,
    "curve": last_return,
    "lifecycle": coming_and_going,
}
