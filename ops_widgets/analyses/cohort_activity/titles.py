"""The answers of the cohort notebook in a sentence each."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ops_widgets.charts.formats import format_value


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


#: Panel -> what answers its question.
TITLES: dict[str, Callable[[pd.DataFrame], str]] = {"retention": first_return}
