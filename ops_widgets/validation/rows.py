"""The rows of a table that are validated at once: as they are in the source, and the good ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir

from ops_widgets.sources.connect import Source
from ops_widgets.sources.reading import Reading
from ops_widgets.validation.months import Dates, Months
from ops_widgets.validation.profile import filled
from ops_widgets.validation.rules import first_broken, row_rules

#: The first rule about single rows that a row breaks; null for a good row.
BROKEN = "_broken"


@dataclass(frozen=True)
class Rows:
    """The rows of ``reading`` (all, or those of ``months``) at the moment ``now`` (naive UTC)."""

    source: Source
    reading: Reading
    now: datetime
    months: Months | None = None

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
        """The raw rows of the months, each with the first rule that it :data:`BROKEN`."""
        return self._ruled(self.reading.rows)

    @cached_property
    def located(self) -> ir.Table:
        """The same with their places."""
        return self._ruled(self.reading.located)

    def _ruled(self, rows: ir.Table) -> ir.Table:
        if self.months is not None:
            dated = self.reading.table.dated
            moment = self.reading.values(rows)[dated]
            rows = rows.filter(self.dates.within(self.months, moment, rows[dated]))
        broken = first_broken(row_rules(self.reading, rows, self.now))
        return self.source.named(rows.mutate(**{BROKEN: broken}), self.reading.table.name)

    def good(self, rows: ir.Table) -> ir.Table:
        """Those of :attr:`raw` or :attr:`located` that break no rule about single rows."""
        return rows.filter(rows[BROKEN].isnull())

    def typed(self, good: ir.Table) -> ir.Table:
        """Raw rows as the contract's columns."""
        return good.select(**filled(self.reading, good))

    def judged(self, good: ir.Table, carried: Collection[str], prefix: str = "") -> ir.Table:
        """The same, with raw columns ``carried`` along and what notes look at beside them."""
        beside = {prefix + name: good[name] for name in carried}
        beside |= self.reading.oddities(good)
        return good.select(**filled(self.reading, good), **beside)

    def day(self, typed: ir.Table) -> ir.IntegerValue:
        """The local day number of typed rows; null in a table that is not dated."""
        dated = self.reading.table.dated
        return self.dates.day(typed[dated]) if dated else ibis.null("int64")
