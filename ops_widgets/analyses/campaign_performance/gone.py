"""What was sold out: days that say nothing of demand, and products that left a promotion early."""

from __future__ import annotations

from ops_widgets.analyses.campaign_performance.beside import day_text
from ops_widgets.analyses.campaign_performance.promoted import Promotion
from ops_widgets.charts.formats import format_value
from ops_widgets.summaries.store import Store
from ops_widgets.views.reads import Reads

STOCK = Reads(
    "stock",
    (),
    "when promoted products were sold out, and which days a baseline leaves out",
    beside="campaigns",
)
#: A day is sold out where products are gone that make up as much of what usually leaves stock.
GONE = 0.1
#: Names of products that one sentence holds.
MOST_NAMED = 3


def sold_out_days(store: Store, category: str) -> frozenset[int]:
    """Day numbers on which too much of a category (empty: of the shop) was sold out.

    Products count by the pieces that usually leave their stock, as far as ``stock`` follows them:
    days on which those that are gone make up :data:`GONE` of all.
    """
    if not _followed(store, category):
        return frozenset()
    rows = store.query(
        f"""
        {_usual(store)}
        select day from stock_day join mine using (product_id)
        group by day having sum(usual) filter (on_hand = 0) >= $gone * (select sum(usual) from mine)
        """,
        {"category": category, "gone": GONE},
    )
    return frozenset(int(day) for day in rows["day"])


def ran_out(store: Store, promotion: Promotion) -> str:
    """Which products of the promotion were sold out in its days, and since when; empty: none.

    A product counts that was there on a day before, in the promotion or just before it.
    """
    if not _followed(store, promotion.category):
        return ""
    rows = store.query(
        f"""
        {_usual(store)}, promoted as (
            select *, max(on_hand) over (
                partition by product_id order by day
                rows between unbounded preceding and 1 preceding
            ) > 0 as was_there
            from stock_day join mine using (product_id) where day between $since - 1 and $until
        )
        select any_value(name) as name, min(day) as day, any_value(usual) as usual
        from promoted where on_hand = 0 and was_there and day >= $since
        group by product_id order by usual desc, name
        """,
        {"category": promotion.category, "since": promotion.since, "until": promotion.until},
    )
    if rows.empty:
        return ""
    every = store.query(
        f"{_usual(store)} select sum(usual) as usual from mine", {"category": promotion.category}
    )
    long = promotion.planned - promotion.since + 1
    said = [
        f"{name} after {day_text(day)} (day {day - promotion.since + 1} of {long})"
        for name, day in zip(rows["name"], map(int, rows["day"]), strict=True)
    ][:MOST_NAMED]
    more = len(rows) - len(said)
    part = format_value(rows["usual"].sum() / every["usual"].iloc[0], "percent")
    return (
        f"Sold out in its days: {', '.join(said)}{f' and {more} more' if more else ''}; usually "
        f"{part} of the pieces that leave the stock that is followed."
    )


def _followed(store: Store, category: str) -> bool:
    """Whether stock is known, and in which category it is if one is asked for."""
    return store.has("stock_day") and (not category or store.has("product_page"))


def _usual(store: Store) -> str:
    """``mine``: ``product_id, name, usual`` of the products of ``$category`` that usually sell.

    ``usual``: pieces that leave stock from one known day to the next, while there are any.
    """
    listed = "product_page" if store.has("product_page") else (
        "(select null::varchar as product_id, '' as name, '' as category_path where false)"
    )  # fmt: skip
    return f"""with moved as (
            select product_id, on_hand,
                lag(on_hand) over (partition by product_id order by day) as before
            from stock_day
        ), mine as (
            select product_id, coalesce(any_value(p.name), product_id) as name,
                sum(greatest(before - on_hand, 0))::double / count(*) as usual
            from moved left join {listed} p using (product_id)
            where before > 0
                and ($category = '' or split_part(p.category_path, ' / ', 1) = $category)
            group by product_id having sum(greatest(before - on_hand, 0)) > 0
        )"""
