"""The planted truths of the samples, and their orders as naive pandas reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
TRUTH: dict[str, Any] = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
CAMPAIGNS = TRUTH["campaigns"]["items"]


def of_kind(kind: str) -> dict[str, Any]:
    [found] = [c for c in CAMPAIGNS if c["kind"] == kind]
    return found


def read(table: str) -> pd.DataFrame:
    return pd.read_parquet(SAMPLES / f"{table}.parquet")


def order_lines() -> pd.DataFrame:
    """Order lines that break no rule, with local day, local month and net revenue."""
    return usable(read("orders"))


def usable(frame: pd.DataFrame) -> pd.DataFrame:
    """Of order lines as a file has them, those that break no rule, as :func:`order_lines`."""
    frame = frame.drop_duplicates()
    frame = frame[(frame["unit_price"] > 0) & (frame["quantity"] > 0)]
    frame = frame[frame["ordered_at"].between("1990-01-01", "2026-01-01")].copy()
    local = frame["ordered_at"] + pd.Timedelta(hours=8)
    value = frame["quantity"] * frame["unit_price"] - frame["discount"]
    return frame.assign(
        day=local.dt.normalize(),
        month=local.dt.year * 12 + local.dt.month,
        net=value.where(frame["status"] == "completed", 0.0),
    )


def orders_of(lines: pd.DataFrame) -> pd.DataFrame:
    """One row an order, without credit notes."""
    bought = lines[lines["status"] != "credited"].sort_values("ordered_at", kind="stable")
    return bought.groupby("order_id", as_index=False).agg(
        customer_id=("customer_id", "first"),
        channel=("channel", "first"),
        campaign_id=("campaign_id", "first"),
        day=("day", "first"),
        month=("month", "first"),
        net=("net", "sum"),
    )
