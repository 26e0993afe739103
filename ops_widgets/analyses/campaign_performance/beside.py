"""The days beside a promotion: how many its dips may take, and what else happened in them."""

from __future__ import annotations

import pandas as pd

from ops_widgets.charts.formats import format_value
from ops_widgets.occasions.events import events
from ops_widgets.periods import day_number, from_day_number
from ops_widgets.summaries.store import Store

#: People who wait are looked for in as many days before as the campaign has, at most in these.
MOST_BEFORE = 14
#: People who bought ahead are looked for in these days after it, as its control group is.
AFTER = 28


def wanted_beside(since: int, until: int) -> dict[str, int]:
    """How many days before and after a promotion of ``since..until`` its dips may take."""
    return {"before": min(until - since + 1, MOST_BEFORE), "after": AFTER}


def room_beside(
    others: pd.DataFrame, promotion: tuple[int, int], data: tuple[int, int]
) -> tuple[int, int, dict[str, str]]:
    """How many of the wanted days before and after a promotion can be told, and what cut them.

    ``others`` (``name, since, until``) are other promotions, ``promotion`` and ``data`` first and
    last day numbers. Days before end at the last one that ran until then, days after at the first
    that begins after this one did; of one that runs on beside it there are none.
    """
    (since, planned), (first, last) = promotion, data
    wanted, stopped = wanted_beside(since, planned)["before"], dict[str, str]()
    earlier = others[others["since"] < since].sort_values("until")
    begin = max(first, int(earlier["until"].iloc[-1]) + 1 if len(earlier) else first)
    before = max(0, min(wanted, since - begin))
    if before < wanted:
        stopped["before"] = "the data begin"
        if len(earlier) and begin > first:
            stopped["before"] = f"{earlier['name'].iloc[-1]} ran until {day_text(begin - 1)}"
    following = others[(others["since"] >= since) & (others["until"] > planned)]
    following = following.sort_values("since")
    running = earlier[earlier["until"] > planned]
    end = min(last, int(following["since"].iloc[0]) - 1 if len(following) else last)
    after = 0 if len(running) else max(0, min(AFTER, end - planned))
    if after < AFTER:
        stopped["after"] = "the days looked at end"
        if len(running):
            stopped["after"] = f"{running['name'].iloc[-1]} ran on"
        elif end < last:
            stopped["after"] = f"{following['name'].iloc[0]} began on {day_text(end + 1)}"
    return before, after, stopped


def near_days(store: Store, first: int, last: int) -> pd.DataFrame:
    """``name, kind, scope, since, until`` (day numbers) of the calendar in ``first..last``."""
    found = events(store, from_day_number(first), from_day_number(last))
    days = {"since": found["starts_on"].map(day_number), "until": found["ends_on"].map(day_number)}
    return found[["name", "kind", "scope"]].assign(**days)


def day_text(number: int) -> str:
    """A day number in words."""
    return format_value(from_day_number(number), "date")
