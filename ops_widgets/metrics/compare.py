"""A number against the same number of another period, honestly."""

from __future__ import annotations

import math
from typing import Literal

from ops_widgets.stats.growth import growth_rate

#: Same weekdays a year earlier: 52 whole weeks. Sales live by the week.
DAYS_A_YEAR = 364
Kind = Literal["relative", "points"]
#: What a number is compared with: the period before, the same one a year earlier, its target.
Against = Literal["before", "last_year", "target", "off"]
#: Fewer observations than these say nothing by a change: chance alone moves a count of 30 by a
#: fifth (one standard deviation, the root of the count).
LEAST_SAMPLE = 30


def kind_of(format: str) -> Kind:
    """How a number of this format is compared: a share in points, anything else relatively.

    >>> kind_of("percent"), kind_of("money")
    ('points', 'relative')
    """
    return "points" if format in ("percent", "points") else "relative"


def change(now: float | None, before: float | None, format: str) -> float | None:
    """``now`` against ``before``: a relative change, or a difference of two shares.

    None where either is unknown, and where a relative change has no meaning because there was
    nothing, or less, before.

    >>> change(120.0, 100.0, "integer"), round(change(0.3, 0.2, "percent"), 6)
    (0.19999999999999996, 0.1)
    >>> change(120.0, 0.0, "money"), change(None, 100.0, "money"), change(5.0, -2.0, "money")
    (None, None, None)
    """
    if now is None or before is None or math.isnan(now) or math.isnan(before):
        return None
    found = now - before if kind_of(format) == "points" else growth_rate(now, before)
    return found if math.isfinite(found) else None


def too_few(*samples: int | None) -> bool:
    """Whether one of the samples that two values rest on is too small for a change to say much.

    None is no sample (a whole market is not drawn from anything) and never too small.

    >>> too_few(9, 400), too_few(30, 400), too_few(None, None)
    (True, False, False)
    """
    return any(sample is not None and sample < LEAST_SAMPLE for sample in samples)


def period_before(first: int, last: int) -> tuple[int, int]:
    """The period of the same length that ends where this one begins.

    >>> period_before(10, 12)
    (7, 9)
    """
    return first - (last - first + 1), first - 1


def year_before(first: int, last: int, periods_a_year: int) -> tuple[int, int]:
    """The same periods a year earlier: 12 months, 52 weeks, or :data:`DAYS_A_YEAR` days.

    >>> year_before(24300, 24305, 12)
    (24288, 24293)
    """
    return first - periods_a_year, last - periods_a_year
