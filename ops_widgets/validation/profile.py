"""One pass over a table: what every month of every file holds, in counts and a digest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir

from ops_widgets.contract.table import Table
from ops_widgets.sources.connect import Source
from ops_widgets.sources.reading import RATE, Reading
from ops_widgets.sources.shape import LEFT_OUT
from ops_widgets.validation.counts import DIGEST_SPACE, RowCounts
from ops_widgets.validation.currencies import other_currency
from ops_widgets.validation.digest import digest
from ops_widgets.validation.months import NO_MONTH
from ops_widgets.validation.rows import BROKEN, Rows
from ops_widgets.validation.rules import note_rules, noting_rules, unique_rule

#: The file of rows whose file nobody knows.
NO_FILE = ""

#: File -> month -> what is there.
Profile = dict[str, dict[int, RowCounts]]


def note_sums(
    reading: Reading, rows: ir.Table, others: Mapping[str, ir.Table], now: datetime
) -> dict[str, ir.Value]:
    """How many of typed ``rows`` each note counts."""
    return {
        note.rule.name: ibis.ifelse(note.where.fill_null(False), 1, 0).sum()
        for note in note_rules(reading, rows, others, now)
    }


def moments_of(table: Table) -> tuple[str, ...]:
    """The columns that say when the rows of a table are, the first and the last moment of each."""
    return (table.dated,) if table.dated else table.days


def profile_table(judged: Rows, others: Mapping[str, ir.Table]) -> Profile:
    """Count rows by file and month, and by the rule that each one breaks.

    Only rules that look at one row alone: copies are found by ``Validated``. ``others`` are the
    used rows of the tables that this one's rules refer to.
    """
    source, reading, now = judged.source, judged.reading, judged.now
    table, rows, dates = reading.table, judged.raw, judged.dates
    values = judged.values(rows)
    seen = rows.select(
        _file=rows["_file"],
        _rule=rows[BROKEN],
        _day=judged.day(values),
        _digest=digest(source.con, [rows[name] for name in reading.present]),
        **values,
        **reading.oddities(rows),
    )
    by = ["_file", "_rule", "_day"]
    if RATE in rows.columns:
        seen = seen.mutate(_currency=other_currency(table, seen))
        by.append("_currency")
    wanted = {
        "_rows": seen.count(),
        # A sum of 64-bit numbers needs more than 64 bits.
        "_digest": seen["_digest"].cast("decimal(38, 0)").sum(),
    } | note_sums(reading, seen, others, now)
    if (unique := unique_rule(reading)) and unique.pieces:
        wanted["_several"] = ibis.ifelse(seen[unique.pieces] > 1, 1, 0).sum()
    for name in moments_of(table):
        good = ibis.ifelse(seen["_rule"].isnull(), seen[name].cast("timestamp"), None)
        wanted |= {f"_first {name}": good.min(), f"_last {name}": good.max()}
    found: defaultdict[str, defaultdict[int, list[RowCounts]]] = defaultdict(
        lambda: defaultdict(list)
    )
    notes = [rule.name for rule in noting_rules(reading)]
    grouped = seen.group_by(by).agg(**wanted)
    for row in source.run(grouped, table.name).to_pylist():
        one = _counted(row, notes)
        found[row["_file"] or NO_FILE][dates.month(row["_day"])].append(one)
    for row in _left_out(source, reading):
        left = Counter({row[LEFT_OUT]: row["_rows"]})
        found[row["_file"] or NO_FILE][NO_MONTH].append(RowCounts(row["_rows"], left_out=left))
    return {
        file: {month: RowCounts.sum(parts) for month, parts in sorted(months.items())}
        for file, months in sorted(found.items())
    }


def _left_out(source: Source, reading: Reading) -> list[dict[str, Any]]:
    """How many rows of each file the source leaves out, by the name of the condition."""
    rows = reading.left_out
    if rows is None:
        return []
    grouped = rows.group_by("_file", LEFT_OUT).agg(_rows=rows.count())
    return source.run(grouped, reading.table.name).to_pylist()


def by_month(found: Profile) -> dict[int, RowCounts]:
    """The months of all files together."""
    months: defaultdict[int, list[RowCounts]] = defaultdict(list)
    for parts in found.values():
        for month, counts in parts.items():
            months[month].append(counts)
    return {month: RowCounts.sum(parts) for month, parts in sorted(months.items())}


def _counted(row: dict[str, Any], notes: list[str]) -> RowCounts:
    hashed = int(row["_digest"] or 0) % DIGEST_SPACE
    if row["_rule"] is not None:
        other = Counter({row["_currency"]: row["_rows"]} if row.get("_currency") else {})
        broken = Counter({row["_rule"]: row["_rows"]})
        return RowCounts(row["_rows"], broken, digest=hashed, currencies=other)
    noted = Counter({name: row[name] for name in notes if row.get(name)})
    moments = [value for name, value in row.items() if name.startswith(("_first ", "_last "))]
    known = [moment for moment in moments if moment is not None]
    return RowCounts(
        row["_rows"],
        noted=noted,
        digest=hashed,
        first=min(known, default=None),
        last=max(known, default=None),
        several=int(row.get("_several") or 0),
    )
