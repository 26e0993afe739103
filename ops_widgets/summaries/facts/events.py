"""Events: what visitors did. They say when a customer was active by visiting."""

from __future__ import annotations

import ibis.expr.types as ir

from ops_widgets.sources.clock import local_day, second_of
from ops_widgets.summaries.customers.numbers import NUMBERED
from ops_widgets.summaries.customers.paths import CAMPAIGN_PATH
from ops_widgets.summaries.customers.weeks import customer_weeks
from ops_widgets.summaries.definitions import Fact, FactContext, Partial, Summary
from ops_widgets.summaries.dimensions import PRODUCTS, with_cell, with_periods


def visitor_events(events: ir.Table, context: FactContext) -> ir.Table:
    """One row an event: customer_id, cell, second, day, its periods, and ``stranger``.

    ``stranger`` is 1 where the event names a product that nobody knows (yet).
    """
    located = with_cell(events, context.products, context.cells)
    second = second_of(located.occurred_at)
    seen = located.select(
        *("customer_id", "cell", "stranger", "event", "campaign_id", "session_id"),
        second=second,
        day=local_day(second, context.offsets),
    )
    return with_periods(seen, context.calendar)


def touch(events: ir.Table, context: FactContext) -> ir.Table:
    """What visitors did who came by a campaign, one row an event."""
    came = events.filter(events.campaign_id.notnull())
    return came.select(
        *("month_index", "customer_id", "campaign_id", "event", "session_id", "day", "second")
    )


#: What is done to a product that is meant to be bought.
CART = "cart"
#: Visits by campaign: ``visit`` numbers a customer, a day and a set of campaigns, with a row for
#: each campaign of the set, so that visits of any choice of campaigns are counted once. A visit is
#: a session of a customer, of the day of its first event that carries a campaign; ``carts`` are the
#: visits with a cart, ``events_unplaced`` the events that belong to no session.
CAMPAIGN_VISIT = f"""
    with session as (
        select customer, session_id, min(day) as day, bool_or(event = '{CART}') as cart,
            list_sort(list(distinct campaign_id)) as campaigns, 0 as unplaced
        from touch where session_id is not null group by customer, session_id
        union all
        select customer, null, day, false, [campaign_id], count(*)
        from touch where session_id is null group by customer, day, campaign_id
    ), signature as (
        select customer, day, campaigns, count(session_id) as visits,
            count_if(cart)::bigint as carts, sum(unplaced)::bigint as events_unplaced
        from session group by customer, day, campaigns
    ), known as (
        select s.* exclude (customer), {NUMBERED}
        from signature s left join customer using (customer)
    ), numbered as (
        select row_number() over (order by day, customer, campaigns) as visit, * from known
    )
    select visit, day, customer, unnest(campaigns) as campaign_id, visits, carts, events_unplaced
    from numbered order by all
"""
#: A month may hold any product that it knew, and it says whether it met one that it did not.
MONTHS_OF_PRODUCTS = """
    select distinct month_index from visit
    where (exists (from other where not is_new))
       or (strangers > 0 and exists (from other))
"""

FACT = Fact(
    table="events",
    version=1,
    measure=visitor_events,
    chunk_rows=12_000_000,
    needs=(PRODUCTS,),
    months_of_products=MONTHS_OF_PRODUCTS,
    partials=(
        Partial("visit", 2, customer_weeks, of_customers=True),
        Partial("touch", 1, touch, of_customers=True),
    ),
    summaries=(
        Summary("campaign_path", 1, CAMPAIGN_PATH, needs=("orders",)),
        Summary("campaign_visit", 1, CAMPAIGN_VISIT),
    ),
    basis="visit",
)
