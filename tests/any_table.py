"""Shops that have one table alone, or a few without orders: each says what it can."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .odd_shops import Row, Tables, campaigns, market, orders, products

FIRST_DAY = date(2024, 9, 20)


def ads(days: int = 60, campaigns: int = 3) -> list[Row]:
    """What an ad platform counts of its campaigns: one does not convert, one tells no value."""
    return [
        {"campaign_id": f"k{i}", "day": FIRST_DAY + timedelta(days=n)}
        | {"impressions": 900 + 7 * n, "clicks": 30 + n % 5, "cost": f"{4 + i}.{n % 10}5"}
        | {"conversions": (n + i) % 4 if i else 0}
        | {"conversion_value": "" if i == 2 and n == 3 else 20 * ((n + i) % 4 if i else 0)}
        for i in range(campaigns)
        for n in range(days)
    ]


def events() -> list[Row]:
    """A visit each of the customers who bought, at the same moments."""
    return [
        {"occurred_at": row["ordered_at"], "customer_id": row["customer_id"], "event": "view"}
        | {"channel": row["channel"]}
        for row in orders()
    ]


def by_lot(treated: int = 3000, held: int = 3000, **fixed: Any) -> list[Row]:
    """Customers by lot in two arms: 12% of the treated bought, 8% of those held back."""
    sizes, rates = {"treatment": treated, "control": held}, {"treatment": 12, "control": 8}
    return [
        {"campaign_id": "mail", "customer_id": f"{arm}{n}", "arm": arm}
        | {"converted": n % 100 < rates[arm]}
        | {"value": (20 + n % 30) if n % 100 < rates[arm] else 0}
        | fixed
        for arm, size in sizes.items()
        for n in range(size)
    ]


def sold(weeks: int = 110) -> list[Row]:
    """What two stores sold of two categories, by week; of one nobody knows the units."""
    begins = date(2023, 1, 2)
    return [
        {"starts_on": begins + timedelta(weeks=n), "ends_on": begins + timedelta(weeks=n, days=6)}
        | {"channel": store, "category": category, "units": "" if n == 5 else 10 + n % 7}
        | {"revenue": f"{100 + 3 * n + 10 * place}.50"}
        for n in range(weeks)
        for store in ("North", "South")
        for place, category in enumerate(("Toys", "Tools"))
    ]


KINDS: dict[str, Tables] = {
    "market": {"market": market()},
    "events": {"events": events()},
    "ads": {"campaign_days": ads()},
    "audience": {"campaign_audience": by_lot()},
    "sales": {"sales": sold()},
    "products": {"products": products()},
    "campaigns": {"campaigns": campaigns()["campaigns"]},
    "market and events": {"market": market(), "events": events()},
    "ads and audience": {"campaign_days": ads(), "campaign_audience": by_lot()},
    "orders and ads": {
        "orders": [{k: v for k, v in row.items() if k != "campaign_id"} for row in orders()],
        "campaign_days": ads(),
    },
    "orders without customers": {"orders": [row | {"customer_id": ""} for row in orders()]},
}
