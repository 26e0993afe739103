"""The contract's rules as Ibis expressions: true where a row breaks one.

Nothing here knows an engine: the same expressions run on DuckDB, PostgreSQL and Spark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir

from ops_widgets.contract.table import EARLIEST, LATEST, Column, Rule, Table
from ops_widgets.sources.ids import AS_NUMBER, ROUNDED
from ops_widgets.sources.reading import ODD, PLACEHOLDER, RATE, Reading
from ops_widgets.validation import ids

UNIQUE = ("unique", "unique_row")
#: Letters of a day as it is written: 2024-05-31.
_DAY = 10
#: The note on copies that are kept.
EQUAL_LINES = Rule(
    "equal_lines",
    "equal_rows",
    (),
    "Kept: the file has one row a piece, since equal lines come again and again and quantities are "
    "1. If they were delivered twice, map line_id, which finds copies.",
    severity="note",
)

_WRONG_TYPE = {
    "integer": "Write a whole number without units or separators.",
    "number": "Write a number with a decimal point and without currency or separators.",
    "timestamp": "Write times as 2024-05-31 18:30:00 in UTC, or with an offset (+08:00).",
    "date": "Write days as 2024-05-31.",
    "boolean": "Write true or false, yes or no, 1 or 0.",
    "text": "Write plain text.",
}


@dataclass(frozen=True)
class Broken:
    """A rule, and where rows break it."""

    rule: Rule
    where: ir.BooleanValue


def row_rules(reading: Reading, rows: ir.Table, now: datetime) -> list[Broken]:
    """The rules that set single rows aside: wrong types, ruined ids, then as declared."""
    found = [
        Broken(_wrong_type(reading, name), where) for name, where in reading.wrong(rows).items()
    ]
    found += [Broken(ids.ruined(name), where) for name, where in reading.ruined(rows).items()]
    values = reading.values(rows)
    if RATE in rows.columns:
        values[RATE] = rows[RATE]
    unasked = "own_currency" if reading.has_rates else "has_rate"
    return found + [
        Broken(rule, _breaks(rule, reading.table, values, now))
        for rule in _row_rules(reading)
        if rule.kind != unasked
    ]


def asked_rules(reading: Reading) -> list[Rule]:
    """Every rule that this table is held against, in the order in which it is asked."""
    unique = unique_rule(reading)
    return [
        *(_wrong_type(reading, name) for name in reading.wrong(reading.rows)),
        *map(ids.ruined, reading.ruined(reading.rows)),
        *_row_rules(reading),
        *([unique] if unique else []),
        *([EQUAL_LINES] if unique and unique.pieces else []),
        *noting_rules(reading),
    ]


def unique_rule(reading: Reading) -> Rule | None:
    """The rule of this table that compares rows with each other, if its columns are mapped."""
    return next((r for r in _applicable(reading, "reject") if r.kind in UNIQUE), None)


def noting_rules(reading: Reading) -> list[Rule]:
    """The rules that only count."""
    of_ids = (rule for name in reading.texts_of_ids for rule in ids.notes(name))
    return [*_applicable(reading, "note"), *of_ids]


def note_rules(
    reading: Reading, rows: ir.Table, used: Mapping[str, ir.Table], now: datetime
) -> list[Broken]:
    """The rules that only count, over typed ``rows``; references look into ``used``.

    ``rows`` say beside it where a word stood for no id (:meth:`Reading.placeholders`).
    """
    found, values = [], {name: rows[name] for name in rows.columns}
    for rule in noting_rules(reading):
        if rule.kind != "known_in":
            found.append(Broken(rule, _breaks(rule, reading.table, values, now)))
            continue
        table, column = rule.reference.split(".")
        if table in used:
            value = rows[rule.columns[0]]
            found.append(Broken(rule, value.notnull() & ~value.isin(used[table][column])))
    return found


def first_broken(rules: list[Broken]) -> ir.StringValue:
    """Name of the first rule that a row breaks; null for a good row."""
    if not rules:
        return ibis.null("string")
    return ibis.cases(*((broken.where, broken.rule.name) for broken in rules))


def _row_rules(reading: Reading) -> list[Rule]:
    """The rules that set single rows aside: those that are declared, then limits of columns."""
    declared = [rule for rule in _applicable(reading, "reject") if rule.kind not in UNIQUE]
    columns = [column for column in reading.table.columns if column.name in reading.present]
    limited = [one for one in columns if one.limit or one.at_most is not None]
    return declared + [_too_large(column) for column in limited]


def _too_large(column: Column) -> Rule:
    name = f"{column.name}_too_large"
    if column.at_most is not None:
        remedy = f"{column.name} is at most {column.at_most}: it is in another unit; convert it."
        return Rule(name, "at_most", (column.name,), remedy)
    times = f" (also times {column.times})" if column.times else ""
    remedy = (
        f"A {column.name} of {column.limit:,} or more{times} is a slip of the pen, or in another "
        "unit: correct it."
    )
    return Rule(name, "below", (column.name,), remedy)


def _applicable(reading: Reading, severity: str) -> list[Rule]:
    """The rules whose columns are mapped; what tells rows apart may be absent in part."""
    return [
        rule
        for rule in reading.table.rules
        if rule.severity == severity
        and (rule.kind in UNIQUE or all(name in reading.present for name in rule.columns))
    ]


def _breaks(
    rule: Rule, table: Table, values: dict[str, ir.Value], now: datetime
) -> ir.BooleanValue:
    """True where the row breaks the rule; null or false where a value it needs is null."""
    breaks = _breaks_always(rule, table, values, now)
    if rule.unless is None:
        return breaks
    column, exempt = rule.unless
    return breaks & (values[column].fill_null("") != exempt)


def _breaks_always(
    rule: Rule, table: Table, values: dict[str, ir.Value], now: datetime
) -> ir.BooleanValue:
    value = values[rule.columns[0]]
    if rule.kind == "no_placeholder":
        return values[PLACEHOLDER + rule.columns[0]].notnull()
    if rule.kind == "not_as_number":
        return values[ODD + rule.columns[0]] == AS_NUMBER
    if rule.kind == "not_rounded":
        return values[ODD + rule.columns[0]] == ROUNDED
    if rule.kind in ("own_currency", "has_rate"):
        return values[RATE].isnull()
    if rule.kind == "not_null":
        return value.isnull()
    if rule.kind == "positive":
        return value <= 0
    if rule.kind == "not_negative":
        return value < 0
    if rule.kind == "below":
        column = table.column(rule.columns[0])
        if not column.times:
            return value >= column.limit
        product = value.cast("float64") * values[column.times]
        return (value >= column.limit) | (product >= column.limit).fill_null(False)
    if rule.kind == "at_most":
        return value > table.column(rule.columns[0]).at_most
    if rule.kind == "matches":
        return ~value.re_search(rule.pattern)
    if rule.kind == "avoids":
        return value.re_search(rule.pattern)
    if rule.kind == "span_ordered":
        is_span = value.find("/") >= 0
        return is_span & (value.substr(0, _DAY) > value.substr(_DAY + 1, _DAY))
    if rule.kind == "one_of":
        column = table.column(rule.columns[0])
        return ~(value.strip() if column.names else value).isin(column.choices)
    if rule.kind == "ordered":
        return value > values[rule.columns[1]]
    is_date = value.type().is_date()
    if rule.kind == "not_before":
        earliest = date.fromisoformat(EARLIEST)
        return value < (earliest if is_date else datetime.combine(earliest, datetime.min.time()))
    if rule.kind == "not_after":
        latest_day = date.fromisoformat(LATEST)
        return value > (
            latest_day if is_date else datetime.combine(latest_day, datetime.max.time())
        )
    if rule.kind == "not_future":
        # A day of grace: somewhere on earth it is tomorrow already.
        latest = now + timedelta(days=1)
        return value > (latest.date() if is_date else latest)
    raise NotImplementedError(f"{table.name}: {rule.name} is a {rule.kind}, not a row rule")


def _wrong_type(reading: Reading, name: str) -> Rule:
    remedy = _WRONG_TYPE[reading.table.column(name).type]
    return Rule(f"{name}_wrong_type", "not_null", (name,), remedy)
