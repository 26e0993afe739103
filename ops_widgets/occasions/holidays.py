"""Public holidays of a country, and the weekend days that are worked for them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from importlib.metadata import version
from typing import Any

from ops_widgets.occasions.commerce import ONE_DAY, Span

#: What follows the name of a holiday that is kept on another day.
_INSTEAD = re.compile(r" \((observed|estimated|substituted from [^)]*)\)")


def public_holidays(country: str, first: date, last: date) -> list[tuple[str, Span]]:
    """Name and days of the holidays of which a day lies in ``first..last``.

    Days of one name that follow each other are one holiday.
    """
    days = _of(country, first - timedelta(days=31), last + timedelta(days=31))
    found: list[tuple[str, Span]] = []
    for day, name in sorted(days.items()):
        if found and found[-1][0] == name and found[-1][1][1] == day - ONE_DAY:
            found[-1] = (name, (found[-1][1][0], day))
        else:
            found.append((name, (day, day)))
    return [(name, span) for name, span in found if span[0] <= last and span[1] >= first]


def make_up_days(country: str, first: date, last: date) -> list[date]:
    """Days of weekends in ``first..last`` that are worked in place of a holiday, as in China."""
    worked = _table(country, first, last).weekend_workdays
    return sorted(day for day in worked if first <= day <= last)


def source_of_holidays() -> str:
    """Who says so."""
    return f"holidays {version('holidays')} for Python"


def _of(country: str, first: date, last: date) -> dict[date, str]:
    names = _table(country, first, last)
    return {day: _INSTEAD.sub("", name) for day, name in names.items()}


def _table(country: str, first: date, last: date) -> Any:
    import holidays

    years = range(first.year, last.year + 1)
    known = holidays.country_holidays(country)
    english = next((one for one in known.supported_languages if one.startswith("en")), None)
    return holidays.country_holidays(country, years=years, language=english)
