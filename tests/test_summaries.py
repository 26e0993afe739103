"""Summaries equal a naive computation on the raw rows, for any shop and any filter."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from ops_widgets.analyses.campaign_performance.queries import campaign_facts
from ops_widgets.analyses.cohort_activity import queries
from ops_widgets.periods import day_number, index_start
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import Store, open_store

from .shops import activity, as_dates, naive_lines, random_shop, with_periods, write_shop

NOW = datetime(2030, 1, 1)
FILTERS = [
    ((), ()),
    (("app",), ()),
    (("app", "(unknown)"), ("C1",)),
    ((), ("C0", "C2", "(unknown)")),
    (("search",), ("C3",)),
    (("nowhere",), ()),
]


@pytest.fixture(scope="module", params=[1, 2, 3])
def built(request, tmp_path_factory):
    shop = random_shop(request.param)
    folder = write_shop(tmp_path_factory.mktemp("shop") / "s", shop)
    prepare(folder, now=NOW)
    store = open_store(folder)
    yield shop, store
    store.close()


def test_net_revenue_and_orders_by_day(built):
    shop, store = built
    lines = naive_lines(shop)
    got = store.query("select day, sum(net_revenue)::bigint as net from sales_day group by 1")
    want = lines.groupby("date")["net"].sum()
    want.index = [day_number(d.date()) for d in want.index]
    assert got.set_index("day")["net"].to_dict() == want.astype("int64").to_dict()
    bought = lines[lines["delivered"]]
    total = store.query("select sum(orders)::bigint as n from orders_day")["n"][0]
    assert total == bought["order_id"].nunique()


def test_gmv_less_discount_less_returned_is_net_revenue(built):
    _, store = built
    rows = store.query("select * from sales_day")
    assert (rows["gmv"] - rows["discount"] - rows["returned"]).equals(rows["net_revenue"])


@pytest.mark.parametrize("basis", ["purchase", "visit"])
@pytest.mark.parametrize("grain", ["month", "week"])
@pytest.mark.parametrize(("channels", "categories"), FILTERS)
def test_distinct_customers_under_any_filter(built, basis, grain, channels, categories):
    shop, store = built
    rows = with_periods(activity(shop, basis), grain)
    if channels:
        rows = rows[rows["channel"].isin(channels)]
    if categories:
        rows = rows[rows["category"].isin(categories)]
    want = rows.groupby(["cohort", "period"])["customer_id"].nunique()
    assert as_dates(
        queries.active_customers(store, basis, grain, (), channels, categories), grain
    ) == {(c.date(), p.date()): n for (c, p), n in want.items()}


@pytest.mark.parametrize("basis", ["purchase", "visit"])
@pytest.mark.parametrize("acquired", [(), ("app",), ("search", "(unknown)")])
def test_growth_accounting_equals_sets_of_customers(built, basis, acquired):
    shop, store = built
    rows = with_periods(activity(shop, basis), "week")
    if acquired:
        rows = rows[rows["acquired"].isin(acquired)]
    weeks = pd.date_range(rows["period"].min(), rows["period"].max(), freq="7D")
    active = {w: set(rows.loc[rows["period"] == w, "customer_id"]) for w in weeks}
    got = queries.lifecycle(store, basis, "week", acquired)
    got["week"] = [index_start(int(i), "week") for i in got["period_index"]]
    got = got.set_index("week")
    seen: set = set()
    for before, week in zip([None, *weeks[:-1]], weeks, strict=True):
        now, past = active[week], active.get(before, set())
        counts = (
            got.loc[week.date(), ["new", "retained", "resurrected", "churned"]]
            if week.date() in got.index
            else np.zeros(4)
        )
        assert list(counts) == [
            len(now - seen),
            len(now & past),
            len((now & seen) - past),
            len(past - now),
        ]
        seen |= now


def test_campaign_sales_and_new_customers(built):
    shop, store = built
    lines = naive_lines(shop)
    mine = lines[lines["campaign_id"] == "k1"]
    got = campaign_facts(store, 0, 99_999).set_index("campaign_id").loc["k1"]
    assert got["net_revenue"] == mine["net"].sum()
    assert got["orders"] == mine.loc[mine["delivered"], "order_id"].nunique()
    known = lines[lines["delivered"] & lines["customer_id"].notna()]
    first = known.sort_values(["ordered_at", "campaign_id"]).groupby("customer_id").first()
    at_first = known.merge(first[["ordered_at"]].reset_index(), on=["customer_id", "ordered_at"])
    won = at_first[at_first["campaign_id"] == "k1"]["customer_id"].nunique()
    assert got["new_customers"] == won


def test_cells_beyond_one_mask_stay_exact(tmp_path):
    """200 cells need four mask columns; the answer is still a plain distinct count."""
    shop = random_shop(9, lines=600)
    shop["products"] = pd.DataFrame(
        {"product_id": [f"p{i}" for i in range(33)], "category": [f"C{i}" for i in range(33)]}
    )
    shop["orders"]["channel"] = [
        f"ch{i % 7}" for i in shop["orders"]["order_id"].str[1:].astype(int)
    ]
    prepare(write_shop(tmp_path / "s", shop), now=NOW)
    store = open_store(tmp_path / "s")
    assert store.query("select max(mask_column) as n from cell")["n"][0] > 2
    rows = with_periods(activity(shop, "purchase"), "month")
    chosen = rows[
        rows["category"].isin(["C3", "C17", "C30"]) & rows["channel"].isin(["ch0", "ch6"])
    ]
    want = chosen.groupby(["cohort", "period"])["customer_id"].nunique()
    got = queries.active_customers(
        store, "purchase", "month", (), ("ch0", "ch6"), ("C3", "C17", "C30")
    )
    assert as_dates(got, "month") == {(c.date(), p.date()): n for (c, p), n in want.items()}


def test_a_store_is_read_by_many_at_once(built):
    _, store = built
    folder = store.source["path"]
    others: list[Store] = [open_store(folder) for _ in range(4)]
    counts = {int(s.query("select count(*) as n from cell")["n"][0]) for s in others}
    assert len(counts) == 1
    for other in others:
        other.close()
