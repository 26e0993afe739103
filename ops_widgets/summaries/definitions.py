"""Every summary that the workbook reads, each one Ibis expression over the facts.

A summary is additive: its measures may be summed over any of its rows. Money is in minor
units, days are numbers since 1970-01-01, weeks and months are indices of the calendar.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from ops_widgets.summaries.activity import lifecycle, signatures
from ops_widgets.summaries.cells import UNKNOWN, Cells
from ops_widgets.summaries.facts import (
    count_where,
    day_of,
    first_level,
    minor_units,
    named,
    total,
)

MEASURES = ("units", "gmv", "discount", "returned", "net_revenue", "goods_cost", "cost_unknown")


@dataclass(frozen=True)
class Activity:
    """One way of being active (``purchase`` or ``visit``), prepared once for all summaries."""

    basis: str
    first: ir.Table
    #: By grain: one row a customer and period, with the masks of the cells.
    periods: dict[str, ir.Table]


@dataclass(frozen=True)
class Facts:
    """What the summaries are made of; tables that the source does not map are None."""

    lines: ir.Table
    products: ir.Table | None
    campaigns: ir.Table | None
    campaign_days: ir.Table | None
    market: ir.Table | None
    activities: tuple[Activity, ...]
    cells: Cells
    calendar: ir.Table
    digits: int


def _measures(lines: ir.Table) -> dict[str, ir.IntegerScalar]:
    return {name: total(lines[name]) for name in MEASURES}


def sales_day(facts: Facts) -> ir.Table:
    """Sales by day, channel and first-level category."""
    lines = facts.lines
    sums = lines.group_by("day", "cell").agg(lines=lines.count(), **_measures(lines))
    return sums.inner_join(facts.cells.names_table(), "cell").drop("cell")


def orders_day(facts: Facts) -> ir.Table:
    """Distinct delivered orders by day and channel (an order has one of each)."""
    bought = facts.lines.filter(facts.lines.delivered)
    orders = bought.group_by("order_id").agg(
        day=bought.day.min(),
        channel_index=bought.cell.min() // len(facts.cells.categories),
        known=ibis.ifelse(bought.customer_id.notnull(), 1, 0).max(),
    )
    counted = orders.group_by("day", "channel_index").agg(
        orders=orders.count(), orders_of_unknown=count_where(orders.known == 0)
    )
    named_channels = counted.inner_join(facts.cells.channels_table(), "channel_index")
    return named_channels.drop("channel_index")


def sales_month(facts: Facts) -> ir.Table:
    """Sales by month, category path and brand."""
    dated = facts.lines.inner_join(facts.calendar.select("day", "month_index"), "day")
    keys = ["month_index", "category_path", "category", "brand"]
    if facts.products is None:
        names = {name: ibis.literal(UNKNOWN) for name in keys[1:]}
        return dated.group_by("month_index").agg(**_measures(dated)).mutate(**names)
    sums = dated.group_by("month_index", "product_id").agg(**_measures(dated))
    joined = sums.left_join(facts.products, "product_id")
    joined = joined.mutate(**{name: joined[name].fill_null(UNKNOWN) for name in keys[1:]})
    return joined.group_by(keys).agg(**_measures(joined))


def market_month(facts: Facts) -> ir.Table | None:
    """The whole market by month, category path and brand."""
    market = facts.market
    if market is None:
        return None
    month = market.month
    rows = market.select(
        "brand",
        month_index=(month.year() * 12 + month.month() - 1).cast("int64"),
        category_path=named(market.category),
        category=first_level(named(market.category)),
        gmv=minor_units(market.gmv, facts.digits),
        units=market.units,
        products=market.products,
        searches=market.searches,
    )
    return rows.group_by("month_index", "category_path", "category", "brand").agg(
        **{name: total(rows[name]) for name in ("gmv", "units", "products", "searches")}
    )


def campaign(facts: Facts) -> ir.Table | None:
    """One row a campaign: names, content type, period; money in minor units."""
    campaigns = facts.campaigns
    if campaigns is None:
        return None
    return campaigns.select(
        "campaign_id",
        name=campaigns.name.fill_null(campaigns.campaign_id),
        content_type=named(campaigns.content_type),
        format=named(campaigns.format),
        channel=named(campaigns.channel),
        starts_on=day_of(campaigns.starts_on),
        ends_on=day_of(campaigns.ends_on),
        budget=minor_units(campaigns.budget, facts.digits),
    )


def campaign_day(facts: Facts) -> ir.Table | None:
    """Impressions, clicks and cost by campaign and day; null where the shop does not know."""
    days = facts.campaign_days
    if days is None:
        return None
    return days.select(
        "campaign_id",
        "impressions",
        "clicks",
        day=day_of(days.day),
        cost=minor_units(days.cost, facts.digits),
    )


def campaign_sales(facts: Facts) -> ir.Table:
    """What the shop credits to each campaign, by day: orders, sales, new customers.

    A customer is new to the campaign that the very first order (by second, then by campaign)
    is credited to; nobody is new twice. An order credited to two campaigns counts in both.
    """
    lines = facts.lines.filter(facts.lines.campaign_id.notnull())
    sales = lines.group_by("campaign_id", "day").agg(**_measures(lines))
    bought = lines.filter(lines.delivered)
    orders = bought.group_by("campaign_id", "day").agg(orders=bought.order_id.nunique())
    first = next(a.first for a in facts.activities if a.basis == "purchase")
    firsts = facts.lines.filter(facts.lines.delivered & facts.lines.customer_id.notnull())
    firsts = firsts.inner_join(
        first.select("customer_id", second="first_second"), ["customer_id", "second"]
    )
    firsts = firsts.group_by("customer_id").agg(
        campaign_id=firsts.campaign_id.min(), day=firsts.day.min()
    )
    firsts = firsts.filter(firsts.campaign_id.notnull())
    new = firsts.group_by("campaign_id", "day").agg(new_customers=firsts.count())
    keys = ["campaign_id", "day"]
    joined = sales.left_join(orders, keys).drop("campaign_id_right", "day_right")
    joined = joined.left_join(new, keys).drop("campaign_id_right", "day_right")
    return joined.mutate(
        orders=joined.orders.fill_null(0), new_customers=joined.new_customers.fill_null(0)
    )


#: Name of the table in the store -> expression; None means the source lacks what it needs.
SUMMARIES: dict[str, Callable[[Facts], ir.Table | None]] = {
    "sales_day": sales_day,
    "orders_day": orders_day,
    "sales_month": sales_month,
    "market_month": market_month,
    "campaign": campaign,
    "campaign_day": campaign_day,
    "campaign_sales": campaign_sales,
}


def define_summaries(facts: Facts) -> dict[str, ir.Table]:
    """Every summary that the facts allow, by the name of its table.

    Beside :data:`SUMMARIES` there are, for every basis and grain, ``signature_BASIS_GRAIN``
    (distinct customers for any choice of cells) and ``lifecycle_BASIS_GRAIN``.
    """
    found = {name: define(facts) for name, define in SUMMARIES.items()}
    for activity in facts.activities:
        for grain, periods in activity.periods.items():
            found[f"signature_{activity.basis}_{grain}"] = signatures(periods, facts.cells)
            found[f"lifecycle_{activity.basis}_{grain}"] = lifecycle(periods)
    return {name: table for name, table in found.items() if table is not None}
