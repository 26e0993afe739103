"""A shop of orders in a file a month, and what a refresh of it says it did."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from ops_widgets.summaries.build import prepare

from .changing_shop import ChangingShop
from .drawn_rows import DATED, Row, row
from .generations import contents

NOW = datetime(2030, 1, 1)


def monthly_shop(folder: Path) -> ChangingShop:
    """Five months of orders, a file a month, built once."""
    made = ChangingShop(folder, dict.fromkeys(DATED, "parquet a month"), "UTC")
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
