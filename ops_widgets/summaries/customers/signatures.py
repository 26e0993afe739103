"""Distinct customers that add up, and the life of a customer by period.

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
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from ops_widgets.summaries.customers.cells import Cells
from ops_widgets.summaries.partials import CELL_SLOTS

GRAINS = ("week", "month")
#: More signatures than these in one table, and a query would read longer than people wait:
#: 16 million take 0.1 s to filter and 130 MB on disk.
MAX_SIGNATURES = 16_000_000
#: Rows of customers that are regrouped at once: what bounds the memory of a build.
BATCH_ROWS = 4_000_000
#: Periods in one 64-bit word of a customer's history. Words overlap by one period, so that
#: every two neighbours are together in one of them.
WORD = 61
LIFECYCLE = ["period_index", "acquired", "new", "retained", "resurrected", "churned"]


@dataclass
class Customers:
    """The customers of one ``basis`` (a partial in ``con``), summarized into its schema ``out``.

    ``changed`` are the periods by grain that differ from the generation attached as ``old``;
    None: there is none to take anything over from.
    """

    con: duckdb.DuckDBPyConnection
    basis: str
    cells: Cells
    changed: dict[str, set[int]] | None = None
    _spans: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def history(self) -> str:
        """The table of one row a customer, made by :meth:`begin`."""
        return f"history_{self.basis}"

    @property
    def born(self) -> str:
        """The table that remembers cohorts for the next build."""
        return f"born_{self.basis}"

    def begin(self) -> int:
        """Make ``history``: when and where every customer began, and all its active periods.

        Periods are bits of words, see :data:`WORD`. Returns the number of customers.
        """
        masks = "".join(f", {name} bigint" for name in self.cells.mask_names or ["cell"])
        self.con.execute(
            f"create table if not exists {self.basis} (customer bigint, week_index bigint, "
            f"month_index bigint, first_key bigint, strangers bigint{masks})"
        )
        ends = self.con.execute(
            "select coalesce(min(week_index), 0), coalesce(max(week_index), -1), "
            f"coalesce(min(month_index), 0), coalesce(max(month_index), -1) from {self.basis}"
        ).fetchone()
        assert ends is not None
        self._spans = {"week": (ends[0], ends[1]), "month": (ends[2], ends[3])}
        words = [
            f"bit_or(case when {grain}_index between {start} and {start + WORD} "
            f"then 1::bigint << ({grain}_index - {start})::int else 0 end) as {grain}_{number}"
            for grain, span in self._spans.items()
            for number, start in enumerate(range(span[0], span[1] + 1, WORD))
        ]
        self.con.execute(
            f"""
            create or replace temp table {self.history} as
            select customer, min(first_key) as first_key,
                min(first_key) % {CELL_SLOTS} // {len(self.cells.categories)} as acquired,
                min(week_index) as cohort_week, min(month_index) as cohort_month,
                {", ".join(words or ["null as nothing"])}
            from {self.basis} group by customer
            """
        )
        self._find_moved()
        counted = self.con.execute(f"select count(*) from {self.history}").fetchone()
        return int(counted[0]) if counted else 0

    def _find_moved(self) -> None:
        """Every period of a customer whose cohort or channel is another one now has changed."""
        if self.changed is None:
            return
        self.con.execute(
            f"""
            create or replace temp table moved as
            select customer from {self.history} h full join {self.born} b using (customer)
            where (h.acquired, h.cohort_week, h.cohort_month)
                is distinct from (b.acquired, b.cohort_week, b.cohort_month)
            """
        )
        for grain in GRAINS:
            rows = self.con.execute(
                f"select distinct {grain}_index from {self.basis} semi join moved using (customer)"
            ).fetchall()
            self.changed[grain] |= {period for (period,) in rows}

    def remember(self) -> None:
        """Keep the cohorts for the next build."""
        self.con.execute(
            f"create or replace table {self.born} as "
            f"select customer, acquired, cohort_week, cohort_month from {self.history}"
        )

    def write(self, grain: str) -> dict[str, int]:
        """Write the summaries of one grain: name -> rows."""
        return self._active(grain) | self._lifecycle(grain)

    def _lifecycle(self, grain: str) -> dict[str, int]:
        """Every customer of a period is new, retained (active the one before) or resurrected.

        Churned were active the period before and are not now; so active(t) = new + retained +
        resurrected, and active(t-1) = retained(t) + churned(t).
        """
        name, span = f"lifecycle_{self.basis}_{grain}", self._spans[grain]
        self.con.execute(
            f"create table out.{name} ({', '.join(f'{column} bigint' for column in LIFECYCLE)})"
        )
        periods = range(span[0], span[1] + 1)
        if not periods:
            return {name: 0}
        counts = [f"count_if({_bits(grain, period, span)} & 1 = 1)" for period in periods]
        counts += [f"count_if({_bits(grain, period, span)} & 3 = 3)" for period in periods]
        by_channel = (
            f"select acquired, {', '.join(counts)} from {self.history} group by 1 order by 1"
        )
        born = dict(
            self.con.execute(
                f"select (acquired, cohort_{grain}), count(*) from {self.history} group by 1"
            ).fetchall()
        )
        rows = []
        for acquired, *found in self.con.execute(by_channel).fetchall():
            active, stayed = found[: len(periods)], found[len(periods) :]
            for place, period in enumerate([*periods, span[1] + 1]):
                here = active[place] if place < len(active) else 0
                before, retained = (active[place - 1], stayed[place - 1]) if place else (0, 0)
                new = born.get((acquired, period), 0)
                if here or before > retained:
                    back = here - new - retained
                    rows.append((period, acquired, new, retained, back, before - retained))
        if rows:
            columns = [pa.array(column, pa.int64()) for column in zip(*sorted(rows), strict=True)]
            self.con.register("counted", pa.table(columns, names=LIFECYCLE))
            self.con.execute(f"insert into out.{name} from counted")
            self.con.unregister("counted")
        return {name: len(rows)}

    def _active(self, grain: str) -> dict[str, int]:
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
        if self.changed is None or not self.con.execute(held, [name]).fetchone():
            return None
        return sorted(self.changed[grain])

    def _make_active(self, grain: str, first: int, last: int) -> None:
        """``active``: one row a customer, period of ``first..last``, and cell or masks."""
        masks = self.cells.mask_names
        where = ", ".join(masks) or "cell"
        united = ", ".join(f"bit_or({mask}) as {mask}" for mask in masks) or "cell"
        # A week within one month has one row a customer: only the others are grouped again.
        split = (
            f"select {grain}_index from {self.basis} where {grain}_index between {first} and {last}"
        )
        if grain == "week":
            split += " group by 1 having count(distinct month_index) > 1"
        self.con.execute(f"create or replace temp table split as {split}")
        rows = f"""
            select customer, {grain}_index as period_index, {{where}} from {self.basis}
            where {grain}_index between {first} and {last} and {grain}_index {{which}} (from split)
        """
        self.con.execute(
            f"""
            create or replace temp view active as
            with once as (
                {rows.format(where=where, which="not in")} union all
                {rows.format(where=united, which="in")} group by all
            )
            select once.*, cohort_{grain} as cohort_index, acquired
            from once join {self.history} using (customer)
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


def _bits(grain: str, period: int, span: tuple[int, int]) -> str:
    """The word of ``history`` with this period in its lowest bit and the next one beside it."""
    number, bit = divmod(period - span[0], WORD)
    return f"({grain}_{number} >> {bit})"
