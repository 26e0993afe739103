"""Raw columns become the contract's types; what does not fit is a wrong type of that row.

Written in Ibis only: ``try_cast`` is used for text alone, on engines that have it.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from ops_widgets.contract.table import ColumnType

#: The contract's types as Ibis types; times are UTC without a zone, in microseconds.
TYPES: dict[ColumnType, dt.DataType] = {
    "text": dt.string,
    "integer": dt.int64,
    "number": dt.float64,
    "timestamp": dt.Timestamp(scale=6),
    "date": dt.date,
}

#: A value of the contract's type (null where it does not fit), and whether it does not fit;
#: None where every value of the raw type fits.
Typed = tuple[ir.Value, ir.BooleanValue | None]

# Above this a float64 no longer holds every whole number: a count of that size is an error.
_EXACT = 2.0**53


def typed(raw: ir.Value, kind: ColumnType) -> Typed | None:
    """``raw`` as the contract's ``kind``; None when no value of that raw type can be one.

    Empty text and NaN are null. Text is read as ISO 8601 and with a decimal point; a time with
    an offset becomes UTC. Whole floats become identifiers without ``.0``.
    """
    return _BY_KIND[kind](raw)


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
    if found.is_string():
        number = raw.nullif("").try_cast("float64")
        wrong = raw.nullif("").notnull() & (number.isnull() | number.isinf())
        return _if(~wrong, _no_nan(number)), wrong
    if found.is_floating():
        wrong = raw.isinf().fill_null(False)
        return _if(~wrong, _no_nan(raw)).cast("float64"), wrong
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


def _timestamp(raw: ir.Value) -> Typed | None:
    found = raw.type()
    if found.is_string():
        # Straight to a timestamp without zone, DuckDB would drop an offset and keep the digits.
        moment = raw.nullif("").try_cast(dt.Timestamp(timezone="UTC")).cast(TYPES["timestamp"])
        return moment, raw.nullif("").notnull() & moment.isnull()
    if found.is_timestamp() or found.is_date():
        return raw.cast(TYPES["timestamp"]), None
    return None


def _date(raw: ir.Value) -> Typed | None:
    found = raw.type()
    if found.is_string():
        day = raw.nullif("").try_cast("date")
        return day, raw.nullif("").notnull() & day.isnull()
    if found.is_date():
        return raw, None
    if found.is_timestamp():
        return raw.cast(TYPES["timestamp"]).cast("date"), None
    return None


def _no_nan(number: ir.Value) -> ir.Value:
    return _if(~number.isnan(), number)


def _if(condition: ir.BooleanValue, value: ir.Value) -> ir.Value:
    """``value`` where ``condition`` holds, else null: what a cast that may fail can be given."""
    return condition.ifelse(value, ibis.null(value.type()))


_BY_KIND: dict[ColumnType, Callable[[ir.Value], Typed | None]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "timestamp": _timestamp,
    "date": _date,
}
