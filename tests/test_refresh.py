"""A refresh gives exactly what a full build of the same rows gives, whatever has changed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ops_widgets.errors import DataError
from ops_widgets.summaries.build import prepare

from .changing_shop import (
    CHANGES,
    DATED,
    LAYOUTS,
    SCHEMAS,
    ChangingShop,
    Row,
    contents,
    row,
)

NOW = datetime(2030, 1, 1)
#: Bounds that only large shops reach, small enough for a tiny one to reach them.
BOUNDS = {
    "ops_widgets.summaries.refresh.CHUNK_ROWS": [
        dict.fromkeys(DATED, 5),
        dict.fromkeys(DATED, 10_000),
    ],
    "ops_widgets.summaries.customers.BATCH_ROWS": [1, 5, 10_000],
    "ops_widgets.summaries.customers.MAX_SIGNATURES": [4, 12, 10_000],
    "ops_widgets.summaries.customers.WORD": [2, 61],
    "ops_widgets.summaries.cells.MASK_CELLS": [4, 248, 248],
    "ops_widgets.summaries.cells.BITS": [2, 62],
    "ops_widgets.sources.judge.KEYS_A_PASS": [3, 10_000],
}

numbers = st.integers(0, 2**32 - 1)
#: Every table costs time: mostly there are few.
mapped = st.sampled_from(
    [
        ["orders"],
        ["orders", "products"],
        ["orders", "events"],
        ["orders", "events", "products"],
        ["orders", "events", "products"],
        list(SCHEMAS),
    ]
)
tables = mapped.flatmap(
    lambda names: st.fixed_dictionaries(
        {
            name: st.lists(numbers, min_size=name == "orders", max_size=12 if name in DATED else 4)
            for name in names
        }
    )
)
changes = st.tuples(
    st.sampled_from(["orders", "orders", "events", "events", "products", "products", *SCHEMAS]),
    st.sampled_from(list(CHANGES)),
    numbers,
)


@settings(
    max_examples=int(os.environ.get("OPS_EXAMPLES", "15")),
    # An example takes seconds: making a failing one smaller would take an hour.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@given(
    rows=tables,
    layouts=st.fixed_dictionaries({name: st.sampled_from(LAYOUTS) for name in DATED}),
    timezone=st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York"]),
    bounds=st.fixed_dictionaries({name: st.sampled_from(some) for name, some in BOUNDS.items()}),
    history=st.lists(st.lists(changes, min_size=1, max_size=4), min_size=1, max_size=2),
)
def test_a_refresh_equals_a_full_build(rows, layouts, timezone, bounds, history):
    """Any shop, any layout, any changes: every summary and every count of the checks."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name, bound in bounds.items():
            stack.enter_context(patch(name, bound))
        shop = ChangingShop(folder / "shop", layouts, timezone)
        shop.rows = {table: [row(table, one) for one in drawn] for table, drawn in rows.items()}
        now, refreshed = NOW, built(shop, folder / "refreshed", NOW)
        for together in history:
            for table, kind, number in together:
                if table in shop.rows:
                    CHANGES[kind](shop, table, Random(number))
            now += timedelta(days=1)
            refreshed = built(shop, folder / "refreshed", now)
        assert refreshed == built(shop, folder / "full", now, full=True)


def built(shop, store, now, *, full=False):
    """All that ``ops prepare`` gives: the contents of the store, or why there are none."""
    shop.write()
    with patch.dict(os.environ, OPS_STORE=str(store)):
        try:
            done = prepare(shop.folder, now=now, full=full)
        except DataError as error:
            return error.message
    return contents(done.folder, done.manifest)


# --- what is built again, what is not, and what is said of it ----------------------------------


@pytest.fixture
def shop(tmp_path):
    """Five months of orders, a file a month, built once."""
    made = ChangingShop(tmp_path / "shop", dict.fromkeys(DATED, "parquet a month"), "UTC")
    made.rows = {
        "orders": [order(month, number) for month in range(5) for number in range(4)],
        "products": [product("p0", "A"), product("p1", "B"), product("p2", "A / B")],
    }
    made.write()
    prepare(made.folder, now=NOW)
    return made


def order(month: int, number: int) -> Row:
    return row("orders", 1) | {
        "order_id": f"o{month}-{number}",
        "ordered_at": datetime(2024, month + 1, 10 + number),
        "customer_id": f"c{number}",
        "product_id": f"p{number % 2}",
        "quantity": 1,
        "status": "completed",
    }


def event(month: int) -> Row:
    when = datetime(2024, month + 1, 10)
    return row("events", 1) | {"occurred_at": when, "customer_id": "c1", "product_id": "p1"}


def product(name: str, category: str) -> Row:
    return {"product_id": name, "category": category, "brand": "b", "unit_cost": 1.0}


def refresh(shop: ChangingShop) -> list[str]:
    """What a refresh says it did; its summaries are those of a full build."""
    shop.write()
    done = prepare(shop.folder, now=NOW)
    with tempfile.TemporaryDirectory() as other, patch.dict(os.environ, OPS_STORE=other):
        full = prepare(shop.folder, now=NOW)
        assert contents(done.folder, done.manifest) == contents(full.folder, full.manifest)
    return done.reasons


def test_a_corrected_month_and_the_last_two_are_built_again(shop):
    shop.rows["orders"][5]["quantity"] = 3
    assert refresh(shop) == [
        "the input files changed",
        "orders 2024-02 built (its rows changed)",
        "orders 2024-04 to 2024-05 built (one of the last two)",
        "2 months of orders reused",
    ]


def test_a_new_month_leaves_all_but_its_neighbour_alone(shop):
    shop.rows["orders"].append(order(5, 0))
    said = refresh(shop)
    assert "orders 2024-06 built (new)" in said
    assert "orders 2024-05 built (one of the last two)" in said
    assert "4 months of orders reused" in said


def test_a_month_that_is_gone_is_forgotten(shop):
    shop.rows["orders"] = [one for one in shop.rows["orders"] if one["ordered_at"].month != 2]
    assert "2 months of orders reused" in refresh(shop)


def test_a_product_of_another_category_touches_the_months_that_sold_it(shop):
    shop.rows["orders"][4]["product_id"] = "p2"
    shop.rows["events"] = [event(month) for month in range(4)]
    shop.write()
    prepare(shop.folder, now=NOW)
    shop.rows["products"][2] = product("p2", "B")
    assert refresh(shop) == [
        "the input files changed",
        "events 2024-01 to 2024-04 built (its products changed)",
        "0 months of events reused",
        "orders 2024-02 built (its products changed)",
        "orders 2024-04 to 2024-05 built (one of the last two)",
        "2 months of orders reused",
    ]


def test_a_product_that_becomes_known_touches_the_months_that_met_a_stranger(shop):
    shop.rows["events"] = [event(month) for month in range(5)]
    shop.rows["events"][1]["product_id"] = "p3"
    shop.write()
    prepare(shop.folder, now=NOW)
    shop.rows["products"].append(product("p3", "B"))
    said = refresh(shop)
    assert "events 2024-02 built (its products changed)" in said
    assert "2 months of events reused" in said


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [("orders", "channel", "the channel street"), ("products", "category", "the category Street")],
)
def test_a_name_that_comes_renumbers_all_cells(shop, table, column, words):
    shop.rows[table][0][column] = words.split()[-1]
    said = refresh(shop)
    assert f"{words} came or went" in said
    assert "0 months of orders reused" in said


def test_the_same_rows_in_other_files_leave_the_summaries_alone(shop):
    before = prepare(shop.folder, now=NOW).manifest
    shop.touch()
    shop.write()
    after = prepare(shop.folder, now=NOW)
    assert not after.rebuilt
    assert after.reasons[1:] == ["every table holds the same rows as before"]
    assert after.manifest["generation"] == before["generation"]
    assert prepare(shop.folder, now=NOW).reasons == ["nothing changed"]


def spoil(path: Path) -> None:
    """Destroy what a Parquet file holds so that nobody sees it who does not read the rows."""
    stat, held = path.stat(), path.read_bytes()
    path.write_bytes(held[:4] + b"x" * (len(held) - 8) + held[-4:])
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_unchanged_files_are_not_read(shop):
    spoil(shop.folder / "orders" / "2024-02.parquet")
    shop.rows["orders"].append(order(5, 0))
    shop.write()
    assert prepare(shop.folder, now=NOW).rebuilt
    with pytest.raises(DataError):
        prepare(shop.folder, now=NOW, full=True)


def test_that_nothing_is_new_is_known_without_reading(shop):
    for path in shop.folder.rglob("*.parquet"):
        spoil(path)
    assert prepare(shop.folder, now=NOW).reasons == ["nothing changed"]


def test_a_full_build_reuses_nothing(shop):
    done = prepare(shop.folder, now=NOW, full=True)
    assert done.rebuilt
    assert done.reasons[0] == "asked for a full build"
    assert "orders 2024-01 to 2024-05 built (new)" in done.reasons
    assert "0 months of orders reused" in done.reasons


def test_what_a_build_finished_before_it_died_is_not_done_again(shop):
    shop.rows["orders"][0]["quantity"] = 7
    shop.write()
    with (
        patch("ops_widgets.summaries.generation.write_manifest", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        prepare(shop.folder, now=NOW)
    said = refresh(shop)
    assert "orders 2024-04 to 2024-05 built (one of the last two)" in said
    assert "3 months of orders reused" in said


# --- partials that were damaged ----------------------------------------------------------------


def by_sql(statement: str) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        with duckdb.connect(str(path)) as con:
            con.execute(statement)

    return edit


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite(path: Path) -> None:
    path.write_bytes(Random(1).randbytes(path.stat().st_size))


DAMAGED = "orders 2024-02 built (its partial was damaged)"
FEBRUARY = "month_index = 2024 * 12 + 1"


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (cut_short, "the partials of earlier builds could not be read"),
        (overwrite, "the partials of earlier builds could not be read"),
        (by_sql(f"update sales_day set gmv = gmv + 1 where {FEBRUARY}"), DAMAGED),
        (by_sql(f"delete from purchase where {FEBRUARY} and customer = 1"), DAMAGED),
        (by_sql(f"insert into sales_product from sales_product where {FEBRUARY}"), DAMAGED),
        (
            by_sql(f"delete from part where {FEBRUARY} and source_table = 'orders'"),
            "orders 2024-02 built",
        ),
        (
            by_sql("update customer set customer_id = 'x' where customer_id = 'c1'"),
            "the partials of earlier builds could not be read",
        ),
        (by_sql("drop table purchase"), "its partial was damaged"),
    ],
    ids=["cut short", "garbage", "changed", "deleted", "doubled", "part", "customer", "dropped"],
)
def test_damaged_partials_are_found_built_again_and_told(shop, damage, words):
    damage(shop.folder / ".ops" / "parts.duckdb")
    shop.rows["orders"].append(order(5, 0))
    assert words in "\n".join(refresh(shop))
