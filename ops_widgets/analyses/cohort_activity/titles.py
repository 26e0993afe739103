"""The titles of the cohort notebook's panels: what each has found, from its own frame."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

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
    """Retention at the first age and at the largest of which enough customers are known, of the
    same cohorts: an average of older ages is of fewer cohorts, which may always have been better.
    """
    cells = frame[frame["line"].isin(frame.attrs["counted"]) & (frame["age"] > 0)]
    sizes = cells.groupby("age")["cohort_customers"].sum()
    ages = sizes.index[sizes >= ENOUGH]
    if len(ages) < 2:
        return "Does the curve flatten?"
    same = cells[cells["line"].isin(cells.loc[cells["age"] == ages[-1], "line"])]
    sums = same.groupby("age")[["active_customers", "cohort_customers"]].sum()
    shares = sums["active_customers"] / sums["cohort_customers"]
    first, last = (shown(frame, "retention", shares[age]) for age in (ages[0], ages[-1]))
    a, z = count(ages[0]), count(ages[-1])
    grain = _grain(frame)
    return f"Of the same customers {first} come back after {a:{grain}}, {last} after {z:{grain}}"


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
