"""What campaigns without a control group changed: their category beside categories left alone.

Whoever has no control group has no proof. But a campaign that is aimed at one category leaves the
others alone, and these show what that category would have sold: its sales since it began, against
the weeks before, beside the same change of the others (difference in differences of logarithms,
since categories of different size grow by the same percentage, not by the same amount). From 19
others on they are weighed so that they follow it best before (synthetic control). How far such a
number strays where nothing was done is seen in the other categories and at earlier dates; channels
are no such units, since campaigns move buyers from one to the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ops_widgets.analyses.campaign_performance.aimed import Aim, Book, Weeks, book
from ops_widgets.analyses.campaign_performance.effect import effects
from ops_widgets.analyses.campaign_performance.queries import of_day, of_record
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.formats import format_value, grouped
from ops_widgets.metrics.compare import LEAST_SAMPLE
from ops_widgets.periods import from_day_number
from ops_widgets.stats.panel_effect import trend
from ops_widgets.stats.placebo import (
    Chance,
    Compared,
    Span,
    at_an_extreme,
    compared,
    placebos,
    rank_p,
)
from ops_widgets.summaries.moments import DAYS_AFTER
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import LEVEL

#: Weeks before a campaign that it is compared with; that weights are fitted to; and before those,
#: that say whether they are usual.
BEFORE, FITTED, EARLIER = 8, 26, 16
#: Other categories that a comparison takes, and that weights take: p is 1 / (donors + 1) at best.
LEAST_DONORS, SYNTHETIC = 5, 19
#: A difference that already grew before, with a p below this, is no basis. Eight weeks see little:
#: a lower bar would let trends pass.
TREND_P = 0.10
#: Of untouched categories and earlier dates this part may look like an effect; one always may.
STRAY = 0.10
#: The checks in their order, and what is said in few words where one fails.
CHECKS = {
    "days": "too few weeks are known",
    "category": "aimed at no one category",
    "sales": "too few sales",
    "overlap": "campaigns overlap",
    "donors": "too few other categories",
    "past": "too short a past",
    "extreme": "it began at an extreme",
    "trend": "trends differed before",
    "dates": "earlier dates stray too",
    "units": "other categories stray too",
}
DIFFERENCE, MIXTURE = "difference in differences", "synthetic control"
COLUMNS = ["campaign_id", "design", "effect", "low", "high", "passed", "why"]
AMOUNTS = ("effect", "low", "high")


@dataclass(frozen=True)
class Attempt:
    """What was tried for a campaign: the comparison, if it came to one, and why it fails.

    ``failed`` is the first check of :data:`CHECKS` that failed (empty: all passed), ``why`` says
    so in words. ``numbers`` are those of the checks (``donors, trend_p, placebos, placebo_p,
    placebo_dates, placebo_units``), and ``effect, low, high`` in minor units, as far as known.
    """

    aim: Aim
    failed: str = ""
    why: str = ""
    weeks: Weeks | None = None
    one: Compared | None = None
    others: tuple[Compared, ...] = ()
    numbers: dict[str, Any] = field(default_factory=dict)

    @property
    def design(self) -> str | None:
        """How it was compared; None: not at all."""
        if self.one is None:
            return None
        return MIXTURE if self.one.span.before == FITTED else DIFFERENCE

    @property
    def said(self) -> str:
        """Why it cannot be told, or on what it rests."""
        if self.failed:
            return self.why
        others, many = _categories(self.numbers["donors"]), grouped(self.numbers["placebos"], 0)
        return f"all checks passed, beside {others} and {many} placebos"


def quasi(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """:data:`COLUMNS`, one row a campaign whose control group does not tell; minor units.

    ``effect`` is the net revenue of the campaign's category beyond that of the other categories,
    in whole weeks from its first day to 28 days after its last or a little later, ``low`` and
    ``high`` the ends of its 95% interval. All three are NA unless every check ``passed``; ``why``
    names the first that failed, or says what passed. Of the window only the day looked at counts.
    Raises ``MissingDataError`` where no sale is credited to a campaign.
    """
    rows = []
    for name, one in attempts(store, view).items():
        passed = not one.failed
        row: dict[str, Any] = {"campaign_id": name, "design": one.design, "passed": passed}
        row |= {amount: one.numbers[amount] for amount in AMOUNTS if passed}
        rows.append(row | {"why": one.said})
    frame = pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(AMOUNTS, "float64"))
    return frame.astype({"passed": bool})


def attempts(store: Store, view: CampaignPerformanceView) -> dict[str, Attempt]:
    """The :class:`Attempt` of each campaign without a control group that tells, by its id."""
    found: dict[str, Attempt] = once(store, _attempts, of_day(view))
    return found


def _attempts(store: Store, view: CampaignPerformanceView) -> dict[str, Attempt]:
    told = effects(store, view).dropna(subset=["incremental"])["campaign_id"]
    without = sorted(set(book(store, view).aims) - set(told))
    # How tests are read says which campaigns need an attempt, and not what one says.
    attempt_of: Callable[[str], Attempt] = once(store, _attempts_made, of_record(view))
    return {name: attempt_of(name) for name in without}


def _attempts_made(store: Store, view: CampaignPerformanceView) -> Callable[[str], Attempt]:
    """Makes the attempt of a campaign, once."""
    all_of_it = book(store, view)
    return cache(lambda name: attempt(all_of_it, all_of_it.aims[name]))


def attempt(all_of_it: Book, aim: Aim, picture: bool = False) -> Attempt:
    """What a comparison of a campaign's largest category with the others says, and its checks.

    A campaign that fails before anything is compared is compared for a ``picture`` alone.
    """
    if why := _no_days(all_of_it, aim):
        return Attempt(aim, "days", why)
    assert aim.begun is not None and aim.ended is not None
    why = _not_aimed(aim)
    if not aim.category or (why and not picture):
        return Attempt(aim, "category", why)
    weeks = all_of_it.by_week(aim.begun)
    span = Span(weeks.first, BEFORE, _weeks_after(aim.begun, aim.ended))
    busy = all_of_it.busy(aim, weeks)
    unit = all_of_it.categories.index(aim.category)
    lines = weeks.lines[:, span.first - BEFORE : span.first].sum(axis=1)
    enough = (lines >= LEAST_SAMPLE) & ~busy[:, span.columns].any(axis=1)
    donors = [row for row in np.flatnonzero(enough).tolist() if row != unit]
    failed = {
        "category": why,
        "sales": _few_sales(lines[unit], aim.category),
        "overlap": _overlap(all_of_it.beside(aim, weeks, span.columns)),
        "donors": _few_donors(len(donors)),
    }
    numbers = {"donors": len(donors)}
    if not picture and any(failed.values()):
        return Attempt(aim, *_first(failed), weeks, numbers=numbers)
    fitted = len(donors) >= SYNTHETIC and span.first >= FITTED
    span = Span(span.first, FITTED, span.after) if fitted else span
    one = compared(weeks.sold, unit, donors, span, fitted)
    if one is None or math.isinf(one.effect):
        failed["sales"] = failed["sales"] or f"{aim.category} sold nothing in some of these weeks"
        return Attempt(aim, *_first(failed), weeks, one, (), numbers)
    others = tuple(placebos(weeks.sold, busy, one, fitted))
    checked, numbers_of = _checked(weeks, one, others, aim.category)
    return Attempt(aim, *_first(failed | checked), weeks, one, others, numbers | numbers_of)


def _first(failed: dict[str, str]) -> tuple[str, str]:
    """The first check that says anything, and what; empty both: none does."""
    return next(((name, failed[name]) for name in CHECKS if failed.get(name)), ("", ""))


def _no_days(all_of_it: Book, aim: Aim) -> str:
    """Why the days of a campaign allow no comparison; empty: they do."""
    if aim.begun is None:
        return "nothing says when it ran"
    if aim.begun > all_of_it.last:
        return f"begins on {format_value(from_day_number(aim.begun), 'date')}"
    if aim.ended is None:
        return "nothing says when it ended"
    before = max(0, aim.begun - all_of_it.first) // 7
    if before < BEFORE:
        return f"the data have {before} of the {BEFORE} weeks before it"
    over = aim.begun + 7 * _weeks_after(aim.begun, aim.ended)
    if over - 1 > all_of_it.last:
        return f"known on {format_value(from_day_number(over), 'date')}"
    return ""


def _weeks_after(begun: int, ended: int) -> int:
    return math.ceil((ended - begun + 1 + DAYS_AFTER) / 7)


def _not_aimed(aim: Aim) -> str:
    if not aim.category:
        return "no sale of a known category is credited to it"
    if aim.is_aimed:
        return ""
    return f"at no category: {aim.category} has most of its sales, {_share(aim.share)}"


def _few_sales(lines: float, category: str) -> str:
    few = f"{grouped(lines, 0)} order lines of {category} in the {BEFORE} weeks before"
    return "" if lines >= LEAST_SAMPLE else f"too few to say: {few}"


def _overlap(other: Aim | None) -> str:
    if other is None:
        return ""
    return f"{other.name} was aimed at {other.category} in these weeks too"


def _few_donors(many: int) -> str:
    return (
        "" if many >= LEAST_DONORS else f"{_categories(many)} to compare with, not {LEAST_DONORS}"
    )


def _checked(
    weeks: Weeks, one: Compared, others: tuple[Compared, ...], category: str
) -> tuple[dict[str, str], dict[str, Any]]:
    """What the checks of a comparison say (empty: passed), and their numbers."""
    chance = Chance(np.sort([other.score for other in others]))
    now = [other for other in others if other.span == one.span]
    then = [other for other in others if other.unit == one.unit]
    _, trend_p = trend(one.gap[: one.span.before])
    numbers: dict[str, Any] = {
        "trend_p": trend_p,
        "placebos": len(others),
        "placebo_p": rank_p(one.rmspe_ratio, [other.rmspe_ratio for other in now]),
        "effect": _amount(one, one.effect),
    }
    ends, interval = chance.ends(LEVEL), chance.interval(one, LEVEL)
    if ends is None or interval is None:
        return {"past": f"too short a past: {len(others)} placebos make no interval"}, numbers
    strays = [sum(not ends[0] <= o.score <= ends[1] for o in of) for of in (then, now)]
    found = [f"{many} of {len(of)}" for many, of in zip(strays, (then, now), strict=True)]
    numbers |= {"low": _amount(one, interval[0]), "high": _amount(one, interval[1])}
    numbers |= {"placebo_dates": found[0], "placebo_units": found[1]}
    earlier = min(EARLIER, one.span.first - one.span.before)
    extreme = earlier < BEFORE or at_an_extreme(weeks.sold, one, earlier)
    failed = {
        "extreme": f"{category} stood at an extreme before it, and may just have come back"
        if extreme
        else "",
        "trend": f"{category} went its own way before it already (p = {grouped(trend_p, 3)})"
        if trend_p < TREND_P
        else "",
        "dates": f"an effect is seen at {found[0]} earlier dates too"
        if strays[0] > max(1, STRAY * len(then))
        else "",
        "units": f"an effect is seen in {found[1]} other categories too"
        if strays[1] > max(1, STRAY * len(now))
        else "",
    }
    return failed, numbers


def _amount(one: Compared, log_effect: float) -> float:
    """What the category sold beyond what it would have sold, in all weeks from the first on."""
    sold = float(one.treated[one.span.before :].sum()) * one.base
    with np.errstate(over="ignore"):  # an end that nothing bounds is infinite
        return sold * -float(np.expm1(-log_effect))


def _categories(many: int) -> str:
    return f"{many} other {'category' if many == 1 else 'categories'}"


def _share(value: float) -> str:
    return format_value(value, "percent")
