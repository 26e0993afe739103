"""Ordinary days: on which no campaign ran, nothing was sold out, and the calendar has nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ops_widgets.analyses.campaign_performance.daily import runs
from ops_widgets.analyses.campaign_performance.gone import sold_out_days
from ops_widgets.analyses.campaign_performance.promoted import NEAR, Promotion
from ops_widgets.charts.formats import grouped
from ops_widgets.errors import MissingDataError
from ops_widgets.stats.baseline import Baseline, fit
from ops_widgets.summaries.store import Store

#: Fewer ordinary days do not tell weekdays, trend and chance apart.
LEAST_DAYS = 56
#: Where every campaign has a level of its own, so many days without any must hold the shop's.
LEAST_FREE = 14
#: Seasons are told from a trend where the ordinary days span a year; as waves of so many a year.
A_YEAR, WAVES = 365.25, (1, 2)
#: So many ordinary holidays say what a holiday is; of fewer none is ordinary.
LEAST_HOLIDAYS = 3
WEEK = 7
Days = frozenset[int]


@dataclass(frozen=True)
class Regressors:
    """What a day's sales hang on: weekday, trend, season, holidays, levels of ``campaigns``.

    ``middle``: the day number that the trend is counted from; ``holidays``: empty, no column.
    """

    middle: int
    season: bool
    holidays: Days
    campaigns: pd.DataFrame

    def of(self, days: np.ndarray, *, campaigns: bool) -> np.ndarray:
        """One row a day; with the levels of ``campaigns`` that ran, or as if none had run."""
        columns: list[np.ndarray] = [np.ones(len(days)), (days - self.middle) / NEAR]
        columns += [days % WEEK == weekday for weekday in range(1, WEEK)]
        if self.season:
            angles = [2 * np.pi * wave * days / A_YEAR for wave in WAVES]
            columns += [turn(angle) for angle in angles for turn in (np.sin, np.cos)]
        if self.holidays:
            columns.append(np.isin(days, list(self.holidays)))
        for one in self.campaigns.index:
            columns.append(campaigns & within(days, days_of(self.campaigns.loc[[one]])))
        return np.column_stack(columns).astype(float)


@dataclass(frozen=True)
class Ordinary:
    """The fit on ordinary days, and what it rests on, in words."""

    regressors: Regressors
    baseline: Baseline
    said: str


def ordinary(store: Store, promotion: Promotion, sold: pd.DataFrame) -> Ordinary:
    """The baseline of the columns of ``sold`` (index: the day numbers near the promotion).

    Days that the promotion may have moved, days sold out and days in the calendar are no ordinary
    ones. Of the others only days without any campaign count; where these are fewer than
    :data:`LEAST_DAYS`, all count and every other campaign has a level of its own. Raises
    ``MissingDataError`` where that is too little.
    """
    begin, end = promotion.around
    days = sold.index.to_numpy()
    days = days[(days < begin) | (days > end)]
    special = promotion.calendar
    holidays = days_of(special[special["kind"] == "holiday"])
    gone = within(days, sold_out_days(store, promotion.category))
    odd = within(days, days_of(special[special["kind"] != "holiday"])) & ~gone
    usual = days[~gone & ~odd]
    others = runs(store, *promotion.near)
    others = others.rename(columns={"begun": "since", "ended": "until"})
    others = others[others["campaign_id"] != promotion.campaign_id]
    free = usual[~within(usual, days_of(others))]
    alone = len(free) >= LEAST_DAYS
    if not alone and (len(usual) < LEAST_DAYS or len(free) < LEAST_FREE):
        raise MissingDataError(
            f"{promotion.name}: too few ordinary days say what is sold without a promotion. "
            f"Within a year of it {_days(len(free))} had no campaign, of {_days(len(usual))} with "
            f"full stock and nothing in the calendar; it takes {LEAST_DAYS}, or {LEAST_FREE} of "
            f"{LEAST_DAYS}.",
            "Pick a campaign with more ordinary days around it, or map earlier orders.",
        )
    chosen = free if alone else usual
    if within(chosen, holidays).sum() < LEAST_HOLIDAYS:
        chosen, holidays = chosen[~within(chosen, holidays)], frozenset()
    season = bool(chosen[-1] - chosen[0] + 1 >= A_YEAR)
    levels = others[
        [not alone and within(chosen, days_of(others.loc[[i]])).any() for i in others.index]
    ]
    regressors = Regressors(promotion.since, season, holidays, levels)
    x = regressors.of(chosen, campaigns=True)
    if len(chosen) < x.shape[1] + LEAST_DAYS // 2:
        raise MissingDataError(
            f"{promotion.name}: {_days(len(chosen))} do not tell {len(levels)} other campaigns, "
            "weekdays and trend from chance.",
            "Pick a campaign with more ordinary days around it.",
        )
    said = _said(len(chosen), len(free), alone, season, int(gone.sum()), int(odd.sum()))
    return Ordinary(regressors, fit(chosen, x, sold.loc[chosen].to_numpy(dtype=float)), said)


def days_of(spans: pd.DataFrame) -> Days:
    """All day numbers from ``since`` to ``until``."""
    ends = zip(spans["since"], spans["until"], strict=True)
    return frozenset(day for first, last in ends for day in range(int(first), int(last) + 1))


def within(days: np.ndarray, chosen: Days) -> np.ndarray:
    """Which of the ``days`` are among the ``chosen``."""
    return np.isin(days, list(chosen))


def _days(many: int) -> str:
    return f"{grouped(many, 0)} {'day' if many == 1 else 'days'}"


def _said(many: int, free: int, alone: bool, season: bool, gone: int, odd: int) -> str:
    """What the baseline rests on, in words."""
    parts = "Weekdays, trend and season" if season else "Weekdays and trend"
    rest = f"{_days(many)} on which no campaign ran"
    if not alone:
        rest = (
            f"{_days(many)}: on only {free} no campaign ran, so every other campaign has a level "
            "of its own"
        )
    out = {"sold out": gone, "in the calendar": odd}
    left = " and ".join(f"{_days(n)} {why}" for why, n in out.items() if n)
    return f"{parts} are taken from {rest}{f'; {left} are left out' if left else ''}."
