"""One table, or some months of it, validated: which rows are good, and which are set aside."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from ops_widgets.contract.table import Rule
from ops_widgets.sources.casts import missing
from ops_widgets.sources.reading import PLACE, PLACEHOLDER
from ops_widgets.sources.shape import LEFT_OUT
from ops_widgets.validation.alike import RAW, Alike
from ops_widgets.validation.copies import Copies
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.examples import EXAMPLES, Examples, brief, of_left_out
from ops_widgets.validation.months import NO_MONTH
from ops_widgets.validation.pieces import EqualLines
from ops_widgets.validation.rows import BROKEN
from ops_widgets.validation.rules import EQUAL_LINES, note_rules


class Validated:
    """The rows of which some are ``alike``: which are used, and which set aside.

    ``others`` and ``are_pieces`` are those of :class:`copies.Copies`.
    """

    def __init__(
        self,
        alike: Alike,
        others: Mapping[str, ir.Table],
        *,
        are_pieces: bool | None = None,
    ) -> None:
        self.reading, self.table, self.name = alike.reading, alike.table, alike.table.name
        self._rows, self._alike = alike.rows, alike
        self._copies = Copies(alike, others, are_pieces)

    @cached_property
    def used(self) -> ir.Table:
        """Good rows, exactly the contract's columns; only rows that may be copies are sorted."""
        found = self._copies.found
        if found is None or not self._copies.by_month:
            return self._rows.typed(self._rows.good(self._rows.raw))
        return self._alike.alone().union(found.filter(~found["_copy"]).select(*self.table.names))

    @property
    def counts(self) -> dict[int, RowCounts]:
        """What each month held, copies of other rows among those set aside."""
        return self._copies.counts

    @property
    def equal_lines(self) -> dict[int, dict[int, EqualLines]]:
        """Month -> local day -> its equal lines: the evidence on whether they are pieces."""
        return self._alike.equal_lines

    @cached_property
    def aside(self) -> ir.Table:
        """Rows set aside: ``rule``, the contract's columns as the source has them, and places.

        ``_file``, ``_row`` and ``_day`` (local day number) are null where they are not known.
        """
        return self._rows.keep(self._set_aside())

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
            for row in self._rows.run(few):
                self._keep_example(found, row["rule"], row)
        for rule, broken in self._noted(total).items():
            for row in self._rows.run(broken.limit(EXAMPLES)):
                self._keep_example(found, rule, row)
        for name in total.left_out:
            assert self.reading.left_out is not None
            rows = self.reading.left_out
            few = rows.filter(rows[LEFT_OUT] == name).order_by(*PLACE).limit(EXAMPLES)
            found[NO_MONTH][name] = [of_left_out(self.table, row) for row in self._rows.run(few)]
        return found

    def _noted(self, total: RowCounts) -> dict[str, ir.Table]:
        """Rule -> the rows, typed and with their places, that a note among ``total`` counts."""
        if not total.noted:
            return {}
        good = self._rows.judged(self._rows.good(self._rows.located), PLACE)
        good = good.mutate(_day=self._rows.day(good))
        notes = note_rules(self.reading, good, self._copies.others, self._rows.now)
        noted = {
            note.rule.name: _as_written(note.rule, good.filter(note.where))
            for note in notes
            if total.noted.get(note.rule.name)
        }
        if total.noted.get(EQUAL_LINES.name) and (found := self._copies.found) is not None:
            kept = found.filter(found["_kept"])
            places = [kept[RAW + name].name(name) for name in PLACE]
            kept = kept.select(*self.table.names, *places, "_day").order_by(*PLACE)
            noted[EQUAL_LINES.name] = kept
        return noted

    def _keep_example(self, found: dict[int, Examples], rule: str, row: dict[str, Any]) -> None:
        rows = found[self._rows.dates.month(row["_day"])].setdefault(rule, [])
        if len(rows) < EXAMPLES:
            rows.append(brief(self.table, rule, row))

    def _set_aside(self) -> ir.Table:
        """Every chosen row that is not used, with its rule, as the source has it."""
        rows = self._rows.located
        broken = rows.filter(rows[BROKEN].notnull())
        day = self._rows.day(self._rows.values(broken))
        found = self._as_in_source(broken, broken[BROKEN], day)
        copies, rule = self._copies.found, self._copies.rule
        if copies is None or rule is None or not self._copies.by_month:
            return found
        later = copies.filter(copies["_copy"])
        return found.union(self._as_in_source(later, ibis.literal(rule.name), later["_day"], RAW))

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


def _as_written(rule: Rule, rows: ir.Table) -> ir.Table:
    """The rows that a note counts; of a word for no id, which is null in them, the word."""
    if rule.kind != "no_placeholder":
        return rows
    return rows.mutate(**{name: rows[PLACEHOLDER + name] for name in rule.columns})


def _has_no_bounds(kind: dt.DataType) -> bool:
    """Whether values may lie beyond what programs know (infinity): they are set aside as text."""
    return kind.is_temporal() or (kind.is_decimal() and kind.precision is None)
