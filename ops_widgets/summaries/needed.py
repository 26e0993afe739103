"""Tables that facts need whole: as the partials were built with, and what a change touches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from ops_widgets.summaries.definitions import Fact
from ops_widgets.summaries.dimensions import PRODUCTS
from ops_widgets.summaries.facts import FACTS
from ops_widgets.summaries.partials.store import PartialStore

#: What a product gives to the facts of a month; other columns are looked up later.
_GIVES = "category, product_cost"
_PRODUCT = (
    "product_id varchar, category varchar, category_path varchar, brand varchar, "
    "product_cost double, category_index bigint"
)


def replace_products(store: PartialStore, products: pa.Table | None) -> dict[str, list[int]]:
    """Take ``products`` (a ``product_dimension``; None: there are none) for the current ones.

    Returns the months, by table, that were built with others and are now forgotten; each fact
    says by ``months_of_products`` which those are (all of them, if it says nothing).
    """
    con, touched = store.con, {}
    if products is None:
        con.execute(f"create table if not exists product ({_PRODUCT})")
        return {}
    con.register("arrived", products)
    with store.transaction():
        if "product" in store.held():
            con.execute(
                f"""
                create or replace temp table other as
                select product_id, was.product_id is null as is_new
                from (select product_id, {_GIVES} from product) was
                full join (select product_id, {_GIVES} from arrived) now using (product_id)
                where was is distinct from now
                """
            )
            for table, fact in FACTS.items():
                if PRODUCTS in fact.needs:
                    touched[table] = _months_of_products(store, fact)
            con.execute("drop table other")
        con.execute("create or replace table product as select * from arrived")
        for table, months in touched.items():
            store.discard(table, months)
    con.unregister("arrived")
    return touched


def _months_of_products(store: PartialStore, fact: Fact) -> list[int]:
    """The built months of ``fact`` that the products in ``other`` touch."""
    if not fact.months_of_products:
        changed = store.con.execute("from other limit 1").fetchone()
        return list(store.built(fact.table)) if changed else []
    if not {one.name for one in fact.partials if not one.needs} <= store.held():
        return []
    return [month for (month,) in store.con.execute(fact.months_of_products).fetchall()]


def replace_needed(
    store: PartialStore, profiles: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """Take tables of these ``profiles`` (by name) for those that the months are built with.

    Returns, by fact table, the one needed table that is not what it was: all its months are now
    forgotten. Products are left to :func:`replace_products`, which knows better.
    """
    changed: dict[str, str] = {}
    with store.transaction():
        for table, fact in FACTS.items():
            needed = {n: profiles.get(n) for n in fact.needs if n != PRODUCTS}
            before = store.get(f"needed by {table}") or needed
            others = [name for name, profile in needed.items() if before.get(name) != profile]
            if others:
                changed[table] = others[0]
                store.discard(table, list(store.built(table)))
            store.put(f"needed by {table}", needed)
    return changed


def replace_rates(
    store: PartialStore, marks: Mapping[str, Mapping[int, str]]
) -> dict[str, list[int]]:
    """Take the rates that ``marks`` tell of, by table and month, for the current ones.

    Returns the months, by table, that were built with others and are now forgotten.
    """
    touched = {}
    with store.transaction():
        for table, now in marks.items():
            name = f"rates of {table}"
            before = store.get(name) or {}
            touched[table] = [
                month
                for month in store.built(table)
                if before.get(str(month), "") != now.get(month)
            ]
            store.discard(table, touched[table])
            store.put(name, now)
    return touched
