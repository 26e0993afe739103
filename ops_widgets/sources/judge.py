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
    TYPED,
    copies,
    first_broken,
    note_rules,
    row_rules,
    unique_rule,
)

#: What a null means in a column whose null has a meaning.
DEFAULTS = {"orders": {"status": "completed"}}


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
        """Good rows, exactly the contract's columns; nothing is sorted unless there are copies."""
        good = self._good(self.reading.rows)
        if not self._copies or self.unique is None:
            return good
        if self.unique.kind == "unique_row":
            return good.distinct()
        beside = good.rename({TYPED + name: name for name in good.columns})
        firsts = copies(self.unique, self.reading, beside, first=True)
        return firsts.rename({name: TYPED + name for name in good.columns})

    @cached_property
    def rejects(self) -> ir.Table:
        """Rows set aside: ``rule``, then the contract's columns as the source has them."""
        return self._set_aside(self.reading.rows)

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
        rows, values = self.reading.rows, self.reading.values(self.reading.rows)
        moments = [c.name for c in self.table.columns if c.required and c.type == "timestamp"]
        seen = rows.select(
            *rows.columns,
            _rule=first_broken(row_rules(self.reading, rows, self.now)),
            **{TYPED + name: values[name] for name in moments},
        )
        wanted = {"_rows": seen.count()}
        for name in moments:
            wanted |= {
                f"_min_{name}": seen[TYPED + name].min(),
                f"_max_{name}": seen[TYPED + name].max(),
            }
        if self.reading.files and self.reading.files.is_csv:
            # A text that is not decoded is not checked: a byte of another encoding may hide in it.
            wanted |= {f"_count_{name}": seen[name].count() for name in rows.columns}
        return self._run(seen.group_by("_rule").agg(**wanted))

    @cached_property
    def _counts(self) -> dict[str, int]:
        return {row["_rule"] or "": row["_rows"] for row in self._first_pass}

    @cached_property
    def _second_pass(self) -> dict[str, int]:
        """Rows that stay when copies are gone, and (for whole rows) what the notes count there."""
        good = self._good(self.reading.rows)
        if self.unique is None or self._counts.get("", 0) < 2:
            return {"_kept": self._counts.get("", 0)}
        if self.unique.kind == "unique":
            kept = good.select(*self.unique.columns).distinct()
            return self._run(kept.aggregate(_kept=kept.count()))[0]
        kept = good.distinct()
        return self._run(kept.aggregate(_kept=kept.count(), **self._note_sums(kept)))[0]

    @cached_property
    def _copies(self) -> int:
        return self._counts.get("", 0) - self._second_pass["_kept"]

    @cached_property
    def _notes(self) -> dict[str, int]:
        wanted = self._note_sums(self.reading.typed(self.reading.rows))
        if not wanted:
            return {}
        if wanted.keys() <= self._second_pass.keys():
            found = self._second_pass
        else:
            found = self._run(self.used.aggregate(**self._note_sums(self.used)))[0]
        return {name: found[name] or 0 for name in wanted}

    def _note_sums(self, rows: ir.Table) -> dict[str, ir.Value]:
        return {
            note.rule.name: note.where.fill_null(False).cast("int64").sum()
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
            rows = self._set_aside(self.reading.located)
            order = [rows[name].asc() for name in ("_file", "_row", *self.table.required_names)]
            place = ibis.row_number().over(ibis.window(group_by=rows.rule, order_by=order))
            few = rows.mutate(_place=place).filter(ibis._._place < EXAMPLES)
            for row in self._run(few.order_by("rule", "_place").drop("_place")):
                found[row["rule"]].append(row)
        if noted:
            located = self.reading.located
            good = self._good(located, located._file, located._row)
            for note in note_rules(self.reading, good, self.others, self.now):
                if noted[note.rule.name]:
                    found[note.rule.name] = self._run(good.filter(note.where).limit(EXAMPLES))
        return found

    # --- expressions -------------------------------------------------------------------------

    def _good(self, rows: ir.Table, *beside: ir.Value) -> ir.Table:
        """Rows that break no row rule, typed, with null defaults filled in."""
        rule = first_broken(row_rules(self.reading, rows, self.now))
        values = self._filled(rows)
        return rows.filter(rule.isnull()).select(**values, **{v.get_name(): v for v in beside})

    def _filled(self, rows: ir.Table) -> dict[str, ir.Value]:
        values = self.reading.values(rows)
        for name, default in DEFAULTS.get(self.name, {}).items():
            values[name] = values[name].fill_null(default)
        return values

    def _set_aside(self, rows: ir.Table) -> ir.Table:
        """Every row of ``rows`` that is not used, with its rule, as the source has it."""
        judged = rows.mutate(
            rule=first_broken(row_rules(self.reading, rows, self.now)),
            **{TYPED + name: value for name, value in self._filled(rows).items()},
        )
        unmapped = {
            column.name: missing(column.type)
            for column in self.table.columns
            if column.name not in self.reading.present
        }
        place = [name for name in ("_file", "_row") if name in rows.columns]

        def as_in_source(found: ir.Table) -> ir.Table:
            return found.mutate(**unmapped).select("rule", *self.table.names, *place)

        broken = as_in_source(judged.filter(judged.rule.notnull()))
        if self.unique is None or not self._copies:
            return broken
        twice = copies(self.unique, self.reading, judged.filter(judged.rule.isnull()))
        return broken.union(as_in_source(twice.mutate(rule=ibis.literal(self.unique.name))))

    def _run(self, expr: ir.Table) -> list[dict[str, Any]]:
        return self.source.run(expr, self.name).to_pylist()
