"""Numbers as people read them: one set of rules for KPIs, tables, axes and reports."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd

from ops_widgets.charts import locales
from ops_widgets.charts.locales import NBSP

#: How a value is shown. ``money`` is an integer in the currency's minor unit; ``percent`` is a
#: fraction (0.25 is 25%); ``ratio`` is a multiple (3.2 is 3.20×); ``points`` is a difference of
#: two fractions, in percentage points.
Format = Literal[
    "money", "integer", "decimal", "percent", "points", "ratio", "date", "month", "text"
]
NUMERIC: frozenset[str] = frozenset({"money", "integer", "decimal", "percent", "points", "ratio"})

#: What stands where there is no value.
MISSING = "–"
MINUS = "−"
SYMBOLS = {"CNY": "¥", "EUR": "€", "GBP": "£", "INR": "₹", "JPY": "JP¥", "KRW": "₩", "USD": "$"}
#: Whether more of something is good news, bad news, or neither.
Better = Literal["higher", "lower", ""]


@dataclass(frozen=True)
class Number:
    """One headline number; ``value`` None is shown as a dash with ``detail`` as the reason.

    ``name`` is its key in ``numbers.json``: snake_case, never renamed once published.
    ``previous`` and ``last_year`` are the value of the period before and of the same period a
    year earlier; their ``..._detail`` names that period, or says why the value is None; without
    a detail nothing is compared. ``trend`` are the last periods in order (None: unknown).
    """

    name: str
    label: str
    value: int | float | None
    format: Format
    detail: str = ""
    currency: str = ""
    minor_digits: int = 2
    previous: float | None = None
    previous_detail: str = ""
    last_year: float | None = None
    last_year_detail: str = ""
    target: float | None = None
    trend: tuple[float | None, ...] = ()
    trend_detail: str = ""
    better: Better = "higher"


@dataclass(frozen=True)
class Scale:
    """What a set of values is divided by, the word for that, and how many decimals remain."""

    divisor: float = 1
    unit: str = ""
    decimals: int = 0


def is_missing(value: Any) -> bool:
    """Whether there is no value: None, NA, NaN, NaT or an infinity."""
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    return isinstance(value, float) and not math.isfinite(value)


def bare(frame: pd.DataFrame) -> pd.DataFrame:
    """The same columns without ``attrs``, which pandas copies deeply with every column taken."""
    plain = frame.copy(deep=False)
    plain.attrs = {}
    return plain


def scale_for(largest: float, format: Format, minor_digits: int = 2) -> Scale:
    """The scale at which a column, whose largest magnitude is ``largest``, reads well.

    ``largest`` is in the column's own unit (money: minor units).
    """
    if format == "money":
        major = largest / 10**minor_digits
        for size, unit in locales.big_steps(locales.current()):
            # From ten thousand on: below that, people want the amount itself.
            if major >= size * 0.9995 and major >= 9_999.5:
                return Scale(10**minor_digits * size, unit, _three_digits(major / size))
        return Scale(10**minor_digits, "", minor_digits if major < 1_000 else 0)
    if format in ("percent", "points"):
        shown = largest * 100
        return Scale(0.01, "", 0 if shown >= 1_000 else 1 if shown >= 10 else 2)
    if format == "ratio":
        return Scale(1, "", 2 if largest < 10 else 1)
    if format == "decimal":
        return Scale(1, "", 0 if largest >= 1_000 else _three_digits(largest))
    return Scale()


def _three_digits(value: float) -> int:
    """Decimals that leave three significant digits.

    >>> _three_digits(9.75), _three_digits(14.0), _three_digits(400.0)
    (2, 1, 0)
    """
    return 2 if value < 9.995 else 1 if value < 99.95 else 0


def grouped(value: float, decimals: int) -> str:
    """Thousands separators, a true minus sign, and no minus on a rounded zero.

    >>> grouped(-1234.5, 1), grouped(-0.01, 1)
    ('−1,234.5', '0.0')
    """
    text = locales.decimal(abs(value), decimals)
    negative = value < 0 and any(c in "123456789" for c in text)
    return MINUS + text if negative else text


def symbol(currency: str) -> str:
    """What is written before an amount: a sign, or the ISO code and a space.

    >>> symbol("GBP"), symbol("SEK"), symbol("")
    ('£', 'SEK\\xa0', '')
    """
    return SYMBOLS.get(currency, f"{currency}{NBSP}" if currency else "")


def format_value(
    value: Any,
    format: Format,
    currency: str = "",
    minor_digits: int = 2,
    scale: Scale | None = None,
) -> str:
    """One value as text; a missing one is an en dash. ``scale`` makes a column's values alike.

    >>> format_value(1_400_000_000_000, "money", "CNY").replace(NBSP, " ")
    '¥14.0 bn'
    >>> format_value(974_774_793, "money", "GBP").replace(NBSP, " ")
    '£9.75 m'
    >>> format_value(4532, "money", "GBP"), format_value(0.1234, "percent")
    ('£45.32', '12.3%')
    >>> format_value(None, "integer"), format_value(25900, "integer")
    ('–', '25,900')
    """
    if is_missing(value):
        return MISSING
    if format in NUMERIC:
        number = float(value)
        scale = scale or scale_for(abs(number), format, minor_digits)
        return _dressed(number / scale.divisor, scale, format, currency)
    if format == "text":
        return str(value)
    day = value if isinstance(value, date | datetime) else pd.Timestamp(value)
    return locales.month(day) if format == "month" else locales.day(day)


def _dressed(shown: float, scale: Scale, format: Format, currency: str) -> str:
    text = grouped(shown, scale.decimals)
    if format == "money":
        sign, digits = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
        amount = digits + (f"{NBSP}{scale.unit}" if scale.unit else "")
        return sign + locales.money(amount, symbol(currency))
    if format == "percent":
        return locales.percent(text)
    if format == "points":
        plus = "+" if shown > 0 and not text.startswith(MINUS) else ""
        return f"{plus}{text}{NBSP}pp"
    return f"{text}×" if format == "ratio" else text


def exact_value(value: Any, format: Format, currency: str = "", minor_digits: int = 2) -> str:
    """The value without rounding away anything of it, for a tooltip.

    >>> exact_value(974_774_793, "money", "GBP")
    '£9,747,747.93'
    """
    if is_missing(value):
        return "no value"
    if format == "money":
        scale = Scale(10**minor_digits, "", minor_digits)
        return format_value(value, format, currency, minor_digits, scale)
    if format in ("percent", "points"):
        return format_value(value, format, scale=Scale(0.01, "", 4))
    if format in ("ratio", "decimal"):
        return grouped(float(value), 4)
    return format_value(value, format, currency, minor_digits)
