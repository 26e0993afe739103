"""The category page by its definitions: brands, shares and months of the market table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from .naive_campaigns import ratio
from .naive_rows import Rows, end_of, periods, step
from .random_market import COLLECTED

NUMBERS = ("market_gmv", "open_gmv", "open_share", "most_open_gmv", "fastest_growth")
Numbers = dict[str, Any]
Window = tuple[date, date]
MANY = {name.strip().lower() for name in COLLECTED}


class Market:
    """The market table under one view; every amount is in minor units."""

    def __init__(self, rows: Rows, view: dict[str, Any]) -> None:
        self.rows, self.view = rows, view
        self.table = [
            row
            | {
                "gmv": rows.minor(row["gmv"]),
                "parts": row["category"].split(" / "),
            }
            for row in rows.used.get("market", [])
        ]
        self.begins = min(row["month"] for row in self.table)
        wanted = view.get("categories")
        self.seen = [
            row | {"key": self._key(row["parts"])}
            for row in self.table
            if (not wanted or row["parts"][0] in wanted) and self._within(row["category"])
        ]

    def _key(self, parts: list[str]) -> str:
        """The category that a path is shown as: one level below what is looked into, or all."""
        if self.view["detail"] == "full path":
            return " / ".join(parts)
        within = self.view.get("within")
        return " / ".join(parts[: len(within.split(" / ")) + 1 if within else 1])

    def whole_window(self) -> Window | None:
        """First and last month of the window; None where no month is complete."""
        whole = self.rows.whole_day()
        last = self.rows.last_complete(min(self.view.get("as_of") or whole, whole), "month")
        last = min(last, max(row["month"] for row in self.table))
        if last < self.begins:
            return None
        return max(self.begins, step(last, 1 - self.view["months"], "month")), last

    def window(self) -> Window | None:
        """Of the window the months that lie wholly in the selected part."""
        whole = self.whole_window()
        if whole is None:
            return None
        since, until = self.view.get("since"), self.view.get("until")
        months = [
            month
            for month in periods(*whole, "month")
            if (not since or month >= since) and (not until or end_of(month, "month") <= until)
        ]
        return (months[0], months[-1]) if months else None

    # --- one definition of size, leaders and what is open ---

    def sold(self, first: date, last: date, picked: bool = False) -> dict[str, dict[str, int]]:
        """Category -> brand -> amount in the months ``first..last``."""
        pick = self.view.get("picked") if picked else ""
        found: dict[str, dict[str, int]] = {}
        for row in self.seen:
            if first <= row["month"] <= last and (not pick or row["key"] == pick):
                brands = found.setdefault(row["key"], {})
                brands[row["brand"]] = brands.get(row["brand"], 0) + row["gmv"]
        return found

    def structure(self, brands: dict[str, int]) -> Numbers:
        """Size and concentration of one category; collected rows are no brand."""
        whole = sum(brands.values())
        single = sorted((v for b, v in brands.items() if b.lower() not in MANY and v), reverse=True)
        held = sum(single[: self.view["leaders"]])
        return {
            "gmv": whole,
            "brands": len(single),
            "cr4": ratio(sum(single[:4]), whole),
            "cr10": ratio(sum(single[:10]), whole),
            "hhi": ratio(sum((100 * value) ** 2 for value in single), whole**2),
            "leaders_share": ratio(held, whole),
            "leaders_gmv": held,
            "open_gmv": whole - held,
            "unlisted_share": ratio(whole - sum(single), whole),
        }

    def growth(self, category: str, first: date, last: date) -> float | None:
        """Each month against the same month a year earlier, only months that both years have."""
        months: dict[date, int] = {}
        for row in self.seen:
            if row["key"] == category:
                months[row["month"]] = months.get(row["month"], 0) + row["gmv"]
        both = [
            month
            for month in periods(first, last, "month")
            if month in months and step(month, -12, "month") in months
        ]
        before = sum(months[step(month, -12, "month")] for month in both)
        return sum(months[month] for month in both) / before - 1 if before else None

    def own_share(self, category: str, first: date, last: date) -> float | None:
        """What this shop sold of a category's market, over the months that both know."""
        if "category" not in self.rows.mapped.get("products", ()):
            return None
        whole = self.rows.last_complete(self.rows.whole_day(), "month")
        begins = self.rows.first_day()
        begins = begins if begins.day == 1 else step(begins.replace(day=1), 1, "month")
        market = [row for row in self.seen if row["key"] == category]
        both = {
            row["month"] for row in market if max(first, begins) <= row["month"] <= min(last, whole)
        }
        own = sum(
            line.gmv
            for line in self.rows.lines
            if line.day.replace(day=1) in both
            and self._within(line.path)
            and self._key(line.path.split(" / ")) == category
        )
        return ratio(own, sum(row["gmv"] for row in market if row["month"] in both))

    def _within(self, path: str) -> bool:
        within = self.view.get("within") or ""
        return not within or (path + " / ").startswith(within + " / ")

    def categories(self) -> dict[str, Numbers]:
        """Category -> its row of the table, whatever is picked."""
        window = self.window()
        assert window is not None
        return {
            key: self.structure(brands)
            | {"growth": self.growth(key, *window), "own_share": self.own_share(key, *window)}
            for key, brands in self.sold(*window).items()
        }

    def sums(self, first: date, last: date, category: str | None = None) -> Numbers:
        """Size and open market of what is picked, or of one category."""
        found = [
            self.structure(brands)
            for key, brands in self.sold(first, last, picked=True).items()
            if category in (None, key)
        ]
        whole, opened = (sum(row[what] for row in found) for what in ("gmv", "open_gmv"))
        if not whole:
            return {}
        return {"market_gmv": whole, "open_gmv": opened, "open_share": opened / whole}

    def headline(self) -> dict[str, Numbers]:
        """Number -> value, previous, last_year and trend."""
        window = self.window()
        assert window is not None
        first, last = window
        length = len(periods(first, last, "month"))
        found: dict[str, Numbers] = {}
        for name in NUMBERS[:3]:
            found[name] = self._compared(lambda a, z, name=name: self.sums(a, z).get(name), length)
            trend = periods(max(self.begins, step(last, -11, "month")), last, "month")
            found[name]["trend"] = [self.sums(month, month).get(name) for month in trend]
        rows = self.categories()
        if pick := self.view.get("picked"):
            rows = {key: row for key, row in rows.items() if key == pick}
        best = max(rows, key=lambda key: rows[key]["open_gmv"] or 0, default=None)
        found["most_open_gmv"] = self._compared(
            lambda a, z: self.sums(a, z, best).get("open_gmv") if best else None, length
        )
        known = [row["growth"] for row in rows.values() if row["growth"] is not None]
        found["fastest_growth"] = {"value": max(known, default=None)}
        return found

    def _compared(self, ask: Callable[[date, date], Any], length: int) -> Numbers:
        first, last = self.window() or (date.max, date.max)

        def back(months: int) -> Any:
            a, z = step(first, -months, "month"), step(last, -months, "month")
            return ask(a, z) if a >= self.begins else None

        return {"value": ask(first, last), "previous": back(length), "last_year": back(12)}

    # --- panels ---

    def brands(self) -> list[Numbers]:
        """The largest single brands of what is shown; shares are of the whole."""
        window = self.window()
        assert window is not None
        sums: dict[str, int] = {}
        for brands in self.sold(*window, picked=True).values():
            for brand, value in brands.items():
                sums[brand] = sums.get(brand, 0) + value
        whole = sum(sums.values())
        single = [(b, v) for b, v in sums.items() if b.lower() not in MANY and v]
        single.sort(key=lambda pair: (-pair[1], pair[0]))
        return [
            {"brand": brand, "brand_gmv": value, "share": ratio(value, whole)}
            for brand, value in single
        ]

    def months(self) -> dict[tuple[str, date], int]:
        """Category and month -> size, over the whole window."""
        window = self.whole_window()
        assert window is not None
        found: dict[tuple[str, date], int] = {}
        pick = self.view.get("picked")
        for row in self.seen:
            if window[0] <= row["month"] <= window[1] and (not pick or row["key"] == pick):
                key = (row["key"], row["month"])
                found[key] = found.get(key, 0) + row["gmv"]
        return found

    def gaps(self, first: date, last: date) -> bool:
        """Whether any category that is shown lacks a month of ``first..last``."""
        months = set(periods(first, last, "month"))
        return any(
            months - {row["month"] for row in self.seen if row["key"] == key}
            for key in {row["key"] for row in self.seen}
        )
