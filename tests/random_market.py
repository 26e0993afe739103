"""The market of a random shop: brands and collected rows, by month and category path."""

from __future__ import annotations

from datetime import date
from random import Random

Row = dict[str, str | None]
BRANDS = [f"Brand {letter}" for letter in "ABCDEFGHJKLMNPQRSTUV"]
#: Names under which a table collects what it does not list by brand.
COLLECTED: list[str | None] = [
    None,
    *["Other", "others", "ALL OTHERS", "rest", "(unknown)"],
    *["unknown", "N/A", "Other brands", "(other)", "-", "Sonstige", "Autres", "Otros"],
    *["其他", "その他", "Other\t"],
]


def market_rows(random: Random, first: date, span: int, digits: int, paths: list[str]) -> list[Row]:
    """The table ``market``: begins before or after the shop, and ends near its end."""
    begins = _month(first) - random.choice([0, 1, 13, 26]) + random.choice([0, 0, 0, 2])
    ends = max(begins, _month(first) + span // 30 + random.choice([-1, 0, 0, 1]))
    months = list(range(begins, ends + 1))
    if random.random() < 0.2 and len(months) > 3:
        months.remove(random.choice(months[1:-1]))  # a month that nobody delivered
    chosen = random.sample(paths, random.randrange(1, min(5, len(paths))))
    rows: list[Row] = []
    for path in chosen:
        brands = random.sample(BRANDS, random.choice([0, 1, 3, 12, 18]))
        collected = random.sample(COLLECTED, random.choice([0, 1, 1, 2]) if brands else 1)
        since = random.choice(months) if random.random() < 0.15 else months[0]
        for month in months:
            if month < since:
                continue
            for brand in brands + collected:
                if brand in brands and random.random() < 0.15:
                    continue
                gmv = 0.0 if random.random() < 0.02 else random.uniform(1, 2_000)
                rows.append(
                    {
                        "month": date(
                            month // 12, month % 12 + 1, random.choice([1, 1, 15, 28])
                        ).isoformat(),
                        "category": path,
                        "brand": brand,
                        "gmv": f"{gmv:.{digits + random.choice([0, 0, 2])}f}",
                    }
                )
    for column, bad in (("gmv", "-1.00"), ("month", "2024-05"), ("gmv", "1,5")):
        if random.random() < 0.15 and rows:
            rows.append(random.choice(rows) | {column: bad})
    if random.random() < 0.15 and rows:
        rows.append(dict(random.choice(rows)))
    return rows


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
