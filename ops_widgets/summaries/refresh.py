"""Bring the partials of a source up to date: only months whose rows changed are read again.

The last two months are always built anew, and so is every month that was built with another
state of a table that it needs. Months are taken a few at a time, so that memory does not grow
with the history, and each is kept as soon as it is done.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ops_widgets.contract import TABLES
from ops_widgets.names import SEPARATOR
from ops_widgets.periods import add_periods, calendar, index_start
from ops_widgets.sources.connect import Source
from ops_widgets.summaries.customers.cells import UNKNOWN, Cells
from ops_widgets.summaries.definitions import FactContext
from ops_widgets.summaries.dimensions import PRODUCTS, product_dimension
from ops_widgets.summaries.facts import FACTS
from ops_widgets.summaries.inventory import take_inventory
from ops_widgets.summaries.names import Names, distinct_names, kinds_of
from ops_widgets.summaries.needed import replace_needed, replace_products
from ops_widgets.summaries.partials.profiles import ProfiledFile
from ops_widgets.summaries.partials.store import BuiltMonth, PartialStore
from ops_widgets.summaries.plan import (
    DAMAGED,
    RETOLD,
    changed_table,
    chunks,
    needed_whole,
    why_built,
)
from ops_widgets.summaries.reasons import dated, month_span, placed, reasons
from ops_widgets.summaries.steps import Steps
from ops_widgets.validation.checks import CheckReport, check, in_order, report_of, require_usable
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.months import NO_MONTH, Dates, Months
from ops_widgets.validation.pieces import EqualLines, may_have_pieces, one_row_a_piece
from ops_widgets.validation.profile import by_month
from ops_widgets.validation.rules import unique_rule
from ops_widgets.validation.validated import Validated

Why = dict[str, dict[int, str]]


class Refresh:
    """One refresh of the ``partials`` of ``source``, as of ``now`` (naive UTC)."""

    def __init__(self, source: Source, partials: PartialStore, now: datetime, steps: Steps) -> None:
        self.source, self.partials, self.now, self.steps = source, partials, now, steps
        self.dates = Dates(source.config.timezone, now)
        self.names = Names.of(source.config)
        #: The good rows of tables that are needed whole, their names as they are shown.
        self.used: dict[str, ir.Table] = {}
        #: Table -> month -> what is there now.
        self.months: dict[str, dict[int, RowCounts]] = {}
        self._files: dict[str, dict[str, ProfiledFile]] = {}
        self._identities: dict[str, dict[str, str]] = {}
        self._validated: dict[str, Validated] = {}
        #: Table -> column -> names as they are written in the source.
        self._written: dict[str, dict[str, list[str]]] = {}
        #: Table -> whether its equal rows are pieces.
        self.pieces: dict[str, bool] = {}
        #: Table -> month -> why it was built.
        self.built: Why = defaultdict(dict)

    def profile(self) -> None:
        """See what every table holds now; files that have not changed are not read.

        Raises ``DataError`` where too little can be used.
        """
        known: dict[str, RowCounts] = {}
        whole = needed_whole()
        for name in in_order(self.source.tables):
            with self.steps.step(f"{name}: what has changed") as step:
                self._identities[name] = self.source.identities(name)
                self._files[name] = take_inventory(
                    self.source, self.partials, name, self.used, known, self.now
                )
                found = {file: one.months for file, one in self._files[name].items()}
                self.months[name] = by_month(found)
                total = known[name] = RowCounts.sum(self.months[name].values())
                step.rows, step.out = total.rows, len(self.months[name])
                step.rejected = total.rows - total.good
            if name in whole:
                self._validated[name] = self._validate(name, self.months[name], are_pieces=False)
                self.used[name] = self._spelled(name, self._validated[name].used)
        found_so_far = {name: (months.values(), ()) for name, months in self.months.items()}
        if not report_of(self.source, found_so_far).ok:
            require_usable(check(self.source, now=self.now).report)

    # --- what must be built ------------------------------------------------------------------

    @cached_property
    def cells(self) -> Cells:
        """All channels of the facts, all first-level categories of products."""
        channels = {
            self.names.written("channel", channel) or UNKNOWN
            for name in self._files
            for channel in self._channels(name)
        }
        self.names.seen["channel"] |= channels
        paths = self._written.get(PRODUCTS, {}).get("category", [])
        written = (self.names.written("category", path) or UNKNOWN for path in paths)
        return Cells.of(channels, (path.split(SEPARATOR)[0] for path in written))

    @cached_property
    def context(self) -> FactContext:
        """What the facts are measured by."""
        months = [m for name in FACTS for m in self.months.get(name, {}) if m != NO_MONTH]
        first = index_start(min(months), "month")
        end = add_periods(index_start(max(months), "month"), 1, "month") - timedelta(days=1)
        config = self.source.config
        days = calendar(first, end, config.week_start).drop(columns=["date", "week", "month"])
        products = product_dimension(self.used.get(PRODUCTS), self.cells)
        # Checked and read once, not again by every partial of every few months.
        looked_up = {name for fact in FACTS.values() for name in fact.needs} - {PRODUCTS}
        kept = {
            name: self.source.keep(self.used[name], name) for name in looked_up & set(self.used)
        }
        return FactContext(
            cells=self.cells,
            products=None if products is None else self.source.keep(products, PRODUCTS),
            calendar=ibis.memtable(days),
            offsets=self.dates.offsets,
            digits=config.minor_digits,
            used=self.used | kept,
        )

    def build(self) -> None:
        """Build every month that needs it."""
        damaged = self.partials.drop_damaged()
        self._compare_cells()
        before = {name: set(self.partials.built(name)) for name in self.source.tables}
        others = replace_needed(self.partials, self._profiles())
        retold = {name: self._find_pieces(name) for name in self.source.tables}
        products = self.context.products
        rows = None if products is None else self.source.run(products, PRODUCTS)
        touched = replace_products(self.partials, rows)
        why: Why = {}
        for name in self.source.tables:
            forgotten: dict[str, Collection[int]] = {DAMAGED: damaged.get(name, ())}
            forgotten |= {changed_table(PRODUCTS): touched.get(name, ())}
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

    def _find_pieces(self, name: str) -> list[int]:
        """See whether equal rows of a table are pieces; the months that were built otherwise.

        All its rows have a say: what they say is kept by month, until the month changes.
        """
        days: dict[int, EqualLines] = {}
        months, rule = self.months[name], unique_rule(self.source.reading(name))
        total = RowCounts.sum(months.values())
        if rule and rule.pieces and may_have_pieces(total.several, total.good):
            days = self._equal_lines(name)
        self.pieces[name] = one_row_a_piece(total.several, days)
        return self.partials.take_pieces(name, self.pieces[name])

    def _equal_lines(self, name: str) -> dict[int, EqualLines]:
        """The evidence by local day, measured where it is not known of a month as it is now."""
        months, kept = self.months[name], self.partials.equal_lines(name)
        marks = {month: counts.to_dict() for month, counts in months.items()}
        found = {m: one for m, (mark, one) in kept.items() if marks.get(m) == mark}
        for some in chunks(name, months, sorted(set(months) - set(found))):
            profiled = {month: months[month] for month in some}
            found |= self._validate(name, profiled, are_pieces=False).equal_lines
        self.partials.keep_equal_lines(name, {m: (marks[m], one) for m, one in found.items()})
        return {day: lines for one in found.values() for day, lines in one.items()}

    def _profiles(self) -> dict[str, dict[str, Any]]:
        """What every table that is needed whole holds, rows that its rules set aside among it.

        Not its digest alone: a row of the future is used when its day has come, unchanged.
        """
        return {name: RowCounts.sum(self.months[name].values()).to_dict() for name in self.used}

    def _compare_cells(self) -> None:
        names = {"channel": list(self.cells.channels), "category": list(self.cells.categories)}
        before = self.partials.get("cells")
        if before not in (None, names):
            kind = next(kind for kind in names if before[kind] != names[kind])
            other = sorted(set(before[kind]) ^ set(names[kind]))
            self.partials.forget(f"the {kind} {other[0]} came or went")
        self.partials.put("cells", names)

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
            validated = self._validated.get(name)
            validated = validated or self._validate(name, profiled, are_pieces=self.pieces[name])
            built = {
                month: BuiltMonth(
                    profiled[month],
                    validated.counts[month],
                    dated(validated.examples[month], self._identities[name]),
                )
                for month in months
            }
            total = RowCounts.sum(validated.counts.values())
            step.rows, step.rejected = total.rows, total.rows - total.good
            aside = self._aside(validated) if step.rejected else None
            with self._partials(name, validated, total.good) as partials:
                step.out = self.partials.write(name, built, partials, aside)

    def _validate(
        self, name: str, profiled: dict[int, RowCounts], *, are_pieces: bool
    ) -> Validated:
        files = {
            file
            for file, one in self._files[name].items()
            if any(month in one.months for month in profiled)
        }
        reading = self.source.part(name, files)
        held = {month for file in files for month in self._files[name][file].months}
        months = None if held <= profiled.keys() else Months(min(profiled), max(profiled))
        return Validated(
            self.source,
            reading,
            profiled,
            self.used,
            self.now,
            months,
            are_pieces=are_pieces,
            digits=self.source.config.minor_digits,
        )

    def _spelled(self, name: str, rows: ir.Table) -> ir.Table:
        """Good rows of a table that is needed whole, with their names as they are shown."""
        self._written[name] = distinct_names(self.source, name, rows)
        return self.names.spelled(name, rows, self._written[name])

    def _channels(self, name: str) -> set[str]:
        """The channels in the facts of a table, as they are written there."""
        return {channel for one in self._files[name].values() for channel in one.channels}

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
        names = {"channel": self._channels(name)} if "channel" in kinds_of(name) else {}
        used = self.names.spelled(name, validated.used, names)
        rows = fact.measure(used, self.context)
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

    def content(self) -> str:
        """A digest of all that was profiled, and of its meaning."""
        found = {
            name: {month: counts.to_dict() for month, counts in months.items()}
            for name, months in self.months.items()
        }
        text = self.partials.meaning + json.dumps(found, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def report(self) -> CheckReport:
        """The report on the whole source, copies of rows found."""
        found = {
            name: (
                [one.counts for one in built.values()],
                [placed(one.examples, self._identities[name]) for one in built.values()],
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
