"""Checked rows become facts: whole minor units of money, local day numbers, known names.

Everything here is an Ibis expression that runs unchanged on DuckDB, PostgreSQL and Spark.
Money is rounded once, half to even, at a line's total; the local day is the UTC second plus
the zone's offset, both integers: so engines agree bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from ops_widgets.sources.clock import local_day, second_of
from ops_widgets.summaries.customers.cells import UNKNOWN, Cells

CATEGORY_SEPARATOR = " / "

#: Money is first snapped to 1/10,000 of the minor unit, which undoes binary noise such as
#: 2.675 * 100 = 267.49999999999997; exact while a line is worth less than 9e11 minor units.
SNAP = 10_000


@dataclass(frozen=True)
class Terms:
    """What every fact is measured by.

    ``calendar`` has ``day, week_index, month_index``; ``offsets`` come from
    :func:`periods.utc_offsets`; ``digits`` are the currency's.
    """

    cells: Cells
    products: ir.Table | None
    calendar: ir.Table
    offsets: Sequence[tuple[int, int]]
    digits: int


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


def product_dimension(products: ir.Table | None, cells: Cells) -> ir.Table | None:
    """One row a product, small enough to join to any number of facts.

    product_id, category (first level), category_index, category_path, brand, product_cost
    (currency); None when the source has no products.
    """
    if products is None:
        return None
    path = named(products.category)
    dimension = products.select(
        "product_id",
        category=first_level(path),
        category_path=path,
        brand=named(products.brand),
        product_cost=products.unit_cost,
    )
    return dimension.inner_join(cells.categories_table(), "category")


def with_cell(facts: ir.Table, products: ir.Table | None, cells: Cells) -> ir.Table:
    """``facts`` with ``cell``, ``product_cost`` and ``stranger``.

    A product that nobody knows is in ``(unknown)``, and 1 in ``stranger``. Names of products
    come back where sums are named: numbers travel lighter than text.
    """
    facts = facts.mutate(channel=named(facts.channel))
    facts = facts.inner_join(cells.channels_table(), "channel")
    if products is None:
        known = facts.mutate(
            product_cost=ibis.null("float64"), category_index=cells.unknown_category, stranger=0
        )
    else:
        known = facts.left_join(products, "product_id")
        strange = known.product_id.notnull() & known.category_index.isnull()
        known = known.mutate(
            category_index=known.category_index.fill_null(cells.unknown_category),
            stranger=ibis.ifelse(strange, 1, 0),
        ).drop("product_id_right")
    return known.mutate(cell=cells.number_of(known.channel_index, known.category_index))


def order_lines(orders: ir.Table, terms: Terms) -> ir.Table:
    """One row a line with the measures that add up; money in minor units.

    ``delivered`` lines (completed or returned) are what customers bought; ``net_revenue`` =
    ``gmv`` - ``discount`` - ``returned`` holds for every line. ``cost_unknown`` is 1 where a
    line counts but nothing says what its goods cost.
    """
    lines, digits = with_cell(orders, terms.products, terms.cells), terms.digits
    second = second_of(lines.ordered_at)
    gross = minor_units(lines.quantity.cast("float64") * lines.unit_price, digits)
    reduction = minor_units(lines.discount.fill_null(0.0), digits)
    unit_cost = lines.unit_cost.fill_null(lines.product_cost)
    cost = minor_units(lines.quantity.cast("float64") * unit_cost, digits)
    delivered = lines.status.isin(["completed", "returned"])
    taken_back = lines.status.isin(["returned", "credited"])
    sign = ibis.cases((lines.status == "completed", 1), (lines.status == "credited", -1), else_=0)
    zero = ibis.literal(0, "int64")
    measured = lines.select(
        "order_id",
        "customer_id",
        "product_id",
        "campaign_id",
        "cell",
        "stranger",
        delivered=delivered,
        second=second,
        day=local_day(second, terms.offsets),
        units=sign * lines.quantity,
        gmv=ibis.ifelse(delivered, gross, zero),
        discount=ibis.ifelse(delivered, reduction, zero),
        returned=ibis.ifelse(taken_back, gross - reduction, zero),
        net_revenue=sign * (gross - reduction),
        goods_cost=sign * cost.fill_null(0),
        cost_unknown=ibis.ifelse((sign != 0) & unit_cost.isnull(), 1, 0),
    )
    return with_periods(measured, terms.calendar)


def visitor_events(events: ir.Table, terms: Terms) -> ir.Table:
    """One row an event: customer_id, cell, second, day, its periods, and ``stranger``.

    ``stranger`` is 1 where the event names a product that nobody knows (yet).
    """
    located = with_cell(events, terms.products, terms.cells)
    second = second_of(located.occurred_at)
    seen = located.select(
        "customer_id", "cell", "stranger", second=second, day=local_day(second, terms.offsets)
    )
    return with_periods(seen, terms.calendar)


def with_periods(facts: ir.Table, calendar: ir.Table) -> ir.Table:
    """``facts`` with ``week_index`` and ``month_index`` of their ``day``."""
    return facts.inner_join(calendar.select("day", "week_index", "month_index"), "day")
