"""Small random shops for tests, and the naive way to compute what the summaries must give."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from ops_widgets.periods import index_start

CHANNELS = ["app", "search", None]
STATUSES = ["completed", "returned", "cancelled", "credited", None]


def random_shop(seed: int, lines: int = 400, customers: int = 40) -> dict[str, pd.DataFrame]:
    """Orders, products, events and campaigns of a few months, with the gaps of real shops."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2024-01-15 20:00")
    products = pd.DataFrame(
        {
            "product_id": [f"p{i}" for i in range(30)],
            "category": [None if i % 10 == 9 else f"C{i % 4} / D{i % 7}" for i in range(30)],
            "brand": [f"b{i % 5}" for i in range(30)],
            "unit_cost": np.round(rng.uniform(1, 5, 30), 2),
        }
    )
    order = np.sort(rng.integers(0, lines // 2, lines))
    moments = start + pd.to_timedelta(np.sort(rng.integers(0, 160 * 86400, order.max() + 1)), "s")
    channel = rng.integers(0, 3, order.max() + 1)
    buyer = rng.integers(0, customers + 3, order.max() + 1)
    orders = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in order],
            "ordered_at": moments[order],
            "customer_id": [None if b >= customers else f"c{b}" for b in buyer[order]],
            "product_id": [f"p{i}" for i in rng.integers(0, 33, lines)],
            "quantity": rng.integers(1, 6, lines),
            "unit_price": np.round(rng.lognormal(2, 1, lines) + 0.005, 3),
            "discount": np.where(rng.random(lines) < 0.2, 0.125, np.nan),
            "channel": [CHANNELS[c] for c in channel[order]],
            "campaign_id": [None if i % 3 else "k1" for i in order],
            "status": [STATUSES[i] for i in rng.choice(5, lines, p=[0.6, 0.1, 0.1, 0.1, 0.1])],
        }
    )
    visits = lines * 3
    events = pd.DataFrame(
        {
            "occurred_at": start + pd.to_timedelta(rng.integers(0, 160 * 86400, visits), "s"),
            "customer_id": [f"c{i}" for i in rng.integers(0, customers + 20, visits)],
            "event": rng.choice(["view", "cart"], visits),
            "product_id": [f"p{i}" for i in rng.integers(0, 33, visits)],
            "channel": [CHANNELS[i] for i in rng.integers(0, 3, visits)],
        }
    )
    return {"orders": orders.drop_duplicates(), "products": products, "events": events}


def write_shop(
    folder: Path, shop: dict[str, pd.DataFrame], timezone: str = "Asia/Shanghai"
) -> Path:
    """A source folder with one Parquet file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in shop.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    (folder / "source.toml").write_text(f'currency = "CNY"\ntimezone = "{timezone}"\n')
    return folder


def cents(amount: float) -> int:
    """A decimal amount as printed, in whole cents, half to even."""
    return int((Decimal(repr(round(amount, 6))) * 100).quantize(Decimal(1), ROUND_HALF_EVEN))


def naive_lines(shop: dict[str, pd.DataFrame], timezone: str = "Asia/Shanghai") -> pd.DataFrame:
    """Order lines with category, local date and signed net revenue in cents, row by row."""
    lines = shop["orders"].merge(
        shop["products"][["product_id", "category"]], on="product_id", how="left"
    )
    lines["category"] = lines["category"].str.split(" / ").str[0].fillna("(unknown)")
    lines["channel"] = lines["channel"].fillna("(unknown)")
    lines["status"] = lines["status"].fillna("completed")
    local = lines["ordered_at"].dt.tz_localize("UTC").dt.tz_convert(timezone)
    lines["date"] = local.dt.tz_localize(None).dt.normalize()
    value = [cents(q * p) for q, p in zip(lines["quantity"], lines["unit_price"], strict=True)]
    off = [cents(d) for d in lines["discount"].fillna(0)]
    sign = lines["status"].map({"completed": 1, "credited": -1}).fillna(0)
    lines["net"] = sign * (np.array(value) - np.array(off))
    lines["delivered"] = lines["status"].isin(["completed", "returned"])
    return lines


def activity(shop: dict[str, pd.DataFrame], basis: str) -> pd.DataFrame:
    """What makes customers active, row by row: with moment, local date, channel and category."""
    if basis == "purchase":
        lines = naive_lines(shop)
        return lines[lines["delivered"] & lines["customer_id"].notna()].rename(
            columns={"ordered_at": "moment"}
        )
    events = shop["events"].rename(columns={"occurred_at": "moment"})
    events = events.merge(shop["products"][["product_id", "category"]], on="product_id", how="left")
    events["category"] = events["category"].str.split(" / ").str[0].fillna("(unknown)")
    events["channel"] = events["channel"].fillna("(unknown)")
    local = events["moment"].dt.tz_localize("UTC").dt.tz_convert("Asia/Shanghai")
    return events.assign(date=local.dt.tz_localize(None).dt.normalize())


def with_periods(rows: pd.DataFrame, grain: str) -> pd.DataFrame:
    """``rows`` with their period, and the first period and channel of their customer."""
    dates = rows["date"]
    starts = (
        dates.dt.to_period("M").dt.start_time
        if grain == "month"
        else dates - pd.to_timedelta(dates.dt.day_of_week, "D")
    )
    rows = rows.assign(period=starts)
    rows["cohort"] = rows.groupby("customer_id")["period"].transform("min")
    first = rows.sort_values(["moment", "channel"]).groupby("customer_id")["channel"].first()
    return rows.assign(acquired=rows["customer_id"].map(first))


def as_dates(frame: pd.DataFrame, grain: str) -> dict:
    """Customers by the first days of their cohort and of the period."""
    return {
        (index_start(int(c), grain), index_start(int(p), grain)): n
        for c, p, n in frame[["cohort_index", "period_index", "customers"]].itertuples(index=False)
    }
