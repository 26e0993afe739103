"""Which months of a table a refresh builds, why, and which of them at once."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping

from ops_widgets.contract import TABLES
from ops_widgets.contract.table import RATES
from ops_widgets.summaries.facts import FACTS
from ops_widgets.summaries.partials.store import BuiltMonth
from ops_widgets.summaries.tables import SMALL
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.months import NO_MONTH

CHANGED, LAST, NEW = "its rows changed", "one of the last two", "new"
DAMAGED = "its partial was damaged"
RETOLD = "its equal lines were taken for pieces, or no longer are"


def changed_table(table: str) -> str:
    """The reason of months that were built with another state of a table that they need."""
    return f"its {table} changed"


def needed_whole() -> frozenset[str]:
    """Small tables of which every row is looked at, whatever changed."""
    of_facts = {table for fact in FACTS.values() for table in fact.needs}
    return frozenset(of_facts | {small.table for small in SMALL.values()} | {RATES})


def why_built(
    table: str,
    now: Mapping[int, RowCounts],
    built: Mapping[int, BuiltMonth],
    forgotten: Mapping[str, Collection[int]],
) -> dict[int, str]:
    """Month of ``table`` -> why it must be built.

    ``now`` is what there is of every month, ``built`` what is kept of it, ``forgotten`` the months
    that were just forgotten by the reason for that.
    """
    last = max((m for m in now if m != NO_MONTH and now[m].good), default=NO_MONTH)
    found = {}
    for month, counts in now.items():
        reason = next((why for why, months in forgotten.items() if month in months), "")
        if reason:
            found[month] = reason
        elif month not in built:
            found[month] = NEW
        elif built[month].profiled != counts:
            found[month] = CHANGED
        elif TABLES[table].dated and last - 1 <= month <= last != NO_MONTH:
            found[month] = LAST
    return found


def chunk_rows(table: str) -> float:
    """Rows of a table that are read at once; of a table that is no fact, all."""
    return FACTS[table].chunk_rows if table in FACTS else math.inf


def chunks(
    table: str, now: Mapping[int, RowCounts], months: Collection[int]
) -> Iterator[list[int]]:
    """Runs of ``months`` that can be read at once: neighbours, and not too many rows.

    All of a table at once, with the rows of no month, where that is possible.
    """
    most = chunk_rows(table)
    sizes = {month: now[month].rows for month in months}
    if not sizes:
        return
    if len(sizes) == len(now) and sum(sizes.values()) <= most:
        yield list(sizes)
        return
    held: list[int] = []
    rows = 0
    kept = sorted(set(now) - set(months))
    for month in sorted(months):
        size = sizes[month]
        apart = held and (held[-1] == NO_MONTH or any(held[-1] < m < month for m in kept))
        if held and (apart or rows + size > most):
            yield held
            held, rows = [], 0
        held, rows = [*held, month], rows + size
    if held:
        yield held
