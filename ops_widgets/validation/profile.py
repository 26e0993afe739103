"""One pass over a table: what every month of every file holds, and whether that has changed.

A month is the local month of the column that dates the table. Its number is the index of
:mod:`ops_widgets.periods`; :data:`NO_MONTH` holds the rows that belong to none (no usable
date) and everything of tables that are not dated.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from ops_widgets.contract.table import EARLIEST
from ops_widgets.periods import day_number, from_day_number, period_index, utc_offsets
from ops_widgets.sources.clock import local_day, second_of
from ops_widgets.sources.connect import Source
from ops_widgets.sources.reading import Reading
from ops_widgets.validation.counts import DIGEST_SPACE, RowCounts
from ops_widgets.validation.rules import first_broken, note_rules, row_rules

NO_MONTH = 0
#: The file of rows whose file nobody knows.
NO_FILE = ""

#: File -> month -> what is there.
Survey = dict[str, dict[int, RowCounts]]


@ibis.udf.scalar.builtin(name="hash")
def _duckdb_hash(row) -> dt.uint64:  # type: ignore[no-untyped-def]
    """64-bit hash of all values of a row, by DuckDB."""


@ibis.udf.scalar.builtin(name="xxhash64")
def _spark_hash(text: str) -> int:  # type: ignore[empty-body]
    """64-bit hash of a text, by Spark (its ``hash`` has 32 bits only)."""


@ibis.udf.scalar.builtin(name="to_utf8")
def _trino_bytes(text: str) -> bytes:  # type: ignore[empty-body]
    """The bytes of a text, by Trino."""


@ibis.udf.scalar.builtin(name="xxhash64")
def _trino_hash(text: bytes) -> bytes:  # type: ignore[empty-body]
    """64-bit hash of bytes, by Trino."""


@ibis.udf.scalar.builtin(name="from_big_endian_64")
def _trino_number(text: bytes) -> int:  # type: ignore[empty-body]
    """Eight bytes as a number, by Trino."""


class Dates:
    """Which local day and month the rows of a source belong to, as of ``now`` (naive UTC).

    Rows before :data:`EARLIEST` or later than a day after ``now`` can never be used.
    """

    def __init__(self, timezone: str, now: datetime) -> None:
        self.timezone = timezone
        self.first = date.fromisoformat(EARLIEST)
        self.last = now.date() + timedelta(days=2)

    @cached_property
    def offsets(self) -> tuple[tuple[int, int], ...]:
        """The offsets of the zone over all usable days."""
        return utc_offsets(self.timezone, self.first, self.last)

    def day(self, moment: ir.TimestampColumn) -> ir.IntegerColumn:
        """Local day number; null where there is none."""
        return local_day(second_of(moment), self.offsets)

    def month(self, day: int | None) -> int:
        """The month of a local day number, :data:`NO_MONTH` for one that cannot be used."""
        if day is None or not day_number(self.first) <= day <= day_number(self.last):
            return NO_MONTH
        return period_index(from_day_number(day), "month")


def filled(reading: Reading, rows: ir.Table) -> dict[str, ir.Value]:
    """Every column of the contract, typed; a null that has a meaning is written out."""
    values = reading.values(rows)
    for column in reading.table.columns:
        if column.default is not None:
            values[column.name] = values[column.name].fill_null(column.default)
    return values


def digest(con: Any, values: Sequence[ir.Value]) -> ir.IntegerColumn:
    """A 64-bit hash of the ``values`` of every row, by the engine ``con``."""
    if con.name == "duckdb":
        return _duckdb_hash(ibis.struct({f"v{i}": value for i, value in enumerate(values)}))
    marked = [value.cast("string").fill_null("\x02") + "\x1f" for value in values]
    text = marked[0].concat(*marked[1:]) if len(marked) > 1 else marked[0]
    if con.name == "trino":  # Ibis knows no hash there
        return _trino_number(_trino_hash(_trino_bytes(text)))
    return _spark_hash(text) if con.name == "pyspark" else text.hash()


def note_sums(
    reading: Reading, rows: ir.Table, others: Mapping[str, ir.Table], now: datetime
) -> dict[str, ir.Value]:
    """How many of typed ``rows`` each note counts."""
    return {
        note.rule.name: ibis.ifelse(note.where.fill_null(False), 1, 0).sum()
        for note in note_rules(reading, rows, others, now)
    }


def survey(
    source: Source, reading: Reading, others: Mapping[str, ir.Table], now: datetime
) -> Survey:
    """Judge every row of ``reading`` by the rules that look at one row alone, and count.

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
    if table.dated:
        wanted |= {"_first": seen[table.dated].min(), "_last": seen[table.dated].max()}
    found: defaultdict[str, defaultdict[int, list[RowCounts]]] = defaultdict(
        lambda: defaultdict(list)
    )
    grouped = seen.group_by("_file", "_rule", "_day").agg(**wanted)
    for row in source.run(grouped, table.name).to_pylist():
        one = _tally(row, [rule.name for rule in table.rules if rule.severity == "note"])
        found[row["_file"] or NO_FILE][dates.month(row["_day"])].append(one)
    return {
        file: {month: RowCounts.sum(parts) for month, parts in sorted(months.items())}
        for file, months in sorted(found.items())
    }


def by_month(found: Survey) -> dict[int, RowCounts]:
    """The months of all files together."""
    months: defaultdict[int, list[RowCounts]] = defaultdict(list)
    for parts in found.values():
        for month, tally in parts.items():
            months[month].append(tally)
    return {month: RowCounts.sum(tallies) for month, tallies in sorted(months.items())}


def _tally(row: dict[str, Any], notes: list[str]) -> RowCounts:
    hashed = int(row["_digest"] or 0) % DIGEST_SPACE
    if row["_rule"] is not None:
        return RowCounts(row["_rows"], Counter({row["_rule"]: row["_rows"]}), digest=hashed)
    noted = Counter({name: row[name] for name in notes if row.get(name)})
    return RowCounts(row["_rows"], Counter(), noted, hashed, row.get("_first"), row.get("_last"))
