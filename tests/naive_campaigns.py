"""The campaign page by its definitions: raw rows, sets and sums."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from .naive_rows import UNKNOWN, Rows, periods

ONE_DAY = timedelta(days=1)
YEAR = timedelta(days=364)
SPENT = ("impressions", "clicks", "cost")
NUMBERS = ("net_revenue", "orders", "cost", "roas", "cac", "contribution")
Numbers = dict[str, Any]
Window = tuple[date, date]


class Campaigns:
    """What campaigns cost and what is credited to them, over any days."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.listed = {row["campaign_id"]: row for row in rows.used.get("campaigns", [])}
        self.days = {
            (row["campaign_id"], row["day"]): row for row in rows.used.get("campaign_days", [])
        }
        self.credited = [line for line in rows.lines if line.campaign and line.counts]
        ids = {line.campaign for line in self.credited} | set(self.listed)
        self._looked_at: dict[str, set[date]] = {}
        self.ids: list[str] = sorted(ids | {key for key, _ in self.days})

    def about(self, campaign: str, what: str) -> str:
        """Name, content type, format or channel of a campaign."""
        found = self.listed.get(campaign, {}).get(what)
        return found or (campaign if what == "name" else UNKNOWN)

    def kind(self, campaign: str, by: str) -> str:
        """What a campaign is compared as: its own name, or a kind in words."""
        if by == "campaign":
            return self.about(campaign, "name")
        return worded(self.about(campaign, by))

    # --- what it cost ---

    @cached_property
    def runs(self) -> dict[str, Window]:
        """From its first to its last day, planned or recorded."""
        found = {}
        for campaign in self.ids:
            known = [day for key, day in self.days if key == campaign]
            listed = self.listed.get(campaign, {})
            known += [d for d in (listed.get("starts_on"), listed.get("ends_on")) if d]
            if known:
                found[campaign] = (min(known), max(known))
        return found

    def spent(self, campaign: str, what: str, first: date, last: date) -> int | None:
        """Impressions, clicks or cost of a campaign; None where one day of it is not known."""
        total = 0
        if what not in self.rows.mapped.get("campaign_days", ()):
            return None
        for day in self.looked_at(campaign):
            if not first <= day <= last:
                continue
            row = self.days.get((campaign, day))
            if row is not None:
                if row.get(what) is None:
                    return None
                total += self.rows.minor(row[what]) if what == "cost" else int(row[what])
            elif not self._without_a_row(campaign, day):
                return None
        return total

    def _without_a_row(self, campaign: str, day: date) -> bool:
        """Whether a day without a row is known to have cost nothing."""
        plan = self.listed.get(campaign, {})
        starts = plan.get("starts_on")
        recorded = self.recorded.get(campaign, [])
        if campaign in self.runs and day > self.runs[campaign][1]:
            return True
        if starts and day < min([starts, *recorded]):
            return True
        begun = starts or min(recorded, default=None)
        complete = self.rows.shop.campaign_days_complete
        return bool(complete and recorded and begun and day >= min([begun, *recorded]))

    @cached_property
    def recorded(self) -> dict[str, list[date]]:
        """Campaign -> the days that have a row."""
        found: dict[str, list[date]] = {}
        for campaign, day in self.days:
            found.setdefault(campaign, []).append(day)
        return found

    @cached_property
    def credited_on(self) -> dict[str, set[date]]:
        """Campaign -> days on which it is credited with money of a line, or with an order."""
        found: dict[str, set[date]] = {}
        for line in self.credited:
            found.setdefault(str(line.campaign), set()).add(line.day)
        for order, campaigns in self.campaigns_of.items():
            for campaign in campaigns:
                found.setdefault(campaign, set()).add(self.order_days[order])
        return found

    def looked_at(self, campaign: str) -> set[date]:
        """The days between its first and its last, and those on which it is credited."""
        if campaign not in self._looked_at:
            inside = days_of(*self.runs[campaign]) if campaign in self.runs else []
            self._looked_at[campaign] = {*inside, *self.credited_on.get(campaign, ())}
        return self._looked_at[campaign]

    # --- what is credited to it ---

    @cached_property
    def order_days(self) -> dict[str, date]:
        """Order -> local day of its first delivered line, whatever that line carries."""
        first: dict[str, Any] = {}
        for line in self.rows.lines:
            if line.delivered and (
                line.order not in first or line.moment < first[line.order].moment
            ):
                first[line.order] = line
        return {order: line.day for order, line in first.items()}

    @cached_property
    def campaigns_of(self) -> dict[str, set[str]]:
        """Order -> campaigns on its delivered lines."""
        found: dict[str, set[str]] = {}
        for line in self.credited:
            if line.delivered:
                found.setdefault(line.order, set()).add(str(line.campaign))
        return found

    @cached_property
    def customer_of(self) -> dict[str, str]:
        """Order -> its customer, where a delivered line of it names one."""
        return {x.order: x.customer for x in self.rows.lines if x.delivered and x.customer}

    @cached_property
    def first_orders(self) -> dict[str, str]:
        """Customer -> first delivered order: the earliest second, of several the smallest id."""
        found: dict[str, tuple[Any, str]] = {}
        for line in self.rows.lines:
            if line.delivered and line.customer:
                key = (line.moment.replace(microsecond=0), line.order)
                found[line.customer] = min(found.get(line.customer, key), key)
        return {customer: order for customer, (_, order) in found.items()}

    def present(self, first: date, last: date) -> list[str]:
        """Campaigns that ran, or are credited with anything, in these days."""
        return [one for one in self.ids if any(first <= day <= last for day in self.looked_at(one))]

    def numbers(self, chosen: Collection[str], first: date, last: date) -> Numbers:
        """Sums and ratios of campaigns together; nothing is known where there are none."""
        if not chosen:
            return {}
        lines = [x for x in self.credited if x.campaign in chosen and first <= x.day <= last]
        orders = {
            order
            for order, campaigns in self.campaigns_of.items()
            if campaigns & set(chosen) and first <= self.order_days[order] <= last
        }
        sums: Numbers = {"campaigns": len(chosen), "orders": len(orders)}
        for what in SPENT:
            sums[what] = total(self.spent(campaign, what, first, last) for campaign in chosen)
        sums["net_revenue"] = sum(line.net for line in lines)
        goods = total(line.goods for line in lines)
        won = [c for c, order in self.first_orders.items() if order in orders]
        known = not orders or any(self.customer_of.get(order) for order in orders)
        sums["new_customers"] = len(won) if known else None
        sums["ctr"] = ratio(sums["clicks"], sums["impressions"])
        sums["orders_per_click"] = ratio(sums["orders"], sums["clicks"])
        sums["roas"] = ratio(sums["net_revenue"], sums["cost"])
        # What came for nothing has no price.
        sums["cac"] = ratio(sums["cost"] or None, sums["new_customers"])
        left = None
        if goods is not None and sums["cost"] is not None:
            left = sums["net_revenue"] - goods - sums["cost"]
        sums["contribution"] = left
        sums["contribution_margin"] = ratio(left, sums["net_revenue"])
        return sums

    # --- the page ---

    def windows(self, view: dict[str, Any]) -> tuple[Window, Window]:
        """The whole window of a view, and the selected part of it."""
        whole = self.rows.whole_day()
        last = min(view.get("as_of") or whole, whole)
        first = max(self.rows.first_day(), last - timedelta(days=view["days"] - 1))
        part = (max(first, view.get("since") or first), min(last, view.get("until") or last))
        return (first, last), part

    def chosen(
        self, campaigns: list[str], view: dict[str, Any], *, campaign: bool, group: bool
    ) -> list[str]:
        """The campaigns that the filters of a view leave, and what is picked if asked for."""
        kinds, name, kind = view.get("content_types"), view.get("campaign"), view.get("group")
        return [
            one
            for one in campaigns
            if (not kinds or self.about(one, "content_type") in kinds)
            and (not campaign or not name or self.about(one, "name") == name)
            and (not group or not kind or self.kind(one, view["by"]) == kind)
        ]

    def headline(self, view: dict[str, Any]) -> dict[str, Any]:
        """Number -> value, previous, last_year and trend."""
        _, (first, last) = self.windows(view)

        def of(a: date, z: date) -> Numbers:
            return self.numbers(
                self.chosen(self.present(a, z), view, campaign=True, group=True), a, z
            )

        length = last - first + ONE_DAY
        then: dict[str, Callable[[], Numbers]] = {
            "value": lambda: of(first, last),
            "previous": lambda: self._known(of, first - length, first - ONE_DAY),
            "last_year": lambda: self._known(of, first - YEAR, last - YEAR),
        }
        found = {key: ask() for key, ask in then.items()}
        weekly = [numbers for _, numbers in self.weeks(view)]
        return {
            name: {key: numbers.get(name) for key, numbers in found.items()}
            | {"trend": [week.get(name) for week in weekly]}
            for name in NUMBERS
        }

    def _known(self, of: Callable[[date, date], Numbers], first: date, last: date) -> Numbers:
        return of(first, last) if first >= self.rows.first_day() else {}

    def weeks(self, view: dict[str, Any]) -> list[tuple[date, Numbers]]:
        """The numbers of every week that lies wholly in the whole window."""
        (first, last), _ = self.windows(view)
        found = []
        for start in periods(self.rows.start_of(first, "week"), last, "week"):
            end = start + 6 * ONE_DAY
            if start < first or end > last:
                continue
            there = self.chosen(self.present(start, end), view, campaign=True, group=True)
            found.append((start, self.numbers(there, start, end)))
        return found

    def over_time(self, view: dict[str, Any]) -> list[Numbers]:
        """What the shop sold by day, in long windows by week, and what campaigns had in it."""
        (first, last), _ = self.windows(view)
        if (last - first).days < 62:
            spans = [(day, day) for day in days_of(first, last)]
        else:
            starts = periods(self.rows.start_of(first, "week"), last, "week")
            spans = [(start, start + 6 * ONE_DAY) for start in starts]
        found = []
        for start, end in spans:
            if start < first or end > last:
                continue
            there = self.chosen(self.present(start, end), view, campaign=True, group=True)
            numbers = self.numbers(there, start, end)
            sold = sum(line.net for line in self.rows.lines if start <= line.day <= end)
            spans_of = sorted((a, z, one) for one, (a, z) in self.runs.items())
            ran = [self.about(one, "name") for a, z, one in spans_of if a <= end and z >= start]
            found.append(
                {"week": start, "shop_revenue": sold}
                | {name: numbers.get(name) for name in ("net_revenue", "cost")}
                | {"running": ", ".join(ran) or None}
            )
        return found

    def by_campaign(self, view: dict[str, Any]) -> list[Numbers]:
        """One row a campaign of the picked kind."""
        _, (first, last) = self.windows(view)
        there = self.chosen(self.present(first, last), view, campaign=False, group=True)
        return [
            {"name": self.about(one, "name")}
            | {"content_type": worded(self.about(one, "content_type"))}
            | self.numbers([one], first, last)
            for one in there
        ]

    def by_group(self, view: dict[str, Any]) -> dict[str, Numbers]:
        """The numbers of every kind that the view compares."""
        _, (first, last) = self.windows(view)
        there = self.chosen(self.present(first, last), view, campaign=True, group=False)
        kinds: dict[str, list[str]] = {}
        for one in there:
            kinds.setdefault(self.kind(one, view["by"]), []).append(one)
        return {kind: self.numbers(own, first, last) for kind, own in kinds.items()}


def worded(name: str) -> str:
    """A name of the data as people write it."""
    words = name.replace("_", " ")
    return words[0].upper() + words[1:]


def days_of(first: date, last: date) -> list[date]:
    """All days from the first to the last."""
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


def total(values: Any) -> Any:
    """The sum; None as soon as one of the values is not known."""
    found = list(values)
    return None if any(value is None for value in found) else sum(found)


def ratio(above: Any, below: Any) -> float | None:
    """A ratio of sums; None where one is unknown or there is nothing to divide by."""
    return None if above is None or not below else float(above) / float(below)
