"""Bring the partials of a source up to date: only months whose rows changed are read again.

The last two months are always built anew, and so is every month that was built with another
state of a table that it needs. Months are taken a few at a time, so that memory does not grow
with the history, and each is kept as soon as it is done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ops_widgets.contract import TABLES
from ops_widgets.contract.table import RATES
from ops_widgets.periods import add_periods, calendar, index_start, period_index
from ops_widgets.summaries.definitions import FactContext
from ops_widgets.summaries.dimensions import PRODUCTS, product_dimension
from ops_widgets.summaries.facts import FACTS
from ops_widgets.summaries.inventory import Inventory
from ops_widgets.summaries.needed import replace_needed, replace_products, replace_rates
from ops_widgets.summaries.partials.store import BuiltMonth, PartialStore
from ops_widgets.summaries.plan import DAMAGED, RETOLD, changed_table, chunks, why_built
from ops_widgets.summaries.reasons import dated, month_span, placed, reasons
from ops_widgets.summaries.steps import Steps
from ops_widgets.validation.checks import CheckReport, in_order, report_of
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.months import NO_MONTH, Dates
from ops_widgets.validation.pieces import EqualLines, equal_rows_are_pieces
from ops_widgets.validation.rules import unique_rule
from ops_widgets.validation.validated import Validated


class Refresh:
    """One refresh of ``partials`` to what ``inventory`` found in the source."""

    def __init__(self, inventory: Inventory, partials: PartialStore, steps: Steps) -> None:
        self.inventory, self.partials, self.steps = inventory, partials, steps
        self.source, self.months = inventory.source, inventory.months
        self.dates = Dates(self.source.config.timezone, inventory.now)
        #: Table -> whether its equal rows are pieces.
        self.pieces: dict[str, bool] = {}
        #: Table -> month -> why it was built.
        self.built: dict[str, dict[int, str]] = defaultdict(dict)

    @cached_property
    def context(self) -> FactContext:
        """What the facts are measured by."""
        months = [m for name in FACTS for m in self.months.get(name, {}) if m != NO_MONTH]
        months = months or [period_index(self.inventory.now.date(), "month")]  # no fact is dated
        first = index_start(min(months), "month")
        end = add_periods(index_start(max(months), "month"), 1, "month") - timedelta(days=1)
        config, used, cells = self.source.config, self.inventory.used, self.inventory.cells
        days = calendar(first, end, config.week_start).drop(columns=["date", "week", "month"])
        products = product_dimension(used.get(PRODUCTS), cells)
        return FactContext(
            cells=cells,
            products=None if products is None else self.source.keep(products, PRODUCTS),
            calendar=ibis.memtable(days),
            offsets=self.dates.offsets,
            digits=config.minor_digits,
            used=used,
        )

    def build(self) -> None:
        """Build every month that needs it."""
        damaged = self.partials.drop_damaged()
        self._compare_cells()
        before = {name: set(self.partials.built(name)) for name in self.source.tables}
        others = replace_needed(self.partials, self.inventory.needed())
        retold = {name: self._find_pieces(name) for name in self.source.tables}
        products = self.context.products
        rows = None if products is None else self.source.run(products, PRODUCTS)
        touched = replace_products(self.partials, rows)
        rated = replace_rates(self.partials, self.inventory.rates())
        why: dict[str, dict[int, str]] = {}
        for name in self.source.tables:
            forgotten: dict[str, Collection[int]] = {DAMAGED: damaged.get(name, ())}
            forgotten |= {changed_table(PRODUCTS): touched.get(name, ())}
            forgotten |= {changed_table(RATES): rated.get(name, ())}
            forgotten |= {RETOLD: retold[name]}
            if name in others:
                forgotten[changed_table(others[name])] = before[name]
            why[name] = self._why(name, forgotten)
        self.steps.expect(sum(self.months[name][month].rows for name in why for month in why[name]))
        for name in in_order(self.source.tables):
            for months in chunks(name, self.months[name], why[name]):
                self._build(name, months)
                self.built[name] |= {month: why[name][month] for month in months}
        self.steps.expect(None)

    # --- what must be built ------------------------------------------------------------------

    def _compare_cells(self) -> None:
        cells = self.inventory.cells
        names = {"channel": list(cells.channels), "category": list(cells.categories)}
        before = self.partials.get("cells")
        if before not in (None, names):
            kind = next(kind for kind in names if before[kind] != names[kind])
            other = sorted(set(before[kind]) ^ set(names[kind]))
            self.partials.forget(f"the {kind} {other[0]} came or went")
        self.partials.put("cells", names)

    def _find_pieces(self, name: str) -> list[int]:
        """See whether equal rows of a table are pieces; the months that were built otherwise.

        All its rows have a say: what they say is kept by month, until the month changes.
        """
        rule, total = unique_rule(self.source.reading(name)), self.inventory.total(name)
        self.pieces[name] = equal_rows_are_pieces(rule, total, lambda: self._equal_lines(name))
        return self.partials.take_pieces(name, self.pieces[name])

    def _equal_lines(self, name: str) -> dict[int, dict[int, EqualLines]]:
        """The evidence by month and local day, measured where it is not known of a month as it is.

        It is the same whether the rows are pieces or not.
        """
        months, kept = self.months[name], self.partials.equal_lines(name)
        marks = {month: counts.to_dict() for month, counts in months.items()}
        found = {m: one for m, (mark, one) in kept.items() if marks.get(m) == mark}
        for some in chunks(name, months, sorted(set(months) - set(found))):
            profiled = {month: months[month] for month in some}
            found |= self.inventory.validate(name, profiled, are_pieces=False).equal_lines
        self.partials.keep_equal_lines(name, {m: (marks[m], one) for m, one in found.items()})
        return found

    def _why(self, name: str, forgotten: Mapping[str, Collection[int]]) -> dict[int, str]:
        """Month -> why it must be built; months without rows are forgotten."""
        now, built = self.months[name], self.partials.built(name)
        if gone := sorted(set(built) - set(now)):
            self.partials.drop(name, gone)
        return why_built(name, now, built, forgotten)

    # --- building ----------------------------------------------------------------------------

    def _build(self, name: str, months: list[int]) -> None:
        span = f" {month_span(months)}" if TABLES[name].dated else ""
        with self.steps.step(f"{name}{span}") as step:
            profiled = {month: self.months[name][month] for month in months}
            validated = self.inventory.validate(name, profiled, are_pieces=self.pieces[name])
            built = {
                month: BuiltMonth(
                    profiled[month],
                    validated.counts[month],
                    dated(validated.examples[month], self.inventory.identities[name]),
                )
                for month in months
            }
            total = RowCounts.sum(validated.counts.values())
            step.rows, step.rejected = total.rows, total.aside
            aside = self._aside(validated) if step.rejected else None
            with self._partials(name, validated, total.good) as partials:
                step.out = self.partials.write(name, built, partials, aside)

    def _aside(self, validated: Validated) -> pa.Table:
        rows = self.source.run(validated.aside, validated.name)
        months = [self.dates.month(day) for day in rows["_day"].to_pylist()]
        return rows.drop_columns(["_day"]).append_column(
            "month_index", pa.array(months, pa.int64())
        )

    @contextmanager
    def _partials(
        self, name: str, validated: Validated, good: int
    ) -> Iterator[Iterable[tuple[str, pa.RecordBatchReader]]]:
        """The partials of validated months, streaming from their engine."""
        fact = FACTS.get(name)
        if fact is None or not good:
            yield ()
            return
        rows = fact.measure(self.inventory.spelled(name, validated.used), self.context)
        partials = fact.partials_of(self.source.tables)
        if len(partials) == 1:  # what is read once need not be kept
            yield self._streams(name, [(p.name, p.define(rows, self.context)) for p in partials])
            return
        with self.source.kept(rows, name) as kept:
            yield self._streams(name, [(p.name, p.define(kept, self.context)) for p in partials])

    def _streams(
        self, name: str, partials: Iterable[tuple[str, ir.Table]]
    ) -> Iterator[tuple[str, pa.RecordBatchReader]]:
        for partial, expression in partials:
            yield partial, self.source.batches(expression, name)

    # --- afterwards --------------------------------------------------------------------------

    def report(self) -> CheckReport:
        """The report on the whole source, copies of rows found."""
        identities = self.inventory.identities
        found = {
            name: (
                [one.counts for one in built.values()],
                [placed(one.examples, identities[name]) for one in built.values()],
            )
            for name, built in ((name, self.partials.built(name)) for name in self.source.tables)
        }
        return report_of(self.source, found)

    def reasons(self) -> list[str]:
        """What was built and why, and how much was reused, in words."""
        found = [self.partials.lost] if self.partials.lost else []
        for name, why in self.built.items():
            if TABLES[name].dated:
                found += reasons(name, why, len(self.months[name]))
        return found
