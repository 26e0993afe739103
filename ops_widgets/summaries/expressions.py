"""Small expressions that every definition is written with: sums, known names.

Everything here is an Ibis expression that runs unchanged on DuckDB, PostgreSQL and Spark.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ops_widgets.names import SEPARATOR
from ops_widgets.summaries.customers.cells import UNKNOWN


def total(column: ir.IntegerColumn) -> ir.IntegerScalar:
    """Sum of an integer column as a 64-bit integer, nulls counted as zero.

    Ibis calls every integer sum int64 and drops a plain cast, while DuckDB returns HUGEINT
    and PostgreSQL NUMERIC: the detour over decimal keeps the cast in the SQL.
    """
    return column.fill_null(0).sum().cast("decimal(38, 0)").cast("int64")


def known_total(column: ir.IntegerColumn) -> ir.IntegerScalar:
    """Sum of an integer column as a 64-bit integer; null as soon as one of them is."""
    unknown = ibis.ifelse(column.isnull(), 1, 0).sum()
    return ibis.ifelse(unknown == 0, total(column), None)


def filled_text(column: ir.StringColumn) -> ir.StringColumn:
    """The text without blanks around it; null where nothing is left."""
    return column.strip().nullif("")


def named(column: ir.StringColumn) -> ir.StringColumn:
    """The name, or ``(unknown)`` where there is none."""
    return ibis.ifelse(column.strip() == "", None, column).fill_null(UNKNOWN)


def first_level(category: ir.StringColumn) -> ir.StringColumn:
    """``A`` of a category path ``A / B / C``."""
    cut = category.find(SEPARATOR)
    return ibis.ifelse(cut >= 0, category.substr(0, cut), category)
