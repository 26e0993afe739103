"""What a promotion added: as raw rows say it, with planted lifts, dips and lost sales elsewhere."""

from __future__ import annotations

from itertools import count

import numpy as np
import pandas as pd
import pytest

from ops_widgets.analyses.campaign_performance.netted import promotion_of
from ops_widgets.analyses.campaign_performance.promotion import NAMES, bars
from ops_widgets.analyses.campaign_performance.titles import added, around
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.errors import MissingDataError
from ops_widgets.periods import day_number

from .campaign_shop import CAMPAIGN, campaign, line, may, panel, ran, shop
from .truth import of_kind

LENGTH, FIRST, LAST = 420, 2, 421
#: A promotion of category A for ten days, and what was planted a day around it.
SINCE, UNTIL = 300, 309
PLANTED = {"before": -80.0, "during": 400.0, "after": -60.0, "others": -150.0}
SPANS = {"before": (290, 299), "during": (300, 309), "after": (310, 337), "others": (300, 309)}
PRODUCTS = [
    {"product_id": "a", "name": "Able", "category": "A / X", "unit_cost": None},
    {"product_id": "b", "name": "Baker", "category": "B", "unit_cost": None},
]


@pytest.fixture(scope="module")
def shop_with(tmp_path_factory):
    """Opens a shop with these tables."""
    stores, places = [], count()

    def opened(source="", **tables):
        place = tmp_path_factory.mktemp("promotion") / f"s{next(places)}"
        stores.append(shop(place, source, **tables))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


def sold(seed=1, planted=PLANTED, spans=SPANS, credited=((SINCE, UNTIL, "k", "a"),), without=()):
    """Orders of 420 days, skewed and alike from day to day, weekends busier: A at a margin of 60%
    and B at 30%. ``credited``: of these days the sales of a product carry a campaign.
    """
    rng = np.random.default_rng(seed)
    rows = []
    chance = {"a": 0.0, "b": 0.0}
    for day in range(FIRST, LAST + 1):
        for product, level, part in (("a", 1000.0, 0.4), ("b", 1500.0, 0.7)):
            chance[product] = 0.3 * chance[product] + rng.gamma(2.0, 60.0) - 120.0
            amount = level + 0.3 * day + 200.0 * (day % 7 in (2, 3)) + chance[product]
            for name, (first, last) in spans.items():
                if first <= day <= last and (name == "others") == (product == "b"):
                    amount += planted[name]
            if (product, day) in without:
                amount = 20.0
            keeps = [c for first, last, c, p in credited if first <= day <= last and p == product]
            values = {"unit_price": round(float(amount), 2), "product_id": product}
            values |= {"unit_cost": round(part * float(amount), 2)}
            values["campaign_id"] = keeps[0] if keeps else None
            rows.append(line(f"{product}{day}", day, **values))
    return rows


def naive(rows, ordinary, spans, middle=SINCE):
    """What was sold above a regression on the ordinary days, from raw rows, in minor units."""
    frame = pd.DataFrame(rows)
    local = frame["ordered_at"] + pd.Timedelta(hours=8)
    frame["day"] = (local.dt.normalize() - pd.Timestamp("2024-05-01")).dt.days + 1
    frame["revenue"] = frame["unit_price"] * 100
    frame["margin"] = frame["revenue"] - frame["unit_cost"] * 100
    days = np.arange(FIRST, LAST + 1)
    weekday = pd.to_datetime([may(int(day)) for day in days]).day_of_week
    x = np.column_stack([np.ones(len(days)), days, *(weekday == one for one in range(6))])
    number = np.array([day_number(may(int(day))) for day in days])
    if np.ptp(days[ordinary]) + 1 >= 365.25:
        turns = [2 * np.pi * wave * number / 365.25 for wave in (1, 2)]
        x = np.column_stack([x, *(turn(one) for one in turns for turn in (np.sin, np.cos))])
    found = {}
    for money in ("revenue", "margin"):
        for area, (first, last) in spans.items():
            of = frame[frame["product_id"] == ("b" if area == "others" else "a")]
            y = of.groupby("day")[money].sum().reindex(days, fill_value=0.0).to_numpy()
            level = np.linalg.lstsq(x[ordinary], y[ordinary], rcond=None)[0]
            inside = (days >= first) & (days <= last)
            found[area, money] = (y - x @ level)[inside].sum()
    return found


def net_of(store, campaign_id="k", **view):
    return promotion_of(store, CampaignPerformanceView.parse(view), campaign_id)


K = campaign("k", SINCE, may(UNTIL), name="Ten days of A")


@pytest.fixture(scope="module")
def plain(shop_with):
    """The rows of a shop with one promotion, and its store."""
    rows = sold()
    costs = ran("k", *range(SINCE, UNTIL + 1), cost=30.0)
    return rows, shop_with(orders=rows, products=PRODUCTS, campaigns=[K], campaign_days=costs)


# --- numbers ---------------------------------------------------------------------------------


def test_the_areas_are_what_raw_rows_say_and_close_to_the_net(plain):
    rows, store = plain
    days = np.arange(FIRST, LAST + 1)
    expected = naive(rows, (days < 290) | (days > 337), SPANS)
    found = net_of(store)
    assert found.promotion.category == "A"
    for (area, money), amount in expected.items():
        assert getattr(found.parts[area], money).value == pytest.approx(amount, abs=1e-3)
    for money in ("revenue", "margin"):
        parts = [getattr(found.parts[area], money).value for area in SPANS]
        assert getattr(found.parts["net"], money).value == pytest.approx(sum(parts), abs=1e-6)
    assert {area: part.days for area, part in found.parts.items()} == {
        **{"before": 10, "during": 10, "after": 28, "others": 10, "net": 48}
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_what_was_planted_lies_in_the_intervals(plain, shop_with, seed):
    store = plain[1] if seed == 1 else shop_with(
        orders=sold(seed), products=PRODUCTS, campaigns=[K]
    )  # fmt: skip
    found, total = net_of(store), 0.0
    shares = {"others": 0.3}
    for area, (first, last) in SPANS.items():
        truth = PLANTED[area] * (last - first + 1) * 100
        total += truth
        low, high = found.parts[area].revenue.interval()
        assert low < truth < high
        low, high = found.parts[area].margin.interval()
        assert low < truth * shares.get(area, 0.6) < high
    low, high = found.parts["net"].revenue.interval()
    assert low < total < high
    # Who looks at the days of the promotion alone, or not at other categories, finds far more.
    assert found.parts["during"].revenue.interval()[0] > 2 * max(total, 0)
    assert found.parts["others"].revenue.interval()[1] < 0


def test_the_panel_shows_the_areas_the_cost_and_what_is_left(plain):
    _, store = plain
    found, frame = net_of(store), panel(store, "promotion", days=365).set_index("area")
    assert list(frame.index) == list(NAMES.values())
    for area, label in NAMES.items():
        if area in found.parts:
            assert frame.loc[label, "gain"] == found.parts[area].revenue.value
            ends = frame.loc[label, ["profit_low", "profit_high"]].tolist()
            assert ends == pytest.approx(found.parts[area].margin.interval())
    cost = 10 * 3000
    assert frame.loc["Campaign cost", "profit"] == -cost
    left, net = frame.loc["Left after cost"], frame.loc["Net"]
    for column in ("profit", "profit_low", "profit_high"):
        assert left[column] == pytest.approx(net[column] - cost)
    assert "promotion of A, which has 100" in frame.attrs["note"]
    assert frame["area_note"].isna().all()


def test_a_bar_begins_where_the_one_before_ends(plain):
    [drawn] = bars(panel(plain[1], "promotion", days=365))
    steps = ["Before", "Its days", "After", "Other categories"]
    for what in ("Net revenue", "Margin"):
        one = drawn[drawn["what"] == what].set_index("area")
        ends = one.loc[steps, "to"].tolist()
        assert one.loc[steps, "from"].tolist() == [0.0, *ends[:-1]]
        assert one.loc["Net", ["from", "to"]].tolist() == pytest.approx([0.0, ends[-1]])
    assert one.loc["Campaign cost", "from"] == pytest.approx(one.loc["Net", "to"])
    assert one.loc["Left after cost", "to"] == pytest.approx(one.loc["Campaign cost", "to"])


def test_day_by_day_the_line_is_the_days_and_the_sums_are_the_area(plain):
    _, store = plain
    frame, found = panel(store, "baseline", campaign="Ten days of A"), net_of(store)
    inside = frame[frame["area"] == "Its days"]
    surplus = (inside["sold"] - inside["expected"]).sum()
    assert len(inside) == 10
    assert surplus == pytest.approx(found.parts["during"].revenue.value)
    usual = frame[frame["area"].isna()]
    held = usual["sold"].between(usual["expected_low"], usual["expected_high"])
    assert len(usual) == 28 and held.mean() > 0.8
    assert around(frame).startswith("Ten days of A: ¥")


def test_titles_claim_only_what_the_interval_shows(plain, shop_with):
    assert added(panel(plain[1], "promotion", days=365)).endswith("perhaps nothing")
    gain = dict.fromkeys(PLANTED, 0.0) | {"during": 900.0}
    rows = sold(planted=gain)
    store = shop_with(orders=rows, products=PRODUCTS, campaigns=[K])
    frame = panel(store, "promotion", days=365)
    assert added(frame).startswith("Ten days of A added ¥") and len(added(frame)) < 80
    assert frame.set_index("area").loc["Left after cost", "area_note"].startswith("what it cost")


# --- what a promotion is ---------------------------------------------------------------------


def test_without_a_category_of_half_its_sales_it_is_of_the_whole_shop(shop_with):
    both = ((SINCE, UNTIL, "k", "a"), (SINCE, UNTIL, "k", "b"))
    products = [*PRODUCTS, {"product_id": "c", "name": "C", "category": "C", "unit_cost": None}]
    rows = sold(credited=both)
    more = [
        line(f"c{day}", day, product_id="c", unit_price=1500.0, unit_cost=100.0, campaign_id="k")
        for day in range(SINCE, UNTIL + 1)
    ]
    store = shop_with(orders=rows + more, products=products, campaigns=[K])
    found = net_of(store)
    assert (found.promotion.category, found.promotion.share < 0.5) == ("", True)
    assert found.parts["others"].revenue is None
    assert found.parts["others"].why == "it is of the whole shop: there is no other category"
    assert found.unseen == ()
    # C is sold on these days alone: all of it is lift.
    alone = net_of(shop_with(orders=sold(credited=()), products=PRODUCTS, campaigns=[K]))
    assert "the whole shop: nothing is credited to it" in " ".join(alone.said)
    gained = found.parts["during"].revenue.value - alone.parts["during"].revenue.value
    assert gained == pytest.approx(10 * 150_000, abs=1e-3)


def test_other_campaigns_cut_the_days_beside_it_and_those_of_its_days_are_named(shop_with):
    others = [
        campaign("early", 270, may(296), name="Early"),
        campaign("late", 320, may(330), name="Late"),
        campaign("with", 305, may(307), name="Meanwhile"),
        campaign("far", 312, may(314), name="Only B"),
    ]
    credited = ((SINCE, UNTIL, "k", "a"), (312, 314, "far", "b"), (320, 330, "late", "a"))
    store = shop_with(orders=sold(credited=credited), products=PRODUCTS, campaigns=[K, *others])
    found = net_of(store)
    assert {area: found.parts[area].days for area in ("before", "during", "after")} == {
        **{"before": 3, "during": 10, "after": 10}
    }
    assert found.promotion.beside == ("Meanwhile",)
    assert found.unseen == ("before", "after")
    text = " ".join(found.said)
    assert "Meanwhile too: these numbers hold both" in text
    assert "Days before it: 3 of 10, since Early ran until 20 Feb 2025" in text
    assert "Days after it: 10 of 28, since Late began on 16 Mar 2025" in text
    assert added(panel(store, "promotion", campaign="Ten days of A")).endswith("as far as seen")


def test_where_no_day_beside_it_is_free_the_dip_is_unknown_and_not_nothing(shop_with):
    others = [
        campaign("early", 280, may(299), name="Early"),
        campaign("late", 310, may(312), name="Late"),
    ]
    store = shop_with(orders=sold(), products=PRODUCTS, campaigns=[K, *others])
    frame = panel(store, "promotion", campaign="Ten days of A").set_index("area")
    for area, why in (("Before", "Early ran until"), ("After", "Late began on")):
        row = frame.loc[area]
        assert row[["gain", "gain_low", "profit_high"]].isna().all()
        assert row["area_note"].startswith(why)
    known = frame.loc[["Its days", "Other categories"], "gain"].sum()
    assert frame.loc["Net", "gain"] == pytest.approx(known)


def test_one_that_runs_still_is_told_up_to_the_day_looked_at(plain):
    found = net_of(plain[1], as_of=may(304))
    assert (found.parts["during"].days, found.parts["after"].days) == (5, 0)
    assert found.parts["after"].why == "the days looked at end"
    assert "It still runs: until" in " ".join(found.said)
    assert net_of(plain[1], as_of=may(320)).parts["after"].days == 11


def test_a_promotion_of_the_calendar_cuts_and_what_else_it_has_is_named(shop_with):
    event = {"scope": None}
    calendar = [
        event | {"starts_on": may(318), "ends_on": may(319), "name": "Sale", "kind": "promotion"},
        event | {"starts_on": may(303), "ends_on": may(303), "name": "Outage", "kind": "incident"},
        event | {"starts_on": may(100), "ends_on": may(119), "name": "Rival", "kind": "competitor"},
    ]
    store = shop_with(orders=sold(), products=PRODUCTS, campaigns=[K], calendar=calendar)
    found = net_of(store)
    text = " ".join(found.said)
    assert found.parts["after"].days == 8
    assert "since Sale began on 14 Mar 2025" in text
    assert "The calendar has Outage in these days" in text
    assert "20 days in the calendar are left out" in text


# --- the baseline ----------------------------------------------------------------------------


def test_other_campaigns_have_a_level_of_their_own_where_few_days_are_free(shop_with):
    """Most weeks have a campaign, each with another lift that is no part of this one."""
    blocks = [(12, 81), (89, 158), (166, 235), (243, 289), (345, 414)]
    others = [campaign(f"o{first}", first, may(last)) for first, last in blocks]
    spans = SPANS | {f"o{block[0]}": block for block in blocks}
    planted = PLANTED | {f"o{first}": 50.0 + first for first, _ in blocks}
    rows = sold(planted=planted, spans=spans)
    store = shop_with(orders=rows, products=PRODUCTS, campaigns=[K, *others])
    found = net_of(store)
    assert "every other campaign has a level of its own" in " ".join(found.said)
    low, high = found.parts["during"].revenue.interval()
    assert low < PLANTED["during"] * 1000 < high
    # As if all days were ordinary the other campaigns' lifts would hide most of this one.
    days = np.arange(FIRST, LAST + 1)
    careless = naive(rows, (days < 290) | (days > 337), SPANS)["during", "revenue"]
    assert careless < low


def test_too_few_ordinary_days_are_refused_with_their_number(shop_with):
    everything = [campaign("all", 12, may(420), name="Always")]
    store = shop_with(orders=sold(), products=PRODUCTS, campaigns=[K, *everything])
    with pytest.raises(MissingDataError, match="Within a year of it 11 days had no campaign"):
        net_of(store)


def test_days_outside_the_data_or_without_a_plan_are_refused(shop_with):
    plans = [campaign("soon", -30, may(4)), campaign("open", 100), campaign("next", 430, may(440))]
    store = shop_with(orders=sold(), products=PRODUCTS, campaigns=[K, *plans])
    with pytest.raises(MissingDataError, match="soon was planned for"):
        net_of(store, "soon")
    with pytest.raises(MissingDataError, match="next was planned for"):
        net_of(store, "next")
    with pytest.raises(MissingDataError, match="open was planned to run is not known"):
        net_of(store, "open")
    with pytest.raises(MissingDataError, match="Ten days of A was planned for"):
        net_of(store, as_of=may(200))


def stocked(gone, product="a", pieces=100):
    """Rows of ``stock`` that fall by ten a day and are filled up, but for the days ``gone``."""
    rows = []
    for day in range(FIRST, LAST + 1):
        on_hand = 0 if day in gone else pieces - 10 * (day % 9)
        rows.append({"day": may(day), "product_id": product, "on_hand": on_hand})
    return rows


def test_days_without_stock_say_nothing_of_demand(shop_with):
    gone = range(200, 230)
    rows = sold(without={("a", day) for day in gone})
    known = {"orders": rows, "products": PRODUCTS, "campaigns": [K]}
    with_stock = net_of(shop_with(**known, stock=[*stocked(gone), *stocked((), "b")]))
    blind = net_of(shop_with(**known))
    days = np.arange(FIRST, LAST + 1)
    ordinary = ((days < 290) | (days > 337)) & ~np.isin(days, list(gone))
    expected = naive(rows, ordinary, SPANS)["during", "revenue"]
    assert with_stock.parts["during"].revenue.value == pytest.approx(expected, abs=1e-3)
    assert "30 days sold out are left out" in " ".join(with_stock.said)
    assert blind.parts["during"].revenue.error > 1.5 * with_stock.parts["during"].revenue.error


def test_what_ran_out_while_it_was_promoted_is_said_with_its_day(shop_with):
    """One that was gone before the promotion began did not run out in it."""
    early = {"product_id": "c", "name": "Early", "category": "A", "unit_cost": None}
    store = shop_with(
        orders=sold(),
        products=[*PRODUCTS, early],
        campaigns=[K],
        stock=[*stocked(range(303, 315)), *stocked(range(280, 315), "c")],
    )
    first, *_ = net_of(store).said
    assert first.startswith("Sold out in its days: Able after 27 Feb 2025 (day 4 of 10); usually")


def test_margin_is_unknown_as_soon_as_one_line_has_no_cost(shop_with):
    rows = sold()
    rows[7]["unit_cost"] = None
    store = shop_with(orders=rows, products=PRODUCTS, campaigns=[K])
    frame = panel(store, "promotion", days=365).set_index("area")
    assert frame["profit"].isna().all()
    assert frame.loc["Net", "gain"] == net_of(store).parts["net"].revenue.value
    assert frame.loc["Net", "area_note"] == "cost of goods is not known for 1 lines"


# --- the page --------------------------------------------------------------------------------


def test_the_page_speaks_of_the_picked_one_else_of_the_largest(shop_with):
    plans = [K, campaign("s", 400, may(403), name="Small", content_type="marketing_copy")]
    credited = ((SINCE, UNTIL, "k", "a"), (400, 403, "s", "b"))
    store = shop_with(orders=sold(credited=credited), products=PRODUCTS, campaigns=plans)

    def spoken(**view):
        frame = panel(store, "promotion", **view)
        return frame.attrs["promoted"]["name"], "Nobody picked" in frame.attrs["note"]

    assert spoken(days=200) == ("Ten days of A", True)
    assert spoken(days=30) == ("Small", True)
    assert spoken(days=200, content_types=["marketing_copy"]) == ("Small", True)
    assert spoken(days=200, campaign="Small") == ("Small", False)
    # Whatever days are looked at, a promotion is told as a whole.
    assert spoken(days=30, campaign="Ten days of A") == ("Ten days of A", False)
    wide, narrow = (panel(store, "promotion", days=d, campaign="Ten days of A") for d in (200, 30))
    pd.testing.assert_frame_equal(wide, narrow)
    assert CAMPAIGN.panel("promotion").ignores == ("since", "until")


def test_without_planned_days_the_page_says_how_to_map_them(shop_with):
    store = shop_with(orders=sold(), products=PRODUCTS)
    with pytest.raises(MissingDataError, match="no table `campaigns`"):
        panel(store, "promotion")


# --- the samples -----------------------------------------------------------------------------


def test_the_samples_have_one_that_sold_out_and_one_that_was_pulled_forward(store):
    found = net_of(store, of_kind("sold_out")["campaign_id"])
    assert found.promotion.category == "Beauty"
    assert "after 14 Oct 2025 (day 2 of 7)" in found.said[0]
    early = net_of(store, of_kind("pull_forward")["campaign_id"])
    assert early.parts["during"].revenue.interval()[0] > 0
    assert early.parts["after"].revenue.interval()[1] < 0
    low, high = early.parts["net"].revenue.interval()
    assert low < 0 < high
