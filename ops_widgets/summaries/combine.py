"""Partials of all months become the summaries that pages read: SQL on the embedded engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from ops_widgets.summaries.customers.cells import UNKNOWN, Cells
from ops_widgets.summaries.customers.signatures import GRAINS, Customers
from ops_widgets.summaries.partials import CELL_SLOTS, MEASURES
from ops_widgets.summaries.steps import Steps

PRODUCT_NAMES = ("category_path", "category", "brand")
SUMS = ", ".join(f"sum({name})::bigint as {name}" for name in MEASURES)


@dataclass(frozen=True)
class Combiner:
    """Writes summaries into the schema ``out`` of ``con``, which holds the partials.

    ``customers`` are of every way of being active that the source knows; purchases come first.
    """

    con: duckdb.DuckDBPyConnection
    cells: Cells
    customers: Sequence[Customers]
    products: bool

    def run(self, steps: Steps) -> dict[str, int]:
        """Write every summary that comes from partials: name -> rows."""
        self.con.register("cells", self.cells.frame)
        self.con.execute("create table out.cell as select * from cells order by cell")
        self.con.unregister("cells")
        rows: dict[str, int] = {}
        for name, sql in self._sales().items():
            with steps.step(f"summary {name}") as step:
                rows[name] = step.out = self._create(name, sql)
        for customers in self.customers:
            with steps.step(f"customers by {customers.basis}") as step:
                step.out = customers.begin()
        with steps.step("summary campaign_sales") as step:
            rows["campaign_sales"] = step.out = self._create("campaign_sales", self._campaigns())
        for customers in self.customers:
            for grain in GRAINS:
                with steps.step(f"summaries of {customers.basis}s by {grain}") as step:
                    found = customers.write(grain)
                    step.out = sum(found.values())
                    rows |= found
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

    def _campaigns(self) -> str:
        """Sales by campaign and day, with the customers whose very first order it was."""
        return f"""
            with new as (
                select campaign_id, day, count(*) as new_customers
                from history_purchase join credits using (customer)
                where second = first_key // {CELL_SLOTS} group by all
            ), sold as (
                select campaign_id, day, {SUMS}, sum(orders)::bigint as orders
                from campaign_sales group by all
            )
            select sold.*, coalesce(new_customers, 0)::bigint as new_customers
            from sold left join new using (campaign_id, day) order by all
        """
