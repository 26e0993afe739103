"""The answers of the category notebook in a sentence each."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ops_widgets.analyses.category_opportunity.queries import largest
from ops_widgets.charts.formats import format_value


def largest_open(frame: pd.DataFrame) -> str:
    """Which category leaves most to nobody large; ``frame`` is that of ``open_market``."""
    best = largest(frame, "open_gmv")
    if best is None or best["open_gmv"] <= 0:
        return "No open market in this view"
    amount = format_value(
        best["open_gmv"], "money", frame.attrs["currency"], frame.attrs["minor_digits"]
    )
    return f"{best['category']} leaves {amount} that no large brand holds"


#: Panel -> what answers its question.
TITLES: dict[str, Callable[[pd.DataFrame], str]] = {"open_market": largest_open}
