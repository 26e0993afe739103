"""Distinct customers that add up: signatures, or the customers themselves.

Distinct customers are kept as **signatures**: for every (cohort, period) how many customers
were active in exactly this set of (channel, category) cells, as bit masks. The number for any
choice of channels and categories is then ``sum(customers) where mask & chosen <> 0``: exact,
although distinct counts do not add up by themselves. Where there are too many cells or too many
signatures, the customers themselves are kept, one row a cell in which one was active.

A refresh takes over the rows of all periods that nothing touched: neither their months nor the
cohort of anybody who was active in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from ops_widgets.summaries.customers.cells import Cells
from ops_widgets.summaries.customers.history import History

#: More signatures than these in one table, and a query would read longer than people wait:
#: 16 million take 0.1 s to filter and 130 MB on disk.
MAX_SIGNATURES = 16_000_000
#: Rows of customers that are regrouped at once: what bounds the memory of a build.
BATCH_ROWS = 4_000_000
#: Raise it with every change of what :meth:`Signatures.write` gives.
VERSION = 2


@dataclass(frozen=True)
class Signatures:
    """Writes the active customers of a ``history`` into its schema ``out``."""

    history: History

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """Holds the partials, and the schema ``out`` that is written."""
        return self.history.con

    @property
    def cells(self) -> Cells:
        """Where customers can be active."""
        return self.history.cells

    @property
    def basis(self) -> str:
        """The partial that says when customers were active."""
        return self.history.basis

    def write(self, grain: str) -> dict[str, int]:
        """Signatures, or the customers themselves where there would be too many."""
        if self.cells.in_masks:
            name = f"signature_{self.basis}_{grain}"
            masks = ", ".join(self.cells.mask_names)
            rows = self._by_period(
                name,
                grain,
                f"select cohort_index, period_index, acquired, {masks}, "
                "count(*)::bigint as customers from active group by all "
                f"order by period_index, cohort_index, {masks}, acquired",
                limit=MAX_SIGNATURES,
            )
            if rows <= MAX_SIGNATURES:
                return {name: rows}
            self.con.execute(f"drop table out.{name}")
            touched = " or ".join(
                f"(mask_column = {i} and {mask} & bit <> 0)"
                for i, mask in enumerate(self.cells.mask_names)
            )
            source = f"active join out.cell on {touched}"
        else:
            source = "active"
        name = f"active_{self.basis}_{grain}"
        chosen = f"select cohort_index, period_index, acquired, cell, customer from {source}"
        rows = self._by_period(name, grain, f"{chosen} order by all")
        return {name: rows}

    def _by_period(self, name: str, grain: str, sql: str, limit: int | None = None) -> int:
        """Run ``sql`` over ``active`` (one row a customer, period and cell or masks) in batches.

        Periods that have not changed are copied from the old generation.
        """
        rows = 0
        self._make_active(grain, 0, -1)
        self.con.execute(f"create table out.{name} as {sql} limit 0")
        changed = self._changed_in(name, grain)
        if changed is not None:
            copied = f"from old.{name} where period_index not in (select unnest($changed))"
            done = self.con.execute(f"insert into out.{name} {copied}", {"changed": changed})
            rows += _count(done)
        for first, last in self._batches(grain, changed):
            self._make_active(grain, first, last)
            rows += _count(self.con.execute(f"insert into out.{name} {sql}"))
            if limit is not None and rows > limit:
                break
        self.con.execute("drop view active; drop table split")
        return rows

    def _changed_in(self, name: str, grain: str) -> list[int] | None:
        """The periods to be written anew; None for all of them."""
        held = "select 1 from duckdb_tables() where database_name = 'old' and table_name = ?"
        if self.history.changed is None or not self.con.execute(held, [name]).fetchone():
            return None
        return sorted(self.history.changed[grain])

    def _make_active(self, grain: str, first: int, last: int) -> None:
        """``active``: one row a customer, period of ``first..last``, and cell or masks."""
        masks = self.cells.mask_names
        where = ", ".join(masks) or "cell"
        united = ", ".join(f"bit_or({mask}) as {mask}" for mask in masks) or "cell"
        within = f"{grain}_index between {first} and {last}"
        # A week within one month has one row a customer: only the others are grouped again.
        split = (
            f"select {grain}_index from {self.basis} where {grain}_index between {first} and {last}"
        )
        if grain == "week":
            split += " group by 1 having count(distinct month_index) > 1"
        self.con.execute(f"create or replace temp table split as {split}")
        rows = f"""
            select customer, {grain}_index as period_index, {{where}} from {self.basis}
            where {within} and {grain}_index {{which}} (from split)
        """
        self.con.execute(
            f"""
            create or replace temp view active as
            with once as (
                {rows.format(where=where, which="not in")} union all
                {rows.format(where=united, which="in")} group by all
            )
            select once.*, cohort_{grain} as cohort_index, acquired
            from once join {self.history.table} using (customer)
            """
        )

    def _batches(self, grain: str, chosen: list[int] | None) -> Iterator[tuple[int, int]]:
        """Spans of chosen periods (None: all) with about :data:`BATCH_ROWS` rows each."""
        counts = self.con.execute(
            f"select {grain}_index, count(*) from {self.basis} group by 1 order by 1"
        ).fetchall()
        wanted = {period for period, _ in counts} if chosen is None else set(chosen)
        span: list[int] = []
        held = 0
        for period, count in counts:
            if span and (held >= BATCH_ROWS or period not in wanted):
                yield span[0], span[-1]
                span, held = [], 0
            if period in wanted:
                span, held = [*span, period], held + count
        if span:
            yield span[0], span[-1]


def _count(done: duckdb.DuckDBPyConnection) -> int:
    row = done.fetchone()
    return int(row[0]) if row else 0
