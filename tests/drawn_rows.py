"""Rows of a tiny shop, each decoded from one whole number.

So a shop is a few short lists of numbers, which hypothesis can draw, shrink and print.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.csv

Row = dict[str, Any]

MOMENT, TEXT, NUMBER = pa.timestamp("us"), pa.string(), pa.float64()
SCHEMAS = {
    "orders": {
        "order_id": TEXT,
        "ordered_at": MOMENT,
        "customer_id": TEXT,
        "product_id": TEXT,
        "quantity": pa.int64(),
        "unit_price": NUMBER,
        "discount": NUMBER,
        "channel": TEXT,
        "campaign_id": TEXT,
        "status": TEXT,
    },
    "events": {
        "occurred_at": MOMENT,
        "customer_id": TEXT,
        "event": TEXT,
        "product_id": TEXT,
        "channel": TEXT,
    },
    "products": {
        "product_id": TEXT,
        "category": TEXT,
        "brand": TEXT,
        "unit_cost": NUMBER,
    },
    "campaigns": {"campaign_id": TEXT, "name": TEXT, "content_type": TEXT, "budget": NUMBER},
    "campaign_days": {"campaign_id": TEXT, "day": pa.date32(), "clicks": pa.int64()},
    "market": {"month": pa.date32(), "category": TEXT, "brand": TEXT, "gmv": NUMBER},
}
DATED = {"orders": "ordered_at", "events": "occurred_at"}


def moment(random: Random, month: int) -> datetime:
    """A moment of the month, numbered from 2024-01; often at its very ends."""
    start = datetime(2024 + month // 12, month % 12 + 1, 1)
    if random.random() < 0.3:
        return start + timedelta(seconds=random.choice((-1, 0, -3600 * 8, -3600 * 8 - 1)))
    return start + timedelta(seconds=random.randrange(27 * 86400))


def row(table: str, number: int, month: int | None = None) -> Row:
    """The row that ``number`` stands for; about one in ten breaks a rule or is half unknown."""
    random = Random(number)
    odd = random.random()
    month = random.randrange(5) if month is None else month
    product = random.choice(["p0", "p1", "p2", "p3", "p4", "stranger"])
    customer = f"c{random.randrange(6)}"
    channel = random.choice(["app", "search", None])
    when: datetime | None = moment(random, month)
    if odd < 0.02:
        when = random.choice(
            [None, datetime(1970, 1, 1), datetime(2030, 1, 3), datetime(2031, 1, 1)]
        )
    if table == "orders":
        return {
            "order_id": f"o{random.randrange(9)}",
            "ordered_at": when,
            "customer_id": random.choice([customer] * 5 + [None]),
            "product_id": product,
            "quantity": 0 if 0.02 < odd < 0.05 else random.randrange(1, 4),
            "unit_price": random.choice([1.005, 2.5, 10.0]),
            "discount": random.choice([None, 0.125]),
            "channel": channel,
            "campaign_id": random.choice([None, None, "k0", "k1"]),
            "status": random.choice(["completed", "returned", "credited", "cancelled", None, None])
            if odd < 0.9
            else "lost",
        }
    if table == "events":
        return {
            "occurred_at": when,
            "customer_id": None if 0.02 < odd < 0.05 else customer,
            "event": random.choice(["view", "cart"]),
            "product_id": random.choice([product, None]),
            "channel": channel,
        }
    if table == "products":
        return {
            "product_id": random.choice(["p0", "p1", "p2", "p3", "p4", "p5"]),
            "category": random.choice(["A", "A / X", "B", None]),
            "brand": random.choice(["b0", "b1", None]),
            "unit_cost": random.choice([0.5, 1.0, None]),
        }
    if table == "campaigns":
        return {
            "campaign_id": random.choice(["k0", "k1"]),
            "name": random.choice(["first", None]),
            "content_type": random.choice(["marketing_copy", "unheard of", None]),
            "budget": random.choice([None, 7.0]),
        }
    if table == "campaign_days":
        return {
            "campaign_id": random.choice(["k0", "k1"]),
            "day": date(2024, 1, 1) + timedelta(days=random.randrange(150)),
            "clicks": random.choice([None, 1, 2]),
        }
    return {
        "month": date(2024, random.randrange(1, 6), 1),
        "category": random.choice(["A", "B"]),
        "brand": random.choice(["b0", "b1"]),
        "gmv": random.choice([1.5, 2.5]),
    }
