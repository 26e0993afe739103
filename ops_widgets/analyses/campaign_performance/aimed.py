"""At which category each campaign was aimed, as far as its sales tell, and what categories sold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ops_widgets.analyses.campaign_performance.daily import spans
from ops_widgets.analyses.campaign_performance.view import (
    CREDITED,
    UNKNOWN,
    CampaignPerformanceView,
    days_seen,
    whole_window,
)
from ops_widgets.periods import day_number
from ops_widgets.summaries.moments import DAYS_AFTER
from ops_widgets.summaries.store import Store

#: A campaign is aimed at the category that has this part of its credited net revenue, or more.
AIMED = 0.5


@dataclass(frozen=True)
class Aim:
    """A campaign: day numbers (None: nobody says), its largest category and that one's share.

    ``category`` is empty where nothing is credited to it, or most of that is of no known category.
    """

    campaign_id: str
    name: str
    begun: int | None
    ended: int | None
    category: str
    share: float

    @property
    def is_aimed(self) -> bool:
        """Whether most of what it sold is of its category."""
        return bool(self.category) and self.share >= AIMED


@dataclass(frozen=True)
class Book:
    """What categories sold a day up to ``last``, and when which campaign was aimed at one.

    ``sold`` (minor units) and ``lines`` have a row a known category, by ``categories``, and a
    column a day from ``first`` on.
    """

    first: int
    last: int
    categories: tuple[str, ...]
    sold: np.ndarray
    lines: np.ndarray
    aims: dict[str, Aim]

    def by_week(self, begin: int) -> Weeks:
        """Whole weeks counted from day number ``begin`` backwards and onwards."""
        skipped = (begin - self.first) % 7
        many = (self.sold.shape[1] - skipped) // 7
        shape = (len(self.categories), many, 7)
        days = slice(skipped, skipped + 7 * many)
        sold, lines = (of[:, days].reshape(shape).sum(axis=2) for of in (self.sold, self.lines))
        start = self.first + skipped
        return Weeks(start, sold, lines, (begin - start) // 7)

    def others_at(self, aim: Aim, weeks: Weeks) -> tuple[np.ndarray, dict[str, list[Aim]]]:
        """Where other campaigns were aimed: the weeks of each category, and who at which."""
        busy = np.zeros(weeks.sold.shape, dtype=bool)
        who: dict[str, list[Aim]] = {}
        for other in self.aims.values():
            known = other.begun is not None and other.category in self.categories
            if other.campaign_id == aim.campaign_id or not (known and other.is_aimed):
                continue
            begun, ended = weeks.of(other)
            busy[self.categories.index(other.category), max(begun, 0) : max(ended + 1, 0)] = True
            who.setdefault(other.category, []).append(other)
        return busy, who


@dataclass(frozen=True)
class Weeks:
    """What categories sold in whole weeks from day number ``start`` on; ``first`` is the column
    with which the campaign began.
    """

    start: int
    sold: np.ndarray
    lines: np.ndarray
    first: int

    def of(self, aim: Aim) -> tuple[int, int]:
        """The first and last column in which a campaign may have had an effect."""
        assert aim.begun is not None
        ended = self.start + 7 * self.sold.shape[1] if aim.ended is None else aim.ended + DAYS_AFTER
        return (aim.begun - self.start) // 7, (ended - self.start) // 7


def book(store: Store, view: CampaignPerformanceView) -> Book:
    """The :class:`Book` of a store up to the last day looked at."""
    CREDITED.require(store)
    first, (_, last) = day_number(days_seen(store).first), whole_window(store, view)
    days = store.query(
        """
        select day, category, sum(net_revenue)::double as sold, sum(lines)::double as lines
        from sales_day where day between $first and $last and category <> $unknown
        group by all order by all
        """,
        {"first": first, "last": last, "unknown": UNKNOWN},
    )
    categories = sorted(set(days["category"]))
    at = {name: row for row, name in enumerate(categories)}
    sold, lines = np.zeros((2, len(categories), last - first + 1))
    where = days["category"].map(at).to_numpy(dtype=int), days["day"].to_numpy() - first
    sold[where], lines[where] = days["sold"], days["lines"]
    return Book(first, last, tuple(categories), sold, lines, _aims(store, last))


def _aims(store: Store, last: int) -> dict[str, Aim]:
    """Every campaign that is planned, recorded or credited, by its id."""
    credited = store.query(
        """
        select campaign_id, category, sum(net_revenue)::double as sold
        from campaign_category where day <= $last
        group by all order by campaign_id, sold desc, category
        """,
        {"last": last},
    )
    found: dict[str, Aim] = {}
    for campaign, rows in credited.groupby("campaign_id"):
        of_all, most = float(rows["sold"].sum()), rows.iloc[0]
        known = of_all > 0 and most["category"] != UNKNOWN
        category, share = (str(most["category"]), float(most["sold"])) if known else ("", 0.0)
        found[str(campaign)] = Aim(
            str(campaign), str(campaign), None, None, category, share / (of_all or 1.0)
        )
    for row in spans(store).to_dict("records"):
        key, name = str(row["campaign_id"]), str(row["name"])
        aim = found.get(key, Aim(key, name, None, None, "", 0.0))
        begun, ended = _day(row["begun"]), _day(row["ended"])
        found[key] = replace(aim, name=name, begun=begun, ended=ended)
    return found


def _day(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
