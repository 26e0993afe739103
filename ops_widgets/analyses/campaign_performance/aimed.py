"""At which category each campaign was aimed, as far as its sales tell, and what categories sold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ops_widgets.analyses.campaign_performance.daily import spans
from ops_widgets.analyses.campaign_performance.queries import of_record
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
from ops_widgets.views.answers import once

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
        start = self.first + skipped
        return replace(self._weeks[skipped], first=(begin - start) // 7)

    def busy(self, aim: Aim, weeks: Weeks) -> np.ndarray:
        """The weeks of each category in which other campaigns were aimed at it."""
        many = self._at_work[weeks.start - self.first].copy()
        own = self.aims.get(aim.campaign_id)
        if own is not None and self._counts(own):
            begun, ended = weeks.of(own)
            many[self.categories.index(own.category), max(begun, 0) : max(ended + 1, 0)] -= 1
        return np.asarray(many > 0)

    def beside(self, aim: Aim, weeks: Weeks, columns: slice) -> Aim | None:
        """The first other campaign that was aimed at the same category in these weeks, if any."""
        for other in self._aimed.get(aim.category, []):
            begun, ended = weeks.of(other)
            if (
                other.campaign_id != aim.campaign_id
                and begun < columns.stop
                and ended >= columns.start
            ):
                return other
        return None

    def _counts(self, aim: Aim) -> bool:
        return aim.begun is not None and aim.is_aimed and aim.category in self.categories

    @cached_property
    def _aimed(self) -> dict[str, list[Aim]]:
        """Campaigns that began and were aimed at a known category, by that one, in their order."""
        found: dict[str, list[Aim]] = {name: [] for name in self.categories}
        for aim in filter(self._counts, self.aims.values()):
            found[aim.category].append(aim)
        return found

    @cached_property
    def _weeks(self) -> list[Weeks]:
        """What was sold in weeks that begin on each of the first seven days."""
        found = []
        for skipped in range(7):
            many = max(0, self.sold.shape[1] - skipped) // 7
            days, shape = slice(skipped, skipped + 7 * many), (len(self.categories), many, 7)
            sold, lines = (of[:, days].reshape(shape).sum(axis=2) for of in (self.sold, self.lines))
            found.append(Weeks(self.first + skipped, sold, lines, 0))
        return found

    @cached_property
    def _at_work(self) -> list[np.ndarray]:
        """How many campaigns were aimed at each category in each of :attr:`_weeks`."""
        found = []
        for weeks in self._weeks:
            many = np.zeros(weeks.sold.shape, dtype=int)
            for unit, category in enumerate(self.categories):
                for aim in self._aimed[category]:
                    begun, ended = weeks.of(aim)
                    many[unit, max(begun, 0) : max(ended + 1, 0)] += 1
            found.append(many)
        return found


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
    found: Book = once(store, _book, of_record(view))
    return found


def _book(store: Store, view: CampaignPerformanceView) -> Book:
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
        with sums as (
            select campaign_id, category, sum(net_revenue)::double as sold
            from campaign_category where day <= $last group by all
        )
        select campaign_id, arg_min(category, (-sold, category)) as category, max(sold) as most,
            sum(sold)::double as of_all
        from sums group by campaign_id order by campaign_id
        """,
        {"last": last},
    )
    found: dict[str, Aim] = {}
    for campaign, category, most, of_all in credited.itertuples(index=False):
        known = of_all > 0 and category != UNKNOWN
        name, share = (str(category), float(most)) if known else ("", 0.0)
        found[campaign] = Aim(campaign, campaign, None, None, name, share / (of_all or 1.0))
    for campaign, name, begun, ended in spans(store).itertuples(index=False):
        aim = found.get(campaign, Aim(campaign, name, None, None, "", 0.0))
        found[campaign] = replace(aim, name=name, begun=_day(begun), ended=_day(ended))
    return found


def _day(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
