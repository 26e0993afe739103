"""The copies among the good rows of a table: which ones, in which months, and what they are worth.

Nothing but rows that share a hash of a few columns is ever compared as a whole.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ops_widgets.sources.clock import month_of
from ops_widgets.sources.reading import PLACE
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.digest import digest
from ops_widgets.validation.identity import copies, has_identity, likeness, times, told_apart
from ops_widgets.validation.pieces import EqualLines, by_day, equal_rows_are_pieces, net_of
from ops_widgets.validation.profile import note_sums
from ops_widgets.validation.rows import Rows
from ops_widgets.validation.rules import EQUAL_LINES, unique_rule

#: Before a column's name: its value as the source has it, beside the typed one.
RAW = "_raw_"

#: The hash that rows share which may be copies of each other.
LIKE = "_like"
#: Hashes that are compared at once: what bounds the memory of a check.
KEYS_A_PASS = 8_000_000


@dataclass
class MonthOfCopies:
    """Of the rows of a month: copies set aside or kept, what notes count among the former.

    What both are worth is in minor units.
    """

    aside: int = 0
    kept: int = 0
    worth_aside: int = 0
    worth_kept: int = 0
    noted: Counter[str] = field(default_factory=Counter)

    def add(self, row: Mapping[str, Any], noted: Mapping[str, int]) -> None:
        """Take in the copies of a day, of which ``_copy`` says whether they are set aside."""
        if row["_copy"]:
            self.aside += row["_rows"]
            self.worth_aside += int(row["_worth"] or 0)
            self.noted.update(noted)
        else:
            self.kept += row["_rows"]
            self.worth_kept += int(row["_worth"] or 0)


class Copies:
    """The copies among ``rows``.

    ``profiled`` is what the profile counted in exactly these rows, by month; ``others`` are the
    used rows of the tables that this one's rules refer to. ``are_pieces``: whether equal rows are
    kept, since the whole table has one row a piece; None where these are all its rows, which then
    say so themselves (:func:`pieces.equal_rows_are_pieces`).
    """

    def __init__(
        self,
        rows: Rows,
        profiled: Mapping[int, RowCounts],
        others: Mapping[str, ir.Table],
        are_pieces: bool | None,
    ) -> None:
        self.rows, self.profiled, self.others = rows, profiled, others
        self.reading, self.table = rows.reading, rows.reading.table
        #: The rule that sets copies aside.
        self.rule = unique_rule(rows.reading)
        self._are_pieces = are_pieces

    @cached_property
    def are_pieces(self) -> bool:
        """Whether equal rows without an identity are kept."""
        if self._are_pieces is not None:
            return self._are_pieces
        total = RowCounts.sum(self.profiled.values())
        return equal_rows_are_pieces(self.rule, total, lambda: self.equal_lines)

    @cached_property
    def found(self) -> ir.Table | None:
        """The good rows that resemble others: as in :attr:`_resembling`, and judged.

        ``_copy`` is true for all but the first of each, unless they are pieces (``_kept``). None
        where no rows resemble each other.
        """
        few = self._resembling
        if few is None or self.rule is None:
            return None
        is_piece = ibis.literal(False)
        if self.are_pieces:
            is_piece = ~has_identity(self.rule, few)
        return few.mutate(_copy=few["_copy"] & ~is_piece, _kept=few["_copy"] & is_piece)

    @cached_property
    def by_month(self) -> dict[int, MonthOfCopies]:
        """Month -> its copies."""
        if self.found is None:
            return {}
        few = self.found.filter(self.found["_copy"] | self.found["_kept"])
        digits = self.rows.source.config.minor_digits
        few = few.mutate(_worth=net_of(few, digits) if self.rule and self.rule.pieces else 0)
        sums = note_sums(self.reading, few, self.others, self.rows.now)
        by_fate = few.group_by("_day", "_copy").agg(
            _rows=few.count(), _worth=few["_worth"].sum(), **sums
        )
        found: defaultdict[int, MonthOfCopies] = defaultdict(MonthOfCopies)
        for row in self.rows.run(by_fate):
            noted = {name: int(row[name] or 0) for name in sums}
            found[self.rows.dates.month(row["_day"])].add(row, noted)
        return dict(found)

    @cached_property
    def counts(self) -> dict[int, RowCounts]:
        """What each month held, copies of other rows among those set aside."""
        counts = dict(self.profiled)
        for month, one in self.by_month.items():
            assert self.rule is not None
            if one.aside:
                counts[month] = counts[month].without(one.aside, self.rule.name, one.noted)
            if one.aside and self.rule.pieces:
                counts[month] = counts[month].worth_of(self.rule.name, one.worth_aside)
            if one.kept:
                counts[month] = counts[month].with_noted(one.kept, EQUAL_LINES.name)
                counts[month] = counts[month].worth_of(EQUAL_LINES.name, one.worth_kept)
        return counts

    @cached_property
    def equal_lines(self) -> dict[int, dict[int, EqualLines]]:
        """Month -> local day -> its equal lines: the evidence on whether they are pieces."""
        assert self.rule is not None
        rows = self.rows
        lines: dict[int, dict[int, EqualLines]] = {month: {} for month in self.profiled}
        some = {}
        if self._resembling is not None:
            some = {row["_day"]: row for row in rows.run(by_day(self._resembling, self.rule))}
        good = rows.typed(rows.good(rows.raw))
        good = good.filter(~has_identity(self.rule, good)).select(_day=rows.day(good))
        nothing = dict.fromkeys(EqualLines._fields[1:], 0)
        for row in rows.run(good.group_by("_day").agg(_rows=good.count())):
            day = row["_day"]
            counted = EqualLines.of(nothing | some.get(day, {}) | {"_rows": row["_rows"]})
            lines[rows.dates.month(day)][day] = counted
        return lines

    def alone(self) -> ir.Table:
        """The good rows that resemble no other, typed."""
        keyed = self._keyed(self.rows.raw)
        return self.rows.typed(keyed.anti_join(self._shared_keys, LIKE))

    @cached_property
    def _resembling(self) -> ir.Table | None:
        """The good rows that resemble others: typed, with their places, raw values and ``_day``.

        ``_copy`` is true for all but the first of each, ``_times`` is how many there are of each.
        None where no rows resemble each other.
        """
        if self._shared_keys is None or self.rule is None:
            return None
        few = self._keyed(self.rows.located).semi_join(self._shared_keys, LIKE)
        few = self.rows.judged(few, (*self.reading.present, *PLACE), RAW)
        few = few.mutate(_day=self.rows.day(few))
        month = month_of(few["_day"]) if self.rule.identity and self.table.dated else None
        few = few.mutate(
            _copy=copies(self.rule, self.table, few, month),
            _times=times(self.rule, self.table, few, month),
        )
        return self.rows.keep(few)

    @cached_property
    def _shared_keys(self) -> ir.Table | None:
        """Keys that more than one good row shares: rows worth comparing. None if there are none.

        Many rows are taken in several passes, each over its share of all keys.
        """
        count = sum(one.good for one in self.profiled.values())
        if self.rule is None or count < 2:
            return None
        keys = self._keyed(self.rows.raw).select(LIKE)
        passes = -(-count // KEYS_A_PASS)
        found = []
        for nth in range(passes):
            share = keys if passes == 1 else keys.filter((keys[LIKE] % passes).abs() == nth)
            shared = share.group_by(LIKE).agg(_times=share.count())
            shared = shared.filter(shared._times > 1).select(LIKE)
            found.append(self.rows.source.run(shared, self.table.name))
        shared_keys = pa.concat_tables(found)
        return ibis.memtable(shared_keys) if shared_keys.num_rows else None

    def _keyed(self, rows: ir.Table) -> ir.Table:
        """Good raw rows with a key that copies are certain to share."""
        assert self.rule is not None
        good = self.rows.good(rows)
        key = told_apart(
            self.rule, self.table, self.rows.values(good), likeness(self.rule, self.table)
        )
        return good.mutate(**{LIKE: digest(self.rows.source.con, key)})
