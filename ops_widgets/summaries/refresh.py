"""Bring the partials of a source up to date: only months whose rows changed are read again.

The last two months are always built anew, and so is every month that holds a product whose
category or cost is another one now. Months are taken a few at a time, so that memory does not
grow with the history, and each is kept as soon as it is done.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ops_widgets.contract import TABLES
from ops_widgets.periods import add_periods, calendar, index_start
from ops_widgets.sources.connect import Source
from ops_widgets.summaries.customers.cells import Cells
from ops_widgets.summaries.facts import (
    CATEGORY_SEPARATOR,
    Terms,
    named,
    order_lines,
    product_dimension,
    visitor_events,
)
from ops_widgets.summaries.inventory import take_inventory
from ops_widgets.summaries.partial_store import Part, PartialStore, ProfiledFile
from ops_widgets.summaries.partials import PARTIALS, order_partials, visit_partials
from ops_widgets.summaries.products import replace_products
from ops_widgets.summaries.reasons import dated, month_span, placed, reasons
from ops_widgets.summaries.small import SMALL
from ops_widgets.summaries.steps import Steps
from ops_widgets.validation.checks import CheckReport, check, in_order, report_of, require_usable
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.months import NO_MONTH, Dates, Months
from ops_widgets.validation.profile import by_month
from ops_widgets.validation.validated import Validated

#: Rows of one table that are read at once: what bounds the memory of a build.
CHUNK_ROWS = {"orders": 4_000_000, "events": 12_000_000}

#: Small tables of which every row is looked at, whatever changed.
NEEDED_WHOLE = ("products", *(table for table, _ in SMALL.values()))

CHANGED, LAST, NEW = "its rows changed", "one of the last two", "new"
DAMAGED, PRODUCTS = "its partial was damaged", "its products changed"
Why = dict[str, dict[int, str]]


class Refresh:
    """One refresh of the partials in ``parts`` from ``source``, as of ``now`` (naive UTC)."""

    def __init__(self, source: Source, parts: PartialStore, now: datetime, steps: Steps) -> None:
        self.source, self.parts, self.now, self.steps = source, parts, now, steps
        self.dates = Dates(source.config.timezone, now)
        self.used: dict[str, ir.Table] = {}
        #: Table -> month -> what is there now.
        self.months: dict[str, dict[int, RowCounts]] = {}
        self._files: dict[str, dict[str, ProfiledFile]] = {}
        self._identities: dict[str, dict[str, str]] = {}
        self._judged: dict[str, Validated] = {}
        #: Table -> month -> why it was built.
        self.built: Why = defaultdict(dict)

    def survey(self) -> None:
        """See what every table holds now; files that have not changed are not read.

        Raises ``DataError`` where too little can be used.
        """
        known: dict[str, RowCounts] = {}
        for name in in_order(self.source.tables):
            with self.steps.step(f"{name}: what has changed") as step:
                self._identities[name] = self.source.identities(name)
                self._files[name] = take_inventory(
                    self.source, self.parts, name, self.used, known, self.now
                )
                found = {file: one.months for file, one in self._files[name].items()}
                self.months[name] = by_month(found)
                total = known[name] = RowCounts.sum(self.months[name].values())
                step.rows, step.out = total.rows, len(self.months[name])
                step.rejected = total.rows - total.good
            if name in NEEDED_WHOLE:
                self._judged[name] = self._judge(name, self.months[name])
                self.used[name] = self._judged[name].used
        found_so_far = {name: (months.values(), ()) for name, months in self.months.items()}
        if not report_of(self.source, found_so_far).ok:
            require_usable(check(self.source, now=self.now).report)

    # --- what must be built ------------------------------------------------------------------

    @cached_property
    def cells(self) -> Cells:
        """All channels of orders and events, all first-level categories of products."""
        channels = {
            channel
            for files in self._files.values()
            for one in files.values()
            for channel in one.channels
        }
        paths: list[str] = []
        if "products" in self.used:
            products = self.used["products"]
            names = products.select(path=named(products.category)).distinct()
            paths = self.source.run(names, "products")["path"].to_pylist()
        return Cells.of(channels, (path.split(CATEGORY_SEPARATOR)[0] for path in paths))

    @cached_property
    def terms(self) -> Terms:
        """What the facts are measured by."""
        months = [m for name in PARTIALS for m in self.months.get(name, {}) if m != NO_MONTH]
        first = index_start(min(months), "month")
        end = add_periods(index_start(max(months), "month"), 1, "month") - timedelta(days=1)
        config = self.source.config
        days = calendar(first, end, config.week_start).drop(columns=["date", "week", "month"])
        products = product_dimension(self.used.get("products"), self.cells)
        return Terms(
            cells=self.cells,
            products=None if products is None else self.source.keep(products, "products"),
            calendar=ibis.memtable(days),
            offsets=self.dates.offsets,
            digits=config.minor_digits,
        )

    def build(self) -> None:
        """Build every month that needs it."""
        damaged = self.parts.drop_damaged()
        self._compare_cells()
        touched: dict[str, list[int]] = {}
        if self.terms.products is not None:
            rows = self.source.run(self.terms.products, "products")
            touched = replace_products(self.parts, rows)
        why = {
            name: self._why(name, damaged.get(name, ()), touched.get(name, ()))
            for name in self.source.tables
        }
        rows = sum(self.months[name][month].rows for name in why for month in why[name])
        self.steps.expect(rows)
        for name in in_order(self.source.tables):
            for months in self._chunks(name, why[name]):
                self._build(name, months)
                self.built[name] |= {month: why[name][month] for month in months}
        self.steps.expect(None)

    def _compare_cells(self) -> None:
        names = {"channel": list(self.cells.channels), "category": list(self.cells.categories)}
        before = self.parts.get("cells")
        if before not in (None, names):
            kind = next(kind for kind in names if before[kind] != names[kind])
            other = sorted(set(before[kind]) ^ set(names[kind]))
            self.parts.forget(f"the {kind} {other[0]} came or went")
        self.parts.put("cells", names)

    def _why(self, name: str, damaged: Collection[int], touched: Collection[int]) -> dict[int, str]:
        """Month -> why it must be built; months without rows are forgotten."""
        now, before = self.months[name], self.parts.parts(name)
        if gone := sorted(set(before) - set(now)):
            self.parts.drop(name, gone)
        last = max((m for m in now if m != NO_MONTH and now[m].good), default=NO_MONTH)
        found = {}
        for month, tally in now.items():
            if month in damaged:
                found[month] = DAMAGED
            elif month in touched:
                found[month] = PRODUCTS
            elif month not in before:
                found[month] = NEW
            elif before[month].surveyed != tally:
                found[month] = CHANGED
            elif TABLES[name].dated and last - 1 <= month <= last != NO_MONTH:
                found[month] = LAST
        return found

    def _chunks(self, name: str, months: Mapping[int, str]) -> Iterator[list[int]]:
        """Runs of months that can be read at once: neighbours, and not too many rows.

        All of a table at once, with the rows of no month, where that is possible.
        """
        chunk = CHUNK_ROWS.get(name, math.inf)
        sizes = {month: self.months[name][month].rows for month in months}
        if not sizes:
            return
        if len(sizes) == len(self.months[name]) and sum(sizes.values()) <= chunk:
            yield list(sizes)
            return
        held: list[int] = []
        rows = 0
        built = sorted(set(self.months[name]) - set(months))
        for month in sorted(months):
            size = sizes[month]
            apart = held and (held[-1] == NO_MONTH or any(held[-1] < m < month for m in built))
            if held and (apart or rows + size > chunk):
                yield held
                held, rows = [], 0
            held, rows = [*held, month], rows + size
        if held:
            yield held

    # --- building ----------------------------------------------------------------------------

    def _build(self, name: str, months: list[int]) -> None:
        span = f" {month_span(months)}" if TABLES[name].dated else ""
        with self.steps.step(f"{name}{span}") as step:
            surveyed = {month: self.months[name][month] for month in months}
            judged = self._judged.get(name) or self._judge(name, surveyed)
            parts = {
                month: Part(
                    surveyed[month],
                    judged.counts[month],
                    dated(judged.examples[month], self._identities[name]),
                )
                for month in months
            }
            total = RowCounts.sum(judged.counts.values())
            step.rows, step.rejected = total.rows, total.rows - total.good
            aside = self._aside(judged) if step.rejected else None
            with self._partials(name, judged, total.good) as partials:
                step.out = self.parts.write(name, parts, partials, aside)

    def _judge(self, name: str, surveyed: dict[int, RowCounts]) -> Validated:
        files = {
            file
            for file, one in self._files[name].items()
            if any(month in one.months for month in surveyed)
        }
        reading = self.source.part(name, files)
        held = {month for file in files for month in self._files[name][file].months}
        months = None if held <= surveyed.keys() else Months(min(surveyed), max(surveyed))
        return Validated(self.source, reading, surveyed, self.used, self.now, months)

    def _aside(self, judged: Validated) -> pa.Table:
        rows = self.source.run(judged.aside, judged.name)
        months = [self.dates.month(day) for day in rows["_day"].to_pylist()]
        return rows.drop_columns(["_day"]).append_column(
            "month_index", pa.array(months, pa.int64())
        )

    @contextmanager
    def _partials(
        self, name: str, judged: Validated, good: int
    ) -> Iterator[Iterable[tuple[str, pa.RecordBatchReader]]]:
        """The partials of the judged months, streaming from their engine."""
        if name not in PARTIALS or not good:
            yield ()
        elif name == "orders":
            with self.source.kept(order_lines(judged.used, self.terms), name) as lines:
                yield self._streams(name, order_partials(lines, self.cells))
        else:
            visits = visitor_events(judged.used, self.terms)
            yield self._streams(name, visit_partials(visits, self.cells))

    def _streams(
        self, name: str, partials: dict[str, ir.Table]
    ) -> Iterator[tuple[str, pa.RecordBatchReader]]:
        for partial, expression in partials.items():
            yield partial, self.source.batches(expression, name)

    # --- afterwards --------------------------------------------------------------------------

    def content(self) -> str:
        """A digest of all that was surveyed, and of its meaning."""
        found = {
            name: {month: tally.to_dict() for month, tally in months.items()}
            for name, months in self.months.items()
        }
        text = self.parts.meaning + json.dumps(found, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def report(self) -> CheckReport:
        """The report on the whole source, copies of rows found."""
        found = {
            name: (
                [part.tally for part in parts.values()],
                [placed(part.examples, self._identities[name]) for part in parts.values()],
            )
            for name, parts in ((name, self.parts.parts(name)) for name in self.source.tables)
        }
        return report_of(self.source, found)

    def reasons(self) -> list[str]:
        """What was built and why, and how much was reused, in words."""
        found = [self.parts.lost] if self.parts.lost else []
        for name, why in self.built.items():
            if TABLES[name].dated:
                found += reasons(name, why, len(self.months[name]))
        return found
