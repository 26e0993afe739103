"""What to do about a rule that rows broke, in the words of their own source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ops_widgets.contract import TABLES
from ops_widgets.contract.table import RATES, Rule
from ops_widgets.errors import Need
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.mapping import how_to_map
from ops_widgets.sources.reading import Reading
from ops_widgets.sources.table_config import Mapped
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.readable import readable

#: Currencies that are named at most.
_MOST = 12


class Remedy(NamedTuple):
    """The next step as a sentence or two, and lines of TOML where it takes some."""

    text: str
    lines: str = ""


def remedy_of(
    rule: Rule,
    reading: Reading,
    config: SourceConfig,
    counted: RowCounts,
    examples: Sequence[Mapping[str, Any]],
) -> Remedy:
    """The next step; of most rules as they declare it, or an option that reads the ``examples``."""
    table = reading.table.name
    if rule.kind == "own_currency":
        return _other_currency(config, table, rule, counted)
    if rule.kind == "has_rate":
        return Remedy(f"{_found(counted)} without a rate. {rule.remedy}")
    if rule.kind == "not_as_number":
        return _as_number(config, table, rule)
    values = [row.get(rule.columns[0]) for row in examples if rule.columns]
    return Remedy(readable(rule, reading, config, values))


def _found(counted: RowCounts) -> str:
    """``SEK 2, USD 1``: how many rows are in which currency."""
    found = sorted(counted.currencies.items(), key=lambda one: (-one[1], one[0]))
    more = [f"{len(found) - _MOST} more"] if len(found) > _MOST else []
    return ", ".join([f"{code} {count:,}" for code, count in found[:_MOST]] + more)


def _other_currency(config: SourceConfig, table: str, rule: Rule, counted: RowCounts) -> Remedy:
    own, column = config.currency, rule.columns[0]
    wanted = TABLES[RATES].required_names
    sentence, lines = how_to_map(config, Need(config.name, RATES, (), "", "", wanted))
    code = min(counted.currencies, key=lambda one: (-counted.currencies[one], one))
    text = (
        f"{_found(counted)} beside {own}: they have no sum. Make a source of each, by a sql of "
        f"[tables.{table}] that ends in WHERE {column} = '{code}' in the one with currency = "
        f'"{code}". Or convert them: give {RATES} the columns {", ".join(wanted)} (so many {own} '
        f"for one {code} on that day). {sentence}"
    )
    return Remedy(text, re.sub("  #.*", "", lines))


def _as_number(config: SourceConfig, table: str, rule: Rule) -> Remedy:
    """A select of the column that makes one id of both forms."""
    (column,) = rule.columns
    mapped = config.tables[table]
    written = Mapped.of(mapped.columns.get(column, column), column).column or column
    sql = f"regexp_replace(\"{written}\", '[.]0+$', '')"
    if mapped.sql:
        return Remedy(f"{rule.remedy} If they are one, let its sql select {sql} AS {column}.")
    columns = {**mapped.columns, column: Mapped(sql=sql)}
    tables = config.tables | {table: mapped.model_copy(update={"columns": columns})}
    as_one = config.model_copy(update={"tables": tables})
    _, lines = how_to_map(as_one, Need(config.name, table, (), "", "", (column,)))
    where = f"If they are one, write these lines in place of [tables.{table}]"
    return Remedy(f"{rule.remedy} {where}:" if lines else rule.remedy, lines)
