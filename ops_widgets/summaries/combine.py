"""Partials of all months become the summaries that pages read: SQL on the embedded engine.

Distinct customers are kept as **signatures**: for every (cohort, period) how many customers
were active in exactly this set of (channel, category) cells, as bit masks. The number for any
choice of channels and categories is then ``sum(customers) where mask & chosen <> 0``: exact,
although distinct counts do not add up by themselves. Where there are too many cells or too many
signatures, the customers themselves are kept, one row a cell in which one was active.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from ops_widgets.summaries.cells import UNKNOWN, Cells
from ops_widgets.summaries.partials import CELL_SLOTS, MEASURES
from ops_widgets.summaries.steps import Steps

GRAINS = ("week", "month")
#: More signatures than these in one table, and a query would read longer than people wait:
#: 16 million take 0.1 s to filter and 130 MB on disk.
MAX_SIGNATURES = 16_000_000
#: Rows of customers that are regrouped at once: what bounds the memory of a build.
BATCH_ROWS = 8_000_000
#: Periods in one 64-bit word of a customer's history. Words overlap by one period, so that
#: every two neighbours are together in one of them.
WORD = 61

PRODUCT_NAMES = ("category_path", "category", "brand")
LIFECYCLE = ["period_index", "acquired", "new", "retained", "resurrected", "churned"]
SUMS = ", ".join(f"sum({name})::bigint as {name}" for name in MEASURES)


@dataclass(frozen=True)
class Combiner:
    """Writes summaries into the schema ``out`` of ``con``, which holds the partials.

    ``bases`` are the ways of being active that the source knows.
    """

    con: duckdb.DuckDBPyConnection
    cells: Cells
    bases: tuple[str, ...]
    products: bool
    max_signatures: int = MAX_SIGNATURES
    batch_rows: int = BATCH_ROWS

    def run(self, steps: Steps) -> dict[str, int]:
        """Write every summary that comes from partials: name -> rows."""
        self.con.register("cells", self.cells.frame)
        self.con.execute("create table out.cell as select * from cells order by cell")
        self.con.unregister("cells")
        rows: dict[str, int] = {}
        for name, sql in self._sales().items():
            with steps.step(f"summary {name}") as step:
                rows[name] = step.out = self._create(name, sql)
        for basis in self.bases:
            with steps.step(f"customers by {basis}"):
                spans = self._history(basis)
            if basis == "purchase":
                with steps.step("summary campaign_sales") as step:
                    rows["campaign_sales"] = step.out = self._create(
                        "campaign_sales", self._campaign_sales()
                    )
            for grain in GRAINS:
                with steps.step(f"summaries of {basis}s by {grain}") as step:
                    found = self._active(basis, grain)
                    found |= self._lifecycle(basis, grain, spans[grain])
                    step.out = sum(found.values())
                    rows |= found
            self.con.execute("drop table history")
        return rows

    def _create(self, name: str, sql: str) -> int:
        done = self.con.execute(f"create table out.{name} as {sql}").fetchone()
        return int(done[0]) if done else 0

    def _sales(self) -> dict[str, str]:
        product = "left join product using (product_id)"
        named = [f"coalesce({name}, '{UNKNOWN}') as {name}" for name in PRODUCT_NAMES]
        if not self.products:
            product, named = "", [f"'{UNKNOWN}' as {name}" for name in PRODUCT_NAMES]
        return {
            "sales_day": f"""
                select day, sum(lines)::bigint as lines, {SUMS}, channel, category
                from sales_day join out.cell using (cell) group by all order by all
            """,
            "orders_day": """
                select day, sum(orders)::bigint as orders,
                       sum(orders_of_unknown)::bigint as orders_of_unknown, channel
                from orders_day join (select distinct channel, channel_index from out.cell)
                using (channel_index) group by all order by all
            """,
            "sales_month": f"""
                select month_index, {", ".join(named)}, {SUMS}
                from sales_product {product} group by all order by all
            """,
        }

    def _campaign_sales(self) -> str:
        """Sales by campaign and day, with the customers whose very first order it was."""
        return f"""
            with new as (
                select campaign_id, day, count(*) as new_customers
                from history join firsts using (customer)
                where second = first_key // {CELL_SLOTS} group by all
            ), sold as (
                select campaign_id, day, {SUMS}, sum(orders)::bigint as orders
                from campaign_sales group by all
            )
            select sold.*, coalesce(new_customers, 0)::bigint as new_customers
            from sold left join new using (campaign_id, day) order by all
        """

    # --- customers ---------------------------------------------------------------------------

    def _history(self, basis: str) -> dict[str, tuple[int, int]]:
        """Make ``history``, one row a customer: when and where it began, and every active period.

        Returns the first and last period by grain. Periods are bits of words, see :data:`WORD`.
        """
        masks = "".join(f", {name} bigint" for name in self.cells.mask_names or ["cell"])
        self.con.execute(
            f"create table if not exists {basis} (customer bigint, week_index bigint, "
            f"month_index bigint, first_key bigint, strangers bigint{masks})"
        )
        ends = self.con.execute(
            "select coalesce(min(week_index), 0), coalesce(max(week_index), -1), "
            f"coalesce(min(month_index), 0), coalesce(max(month_index), -1) from {basis}"
        ).fetchone()
        assert ends is not None
        spans = {"week": (ends[0], ends[1]), "month": (ends[2], ends[3])}
        words = [
            f"bit_or(case when {grain}_index between {start} and {start + WORD} "
            f"then 1::bigint << ({grain}_index - {start})::int else 0 end) as {grain}_{number}"
            for grain, span in spans.items()
            for number, start in enumerate(range(span[0], span[1] + 1, WORD))
        ]
        self.con.execute(
            f"""
            create temp table history as select customer, min(first_key) as first_key,
                min(first_key) % {CELL_SLOTS} // {len(self.cells.categories)} as acquired,
                min(week_index) as cohort_week, min(month_index) as cohort_month,
                {", ".join(words or ["null as nothing"])}
            from {basis} group by customer
            """
        )
        return spans

    def _lifecycle(self, basis: str, grain: str, span: tuple[int, int]) -> dict[str, int]:
        """Every customer of a period is new, retained (active the one before) or resurrected.

        Churned were active the period before and are not now; so active(t) = new + retained +
        resurrected, and active(t-1) = retained(t) + churned(t).
        """
        name = f"lifecycle_{basis}_{grain}"
        self.con.execute(
            f"create table out.{name} ({', '.join(f'{column} bigint' for column in LIFECYCLE)})"
        )
        periods = range(span[0], span[1] + 1)
        if not periods:
            return {name: 0}
        counts = [f"count_if({_bits(grain, period, span)} & 1 = 1)" for period in periods]
        counts += [f"count_if({_bits(grain, period, span)} & 3 = 3)" for period in periods]
        by_channel = f"select acquired, {', '.join(counts)} from history group by 1 order by 1"
        born = dict(
            self.con.execute(
                f"select (acquired, cohort_{grain}), count(*) from history group by 1"
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

    def _active(self, basis: str, grain: str) -> dict[str, int]:
        """Signatures, or the customers themselves where there would be too many."""
        if self.cells.in_masks:
            name = f"signature_{basis}_{grain}"
            masks = ", ".join(self.cells.mask_names)
            rows = self._by_period(
                name,
                basis,
                grain,
                f"select cohort_index, period_index, acquired, {masks}, "
                "count(*)::bigint as customers from active group by all "
                f"order by period_index, cohort_index, {masks}, acquired",
                limit=self.max_signatures,
            )
            if rows <= self.max_signatures:
                return {name: rows}
            self.con.execute(f"drop table out.{name}")
            touched = " or ".join(
                f"(mask_column = {i} and {mask} & bit <> 0)"
                for i, mask in enumerate(self.cells.mask_names)
            )
            source = f"active join out.cell on {touched}"
        else:
            source = "active"
        name = f"active_{basis}_{grain}"
        chosen = f"select cohort_index, period_index, acquired, cell, customer from {source}"
        rows = self._by_period(name, basis, grain, f"{chosen} order by all")
        return {name: rows}

    def _by_period(
        self, name: str, basis: str, grain: str, sql: str, limit: int | None = None
    ) -> int:
        """Run ``sql`` over ``active`` (one row a customer, period and cell or masks) in batches."""
        masks = self.cells.mask_names
        keys = f"customer, {grain}_index as period_index"
        where = ", ".join(masks) or "cell"
        united = ", ".join(f"bit_or({mask}) as {mask}" for mask in masks) or "cell"
        # A week within one month has one row a customer: only the others are grouped again.
        split = (
            f"select {grain}_index from {basis} group by 1 having count(distinct month_index) > 1"
        )
        if grain == "month":
            split = f"select distinct month_index from {basis}"
        self.con.execute(f"create or replace temp table split as {split}")
        rows = 0
        for first, last in [(0, -1), *self._batches(basis, grain)]:
            self.con.execute(
                f"""
                create or replace temp view active as
                with once as (
                    select {keys}, {where} from {basis}
                    where {grain}_index between {first} and {last}
                        and {grain}_index not in (from split)
                    union all
                    select {keys}, {united} from {basis}
                    where {grain}_index between {first} and {last}
                        and {grain}_index in (from split) group by all
                )
                select once.*, cohort_{grain} as cohort_index, acquired
                from once join history using (customer)
                """
            )
            if last < first:
                self.con.execute(f"create table out.{name} as {sql} limit 0")
                continue
            done = self.con.execute(f"insert into out.{name} {sql}").fetchone()
            rows += int(done[0]) if done else 0
            if limit is not None and rows > limit:
                break
        self.con.execute("drop view active; drop table split")
        return rows

    def _batches(self, basis: str, grain: str) -> Iterator[tuple[int, int]]:
        """Spans of periods with about :attr:`batch_rows` rows each."""
        counts = self.con.execute(
            f"select {grain}_index, count(*) from {basis} group by 1 order by 1"
        ).fetchall()
        first, held = None, 0
        for place, (period, count) in enumerate(counts):
            first = period if first is None else first
            held += count
            if held >= self.batch_rows or place == len(counts) - 1:
                yield first, period
                first, held = None, 0


def _bits(grain: str, period: int, span: tuple[int, int]) -> str:
    """The word of ``history`` with this period in its lowest bit and the next one beside it."""
    number, bit = divmod(period - span[0], WORD)
    return f"({grain}_{number} >> {bit})"
