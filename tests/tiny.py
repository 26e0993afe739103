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


def write(folder: Path, toml: str = "", **tables: Sequence[dict[str, Any]]) -> Path:
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
    (folder / "source.toml").write_text(f'currency = "EUR"\n{toml}\n', "utf-8")
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
