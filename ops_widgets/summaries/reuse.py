"""What the next generation may take over from the one in force."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb

from ops_widgets.periods import add_periods, index_start, period_index
from ops_widgets.sources.files import literal
from ops_widgets.summaries.customers.signatures import Customers
from ops_widgets.summaries.partial_store import PartialStore

#: Rows and digest of one partial by month.
Contents = dict[int, list[int]]


def attach_old(parts: PartialStore, folder: Path, manifest: Mapping[str, Any] | None) -> bool:
    """Attach the generation in force as ``old``; False where it is not what was once combined."""
    combined = parts.get("combined")
    if not manifest or not combined or combined["generation"] != manifest["generation"]:
        return False
    store = folder / manifest["store"]
    if combined["mark"] != _mark(store):
        return False
    try:
        parts.con.execute(f"attach {literal(store)} as old (read_only)")
    except duckdb.Error:
        return False
    return True


def changed_periods(parts: PartialStore, basis: str, week_start: str) -> dict[str, set[int]]:
    """The periods by grain in which the partial ``basis`` is not what was once combined."""
    before: Contents = {int(m): one for m, one in parts.get("combined")["contents"][basis].items()}
    now = parts.contents(basis)
    months = {m for m in {*before, *now} if before.get(m) != now.get(m)}
    weeks: set[int] = set()
    for month in months:
        start = index_start(month, "month")
        ends = (start, add_periods(start, 1, "month"))
        first, after = (period_index(day, "week", week_start) for day in ends)
        weeks.update(range(first, after + 1))
    return {"month": months, "week": weeks}


def remember_combined(
    parts: PartialStore, store: Path, generation: str, customers: Collection[Customers]
) -> None:
    """Say that ``store`` holds exactly what the partials hold now, cohorts included."""
    with parts.transaction():
        for one in customers:
            one.remember()
        contents = {one.basis: parts.contents(one.basis) for one in customers}
        parts.put(
            "combined", {"generation": generation, "mark": _mark(store), "contents": contents}
        )


def _mark(store: Path) -> list[int]:
    """Size and time of change: a file that anybody touched is not relied upon."""
    stat = store.stat()
    return [stat.st_size, stat.st_mtime_ns]
