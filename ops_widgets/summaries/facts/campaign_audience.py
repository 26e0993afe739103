"""Campaign audience: what customers bought after their arm was drawn, as sums of each arm."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ops_widgets.sources.clock import local_day, second_of
from ops_widgets.summaries.definitions import Fact, FactContext, Partial, Summary
from ops_widgets.validation.months import NO_MONTH

#: Days after a campaign's last one that still count: what it only brought forward is missing then.
DAYS_AFTER = 28


def assignments(audience: ir.Table, context: FactContext) -> ir.Table:
    """One row a customer of a campaign: arm, and the second and local day it was drawn."""
    known = audience.filter(audience.arm.notnull())
    second = second_of(known.assigned_at)
    return known.select(
        "campaign_id",
        "customer_id",
        "arm",
        second=second,
        day=local_day(second, context.offsets),
        month_index=ibis.literal(NO_MONTH, "int64"),
    )


def assigned(drawn: ir.Table, context: FactContext) -> ir.Table:
    """:func:`assignments`, as they are: what a customer bought is looked up by all months."""
    return drawn


#: Of each arm: how many, and what they bought from their own assignment (where that is not known,
#: from the campaign's first day) to ``last_day``. Everybody counts who was assigned, bought or
#: not. Squares of minor units outgrow 64 bits, and a sum of floats depends on the order.
CAMPAIGN_ARM = f"""
    with placed as (
        select order_id, customer, min(second) as second, min(day) as day
        from order_parts where customer is not null group by all
    ), horizon as (
        select a.campaign_id, a.arm, a.customer, a.second, coalesce(a.day, c.starts_on) as day,
            c.ends_on + {DAYS_AFTER} as last_day
        from assigned a left join out.campaign c using (campaign_id)
    ), sold as (
        select campaign_id, customer, sum(s.net_revenue)::bigint as net_revenue,
            sum(s.net_revenue - s.goods_cost)::bigint as gross_profit,
            sum(s.cost_unknown)::bigint as cost_unknown
        from horizon h join customer_sales s using (customer)
        where s.day between h.day and h.last_day and s.second >= coalesce(h.second, s.second)
        group by all
    ), bought as (
        select campaign_id, customer, count(*) as orders
        from horizon h join placed p using (customer)
        where p.day between h.day and h.last_day and p.second >= coalesce(h.second, p.second)
        group by all
    )
    select campaign_id, arm, min(day) as first_day, max(last_day) as last_day,
        {DAYS_AFTER}::bigint as days_after, count(*) as customers,
        count(day) as customers_dated, count(orders) as buyers,
        coalesce(sum(orders), 0)::bigint as orders,
        coalesce(sum(net_revenue), 0)::bigint as net_revenue,
        coalesce(sum(net_revenue::hugeint * net_revenue), 0)::double as net_revenue_squares,
        coalesce(sum(gross_profit), 0)::bigint as gross_profit,
        coalesce(sum(gross_profit::hugeint * gross_profit), 0)::double as gross_profit_squares,
        coalesce(sum(cost_unknown), 0)::bigint as cost_unknown
    from horizon left join sold using (campaign_id, customer)
        left join bought using (campaign_id, customer)
    group by campaign_id, arm order by campaign_id, arm
"""

FACT = Fact(
    table="campaign_audience",
    version=1,
    measure=assignments,
    chunk_rows=12_000_000,
    partials=(Partial("assigned", 1, assigned, of_customers=True),),
    summaries=(Summary("campaign_arm", 1, CAMPAIGN_ARM, needs=("campaigns", "orders")),),
)
