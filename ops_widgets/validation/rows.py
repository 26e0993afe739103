"""The rows of a table that are validated at once: what they hold, and which rule they break."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir

from ops_widgets.sources.connect import Source
from ops_widgets.sources.reading import Reading
from ops_widgets.validation.months import Dates, Months
from ops_widgets.validation.rules import first_broken, row_rules

#: The first rule about single rows that a row breaks; null for a good row.
BROKEN = "_broken"
#: Before a column's name: its value as the contract has it.
VALUE = "_value_"


@dataclass(frozen=True)
class Rows:
    """The rows of ``reading`` (all, or those of ``months``) at the moment ``now`` (naive UTC).

    Those of months are some of the ``whole``, which are judged once for all of them: :meth:`of`.
    """

    source: Source
    reading: Reading
    now: datetime
    months: Months | None = None
    whole: Rows | None = None

    def of(self, months: Months) -> Rows:
        """Those of some months."""
        return replace(self, months=months, whole=self)

    @cached_property
    def dates(self) -> Dates:
        """Which day and month a row belongs to."""
        return Dates(self.source.config.timezone, self.now)

    def run(self, expr: ir.Table) -> list[dict[str, Any]]:
        """The answer of the engine, row by row."""
        return self.source.run(expr, self.reading.table.name).to_pylist()

    def keep(self, expr: ir.Table) -> ir.Table:
        """``expr`` computed once and held by the engine."""
        return self.source.keep(expr, self.reading.table.name)

    @cached_property
    def raw(self) -> ir.Table:
        """The raw rows with their file, each with its values and the first rule that it broke.

        Both are written once, by whoever asks first: :data:`VALUE` and :data:`BROKEN`. With
        their places where that costs nothing.
        """
        if self.reading.filed is self.reading.located:
            return self.located
        if self.whole is None:
            return self._judged(self.reading.filed)
        return self._some(self.whole.raw)

    @cached_property
    def located(self) -> ir.Table:
        """The same with their places."""
        if self.whole is None:
            return self._judged(self.reading.located)
        return self._some(self.whole.located)

    def _judged(self, rows: ir.Table) -> ir.Table:
        values = {VALUE + name: value for name, value in filled(self.reading, rows).items()}
        broken = first_broken(row_rules(self.reading, rows, self.now))
        judged = rows.mutate(**values, **{BROKEN: broken})
        return self.source.named(judged, self.reading.table.name)

    def _some(self, rows: ir.Table) -> ir.Table:
        """Those of the months."""
        assert self.months is not None
        dated = self.reading.table.dated
        return rows.filter(self.dates.within(self.months, rows[VALUE + dated], rows[dated]))

    def good(self, rows: ir.Table) -> ir.Table:
        """Those of :attr:`raw` or :attr:`located` that break no rule about single rows."""
        return rows.filter(rows[BROKEN].isnull())

    def values(self, rows: ir.Table) -> dict[str, ir.Value]:
        """Every column of the contract, typed; a null that has a meaning is written out."""
        return {name: rows[VALUE + name] for name in self.reading.table.names}

    def typed(self, rows: ir.Table) -> ir.Table:
        """Raw rows as the contract's columns."""
        return rows.select(**self.values(rows))

    def judged(self, rows: ir.Table, carried: Collection[str], prefix: str = "") -> ir.Table:
        """The same, with raw columns ``carried`` along and what notes look at beside them."""
        beside = {prefix + name: rows[name] for name in carried}
        beside |= self.reading.oddities(rows)
        return rows.select(**self.values(rows), **beside)

    def day(self, typed: ir.Table | Mapping[str, ir.Value]) -> ir.IntegerValue:
        """The local day number of typed rows, or of their values; null where no row is dated."""
        dated = self.reading.table.dated
        return self.dates.day(typed[dated]) if dated else ibis.null("int64")


def filled(reading: Reading, rows: ir.Table) -> dict[str, ir.Value]:
    """Every column of the contract, typed; a null that has a meaning is written out."""
    values = reading.values(rows)
    for column in reading.table.columns:
        if column.default is not None:
            values[column.name] = values[column.name].fill_null(column.default)
    return values
