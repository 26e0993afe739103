"""The questions, answered by polars from the raw files: lazily, by its streaming engine."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

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

DELIVERED = pl.col("status").is_in(["completed", "returned"])
KNOWN = pl.col("customer_id").is_not_null()
SPAN = (datetime.fromisoformat(EARLIEST), datetime.fromisoformat(LATEST))


def answer(folder: str, question: str) -> dict[str, Any]:
    """Rows of the answer, and the seconds from the files to having them."""
    start = time.perf_counter()
    frame = ANSWERS[question](Path(folder)).collect(engine="streaming")
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "rows": sorted(map(list, frame.rows()))}


def order_lines(folder: Path) -> pl.LazyFrame:
    """The good order lines, with their month and money."""
    price, quantity = pl.col("unit_price"), pl.col("quantity")
    lines = (
        pl.scan_parquet(folder / "orders" / "*.parquet")
        .with_columns(pl.col("status").fill_null("completed"))
        .filter(
            pl.all_horizontal(pl.col("order_id", "product_id").is_not_null()),
            pl.col("ordered_at").is_between(*SPAN),
            quantity > 0,
            price > 0,
            (pl.col("discount") < 0).fill_null(False).not_(),
            (pl.col("unit_cost") < 0).fill_null(False).not_(),
            pl.col("status").is_in(STATUSES),
        )
        .unique()
    )
    local = pl.col("ordered_at") + pl.duration(hours=HOURS_AHEAD)
    gross = minor_units(quantity.cast(pl.Float64) * price)
    net = gross - minor_units(pl.col("discount").fill_null(0.0))
    completed, credited = (pl.col("status") == name for name in ("completed", "credited"))
    return lines.with_columns(
        month=month_of(local),
        gmv=pl.when(DELIVERED).then(gross).otherwise(0),
        net_revenue=pl.when(completed).then(net).when(credited).then(-net).otherwise(0),
    )


def month_of(local: pl.Expr) -> pl.Expr:
    """Number of the calendar month."""
    return local.dt.year().cast(pl.Int64) * 12 + local.dt.month() - 1


def minor_units(amount: pl.Expr) -> pl.Expr:
    """Whole minor units, rounded half to even."""
    snapped = (amount * MINOR * SNAP + 0.5).floor().cast(pl.Int64)
    whole, rest = snapped // SNAP, snapped % SNAP
    up = (rest > SNAP // 2) | ((rest == SNAP // 2) & (whole % 2 == 1))
    return whole + up.cast(pl.Int64)


def products(folder: Path) -> pl.LazyFrame:
    """``product_id``, ``category`` (first level) and ``brand``; of copies the first in order."""
    first_level = pl.col("category").str.split(SEPARATOR).list.first()
    shelf = pl.scan_parquet(folder / "products.parquet").sort(pl.all(), nulls_last=True)
    unique = shelf.unique("product_id", keep="first", maintain_order=True)
    return unique.select("product_id", "brand", category=first_level)


def monthly_revenue(folder: Path) -> pl.LazyFrame:
    """Net revenue by month and category."""
    lines = order_lines(folder).join(products(folder), on="product_id", how="left")
    category = pl.col("category").fill_null(UNKNOWN)
    return lines.group_by("month", category).agg(pl.col("net_revenue").sum())


def weekly_visitors(folder: Path) -> pl.LazyFrame:
    """Distinct visitors by week and channel."""
    chosen = products(folder).filter(pl.col("category").is_in(CATEGORIES))
    local = pl.col("occurred_at") + pl.duration(hours=HOURS_AHEAD)
    day = local.dt.date().cast(pl.Int32).cast(pl.Int64)
    return (
        pl.scan_parquet(folder / "events" / "*.parquet")
        .filter(KNOWN, pl.col("event").is_not_null(), pl.col("occurred_at").is_between(*SPAN))
        .join(chosen, on="product_id", how="semi")
        .group_by(week=(day + 3) // 7 - 1, channel=pl.col("channel").fill_null(UNKNOWN))
        .agg(pl.col("customer_id").n_unique())
    )


def retention(folder: Path) -> pl.LazyFrame:
    """Distinct buyers by the month of their first purchase and month."""
    bought = order_lines(folder).filter(DELIVERED, KNOWN)
    months = bought.group_by("customer_id").agg(pl.col("month").unique())
    cohorts = months.with_columns(cohort=pl.col("month").list.min())
    return cohorts.explode("month").group_by("cohort", "month").agg(pl.len())


def campaign_results(folder: Path) -> pl.LazyFrame:
    """Sums by campaign; a customer is new to that of the very first order."""
    lines = order_lines(folder)
    by = "campaign_id"
    credited = lines.filter(pl.col(by).is_not_null(), pl.col("status") != "cancelled")
    revenue = credited.group_by(by).agg(pl.col("net_revenue").sum())
    orders = credited.filter(DELIVERED).select(by, "order_id").unique()
    counted = orders.group_by(by).agg(orders=pl.len())
    bought = lines.filter(DELIVERED, KNOWN).with_columns(
        second=pl.col("ordered_at").dt.truncate("1s")
    )
    first = bought.group_by("customer_id").agg(second=pl.col("second").min())
    began = bought.join(first, on=["customer_id", "second"], how="semi")
    earliest = began.group_by("customer_id").agg(pl.col("order_id").min())
    won = earliest.join(orders, on="order_id")
    new = won.group_by(by).agg(new_customers=pl.len())
    found = revenue.join(counted, on=by, how="left").join(new, on=by, how="left")
    return found.with_columns(pl.col("orders", "new_customers").fill_null(0))


def top_brands(folder: Path) -> pl.LazyFrame:
    """The brands that sold most."""
    lines = order_lines(folder).join(products(folder), on="product_id", how="left")
    sold = lines.group_by(pl.col("brand").fill_null(UNKNOWN)).agg(pl.col("gmv").sum())
    whole = sold.with_columns(whole=pl.col("gmv").sum())
    return whole.sort(["gmv", "brand"], descending=[True, False]).head(TOP)


ANSWERS = {name: globals()[name] for name in QUESTIONS}
