"""Small shops of which each is odd in its own way: what is said of them has to be true as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from .finding_shops import MONTHS, campaign_shop, held_back_shop, month

Row = dict[str, Any]
Tables = dict[str, list[Row]]
#: The campaigns of a shop run over these days.
BEGINS, ENDS = date(2024, 10, 1), date(2024, 11, 9)
NAMES = ("A", "B")


def market(
    categories: tuple[str, ...] = NAMES,
    brands: int = 12,
    growth: float = 0.2,
    gmv: float = 1000.0,
    months: range = range(MONTHS),
) -> list[Row]:
    """Categories of as many brands, one of them larger than the others, over two years."""
    return [
        {"month": month(m), "category": category, "brand": f"{category} {place}"}
        | {"gmv": round(gmv * (1 + place) * (1 + growth if m >= 12 else 1), 2)}
        for category in categories
        for place in range(brands)
        for m in months
    ]


def orders(**fixed: Any) -> list[Row]:
    """Every month forty customers begin, and twelve of those of the month before come back."""
    rows: list[Row] = []
    for m in range(MONTHS):
        for n in range(52):
            day = month(m) + timedelta(days=n % 28)
            rows.append(
                {
                    "order_id": f"o{m}-{n}",
                    "ordered_at": datetime(day.year, day.month, day.day, 9, n),
                    "customer_id": f"c{m}-{n}" if n < 40 or not m else f"c{m - 1}-{n - 40}",
                    "product_id": f"p{n % 2}",
                    "channel": ("app", "search")[n % 2],
                    "campaign_id": f"k{n % 2}" if BEGINS <= day <= ENDS else "",
                    "unit_price": 20 + n % 3,
                    "unit_cost": 12,
                }
                | fixed
            )
    return rows


def campaigns(names: tuple[str, ...] = NAMES, **spent: Any) -> Tables:
    """Campaigns of 40 days, and what each of their days cost."""
    kinds = ("shopping_guide", "marketing_copy", "scenario_story")
    return {
        "campaigns": [
            {"campaign_id": f"k{i}", "name": name, "content_type": kinds[i % 3]}
            | {"format": "banner", "channel": "app", "starts_on": BEGINS, "ends_on": ENDS}
            for i, name in enumerate(names)
        ],
        "campaign_days": [
            {"campaign_id": f"k{i}", "day": BEGINS + timedelta(days=n)}
            | {"impressions": 900, "clicks": 60, "cost": 2 + 6 * i}
            | spent
            for i in range(len(names))
            for n in range((ENDS - BEGINS).days + 1)
        ],
    }


def products(categories: tuple[str, ...] = NAMES) -> list[Row]:
    """Two products, of the first category and of the last."""
    return [
        {"product_id": "p0", "category": categories[0], "brand": "us"},
        {"product_id": "p1", "category": categories[-1], "brand": "us"},
    ]


def whole(names: tuple[str, ...] = NAMES, **changed: list[Row]) -> Tables:
    """A shop with all tables, some of them changed."""
    tables = {"market": market(names), "orders": orders(), "products": products(names)}
    return tables | campaigns(names) | changed


def held_back(campaign: str) -> list[Row]:
    """Of the customers who began in September three of four are treated, one is held back."""
    return [
        {"campaign_id": campaign, "customer_id": f"c20-{n}", "assigned_at": f"{BEGINS} 00:00:00"}
        | {"arm": "treatment" if n % 4 else "control"}
        for n in range(40)
    ]


def _returned() -> Tables:
    """Everything came back."""
    return whole(orders=orders(status="returned"))


def _negative() -> Tables:
    """More is taken off than was asked for, and much is credited again."""
    rows = [row | {"status": ("completed", "credited")[n % 2]} for n, row in enumerate(orders())]
    return whole(orders=[row | {"discount": 15} for row in rows])


def _one() -> Tables:
    """One campaign, category, brand, customer, and one order a month."""
    rows = [row for row in orders() if row["order_id"].endswith("-0")]
    rows = [row | {"customer_id": "c0", "campaign_id": "k0"} for row in rows]
    tables = {"market": market(("A",), brands=1), "orders": rows, "products": products(("A",))}
    return tables | campaigns(("A",))


def _other_brands() -> Tables:
    """Of one category nothing is listed but "Other", of one a part, and one has three brands."""
    rows = market(("Part", "Three"), brands=3)
    other = [row | {"brand": "Other"} for row in market(("Dark", "Part"), brands=1, growth=1.5)]
    return whole(("Dark", "Three"), market=[*rows, *other])


def _strange_names() -> Tables:
    """Names that are markup, templates, other scripts, or far too long."""
    names = ("<script>alert(1)</script>", "{gmv} 100% {0}", "家居日用与厨房餐饮器具" * 6)
    tables = whole(names, orders=orders(channel="渠道 <b>nan</b>"))
    return tables | {"campaign_audience": held_back("k0")}


def _one_control_group() -> Tables:
    """Two campaigns that can be judged: one by its control group, one has none."""
    shop = held_back_shop({"Caused": (300, 60, 20.0), "Credited": (100, 100, 20.0)})
    drawn = [row for row in shop["campaign_audience"] if row["campaign_id"] == "Caused"]
    return shop | {"campaign_audience": drawn}


#: Shop -> its currency and its tables.
ODD: dict[str, tuple[str, Callable[[], Tables]]] = {
    "yen": ("JPY", lambda: whole(campaign_audience=held_back("k1"))),
    "one of everything": ("EUR", _one),
    "no growth, no cost": (
        "EUR",
        lambda: whole(market=market(growth=0), orders=orders(unit_cost=""), **campaigns(cost="")),
    ),
    "half, and more clicks than views": (
        "EUR",
        lambda: whole(market=market(growth=-0.5), **campaigns(impressions=5, clicks=9)),
    ),
    "tenfold, of one customer": (
        "EUR",
        lambda: whole(market=market(growth=8.0, brands=2), orders=orders(customer_id="c0")),
    ),
    "below nothing": ("EUR", _negative),
    "returns only": ("EUR", _returned),
    "a category without sales": (
        "EUR",
        lambda: whole(market=[*market(("A",)), *market(("B",), gmv=0)]),
    ),
    "huge": (
        "EUR",
        lambda: whole(market=market(gmv=4e10), orders=orders(unit_price=9e8, unit_cost=5e8)),
    ),
    "months missing, free campaigns": (
        "EUR",
        lambda: whole(
            market=[row for row in market() if row["month"].month not in (3, 11)],
            **campaigns(cost=0),
        ),
    ),
    "unlisted": ("EUR", _other_brands),
    "strange names": ("EUR", _strange_names),
    "one control group": ("EUR", _one_control_group),
    "a loss and a gain": ("KWD", lambda: campaign_shop({"Lost": (3, 2, 30.0), "Won": (3, 9, 1)})),
}
