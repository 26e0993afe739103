"""One table, or some months of it, validated: which rows are good, and which are set aside."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa

from ops_widgets.sources.casts import missing
from ops_widgets.sources.clock import month_of
from ops_widgets.sources.connect import Source
from ops_widgets.sources.reading import Reading
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.digest import digest
from ops_widgets.validation.examples import EXAMPLES, Examples, brief
from ops_widgets.validation.months import Dates, Months
from ops_widgets.validation.pieces import EqualLines, by_day, net_of
from ops_widgets.validation.profile import filled, note_sums
from ops_widgets.validation.rules import (
    copies,
    equal_rule,
    first_broken,
    has_identity,
    likeness,
    note_rules,
    row_rules,
    times,
    told_apart,
    unique_rule,
)

#: Before a column's name: its value as the source has it, beside the typed one.
RAW = "_raw_"

#: The hash that rows share which may be copies of each other.
LIKE = "_like"
#: Hashes that are compared at once: what bounds the memory of a check.
KEYS_A_PASS = 8_000_000
#: Where a row is in its source.
PLACE = ("_file", "_row")


@dataclass
class Copies:
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


class Validated:
    """The rows of ``reading`` (all, or those of ``months``) at the moment ``now`` (naive UTC).

    ``profiled`` is what the profile counted in exactly these rows, by month; ``others`` are the
    used rows of the tables that this one's rules refer to. ``are_pieces``: equal rows are kept,
    since the whole table has one row a piece (:func:`pieces.one_row_a_piece`). ``digits`` are the
    currency's.
    """

    def __init__(
        self,
        source: Source,
        reading: Reading,
        profiled: Mapping[int, RowCounts],
        others: Mapping[str, ir.Table],
        now: datetime,
        months: Months | None = None,
        *,
        are_pieces: bool = False,
        digits: int = 2,
    ) -> None:
        self.source, self.reading, self.profiled = source, reading, profiled
        self.others, self.now, self.months = others, now, months
        self.table = reading.table
        self.name = reading.table.name
        self.unique = unique_rule(reading)
        self.equal = equal_rule(reading) if are_pieces else None
        self.digits = digits
        self.dates = Dates(source.config.timezone, now)

    @cached_property
    def used(self) -> ir.Table:
        """Good rows, exactly the contract's columns; only rows that may be copies are sorted."""
        shared_keys, candidates = self._shared_keys, self._candidates
        if shared_keys is None or candidates is None or not self._copies:
            return self._typed(self._good(self.reading.rows))
        alone = self._typed(self._keyed(self.reading.rows).anti_join(shared_keys, LIKE))
        return alone.union(candidates.filter(~candidates._copy).select(*self.table.names))

    @cached_property
    def counts(self) -> dict[int, RowCounts]:
        """What each month held, copies of other rows among those set aside."""
        found = dict(self.profiled)
        for month, one in self._copies.items():
            assert self.unique is not None
            if one.aside:
                found[month] = found[month].without(one.aside, self.unique.name, one.noted)
            if one.aside and self.unique.pieces:
                found[month] = found[month].worth_of(self.unique.name, one.worth_aside)
            if one.kept and self.equal:
                found[month] = found[month].with_noted(one.kept, self.equal.name)
                found[month] = found[month].worth_of(self.equal.name, one.worth_kept)
        return found

    @cached_property
    def equal_lines(self) -> dict[int, dict[int, EqualLines]]:
        """Month -> local day -> its equal lines: the evidence on whether they are pieces."""
        assert self.unique is not None
        found: dict[int, dict[int, EqualLines]] = {month: {} for month in self.profiled}
        some = {}
        if self._candidates is not None:
            some = {row["_day"]: row for row in self._run(by_day(self._candidates, self.unique))}
        good = self._typed(self._good(self.reading.rows))
        good = good.filter(~has_identity(self.unique, _columns(good))).select(_day=self._day(good))
        nothing = dict.fromkeys(EqualLines._fields[1:], 0)
        for row in self._run(good.group_by("_day").agg(_rows=good.count())):
            day = row["_day"]
            counted = EqualLines.of(nothing | some.get(day, {}) | {"_rows": row["_rows"]})
            found[self.dates.month(day)][day] = counted
        return found

    @cached_property
    def aside(self) -> ir.Table:
        """Rows set aside: ``rule``, the contract's columns as the source has them, and places.

        ``_file``, ``_row`` and ``_day`` (local day number) are null where they are not known.
        """
        return self.source.keep(self._set_aside(), self.name)

    @cached_property
    def rejects(self) -> ir.Table:
        """Rows set aside: ``rule``, then the contract's columns as the source has them."""
        return self.aside.drop("_file", "_row", "_day")

    @cached_property
    def examples(self) -> dict[int, Examples]:
        """By month, the first few rows of every rule that its rows broke."""
        total = RowCounts.sum(self.counts.values())
        found: dict[int, Examples] = {month: {} for month in self.counts}
        if total.rejected:
            rows = self.aside
            order = [rows[name].asc() for name in (*PLACE, *self.table.required_names)]
            window = ibis.window(group_by=[rows.rule, rows["_day"]], order_by=order)
            few = rows.mutate(_nth=ibis.row_number().over(window))
            few = few.filter(few["_nth"] < EXAMPLES).order_by(*PLACE, "_nth").drop("_nth")
            for row in self._run(few):
                self._keep_example(found, row["rule"], row)
        if total.noted:
            good = self._typed(self._good(self.reading.located), PLACE)
            good = good.mutate(_day=self._day(good))
            for note in note_rules(self.reading, good, self.others, self.now):
                if total.noted.get(note.rule.name):
                    for row in self._run(good.filter(note.where).limit(EXAMPLES)):
                        self._keep_example(found, note.rule.name, row)
            if self.equal and total.noted.get(self.equal.name) and self._candidates is not None:
                kept = self._candidates.filter(self._candidates["_kept"])
                kept = kept.select(
                    *self.table.names, *(kept[RAW + n].name(n) for n in PLACE), "_day"
                )
                for row in self._run(kept.order_by(*PLACE).limit(EXAMPLES)):
                    self._keep_example(found, self.equal.name, row)
        return found

    def _keep_example(self, found: dict[int, Examples], rule: str, row: dict[str, Any]) -> None:
        rows = found[self.dates.month(row["_day"])].setdefault(rule, [])
        if len(rows) < EXAMPLES:
            rows.append(brief(self.table, rule, row))

    # --- asking the engine -------------------------------------------------------------------

    @cached_property
    def _shared_keys(self) -> ir.Table | None:
        """Keys that more than one good row shares: rows worth comparing. None if there are none.

        Many rows are taken in several passes, each over its share of all keys.
        """
        count = sum(one.good for one in self.profiled.values())
        if self.unique is None or count < 2:
            return None
        keys = self._keyed(self.reading.rows).select(LIKE)
        passes = -(-count // KEYS_A_PASS)
        found = []
        for nth in range(passes):
            share = keys if passes == 1 else keys.filter((keys[LIKE] % passes).abs() == nth)
            shared = share.group_by(LIKE).agg(_times=share.count())
            found.append(self.source.run(shared.filter(shared._times > 1).select(LIKE), self.name))
        shared_keys = pa.concat_tables(found)
        return ibis.memtable(shared_keys) if shared_keys.num_rows else None

    @cached_property
    def _copies(self) -> dict[int, Copies]:
        """Month -> its copies."""
        if self._candidates is None:
            return {}
        few = self._candidates
        few = few.filter(few["_copy"] | few["_kept"])
        worth = net_of(few, self.digits) if self.unique and self.unique.pieces else 0
        few = few.mutate(_worth=worth)
        sums = note_sums(self.reading, few, self.others, self.now)
        by_fate = few.group_by("_day", "_copy").agg(
            _rows=few.count(), _worth=few["_worth"].sum(), **sums
        )
        found: defaultdict[int, Copies] = defaultdict(Copies)
        for row in self._run(by_fate):
            noted = {name: int(row[name] or 0) for name in sums}
            found[self.dates.month(row["_day"])].add(row, noted)
        return dict(found)

    @cached_property
    def _candidates(self) -> ir.Table | None:
        """The good rows that resemble others: typed, with their places, raw values and ``_day``.

        ``_copy`` is true for all but the first of each, unless they are pieces (``_kept``);
        ``_times`` is how many there are of each. None where no rows resemble each other.
        """
        if self._shared_keys is None or self.unique is None:
            return None
        few = self._keyed(self.reading.located).semi_join(self._shared_keys, LIKE)
        few = self._typed(few, (*self.reading.present, *PLACE), RAW)
        few = self.source.keep(few, self.name)
        few = few.mutate(_day=self._day(few))
        month = month_of(few["_day"]) if self.unique.identity and self.table.dated else None
        few = few.mutate(
            _copy=copies(self.unique, self.table, few, month),
            _times=times(self.unique, self.table, few, month),
        )
        is_piece = ibis.literal(False)
        if self.equal:
            is_piece = ~has_identity(self.unique, _columns(few))
        return few.mutate(_copy=few["_copy"] & ~is_piece, _kept=few["_copy"] & is_piece)

    def _run(self, expr: ir.Table) -> list[dict[str, Any]]:
        return self.source.run(expr, self.name).to_pylist()

    # --- expressions -------------------------------------------------------------------------

    def _within(self, rows: ir.Table) -> ir.Table:
        """Those of raw ``rows`` that belong to the chosen months."""
        if self.months is None:
            return rows
        moment = self.reading.values(rows)[self.table.dated]
        stored = rows[self.table.dated]
        return rows.filter(self.dates.within(self.months, moment, stored))

    def _day(self, typed: ir.Table) -> ir.IntegerValue:
        """The local day number of typed rows; null in a table that is not dated."""
        return self.dates.day(typed[self.table.dated]) if self.table.dated else ibis.null("int64")

    def _first_broken(self, rows: ir.Table) -> ir.StringValue:
        return first_broken(row_rules(self.reading, rows, self.now))

    def _good(self, rows: ir.Table) -> ir.Table:
        """Chosen raw rows that break no row rule."""
        rows = self._within(rows)
        return rows.filter(self._first_broken(rows).isnull())

    def _typed(self, good: ir.Table, carried: Collection[str] = (), prefix: str = "") -> ir.Table:
        """Raw rows as the contract's columns, with raw columns ``carried`` along."""
        beside = {prefix + name: good[name] for name in carried}
        return good.select(**filled(self.reading, good), **beside)

    def _keyed(self, rows: ir.Table) -> ir.Table:
        """Good raw rows with a key that copies are certain to share."""
        assert self.unique is not None
        good = self._good(rows)
        values = self.reading.values(good)
        key = told_apart(self.unique, self.table, values, likeness(self.unique, self.table))
        return good.mutate(**{LIKE: digest(self.source.con, key)})

    def _set_aside(self) -> ir.Table:
        """Every chosen row that is not used, with its rule, as the source has it."""
        rows = self._within(self.reading.located)
        broken = rows.filter(self._first_broken(rows).notnull())
        moment = self.reading.values(broken).get(self.table.dated)
        day = ibis.null("int64") if moment is None else self.dates.day(moment)
        found = self._as_in_source(broken, self._first_broken(broken), day)
        if not self._copies or self._candidates is None or self.unique is None:
            return found
        later = self._candidates.filter(self._candidates._copy)
        rule = ibis.literal(self.unique.name)
        return found.union(self._as_in_source(later, rule, later["_day"], RAW))

    def _as_in_source(
        self, rows: ir.Table, rule: ir.Value, day: ir.Value, prefix: str = ""
    ) -> ir.Table:
        values = {
            column.name: rows[prefix + column.name]
            if column.name in self.reading.present
            else missing(column.type)
            for column in self.table.columns
        }
        values = {
            name: value.cast("string") if _has_no_bounds(value.type()) else value
            for name, value in values.items()
        }
        places = {name: rows[prefix + name] for name in PLACE}
        return rows.select(rule=rule, **values, **places, _day=day)


def _columns(rows: ir.Table) -> dict[str, ir.Value]:
    return {name: rows[name] for name in rows.columns}


def _has_no_bounds(kind: dt.DataType) -> bool:
    """Whether values may lie beyond what programs know (infinity): they are set aside as text."""
    return kind.is_temporal() or (kind.is_decimal() and kind.precision is None)
