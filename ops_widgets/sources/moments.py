"""Texts in declared forms as moments that every engine reads, in Ibis alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir

from ops_widgets.sources.date_formats import MONTHS, DateFormat
from ops_widgets.sources.written import Written


def moments(written: Written, text: ir.StringValue, iso: ir.StringValue) -> ir.StringValue:
    """Every text as ``2024-05-31 18:30:00.000000+08:00``; ``iso`` where no declared form fits."""
    return _by_form(written, text, iso, _moment)


def days(written: Written, text: ir.StringValue, iso: ir.StringValue) -> ir.StringValue:
    """The day alone, as ``2024-05-31``."""
    return _by_form(written, text, iso, _day)


def says_where(written: Written, text: ir.StringValue, iso: ir.BooleanValue) -> ir.BooleanValue:
    """Whether a moment has an offset; ``iso`` where no declared form fits."""
    return _by_form(written, text, iso, lambda form, capitals: ibis.literal(form.has_offset))


def _by_form(
    written: Written,
    text: ir.StringValue,
    iso: Any,
    said: Callable[[DateFormat, ir.StringValue], Any],
) -> Any:
    """What the form says that the text has the shape of: no other is tried after it."""
    if not written.date_formats:
        return iso
    capitals = text.upper()
    forms = written.date_formats
    cases = [(capitals.re_search(one.shape), said(one, capitals)) for one in forms]
    return ibis.cases(*cases, else_=iso)


def _part(form: DateFormat, capitals: ir.StringValue, letters: str) -> ir.StringValue | None:
    """What a text in capitals says for the one of ``letters`` that the form has."""
    place = form.place(letters)
    return None if place is None else capitals.re_extract(form.pattern, place)


def _moment(form: DateFormat, capitals: ir.StringValue) -> ir.StringValue:
    """A text of this form, in capitals, as ``2024-05-31 18:30:00.000000+08:00``."""
    day = _day(form, capitals)
    if not form.has_clock:
        return day
    clock = _hour(form, capitals) + ":" + _two(form, capitals, "M") + ":"
    clock += _two(form, capitals, "S")
    if (fraction := _part(form, capitals, "f")) is not None:
        clock += "." + fraction
    found = day + " " + clock
    if (offset := _part(form, capitals, "z")) is not None:
        digits = offset.replace(":", "")
        shift = digits.substr(0, 3) + ":" + digits.substr(3, 2)
        return found + (offset == "Z").ifelse("+00:00", shift)
    return found + "+00:00"


def _day(form: DateFormat, capitals: ir.StringValue) -> ir.StringValue:
    """The day of such a text as ``2024-05-31``."""
    return _year(form, capitals) + "-" + _month(form, capitals) + "-" + _two(form, capitals, "d")


def _two(form: DateFormat, capitals: ir.StringValue, letters: str) -> ir.StringValue:
    found = _part(form, capitals, letters)
    return ibis.literal("00") if found is None else found.lpad(2, "0")


def _year(form: DateFormat, capitals: ir.StringValue) -> ir.StringValue:
    if (short := _part(form, capitals, "y")) is None:
        return _part(form, capitals, "Y")
    # As in C and Python: 69 is 1969, 68 is 2068.
    return (short >= "69").ifelse("19", "20") + short


def _month(form: DateFormat, capitals: ir.StringValue) -> ir.StringValue:
    named = _part(form, capitals, "bB")
    if named is None:
        return _two(form, capitals, "m")
    numbers = [(named.substr(0, 3) == name[:3], f"{n:02}") for n, name in enumerate(MONTHS, 1)]
    return ibis.cases(*numbers)


def _hour(form: DateFormat, capitals: ir.StringValue) -> ir.StringValue:
    half = _part(form, capitals, "p")
    if half is None:
        return _two(form, capitals, "H")
    hour = _two(form, capitals, "I")
    morning = (hour == "12").ifelse("00", hour)
    evening = ibis.cases(*((hour == f"{h:02}", f"{h % 12 + 12}") for h in range(1, 13)))
    return (half == "AM").ifelse(morning, evening)
