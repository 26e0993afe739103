"""Products as the partials were built with, and which months a change of them touches."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from ops_widgets.summaries.partial_store import PartialStore

#: What a product gives to the facts of a month; other columns are looked up later.
_GIVES = "category, product_cost"


def replace_products(parts: PartialStore, products: pa.Table) -> dict[str, list[int]]:
    """Take ``products`` (a ``product_dimension``) for the current ones.

    Returns the months, by table, that were built with others and are now forgotten. A month of
    orders is touched by a product it sold, a month of events by a product it did not know, or
    any month by one that is no longer what it was.
    """
    con = parts.con
    con.register("arrived", products)
    touched: dict[str, list[int]] = {}
    with parts.transaction():
        if parts.has("product"):
            con.execute(
                f"""
                create or replace temp table other as
                select product_id, was.product_id is null as is_new
                from (select product_id, {_GIVES} from product) was
                full join (select product_id, {_GIVES} from arrived) now using (product_id)
                where was is distinct from now
                """
            )
            if parts.has("sales_product"):
                touched["orders"] = _months(
                    parts,
                    "select distinct month_index from sales_product semi join other "
                    "using (product_id)",
                )
            if parts.has("visit"):
                touched["events"] = _months(
                    parts,
                    """
                    select distinct month_index from visit
                    where (exists (from other where not is_new))
                       or (strangers > 0 and exists (from other))
                    """,
                )
            con.execute("drop table other")
        con.execute("create or replace table product as select * from arrived")
        for table, months in touched.items():
            parts.discard(table, months)
    con.unregister("arrived")
    return touched


def _months(parts: PartialStore, sql: str) -> list[int]:
    rows: Iterable[tuple[int]] = parts.con.execute(sql).fetchall()
    return [month for (month,) in rows]
