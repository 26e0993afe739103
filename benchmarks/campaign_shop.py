"""A synthetic shop with very many campaigns: two years, a few large ones and thousands of small."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from benchmarks.shop import Shop

CAMPAIGNS, SEED, DAYS = 10_000, 1, 730
FIRST = date(2024, 1, 1)
CATEGORIES, CHANNELS = 12, 6
#: Of the audience's rows: customers, order lines and events are as many as this part of them.
CUSTOMERS, LINES, EVENTS = 0.1, 0.25, 0.25
SOURCE = """currency = "CNY"
timezone = "Asia/Shanghai"
week_start = "monday"
complete_to = "2025-12-31"
"""
#: Of every campaign: its size, its days, how it drew its arms, and at what it is aimed.
_PLAN = f"""
    create table plan as
    select i, 'C' || lpad(i::varchar, 6, '0') as campaign_id,
        date '{FIRST}' + (draw(i, 1) * {DAYS} - 10)::int as starts_on,
        (7 + draw(i, 2) * 28)::int as days,
        (draw(i, 3) * {CATEGORIES})::int % {CATEGORIES} as category,
        case when draw(i, 4) < 0.4 then 0.5 when draw(i, 4) < 0.6 then 0.9
            when draw(i, 4) < 0.8 then 1.0 end as treated,
        1 + 30 * (draw(i, 24) * 1e6)::bigint as step,
        -- Lognormal: a campaign in a hundred is thirty times the typical one.
        exp(1.5 * sqrt(-2 * ln(1 - draw(i, 5))) * cos(2 * pi() * draw(i, 6))) as weight
    from range($campaigns) t(i)
"""
_TABLES = {
    "campaigns": """
        select campaign_id, 'Campaign ' || i as name,
            ['marketing_copy', 'shopping_guide', 'rule_explanation', 'scenario_story'][1 + i % 4]
                as content_type,
            ['banner', 'push', 'text message'][1 + i % 3] as format,
            ['search', 'social', 'mail'][1 + i % 3] as channel, 'slot-' || i % 20 as slot_id,
            starts_on, starts_on + days - 1 as ends_on,
            ['acquisition', 'retention'][1 + i % 2] as objective,
            round(1000 + draw(i, 7) * 9000, 2) as budget,
            case when treated < 1 then treated end as treatment_share
        from plan
    """,
    "campaign_days": """
        select campaign_id, starts_on + d::int as day, clicks * 40 as impressions, clicks,
            round(clicks * 0.5, 2) as cost
        from (select *, (draw(i * 100 + d, 8) * 50)::bigint as clicks
            from plan, unnest(range(days)) t(d))
        where starts_on + d::int <= date '2025-12-31'
    """,
    # In steps of its own, without a common divisor with round numbers of customers: nobody is in
    # a campaign twice, and any two share as many as chance would have it.
    "campaign_audience": """
        select campaign_id, 'U' || (i * 7919 + k * step) % $customers as customer_id,
            case when draw(i * 1000003 + k, 9) < treated then 'treatment' else 'control' end as arm,
            starts_on::timestamp - interval 8 hour as assigned_at,
            draw(i * 1000003 + k, 10) < 0.7 as reached,
            draw(i * 1000003 + k, 11) < 0.1 as converted,
            case when draw(i * 1000003 + k, 11) < 0.1
                then round(exp(3 + 2 * draw(i * 1000003 + k, 12)), 2) else 0 end as value
        from (select *, least(greatest(weight / sum(weight) over () * $rows, 20), $customers / 2)
                ::bigint as size from plan where treated is not null), unnest(range(size)) t(k)
    """,
    "customers": f"""
        select 'U' || i as customer_id, date '{FIRST}' - 30 as first_known_on,
            ['families', 'singles', 'seniors'][1 + i % 3] as segment
        from range($customers) t(i)
    """,
    "products": f"""
        select 'P' || i as product_id, 'Product ' || i as name,
            'Category ' || i % {CATEGORIES} || ' / All' as category, 'brand-' || i % 30 as brand,
            10.0 as unit_cost, 'seller-' || i % 20 as seller_id
        from range(600) t(i)
    """,
    # Two of five lines are credited to a campaign, most of them of its category.
    "orders": f"""
        with drawn as (
            select r, draw(r, 13) < 0.4 as credited, (draw(r, 14) * 599)::bigint as any_product,
                (draw(r, 15) * ($campaigns - 1))::bigint as i
            from range($lines) t(r)
        )
        select 'O' || r as order_id, least(case when credited
                then starts_on::timestamp + to_seconds(draw(r, 16) * days * 86400 - 28800)
                else timestamp '{FIRST}' + to_seconds(draw(r, 16) * {DAYS} * 86400 - 28800)
            end, timestamp '2025-12-31 15:00') as ordered_at,
            'U' || (draw(r, 17) * ($customers - 1))::bigint as customer_id,
            'P' || case when credited and draw(r, 18) < 0.7
                then any_product // {CATEGORIES} * {CATEGORIES} + category else any_product end
                as product_id,
            1 as quantity, round(exp(3 + 2.5 * draw(r, 19)), 2) as unit_price,
            'channel-' || r % {CHANNELS} as channel,
            case when credited then campaign_id end as campaign_id, 'completed' as status
        from drawn join plan using (i)
    """,
    "events": f"""
        select timestamp '{FIRST}' + to_seconds(draw(r, 20) * {DAYS} * 86400 - 28800)
                as occurred_at,
            'U' || (draw(r, 21) * ($customers - 1))::bigint as customer_id, 'view' as event,
            'P' || r % 600 as product_id, 'channel-' || r % {CHANNELS} as channel,
            case when draw(r, 22) < 0.3
                then 'C' || lpad((draw(r, 23) * ($campaigns - 1))::bigint::varchar, 6, '0')
            end as campaign_id, 'S' || r as session_id
        from range($events) t(r)
    """,
}


def campaign_shop(campaigns: int, rows: int, folder: Path) -> Shop:
    """A shop of so many campaigns with so many ``rows`` of ``campaign_audience`` (about), made
    in ``folder`` if it is not there: the same numbers give the same shop.
    """
    import duckdb

    kept = folder / f"campaigns-{campaigns}-{rows}"
    if not kept.exists():
        print(f"making a shop of {campaigns:,} campaigns and {rows:,} in them ...", flush=True)
        draft = kept.with_name(kept.name + ".part")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        (draft / "source.toml").write_text(SOURCE, "utf-8")
        sizes = {"campaigns": campaigns, "rows": rows}
        for name, part in (("customers", CUSTOMERS), ("lines", LINES), ("events", EVENTS)):
            sizes[name] = int(rows * part)
        with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(draft)}) as con:
            con.execute(
                f"create macro draw(a, b) as hash(a, b, {SEED}) / 18446744073709551616::double"
            )
            con.execute(_PLAN, {"campaigns": campaigns})
            for table, sql in _TABLES.items():
                used = {name: value for name, value in sizes.items() if f"${name}" in sql}
                to = f"'{draft / table}.parquet' (compression zstd)"
                con.execute(f"copy ({sql}) to {to}", used)
        draft.rename(kept)
    return Shop(kept)
