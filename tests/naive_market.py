"""The category page by its definitions: brands, shares and months of the market table."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

from .naive_campaigns import ratio
from .naive_rows import Rows, end_of, periods, step
from .random_market import COLLECTED

NUMBERS = ("market_gmv", "open_gmv", "open_share", "most_open_gmv", "fastest_growth")
Numbers = dict[str, Any]
Window = tuple[date, date]


def letters(name: str) -> str:
    """A brand without what does not matter: capital letters, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(c for c in plain if c.isalnum()) or "-"


#: The collected names that random markets use, all of which the page knows.
MANY = {letters(name) for name in COLLECTED if name}


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
        return " / ".join(parts) if self.view["detail"] == "full path" else self.level(parts)

    def level(self, parts: list[str]) -> str:
        """The category one level below what is looked into."""
        within = self.view.get("within")
        return " / ".join(parts[: len(within.split(" / ")) + 1 if within else 1])

    def whole_window(self) -> Window | None:
        """First and last month of the window; None where no month is complete."""
        whole = self.rows.whole_day("market")
        as_of = self.view.get("as_of") or whole
        last = self.rows.last_complete(as_of, "month", "market")
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

    def sold(self, months: list[date], picked: bool = False) -> dict[str, dict[str | None, int]]:
        """Category -> brand -> amount in these months."""
        pick = self.view.get("picked") if picked else ""
        found: dict[str, dict[str | None, int]] = {}
        for row in self.seen:
            if row["month"] in months and (not pick or row["key"] == pick):
                brands = found.setdefault(row["key"], {})
                brands[row["brand"]] = brands.get(row["brand"], 0) + row["gmv"]
        return found

    def collects(self, brand: str | None) -> bool:
        """Whether a row of this name is of many brands."""
        own = {letters(name) for name in self.rows.shop.collected_brands}
        return brand is None or letters(brand) in MANY | own

    def leaders(self, brands: dict[str | None, int]) -> list[str | None]:
        """The largest single brands, ties by name."""
        single = [brand for brand in brands if not self.collects(brand)]
        return sorted(single, key=lambda b: (-brands[b], str(b)))[: self.view["leaders"]]

    def structure(self, brands: dict[str | None, int]) -> Numbers:
        """Size and concentration of one category; collected rows are no brand."""
        whole = sum(brands.values())
        single = sorted((v for b, v in brands.items() if not self.collects(b) and v), reverse=True)
        held = sum(brands[brand] for brand in self.leaders(brands))
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
        after = sum(months[month] for month in both)
        return after / before - 1 if before and 10 * before >= after else None

    def own_share(self, category: str, first: date, last: date) -> float | None:
        """What this shop sold of a category's market, over the months that both know."""
        if "category" not in self.rows.mapped.get("products", ()):
            return None
        whole = self.rows.last_complete(self.rows.whole_day(), "month")
        begins = self.rows.first_day()
        begins = begins if begins.day == 1 else step(begins.replace(day=1), 1, "month")
        market = [row for row in self.seen if row["key"] == category]
        if not {line.category for line in self.rows.lines} & {r["parts"][0] for r in self.table}:
            return None
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
            for key, brands in self.sold(periods(*window, "month")).items()
        }

    def sums(self, months: list[date], category: str | None = None) -> Numbers:
        """Size and open market of what is picked, or of one category, in some months."""
        found = [
            self.structure(brands)
            for key, brands in self.sold(months, picked=True).items()
            if category in (None, key)
        ]
        if not found:
            return {}
        whole, opened = (sum(row[what] for row in found) for what in ("gmv", "open_gmv"))
        return {"market_gmv": whole, "open_gmv": opened, "open_share": ratio(opened, whole)}

    def month_by_month(self, first: date, last: date) -> dict[date, Numbers]:
        """The twelve months up to the last; open is what the leaders of ``first..last`` leave."""
        window = periods(first, last, "month")
        leaders = {
            key: set(self.leaders(brands)) for key, brands in self.sold(window, picked=True).items()
        }
        found = {}
        for month in periods(max(self.begins, step(last, -11, "month")), last, "month"):
            sold = self.sold([month], picked=True)
            whole = sum(sum(brands.values()) for brands in sold.values())
            held = sum(
                value
                for key, brands in sold.items()
                for brand, value in brands.items()
                if brand in leaders.get(key, ())
            )
            found[month] = (
                {
                    "market_gmv": whole,
                    "open_gmv": whole - held,
                    "open_share": ratio(whole - held, whole),
                }
                if sold
                else {}
            )
        return found

    def headline(self) -> dict[str, Numbers]:
        """Number -> value, previous, last_year and trend."""
        window = self.window()
        assert window is not None
        found: dict[str, Numbers] = {}
        trend = self.month_by_month(*window)
        for name in NUMBERS[:3]:
            found[name] = self._compared(name)
            found[name]["trend"] = [month.get(name) for month in trend.values()]
        rows = self.categories()
        if pick := self.view.get("picked"):
            rows = {key: row for key, row in rows.items() if key == pick}
        best = max(rows, key=lambda key: rows[key]["open_gmv"] or 0, default=None)
        if best is None or rows[best]["open_gmv"]:
            found["most_open_gmv"] = self._compared("open_gmv", best)
        else:
            found["most_open_gmv"] = {"value": 0, "previous": None, "last_year": None}
        known = [row for row in rows.values() if row["growth"] is not None]
        average = sum(row["gmv"] for row in known) / max(len(known), 1)
        grown = [row["growth"] for row in known if 10 * row["gmv"] >= average]
        found["fastest_growth"] = {"value": max(grown, default=None)}
        return found

    # --- comparisons: like months with like months ---

    def known(self, months: list[date], category: str | None = None) -> list[date]:
        """Which of some months the table has, of what is looked at or of one category."""
        pick = category or self.view.get("picked")
        there = {row["month"] for row in self.seen if not pick or row["key"] == pick}
        return [month for month in months if month in there]

    def _compared(self, name: str, category: str | None = None) -> Numbers:
        first, last = self.window() or (date.max, date.max)
        window = periods(first, last, "month")
        now = self.known(window, category)
        today = self.sums(window, category).get(name)

        def then(months: list[date], back: int) -> Any:
            known = self.known(months, category)
            if step(first, -back, "month") < self.begins or len(known) != len(now):
                return None
            if not self.alike(now, known, category, 12 if back == 12 else 0):
                return None
            found = self.sums(known, category).get(name)
            # What was less than a tenth of now is nothing to compare with; shares have no base.
            small = found and name != "open_share" and 10 * found < (today or 0)
            return None if small else found

        a_year_ago = then([step(m, -12, "month") for m in now], 12)
        before = a_year_ago  # the period before twelve months is the year before
        if len(window) != 12:
            before = then([step(m, -len(window), "month") for m in window], len(window))
        return {"value": today, "previous": before, "last_year": a_year_ago}

    def alike(self, now: list[date], then: list[date], category: str | None, back: int) -> bool:
        """Whether every category of some size has like months now and then."""
        months: dict[str, set[date]] = {}
        sizes: dict[str, int] = {}
        pick = category or self.view.get("picked")
        for row in self.seen:
            if row["month"] in {*now, *then} and (not pick or row["key"] == pick):
                key = row["key"] if pick else self.level(row["parts"])
                months.setdefault(key, set()).add(row["month"])
                sizes[key] = sizes.get(key, 0) + row["gmv"]
        average = sum(sizes.values()) / max(len(sizes), 1)
        for key, size in sizes.items():
            a, z = months[key] & set(now), months[key] & set(then)
            if 10 * size >= average and (
                len(a) != len(z) or (back and {step(m, -back, "month") for m in a} != z)
            ):
                return False
        return True

    # --- panels ---

    def brands(self) -> list[Numbers]:
        """The largest single brands of what is shown; shares are of the whole."""
        window = self.window()
        assert window is not None
        sums: dict[str, int] = {}
        for brands in self.sold(periods(*window, "month"), picked=True).values():
            for brand, value in brands.items():
                sums[brand] = sums.get(brand, 0) + value
        whole = sum(sums.values())
        single = [(b, v) for b, v in sums.items() if not self.collects(b) and v]
        single.sort(key=lambda pair: (-pair[1], pair[0]))
        return [
            {"brand": brand, "brand_gmv": value, "share": ratio(value, whole)}
            for brand, value in single
        ]

    def months(self) -> dict[tuple[str, date], int | None]:
        """Category and month -> size, over the whole window; None where there is no row."""
        window = self.whole_window()
        assert window is not None
        found: dict[tuple[str, date], Any] = {}
        pick = self.view.get("picked")
        for row in self.seen:
            if window[0] <= row["month"] <= window[1] and (not pick or row["key"] == pick):
                key = (row["key"], row["month"])
                found[key] = found.get(key, 0) + row["gmv"]
        for category in {category for category, _ in found}:
            for month in periods(*window, "month"):
                found.setdefault((category, month), None)
        return found
