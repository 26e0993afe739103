"""What is found in shops where something is, against what their rows say; and where nothing is."""

from datetime import datetime

import pytest
from scipy import stats

from ops_widgets.analyses import ANALYSES
from ops_widgets.analyses.category_opportunity.entry import look_first
from ops_widgets.errors import MissingDataError
from ops_widgets.stats.rates import total

from .finding_shops import (
    by_category,
    campaign_shop,
    cohort_shop,
    held_back_shop,
    market_rows,
    of_campaigns,
    sold_in,
)
from .tiny import opened, write


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """``shop(**tables)`` is a store of these rows."""
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "store"))
    stores = []

    def make(toml="", **tables):
        if "market" in tables:
            toml = 'complete_to = "2024-12-31"'
        path = write(tmp_path / f"shop{len(stores)}", f'timezone = "UTC"\n{toml}', **tables)
        stores.append(opened(path))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


def found(store, notebook, **view):
    analysis = ANALYSES[notebook]
    return analysis.findings(store, analysis.view.parse(view))


def values(finding):
    return {name: figure.value for name, figure in finding.figures.items()}


# --- category ---


@pytest.fixture
def markets(shop):
    return shop(market=market_rows(), **sold_in({"Open": 40, "Falling": 40}))


@pytest.mark.parametrize("leaders", [1, 2, 10])
def test_the_first_category_is_the_one_whose_open_market_gains_most(markets, leaders):
    rows = by_category(market_rows(), leaders)
    one = found(markets, "category_opportunity", leaders=leaders)[0]
    best = max(rows, key=lambda name: rows[name]["gain"])
    assert one.kind == "opportunity"
    assert one.claim.startswith(f"Look at {best} first")
    assert one.link == {"picked": best}
    said = values(one)
    for name in ("gmv", "growth", "held", "open", "gain"):
        assert said[name] == pytest.approx(rows[best][name]), name
    assert one.at_stake == round(rows[best]["gain"])
    rival = max(rows, key=lambda name: rows[name]["open"])
    if rival == best:
        assert "rival" not in said
    else:
        assert (said["rival"], said["rival_open"]) == (rival, round(rows[rival]["open"]))
        assert said["rival_growth"] == pytest.approx(rows[rival]["growth"])
    assert (said["up"], said["compared"]) == (12, 12)


def test_growth_of_a_season_is_a_question(shop):
    """All growth in two of twelve months: the sum is larger, the course is not."""
    rows = [
        row | {"gmv": row["gmv"] * (6 if row["month"].month in (5, 6) else 0.6)}
        if row["category"] == "Open" and row["month"].year == 2024
        else row
        for row in market_rows()
    ]
    one = found(shop(market=rows, **sold_in({"Open": 1})), "category_opportunity")[0]
    assert one.claim.startswith("Look at Open first")
    assert one.kind == "question"
    assert (values(one)["up"], values(one)["compared"]) == (2, 12)


def test_a_category_that_grows_for_its_leaders_alone_is_no_place_to_enter(markets):
    rows = by_category(market_rows(), 10)["Closed"]
    [one] = [f for f in found(markets, "category_opportunity") if "is closed" in f.claim]
    assert one.kind == "warning"
    said = values(one)
    assert said["category"] == "Closed"
    assert said["hhi"] == round(rows["hhi"])
    for name in ("growth", "held", "open", "theirs"):
        assert said[name] == pytest.approx(rows[name]), name


def test_our_sales_in_a_falling_market_are_at_stake(markets):
    [one] = found(markets, "category_opportunity", categories=["Falling"])[-1:]
    own = 12 * 40 * 1000
    assert (
        values(one)
        == pytest.approx({"category": "Falling", "growth": -0.2, "own": own, "less": own * 0.2})
        or values(one)["category"] == "Falling"
    )
    assert (values(one)["own"], one.at_stake) == (own, own * 0.2)


def test_a_picked_category_has_its_place(markets):
    rows = by_category(market_rows(), 10)
    order = sorted(rows, key=lambda name: -rows[name]["gain"])
    for place, name in enumerate(order, start=1):
        one = next(
            f for f in found(markets, "category_opportunity", picked=name) if "is number" in f.claim
        )
        said = values(one)
        assert (said["category"], said["place"], said["many"]) == (name, place, 4)
        assert said["gain"] == pytest.approx(abs(rows[name]["gain"]))
        assert one.link == {}


def test_share_that_is_lost_beyond_chance_is_found_and_noise_is_not(shop):
    """We sell as much as last year, in a market that grew by half: that is a third less share."""
    tables = sold_in({"Open": 60})
    orders = [
        row
        for n, row in enumerate(tables["orders"])
        if n % 7 or row["ordered_at"].month % 2  # every other month a little less
    ]
    store = shop(market=market_rows(), orders=orders, products=tables["products"])
    one = next(f for f in found(store, "category_opportunity") if "lose ground" in f.claim)
    sold = {year: sum(r["ordered_at"].year == year and r["product_id"] == "Open" for r in orders)
            for year in (2023, 2024)}  # fmt: skip
    said = values(one)
    assert said["sold"] == 1000 * sold[2024]
    assert said["expected"] == pytest.approx(1000 * sold[2023] * 1.5)
    assert said["lost"] == one.at_stake == pytest.approx(said["expected"] - said["sold"])
    kept = shop(market=market_rows(), **sold_in({"Large": 60}))
    assert not [f for f in found(kept, "category_opportunity") if "lose ground" in f.claim]


def test_leaders_that_took_over_are_found(shop):
    rows = [
        row | {"gmv": row["gmv"] * 5}
        if row["brand"] == "Large 0" and row["month"].year == 2024
        else row
        for row in market_rows()
    ]
    now = by_category(rows, 10)["Large"]
    before = by_category(market_rows(), 10)["Large"]["held"]  # all grew alike: as a year earlier
    one = next(
        f
        for f in found(shop(market=rows, **sold_in({"Open": 1})), "category_opportunity")
        if "take over" in f.claim
    )
    said = values(one)
    assert (said["category"], said["leaders"]) == ("Large", 10)
    assert said["held"] == pytest.approx(now["held"])
    assert said["rise"] == pytest.approx(now["held"] - before)
    assert one.at_stake == pytest.approx((now["held"] - before) * now["gmv"], rel=1e-9)


def test_a_market_of_one_year_can_say_nothing_of_growth(shop):
    rows = [row for row in market_rows() if row["month"].year == 2024]
    store = shop(market=rows, orders=[{"order_id": 1, "ordered_at": datetime(2024, 12, 31)}])
    with pytest.raises(MissingDataError):
        found(store, "category_opportunity")


def test_no_more_leaders_are_named_than_there_are_brands(markets):
    [one] = [f for f in found(markets, "category_opportunity") if "is closed" in f.claim]
    assert (values(one)["category"], values(one)["leaders"]) == ("Closed", 3)
    assert one.claim.endswith("3 brands hold 100%.")


def test_where_most_is_not_listed_by_brand_nobody_is_sent(shop):
    """Of the category that gains most three quarters are "Other": a giant may hide there."""
    other = [
        {"month": row["month"], "category": "Open", "brand": "Other", "gmv": 90 * row["gmv"]}
        for row in market_rows()
        if row["brand"] == "Open 0"
    ]
    store = shop(market=[*market_rows(), *other], **sold_in({"Open": 1}))
    view = ANALYSES["category_opportunity"].view(picked="Open")
    claims = [f.claim for f in found(store, "category_opportunity")]
    assert not [claim for claim in claims if claim.startswith(("Look at Open", "Open grows"))]
    with pytest.raises(MissingDataError, match="not listed by brand"):
        look_first(store, view)


def test_a_market_that_stands_still_neither_grows_nor_shrinks(shop):
    rows = [row | {"gmv": row["gmv"] / 1.5 if row["month"].year > 2023 else row["gmv"]}
            for row in market_rows() if row["category"] in ("Open", "Large")]  # fmt: skip
    store = shop(market=rows, **sold_in({"Open": 1}))
    one = next(
        f for f in found(store, "category_opportunity", picked="Open") if "number" in f.claim
    )
    assert one.because.startswith("At 0% on last year its open €24.0\xa0k changes by €0.00")
    assert (one.at_stake, one.kind) == (0, "warning")


# --- campaigns ---


def test_a_loss_beyond_chance_is_a_warning_and_its_sum_is_that_of_the_rows(shop):
    tables = campaign_shop({"Loser": (3, 2, 30.0), "Winner": (3, 20, 10.0)})
    rows = of_campaigns(tables)
    one = next(f for f in found(shop(**tables), "campaign_performance") if " lost " in f.claim)
    assert one.kind == "warning"
    said = values(one)
    assert said["name"] == "Loser"
    assert said["loss"] == one.at_stake == -rows["Loser"]["left"] > 0
    assert (said["cost"], said["gross"]) == (rows["Loser"]["cost"], rows["Loser"]["gross"])
    assert said["orders"] == rows["Loser"]["orders"] == 60
    assert 0 < said["least"] < said["loss"]
    assert "Do not repeat it" in one.do, "it ended with the data"


def test_a_loss_that_may_be_chance_is_a_question(shop):
    gross = of_campaigns(campaign_shop({"Even": (3, 10, 0)}))["Even"]["gross"]
    tables = campaign_shop({"Even": (3, 10, (gross / 100 + 3) / 20)})
    rows = of_campaigns(tables)["Even"]
    assert rows["left"] == pytest.approx(-300)
    [one] = [f for f in found(shop(**tables), "campaign_performance") if "may have lost" in f.claim]
    assert one.kind == "question"
    assert one.at_stake == pytest.approx(300)
    assert values(one)["most"] > 0, "the interval reaches above nothing"


def test_the_upper_end_is_that_of_the_days(shop):
    tables = campaign_shop({"Loser": (3, 2, 30.0)})
    by_day = {}
    for row in tables["orders"]:
        if row.get("campaign_id"):
            day = row["ordered_at"].date()
            by_day[day] = by_day.get(day, -3000) + 100 * (row["unit_price"] - row["unit_cost"])
    one = found(shop(**tables), "campaign_performance")[0]
    assert values(one)["least"] == round(-total(list(by_day.values())).interval(0.95)[1])


def test_below_thirty_orders_a_campaign_is_too_few_to_say_whatever_it_lost(shop):
    tables = campaign_shop({"Tiny": (1, 2, 500.0), "Winner": (3, 20, 10.0)})
    got = found(shop(**tables), "campaign_performance")
    about = [f for f in got if "Tiny" in f.claim]
    assert [f.kind for f in about] == ["too_few"]
    assert values(about[0])["orders"] == 20
    assert about[0].at_stake is None
    assert got.index(about[0]) == len(got) - 1
    assert not [f for f in got if f.kind == "opportunity"]


def test_the_campaign_that_left_most_is_told_to_prove_it(shop):
    tables = campaign_shop({"Good": (3, 20, 10.0), "Fair": (3, 8, 10.0), "Poor": (3, 5, 10.0)})
    rows = of_campaigns(tables)
    got = found(shop(**tables), "campaign_performance")
    one = next(f for f in got if f.kind == "opportunity")
    others = rows["Fair"]["left"] + rows["Poor"]["left"]
    cost = rows["Fair"]["cost"] + rows["Poor"]["cost"]
    said = values(one)
    assert said["name"] == "Good"
    assert said["left"] == rows["Good"]["left"]
    assert said["elsewhere"] == pytest.approx(others * rows["Good"]["cost"] / cost, abs=1)
    assert one.at_stake == pytest.approx(said["left"] - said["elsewhere"], abs=1)
    assert "control group" in one.do
    assert "Credited is not caused" in one.overturned_by
    least = next(f for f in got if "left only" in f.claim)
    assert values(least)["name"] == "Poor"


def test_alike_campaigns_are_nothing_unusual(shop):
    tables = campaign_shop({"A": (3, 10, 10.0), "B": (3, 10, 10.0)}, seed=4)
    assert found(shop(**tables), "campaign_performance") == []


def test_a_new_customer_may_cost_far_more_than_elsewhere(shop):
    tables = campaign_shop({"Dear": (2, 60, 50.0), "Cheap": (4, 60, 20.0)})
    one = next(
        f for f in found(shop(**tables), "campaign_performance") if "new customer" in f.claim
    )
    said = values(one)
    assert (said["name"], said["new"]) == ("Dear", 40)
    assert (said["cac"], said["elsewhere"]) == (2500, 500)
    assert one.at_stake == 20 * 5000 - 40 * 500


def test_a_cost_that_nobody_knows_is_a_question_with_what_is_credited(shop):
    tables = campaign_shop({"A": (3, 10, 10.0), "B": (3, 10, 10.0)})
    tables["campaign_days"] = [
        row for row in tables["campaign_days"] if row["campaign_id"] != "B" or row["day"].day > 6
    ]
    one = next(f for f in found(shop(**tables), "campaign_performance") if f.kind == "question")
    said = values(one)
    assert (said["unknown"], said["many"], said["days"]) == (1, 2, 3)
    revenue = sum(100 * r["unit_price"] for r in tables["orders"] if r.get("campaign_id") == "B")
    assert said["credited"] == one.at_stake == revenue


def test_where_no_campaign_ran_nothing_is_said_of_any(shop):
    store = shop(orders=[{"order_id": 1, "ordered_at": datetime(2024, 3, 1), "campaign_id": ""}])
    with pytest.raises(MissingDataError):
        found(store, "campaign_performance")


def test_sales_below_the_price_of_goods_are_a_loss_before_any_cost(shop):
    one = found(shop(**campaign_shop({"Below": (3, -5, 1.0)})), "campaign_performance")[0]
    assert "left after goods" not in one.claim
    rows = of_campaigns(campaign_shop({"Below": (3, -5, 1.0)}))["Below"]
    assert values(one)["short"] == -rows["gross"] > 0
    assert one.claim.endswith("less than their goods cost.")


# --- campaigns with a control group ---


def welch(treated, held, n, level):
    """Cents that so many treated caused, with the interval of 30 for each buyer among ``n``."""
    a, b = (3000.0 * buyers / n for buyers in (treated, held))
    spread = [(3000.0**2 * x / n - m**2) * n / (n - 1) for x, m in ((treated, a), (held, b))]
    error = (sum(spread) / n) ** 0.5
    degrees = (sum(spread) / n) ** 2 / sum((s / n) ** 2 / (n - 1) for s in spread)
    half = stats.t.ppf((1 + level) / 2, degrees) * error
    return n * (a - b), n * (a - b - half), n * (a - b + half)


def test_sales_that_come_anyway_are_no_success_however_many_are_credited(shop):
    """As many buy of those held back: the credit is large, and the cost is lost."""
    store = shop(**held_back_shop({"Reminder": (100, 100, 90.0)}))
    caused, low, high = welch(100, 100, 600, 0.95)
    [one] = [f for f in found(store, "campaign_performance") if "stood near" in f.claim]
    said = values(one)
    assert one.kind == "warning"
    assert said["name"] == "Reminder"
    assert (said["credited"], said["treated"], said["cost"]) == (300_000, 600, 90_000)
    assert said["caused"] == caused == 0
    assert (said["low"], said["high"]) == pytest.approx((low, high), rel=2e-3)
    assert one.at_stake == said["more"] == said["credited"] - said["high"]
    assert one.do.startswith("Stop it"), "a third of what it may have caused is less than it cost"
    assert not [f for f in found(store, "campaign_performance") if f.kind == "opportunity"]


def test_what_paid_by_its_control_group_is_worth_more(shop):
    store = shop(**held_back_shop({"Caused": (300, 100, 20.0), "Near": (100, 100, 20.0)}))
    level = 1 - 0.05 / 2
    caused, low, high = welch(300, 100, 600, level)
    got = found(store, "campaign_performance")
    [one] = [f for f in got if f.kind == "opportunity"]
    said = values(one)
    assert said["name"] == "Caused"
    assert said["caused"] == caused == 600_000
    # Two thirds are goods; what is left after them and after the cost.
    ends = [end / 3 - 20_000 for end in (low, high)]
    assert (said["low"], said["high"]) == pytest.approx(ends, rel=2e-3)
    assert one.at_stake == said["least"] == said["low"]
    [near] = [f for f in got if "stood near" in f.claim]
    assert values(near)["name"] == "Near", "of it most would have come anyway"


def test_a_picked_campaign_has_its_own_finding_and_chosen_ones_theirs(shop):
    store = shop(**held_back_shop({"Caused": (300, 60, 20.0), "Near": (100, 100, 20.0)}))
    for name in ("Caused", "Near"):
        got = found(store, "campaign_performance", campaign=name)
        assert got
        assert {values(f)["name"] for f in got} == {name}


def test_what_nobody_was_held_back_from_is_judged_by_credit_and_told_to_prove_it(shop):
    tables = held_back_shop({"Caused": (300, 60, 20.0)})
    tables.pop("campaign_audience")
    kinds = {f.claim.split()[1] for f in found(shop(**tables), "campaign_performance")}
    assert not kinds & {"caused", "stood"}


# --- cohorts ---

SAME = [(100, 30)] * 9


@pytest.mark.parametrize(
    ("again", "kind", "word"), [(8, "warning", "less"), (60, "progress", "more")]
)
def test_newer_cohorts_that_come_back_otherwise_are_found(shop, again, kind, word):
    months = [*SAME[:6], *[(100, again)] * 3, (100, 0)]
    one = found(shop(orders=cohort_shop({"app": months})), "cohort_activity", periods=12)[0]
    assert one.kind == kind
    assert f"come back {word}" in one.claim
    said = values(one)
    # The first cohort of the data is none of new customers, the last one is not old enough.
    assert (said["rate"], said["was"]) == (again / 100, 0.3)
    assert (said["began"], said["cohorts"]) == (200, 2)
    assert said["low"] < said["moved"] < said["high"]
    assert said["moved"] == pytest.approx(again / 100 - 0.3)
    assert said["each"] == 2500
    assert one.at_stake == round(abs(again / 100 - 0.3) * 200 * 2500)


def test_cohorts_alike_are_nothing_unusual(shop):
    store = shop(orders=cohort_shop({"app": SAME, "web": SAME}))
    assert found(store, "cohort_activity") == []
    analysis = ANALYSES["cohort_activity"]
    looked_at = analysis.findings.looked_at(store, analysis.view.parse({}))
    assert looked_at[0] == "the newest cohorts against those before"


def test_small_cohorts_are_too_few_to_say(shop):
    months = [(5, 5)] * 6 + [(5, 0)] * 3
    got = found(shop(orders=cohort_shop({"app": months})), "cohort_activity")
    assert [one.kind for one in got] == ["too_few"]
    assert values(got[0])["began"] < 30


def test_a_channel_whose_customers_do_not_come_back_is_found(shop):
    store = shop(orders=cohort_shop({"app": SAME, "ads": [(100, 4)] * 9, "web": SAME}))
    one = found(store, "cohort_activity")[0]
    said = values(one)
    assert (said["channel"], said["rate"], said["others"]) == ("ads", 0.04, 0.3)
    cohorts = said["began"] / 100
    assert said["customers"] == round(26 * cohorts)
    assert one.at_stake == round(26 * cohorts * 2500)
    assert one.link == {"acquired": ["ads"]}
    # Under a filter nobody knows what an order of theirs is worth: unknown, not 0.
    chosen = found(store, "cohort_activity", channels=["ads", "app", "web"])
    assert chosen[0].at_stake is None


def weekly(counts):
    """Orders of so many customers in each week, of new ones every time."""
    return [
        {
            "order_id": f"{week}-{n}",
            "ordered_at": datetime.fromordinal(datetime(2024, 1, 1).toordinal() + 7 * week + 6),
            "customer_id": f"{week}-{n}",
        }
        for week, count in enumerate(counts)
        for n in range(count)
    ]


def test_weeks_that_fall_one_after_the_other_are_found_below_what_was_usual(shop):
    usual = [80, 90, 85, 95, 88, 92]
    falling = shop('complete_to = "2024-03-24"', orders=weekly([*usual, 99, 84, 78, 70, 61, 50]))
    one = next(f for f in found(falling, "cohort_activity") if "in a row" in f.claim)
    said = values(one)
    assert (said["many"], said["then"], said["now"]) == (5, 99, 50)
    # The data begin in the midst of the first week: it is not known whole.
    assert (said["usual"], said["before"]) == (85, 5)


@pytest.mark.parametrize(
    "counts",
    [
        [80, 90, 85, 95, 88, 92, 190, 160, 130, 110, 95, 87],  # down from a promotion
        [80, 90, 85, 95, 88, 92, 91, 93, 90, 95, 79, 60],  # two weeks are no course
        [8, 9, 8, 9, 8, 9, 7, 6, 5, 4, 3, 2],  # too few to say
    ],
)
def test_weeks_that_need_no_finding(shop, counts):
    store = shop('complete_to = "2024-03-24"', orders=weekly(counts))
    try:
        got = found(store, "cohort_activity")
    except MissingDataError:
        got = []
    assert not [f for f in got if "in a row" in f.claim]


def test_more_who_go_than_come_in_nearly_all_weeks_are_found(shop):
    counts = [200, 200, 190, 180, 170, 160, 165, 150, 140, 130]
    store = shop('complete_to = "2024-03-10"', orders=weekly(counts))
    one = next(f for f in found(store, "cohort_activity") if "go than come" in f.claim)
    said = values(one)
    assert (said["below"], said["last"]) == (7, 8)
    # Everybody is new and gone a week later. The first week is not whole, of the second nobody
    # knows who went.
    assert (said["came"], said["gone"]) == (sum(counts[2:]), sum(counts[1:-1]))
