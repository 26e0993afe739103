"""Paths: by which campaigns customers came before an order, and by which without one.

Of each look-back, by day and path, so that every window of days is a sum. What decays with time is
divided here, where the time of each touch is known; other rules need the path alone.
"""

from __future__ import annotations

#: Days before an order whose touches are on its path.
LOOKBACKS = (7, 14, 30)
#: Days in which a touch comes to weigh half as much.
HALF_LIFE = 7
#: Steps of a path that are kept, the last ones: further back, hardly one has more.
MOST_STEPS = 20
#: Orders by time decay are kept in whole parts of this size: a sum of floats depends on the order.
PARTS = 1_000_000


def _share(of: str) -> str:
    """The whole part of an amount that a step has by its weight: those of a path add up to it."""
    return f"({of} * up_to // weights - {of} * (up_to - weight) // weights)"


#: One row a step: ``lookback, day, path`` (a number: equal paths have one), ``step`` from 1,
#: ``campaign_id``; and, the same on every step of a path, how many ``orders`` it led to, their
#: ``net_revenue``, and how often it was walked ``without_order``; last ``decay_orders`` (in
#: :data:`PARTS`) and ``decay_net_revenue``, what of these time decay gives to the step.
#:
#: A touch is on the path of the first order at or after it, if that came within the look-back, and
#: on no later one. Orders of one customer and second are one purchase; an order that names two
#: customers is nobody's. Touches without such an order are a path that led to none, which begins
#: anew when nothing came for a look-back; it is of the day of its last touch, and counts once the
#: days to come can bring no order any more. Touches of one second follow each other by campaign,
#: and those of one campaign in a row are one step, of the time of the last.
CAMPAIGN_PATH = f"""
    with bought as (
        select customer, second, min(day) as day, count(*) as orders,
            sum(net_revenue)::bigint as net_revenue
        from (
            select min(customer) as customer, min(second) as second, min(day) as day,
                sum(net_revenue)::bigint as net_revenue
            from order_parts group by order_id having min(customer) = max(customer)
        ) group by customer, second
    ), came as (
        select distinct customer, campaign_id, second, day from touch
    ), led as (
        select t.*, b.second as ordered, b.day as ordered_on, b.orders, b.net_revenue
        from came t asof left join bought b
            on t.customer = b.customer and t.second <= b.second
    ), within as (
        select lookback, customer, campaign_id, second, day,
            case when near then ordered end as ordered,
            case when near then ordered_on end as ordered_on,
            case when near then orders end as orders,
            case when near then net_revenue end as net_revenue
        from (
            select *, coalesce(ordered - second <= lookback * 86400, false) as near
            from led cross join (select unnest({list(LOOKBACKS)})::bigint as lookback)
        )
    ), begun as (
        select *, coalesce(
            ordered is distinct from lag(ordered) over way
                or (ordered is null and second - lag(second) over way > lookback * 86400),
            true)::bigint as begins
        from within window way as (partition by lookback, customer order by second, campaign_id)
    ), numbered as (
        select *, sum(begins) over (
            partition by lookback, customer order by second, campaign_id
            rows unbounded preceding) as number
        from begun
    ), collapsed as (
        select * from numbered
        qualify campaign_id is distinct from lead(campaign_id) over (
            partition by lookback, customer, number order by second, campaign_id)
    ), weighed as (
        select *, round(power(2, 40 - (ordered - second) / {HALF_LIFE * 86400}))::bigint as weight
        from collapsed
    ), placed as (
        select *, row_number() over back as from_end,
            sum(weight) over (back rows unbounded preceding) as up_to
        from weighed
        window back as (
            partition by lookback, customer, number order by second desc, campaign_id desc)
        qualify from_end <= {MOST_STEPS}
    ), walked as (
        -- Which steps a path has, in a few bytes: lists of them would have to fit into memory.
        select lookback, customer, number, sum(weight) as weights, count(*) as steps,
            bit_xor(md5_number(campaign_id || '/' || from_end)) as steps_key,
            coalesce(any_value(ordered_on), max(day)) as ended_on
        from placed group by lookback, customer, number
        having any_value(ordered) is not null
            or ended_on + lookback < (select max(day) from order_parts)
    ), known as (
        select steps_key, row_number() over (order by steps_key) as path
        from walked group by steps_key
    ), divided as (
        select p.*, k.path, w.steps - p.from_end + 1 as step, w.ended_on,
            {_share(f"{PARTS}::hugeint * orders")} as decay_orders,
            {_share("net_revenue::hugeint")} as decay_net_revenue
        from placed p join walked w using (lookback, customer, number)
            join known k using (steps_key)
    )
    select lookback, ended_on as day, path, step, campaign_id,
        coalesce(sum(orders), 0)::bigint as orders,
        coalesce(sum(net_revenue), 0)::bigint as net_revenue,
        count_if(ordered is null)::bigint as without_order,
        coalesce(sum(decay_orders), 0)::bigint as decay_orders,
        coalesce(sum(decay_net_revenue), 0)::bigint as decay_net_revenue
    from divided group by lookback, ended_on, path, step, campaign_id order by all
"""
