"""What a source holds now: its months in counts, its names, and the tables that are needed whole.

Files that have not changed are not read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from functools import cached_property, partial
from typing import Any

import ibis.expr.types as ir

from ops_widgets.contract.table import RATES
from ops_widgets.names import SEPARATOR
from ops_widgets.sources.connect import Source
from ops_widgets.summaries.customers.cells import UNKNOWN, Cells
from ops_widgets.summaries.dimensions import PRODUCTS
from ops_widgets.summaries.files import profiled_files
from ops_widgets.summaries.names import Names, distinct_names, kinds_of
from ops_widgets.summaries.partials.file import PartialFile
from ops_widgets.summaries.partials.profiles import ProfiledFile
from ops_widgets.summaries.plan import needed_whole
from ops_widgets.summaries.steps import Steps
from ops_widgets.validation.alike import Alike
from ops_widgets.validation.checks import check, in_order, report_of, require_usable
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.currencies import Currencies
from ops_widgets.validation.months import Months
from ops_widgets.validation.profile import by_month
from ops_widgets.validation.rows import Rows
from ops_widgets.validation.validated import Validated


class OnDemand(Mapping[str, ir.Table]):
    """Tables that are ``read`` when somebody looks into them, and not again."""

    def __init__(self, read: Callable[[str], ir.Table]) -> None:
        self._read, self._held = read, dict[str, ir.Table | None]()

    def add(self, name: str) -> None:
        """Have the table of that name."""
        self._held[name] = None

    def __getitem__(self, name: str) -> ir.Table:
        held = self._held[name]
        if held is None:
            held = self._held[name] = self._read(name)
        return held

    def __contains__(self, name: object) -> bool:
        return name in self._held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


class Inventory:
    """What the tables of ``source`` hold at ``now`` (naive UTC), as far as it is profiled."""

    def __init__(self, source: Source, now: datetime) -> None:
        self.source, self.now = source, now
        self.names = Names.of(source.config)
        self.currencies = Currencies(source, now)
        #: The good rows of tables that are needed whole, their names as they are shown.
        self.used = OnDemand(self._used)
        #: Table -> month -> what is there.
        self.months: dict[str, dict[int, RowCounts]] = {}
        #: Table -> file -> the identity of what it holds.
        self.identities: dict[str, dict[str, str]] = {}
        self._files: dict[str, dict[str, ProfiledFile]] = {}
        self._rows: dict[tuple[str, frozenset[str]], Rows] = {}
        self._alike: dict[tuple[str, frozenset[int]], Alike] = {}
        self._whole: dict[str, Validated] = {}
        #: Table -> column -> names as they are written in the source.
        self._written: dict[str, dict[str, list[str]]] = {}

    def profile(self, partials: PartialFile, steps: Steps) -> None:
        """See what every table holds; ``partials`` remember it by file.

        Raises ``DataError`` where too little can be used.
        """
        whole = needed_whole()
        known: dict[str, RowCounts] = {}
        for name in in_order(self.source.tables):
            with steps.step(f"{name}: what has changed") as step:
                self.identities[name] = self.source.identities(name)
                judged = partial(self._judged, name)
                self._files[name] = profiled_files(
                    self.source, partials, name, self.used, known, self.currencies, judged
                )
                found = {file: one.months for file, one in self._files[name].items()}
                self.months[name] = by_month(found)
                total = known[name] = self.total(name)
                step.rows, step.out = total.rows, len(self.months[name])
                step.rejected = total.aside
            if name in whole:
                self.used.add(name)
            if name == RATES:
                self.currencies.take(self.used[name])
        found_so_far = {name: (months.values(), ()) for name, months in self.months.items()}
        if not report_of(self.source, found_so_far).ok:
            require_usable(check(self.source, now=self.now).report)

    def total(self, name: str) -> RowCounts:
        """What all months of a table hold."""
        return RowCounts.sum(self.months[name].values())

    def needed(self) -> dict[str, dict[str, Any]]:
        """What every table that is needed whole holds, rows that its rules set aside among it.

        Not its digest alone: a row of the future is used when its day has come, unchanged.
        """
        return {name: self.total(name).to_dict() for name in self.used}

    def rates(self) -> dict[str, dict[int, str]]:
        """Table -> month -> a digest of the rates that its money is converted by."""
        readings = {name: self.source.reading(name) for name in self.months}
        return {
            name: {month: self.currencies.mark(reading, [month]) for month in self.months[name]}
            for name, reading in readings.items()
        }

    def digest(self, meaning: str) -> str:
        """A digest of all that was profiled, and of its ``meaning``."""
        found = {
            name: {month: counts.to_dict() for month, counts in months.items()}
            for name, months in self.months.items()
        }
        text = meaning + json.dumps(found, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def cells(self) -> Cells:
        """All channels of the facts, all first-level categories of products."""
        channels = {
            self.names.written("channel", channel) or UNKNOWN
            for name in self._files
            for channel in self._channels(name)
        }
        self.names.seen["channel"] |= channels
        self.used.get(PRODUCTS)  # its names are known once it is read
        paths = self._written.get(PRODUCTS, {}).get("category", [])
        written = (self.names.written("category", path) or UNKNOWN for path in paths)
        return Cells.of(channels, (path.split(SEPARATOR)[0] for path in written))

    def validate(self, name: str, profiled: dict[int, RowCounts], *, are_pieces: bool) -> Validated:
        """The ``profiled`` months of a table, validated; a table that is needed whole, once."""
        if name in self._whole:
            return self._whole[name]
        if name in self.used:
            alike = Alike(self._judged(name, self._files[name]), self.months[name])
            self._whole[name] = Validated(alike, self.used, are_pieces=False)
            return self._whole[name]
        key = name, frozenset(profiled)
        if key not in self._alike:
            self._alike[key] = Alike(self._rows_of(name, profiled), profiled)
        return Validated(self._alike[key], self.used, are_pieces=are_pieces)

    def _rows_of(self, name: str, months: Collection[int]) -> Rows:
        """The rows of some months of a table, of the files that hold any."""
        files = {
            file
            for file, one in self._files[name].items()
            if any(month in one.months for month in months)
        }
        rows = self._judged(name, files)
        held = {month for file in files for month in self._files[name][file].months}
        return rows if held <= set(months) else rows.of(Months(min(months), max(months)))

    def _judged(self, name: str, files: Collection[str]) -> Rows:
        """The rows of some files of a table, judged once (of all, where there are none)."""
        key = name, frozenset(files)
        if key not in self._rows:
            reading = self.currencies.converted(self.source.part(name, files))
            self._rows[key] = Rows(self.source, reading, self.now)
        return self._rows[key]

    def _used(self, name: str) -> ir.Table:
        """The good rows of a table that is needed whole, read once, whoever looks into it."""
        rows = self.validate(name, self.months[name], are_pieces=False).used
        self._written[name] = distinct_names(self.source, name, rows)
        spelled = self.names.spelled(name, rows, self._written[name])
        return self.source.keep(spelled, name)

    def spelled(self, name: str, rows: ir.Table) -> ir.Table:
        """Good rows of a fact with their channels as they are shown."""
        names = {"channel": self._channels(name)} if "channel" in kinds_of(name) else {}
        return self.names.spelled(name, rows, names)

    def _channels(self, name: str) -> set[str]:
        """The channels in the facts of a table, as they are written there."""
        return {channel for one in self._files[name].values() for channel in one.channels}
