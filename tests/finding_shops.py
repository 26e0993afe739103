"""Tiny shops with something to find, and what there is to find, computed from their rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

Row = dict[str, Any]
START = date(2023, 1, 1)
MONTHS = 24
#: Category -> brands and their monthly sales in the first year, and growth into the second.
MARKET = {
    "Open": ([100] * 30, 0.5),
    "Large": ([600, 500, *[200] * 20], 0.02),
    "Closed": ([900, 40, 30], 0.3),
    "Falling": ([50] * 20, -0.2),
}


def month(index: int) -> date:
    """The first day of a month counted from the start."""
    return date(START.year + index // 12, index % 12 + 1, 1)


def market_rows() -> list[Row]:
    """Two years of every category; in the second one all brands of it have grown alike."""
    return [
        {
            "month": month(m),
            "category": category,
            "brand": f"{category} {place}",
            "gmv": size * (1 + growth if m >= 12 else 1),
        }
        for category, (sizes, growth) in MARKET.items()
        for place, size in enumerate(sizes)
        for m in range(MONTHS)
    ]


def sold_in(categories: dict[str, int]) -> dict[str, list[Row]]:
    """Orders on the first day of every month, so many pieces of 10 in each category."""
    orders = [
        {
            "order_id": f"{category}{m}-{n}",
            "ordered_at": datetime(month(m).year, month(m).month, 1, 12),
            "customer_id": f"c{n}",
            "product_id": category,
            "unit_price": 10,
        }
        for category, pieces in categories.items()
        for m in range(MONTHS)
        for n in range(pieces)
    ]
    last = {"order_id": "end", "ordered_at": datetime(2024, 12, 31, 12), "product_id": "other"}
    products = [{"product_id": c, "category": c} for c in categories]
    return {"orders": [*orders, last], "products": products}


def by_category(rows: list[Row], leaders: int) -> dict[str, dict[str, float]]:
    """What a reader of the market's rows would work out, in cents, for the last twelve months."""
    now: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    then: dict[str, float] = defaultdict(float)
    for row in rows:
        if row["month"] >= month(12):
            now[row["category"]][row["brand"]] += 100 * row["gmv"]
        else:
            then[row["category"]] += 100 * row["gmv"]
    found = {}
    for category, brands in now.items():
        sizes = sorted(brands.values(), reverse=True)
        whole, held = sum(sizes), sum(sizes[:leaders])
        growth = whole / then[category] - 1
        found[category] = {
            "gmv": whole,
            "growth": growth,
            "held": held / whole,
            "open": whole - held,
            "gain": (whole - held) * growth,
            "hhi": sum((100 * size / whole) ** 2 for size in sizes),
            "theirs": held * growth,
        }
    return found


def campaign_shop(
    plans: dict[str, tuple[int, int, float]], days: int = 20, seed: int = 1
) -> dict[str, list[Row]]:
    """Campaigns of ``days``: orders a day, what is left of one after goods, and cost a day.

    Prices differ from order to order, since chance is what findings have to tell from news.
    """
    random = Random(seed)
    first = date(2024, 3, 4)
    orders: list[Row] = []
    spent: list[Row] = []
    for name, (a_day, left, cost) in plans.items():
        for day in (first + timedelta(days=n) for n in range(days)):
            spent.append(
                {"campaign_id": name, "day": day, "impressions": 1000, "clicks": 90, "cost": cost}
            )
            orders += [
                {
                    "order_id": f"{name}-{day}-{n}",
                    "ordered_at": datetime(day.year, day.month, day.day, 10, n),
                    "customer_id": f"{name}{day}{n}",
                    "campaign_id": name,
                    "unit_price": 20 + left + random.choice([-1, 0, 1]),
                    "unit_cost": 20,
                }
                for n in range(a_day)
            ]
    end = {"order_id": "end", "ordered_at": datetime(2024, 3, 24, 12), "unit_cost": 1}
    campaigns = [
        {
            "campaign_id": name,
            "name": name,
            "content_type": "shopping_guide",
            "starts_on": first,
            "ends_on": first + timedelta(days=days - 1),
        }
        for name in plans
    ]
    return {"orders": [*orders, end], "campaign_days": spent, "campaigns": campaigns}


def of_campaigns(shop: dict[str, list[Row]]) -> dict[str, dict[str, float]]:
    """Orders, cost and what was left of each campaign, in cents, row by row."""
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in shop["orders"]:
        if name := row.get("campaign_id"):
            found[name]["orders"] += 1
            found[name]["gross"] += 100 * (row["unit_price"] - row["unit_cost"])
    for row in shop["campaign_days"]:
        found[row["campaign_id"]]["cost"] += 100 * row["cost"]
    for one in found.values():
        one["left"] = one["gross"] - one["cost"]
    return found


def cohort_shop(back: dict[str, list[tuple[int, int]]]) -> list[Row]:
    """Orders of customers who begin in month 0, 1, ...: of each channel and month so many, and how
    many of them order again in the month after.
    """
    orders = []
    for channel, months in back.items():
        for m, (began, again) in enumerate(months):
            for n in range(began):
                customer = f"{channel}{m}-{n}"
                for later in range(2 if n < again else 1):
                    day = month(m + later)
                    orders.append(
                        {
                            "order_id": f"{customer}/{later}",
                            "ordered_at": datetime(day.year, day.month, 5, 12),
                            "customer_id": customer,
                            "channel": channel,
                            "unit_price": 25,
                        }
                    )
    return orders


def held_back_shop(
    plans: dict[str, tuple[int, int, float]], arm: int = 600
) -> dict[str, list[Row]]:
    """Campaigns of ten days with ``arm`` customers treated and as many held back: how many of each
    buy once, for 30 with goods of 20, and the cost a day. Every treated buyer's order is credited.
    """
    first = date(2024, 3, 4)
    ends = first + timedelta(days=9)
    shop: dict[str, list[Row]] = {"orders": [], "campaign_days": [], "campaign_audience": []}
    shop["campaigns"] = [
        {"campaign_id": name, "name": name, "starts_on": first, "ends_on": ends} for name in plans
    ]
    for name, (treated, held, cost) in plans.items():
        for day in (first + timedelta(days=n) for n in range(10)):
            spent = {"campaign_id": name, "day": day, "cost": cost}
            shop["campaign_days"].append(spent | {"impressions": 1000, "clicks": 90})
        for group, buyers in (("treatment", treated), ("control", held)):
            for n in range(arm):
                customer = f"{name} {group} {n}"
                shop["campaign_audience"].append(
                    {
                        "campaign_id": name,
                        "customer_id": customer,
                        "arm": group,
                        "assigned_at": datetime(2024, 3, 4),
                    }
                )
                if n < buyers:
                    order = {"order_id": customer, "customer_id": customer, "unit_cost": 20}
                    order |= {"ordered_at": datetime(2024, 3, 4 + n % 10, 12), "unit_price": 30}
                    credit = {"campaign_id": name} if group == "treatment" else {}
                    shop["orders"].append(order | credit)
    for day in (datetime(2024, 3, 3), datetime(2024, 4, 30)):
        shop["orders"].append({"order_id": f"{day}", "ordered_at": day, "unit_cost": 1})
    return shop
