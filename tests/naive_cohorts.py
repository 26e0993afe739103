"""The cohort page by its definitions: sets of customers, period by period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from .naive_campaigns import ratio
from .naive_rows import Rows, end_of, periods, step

NUMBERS = ("customers", "weekly_active", "weekly_new", "quick_ratio", "retention_1")
A_YEAR = {"month": 12, "week": 52}
Numbers = dict[str, Any]


class Cohorts:
    """Who came, stayed and came back: by purchases or by visits, under the filters of a view."""

    def __init__(self, rows: Rows, view: dict[str, Any]) -> None:
        self.rows, self.view = rows, view
        self.table = "orders" if view["activity"] == "purchase" else "events"
        all_lines = rows.lines if self.table == "orders" else rows.visits
        self.acts = [act for act in all_lines if act.customer and getattr(act, "delivered", True)]
        first: dict[str, tuple[Any, str]] = {}
        for act in self.acts:
            key = (act.moment.replace(microsecond=0), act.channel)
            first[act.customer] = min(first.get(act.customer, key), key)
        wanted = view.get("acquired")
        self.of_them = {c for c, (_, channel) in first.items() if not wanted or channel in wanted}
        self.as_of = view.get("as_of") or max(rows.last_day(self.table), rows.whole_day(self.table))
        self._began: dict[str, dict[date, set[str]]] = {}
        self._active: dict[tuple[str, bool], dict[date, set[str]]] = {}

    def touches(self, act: Any) -> bool:
        """Whether an activity is in one of the chosen channels and categories."""
        channels, categories = self.view.get("channels"), self.view.get("categories")
        return (not channels or act.channel in channels) and (
            not categories or act.category in categories
        )

    def began(self, grain: str) -> dict[date, set[str]]:
        """Period -> those whose first activity ever fell into it."""
        if grain in self._began:
            return self._began[grain]
        first: dict[str, date] = {}
        for act in self.acts:
            if act.customer in self.of_them:
                first[act.customer] = min(first.get(act.customer, act.day), act.day)
        found = self._began[grain] = {}
        for customer, day in first.items():
            found.setdefault(self.rows.start_of(day, grain), set()).add(customer)
        return found

    def active(self, grain: str, filtered: bool) -> dict[date, set[str]]:
        """Period -> those who were active in it (``filtered``: in a chosen cell)."""
        if (grain, filtered) in self._active:
            return self._active[grain, filtered]
        found = self._active[grain, filtered] = {}
        for act in self.acts:
            if act.customer in self.of_them and (not filtered or self.touches(act)):
                found.setdefault(self.rows.start_of(act.day, grain), set()).add(act.customer)
        return found

    def last(self, grain: str) -> date:
        """The last period that has wholly passed."""
        return self.rows.last_complete(self.as_of, grain, self.table)

    def first(self, grain: str) -> date:
        """The period in which the data begin."""
        return self.rows.start_of(self.rows.first_day(self.table), grain)

    def first_whole(self, grain: str) -> date:
        """The first period that the data have seen from its first day on."""
        first = self.first(grain)
        return first if first == self.rows.first_day(self.table) else step(first, 1, grain)

    # --- retention ---

    def window(self) -> list[date]:
        """The cohorts of the window that have a day in the selected part."""
        grain = self.view["cohorts"]
        last = self.last(grain)
        first = step(last, 1 - self.view["periods"], grain)
        since, until = self.view.get("since"), self.view.get("until")
        return [
            start
            for start in periods(first, last, grain)
            if (not since or end_of(start, grain) >= since) and (not until or start <= until)
        ]

    def cells(self, cohorts: Iterable[date], ages: int) -> list[Numbers]:
        """One row a cohort that has anybody and an age; what has not wholly passed is None."""
        grain = self.view["cohorts"]
        began, active, last = self.began(grain), self.active(grain, True), self.last(grain)
        found = []
        for cohort in cohorts:
            who = began.get(cohort, set())
            for age in range(ages if who else 0):
                period = step(cohort, age, grain)
                back = len(who & active.get(period, set())) if period <= last else None
                found.append(
                    {
                        "cohort": label(cohort, grain),
                        "start": cohort,
                        "age": age,
                        "cohort_customers": len(who),
                        "active_customers": back,
                        "retention": ratio(back, len(who)),
                    }
                )
        return found

    def retention(self) -> list[Numbers]:
        """The triangle of the window."""
        return self.cells(self.window(), self.view["periods"])

    def curve(self, cells: list[Numbers], picked: str) -> dict[int, Numbers]:
        """Age -> a ratio of sums over complete cells, of the picked cohort or of all together.

        The first period of the data holds older customers: it is left out while there are others.
        """
        if picked:
            cells = [cell for cell in cells if cell["cohort"] == picked]
        later = [cell for cell in cells if cell["start"] > self.first(self.view["cohorts"])]
        found: dict[int, Numbers] = {}
        for cell in later or cells:
            if cell["active_customers"] is not None:
                sums = found.setdefault(
                    cell["age"], {"cohorts": 0, "cohort_customers": 0, "active_customers": 0}
                )
                sums["cohorts"] += 1
                sums["cohort_customers"] += cell["cohort_customers"]
                sums["active_customers"] += cell["active_customers"]
        for sums in found.values():
            sums["retention"] = ratio(sums["active_customers"], sums["cohort_customers"])
        return found

    def lines(self) -> list[Numbers]:
        """One row a line and age: of all cohorts of new customers together, and of each."""
        cells = self.retention()
        together = self.curve(cells, picked="")
        return [{"line": "Average", "age": age} | sums for age, sums in together.items()] + [
            {"line": cell["cohort"], "age": cell["age"], "cohorts": 1}
            | {name: cell[name] for name in ("cohort_customers", "active_customers", "retention")}
            for cell in cells
            if cell["active_customers"] is not None
        ]

    def retention_1(self) -> Numbers:
        """Back one period later, of the cohorts of the window; and of as many before."""
        grain = self.view["cohorts"]
        cells = self.cells(self.window(), 2)
        found: Numbers = {}
        together = self.curve(cells, self.view.get("cohort") or "")
        found["value"] = together.get(1, {}).get("retention")
        found |= {"previous": None, "last_year": None}
        oldest = step(self.first(grain), 1, grain)
        rates = {c["start"]: c["retention"] for c in cells if c["age"] == 1}
        rates = {start: rate for start, rate in rates.items() if rate is not None}
        later = [start for start in rates if start >= oldest]
        # The first cohort of the data is none of new customers, where there are others.
        others = any(cell["start"] >= oldest for cell in cells)
        line = [start for start in rates if start >= oldest or not others]
        if picked := self.view.get("cohort"):
            line = [start for start in line if label(start, grain) <= picked]
        ends = (line[0], line[-1]) if line else (date.max, date.min)
        found["trend"] = [rates.get(start) for start in periods(*ends, grain)] if line else []
        if picked or not later:
            return found
        first, last = later[0], later[-1]
        length = len(periods(first, last, grain))
        for key, back in (("previous", length), ("last_year", A_YEAR[grain])):
            a, z = step(first, -back, grain), step(last, -back, grain)
            if a >= oldest:
                rows = [cell for cell in self.cells(periods(a, z, grain), 2) if cell["age"] == 1]
                began = sum(cell["cohort_customers"] for cell in rows)
                back_again = sum(cell["active_customers"] or 0 for cell in rows)
                found[key] = ratio(back_again, began)
        return found

    # --- growth ---

    def customers(self) -> Numbers:
        """Everybody who ever was active, to the last complete period of the selected part."""
        grain = self.view["cohorts"]
        last = self.until(grain)
        active = self.active(grain, filtered=False)

        def ever(period: date) -> int | None:
            if period < self.first(grain):
                return None
            return len({c for start, who in active.items() if start <= period for c in who})

        return self.compared(ever, self.first(grain), last, grain, 12)

    def until(self, grain: str) -> date:
        """The last complete period, or the last that lies wholly in the selected part."""
        last, until = self.last(grain), self.view.get("until")
        while until and end_of(last, grain) > until:
            last = step(last, -1, grain)
        return last

    def compared(self, ask: Any, first: date, last: date, grain: str, count: int) -> Numbers:
        """A number of the period ``last``, of the one before and of a year earlier."""
        line = periods(first, last, grain)[-count:]
        return {
            "value": ask(last),
            "previous": ask(step(last, -1, grain)),
            "last_year": ask(step(last, -A_YEAR[grain], grain)),
            "trend": [ask(period) for period in line],
        }

    def week(self, start: date, filtered: bool) -> Numbers:
        """Growth accounting of one week; nothing is known of one that was not seen whole."""
        if start < self.first_whole("week") or start > self.last("week"):
            return {}
        active = self.active("week", filtered)
        now = active.get(start, set())
        if start == self.first_whole("week"):  # of what was before, nothing is known
            return {"active": len(now)}
        before = active.get(step(start, -1, "week"), set())
        new = now & self.began("week").get(start, set())
        found: Numbers = {
            "active": len(now),
            "new": len(new),
            "retained": len((now & before) - new),
            "resurrected": len(now - before - new),
            "churned": len(before - now),
            "net_change": len(now) - len(before),
        }
        found["quick_ratio"] = ratio(found["new"] + found["resurrected"], found["churned"])
        return found

    def weekly(self, what: str, filtered: bool) -> Numbers:
        """One number of the last complete week."""
        return self.compared(
            lambda week: self.week(week, filtered).get(what),
            self.first_whole("week"),
            self.until("week"),
            "week",
            self.view["weeks"],
        )

    def headline(self) -> dict[str, Numbers]:
        """Number -> value, previous, last_year and trend.

        Customers and the quick ratio are of all channels and categories, as their labels say.
        """
        return {
            "customers": self.customers(),
            "weekly_active": self.weekly("active", filtered=True),
            "weekly_new": self.weekly("new", filtered=True),
            "quick_ratio": self.weekly("quick_ratio", filtered=False),
            "retention_1": self.retention_1(),
        }

    def lifecycle(self) -> dict[date, Numbers]:
        """Week -> growth accounting over all cells, of every week that was seen whole."""
        last = self.last("week")
        first = max(self.first_whole("week"), step(last, 1 - self.view["weeks"], "week"))
        return {start: self.week(start, filtered=False) for start in periods(first, last, "week")}


def label(cohort: date, grain: str) -> str:
    """A cohort's name: the month, or the first day of the week."""
    return f"{cohort:%Y-%m}" if grain == "month" else cohort.isoformat()
