"""Headline numbers against the period before and a year earlier, as naive pandas gives them."""

import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.formats import Number
from ops_widgets.charts.kpi import numbers_html, sparkline
from ops_widgets.errors import UsageError
from ops_widgets.metrics.compare import change
from ops_widgets.views.terms import SHARED
from tests.conftest import ROOT
from tests.test_answers import PANELS, frame_of
from tests.tiny import opened, write

SAMPLES = ROOT / "data" / "samples"
CATEGORY, CAMPAIGNS, COHORTS = (
    ANALYSES[name] for name in ("category_opportunity", "campaign_performance", "cohort_activity")
)


def raw(name):
    return pd.read_parquet(SAMPLES / f"{name}.parquet")


def by_name(numbers):
    return {number.name: number for number in numbers}


def market_of(first, last, within=""):
    market = raw("market").assign(month=lambda f: pd.to_datetime(f["month"]))
    inside = market["month"].between(first, last) & market["category"].str.startswith(within)
    return market[inside]


def open_of(rows, leaders=10):
    """V less the ten largest brands of every first-level category, row by row."""
    total = 0.0
    for _, group in rows.groupby(rows["category"].str.split(" / ").str[0]):
        brands = group[group["brand"] != "Other"].groupby("brand")["gmv"].sum()
        total += group["gmv"].sum() - brands.nlargest(leaders).sum()
    return total


def test_the_market_of_half_a_year_is_compared_with_both_halves_before(store):
    numbers = by_name(CATEGORY.headline(store, CATEGORY.view(months=6)))
    spans = {
        "value": ("2025-07-01", "2025-12-01"),
        "previous": ("2025-01-01", "2025-06-01"),
        "last_year": ("2024-07-01", "2024-12-01"),
    }
    for field, span in spans.items():
        rows = market_of(*span)
        assert getattr(numbers["market_gmv"], field) / 100 == pytest.approx(rows["gmv"].sum())
        assert getattr(numbers["open_gmv"], field) / 100 == pytest.approx(open_of(rows))
    months = market_of("2025-01-01", "2025-12-01").groupby("month")["gmv"].sum()
    assert [v / 100 for v in numbers["market_gmv"].trend] == pytest.approx(list(months))


def test_a_pick_and_a_selected_part_narrow_value_and_comparison_alike(store):
    view = CATEGORY.view(months=6, picked="Beauty", since=date(2025, 8, 1), until=date(2025, 9, 30))
    number = by_name(CATEGORY.headline(store, view))["market_gmv"]
    now = market_of("2025-08-01", "2025-09-01", "Beauty")["gmv"].sum()
    before = market_of("2025-06-01", "2025-07-01", "Beauty")["gmv"].sum()
    assert (number.value / 100, number.previous / 100) == pytest.approx((now, before))


def test_what_the_data_do_not_reach_is_unknown_with_a_reason_and_never_zero(store):
    number = by_name(CATEGORY.headline(store, CATEGORY.view(months=24)))["market_gmv"]
    assert (number.previous, number.last_year) == (None, None)
    assert "Jan 2024" in number.previous_detail
    for compare in ("before", "last_year"):
        assert "market data begin Jan 2024" in numbers_html([number], compare)


def campaign_sums(first, last):
    lines = raw("orders").drop_duplicates()
    lines = lines[(lines["quantity"] > 0) & (lines["unit_price"] >= 0)]
    local = lines["ordered_at"].dt.tz_localize(None) + pd.Timedelta(hours=8)
    lines = lines[lines["campaign_id"].notna() & local.between(first, last)]
    lines = lines.assign(net=lines["quantity"] * lines["unit_price"] - lines["discount"].fillna(0))
    signs = lines["status"].fillna("completed").map({"completed": 1, "credited": -1}).fillna(0)
    cost = raw("campaign_days")
    inside = pd.to_datetime(cost["day"]).between(first, last)
    return (signs * lines["net"]).sum(), cost.loc[inside, "cost"].sum()


def test_campaigns_are_compared_with_the_days_before_and_52_weeks_earlier(store):
    numbers = by_name(CAMPAIGNS.headline(store, CAMPAIGNS.view(days=90)))
    last = pd.Timestamp("2025-12-31 23:59:59")
    shifts = {"value": 0, "previous": 90, "last_year": 364}
    for field, days in shifts.items():
        end = last - pd.Timedelta(days=days)
        net, cost = campaign_sums((end - pd.Timedelta(days=89)).normalize(), end)
        assert getattr(numbers["net_revenue"], field) == pytest.approx(net * 100, abs=200)
        assert getattr(numbers["cost"], field) == pytest.approx(cost * 100, abs=200)
        assert getattr(numbers["roas"], field) == pytest.approx(net / cost, rel=1e-3)


def test_weekly_customers_are_compared_with_the_week_before_and_52_weeks_earlier(store):
    numbers = by_name(COHORTS.headline(store, COHORTS.view()))
    lines = raw("orders")
    lines = lines[(lines["quantity"] > 0) & (lines["unit_price"] > 0)]  # others are set aside
    bought = lines[
        lines["status"].fillna("completed").isin(["completed", "returned"])
        & lines["customer_id"].notna()
    ]
    local = bought["ordered_at"].dt.tz_localize(None) + pd.Timedelta(hours=8)
    week = (local.dt.normalize() - pd.to_timedelta(local.dt.day_of_week, "D")).rename("week")
    active = bought.groupby(week)["customer_id"].nunique()
    for field, day in {
        "value": "2025-12-22",
        "previous": "2025-12-15",
        "last_year": "2024-12-23",
    }.items():
        assert getattr(numbers["weekly_active"], field) == active[day]


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_a_change_is_what_leads_from_then_to_now_or_nothing(now, before):
    found = change(now, before, "money")
    if found is None:
        assert before <= 0 or now < 0
    else:
        assert before * (1 + found) == pytest.approx(now, rel=1e-6, abs=1e-3)
    assert change(now, before, "percent") == pytest.approx(now - before)


@pytest.mark.parametrize(
    ("better", "now", "kind"),
    [
        ("higher", 120, "ops-good"),
        ("higher", 80, "ops-bad"),
        ("lower", 80, "ops-good"),
        ("", 80, ""),
    ],
)
def test_more_is_good_news_only_where_more_is_better(better, now, kind):
    number = Number("n", "N", now, "integer", previous=100, previous_detail="before", better=better)
    [line] = re.findall(r'<dd class="ops-change([^"]*)"', numbers_html([number]))
    assert line.strip() == kind


def test_targets_are_in_whole_currency_and_misspelt_ones_are_refused(store):
    view = CAMPAIGNS.view(targets=("net_revenue=200000", "roas=5"))
    numbers = by_name(CAMPAIGNS.headline(store, view))
    assert numbers["net_revenue"].target == 20_000_000
    assert numbers["roas"].target == 5
    shown = numbers_html(list(numbers.values()), "target")
    assert f"{numbers['net_revenue'].value / 20_000_000:.1%} of ¥200\u00a0k" in shown
    assert shown.count("ops-change") == 2, "a number without a target says nothing"
    with pytest.raises(UsageError, match="net_revenue"):
        CAMPAIGNS.headline(store, CAMPAIGNS.view(targets=("net_revenu=1",)))


def test_a_gap_in_a_sparkline_is_a_gap():
    svg = sparkline([1.0, 2.0, None, 4.0, 3.0], "four")
    [path] = re.findall(r'<path d="([^"]+)"', svg)
    assert path.count("M") == 2
    assert 'aria-label="four"' in svg


@pytest.mark.parametrize(("name", "panel"), PANELS)
def test_every_column_of_a_panel_is_defined(store, name, panel):
    labels = frame_of(store, name, panel).attrs["labels"]
    assert ANALYSES[name].definitions(labels).keys() == set(labels.values())


@pytest.mark.parametrize("name", ANALYSES)
def test_every_headline_number_is_declared_and_defined(store, name):
    analysis = ANALYSES[name]
    numbers = analysis.headline(store, analysis.view())
    labels = {number.name: number.label for number in numbers}
    # Which of the declared numbers there are, a source decides: a shop without orders has others.
    assert tuple(labels) == tuple(name for name in analysis.records if name in labels)
    assert analysis.definitions(labels).keys() == set(labels.values())
    declared = {m.name: (m.format, m.better) for m in analysis.headline.measures}
    assert {n.name: (n.format, n.better) for n in numbers}.items() <= declared.items()


@pytest.fixture(scope="module")
def uneven(tmp_path_factory):
    """A market of which one category has all months, and the other only its last ones."""
    folder = tmp_path_factory.mktemp("uneven")
    months = [f"{year}-{month:02}-01" for year in (2023, 2024) for month in range(1, 13)]
    market = [
        {"month": month, "category": category, "brand": "a", "gmv": 10}
        for category, known in {"A": months, "B": months[15:]}.items()
        for month in known
    ]
    orders = [{"order_id": "o", "ordered_at": "2024-12-31 12:00"}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPS_STORE", str(folder / "store"))
        toml = 'complete_to = "2024-12-31"'
        store = opened(write(folder / "shop", toml, orders=orders, market=market))
    yield store
    store.close()


@pytest.mark.parametrize("name", ANALYSES)
def test_no_definition_is_left_of_what_is_shown_no_more(store, uneven, name):
    """A column that would say the same of every row is shown where rows differ."""
    shown = {c for n, p in PANELS if n == name for c in frame_of(store, n, p).attrs["labels"]}
    if name == "category_opportunity":
        shown |= set(frame_of(uneven, name, "open_market").attrs["labels"])
    assert set(ANALYSES[name].terms) - shown - set(ANALYSES[name].records) - set(SHARED) == set()
