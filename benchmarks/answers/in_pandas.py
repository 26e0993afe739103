"""The questions, answered by pandas from the raw files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.answers import (
    CATEGORIES,
    EARLIEST,
    HOURS_AHEAD,
    LATEST,
    MINOR,
    QUESTIONS,
    SEPARATOR,
    SNAP,
    STATUSES,
    TOP,
    UNKNOWN,
)

EVENTS = ["occurred_at", "customer_id", "event", "product_id", "channel"]


def answer(folder: str, question: str) -> dict[str, Any]:
    """Rows of the answer, and the seconds from the files to having them."""
    start = time.perf_counter()
    frame = ANSWERS[question](Path(folder))
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "rows": sorted(frame.to_numpy().tolist())}


def row_bytes(file: str, question: str) -> dict[str, Any]:
    """Bytes that a row of a monthly file of the asked table takes in memory."""
    columns = EVENTS if question == "weekly_visitors" else None
    frame = pd.read_parquet(file, columns=columns)
    return {"bytes": float(frame.memory_usage(deep=True).sum()) / len(frame)}


def order_lines(folder: Path) -> pd.DataFrame:
    """The good order lines, with their month and money."""
    lines = pd.read_parquet(folder / "orders")
    needed = ["order_id", "ordered_at", "product_id", "quantity", "unit_price"]
    lines["status"] = lines["status"].fillna("completed")
    good = (
        lines[needed].notna().all(axis=1)
        & lines["ordered_at"].between(pd.Timestamp(EARLIEST), pd.Timestamp(LATEST))
        & (lines["quantity"] > 0)
        & (lines["unit_price"] > 0)
        & ~(lines["discount"] < 0)
        & ~(lines["unit_cost"] < 0)
        & lines["status"].isin(STATUSES)
    )
    lines = lines[good].drop_duplicates()
    local = lines["ordered_at"] + pd.Timedelta(hours=HOURS_AHEAD)
    lines["month"] = local.dt.year * 12 + local.dt.month - 1
    lines["delivered"] = lines["status"].isin(["completed", "returned"])
    gross = minor_units(lines["quantity"] * lines["unit_price"])
    net = gross - minor_units(lines["discount"].fillna(0.0))
    sign = lines["status"].map({"completed": 1, "credited": -1}).fillna(0).astype("int64")
    lines["gmv"] = gross.where(lines["delivered"], 0)
    lines["net_revenue"] = sign * net
    return lines


def minor_units(amount: pd.Series) -> pd.Series:
    """Whole minor units, rounded half to even."""
    snapped = np.floor(amount * MINOR * SNAP + 0.5).astype("int64")
    whole, rest = snapped // SNAP, snapped % SNAP
    up = (rest > SNAP // 2) | ((rest == SNAP // 2) & (whole % 2 == 1))
    return whole + up.astype("int64")


def products(folder: Path) -> pd.DataFrame:
    """``category`` (first level) and ``brand`` by ``product_id``; of copies the first in order."""
    shelf = pd.read_parquet(folder / "products.parquet")
    shelf = shelf.sort_values(list(shelf.columns)).drop_duplicates("product_id")
    shelf["category"] = shelf["category"].str.split(SEPARATOR).str[0]
    return shelf.set_index("product_id")[["category", "brand"]]


def monthly_revenue(folder: Path) -> pd.DataFrame:
    """Net revenue by month and category."""
    lines, shelf = order_lines(folder), products(folder)
    lines["category"] = lines["product_id"].map(shelf["category"]).fillna(UNKNOWN)
    return lines.groupby(["month", "category"])["net_revenue"].sum().reset_index()


def weekly_visitors(folder: Path) -> pd.DataFrame:
    """Distinct visitors by week and channel."""
    events = pd.read_parquet(folder / "events", columns=EVENTS)
    shelf = products(folder)
    chosen = shelf.index[shelf["category"].isin(CATEGORIES)]
    good = (
        events[["occurred_at", "customer_id", "event"]].notna().all(axis=1)
        & events["occurred_at"].between(pd.Timestamp(EARLIEST), pd.Timestamp(LATEST))
        & events["product_id"].isin(chosen)
    )
    seen = events.loc[good, ["occurred_at", "customer_id", "channel"]]
    local = seen["occurred_at"] + pd.Timedelta(hours=HOURS_AHEAD)
    day = (local - pd.Timestamp(0)) // pd.Timedelta(days=1)
    seen["week"] = (day + 3) // 7 - 1
    seen["channel"] = seen["channel"].fillna(UNKNOWN)
    return seen.groupby(["week", "channel"])["customer_id"].nunique().reset_index()


def retention(folder: Path) -> pd.DataFrame:
    """Distinct buyers by the month of their first purchase and month."""
    lines = order_lines(folder)
    bought = lines[lines["delivered"] & lines["customer_id"].notna()]
    active = bought[["customer_id", "month"]].drop_duplicates()
    active["cohort"] = active.groupby("customer_id")["month"].transform("min")
    return active.groupby(["cohort", "month"]).size().reset_index()


def campaign_results(folder: Path) -> pd.DataFrame:
    """Sums by campaign; a customer is new to that of the very first order."""
    lines = order_lines(folder)
    credited = lines[lines["campaign_id"].notna() & (lines["status"] != "cancelled")]
    found = credited.groupby("campaign_id")[["net_revenue"]].sum()
    orders = credited.loc[credited["delivered"], ["campaign_id", "order_id"]].drop_duplicates()
    found["orders"] = orders.groupby("campaign_id").size()
    bought = lines[lines["delivered"] & lines["customer_id"].notna()]
    second = bought["ordered_at"].dt.floor("s")
    began = bought[second == second.groupby(bought["customer_id"]).transform("min")]
    first = began.groupby("customer_id", as_index=False)["order_id"].min()
    found["new_customers"] = first.merge(orders, on="order_id")["campaign_id"].value_counts()
    return found.fillna(0).astype("int64").reset_index()


def top_brands(folder: Path) -> pd.DataFrame:
    """The brands that sold most."""
    lines, shelf = order_lines(folder), products(folder)
    brand = lines["product_id"].map(shelf["brand"]).fillna(UNKNOWN).rename("brand")
    sold = lines.groupby(brand)["gmv"].sum().reset_index()
    sold["whole"] = sold["gmv"].sum()
    return sold.sort_values(["gmv", "brand"], ascending=[False, True]).head(TOP)


ANSWERS = {name: globals()[name] for name in QUESTIONS}
