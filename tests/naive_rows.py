"""What the rows of a random shop mean, read one by one by the words of the data dictionary.

Nothing here knows how the package does it: text, ``Decimal``, ``datetime`` and ``zoneinfo`` only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from .random_shops import CURRENCIES, Row, Shop

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
UNKNOWN = "(unknown)"
CONTENT_TYPES = {"marketing_copy", "shopping_guide", "rule_explanation", "scenario_story"}
STATUSES = {"completed", "cancelled", "returned", "credited"}
KINDS = {
    "ordered_at": "moment",
    "occurred_at": "moment",
    "quantity": "whole",
    "impressions": "whole",
    "clicks": "whole",
    "unit_price": "number",
    "discount": "number",
    "unit_cost": "number",
    "cost": "number",
    "gmv": "number",
    "day": "day",
    "month": "day",
    "starts_on": "day",
    "ends_on": "day",
}
REQUIRED = {
    "orders": ["order_id", "ordered_at", "product_id", "quantity", "unit_price"],
    "products": ["product_id"],
    "events": ["occurred_at", "customer_id", "event"],
    "campaigns": ["campaign_id"],
    "campaign_days": ["campaign_id", "day"],
    "market": ["month", "category", "gmv"],
}
KEYS = {
    "products": ["product_id"],
    "campaigns": ["campaign_id"],
    "campaign_days": ["campaign_id", "day"],
    "market": ["month", "category", "brand"],
}
#: Columns that hold names, which are written in one way; ids are left as they are.
NAMES = {
    name: "campaign" if name == "name" else name
    for name in ("brand", "category", "channel", "name", "content_type", "format")
}
ABOVE_ZERO = {"quantity", "unit_price"}
NOT_BELOW_ZERO = {"discount", "unit_cost", "cost", "gmv", "impressions", "clicks"}


class WrongTypeError(Exception):
    """A value that is not of its column's type."""


def usable(shop: Shop, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table that break no rule, their values of the types of the contract."""
    return {name: _good(shop, name, rows, now) for name, rows in shop.tables.items()}


def _good(shop: Shop, table: str, rows: list[Row], now: datetime) -> list[dict[str, Any]]:
    found = []
    seen = set()
    for row in rows:
        try:
            values = {
                name: _value(KINDS.get(name, "text"), text)
                for name, text in row.items()
                if name != "exported_at"
            }
        except WrongTypeError:
            continue
        if not _keeps_the_rules(table, values, now):
            continue
        if table == "market":
            values["month"] = values["month"].replace(day=1)
        key = tuple(values[name] for name in KEYS.get(table, values))
        if table != "events":
            if key in seen:
                continue
            seen.add(key)
        # Copies are sought in what the file says: two spellings are two rows, of one name.
        found.append({name: _named(shop, name, value) for name, value in values.items()})
    return found


def _keeps_the_rules(table: str, row: dict[str, Any], now: datetime) -> bool:
    cancelled = table == "orders" and row.get("status") == "cancelled"
    needed = [name for name in REQUIRED[table] if not cancelled or name not in ABOVE_ZERO]
    if any(row.get(name) is None for name in needed):
        return False
    for name, value in row.items():
        kind = KINDS.get(name)
        if value is None or (table == "campaigns" and kind == "day"):
            continue
        if kind == "moment" and not datetime(1990, 1, 1) <= value <= now + timedelta(days=1):
            return False
        if kind == "day" and not date(1990, 1, 1) <= value <= now.date():
            return False
        if name in ABOVE_ZERO and value <= 0 and not cancelled:
            return False
        if name in NOT_BELOW_ZERO and value < 0:
            return False
    if row.get("status") is not None and row["status"] not in STATUSES:
        return False
    if row.get("content_type") is not None and row["content_type"] not in CONTENT_TYPES:
        return False
    starts, ends = row.get("starts_on"), row.get("ends_on")
    return not (starts and ends and ends < starts)


def _value(kind: str, text: str | None) -> Any:
    """A text as the type that its column has; None where there is nothing."""
    if text is None or text == "":
        return None
    try:
        if kind == "moment":
            moment = datetime.fromisoformat(text)
            return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
        if kind == "day":
            return date.fromisoformat(text)
    except ValueError:
        raise WrongTypeError from None
    if kind == "text":
        return text if text.strip() else None
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        raise WrongTypeError
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise WrongTypeError from None
    if kind == "whole" and number != int(number):
        raise WrongTypeError
    return number


def _named(shop: Shop, column: str, value: Any) -> Any:
    if column not in NAMES or value is None:
        return value
    name = tidy(value)
    shown = shop.names.get(NAMES[column], {})
    if column != "category":
        return shown.get(name, name)
    name = re.sub(" */ +| +/ *", " / ", name)
    for old, new in shown.items():  # takes all below it along
        if (name + " / ").startswith(old + " / "):
            return new + name[len(old) :]
    return name


def tidy(name: str) -> str:
    """A name without spaces around it, in one Unicode form."""
    return unicodedata.normalize("NFKC", name).strip()


@dataclass(frozen=True)
class Line:
    """One order line; money in whole minor units."""

    order: str
    moment: datetime
    day: date
    customer: str | None
    channel: str
    path: str
    campaign: str | None
    delivered: bool
    counts: bool
    gmv: int
    net: int
    goods: int | None

    @property
    def category(self) -> str:
        """The first level of the path."""
        return self.path.split(" / ")[0]


@dataclass(frozen=True)
class Visit:
    """One thing a visitor did."""

    moment: datetime
    day: date
    customer: str
    channel: str
    category: str


class Rows:
    """A shop's usable rows with their local days, categories and money."""

    def __init__(self, shop: Shop, now: datetime) -> None:
        self.shop = shop
        self.zone = ZoneInfo(shop.timezone)
        self.digits = CURRENCIES[shop.currency]
        self.used = usable(shop, now)
        self._now = now
        self.mapped = {name: set(rows[0]) for name, rows in shop.tables.items()}
        self._products = {row["product_id"]: row for row in self.used.get("products", [])}
        self.lines = [self._line(row) for row in self.used["orders"]]
        self.visits = [self._visit(row) for row in self.used.get("events", [])]

    def minor(self, amount: Decimal | int) -> int:
        """An amount in whole minor units, rounded half to even."""
        return int((Decimal(amount) * 10**self.digits).quantize(Decimal(1), ROUND_HALF_EVEN))

    def local_day(self, moment: datetime) -> date:
        """The day on which a moment (naive UTC) falls in the shop."""
        return moment.replace(tzinfo=UTC).astimezone(self.zone).date()

    def _path(self, product: str | None) -> str:
        found = self._products.get(product)
        return (found or {}).get("category") or UNKNOWN

    def _line(self, row: dict[str, Any]) -> Line:
        status = row.get("status") or "completed"
        delivered = status in ("completed", "returned")
        pieces = row["quantity"] or 0
        gross = self.minor(pieces * (row["unit_price"] or 0))
        off = self.minor(row.get("discount") or Decimal(0))
        price = row.get("unit_cost")
        if price is None:
            price = self._products.get(row["product_id"], {}).get("unit_cost")
        cost = None if price is None else self.minor(pieces * price)
        # Returned goods are back on the shelf; a credit note takes an earlier line back.
        sign = {"completed": 1, "credited": -1}.get(status, 0)
        return Line(
            row["order_id"],
            row["ordered_at"],
            self.local_day(row["ordered_at"]),
            row.get("customer_id"),
            row.get("channel") or UNKNOWN,
            self._path(row["product_id"]),
            row.get("campaign_id"),
            delivered,
            status != "cancelled",
            gross if delivered else 0,
            sign * (gross - off),
            0 if sign == 0 else None if cost is None else sign * cost,
        )

    def _visit(self, row: dict[str, Any]) -> Visit:
        moment = row["occurred_at"]
        category = self._path(row.get("product_id")).split(" / ")[0]
        channel = row.get("channel") or UNKNOWN
        return Visit(moment, self.local_day(moment), row["customer_id"], channel, category)

    def first_day(self, table: str = "orders") -> date:
        """The first day of which a table knows everything."""
        first = min(row.day for row in (self.lines if table == "orders" else self.visits))
        said = self.shop.complete.get("", {}) | self.shop.complete.get(table, {})
        return min(first, said.get("complete_from", first))

    def last_day(self, table: str = "orders") -> date:
        """The last day of which a table has a row."""
        return max(row.day for row in (self.lines if table == "orders" else self.visits))

    def whole_day(self, table: str = "orders") -> date:
        """The last day that has wholly passed: the source says it, or the last is running."""
        for said in (self.shop.complete.get(table, {}), self.shop.complete.get("", {})):
            if "complete_to" in said:
                return said["complete_to"]
            if "lag_days" in said:
                return self.local_day(self._now) - timedelta(days=said["lag_days"])
            if column := said.get("complete_column"):
                rows = self.shop.tables[table]
                newest = max(datetime.fromisoformat(str(row[column])) for row in rows)
                return self.local_day(newest) - timedelta(days=1)
        # Months have no last day of their own: the shop's days say which of them are over.
        return self.last_day("orders" if table == "market" else table) - timedelta(days=1)

    # --- periods, each known by its first day ---

    def start_of(self, day: date, grain: str) -> date:
        """The first day of the week or month that holds ``day``."""
        if grain == "month":
            return day.replace(day=1)
        while WEEKDAYS[day.weekday()] != self.shop.week_start:
            day -= timedelta(days=1)
        return day

    def last_complete(self, as_of: date, grain: str, table: str = "orders") -> date:
        """The last period that has wholly passed as of a day."""
        passed = min(as_of, self.whole_day(table))
        start = self.start_of(passed, grain)
        return start if end_of(start, grain) <= passed else step(start, -1, grain)


def step(start: date, count: int, grain: str) -> date:
    """The first day of the period ``count`` periods later."""
    if grain == "month":
        months = start.year * 12 + start.month - 1 + count
        return date(months // 12, months % 12 + 1, 1)
    return start + timedelta(days=7 * count)


def end_of(start: date, grain: str) -> date:
    """The last day of the period that begins on ``start``."""
    return step(start, 1, grain) - timedelta(days=1)


def periods(first: date, last: date, grain: str) -> list[date]:
    """The periods from ``first`` to ``last``, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = step(first, 1, grain)
    return found
