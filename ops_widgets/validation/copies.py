"""The copies among the good rows of a table: which, in which months, and what they are worth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir

from ops_widgets.validation.alike import Alike
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.identity import has_identity
from ops_widgets.validation.pieces import equal_rows_are_pieces, net_of
from ops_widgets.validation.profile import note_sums
from ops_widgets.validation.rules import EQUAL_LINES


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
    """The copies among rows that are ``alike``.

    ``others`` are the used rows of the tables that this one's rules refer to. ``are_pieces``:
    whether equal rows are kept, since the whole table has one row a piece; None where these are
    all its rows, which then say so themselves (:func:`pieces.equal_rows_are_pieces`).
    """

    def __init__(
        self, alike: Alike, others: Mapping[str, ir.Table], are_pieces: bool | None
    ) -> None:
        self.alike, self.rows, self.rule, self.others = alike, alike.rows, alike.rule, others
        self._are_pieces = are_pieces

    @cached_property
    def are_pieces(self) -> bool:
        """Whether equal rows without an identity are kept."""
        if self._are_pieces is not None:
            return self._are_pieces
        total = RowCounts.sum(self.alike.profiled.values())
        return equal_rows_are_pieces(self.rule, total, lambda: self.alike.equal_lines)

    @cached_property
    def found(self) -> ir.Table | None:
        """The good rows that resemble others: as in :attr:`Alike.found`, and judged.

        ``_copy`` is true for all but the first of each, unless they are pieces (``_kept``). None
        where no rows resemble each other.
        """
        few = self.alike.found
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
        sums = note_sums(self.alike.reading, few, self.others, self.rows.now)
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
        counts = dict(self.alike.profiled)
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
