"""Campaign audience: what customers did after their arm was drawn, as sums of each arm.

Whatever a page says of an experiment is made of sums, squares and cross products of customers
(:mod:`..moments`), by arm and by whether the customer was new. They tell a mean's error as the
rows would. What customers spend is skewed: by a rule, the largest amounts count as a cap.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ops_widgets.contract import TABLES
from ops_widgets.sources.clock import local_day, second_of
from ops_widgets.sources.money import minor_units
from ops_widgets.summaries.customers.cells import UNKNOWN
from ops_widgets.summaries.definitions import Fact, FactContext, Partial, Summary
from ops_widgets.summaries.moments import DAYS_AFTER, GIVEN, OWN, sums
from ops_widgets.validation.months import NO_MONTH

#: Days before an arm is drawn whose sales say what a customer would have bought anyway.
DAYS_BEFORE = 90
#: The part of customers, of both arms together, whose net revenue is not capped.
UNCAPPED = 0.9975
#: A mean is as good as normal with more customers than ``LEAST + PER_SKEWNESS x skewness^2``.
#: Sugden, Smith and Jones (2000), Cochran's rule for simple random sampling.
LEAST, PER_SKEWNESS = 28, 25
#: What was given of a customer before is kept in units of this size, beyond which it is unknown.
UNIT, MOST_GIVEN = 0.01, 1e12


def given(columns: list[str]) -> dict[str, str]:
    """Which columns of the source are kept under the names :data:`.moments.GIVEN`: the first."""
    others = sorted(name for name in columns if name not in TABLES["campaign_audience"].names)
    return dict(zip(GIVEN, others, strict=False))


def assignments(audience: ir.Table, context: FactContext) -> ir.Table:
    """One row a customer of a campaign: arm, the second and local day it was drawn, and what the
    table itself says of the customer as whole numbers (``value`` in minor units).
    """
    known = audience.filter(audience.arm.notnull())
    second = second_of(known.assigned_at)
    kept = given(list(known.columns))

    def before(name: str) -> ir.IntegerValue:
        if name not in kept:
            return ibis.null("int64")
        value = known[kept[name]].cast("float64")
        whole = (value / UNIT + 0.5).floor().cast("int64")
        return ibis.ifelse(value.abs() < MOST_GIVEN, whole, ibis.null("int64"))

    return known.select(
        "campaign_id",
        "customer_id",
        "arm",
        second=second,
        day=local_day(second, context.offsets),
        reached=_counted(known.reached),
        converted=_counted(known.converted),
        value=minor_units(known.value, context.digits),
        month_index=ibis.literal(NO_MONTH, "int64"),
        **{name: before(name) for name in GIVEN},
    )


def _counted(said: ir.BooleanValue) -> ir.IntegerValue:
    """1 or 0, and null where nobody says: not every engine counts with booleans."""
    return ibis.cases((said, 1), (~said, 0), else_=ibis.null("int64")).cast("int64")


def assigned(drawn: ir.Table, context: FactContext) -> ir.Table:
    """:func:`assignments`, as they are: what a customer bought is looked up by all months."""
    return drawn


#: Customers with the days that count, from their own assignment (where that is not known, from
#: the campaign's first day) to ``last_day``.
_HORIZON = f"""
    horizon as (
        select a.*, coalesce(a.day, c.starts_on) as since, c.ends_on,
            c.ends_on + {DAYS_AFTER} as last_day
        from assigned a left join out.campaign c using (campaign_id)
    )
"""
#: Whether something happened before the arm was drawn, and whether it lies in the days that count.
_BEFORE = "case when h.second is null then {0}.day < h.since else {0}.second < h.second end"
_WITHIN = "{0}.day <= h.last_day and not (" + _BEFORE + ")"
_EARLIER = f"{{0}}.day >= h.since - {DAYS_BEFORE} and " + _BEFORE
_BOUGHT, _SOLD_BEFORE = _WITHIN.format("s"), _EARLIER.format("s")
_PLACED, _PLACED_BEFORE = _WITHIN.format("p"), _EARLIER.format("p")


def moments_of_arms(customers: str) -> str:
    """SQL: one row a campaign, arm and ``is_new`` from the CTE ``customers``, one row a customer.

    ``cap`` is the amount that larger net revenues count as, by the rule above (NULL: as they
    are); then profit and what was spent until the campaign's end shrink by the same part, so
    that parts still add up. ``spend`` lists customers, sum and squares by ``bin``, in half powers
    of two of minor units (-1: nothing, or less).
    """
    bins = "case when net_revenue > 0 then floor(2 * log2(net_revenue))::int else -1 end"
    return f"""
    binned as (
        select *, {bins} as bin from {customers}
    ), by_bin as (
        select campaign_id, bin, count(*) as customers, sum(count(*)) over (
            partition by campaign_id order by bin) as upto
        from binned group by campaign_id, bin
    ), arm_size as (
        select campaign_id, min(customers) as smaller, sum(customers) as customers
        from (select campaign_id, count(*) as customers from binned group by campaign_id, arm)
        group by campaign_id
    ), edge as (
        select campaign_id, min(bin) as bin
        from by_bin join arm_size using (campaign_id)
        where upto >= {UNCAPPED} * arm_size.customers group by campaign_id
    ), skewed as (
        select campaign_id, coalesce(skewness(net_revenue), 0) as skewness
        from binned group by campaign_id
    ), rule as (
        select campaign_id, case when bin >= 0
            and smaller < {LEAST} + {PER_SKEWNESS} * skewness * skewness
            then ceil(2 ** ((bin + 1) / 2.0))::bigint end as cap
        from edge join arm_size using (campaign_id) join skewed using (campaign_id)
    ), shrunk as (
        select b.*, cap, case when net_revenue > cap then cap / net_revenue else 1 end as part
        from binned b join rule using (campaign_id)
    ), counted as (
        select * replace (
            case when part < 1 then cap else net_revenue end as net_revenue,
            case when part < 1 then round(during * part)::bigint else during end as during,
            case when part < 1 then round(gross_profit * part)::bigint else gross_profit end
                as gross_profit),
            net_revenue as uncapped
        from shrunk
    ), in_bins as (
        select campaign_id, arm, is_new, bin, count(*) as customers,
            sum(uncapped)::double as total, sum(uncapped::hugeint * uncapped)::double as squares
        from counted group by all
    ), spent as (
        select campaign_id, arm, is_new,
            list({{'bin': bin, 'customers': customers, 'total': total, 'squares': squares}}
                order by bin) as spend
        from in_bins group by all
    ), summed as (
        select campaign_id, arm, is_new, min(since) as first_day, max(last_day) as last_day,
            {DAYS_AFTER}::bigint as days_after, max(cap) as cap, count(*) as customers,
            count(since) as customers_dated, count(*) filter (net_revenue > 0) as payers,
            sum(cost_unknown)::bigint as cost_unknown, {sums()}
        from counted group by campaign_id, arm, is_new
    )
    select * from summed join spent using (campaign_id, arm, is_new)
    order by campaign_id, arm, is_new
    """


#: What the shop's own orders say of each arm. Everybody counts who was assigned, bought or not.
CAMPAIGN_ARM = f"""
    with {_HORIZON}, placed as (
        select order_id, customer, min(second) as second, min(day) as day
        from order_parts where customer is not null group by all
    ), began as (
        select customer, min(second) as second, min(day) as day from placed group by customer
    ), sold as (
        select campaign_id, customer,
            coalesce(sum(s.net_revenue) filter ({_BOUGHT}), 0)::bigint as net_revenue,
            coalesce(sum(s.net_revenue) filter ({_BOUGHT} and s.day <= h.ends_on), 0)::bigint
                as during,
            coalesce(sum(s.net_revenue - s.goods_cost) filter ({_BOUGHT}), 0)::bigint
                as gross_profit,
            coalesce(sum(s.cost_unknown) filter ({_BOUGHT}), 0)::bigint as cost_unknown,
            coalesce(sum(s.net_revenue) filter ({_SOLD_BEFORE}), 0)::bigint as pre_revenue
        from horizon h join customer_sales s using (customer)
        where s.day between h.since - {DAYS_BEFORE} and coalesce(h.last_day, h.since)
        group by campaign_id, customer
    ), ordered as (
        select campaign_id, customer, count(*) filter ({_PLACED}) as orders,
            count(*) filter ({_PLACED_BEFORE}) as pre_orders
        from horizon h join placed p using (customer)
        where p.day between h.since - {DAYS_BEFORE} and coalesce(h.last_day, h.since)
        group by campaign_id, customer
    ), told as (
        select h.campaign_id, h.arm, h.since, h.last_day,
            coalesce(not ({_BEFORE.format("b")}), true) as is_new,
            (coalesce(orders, 0) > 0)::bigint as bought,
            coalesce(orders, 0) as orders,
            coalesce(net_revenue, 0) as net_revenue,
            coalesce(during, 0) as during,
            coalesce(gross_profit, 0) as gross_profit,
            h.reached,
            coalesce(pre_revenue, 0) as pre_revenue,
            coalesce(pre_orders, 0) as pre_orders,
            {", ".join(f"h.{name}" for name in GIVEN)},
            coalesce(cost_unknown, 0) as cost_unknown
        from horizon h left join sold using (campaign_id, customer)
            left join ordered using (campaign_id, customer) left join began b using (customer)
    ), {moments_of_arms("told")}
"""
#: What the audience table itself says of each arm, as it was delivered.
AUDIENCE_ARM = f"""
    with told as (
        select campaign_id, arm, day as since, null::bigint as last_day, false as is_new,
            converted as bought, null::bigint as orders, value as net_revenue,
            null::bigint as during, null::bigint as gross_profit, reached,
            {", ".join(f"null::bigint as {name}" for name in OWN)}, {", ".join(GIVEN)},
            0 as cost_unknown
        from assigned
    ), {moments_of_arms("told")}
"""


def by_part(name: str, part: str, joins: str) -> str:
    """SQL: sums and squares of what customers of each arm bought, by a ``part`` of the whole arm's
    revenue, called ``name``, that a sale or its customer has by ``joins``.

    ``during`` is what of it they bought until the campaign's last day; ``during_x_whole`` sums its
    products with what the same customer bought until then of all parts.
    """
    return f"""
    with {_HORIZON}, sold as (
        select campaign_id, arm, customer, {part} as {name},
            sum(s.net_revenue)::bigint as net_revenue,
            coalesce(sum(s.net_revenue) filter (s.day <= h.ends_on), 0)::bigint as during
        from horizon h join customer_sales s using (customer) {joins}
        where {_BOUGHT} group by all
    ), beside as (
        select *, sum(during) over (partition by campaign_id, customer) as whole from sold
    )
    select campaign_id, arm, {name}, sum(net_revenue)::double as net_revenue,
        sum(net_revenue::hugeint * net_revenue)::double as net_revenue_squares,
        sum(during)::double as during, sum(during::hugeint * during)::double as during_squares,
        sum(during::hugeint * whole)::double as during_x_whole
    from beside group by all order by all
"""


CAMPAIGN_ARM_CATEGORY = by_part("category", "category", "join out.cell using (cell)")
CAMPAIGN_ARM_SEGMENT = by_part(
    "segment",
    f"coalesce(k.segment, '{UNKNOWN}')",
    "join customer using (customer) left join out.known_customer k using (customer_id)",
)
#: Which campaigns treated customers of another campaign's arms while that one ran.
CAMPAIGN_OVERLAP = """
    with ran as (
        select a.campaign_id, a.arm, a.customer, c.starts_on, c.ends_on
        from assigned a join out.campaign c using (campaign_id)
        where c.starts_on is not null and c.ends_on is not null
    )
    select a.campaign_id, a.arm, b.campaign_id as other, count(*) as customers
    from ran a join ran b using (customer)
    where a.campaign_id <> b.campaign_id and b.arm = 'treatment'
        and b.starts_on <= a.ends_on and b.ends_on >= a.starts_on
    group by all order by all
"""

FACT = Fact(
    table="campaign_audience",
    version=2,
    measure=assignments,
    chunk_rows=12_000_000,
    partials=(Partial("assigned", 2, assigned, of_customers=True),),
    summaries=(
        Summary("campaign_arm", 2, CAMPAIGN_ARM, needs=("campaigns", "orders")),
        Summary("audience_arm", 1, AUDIENCE_ARM),
        Summary("campaign_arm_category", 2, CAMPAIGN_ARM_CATEGORY, needs=("campaigns", "orders")),
        Summary(
            "campaign_arm_segment",
            2,
            CAMPAIGN_ARM_SEGMENT,
            needs=("campaigns", "orders", "customers"),
        ),
        Summary("campaign_overlap", 1, CAMPAIGN_OVERLAP, needs=("campaigns",)),
    ),
)
