"""Where what a page shows is not what the naive model says of the same shop and view."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

import pandas as pd

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import OpsError
from ops_widgets.views.answers import Answers

from . import random_views
from .naive_campaigns import Campaigns
from .naive_cohorts import Cohorts
from .naive_market import Market
from .naive_rows import Rows

#: What is so ill defined in this shop and view that any answer will do.
ANY: Any = object()


@dataclass(frozen=True)
class Difference:
    """One number that is not right."""

    analysis: str
    view: dict[str, Any]
    what: str
    shown: Any
    right: Any


def differences(rows: Rows, store: Any, seed: int, views: int) -> Iterator[Difference]:
    """What is wrong in ``views`` random views of every analysis."""
    random = Random(seed)
    asked = Answers(store)
    for _ in range(views):
        yield from _campaigns(rows, asked, random_views.campaign_view(random, rows))
        if "customer_id" in rows.mapped["orders"]:
            yield from _cohorts(rows, asked, random_views.cohort_view(random, rows))
        if rows.used.get("market"):
            yield from _market(rows, asked, random_views.market_view(random, rows))


class Shown:
    """What one analysis shows of a view."""

    def __init__(self, name: str, store: Any, view: dict[str, Any]) -> None:
        self.analysis, self.store, self.view = ANALYSES[name], store, view
        self.asked = self.analysis.view.parse(view)
        self.refusal = ""

    def headline(self) -> dict[str, Any] | None:
        """Number -> the number; None where the page says that there is nothing to show."""
        try:
            return {one.name: one for one in self.analysis.headline(self.store, self.asked)}
        except OpsError as error:
            self.refusal = error.message
            return None

    def frame(self, panel: str) -> list[dict[str, Any]] | None:
        """The rows of a panel; None where it says that there is nothing to show."""
        try:
            frame = self.analysis.panel(panel).compute(self.store, self.asked)
        except OpsError:
            return None
        columns = {name: [_plain(value) for value in frame[name]] for name in frame.columns}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def differs(self, what: str, shown: Any, right: Any) -> Iterator[Difference]:
        """The difference, if there is one."""
        if not same(shown, right):
            yield Difference(self.analysis.name, self.view, what, shown, right)

    def numbers(self, right: dict[str, dict[str, Any]]) -> Iterator[Difference]:
        """What differs in the headline."""
        shown = self.headline()
        if shown is None:
            known = {name: parts["value"] for name, parts in right.items()}
            selected = self.view.get("since") or self.view.get("until")
            if not selected and any(value not in (None, ANY) for value in known.values()):
                yield Difference(self.analysis.name, self.view, "headline", self.refusal, known)
            return
        for name, parts in right.items():
            for part, expected in parts.items():
                found = getattr(shown[name], part)
                if part == "trend":
                    yield from self.differs(f"{name}.trend", *_trends(found, expected))
                else:
                    yield from self.differs(f"{name}.{part}", found, expected)

    def table(
        self, panel: str, keys: tuple[str, ...], right: list[dict[str, Any]] | None
    ) -> Iterator[Difference]:
        """What differs in a table of which ``keys`` name a row (several rows may have one name)."""
        shown = self.frame(panel)
        if shown is None or right is None:
            yield from self.differs(panel, shown, right or None)
            return
        if len(shown) != len(right):
            yield from self.differs(f"{panel} rows", _names(shown, keys), _names(right, keys))
            return
        names = [name for name in (right[0] if right else {}) if name in shown[0]]
        sides = []
        for rows in (shown, right):
            plain = [{name: row[name] for name in names} for row in rows]
            sides.append(sorted(plain, key=lambda row: [_order(row[n]) for n in [*keys, *names]]))
        for one, other in zip(*sides, strict=True):
            for name in names:
                where = ", ".join(str(other[key]) for key in keys)
                yield from self.differs(f"{panel}[{where}].{name}", one[name], other[name])


def _names(rows: list[dict[str, Any]], keys: tuple[str, ...]) -> list[Any]:
    return sorted(([row[key] for key in keys] for row in rows), key=str)


def _campaigns(rows: Rows, store: Any, view: dict[str, Any]) -> Iterator[Difference]:
    if "campaign_id" not in rows.mapped["orders"]:
        return
    shown, right = Shown("campaign_performance", store, view), Campaigns(rows)
    _, (first, last) = right.windows(view)
    if last < first:
        yield from shown.differs("headline", shown.headline(), None)
        return
    yield from shown.numbers(right.headline(view))
    yield from shown.table("by_campaign", ("name",), right.by_campaign(view))
    groups = [{"group": kind} | numbers for kind, numbers in right.by_group(view).items()]
    yield from shown.table("by_group", ("group",), groups)
    mapped = rows.mapped.get("campaign_days", ())
    if {"impressions", "clicks"} <= set(mapped):
        yield from shown.table("funnel", ("group", "step"), _funnel(groups))
    yield from shown.table("weekly", ("week",), right.over_time(view))


def _funnel(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for group in groups:
        before = None
        for name in ("impressions", "clicks", "orders", "new_customers"):
            count = group[name]
            of = count / before if before and count is not None and count <= before else None
            row = {"group": group["group"], "step": name, "count": count, "of_previous": of}
            found.append(row)
            before = before if count is None else count
    return found


def _cohorts(rows: Rows, store: Any, view: dict[str, Any]) -> Iterator[Difference]:
    shown, right = Shown("cohort_activity", store, view), Cohorts(rows, view)
    yield from shown.numbers(right.headline())
    yield from shown.table("retention", ("cohort", "age"), right.retention())
    yield from shown.table("curve", ("line", "age"), right.lines())
    weeks = [{"week": week} | row for week, row in right.lifecycle().items()]
    yield from shown.table("lifecycle", ("week",), weeks)


def _market(rows: Rows, store: Any, view: dict[str, Any]) -> Iterator[Difference]:
    shown, right = Shown("category_opportunity", store, view), Market(rows, view)
    if right.window() is None:
        yield from shown.differs("headline", shown.headline(), None)
        return
    yield from shown.numbers(right.headline())
    table = [{"category": key} | row for key, row in right.categories().items()]
    yield from shown.table("open_market", ("category",), table)
    yield from shown.table("brands", ("brand",), right.brands())
    months = right.months()
    if len({category for category, _ in months}) <= 8:
        sizes = [{"category": c, "month": m, "gmv": gmv} for (c, m), gmv in months.items()]
        yield from shown.table("months", ("category", "month"), sizes)


def _trends(shown: Any, right: list[Any]) -> tuple[Any, Any]:
    """Both lines without what is unknown at their beginning: there it may as well be absent."""
    return _begun(list(shown)), _begun(right)


def _begun(line: list[Any]) -> list[Any]:
    while line and (line[0] is None or line[0] is ANY):
        line = line[1:]
    return line


def _plain(value: Any) -> Any:
    if isinstance(value, (pd.Timestamp, datetime)):
        return None if pd.isna(value) else value.date()
    if hasattr(value, "item"):
        value = value.item()
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else value


def _order(value: Any) -> tuple[bool, str | float]:
    number = isinstance(value, (int, float))
    return (number, value) if number else (number, str(value))


def same(shown: Any, right: Any) -> bool:
    """Whether two answers are one; unknown is not 0."""
    if shown is ANY or right is ANY:
        return True
    if isinstance(shown, list) and isinstance(right, list):
        return len(shown) == len(right) and all(map(same, shown, right))
    if isinstance(shown, (int, float)) and isinstance(right, (int, float)):
        return math.isclose(shown, right, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(right, date):
        return bool(shown == right)
    return bool(shown == right)
