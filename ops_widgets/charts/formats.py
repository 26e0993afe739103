"""Numbers as people read them: one set of rules for KPIs, tables, axes and reports."""

from __future__ import annotations

import math
from collections.abc import Iterable
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

#: How many rows of a column are one number: their ``sum``, the ratio of two columns' sums, or
#: not at all (empty), such as a count of what several rows share.
Total = Literal["sum", ""] | tuple[str, str]

#: What stands where there is no value.
MISSING = "–"
MINUS = "−"
SYMBOLS = {"CNY": "¥", "EUR": "€", "GBP": "£", "INR": "₹", "JPY": "JP¥", "KRW": "₩", "USD": "$"}
#: Whether more of something is good news, bad news, or neither.
Better = Literal["higher", "lower", ""]


_SHARES = ("percent", "points")
#: Values of a column that are closer than this part of each other are one value to a reader.
NOISE = 0.01
#: Amounts are shortened (k, m) from here on: below that, people want the amount itself.
SHORT_FROM = 10_000
#: More decimals than these show the noise of arithmetic.
MOST_DECIMALS = 6


@dataclass(frozen=True)
class Number:
    """One headline number; ``value`` None is shown as a dash with ``detail`` as the reason.

    ``name`` is its key in ``numbers.json``: snake_case, never renamed once published.
    ``previous`` and ``last_year`` are the value of the period before and of the same period a
    year earlier; their ``..._detail`` names that period, or says why the value is None; without
    a detail nothing is compared. ``trend`` are the last periods in order (None: unknown).
    ``n`` (and ``..._n`` of what it is compared with) is how many ``n_of``, such as orders, the
    value rests on; None where it is no sample.
    ``subject`` is whose it is, where that changes with the data: "Fashion".
    ``grain`` and ``closed`` are of a number of one period ("week"): the ISO day on which that
    closed. Empty: it is of days that move with the day looked at.
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
    n: int | None = None
    previous_n: int | None = None
    last_year_n: int | None = None
    n_of: str = ""
    subject: str = ""

    @property
    def heading(self) -> str:
        """Its label, and whose it is."""
        return f"{self.label}: {self.subject}" if self.subject else self.label

    def shown(self, value: float | None) -> str:
        """A value of this number as people read it."""
        return format_value(value, self.format, self.currency, self.minor_digits)

    def exact(self, value: float | None) -> str:
        """A value of this number without rounding."""
        return exact_value(value, self.format, self.currency, self.minor_digits)

    grain: str = ""
    closed: str = ""


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


def scale_of(values: Iterable[Any], format: Format, minor_digits: int = 2) -> Scale:
    """The one scale at which ``values`` read well side by side; of one value, its own.

    ``values`` are in their own unit (money: minor units); missing ones count for nothing. An
    amount is shortened (k, m) only where the *smallest* still reads well: 149.71 is never 0.1 k.
    A small share keeps at least two digits, one that stands alone three, and values that differ
    by more than :data:`NOISE` of each other look different.

    >>> scale_of([0.00018, 0.00023], "percent").decimals, scale_of([0.35], "percent").decimals
    (4, 1)
    >>> scale_of([149_71, 85_000_00], "money"), scale_of([12_500_00, 85_000_00], "money").unit
    (Scale(divisor=100, unit='', decimals=2), 'k')
    """
    if format not in NUMERIC or format == "integer":
        return Scale()
    unit = 10**minor_digits if format == "money" else 0.01 if format in _SHARES else 1
    sizes = sorted({abs(float(value)) / unit for value in values if not is_missing(value)})
    if format == "money":
        return _money_scale([size for size in sizes if round(size, minor_digits)], minor_digits)
    largest = sizes[-1] if sizes else 0.0
    if largest >= 1_000:
        decimals = 0 if format != "ratio" else 1
    elif largest >= 9.995 and format != "decimal":
        decimals = 1
    else:
        decimals = _digits(largest, 3)
    real = [size for size in sizes if size >= 10**-MOST_DECIMALS]
    if real:
        decimals = max(decimals, _digits(real[0], 2))
    return Scale(unit, "", _apart(real, decimals, max(4, decimals + 1)))


def _money_scale(majors: list[float], minor_digits: int) -> Scale:
    """The scale of amounts in whole currency, in order, none of them 0."""
    smallest, largest = (majors[0], majors[-1]) if majors else (0.0, 0.0)
    for size, unit in locales.big_steps(locales.current()):
        if largest >= size * 0.9995 and smallest >= max(SHORT_FROM - 0.5, size * 0.09995):
            shown = [major / size for major in majors]
            decimals = _digits(shown[0], 3 if smallest >= size * 0.9995 else 2)
            return Scale(10**minor_digits * size, unit, _apart(shown, decimals, 4))
    decimals = minor_digits if smallest < 1_000 else 0
    return Scale(10**minor_digits, "", _apart(majors, decimals, minor_digits))


def _digits(value: float, digits: int) -> int:
    """Decimals that leave so many significant digits; two where a value is (all but) 0.

    >>> _digits(9.75, 3), _digits(14.0, 3), _digits(400.0, 3), _digits(0.018, 2)
    (2, 1, 0, 3)
    """
    if value < 10**-MOST_DECIMALS:
        return 2
    # As it will be rounded: 9.996 is 10.0.
    place = int(f"{value:.{digits - 1}e}".partition("e")[2])
    return min(MOST_DECIMALS, max(0, digits - 1 - place))


def _apart(sizes: Iterable[float], decimals: int, most: int) -> int:
    """``decimals``, or more (up to ``most``) where ``sizes`` that differ would look alike."""
    for tried in range(decimals, most):
        least: dict[float, float] = {}
        if all(size - least.setdefault(round(size, tried), size) <= NOISE * size for size in sizes):
            return tried
    return max(decimals, most)


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


def unit_of(currency: str, scale: Scale | None = None) -> str:
    """What one unit of an axis or a column is, for its title; empty where it is just one.

    >>> unit_of("CNY", Scale(1e11, "bn")), unit_of("SEK"), unit_of("", Scale(1e3, "k"))
    ('¥ bn', 'SEK', 'k')
    """
    return f"{symbol(currency).strip()} {scale.unit if scale else ''}".strip()


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
        scale = scale or scale_of([number], format, minor_digits)
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
    if format in _SHARES or format in ("ratio", "decimal"):
        scale = scale_of([value], format)
        decimals = max(4, scale.decimals)
        if format in _SHARES:
            return format_value(value, format, scale=Scale(scale.divisor, "", decimals))
        return grouped(float(value), decimals)
    return format_value(value, format, currency, minor_digits)
