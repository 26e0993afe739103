"""Orders: sales, orders and what campaigns brought, and when a customer was active by buying."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ops_widgets.contract.table import MOST_MONEY
from ops_widgets.sources.clock import local_day, second_of
from ops_widgets.sources.money import decimals_of, line_total, net_sign
from ops_widgets.summaries.customers.cells import UNKNOWN
from ops_widgets.summaries.customers.numbers import NUMBERED
from ops_widgets.summaries.customers.weeks import customer_weeks
from ops_widgets.summaries.definitions import Fact, FactContext, Partial, Summary
from ops_widgets.summaries.dimensions import PRODUCTS, with_cell, with_periods
from ops_widgets.summaries.expressions import total

#: What is carried on as it is: columns that nothing is made of are not even mentioned.
CARRIED = (
    *("order_id", "customer_id", "product_id", "campaign_id"),
    *("channel", "status", "ordered_at", "unit_cost"),
)
MEASURES = ("units", "gmv", "discount", "returned", "net_revenue", "goods_cost", "cost_unknown")


def order_lines(orders: ir.Table, context: FactContext) -> ir.Table:
    """One row a line with the measures that add up; money in minor units.

    ``delivered`` lines (completed or returned) are what customers bought; ``net_revenue`` =
    ``gmv`` - ``discount`` - ``returned`` holds for every line. ``cost_unknown`` is 1 where a
    line counts but nothing says what its goods cost.
    """
    counts, digits = orders.status != "cancelled", context.digits
    # A cancelled line needs neither price nor quantity.
    lines = orders.select(
        *CARRIED,
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
    sign = net_sign(lines.status)
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


def order_parts(lines: ir.Table, context: FactContext) -> ir.Table:
    """Delivered orders: one row an order, customer, campaign and second; mostly one an order.

    Orders are kept one by one, since a line of any other month may belong to the same order:
    only all months together say on which day an order began, and which campaigns it carries.
    """
    bought = lines.filter(lines.delivered)
    keys = ("month_index", "order_id", "customer_id", "campaign_id", "second")
    return bought.group_by(*keys).agg(
        day=bought.day.min(),
        channel_index=bought.cell.min() // len(context.cells.categories),
        net_revenue=total(bought.net_revenue),
    )


def campaign_sales(lines: ir.Table, context: FactContext) -> ir.Table:
    """Sales by credited campaign, day and cell; a cancelled line credits nobody."""
    counts = lines.delivered | (lines.units != 0)
    credited = lines.filter(counts & lines.campaign_id.notnull())
    by = credited.group_by("month_index", "campaign_id", "day", "cell")
    return by.agg(**_measures(credited))


def customer_sales(lines: ir.Table, context: FactContext) -> ir.Table:
    """Sales by customer, second and cell, of known customers; credit notes included."""
    counts = lines.delivered | (lines.units != 0)
    known = lines.filter(counts & lines.customer_id.notnull())
    return known.group_by("month_index", "customer_id", "second", "cell").agg(
        day=known.day.min(),
        **{name: total(known[name]) for name in ("net_revenue", "goods_cost", "cost_unknown")},
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
#: Delivered orders by the day and channel of their first line; each is one order of one day.
ORDERS_DAY = """
    with place as (
        select distinct channel, channel_index from out.cell
    ), placed as (
        select min(day) as day,
            min(second * (select count(*) from place) + channel_index)
                % (select count(*) from place) as channel_index,
            count(customer) = 0 as of_unknown
        from order_parts group by order_id
    )
    select day, count(*) as orders, count_if(of_unknown)::bigint as orders_of_unknown, channel
    from placed join place using (channel_index) group by all order by all
"""
SALES_MONTH = f"""
    select month_index, {_NAMES}, {_SUMS}
    from sales_product left join product using (product_id) group by all order by all
"""
CAMPAIGN_SALES = f"""
    select campaign_id, day, {_SUMS} from campaign_sales group by all order by all
"""
#: What campaigns are credited with by first-level category: what they are about, as far as sales
#: tell.
CAMPAIGN_CATEGORY = f"""
    select campaign_id, day, category, {_SUMS}
    from campaign_sales join out.cell using (cell) group by all order by all
"""
#: The very first order of each customer; of several in one second, that with the smallest id.
_FIRST_ORDER = """began as (
        select customer, min(second) as second
        from order_parts where customer is not null group by customer
    ), first_order as (
        select customer, min(order_id) as order_id
        from order_parts join began using (customer, second) group by customer
    )"""
#: Credited orders and the customers whose very first order they were, so that both add up as
#: distinct ones: ``credit`` numbers a day and a set of campaigns, with a row for each campaign of
#: the set. The orders of any choice of campaigns are the sum over the credits that touch it, each
#: taken once. An order is of the day of its first delivered line.
CAMPAIGN_ORDERS = f"""
    with {_FIRST_ORDER}, won as (
        select order_id, count(*) as customers from first_order group by order_id
    ), credited as (
        select order_id, min(day) as day, count(customer) = 0 as of_unknown,
            list_sort(list(distinct campaign_id) filter (campaign_id is not null)) as campaigns
        from order_parts
        semi join (select order_id from order_parts where campaign_id is not null) using (order_id)
        group by order_id
    ), signature as (
        select day, campaigns, count(*) as orders,
            coalesce(sum(customers), 0)::bigint as new_customers,
            count_if(of_unknown)::bigint as orders_of_unknown
        from credited left join won using (order_id) group by day, campaigns
    ), numbered as (
        select row_number() over (order by day, campaigns) as credit, * from signature
    )
    select credit, day, unnest(campaigns) as campaign_id, orders, new_customers, orders_of_unknown
    from numbered order by all
"""
#: The same orders by customer: ``purchase`` numbers a customer, a day and a set of campaigns.
#: ``first_orders`` are those that were a customer's very first. An order without a customer, or
#: with two of them, is nobody's.
CAMPAIGN_BUYER = f"""
    with {_FIRST_ORDER}, credited as (
        select order_id, min(day) as day,
            case when min(customer) = max(customer) then min(customer) end as customer,
            list_sort(list(distinct campaign_id) filter (campaign_id is not null)) as campaigns
        from order_parts
        semi join (select order_id from order_parts where campaign_id is not null) using (order_id)
        group by order_id
    ), signature as (
        select day, customer, campaigns, count(*) as orders, count(f.order_id) as first_orders
        from credited left join first_order f using (order_id, customer)
        group by day, customer, campaigns
    ), known as (
        select s.* exclude (customer), {NUMBERED}
        from signature s left join customer using (customer)
    ), numbered as (
        select row_number() over (order by day, customer, campaigns) as purchase, * from known
    )
    select purchase, day, customer, unnest(campaigns) as campaign_id, orders, first_orders
    from numbered order by all
"""
MONTHS_OF_PRODUCTS = """
    select distinct month_index from sales_product semi join other using (product_id)
"""

FACT = Fact(
    table="orders",
    version=3,
    measure=order_lines,
    chunk_rows=4_000_000,
    needs=(PRODUCTS,),
    months_of_products=MONTHS_OF_PRODUCTS,
    partials=(
        Partial("sales_day", 3, sales_day),
        Partial("sales_product", 3, sales_product),
        Partial("order_parts", 3, order_parts, of_customers=True),
        Partial("campaign_sales", 5, campaign_sales),
        Partial(
            "customer_sales", 3, customer_sales, of_customers=True, needs=("campaign_audience",)
        ),
        Partial("purchase", 3, purchase, of_customers=True),
    ),
    summaries=(
        Summary("sales_day", 1, SALES_DAY),
        Summary("orders_day", 2, ORDERS_DAY),
        Summary("sales_month", 1, SALES_MONTH),
        Summary("campaign_sales", 2, CAMPAIGN_SALES),
        Summary("campaign_category", 1, CAMPAIGN_CATEGORY),
        Summary("campaign_orders", 1, CAMPAIGN_ORDERS),
        Summary("campaign_buyer", 1, CAMPAIGN_BUYER),
    ),
    basis="purchase",
)
