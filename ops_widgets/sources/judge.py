"""One table judged by the contract: how many rows are good, which are not, and by which rule."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from ops_widgets.sources.casts import missing
from ops_widgets.sources.connect import Source
from ops_widgets.sources.examples import EXAMPLES, as_examples
from ops_widgets.sources.results import RuleResult, TableResult
from ops_widgets.sources.rules import (
    copies,
    first_broken,
    likeness,
    note_rules,
    row_rules,
    unique_rule,
)

#: What a null means in a column whose null has a meaning.
DEFAULTS = {"orders": {"status": "completed"}}
#: Before a column's name: its value as the source has it, beside the typed one.
RAW = "_raw_"


class Judged:
    """A mapped table of ``source`` at the moment ``now`` (naive UTC).

    ``others`` are the used rows of the tables that this one's rules refer to.
    """

    def __init__(
        self, source: Source, name: str, others: dict[str, ir.Table], now: datetime
    ) -> None:
        self.source, self.name, self.others, self.now = source, name, others, now
        self.reading = source.reading(name)
        self.table = self.reading.table
        self.unique = unique_rule(self.reading)

    @cached_property
    def used(self) -> ir.Table:
        """Good rows, exactly the contract's columns; only rows that may be copies are sorted."""
        good = self._good(self.reading.rows)
        if not self._copies:
            return good
        alone, doubtful = self._split(good)
        firsts = doubtful.filter(~doubtful._copy).select(*self.table.names)
        return alone.select(*self.table.names).union(firsts)

    @cached_property
    def rejects(self) -> ir.Table:
        """Rows set aside: ``rule``, then the contract's columns as the source has them."""
        return self._aside.drop("_file", "_row")

    @cached_property
    def result(self) -> TableResult:
        """The numbers and examples of this table."""
        rejected = Counter(self._counts)
        del rejected[""]
        if self.unique and self._copies:
            rejected[self.unique.name] = self._copies
        noted = Counter({rule: count for rule, count in self._notes.items() if count})
        rows_in, rows_rejected = sum(self._counts.values()), rejected.total()
        return TableResult(
            table=self.name,
            rows_in=rows_in,
            rows_used=rows_in - rows_rejected,
            rows_rejected=rows_rejected,
            rules=self._rules(rejected, noted),
            missing_columns=tuple(
                c.name
                for c in self.table.columns
                if not c.required and c.name not in self.reading.present
            ),
        )

    def days(self, column: str) -> tuple[date | None, date | None]:
        """First and last local day of a timestamp column among the good rows."""
        zone = ZoneInfo(self.source.config.timezone)
        good = next((row for row in self._first_pass if row["_rule"] is None), {})
        first, last = (
            moment.replace(tzinfo=UTC).astimezone(zone).date() if moment else None
            for moment in (good.get(f"_{end}_{column}") for end in ("min", "max"))
        )
        return first, last

    # --- asking the engine -------------------------------------------------------------------

    @cached_property
    def _first_pass(self) -> list[dict[str, Any]]:
        """One row for each rule that rows break first, and one (``_rule`` null) for the good."""
        rows = self.reading.rows
        seen = rows.select(_rule=self._first_broken(rows), **self._filled(rows))
        wanted = {"_rows": seen.count()} | self._note_sums(seen)
        for column in self.table.columns:
            if column.required and column.type == "timestamp":
                wanted[f"_min_{column.name}"] = seen[column.name].min()
                wanted[f"_max_{column.name}"] = seen[column.name].max()
        if self.reading.files and self.reading.files.is_csv:
            # A text that nobody decodes is not checked: another encoding may hide in it.
            wanted |= {f"_count_{name}": seen[name].count() for name in self.reading.present}
        return self._run(seen.group_by("_rule").agg(**wanted))

    @cached_property
    def _counts(self) -> dict[str, int]:
        return {row["_rule"] or "": row["_rows"] for row in self._first_pass}

    @cached_property
    def _twice(self) -> ir.Table | None:
        """Keys that more than one good row shares: rows worth comparing. None if there are none."""
        if self.unique is None or self._counts.get("", 0) < 2:
            return None
        good = self._good(self.reading.rows)
        keys = good.select(**likeness(self.unique, self.table, good))
        shared = keys.group_by(keys.columns).agg(_times=keys.count())
        found = self.source.run(shared.filter(shared._times > 1).drop("_times"), self.name)
        return ibis.memtable(found) if found.num_rows else None

    @cached_property
    def _among_copies(self) -> dict[str, int]:
        """How many rows are copies (``_rows``), and what the notes count among them."""
        if self._twice is None:
            return {}
        _, doubtful = self._split(self._good(self.reading.rows))
        found = doubtful.filter(doubtful._copy)
        return self._run(found.aggregate(_rows=found.count(), **self._note_sums(found)))[0]

    @property
    def _copies(self) -> int:
        return self._among_copies.get("_rows", 0)

    @cached_property
    def _notes(self) -> dict[str, int]:
        good = next((row for row in self._first_pass if row["_rule"] is None), {})
        return {
            name: (good.get(name) or 0) - (self._among_copies.get(name) or 0)
            for name in (rule.name for rule in self.table.rules if rule.severity == "note")
        }

    def _note_sums(self, rows: ir.Table) -> dict[str, ir.Value]:
        return {
            note.rule.name: ibis.ifelse(note.where.fill_null(False), 1, 0).sum()
            for note in note_rules(self.reading, rows, self.others, self.now)
        }

    def _rules(self, rejected: Counter[str], noted: Counter[str]) -> list[RuleResult]:
        """Rules that at least one row broke, in the order in which they were asked."""
        asked = [broken.rule for broken in row_rules(self.reading, self.reading.rows, self.now)]
        asked += [self.unique] if self.unique else []
        asked += [rule for rule in self.table.rules if rule.severity == "note"]
        counts = rejected + noted
        located = self._examples(rejected, noted)
        return [
            RuleResult(
                table=self.name,
                rule=rule.name,
                severity=rule.severity,
                columns=rule.columns,
                count=counts[rule.name],
                remedy=rule.remedy,
                examples=as_examples(
                    self.reading, self.source.config.folder, rule, located[rule.name]
                ),
            )
            for rule in asked
            if counts[rule.name]
        ]

    def _examples(
        self, rejected: Counter[str], noted: Counter[str]
    ) -> dict[str, list[dict[str, Any]]]:
        """Rule -> its first rows, raw and with ``_file`` and ``_row``."""
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in rejected | noted}
        if rejected:
            rows = self._aside
            order = [rows[name].asc() for name in ("_file", "_row", *self.table.required_names)]
            place = ibis.row_number().over(ibis.window(group_by=rows.rule, order_by=order))
            few = rows.mutate(_place=place).filter(ibis._._place < EXAMPLES)
            for row in self._run(few.order_by("rule", "_place").drop("_place")):
                found[row["rule"]].append(row)
        if noted:
            good = self._good(self.reading.located, _file="_file", _row="_row")
            for note in note_rules(self.reading, good, self.others, self.now):
                if noted[note.rule.name]:
                    found[note.rule.name] = self._run(good.filter(note.where).limit(EXAMPLES))
        return found

    @cached_property
    def _aside(self) -> ir.Table:
        """The rows set aside, read once for the examples and the rejects; with their places."""
        return self.source.keep(self._set_aside(self.reading.located), self.name)

    # --- expressions -------------------------------------------------------------------------

    def _first_broken(self, rows: ir.Table) -> ir.StringValue:
        return first_broken(row_rules(self.reading, rows, self.now))

    def _filled(self, rows: ir.Table) -> dict[str, ir.Value]:
        values = self.reading.values(rows)
        for name, default in DEFAULTS.get(self.name, {}).items():
            values[name] = values[name].fill_null(default)
        return values

    def _good(self, rows: ir.Table, **beside: str) -> ir.Table:
        """Rows that break no row rule, typed; ``beside``: new name -> raw column to carry along."""
        good = rows.filter(self._first_broken(rows).isnull())
        carried = {name: good[column] for name, column in beside.items()}
        return good.select(**self._filled(good), **carried)

    def _split(self, good: ir.Table) -> tuple[ir.Table, ir.Table]:
        """Rows that resemble no other, and the rest with ``_copy``: true for all but the first."""
        unique, twice = self.unique, self._twice
        assert unique is not None
        assert twice is not None
        keyed = good.mutate(**likeness(unique, self.table, good))
        doubtful = keyed.semi_join(twice, twice.columns)
        doubtful = doubtful.mutate(_copy=copies(unique, self.table, doubtful))
        return keyed.anti_join(twice, twice.columns), doubtful

    def _set_aside(self, rows: ir.Table) -> ir.Table:
        """Every row of ``rows`` that is not used, with its rule, as the source has it."""
        place = ["_file", "_row"]
        unmapped = {
            column.name: missing(column.type)
            for column in self.table.columns
            if column.name not in self.reading.present
        }

        def as_in_source(found: ir.Table, rule: ir.Value, raw: str) -> ir.Table:
            values = {name: found[raw + name] for name in self.reading.present} | unmapped
            ordered = {name: values[name] for name in self.table.names}
            return found.select(rule=rule, **ordered, **{name: found[name] for name in place})

        broken = rows.filter(self._first_broken(rows).notnull())
        broken = as_in_source(broken, self._first_broken(broken), "")
        if not self._copies or self.unique is None:
            return broken
        carried = {RAW + name: name for name in self.reading.present}
        carried |= {name: name for name in place}
        _, doubtful = self._split(self._good(rows, **carried))
        found = doubtful.filter(doubtful._copy)
        return broken.union(as_in_source(found, ibis.literal(self.unique.name), RAW))

    def _run(self, expr: ir.Table) -> list[dict[str, Any]]:
        return self.source.run(expr, self.name).to_pylist()
