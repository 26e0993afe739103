"""How the values of a column are written, told from a sample of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from ops_widgets.sources.date_formats import DateFormat
from ops_widgets.sources.written import MOMENT

_ISO = re.compile(MOMENT)
_OFFSET = re.compile(r"(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})$")
_DAYS: tuple[str, ...] = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y.%m.%d", "%Y%m%d")
_DAYS += ("%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S UTC")
#: Every form that is tried.
FORMATS = tuple(DateFormat(day + clock) for clock in _CLOCKS for day in _DAYS)
#: No moment is written with more letters.
_LONGEST = 40
_GROUPED = {sign: re.compile(rf"[+-]?[0-9]{{1,3}}([{sign}][0-9]{{3}})+") for sign in ",."}


class Dates(NamedTuple):
    """How moments are written: ``formats`` that fit all (none: ISO), and whether there are some.

    More than one format fits where no day is beyond the twelfth: then the values do not tell.
    """

    are_dates: bool
    formats: tuple[str, ...] = ()
    have_offsets: bool = False


def dates(values: Iterable[str]) -> Dates:
    """How these moments are written."""
    values = list(values)
    plain = [value for value in values if _ISO.fullmatch(value)]
    if _are_most(plain, values):
        return Dates(True, (), all(_OFFSET.search(value) for value in plain))
    if not _are_most([v for v in values if re.search("[0-9]", v) and len(v) <= _LONGEST], values):
        return Dates(False)
    found = [one.text for one in FORMATS if _are_most([v for v in values if _is(one, v)], values)]
    return Dates(bool(found), tuple(found), False)


def _are_most(those: list[str], values: list[str]) -> bool:
    """Whether all values but a few (totals at the end, a slip of the pen) are among ``those``."""
    odd = len(values) - len(those)
    return odd <= max(3, len(values) // 20) and 2 * len(those) > len(values)


def _is(form: DateFormat, value: str) -> bool:
    """Whether ``value`` is a moment of this form and of the calendar."""
    if not form.fits(value):
        return False
    try:
        found = datetime.strptime(value.strip(), form.text)
    except ValueError:
        return False
    return 1990 <= found.year <= 2100


class Signs(NamedTuple):
    """The signs in numbers; ``is_sure`` is false where 1.234 may be either."""

    decimal: str = "."
    thousands: str = ""
    is_sure: bool = True

    @property
    def options(self) -> dict[str, str]:
        """What a source says of them: a decimal point alone needs no word."""
        said = {"decimal": self.decimal} if self.decimal != "." else {}
        return said | ({"thousands": self.thousands} if self.thousands else {})


def signs(values: Iterable[str], digits: int = 2) -> Signs:
    """Which signs these numbers use; ``digits`` are those of the currency's smallest unit."""
    values = [value for value in values if looks_numeric(value)]
    both = next((value for value in values if "," in value and "." in value), None)
    if both:
        return Signs(".", ",") if both.rindex(".") > both.rindex(",") else Signs(",", ".")
    commas, points = ([value for value in values if sign in value] for sign in ",.")
    for sign, those, others in ((",", commas, points), (".", points, commas)):
        if not those or not all(_GROUPED[sign].fullmatch(value) for value in those):
            continue
        if sign == "." and digits == 3:
            continue
        other = "," if sign == "." else "."
        certain = bool(others) or any(value.count(sign) > 1 for value in those)
        return Signs(other, sign, certain or len(those) > 3)
    return Signs(",") if commas else Signs()


def looks_numeric(value: str) -> bool:
    """Whether ``value`` may be a number in some signs."""
    return re.fullmatch(r"[+-]?[0-9.,]*[0-9][0-9.,]*", value) is not None


def is_number(value: str, found: Signs) -> bool:
    """Whether ``value`` is a number in these signs."""
    plain = value.replace(found.thousands, "") if found.thousands else value
    return re.fullmatch(r"[+-]?[0-9]+([.][0-9]+)?", plain.replace(found.decimal, ".")) is not None
