"""Tiny shops written as CSV, and what the notebooks say of them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.formats import Number
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import Store, open_store

#: The moment (naive UTC) at which tiny shops are prepared.
NOW = datetime(2030, 1, 1)


def write(
    folder: Path, toml: str = "", currency: str = "EUR", **tables: Sequence[dict[str, Any]]
) -> Path:
    """A source of these tables; what an order line lacks of its required columns is filled in."""
    folder.mkdir(parents=True, exist_ok=True)
    filled = {"product_id": "p", "quantity": 1, "unit_price": 10}
    for name, rows in tables.items():
        rows = [(filled if name == "orders" else {}) | row for row in rows]
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    (folder / "source.toml").write_text(f'currency = "{currency}"\n{toml}\n', "utf-8")
    return folder


def opened(shop: Path, now: datetime = NOW) -> Store:
    """The summaries of a shop as of a moment, built before."""
    prepare(shop, now=now)
    return open_store(shop)


def numbers(store: Store, notebook: str, **view: Any) -> dict[str, Number]:
    """The headline numbers of a view by name."""
    analysis = ANALYSES[notebook]
    return {n.name: n for n in analysis.headline(store, analysis.view.parse(view))}


def frame(store: Store, notebook: str, panel: str, **view: Any) -> pd.DataFrame:
    """The frame of a panel of a view."""
    analysis = ANALYSES[notebook]
    return analysis.panel(panel).compute(store, analysis.view.parse(view))


def long_name(number: int, chinese: bool = False) -> str:
    """A name of 60 characters that no other number has."""
    words = (
        "家居日用与厨房餐饮器具"
        if chinese
        else "Hand-finished tableware for very small apartments, "
    )
    return f"{number:02d} {words * 9}"[:60].rstrip().ljust(60, "式" if chinese else "s")


def with_long_names(folder: Path, chinese: bool) -> Path:
    """A shop of two years in which every name has 60 characters: categories, brands, channels,
    campaigns. Every panel has something to draw.
    """
    names = [long_name(number, chinese) for number in range(10)]
    months = pd.period_range("2024-01", "2025-12", freq="M")
    market = [
        {"month": month.start_time.date(), "category": category, "brand": brand}
        | {"gmv": 1e6 * (9 - i) + 40_000 * at + 7_000 * (j + 1) ** 3}
        for i, category in enumerate(names[:8])
        for j, brand in enumerate(names)
        for at, month in enumerate(months)
    ]
    products = [{"product_id": f"p{i}", "category": name} for i, name in enumerate(names)]
    orders = [
        {
            "order_id": f"{at}-{n}",
            "ordered_at": month.start_time + pd.Timedelta(days=n % 27, hours=9),
        }
        | {"customer_id": f"c{(71 * at + n * n) % 600}", "product_id": f"p{n % 10}"}
        | {"unit_cost": 4, "channel": names[n % 4], "campaign_id": f"k{n % 6}" if n % 2 else ""}
        for at, month in enumerate(months)
        for n in range(80)
    ]
    campaigns = [
        {"campaign_id": f"k{i}", "name": names[i], "channel": names[i % 5], "format": names[i]}
        | {"content_type": "shopping_guide", "starts_on": "2025-01-01", "ends_on": "2025-11-20"}
        | {"budget": 2500}
        for i in range(6)
    ]
    days = [
        {"campaign_id": f"k{i}", "day": day.date(), "impressions": 900 * (i + 1), "clicks": 40}
        | {"cost": 5 + i}
        for i in range(6)
        for day in pd.date_range("2025-01-01", "2025-12-31")
    ]
    audience = [
        {"campaign_id": f"k{i}", "customer_id": f"c{c}", "assigned_at": "2025-01-01 00:00:00"}
        | {"arm": "control" if c % 2 == 0 else "treatment"}
        for i in range(5)
        for c in range(600)
    ]
    events = [
        {"occurred_at": pd.Timestamp("2025-01-01 10:00") + pd.Timedelta(days=n % 320, hours=n % 9)}
        | {"customer_id": f"c{(7 * n) % 600}", "event": "cart" if n % 3 else "view"}
        | {"campaign_id": f"k{n % 6}", "session_id": f"s{n // 2}"}
        for n in range(3000)
    ]
    return write(
        folder,
        market=market,
        products=products,
        orders=orders,
        campaigns=campaigns,
        campaign_days=days,
        campaign_audience=audience,
        events=events,
    )
