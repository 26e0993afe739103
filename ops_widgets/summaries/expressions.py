"""Small expressions that every definition is written with: whole money, sums, known names.

Everything here is an Ibis expression that runs unchanged on DuckDB, PostgreSQL and Spark.
Money is rounded once, half to even, at a line's total, so that engines agree bit for bit.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ops_widgets.summaries.customers.cells import UNKNOWN

CATEGORY_SEPARATOR = " / "

#: Money is first snapped to 1/10,000 of the minor unit, which undoes binary noise such as
#: 2.675 * 100 = 267.49999999999997; exact while a line is worth less than 9e11 minor units.
SNAP = 10_000


def total(column: ir.IntegerColumn) -> ir.IntegerScalar:
    """Sum of an integer column as a 64-bit integer, nulls counted as zero.

    Ibis calls every integer sum int64 and drops a plain cast, while DuckDB returns HUGEINT
    and PostgreSQL NUMERIC: the detour over decimal keeps the cast in the SQL.
    """
    return column.fill_null(0).sum().cast("decimal(38, 0)").cast("int64")


def count_where(condition: ir.BooleanColumn) -> ir.IntegerScalar:
    """Number of rows for which ``condition`` holds; null counts as no on every engine."""
    return total(ibis.ifelse(condition.fill_null(False), 1, 0))


def minor_units(amount: ir.NumericColumn, digits: int) -> ir.IntegerColumn:
    """``amount`` (in the currency, not negative) as whole minor units, rounded half to even."""
    snapped = (amount.cast("float64") * 10.0**digits * SNAP + 0.5).floor().cast("int64")
    whole, rest = snapped // SNAP, snapped % SNAP
    round_up = (rest > SNAP // 2) | ((rest == SNAP // 2) & (whole % 2 == 1))
    return whole + ibis.ifelse(round_up, 1, 0)


def named(column: ir.StringColumn) -> ir.StringColumn:
    """The name, or ``(unknown)`` where there is none."""
    return ibis.ifelse(column.strip() == "", None, column).fill_null(UNKNOWN)


def first_level(category: ir.StringColumn) -> ir.StringColumn:
    """``A`` of a category path ``A / B / C``."""
    cut = category.find(CATEGORY_SEPARATOR)
    return ibis.ifelse(cut >= 0, category.substr(0, cut), category)
