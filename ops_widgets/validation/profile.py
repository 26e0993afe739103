"""One pass over a table: what every month of every file holds, in counts and a digest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir

from ops_widgets.sources.connect import Source
from ops_widgets.sources.reading import Reading
from ops_widgets.sources.shape import LEFT_OUT
from ops_widgets.validation.counts import DIGEST_SPACE, RowCounts
from ops_widgets.validation.digest import digest
from ops_widgets.validation.months import NO_MONTH, Dates
from ops_widgets.validation.rules import first_broken, note_rules, row_rules, unique_rule

#: The file of rows whose file nobody knows.
NO_FILE = ""

#: File -> month -> what is there.
Profile = dict[str, dict[int, RowCounts]]


def filled(reading: Reading, rows: ir.Table) -> dict[str, ir.Value]:
    """Every column of the contract, typed; a null that has a meaning is written out."""
    values = reading.values(rows)
    for column in reading.table.columns:
        if column.default is not None:
            values[column.name] = values[column.name].fill_null(column.default)
    return values


def note_sums(
    reading: Reading, rows: ir.Table, others: Mapping[str, ir.Table], now: datetime
) -> dict[str, ir.Value]:
    """How many of typed ``rows`` each note counts."""
    return {
        note.rule.name: ibis.ifelse(note.where.fill_null(False), 1, 0).sum()
        for note in note_rules(reading, rows, others, now)
    }


def profile_table(
    source: Source, reading: Reading, others: Mapping[str, ir.Table], now: datetime
) -> Profile:
    """Count the rows of ``reading`` by file and month, and by the rule that each one breaks.

    Only rules that look at one row alone: copies are found by ``Validated``.
    ``others`` are the used rows of the tables that this one's rules refer to.
    """
    table, rows = reading.table, reading.filed
    dates = Dates(source.config.timezone, now)
    values = filled(reading, rows)
    nothing = ibis.null("int64")
    seen = rows.select(
        _file=rows["_file"],
        _rule=first_broken(row_rules(reading, rows, now)),
        _day=dates.day(values[table.dated]) if table.dated else nothing,
        _digest=digest(source.con, [rows[name] for name in reading.present]),
        **values,
    )
    wanted = {
        "_rows": seen.count(),
        # A sum of 64-bit numbers needs more than 64 bits.
        "_digest": seen["_digest"].cast("decimal(38, 0)").sum(),
    } | note_sums(reading, seen, others, now)
    if (unique := unique_rule(reading)) and unique.pieces:
        wanted["_several"] = ibis.ifelse(seen[unique.pieces] > 1, 1, 0).sum()
    if table.dated:
        good = ibis.ifelse(seen["_rule"].isnull(), seen[table.dated], None)
        wanted |= {"_first": good.min(), "_last": good.max()}
    found: defaultdict[str, defaultdict[int, list[RowCounts]]] = defaultdict(
        lambda: defaultdict(list)
    )
    grouped = seen.group_by("_file", "_rule", "_day").agg(**wanted)
    for row in source.run(grouped, table.name).to_pylist():
        one = _counted(row, [rule.name for rule in table.rules if rule.severity == "note"])
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
        return RowCounts(row["_rows"], Counter({row["_rule"]: row["_rows"]}), digest=hashed)
    noted = Counter({name: row[name] for name in notes if row.get(name)})
    ends = row.get("_first"), row.get("_last")
    return RowCounts(row["_rows"], Counter(), noted, hashed, *ends, int(row.get("_several") or 0))
