"""Orders: sales, orders and what campaigns brought, and when a customer was active by buying."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ops_widgets.contract.table import MOST_MONEY
from ops_widgets.sources.clock import local_day, second_of
from ops_widgets.sources.money import decimals_of, line_total
from ops_widgets.summaries.customers.cells import UNKNOWN
from ops_widgets.summaries.customers.weeks import customer_weeks
from ops_widgets.summaries.definitions import Fact, FactContext, Partial, Summary
from ops_widgets.summaries.dimensions import PRODUCTS, with_cell, with_periods
from ops_widgets.summaries.expressions import count_where, total

MEASURES = ("units", "gmv", "discount", "returned", "net_revenue", "goods_cost", "cost_unknown")


def order_lines(orders: ir.Table, context: FactContext) -> ir.Table:
    """One row a line with the measures that add up; money in minor units.

    ``delivered`` lines (completed or returned) are what customers bought; ``net_revenue`` =
    ``gmv`` - ``discount`` - ``returned`` holds for every line. ``cost_unknown`` is 1 where a
    line counts but nothing says what its goods cost.
    """
    counts, digits = orders.status != "cancelled", context.digits
    # A cancelled line needs neither price nor quantity.
    lines = orders.mutate(
        quantity=ibis.ifelse(counts, orders.quantity, 0),
        unit_price=ibis.ifelse(counts, orders.unit_price, 0.0),
        discount=orders.discount.fill_null(0.0),
    )
    # What stands before a join is written, and computed, once.
    lines = lines.mutate(
        price_decimals=decimals_of(lines.unit_price, digits),
        discount_decimals=decimals_of(lines.discount, digits),
    )
    lines = with_cell(lines, context.products, context.cells)
    second = second_of(lines.ordered_at)
    gross = line_total(lines.unit_price, lines.quantity, digits, lines.price_decimals)
    reduction = line_total(lines.discount, 1, digits, lines.discount_decimals)
    unit_cost = lines.unit_cost.fill_null(lines.product_cost)
    # A cost that no line can have is a mistake in the products: it is unknown, as a missing one.
    unit_cost = ibis.ifelse(lines.quantity * unit_cost < MOST_MONEY, unit_cost, None)
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
        day=local_day(second, context.offsets),
        units=sign * lines.quantity,
        gmv=ibis.ifelse(delivered, gross, zero),
        discount=ibis.ifelse(delivered, reduction, zero),
        returned=ibis.ifelse(taken_back, gross - reduction, zero),
        net_revenue=sign * (gross - reduction),
        cost_unknown=ibis.ifelse((sign != 0) & unit_cost.isnull(), 1, 0),
        sign=sign,
        pieces=lines.quantity,
        unit_cost=unit_cost,
        cost_decimals=decimals_of(unit_cost, digits),
    )
    known = with_periods(measured, context.calendar)
    cost = line_total(known.unit_cost, known.pieces, digits, known.cost_decimals)
    known = known.mutate(goods_cost=known.sign * cost.fill_null(0))
    return known.drop("sign", "pieces", "unit_cost", "cost_decimals")


# --- what a month contributes ----------------------------------------------------------------


def _measures(lines: ir.Table) -> dict[str, ir.IntegerScalar]:
    return {name: total(lines[name]) for name in MEASURES}


def sales_day(lines: ir.Table, context: FactContext) -> ir.Table:
    """Sales by day and cell."""
    by = lines.group_by("month_index", "day", "cell")
    return by.agg(lines=lines.count(), **_measures(lines))


def sales_product(lines: ir.Table, context: FactContext) -> ir.Table:
    """Sales by month and product."""
    return lines.group_by("month_index", "product_id").agg(**_measures(lines))


def orders_day(lines: ir.Table, context: FactContext) -> ir.Table:
    """Distinct delivered orders by the day and channel of their first line.

    An order whose lines are in two months counts in both.
    """
    bought = lines.filter(lines.delivered)
    orders = bought.group_by("month_index", "order_id").agg(
        day=bought.day.min(),
        channel_index=bought.cell.min() // len(context.cells.categories),
        known=ibis.ifelse(bought.customer_id.notnull(), 1, 0).max(),
    )
    return orders.group_by("month_index", "day", "channel_index").agg(
        orders=orders.count(), orders_of_unknown=count_where(orders.known == 0)
    )


def campaign_sales(lines: ir.Table, context: FactContext) -> ir.Table:
    """Sales and distinct delivered orders by credited campaign and day."""
    credited = lines.filter(lines.campaign_id.notnull())
    keys = ["month_index", "campaign_id", "day"]
    sales = credited.group_by(keys).agg(**_measures(credited))
    bought = credited.filter(credited.delivered)
    orders = bought.group_by(keys).agg(orders=bought.order_id.nunique())
    joined = sales.left_join(orders, keys).drop(*(f"{key}_right" for key in keys))
    return joined.mutate(orders=joined.orders.fill_null(0))


def credits(lines: ir.Table, context: FactContext) -> ir.Table:
    """Which campaign is credited with what a customer bought in one second.

    ``customer_id, second, campaign_id, day`` (of several campaigns the first by name). The one
    of a customer's very first second won the customer.
    """
    bought = lines.filter(lines.delivered)
    credited = bought.filter(bought.customer_id.notnull() & bought.campaign_id.notnull())
    return credited.group_by("month_index", "customer_id", "second").agg(
        campaign_id=credited.campaign_id.min(), day=credited.day.min()
    )


def purchase(lines: ir.Table, context: FactContext) -> ir.Table:
    """When and where customers bought: :func:`customer_weeks` of delivered lines."""
    return customer_weeks(lines.filter(lines.delivered), context)


# --- what all months become ------------------------------------------------------------------

_SUMS = ", ".join(f"sum({name})::bigint as {name}" for name in MEASURES)
_NAMES = ", ".join(
    f"coalesce({name}, '{UNKNOWN}') as {name}" for name in ("category_path", "category", "brand")
)

SALES_DAY = f"""
    select day, sum(lines)::bigint as lines, {_SUMS}, channel, category
    from sales_day join out.cell using (cell) group by all order by all
"""
ORDERS_DAY = """
    select day, sum(orders)::bigint as orders,
           sum(orders_of_unknown)::bigint as orders_of_unknown, channel
    from orders_day join (select distinct channel, channel_index from out.cell)
    using (channel_index) group by all order by all
"""
SALES_MONTH = f"""
    select month_index, {_NAMES}, {_SUMS}
    from sales_product left join product using (product_id) group by all order by all
"""
#: Sales by campaign and day, with the customers whose very first order it was.
CAMPAIGN_SALES = f"""
    with new as (
        select campaign_id, day, count(*) as new_customers
        from history_purchase join credits using (customer)
        where second = first_second group by all
    ), sold as (
        select campaign_id, day, {_SUMS}, sum(orders)::bigint as orders
        from campaign_sales group by all
    )
    select sold.*, coalesce(new_customers, 0)::bigint as new_customers
    from sold left join new using (campaign_id, day) order by all
"""
MONTHS_OF_PRODUCTS = """
    select distinct month_index from sales_product semi join other using (product_id)
"""

FACT = Fact(
    table="orders",
    version=2,
    measure=order_lines,
    chunk_rows=4_000_000,
    needs=(PRODUCTS,),
    months_of_products=MONTHS_OF_PRODUCTS,
    partials=(
        Partial("sales_day", 2, sales_day),
        Partial("sales_product", 2, sales_product),
        Partial("orders_day", 1, orders_day),
        Partial("campaign_sales", 2, campaign_sales),
        Partial("credits", 1, credits, of_customers=True),
        Partial("purchase", 2, purchase, of_customers=True),
    ),
    summaries=(
        Summary("sales_day", 1, SALES_DAY),
        Summary("orders_day", 1, ORDERS_DAY),
        Summary("sales_month", 1, SALES_MONTH),
        Summary("campaign_sales", 2, CAMPAIGN_SALES),
    ),
    basis="purchase",
    span="sales_day",
)
