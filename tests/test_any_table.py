"""A source of any one table: each page shows what it can of it, and says what it lacks."""

from collections import defaultdict
from contextlib import suppress
from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import DataError, MissingDataError
from ops_widgets.summaries.build import prepare
from ops_widgets.views.about import about
from ops_widgets.views.answers import Answers
from ops_widgets.views.choices import Choices
from ops_widgets.widgets.page import Page
from ops_widgets.widgets.render import NUMBERS_TYPE
from ops_widgets.widgets.session import Session
from tests.any_table import FIRST_DAY, KINDS, ads, by_lot, events, sold
from tests.odd_shops import market, orders
from tests.test_widgets_page import life, static  # noqa: F401
from tests.tiny import NOW, frame, numbers, opened, write

OF_MARKET = {"brands", "growth", "months", "open_market"}
OF_CUSTOMERS = {"curve", "lifecycle", "retention"}
OF_CREDITS = {"by_campaign", "by_group", "peers", "review", "weekly", "without_control"}
#: The panels that show something.
SHOWN = {
    "market": OF_MARKET,
    "events": OF_CUSTOMERS,
    "ads": {"platform"},
    "audience": {"outcomes"},
    "sales": {"own"},
    "products": set(),
    "campaigns": set(),
    "market and events": OF_MARKET | OF_CUSTOMERS,
    "ads and audience": {"platform", "outcomes"},
    "orders and ads": OF_CUSTOMERS | {"platform", "own"},
    "orders without customers": OF_CREDITS | {"own"},
}


@pytest.fixture(scope="module")
def shops(tmp_path_factory):
    """``shops(kind)``: the summaries of a shop of that kind, built once."""
    folder, found = tmp_path_factory.mktemp("kinds"), {}

    def shop(kind):
        if kind not in found:
            found[kind] = opened(write(folder / kind.replace(" ", "-"), **KINDS[kind]))
        return found[kind]

    yield shop
    for store in found.values():
        store.close()


def sessions(store):
    return [Session(one, one.view(), Answers(store)) for one in ANALYSES.values()]


def asked(panel, store, view):
    """Why a panel shows nothing, or its rows."""
    try:
        return None, panel.compute(store, view)
    except MissingDataError as error:
        return error, None


# --- every kind ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_pages_show_what_there_is_and_say_what_is_lacking(shops, kind):
    shown = set()
    for session in sessions(shops(kind)):
        analysis, store, view = session.analysis, session.store, session.view
        for name, panel in analysis.panels().items():
            error, rows = asked(panel, store, view)
            if error is not None:
                assert error.need is not None or "customer" in error.message
                continue
            assert len(rows)
            shown.add(name)
            if panel.chart is not None:
                panel.chart(rows).to_dict(validate=False)
            if panel.finding is not None:
                assert panel.finding(rows)
    assert shown == SHOWN[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_of_every_kind_is_drawn_and_recorded(shops, kind, static):  # noqa: F811
    for analysis in ANALYSES.values():
        page = Page(analysis, analysis.view(source=kind), shops(kind))
        parts = [page.header(), page.controls(), page.findings(), page.numbers()]
        parts += [page.panel(name) for name in analysis.panels()]
        html = "".join(part.bundle["text/html"] for part in parts)
        assert "Traceback" not in html and "could not be computed" not in html
        record = page.record().bundle[NUMBERS_TYPE]
        assert bool(record["numbers"]) != bool(record["missing"])


@pytest.mark.parametrize("name", ANALYSES)
def test_every_number_that_an_alert_may_name_is_recorded_of_some_source(shops, name):
    recorded = set()
    for kind in KINDS:
        session = Session(ANALYSES[name], ANALYSES[name].view(), Answers(shops(kind)))
        with suppress(MissingDataError):
            recorded |= {number.name for number in session.answer(session.analysis.headline)}
    assert recorded == set(ANALYSES[name].records)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_needed_is_what_the_analyses_declare(shops, kind):
    """``ops check`` reads the declarations: no page may lack what they do not name."""
    for session in sessions(shops(kind)):
        declared = (*session.analysis.reads, *session.analysis.adds)
        for panel in session.analysis.panels().values():
            error, _ = asked(panel, session.store, session.view)
            if error is not None and error.need is not None:
                columns = [one.columns for one in declared if one.table == error.need.table]
                assert any(set(error.need.columns) <= set(one) for one in columns)


@pytest.mark.parametrize("kind", KINDS)
def test_heads_and_choices_of_every_kind(shops, kind):
    for session in sessions(shops(kind)):
        offers = Choices.of(session.analysis, session.store)
        first, last = offers.bounds["as_of"]
        assert first <= last
        assert about(session.analysis, session.store, session.view).freshness


# --- days ------------------------------------------------------------------------------------


def test_months_of_a_market_are_over_when_the_calendar_says_so(tmp_path):
    shop = write(tmp_path / "shop", market=market(months=range(24)))
    store = opened(shop, datetime(2024, 12, 20))
    assert (store.first_day, store.seen().whole) == (date(2023, 1, 1), date(2024, 12, 19))
    assert numbers(store, "category_opportunity")["market_gmv"].detail.endswith("Nov 2024")
    again = prepare(shop, now=datetime(2025, 1, 1))
    assert again.manifest["seen"]["market"]["whole"] == "2024-12-31"
    said = write(tmp_path / "said", 'complete_to = "2024-10-31"', market=market())
    assert opened(said).seen("market").whole == date(2024, 10, 31)


def test_beside_orders_the_months_of_a_market_are_theirs(tmp_path):
    store = opened(write(tmp_path / "shop", market=market(), orders=orders()))
    assert store.seen("market") == store.seen("orders")
    assert store.seen().whole == date(2024, 12, 27)


def test_the_last_day_of_ads_is_still_running_unless_somebody_says_more(tmp_path):
    last = FIRST_DAY + timedelta(days=59)
    store = opened(write(tmp_path / "a", campaign_days=ads()))
    assert (store.seen().last, store.seen().whole) == (last, last - timedelta(days=1))
    store = opened(write(tmp_path / "b", f'complete_to = "{last}"', campaign_days=ads()))
    assert store.seen().whole == last


def test_rows_without_days_are_of_the_day_before_they_were_prepared(shops):
    store = shops("audience")
    assert store.seen().last_row < store.seen().first
    assert store.first_day == store.last_day == NOW.date() - timedelta(days=1)
    analysis = ANALYSES["campaign_performance"]
    assert "no days" in about(analysis, store, analysis.view()).freshness


def test_the_days_of_several_tables_reach_from_the_first_to_the_last(tmp_path):
    store = opened(write(tmp_path / "shop", campaign_days=ads(), sales=sold(20)))
    assert store.first_day == date(2023, 1, 2)
    assert store.last_day == FIRST_DAY + timedelta(days=59)
    assert store.seen("sales").last == date(2023, 1, 2) + timedelta(days=20 * 7 - 1)


# --- the market alone ------------------------------------------------------------------------


def test_the_market_alone_has_the_numbers_that_it_has_beside_orders(tmp_path, shops):
    beside = opened(
        write(tmp_path / "a", 'complete_to = "2024-12-31"', market=market(), orders=orders())
    )
    alone = shops("market")
    told = [
        {name: (n.value, n.last_year) for name, n in numbers(one, "category_opportunity").items()}
        for one in (alone, beside)
    ]
    assert told[0] == told[1]
    rows = [row["gmv"] for row in market() if row["month"].year == 2024]
    assert told[0]["market_gmv"][0] == round(100 * sum(rows))
    panel = frame(alone, "category_opportunity", "open_market")
    assert panel["own_share"].isna().all()
    assert "no table `orders`" in panel.attrs["note"]


# --- events alone ----------------------------------------------------------------------------


def test_visits_alone_are_followed_as_purchases_at_the_same_moments_are(shops, tmp_path):
    bought = opened(write(tmp_path / "bought", orders=orders()))
    visits = shops("events")
    analysis = ANALYSES["cohort_activity"]
    view = Session(analysis, analysis.view(), visits).view
    assert view.activity == "visit", "nobody has to choose what alone can be shown"
    for panel in OF_CUSTOMERS:
        one, other = (
            analysis.panel(panel).compute(store, analysis.view(activity=activity))
            for store, activity in ((visits, "visit"), (bought, "purchase"))
        )
        pd.testing.assert_frame_equal(one, other)
    with pytest.raises(MissingDataError, match="no table `orders`"):
        analysis.headline(visits, analysis.view(activity="purchase"))


def test_nobody_known_is_unknown_and_not_none(shops):
    with pytest.raises(MissingDataError, match="No customer is known"):
        numbers(shops("orders without customers"), "cohort_activity")


# --- ads alone -------------------------------------------------------------------------------


def in_cents(text):
    return round(100 * float(text))


def test_what_platforms_count_is_added_up_as_they_say_it(shops):
    rows = [r for r in ads() if r["day"] < FIRST_DAY + timedelta(days=59)]
    told = numbers(shops("ads"), "campaign_performance", days=365)
    sums = {name: sum(r[name] for r in rows) for name in ("impressions", "clicks", "conversions")}
    cost = sum(in_cents(r["cost"]) for r in rows)
    for name, value in sums.items():
        assert told[name].value == value
    assert told["cost"].value == cost
    assert told["cpc"].value == pytest.approx(cost / sums["clicks"])
    assert told["ctr"].value == pytest.approx(sums["clicks"] / sums["impressions"])
    assert told["cost_per_conversion"].value == pytest.approx(cost / sums["conversions"])
    assert told["conversion_value"].value is None, "of one day nobody knows it"
    assert "1 of 3 campaigns" in told["platform_roas"].detail
    assert not told.keys() & {"net_revenue", "orders", "roas", "cac", "contribution"}


def test_each_campaign_has_its_own_count_and_none_is_nothing(shops):
    rows = frame(shops("ads"), "campaign_performance", "platform", days=365).set_index("name")
    cost = defaultdict(int)
    value = defaultdict(int)
    for row in ads():
        if row["day"] < FIRST_DAY + timedelta(days=59):
            cost[row["campaign_id"]] += in_cents(row["cost"])
            value[row["campaign_id"]] += 100 * int(row["conversion_value"] or 0)
    assert rows["cost"].to_dict() == cost
    assert pd.isna(rows.loc["k0", "cost_per_conversion"]), "nothing was converted"
    assert rows.loc["k1", "platform_roas"] == pytest.approx(value["k1"] / cost["k1"])
    assert pd.isna(rows.loc["k2", "platform_roas"])


def test_slots_of_a_day_are_one_day_and_a_count_that_is_not_mapped_is_unknown(tmp_path):
    rows = [
        row | {"slot_id": slot, "conversions": 1.5, "conversion_value": 7}
        for row in ads(campaigns=1)
        for slot in ("top", "side")
    ]
    store = opened(write(tmp_path / "slots", campaign_days=rows))
    told = numbers(store, "campaign_performance")
    assert told["conversions"].value == pytest.approx(59 * 3)
    assert told["conversion_value"].value == 59 * 2 * 700
    bare = [{"campaign_id": "k", "day": row["day"], "cost": 2} for row in ads(campaigns=1)]
    told = numbers(opened(write(tmp_path / "bare", campaign_days=bare)), "campaign_performance")
    assert told["cost"].value == 59 * 200
    assert told["conversions"].value is None
    assert told["conversions"].detail == "no column `campaign_days.conversions` in the data"
    assert told["ctr"].value is None


def test_credited_sales_and_platform_counts_stand_apart(tmp_path):
    rows = [
        row | {"day": date(2024, 10, 1) + timedelta(days=n % 60)} for n, row in enumerate(ads())
    ]
    store = opened(write(tmp_path / "shop", orders=orders(), campaign_days=rows))
    told = numbers(store, "campaign_performance", days=365)
    assert "conversions" not in told and told["orders"].value > 0
    assert "net_revenue" not in frame(store, "campaign_performance", "platform", days=365)


# --- an audience alone -----------------------------------------------------------------------


def test_outcomes_of_both_arms_say_what_was_caused(shops):
    told = numbers(shops("audience"), "campaign_performance")
    assert told["rate_treated"].value == pytest.approx(0.12)
    assert told["rate_held_back"].value == pytest.approx(0.08)
    assert told["incremental_conversions"].value == pytest.approx(3000 * 0.04)
    means = {
        arm: sum(r["value"] for r in by_lot() if r["arm"] == arm) / 3000
        for arm in ("treatment", "control")
    }
    caused = 3000 * (means["treatment"] - means["control"])
    assert told["incremental_value"].value == pytest.approx(100 * caused)
    [row] = frame(shops("audience"), "campaign_performance", "outcomes").to_dict("records")
    # 1.96 standard errors of the difference of two proportions, by the textbook.
    half = 1.96 * (0.12 * 0.88 / 3000 + 0.08 * 0.92 / 3000) ** 0.5 * 3000
    assert row["conversions_low"] == pytest.approx(120 - half, rel=0.01)
    assert row["conversions_high"] == pytest.approx(120 + half, rel=0.01)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"held": 2000}, "not as drawn"),
        ({"held": 100, "treated": 100}, "too few to say"),
        ({"arm": "treatment"}, "no control group"),
        ({"converted": "", "value": ""}, "is not known"),
    ],
)
def test_an_audience_that_cannot_be_read_says_why(tmp_path, changed, why):
    plan = [{"campaign_id": "mail", "name": "The mail", "treatment_share": 0.5}]
    store = opened(write(tmp_path / "shop", campaign_audience=by_lot(**changed), campaigns=plan))
    [row] = frame(store, "campaign_performance", "outcomes").to_dict("records")
    assert (row["name"], why in row["outcome"]) == ("The mail", True)
    told = numbers(store, "campaign_performance")
    assert told["incremental_conversions"].value is None
    assert why in told["incremental_conversions"].detail


def test_one_customer_without_an_outcome_makes_the_rate_unknown_and_never_lower(tmp_path):
    rows = by_lot()
    rows[0] = rows[0] | {"converted": ""}
    store = opened(write(tmp_path / "shop", campaign_audience=rows))
    [row] = frame(store, "campaign_performance", "outcomes").to_dict("records")
    assert pd.isna(row["rate_treated"]) and row["rate_held_back"] == pytest.approx(0.08)
    assert pd.isna(row["incremental_conversions"])
    assert row["incremental_value"] > 0, "the values are known of all"


# --- sales without orders --------------------------------------------------------------------


def test_weekly_sales_are_those_of_the_weeks_that_lie_in_the_months(shops):
    expected, pieces = 0, 0
    for row in sold():
        if date(2024, 2, 1) <= row["starts_on"] and row["ends_on"] <= date(2025, 1, 31):
            expected += in_cents(row["revenue"])
            pieces += row["units"]
    told = numbers(shops("sales"), "category_opportunity")
    assert (told["own_sales"].value, told["own_pieces"].value) == (expected, pieces)
    rows = frame(shops("sales"), "category_opportunity", "own")
    assert rows["own_revenue"].sum() == expected
    assert rows.groupby("starts_on")["part"].sum().tolist() == pytest.approx([1.0] * 51)


def test_pieces_of_one_week_that_nobody_knows_are_unknown(shops):
    told = numbers(shops("sales"), "category_opportunity", months=36)
    assert told["own_pieces"].value is None
    assert "not known" in told["own_pieces"].detail
    rows = frame(shops("sales"), "category_opportunity", "own", months=36)
    lacking = rows[rows["own_units"].isna()]
    assert set(lacking["starts_on"].dt.date) == {date(2023, 1, 2) + timedelta(weeks=5)}


def test_a_product_brings_its_category_and_the_market_stands_beside(tmp_path):
    rows = [
        {"starts_on": f"2024-{month:02}-01", "product_id": "p1", "revenue": 5}
        for month in range(1, 13)
    ]
    store = opened(
        write(
            tmp_path / "shop",
            sales=rows,
            products=[{"product_id": "p1", "category": "Toys / Cars"}],
            market=market(),
        )
    )
    assert set(frame(store, "category_opportunity", "own")["category"]) == {"Toys"}
    told = numbers(store, "category_opportunity")
    assert told["market_gmv"].value and "own_sales" not in told


def test_orders_show_our_own_sales_by_month(tmp_path):
    store = opened(write(tmp_path / "shop", orders=orders()))
    rows = frame(store, "category_opportunity", "own", months=3)
    months = defaultdict(int)
    for row in orders():
        months[row["ordered_at"].date().replace(day=1)] += 100 * row["unit_price"]
    found = rows.set_index(rows["starts_on"].dt.date)["own_revenue"].to_dict()
    assert found == {day: months[day] for day in sorted(months)[-4:-1]}
    assert [day.day for day in rows["ends_on"]] == [30, 31, 30]


def test_a_month_in_which_orders_begin_is_none_of_ours(tmp_path):
    late = [row for row in orders() if row["ordered_at"].day >= 4 or row["ordered_at"].month > 1]
    first = min(row["ordered_at"].date() for row in late)
    assert first.day > 1
    store = opened(write(tmp_path / "shop", orders=late))
    rows = frame(store, "category_opportunity", "own", months=36)
    assert rows["starts_on"].dt.date.min() > first


def test_periods_that_overlap_themselves_are_set_aside(tmp_path):
    rows = [
        {"starts_on": "2024-05-06", "ends_on": "2024-05-01", "revenue": 1},
        {"starts_on": "2024-05-06", "ends_on": "2024-05-12", "revenue": 2},
        {"starts_on": "2024-05-06", "ends_on": "2024-05-12", "revenue": 3},
    ]
    shop = write(tmp_path / "shop", "max_rejected_share = 1.0", sales=rows)
    found = {
        rule["rule"]: rule["count"]
        for rule in prepare(shop, now=NOW).manifest["check"]["tables"]["sales"]["rules"]
    }
    assert found == {"period_ends_early": 1, "sales_duplicated": 1}


# --- nothing at all --------------------------------------------------------------------------


def test_a_source_in_which_no_row_is_usable_is_refused(tmp_path):
    shop = write(tmp_path / "shop", events=[])
    (shop / "events.csv").write_text("occurred_at,customer_id,event\n")
    with pytest.raises(DataError, match="'events' has no usable row of 0"):
        prepare(shop, now=NOW)


def test_an_empty_table_beside_a_full_one_is_said_to_be_empty(tmp_path):
    shop = write(tmp_path / "shop", market=market())
    (shop / "orders.csv").write_text(
        "order_id,ordered_at,product_id,quantity,unit_price,customer_id\n"
    )
    store = opened(shop)
    assert numbers(store, "category_opportunity")["market_gmv"].value
    with pytest.raises(MissingDataError, match="`orders` of shop has no usable row"):
        numbers(store, "cohort_activity")


def test_events_need_no_purchase_of_anybody(tmp_path):
    """A visit of somebody who never bought, and a purchase of nobody known."""
    store = opened(
        write(
            tmp_path / "shop",
            events=events(),
            orders=[row | {"customer_id": ""} for row in orders()],
        )
    )
    assert numbers(store, "cohort_activity", activity="visit")["customers"].value > 0


@pytest.mark.parametrize(
    ("columns", "by"),
    [
        ({"channel": "Meta"}, "channel"),
        ({"channel": "Meta", "format": "video"}, "format"),
        ({"channel": "Meta", "format": "video", "content_type": "marketing_copy"}, "content_type"),
        ({}, "content_type"),
    ],
    ids=["channel", "format", "type", "none"],
)
def test_campaigns_are_compared_by_what_is_known_of_them(tmp_path, columns, by):
    campaigns = [{"campaign_id": "k0", "name": "Spring"} | columns]
    analysis = ANALYSES["campaign_performance"]
    store = opened(write(tmp_path / "shop", campaigns=campaigns, campaign_days=ads()))
    assert Session(analysis, analysis.view(), Answers(store)).view.by == by
    assert Session(analysis, analysis.view(by="channel"), Answers(store)).view.by == "channel"
