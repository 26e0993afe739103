"""Random small shops as their owners might hand them over: messy, in any zone, week and currency.

Every value is text, as a file holds it; what the text means is the reader's affair. A seed gives
the same shop on every machine.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from .random_market import market_rows
from .random_media import campaign_rows

Text = str | None
Row = dict[str, Text]

#: With daylight saving at one, two and three in the morning, at midnight, and by half an hour.
ZONES = [
    "UTC",
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
]
WEEK_STARTS = ["monday", "friday", "saturday", "sunday"]
CURRENCIES = {"JPY": 0, "EUR": 2, "CNY": 2, "KWD": 3}
CHANNELS = ["app", "search", "Email", "partner/one"]
STATUSES = [*["completed"] * 12, *["returned"] * 2, *["cancelled"] * 2, *["credited"] * 2, None]
#: Shelves of the shop and of the market.
PATHS = [
    "Toys",
    "Toys / Cars",
    "Toys / Cars / Wood",
    "Toys / Dolls",
    "Beauty / Skin",
    "Beauty / Hair",
    "Home & Garden",
    "Home & Garden / Tools / Saws",
]
#: Part of the shops whose names have spaces around them, or other widths of letters.
UNTIDY = 0.2
#: A bad value by the column that it spoils: the row is set aside, and nothing else happens.
SPOILED: dict[str, list[Text]] = {
    "order_id": [None],
    "ordered_at": [None, "soon", "31/05/2024 10:00", "1970-01-01 00:00:00", "2099-01-01 00:00:00"],
    "product_id": [None],
    "quantity": [None, "0", "-2", "2.5", "two"],
    "unit_price": [None, "0", "-1.00", "3,50", "EUR 3", "infinity"],
    "discount": ["-0.50", "some"],
    "unit_cost": ["-0.10", "n/a"],
    "status": ["shipped"],
}
#: The types that a file of Parquet gives its columns; all others are text.
WHOLE = {"quantity", "impressions", "clicks"}
FRACTIONS = {"unit_price", "discount", "unit_cost", "cost", "gmv"}
#: The day on which all this is read.
TODAY = date(2030, 1, 1)
DAYS = {"day", "starts_on", "ends_on", "month"}
MOMENTS = {"ordered_at", "occurred_at"}


@dataclass
class Shop:
    """What a shop hands over: its tables as text, and what its ``source.toml`` says."""

    seed: int
    timezone: str
    week_start: str
    currency: str
    tables: dict[str, list[Row]]
    #: Table -> written as Parquet instead of CSV.
    parquet: dict[str, bool] = field(default_factory=dict)
    #: Table ("" is all of them) -> what the source says of its complete days: key -> value.
    complete: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Kind of name -> name in the data -> name it is shown under.
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    collected_brands: list[str] = field(default_factory=list)
    campaign_days_complete: bool = False

    def toml(self) -> str:
        """The ``source.toml`` of the shop."""
        lines = [
            f'currency = "{self.currency}"',
            f'timezone = "{self.timezone}"',
            f'week_start = "{self.week_start}"',
            "max_rejected_share = 1.0",
        ]
        lines += _said(self.complete.get("", {}))
        if self.campaign_days_complete:
            lines.append("campaign_days_complete = true")
        if self.collected_brands:
            lines.append(f"collected_brands = {json.dumps(self.collected_brands)}")
        for kind, names in self.names.items():
            lines.append(f"[names.{kind}]")
            lines += [f"{json.dumps(a)} = {json.dumps(b)}" for a, b in names.items()]
        if any(self.complete):
            for name in self.tables:
                kind = "parquet" if self.parquet.get(name) else "csv"
                lines += [f"[tables.{name}]", f'file = "{name}.{kind}"']
                lines += _said(self.complete.get(name, {}))
        return "\n".join(lines) + "\n"

    def write(self, folder: Path) -> Path:
        """Write the shop as a source folder; returns the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "source.toml").write_text(self.toml())
        for name, rows in self.tables.items():
            if self.parquet.get(name):
                pq.write_table(_typed(rows), folder / f"{name}.parquet")
                continue
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        return folder


def _said(words: dict[str, Any]) -> list[str]:
    return [f"{k} = {v}" if isinstance(v, int) else f'{k} = "{v}"' for k, v in words.items()]


def _typed(rows: Sequence[Row]) -> pa.Table:
    """``rows`` with true types where every value of a column has its type, else as text."""
    columns = {}
    for name in rows[0]:
        values = pa.array([row[name] for row in rows], pa.string())
        kind = (
            pa.int64()
            if name in WHOLE
            else pa.float64()
            if name in FRACTIONS
            else pa.date32()
            if name in DAYS
            else pa.timestamp("us")
            if name in MOMENTS
            else pa.string()
        )
        try:
            columns[name] = values.cast(kind)
        except pa.ArrowInvalid:
            columns[name] = values
    return pa.table(columns)


def random_shop(seed: int) -> Shop:
    """The shop of a seed: 30 to 250 order lines over three weeks to two and a half years."""
    random = Random(seed)
    zone = random.choice(ZONES)
    currency = random.choice(list(CURRENCIES))
    span = random.choice([20, 75, 200, 420, 900])
    first = date(2022, 1, 1) + timedelta(days=random.randrange(500))
    clock = Clock(random, ZoneInfo(zone), first, span)
    digits = CURRENCIES[currency]
    products = _products(random, digits)
    campaigns, campaign_days, campaign_ids = campaign_rows(random, first, span, digits)
    orders = _orders(random, clock, digits, products, campaign_ids)
    tables = {"orders": orders}
    optional = {
        "products": (0.85, products),
        "campaigns": (0.8, campaigns),
        "campaign_days": (0.8, campaign_days),
        "market": (0.8, market_rows(random, first, span, digits, PATHS)),
        "events": (0.5, _events(random, clock, products)),
    }
    for name, (share, rows) in optional.items():
        if rows and random.random() < share:
            tables[name] = rows
    shop = Shop(seed, zone, random.choice(WEEK_STARTS), currency, tables)
    if random.random() < UNTIDY:
        _untidy(random, tables)
    shop.parquet = {name: random.random() < 0.4 for name in tables}
    shop.campaign_days_complete = "campaign_days" in tables and random.random() < 0.3
    end = first + timedelta(days=span)
    if random.random() < 0.75:
        shop.complete[""] = _complete(random, end)
    if random.random() < 0.2:
        begins = first - timedelta(days=random.choice([1, 10, 100]))
        shop.complete.setdefault("", {})["complete_from"] = begins
    for name in ("events", "market"):
        if name in tables and random.random() < 0.2:
            shop.complete[name] = _complete(random, end)
            if name == "events" and random.random() < 0.3:
                moment = datetime(end.year, end.month, end.day, 4) + timedelta(days=2)
                shop.complete[name] = {"complete_column": "exported_at"}
                tables[name] = [row | {"exported_at": f"{moment}"} for row in tables[name]]
    if random.random() < 0.25:
        shop.names = random.choice(
            [
                {"brand": {"Brand A": "Brand B"}, "channel": {"Email": "app"}},
                {"category": {"Toys / Cars": "Games"}, "format": {"banner": "Banner"}},
                {"category": {"Beauty": "Toys"}, "campaign": {"k1": "Spring"}},
                {"channel": {"app": "App"}, "brand": {"Other": "Other Ltd"}},
            ]
        )
    if random.random() < 0.2:
        shop.collected_brands = random.choice([["Brand C"], ["brand d", "BRÁND-E"]])
    return shop


def _complete(random: Random, end: date) -> dict[str, Any]:
    """What a source says of its last complete day, which is at or near ``end``."""
    last = end + timedelta(days=random.choice([0, 0, 0, 0, 3, 40, -3]))
    if random.random() < 0.2:
        return {"lag_days": (TODAY - last).days}
    return {"complete_to": last}


@dataclass
class Clock:
    """Moments of a shop, many of them where days, months and the clocks themselves change."""

    random: Random
    zone: ZoneInfo
    first: date
    span: int

    def moment(self) -> datetime:
        """A moment in UTC, naive, on a local day of the shop."""
        random = self.random
        day = self.first + timedelta(days=random.randrange(self.span))
        if random.random() < 0.15:
            day = day.replace(day=1)
            day = max(day, self.first)
        second = random.randrange(86_400)
        if random.random() < 0.3:
            second = random.choice([0, 1, 59, 3_599, 3_600, 7_200, 86_398, 86_399])
        local = datetime(day.year, day.month, day.day) + timedelta(seconds=second)
        return local.replace(tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None)


def written(random: Random, moment: datetime) -> str:
    """One of the ways in which a moment may stand in a file."""
    style = random.randrange(14)
    if style >= 12:
        moment = moment.replace(microsecond=random.choice([1, 100_000, 500_000, 999_999]))
        return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
    if style == 0:
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    if style == 1:
        return (moment + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S+08:00")
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def amount(random: Random, digits: int, high: float) -> str:
    """An amount above 0, at times with more decimals than the currency has, or half a unit."""
    decimals = digits + random.choice([0, 0, 0, 1, 3])
    text = f"{random.uniform(0, high) + 10.0**-digits:.{decimals}f}"
    if random.random() < 0.2:
        text = f"{random.randrange(1, 40)}.{'0' * digits}5"
    return text


def _products(random: Random, digits: int) -> list[Row]:
    costs = random.random() < 0.7
    gaps = random.random() < 0.3
    rows: list[Row] = []
    for number in range(random.randrange(3, 12)):
        rows.append(
            {
                "product_id": f"p{number}",
                "category": None if random.random() < 0.1 else random.choice(PATHS),
                "brand": random.choice(["Acme", "Zeta", None]),
                "unit_cost": None if gaps and random.random() < 0.2 else amount(random, digits, 8),
            }
        )
    if random.random() < 0.2:
        rows.append({"product_id": None, "category": "Toys", "brand": None, "unit_cost": None})
    if random.random() < 0.2:
        rows.append(dict(rows[0]))
    if random.random() < 0.2:
        rows.append({"product_id": "p99", "category": "Toys", "brand": None, "unit_cost": "-1.00"})
    if not costs:
        for row in rows:
            del row["unit_cost"]
    return rows


def _orders(
    random: Random, clock: Clock, digits: int, products: list[Row], campaign_ids: list[str]
) -> list[Row]:
    customers = [f"c{i}" for i in range(random.choice([2, 6, 15, 40]))]
    known = [row["product_id"] for row in products if row["product_id"]]
    rows: list[Row] = []
    wanted, number = random.randrange(30, 250), 0
    favourite = random.random()
    forgetful = random.random() < 0.2  # not every line of an order says who ordered
    while len(rows) < wanted:
        number += 1
        moment = clock.moment()
        channel = random.choice([*CHANNELS, None])
        customer = None if random.random() < 0.08 else random.choice(customers)
        same = random.randrange(1, 3) if random.random() < 0.1 else 1
        for order in range(same):  # at times several orders of a customer in one second
            order_id = f"o{number}" + ("" if same == 1 else f"-{same - order}")
            campaign = random.choice(campaign_ids) if random.random() < favourite else None
            for line in range(random.choice([1, 1, 1, 2, 3])):
                two = random.random() < 0.15
                off = amount(random, digits, 60 if random.random() < 0.1 else 2)
                later = timedelta(seconds=random.choice([0, 0, 0, 0, 1, 5, 3_700]) if line else 0)
                rows.append(
                    {
                        "order_id": order_id,
                        "ordered_at": written(random, moment + later),
                        "customer_id": None if forgetful and random.random() < 0.2 else customer,
                        "product_id": "p-new" if random.random() < 0.04 else random.choice(known),
                        "quantity": random.choice(["1", "1", "2", "3", "7", "4.0"]),
                        "unit_price": amount(random, digits, 30),
                        "discount": random.choice([None] * 6 + [off, off]),
                        "unit_cost": amount(random, digits, 9) if random.random() < 0.2 else None,
                        "channel": random.choice(CHANNELS) if two else channel,
                        "campaign_id": random.choice(campaign_ids) if two else campaign,
                        "status": random.choice(STATUSES),
                    }
                )
    for _ in range(random.randrange(6)):
        spoiled = dict(random.choice(rows))
        column = random.choice(list(SPOILED))
        spoiled[column] = random.choice(SPOILED[column])
        rows.insert(random.randrange(len(rows) + 1), spoiled)
    for _ in range(random.choice([0, 0, 1, 2])):
        rows.append(dict(random.choice(rows)))
    for row in rows:  # nobody keeps the price of what was cancelled
        if row["status"] == "cancelled" and random.random() < 0.3:
            row |= {"quantity": None, "unit_price": None}
    _forget(random, rows, ["customer_id", "discount", "unit_cost", "channel", "status"], 0.08)
    _forget(random, rows, ["campaign_id"], 0.04)
    return rows


def _untidy(random: Random, tables: dict[str, list[Row]]) -> None:
    """Names as several hands write them."""
    for rows in tables.values():
        for row in rows:
            for name in ("channel", "brand", "category", "name", "format"):
                text = row.get(name)
                if text and random.random() < 0.1:
                    apart = text.replace(" / ", random.choice([" /", "/ ", "  /  "]))
                    row[name] = random.choice([f"{text} ", f" {text}", wide(text), apart])


def wide(text: str) -> str:
    """The first letter in the width that Chinese and Japanese keyboards write."""
    first = ord(text[0])
    return chr(first + 0xFEE0) + text[1:] if 0x41 <= first <= 0x7A else text


def _forget(random: Random, rows: list[Row], columns: list[str], share: float) -> None:
    """Leave a column out of the file, now and then."""
    for column in columns:
        if random.random() < share:
            for row in rows:
                del row[column]


def _events(random: Random, clock: Clock, products: list[Row]) -> list[Row]:
    known = [row["product_id"] for row in products if row["product_id"]]
    late = random.random() < 0.3  # tracking began later than the shop, or earlier
    shift = timedelta(days=random.choice([-40, clock.span // 2]) if late else 0)
    end = clock.first + timedelta(days=clock.span)
    rows: list[Row] = []
    for _ in range(random.randrange(20, 200)):
        moment = clock.moment() + shift
        if moment.date() >= end - timedelta(days=1):
            moment -= shift
        rows.append(
            {
                "occurred_at": written(random, moment),
                "customer_id": f"c{random.randrange(20)}",
                "event": random.choice(["view", "cart"]),
                "product_id": random.choice([None, "p-new", *known]),
                "channel": random.choice([*CHANNELS, None]),
            }
        )
    for column, bad in (("occurred_at", "soon"), ("customer_id", None), ("event", None)):
        if random.random() < 0.3:
            rows.append(rows[0] | {column: bad})
    _forget(random, rows, ["product_id", "channel"], 0.1)
    return rows
