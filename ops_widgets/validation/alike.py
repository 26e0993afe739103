"""The good rows of a table that resemble others: all that may be copies, whatever is made of them.

Nothing but rows that share a hash of a few columns is ever compared as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ops_widgets.sources.clock import month_of
from ops_widgets.sources.reading import PLACE
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.digest import digest
from ops_widgets.validation.identity import copies, has_identity, likeness, times, told_apart
from ops_widgets.validation.pieces import EqualLines, by_day
from ops_widgets.validation.rows import Rows
from ops_widgets.validation.rules import unique_rule

#: Before a column's name: its value as the source has it, beside the typed one.
RAW = "_raw_"

#: The hash that rows share which may be copies of each other.
LIKE = "_like"
#: Hashes that are compared at once: what bounds the memory of a check.
KEYS_A_PASS = 8_000_000


class Alike:
    """Those among ``rows``; ``profiled`` is what the profile counted in exactly these, by month."""

    def __init__(self, rows: Rows, profiled: Mapping[int, RowCounts]) -> None:
        self.rows, self.profiled = rows, profiled
        self.reading, self.table = rows.reading, rows.reading.table
        #: The rule that sets copies aside.
        self.rule = unique_rule(rows.reading)

    @cached_property
    def equal_lines(self) -> dict[int, dict[int, EqualLines]]:
        """Month -> local day -> its equal lines: the evidence on whether they are pieces."""
        assert self.rule is not None
        rows = self.rows
        lines: dict[int, dict[int, EqualLines]] = {month: {} for month in self.profiled}
        some = {}
        if self.found is not None:
            some = {row["_day"]: row for row in rows.run(by_day(self.found, self.rule))}
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
    def found(self) -> ir.Table | None:
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
