"""Money as whole minor units: how an amount is rounded, and which lines it counts of.

Everything here is an Ibis expression that runs unchanged on DuckDB, PostgreSQL and Spark: bit for
bit, since it multiplies and divides only what a 64-bit float, or an integer, holds exactly.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

#: A 64-bit float holds every decimal number of this many significant digits, and tells it from
#: its neighbours: beyond them lies binary noise (2.675 is 2.67499999999999982).
SIGNIFICANT = 15
#: Decimals that are looked at; of amounts of 10 and more, fewer: see :data:`SIGNIFICANT`.
_PLACES = SIGNIFICANT - 1
#: What follows the point is multiplied in two halves of this many digits, so that nothing
#: outgrows a float on engines that divide by way of one.
_HALF = 7


def line_total(
    price: ir.NumericValue,
    quantity: ir.IntegerValue | int,
    digits: int,
    decimals: ir.IntegerValue | None = None,
) -> ir.IntegerValue:
    """``price`` (in the currency) x ``quantity`` as whole minor units; null where either is.

    The decimal number that the price was written as (to 15 significant digits), times the
    quantity, rounded once, half to even. Neither may be negative, nor reach the limits of the
    contract (10^14, and 10^11 as soon as the quantity is not 1; 10^8 pieces). ``decimals`` are
    :func:`decimals_of` the price, where they have been computed: they are asked for six times.
    """
    price = price.cast("float64")
    quantity = quantity if isinstance(quantity, ir.Value) else ibis.literal(quantity, "int64")
    fraction = decimals_of(price, digits) if decimals is None else decimals
    high, low = fraction // 10**_HALF * quantity, fraction % 10**_HALF * quantity
    # Twice the fraction of the total, in units of 10^-7; odd where anything is left below.
    rest = ibis.ifelse(low % 10**_HALF == 0, 0, 1)
    twice = 2 * (high + low // 10**_HALF) + rest
    unit = 10 ** (_HALF - digits)
    units = price.floor().cast("int64") * quantity * 10**digits
    is_odd = (units + twice // (2 * unit)) % 2
    return units + (twice + unit - 1 + is_odd) // (2 * unit)


def minor_units(amount: ir.NumericValue, digits: int) -> ir.IntegerValue:
    """``amount`` (in the currency, not negative) as whole minor units, rounded half to even.

    :func:`line_total` of one piece, in an expression of half the size.
    """
    amount = amount.cast("float64")
    fraction, unit = decimals_of(amount, digits), 10 ** (_PLACES - digits)
    units = amount.floor().cast("int64") * 10**digits
    is_odd = (units + fraction // unit) % 2
    return units + (fraction + unit // 2 - 1 + is_odd) // unit


def decimals_of(price: ir.NumericValue, digits: int) -> ir.IntegerValue:
    """What follows the point of ``price`` in units of 10^-14, without binary noise."""
    sizes = range(1, SIGNIFICANT - digits)
    shifts = [(price < 10.0**size, 10.0 ** (SIGNIFICANT - size)) for size in sizes]
    shift = ibis.cases(*shifts, else_=10.0**digits)
    shifted = ((price - price.floor()) * shift + 0.5).floor().cast("int64")
    return shifted * (10.0**_PLACES / shift).cast("int64")


def net_sign(status: ir.StringValue) -> ir.IntegerValue:
    """How often an order line of ``status`` counts in net revenue: 1, -1 (a credit) or 0."""
    return ibis.cases((status == "completed", 1), (status == "credited", -1), else_=0)
