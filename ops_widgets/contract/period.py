"""How a span of days is written in one text: a year, quarter, month, ISO week, or two days."""

from __future__ import annotations

import re
from datetime import date, timedelta

from ops_widgets.contract.table import EARLIEST, LATEST, Rule

_YEARS = range(date.fromisoformat(EARLIEST).year, date.fromisoformat(LATEST).year + 1)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _one_of(numbers: list[int]) -> str:
    return f"({'|'.join(map(str, numbers))})"


_YEAR = _one_of(list(_YEARS))
_MONTH = "(0[1-9]|1[0-2])"
#: Every ISO year has 52 weeks; those whose 28 December is in week 53 have one more.
_WEEK = (
    f"({_YEAR}-W(0[1-9]|[1-4][0-9]|5[0-2])"
    f"|{_one_of([y for y in _YEARS if date(y, 12, 28).isocalendar().week == 53])}-W53)"
)
_DAY = (
    f"({_YEAR}-({_MONTH}-(0[1-9]|1[0-9]|2[0-8])"
    "|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    f"|{_one_of([y for y in _YEARS if _is_leap(y)])}-02-29)"
)
#: Whatever it matches is a period that exists, but for the order of two days.
PATTERN = f"^({_YEAR}(-Q[1-4]|-{_MONTH})?|{_WEEK}|{_DAY}/{_DAY})$"


def period_rules(column: str) -> tuple[Rule, ...]:
    """``column`` holds periods that :func:`period_days` reads."""
    return (
        Rule(
            f"{column}_unreadable",
            "matches",
            (column,),
            "Write 2025, 2025-Q2, 2025-06, 2025-W23 or 2025-06-01/2025-06-30.",
            pattern=PATTERN,
        ),
        Rule(
            f"{column}_ends_before_start",
            "span_ordered",
            (column,),
            "The last day cannot be before the first: swap or correct them.",
        ),
    )


def period_days(text: str) -> tuple[date, date]:
    """First and last day of a period; weeks are those of ISO 8601, from Monday to Sunday.

    Raises ``ValueError`` for a text that :func:`period_rules` refuse.

    >>> period_days("2025-Q2")
    (datetime.date(2025, 4, 1), datetime.date(2025, 6, 30))
    """
    if not re.fullmatch(PATTERN, text):
        raise ValueError(f"no period: {text!r}")
    if "/" in text:
        first, last = map(date.fromisoformat, text.split("/"))
        if first > last:
            raise ValueError(f"a period that ends before it starts: {text!r}")
        return first, last
    year, part = int(text[:4]), text[5:]
    if part.startswith("W"):
        monday = date.fromisocalendar(year, int(part[1:]), 1)
        return monday, monday + timedelta(days=6)
    if part.startswith("Q"):
        return _months(year, 3 * int(part[1:]) - 2, 3)
    return _months(year, int(part), 1) if part else _months(year, 1, 12)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    after = year * 12 + month - 1 + count
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
