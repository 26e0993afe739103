"""What a month contributes: the expressions that run on the engine which holds the facts.

A partial has ``month_index`` and is additive: the rows of all months together hold all that
the summaries need of orders and events. Everything after this is done on partials alone.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ops_widgets.summaries.customers.cells import Cells
from ops_widgets.summaries.facts import count_where, total

MEASURES = ("units", "gmv", "discount", "returned", "net_revenue", "goods_cost", "cost_unknown")

#: A customer's first second and cell travel in one integer: ``second * CELL_SLOTS + cell``.
CELL_SLOTS = 1 << 20

#: Contract table -> its partials. What customers do is named after the basis of being active.
PARTIALS = {
    "orders": ("sales_day", "sales_product", "orders_day", "campaign_sales", "credits", "purchase"),
    "events": ("visit",),
}
#: Partials whose rows are of customers; kept with a number for the name.
NAMES_CUSTOMERS = ("credits", "purchase", "visit")
#: Those that say when a customer was active: the basis of being active -> the contract's table.
ACTIVITIES = {"purchase": "orders", "visit": "events"}


def order_partials(lines: ir.Table, cells: Cells) -> dict[str, ir.Table]:
    """The partials of ``orders`` by name, of :func:`ops_widgets.summaries.facts.order_lines`."""
    bought = lines.filter(lines.delivered)
    return {
        "sales_day": sales_day(lines),
        "sales_product": sales_product(lines),
        "orders_day": orders_day(bought, cells),
        "campaign_sales": campaign_sales(lines),
        "credits": credits(bought),
        "purchase": customer_weeks(bought, cells),
    }


def visit_partials(visits: ir.Table, cells: Cells) -> dict[str, ir.Table]:
    """The partials of ``events``, of :func:`ops_widgets.summaries.facts.visitor_events`."""
    return {"visit": customer_weeks(visits, cells)}


def _measures(lines: ir.Table) -> dict[str, ir.IntegerScalar]:
    return {name: total(lines[name]) for name in MEASURES}


def sales_day(lines: ir.Table) -> ir.Table:
    """Sales by day and cell."""
    by = lines.group_by("month_index", "day", "cell")
    return by.agg(lines=lines.count(), **_measures(lines))


def sales_product(lines: ir.Table) -> ir.Table:
    """Sales by month and product."""
    return lines.group_by("month_index", "product_id").agg(**_measures(lines))


def orders_day(bought: ir.Table, cells: Cells) -> ir.Table:
    """Distinct delivered orders by the day and channel of their first line.

    An order whose lines are in two months counts in both.
    """
    orders = bought.group_by("month_index", "order_id").agg(
        day=bought.day.min(),
        channel_index=bought.cell.min() // len(cells.categories),
        known=ibis.ifelse(bought.customer_id.notnull(), 1, 0).max(),
    )
    return orders.group_by("month_index", "day", "channel_index").agg(
        orders=orders.count(), orders_of_unknown=count_where(orders.known == 0)
    )


def campaign_sales(lines: ir.Table) -> ir.Table:
    """Sales and distinct delivered orders by credited campaign and day."""
    credited = lines.filter(lines.campaign_id.notnull())
    keys = ["month_index", "campaign_id", "day"]
    sales = credited.group_by(keys).agg(**_measures(credited))
    bought = credited.filter(credited.delivered)
    orders = bought.group_by(keys).agg(orders=bought.order_id.nunique())
    joined = sales.left_join(orders, keys).drop(*(f"{key}_right" for key in keys))
    return joined.mutate(orders=joined.orders.fill_null(0))


def credits(bought: ir.Table) -> ir.Table:
    """Which campaign is credited with what a customer bought in one second.

    ``customer_id, second, campaign_id, day`` (of several campaigns the first by name). The one
    of a customer's very first second won the customer.
    """
    credited = bought.filter(bought.customer_id.notnull() & bought.campaign_id.notnull())
    return credited.group_by("month_index", "customer_id", "second").agg(
        campaign_id=credited.campaign_id.min(), day=credited.day.min()
    )


def customer_weeks(facts: ir.Table, cells: Cells) -> ir.Table:
    """One row a customer, week and month: ``first_key``, ``strangers``, and where it was active.

    Where is a bit mask of cells (``mask_0``, ...), or with too many cells for masks one row a
    ``cell``. Customers that the shop does not know are left out.
    """
    known = facts.filter(facts.customer_id.notnull())
    keys = ["customer_id", "week_index", "month_index"]
    if cells.in_masks:
        known = known.inner_join(cells.masks_table(), "cell")
        where = {name: known[name].bit_or() for name in cells.mask_names}
    else:
        keys, where = [*keys, "cell"], {}
    return known.group_by(keys).agg(
        first_key=(known.second * CELL_SLOTS + known.cell).min(),
        strangers=known.stranger.max(),
        **where,
    )
