"""Raw columns become the contract's types; what does not fit is a wrong type of that row.

Written in Ibis only: ``try_cast`` is used for text alone, on engines that have it. What a text may
look like is said here and not by the engine: each reads more than anybody means (``1_000``,
``epoch``, ``CST``), and another one something else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from ops_widgets.contract.table import ColumnType
from ops_widgets.sources.clock import to_utc
from ops_widgets.sources.moments import days, moments, says_where
from ops_widgets.sources.written import CLOCK, DAY, MOMENT, OFFSET, PLAINLY, SHIFT, Written

#: The contract's types as Ibis types; times are UTC without a zone, in microseconds.
TYPES: dict[ColumnType, dt.DataType] = {
    "text": dt.string,
    "integer": dt.int64,
    "number": dt.float64,
    "boolean": dt.boolean,
    "timestamp": dt.Timestamp(scale=6),
    "date": dt.date,
}

#: A value of the contract's type (null where it does not fit), and whether it does not fit;
#: None where every value of the raw type fits.
Typed = tuple[ir.Value, ir.BooleanValue | None]

#: How programs and people write true and false, whatever the size of their letters.
_TRUE = ("true", "t", "yes", "y", "1")
_FALSE = ("false", "f", "no", "n", "0")
#: As programs write them: such moments every engine reads in the same way.
_PLAIN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?)?$"
# The years 1 to 9999 are what programs know as days; a column that counts nanoseconds holds less.
# Infinity is outside of both.
_EVER = (datetime.min, datetime.max)
_IN_NANOSECONDS = (datetime(1678, 1, 1), datetime(2262, 1, 1))

# Above this a float64 no longer holds every whole number: a count of that size is an error.
_EXACT = 2.0**53
#: Numbers without bounds (PostgreSQL's numeric) fit into a float64 below this.
_FITS = Decimal(10) ** 30


def typed(raw: ir.Value, kind: ColumnType, written: Written = PLAINLY) -> Typed | None:
    """``raw`` as the contract's ``kind``; None when no value of that raw type can be one.

    Empty text and NaN are null. Text is read, without blanks around it, in the forms of
    ``written`` and as ISO 8601 (the year first), or as a number; a time with an offset becomes
    UTC, one without is local where ``written`` names a zone. Whole floats become identifiers
    without ``.0``.
    """
    if not is_parsed(raw, kind):
        if kind == "timestamp" and _is_local(raw) and written.timezone:
            raw = to_utc(raw, written.timezone)
        return _BY_KIND[kind](raw)
    value, wrong = parsed(raw, kind, written)
    return typed_of(value, wrong, kind)


def is_parsed(raw: ir.Value, kind: ColumnType) -> bool:
    """Whether ``raw`` is text that has to be read as something else."""
    return kind != "text" and raw.type().is_string()


def parsed(
    raw: ir.StringValue, kind: ColumnType, written: Written = PLAINLY
) -> tuple[ir.Value, ir.BooleanValue]:
    """Text as a number, moment or day, and where it is none.

    The costly part of :func:`typed`: best computed once, before anything is asked of it.
    """
    text = raw.strip().nullif("")
    if kind in ("number", "integer"):
        plain = _if(text.re_search(written.number_pattern), text)
        for sign in written.separators:
            plain = plain.replace(sign, "")
        if written.decimal != ".":
            plain = plain.replace(written.decimal, ".")
        number = plain.try_cast("float64")
        return number, text.notnull() & number.isnull() & (text.lower() != "nan")
    if kind == "boolean":
        is_true, is_false = text.lower().isin(_TRUE), text.lower().isin(_FALSE)
        return _if(is_true | is_false, is_true), text.notnull() & ~is_true & ~is_false
    iso = _if(text.re_search(MOMENT), text)
    if kind == "date":
        day = days(written, text, _day_of(iso)).try_cast("date")
        return day, text.notnull() & day.isnull()
    iso = text.re_search(_PLAIN).ifelse(text, _plainly(iso))
    # Straight to a timestamp without zone, DuckDB would drop an offset and keep the digits.
    moment = moments(written, text, iso).try_cast(dt.Timestamp(timezone="UTC"))
    moment = moment.cast(TYPES["timestamp"])
    if written.timezone:
        is_fixed = says_where(written, text, text.re_search(OFFSET + "$"))
        moment = is_fixed.ifelse(moment, to_utc(moment, written.timezone))
    return moment, text.notnull() & moment.isnull()


def _is_local(raw: ir.Value) -> bool:
    return bool(raw.type().is_timestamp() and raw.type().timezone is None)


def _day_of(written: ir.StringValue) -> ir.StringValue:
    return written.re_extract(DAY, 0).replace("/", "-")


def _plainly(written: ir.StringValue) -> ir.StringValue:
    """A moment in any of the accepted forms as one that every engine reads."""
    clock = written.re_extract(CLOCK, 0)
    seconds = clock.re_search(":[0-9]{2}:").ifelse("", ":00")
    offset = written.re_extract(SHIFT + "( UTC)?$", 0).re_extract(SHIFT, 0)
    with_clock = _day_of(written) + " " + clock + seconds + offset
    return (clock == "").ifelse(_day_of(written), with_clock)


def typed_of(value: ir.Value, wrong: ir.BooleanValue, kind: ColumnType) -> Typed:
    """What :func:`parsed` gave, as the contract's ``kind``."""
    found = _BY_KIND[kind](value)
    assert found is not None
    return found[0], wrong if found[1] is None else wrong | found[1]


def missing(kind: ColumnType) -> ir.Value:
    """The null that stands for an unmapped column."""
    return ibis.null(TYPES[kind])


def _text(raw: ir.Value) -> Typed | None:
    found = raw.type()
    if found.is_string():
        return raw.nullif(""), None
    if found.is_floating():
        number = _no_nan(raw)
        small = _if(number.abs() < _EXACT, number)
        digits = _if(small == small.floor(), small).cast("int64").cast("string")
        return digits.coalesce(number.cast("string")), None
    if found.is_nested() or found.is_binary():
        return None
    return raw.cast("string"), None


def _number(raw: ir.Value) -> Typed | None:
    found = raw.type()
    if found.is_floating():
        wrong = raw.isinf().fill_null(False)
        return _if(~wrong, _no_nan(raw)).cast("float64"), wrong
    if found.is_decimal() and found.precision is None:
        # PostgreSQL: NaN is the largest of all numbers.
        fits = raw.abs() < ibis.literal(_FITS, dt.Decimal(38, 0))
        wrong = raw.notnull() & ~fits & (raw.cast("string") != "NaN")
        return _if(fits, raw).cast("float64"), wrong
    if found.is_integer() or found.is_decimal():
        return raw.cast("float64"), None
    return None


def _integer(raw: ir.Value) -> Typed | None:
    found = raw.type()
    if found.is_integer() and found != dt.uint64:
        return raw.cast("int64"), None
    as_number = _number(raw)
    if as_number is None:
        return None
    number, wrong = as_number
    small = _if(number.abs() < _EXACT, number)
    whole = _if(small == small.floor(), small)
    broken = number.notnull() & whole.isnull()
    return whole.cast("int64"), broken if wrong is None else wrong | broken


def _boolean(raw: ir.Value) -> Typed | None:
    if raw.type().is_boolean():
        return raw, None
    as_number = _number(raw)
    if as_number is None:
        return None
    number, wrong = as_number
    known = number.isin((0.0, 1.0))
    broken = number.notnull() & ~known
    return _if(known, number == 1), broken if wrong is None else wrong | broken


def _timestamp(raw: ir.Value) -> Typed | None:
    found = raw.type()
    if found.is_timestamp() or found.is_date():
        known = _known(raw)
        return known.cast(TYPES["timestamp"]), raw.notnull() & known.isnull()
    return None


def _date(raw: ir.Value) -> Typed | None:
    found = raw.type()
    if found.is_date():
        known = _known(raw)
        return known, raw.notnull() & known.isnull()
    if found.is_timestamp():
        known = _known(raw)
        return known.cast(TYPES["timestamp"]).cast("date"), raw.notnull() & known.isnull()
    return None


def _known(raw: ir.Value) -> ir.Value:
    """``raw``, a date or timestamp, where it is one that other programs know too; else null."""
    is_fine = raw.type().is_timestamp() and raw.type().scale == 9
    return _within(raw, _IN_NANOSECONDS if is_fine else _EVER)


def _within(value: ir.Value, ends: tuple[datetime, datetime]) -> ir.Value:
    kind = value.type()
    first, last = (
        ibis.literal(end.date()) if kind.is_date() else ibis.literal(end).cast(kind) for end in ends
    )
    return _if((value >= first) & (value <= last), value)


def _no_nan(number: ir.Value) -> ir.Value:
    return _if(~number.isnan(), number)


def _if(condition: ir.BooleanValue, value: ir.Value) -> ir.Value:
    """``value`` where ``condition`` holds, else null: what a cast that may fail can be given."""
    return condition.ifelse(value, ibis.null(value.type()))


_BY_KIND: dict[ColumnType, Callable[[ir.Value], Typed | None]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "timestamp": _timestamp,
    "date": _date,
}
