"""Summaries of the tables that are small enough to be read whole every time.

Money is in minor units, days are numbers since 1970-01-01, months are indices of the calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.summaries.facts import first_level, minor_units, named, total

#: The used rows of every mapped table.
Used = Mapping[str, ir.Table]


def market_month(used: Used, digits: int) -> ir.Table | None:
    """The whole market by month, category path and brand."""
    market = used.get("market")
    if market is None:
        return None
    month = market.month
    rows = market.select(
        "brand",
        month_index=(month.year() * 12 + month.month() - 1).cast("int64"),
        category_path=named(market.category),
        category=first_level(named(market.category)),
        gmv=minor_units(market.gmv, digits),
        units=market.units,
        products=market.products,
        searches=market.searches,
    )
    return rows.group_by("month_index", "category_path", "category", "brand").agg(
        **{name: total(rows[name]) for name in ("gmv", "units", "products", "searches")}
    )


def campaign(used: Used, digits: int) -> ir.Table | None:
    """One row a campaign: names, content type, period; money in minor units."""
    campaigns = used.get("campaigns")
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
        budget=minor_units(campaigns.budget, digits),
    )


def campaign_day(used: Used, digits: int) -> ir.Table | None:
    """Impressions, clicks and cost by campaign and day; null where the shop does not know."""
    days = used.get("campaign_days")
    if days is None:
        return None
    return days.select(
        "campaign_id",
        "impressions",
        "clicks",
        day=day_of(days.day),
        cost=minor_units(days.cost, digits),
    )


#: Name of the summary -> the table it is made of, and its expression (None: not mapped).
SMALL: dict[str, tuple[str, Callable[[Used, int], ir.Table | None]]] = {
    "market_month": ("market", market_month),
    "campaign": ("campaigns", campaign),
    "campaign_day": ("campaign_days", campaign_day),
}
