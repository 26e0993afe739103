"""What the next generation may take over from the one in force."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb

from ops_widgets.periods import add_periods, index_start, period_index
from ops_widgets.sources.files import literal
from ops_widgets.summaries.customers.history import History
from ops_widgets.summaries.partials.store import PartialStore

#: Rows and digest of one partial by month.
Contents = dict[int, list[int]]


def attach_old(partials: PartialStore, folder: Path, manifest: Mapping[str, Any] | None) -> bool:
    """Attach the generation in force as ``old``; False where it is not what was once combined."""
    combined = partials.get("combined")
    if not manifest or not combined or combined["generation"] != manifest["generation"]:
        return False
    store = folder / manifest["store"]
    if combined["mark"] != _mark(store):
        return False
    try:
        partials.con.execute(f"attach {literal(store)} as old (read_only)")
    except duckdb.Error:
        return False
    return True


def changed_periods(partials: PartialStore, basis: str, week_start: str) -> dict[str, set[int]]:
    """The periods by grain in which the partial ``basis`` is not what was once combined."""
    before: Contents = {
        int(m): one for m, one in partials.get("combined")["contents"][basis].items()
    }
    now = partials.contents(basis)
    months = {m for m in {*before, *now} if before.get(m) != now.get(m)}
    weeks: set[int] = set()
    for month in months:
        start = index_start(month, "month")
        ends = (start, add_periods(start, 1, "month"))
        first, after = (period_index(day, "week", week_start) for day in ends)
        weeks.update(range(first, after + 1))
    return {"month": months, "week": weeks}


def remember_combined(
    partials: PartialStore, store: Path, generation: str, histories: Collection[History]
) -> None:
    """Say that ``store`` holds exactly what the partials hold now, cohorts included."""
    with partials.transaction():
        for one in histories:
            one.remember()
        contents = {one.basis: partials.contents(one.basis) for one in histories}
        partials.put(
            "combined", {"generation": generation, "mark": _mark(store), "contents": contents}
        )


def _mark(store: Path) -> list[int]:
    """Size and time of change: a file that anybody touched is not relied upon."""
    stat = store.stat()
    return [stat.st_size, stat.st_mtime_ns]
