"""How a country writes numbers, money and days; everything else of a page stays in English.

The locale in force is that of the page being shown (:func:`speaking`). English is written by
our own short rules, the others by the Unicode locale data that Babel carries.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import date
from functools import cache
from typing import Any

from babel import Locale
from babel.dates import format_skeleton
from babel.numbers import NumberPattern, get_decimal_symbol, get_group_symbol

NBSP = "\u00a0"
ENGLISH = "en"
_current: ContextVar[str] = ContextVar("locale", default=ENGLISH)


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Within this block numbers and days are written as in ``locale``."""
    token = _current.set(locale)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> str:
    """The locale in force, such as ``de`` or ``en-IN``."""
    return _current.get()


def decimal(value: float, decimals: int) -> str:
    """A number of at least 0 with the locale's separators and groups.

    >>> decimal(1234567.891, 2)
    '1,234,567.89'
    >>> with speaking("de"): decimal(1234567.891, 2)
    '1.234.567,89'
    >>> with speaking("en-IN"): decimal(1234567.891, 0)
    '12,34,568'
    """
    if current() == ENGLISH:
        return f"{value:,.{decimals}f}"
    locale = _babel(current())
    return str(_pattern(current(), decimals).apply(value, locale)).replace("\u202f", NBSP)


def percent(text: str) -> str:
    """``text``, a number of percents, with the sign where the locale puts it."""
    pattern = "%" if current() == ENGLISH else _babel(current()).percent_formats[None].suffix[1]
    return f"{text}{pattern}"


def money(text: str, sign: str) -> str:
    """An amount with the currency's sign before or after it, as the locale has it.

    ``sign`` is a symbol, or an ISO code and a space.
    """
    if not sign:
        return text
    after = current() != ENGLISH and "¤" in _babel(current()).currency_formats["standard"].suffix[0]
    return f"{text}{NBSP}{sign.strip()}" if after else f"{sign}{text}"


@cache
def big_steps(locale: str) -> tuple[tuple[float, str], ...]:
    """Sizes from which amounts are shortened, largest first, and the word for each.

    >>> big_steps("zh")[-2:]
    ((100000000.0, '亿'), (10000.0, '万'))
    """
    if locale == ENGLISH:
        return ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))
    found: dict[str, float] = {}
    for power, pattern in _babel(locale).compact_decimal_formats["short"]["other"].items():
        text = pattern.pattern
        unit = text.replace("0", "").replace("'", "").strip()
        size = float(power) / 10 ** (text.count("0") - 1)
        if unit and unit not in found:
            found[unit] = size
    return tuple(sorted(((size, unit) for unit, size in found.items()), reverse=True))


def day(value: date) -> str:
    """A day: "30 Jun 2025" in English."""
    if current() == ENGLISH:
        return f"{value.day} {value:%b %Y}"
    return str(format_skeleton("yMMMd", value, locale=_babel(current())))


def month(value: date) -> str:
    """A month: "Jun 2025" in English."""
    if current() == ENGLISH:
        return f"{value:%b %Y}"
    return str(format_skeleton("yMMM", value, locale=_babel(current())))


@cache
def vega_locale(locale: str) -> dict[str, Any]:
    """What Vega must know to write the same way on axes and in tooltips; empty for English."""
    if locale == ENGLISH:
        return {}
    own = _babel(locale)
    grouping = own.decimal_formats[None].grouping
    return {
        "number": {
            "decimal": get_decimal_symbol(own),
            "thousands": get_group_symbol(own).replace("\u202f", NBSP),
            "grouping": [grouping[0], *[grouping[1]] * 6],
            "currency": ["", ""],
            "percent": own.percent_formats[None].suffix[1],
        },
        "time": {
            "dateTime": "%x, %X",
            "date": "%d.%m.%Y",
            "time": "%H:%M:%S",
            "periods": ["AM", "PM"],
            "days": _names(own.days["format"]["wide"]),
            "shortDays": _names(own.days["format"]["abbreviated"]),
            "months": _names(own.months["format"]["wide"]),
            "shortMonths": _names(own.months["format"]["abbreviated"]),
        },
    }


def _names(names: Any) -> list[str]:
    """In the calendar's order; Babel's week begins on Monday, Vega's on Sunday."""
    ordered = [str(names[key]) for key in sorted(names)]
    return [ordered[-1], *ordered[:-1]] if len(ordered) == 7 else ordered


@cache
def _pattern(locale: str, decimals: int) -> NumberPattern:
    pattern = copy(_babel(locale).decimal_formats[None])
    pattern.frac_prec = (decimals, decimals)
    return pattern


@cache
def _babel(locale: str) -> Locale:
    return Locale.parse(locale, sep="-")
