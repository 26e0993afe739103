"""Partials that were damaged are found, built again and told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import duckdb
import pytest

from .monthly_shop import monthly_shop, order, refresh


@pytest.fixture
def shop(tmp_path):
    return monthly_shop(tmp_path / "shop")


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
        (by_sql(f"update part set counts = profiled || ' ' where {FEBRUARY}"), DAMAGED),
    ],
    ids=[
        *("cut short", "garbage", "changed", "deleted", "doubled"),
        *("part", "customer", "dropped", "counts"),
    ],
)
def test_damaged_partials_are_found_built_again_and_told(shop, damage, words):
    damage(shop.folder / ".ops" / "parts.duckdb")
    shop.rows["orders"].append(order(5, 0))
    assert words in "\n".join(refresh(shop))
