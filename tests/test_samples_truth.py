"""The planted truths can be recovered from the committed files with naive computations."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

from .truth import TRUTH, order_lines, orders_of, read


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    return order_lines()


@pytest.fixture(scope="module")
def orders(lines: pd.DataFrame) -> pd.DataFrame:
    return orders_of(lines)


def test_acquisition_channels_keep_their_customers_as_planted(orders):
    planted = {
        item["channel"]: item["retention"] for item in TRUTH["acquisition_channels"]["items"]
    }
    known = orders.dropna(subset=["customer_id"]).sort_values("day", kind="stable")
    first = known.drop_duplicates("customer_id").set_index("customer_id")
    age = known["month"] - known["customer_id"].map(first["month"])
    for k in (1, 3):
        cohort = first[first["month"] + k <= orders["month"].max()]
        active = cohort.index.isin(known.loc[age == k, "customer_id"])
        found = pd.Series(active, index=cohort.index).groupby(cohort["channel"]).mean()
        for channel, curve in planted.items():
            assert found[channel] == pytest.approx(curve[str(k)], abs=0.035), (channel, k)
        expected = sorted(planted, key=lambda channel: planted[channel][str(k)])
        assert [found.idxmin(), found.idxmax()] == [expected[0], expected[-1]]
        assert stats.spearmanr(found[expected], range(6)).statistic > 0.9


def test_one_week_lost_traffic_and_another_lost_conversion(orders):
    events = read("events").dropna(subset=["customer_id"])
    local = events["occurred_at"] + pd.Timedelta(hours=8)
    visits = events.assign(day=local.dt.normalize()).drop_duplicates("session_id")
    known = orders.dropna(subset=["customer_id"])

    def weekly(days: pd.Series) -> pd.Series:
        return (days - pd.to_timedelta(days.dt.day_of_week, unit="D")).value_counts()

    visited, ordered = weekly(visits["day"]), weekly(known["day"])
    for week in TRUTH["odd_weeks"]["items"]:
        monday = pd.Timestamp(week["monday"])
        around = [monday + pd.Timedelta(weeks=n) for n in (-2, -1, 1, 2)]
        traffic = visited[monday] / visited[around].mean()
        conversion = ordered[monday] / visited[monday] / (ordered[around] / visited[around]).mean()
        assert traffic == pytest.approx(week["traffic"], abs=0.10)
        assert conversion == pytest.approx(week["conversion"], abs=0.15)


def test_promotion_days_are_the_busiest(orders):
    daily = orders["day"].value_counts()
    for day in ("2024-06-18", "2024-11-11", "2025-06-18", "2025-11-11"):
        around = daily[pd.date_range(pd.Timestamp(day) - pd.Timedelta(days=20), periods=15)]
        assert daily[pd.Timestamp(day)] > 2 * around.mean()


def test_market_size_growth_and_concentration():
    market = read("market")
    market["month"] = pd.to_datetime(market["month"])
    last_year = market[market["month"] >= "2025-01-01"]
    now = last_year.groupby("category")["gmv"].sum()
    before = market[market["month"] < "2025-01-01"].groupby("category")["gmv"].sum()
    for item in TRUTH["market"]["categories"]:
        category = item["category"]
        rows = last_year[last_year["category"] == category]
        total = rows["gmv"].sum()
        single = rows[rows["brand"] != "Other"].groupby("brand")["gmv"].sum() / total
        single = single.sort_values(ascending=False)
        assert total == pytest.approx(item["gmv_last_12_months"], rel=1e-4)
        assert now[category] / before[category] - 1 == pytest.approx(
            item["yearly_growth"], abs=1e-3
        )
        assert single[:4].sum() == pytest.approx(item["cr4"], abs=0.005)
        assert single[:10].sum() == pytest.approx(item["cr10"], abs=0.005)
        assert (single**2).sum() * 1e4 == pytest.approx(item["hhi"], rel=0.03)
        assert ("Other" in set(rows["brand"])) == (item["other_share"] > 0)


def test_ten_brands_hold_thirty_per_cent_of_the_large_growing_market():
    market = read("market")
    market["month"] = pd.to_datetime(market["month"])
    top = market["category"].str.split(" / ").str[0]
    last_year = market["month"] >= "2025-01-01"
    assert market.loc[last_year, "gmv"].sum() == pytest.approx(400e9, rel=1e-4)
    beauty = market[last_year & (top == "Beauty")]
    shares = beauty.groupby("brand")["gmv"].sum().sort_values(ascending=False)
    assert shares.sum() == pytest.approx(20e9, rel=1e-4)
    shares = shares / shares.sum()
    assert shares[:10].sum() == pytest.approx(0.30, abs=0.005)
    assert len(shares) >= 70
    assert shares[10:].max() < 0.02
    home = market[last_year & (top == "Smart Home")].groupby("brand")["gmv"].sum()
    home = (home / home.sum()).sort_values(ascending=False)
    assert home[:4].sum() > 0.75
    assert (home**2).sum() * 1e4 > 2500


def test_a_price_band_sells_far_more_than_it_lists(lines):
    band = TRUTH["price_band"]
    products = read("products").drop_duplicates("product_id")
    shelf = products[products["category"] == band["category"]].set_index("product_id")
    inside = shelf["list_price"].between(band["low"], band["high"], inclusive="left")
    sold = lines[lines["product_id"].isin(shelf.index)].groupby("product_id")["quantity"].sum()
    demand = sold[sold.index.isin(inside[inside].index)].sum() / sold.sum()
    assert inside.mean() == pytest.approx(band["supply_share"], abs=0.001)
    assert demand == pytest.approx(band["demand_share"], abs=0.03)
