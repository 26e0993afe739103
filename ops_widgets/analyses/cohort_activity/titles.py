"""The titles of the cohort notebook's panels: what each has found, from its own frame."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ops_widgets.analyses.cohort_activity.cohorts import AVERAGE
from ops_widgets.charts.formats import format_value
from ops_widgets.views.finding import ENOUGH, count
from ops_widgets.views.titles import shown


def first_return(frame: pd.DataFrame) -> str:
    """How many come back in the period after their first; ``frame`` is that of ``retention``."""
    cells = frame[(frame["age"] == 1) & frame["active_customers"].notna()]
    later = cells[cells["cohort"] != frame.attrs["oldest"]]
    cells = later if len(later) else cells
    began = cells["cohort_customers"].sum()
    if not began:
        return "No cohort has a complete second period yet"
    if began < ENOUGH:
        return "Too few customers to say how many come back"
    share = format_value(cells["active_customers"].sum() / began, "percent")
    return f"{share} come back in the {_grain(frame)} after their first"


def last_return(frame: pd.DataFrame) -> str:
    """Retention at the first and at the largest age of which enough customers are known."""
    together = frame["line"].eq(AVERAGE) & (frame["age"] > 0)
    known = frame[together & (frame["cohort_customers"] >= ENOUGH)]
    if len(known) < 2:
        return "Does the curve flatten?"
    (first, a), (last, z) = (
        (shown(frame, "retention", row["retention"]), count(row["age"]))
        for row in (known.iloc[0], known.iloc[-1])
    )
    grain, rose = _grain(frame), known["retention"].iloc[-1] > known["retention"].iloc[0]
    if first == last:
        return f"Retention is {first} after {a:{grain}} and after {z:{grain}}"
    went = "rises" if rose else "falls"
    return f"Retention {went} from {first} after {a:{grain}} to {last} after {z:{grain}}"


def coming_and_going(frame: pd.DataFrame) -> str:
    """In how many weeks more came than were no longer seen."""
    known = frame.dropna(subset=["net_change"])
    if known[["new", "resurrected", "churned"]].to_numpy().sum() < ENOUGH:
        return "Do more come than go?"
    weeks = count(len(known))
    return f"More came than went in {(known['net_change'] > 0).sum()} of {weeks:week}"


def _grain(frame: pd.DataFrame) -> str:
    """What ages are counted in: "month"."""
    return str(frame.attrs["labels"]["age"]).split("s ")[0].lower()


#: Panel -> its title, from the frame.
TITLES: dict[str, Callable[[pd.DataFrame], str]] = {
    "retention": first_return,
    "curve": last_return,
    "lifecycle": coming_and_going,
}
