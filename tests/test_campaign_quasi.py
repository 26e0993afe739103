"""Without a control group nothing is claimed that chance makes; what is strong is found."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ops_widgets.analyses.campaign_performance.aimed import DAYS_AFTER, Aim, Book, book
from ops_widgets.analyses.campaign_performance.effect import effects
from ops_widgets.analyses.campaign_performance.quasi import (
    CHECKS,
    DIFFERENCE,
    MIXTURE,
    attempt,
    quasi,
)
from ops_widgets.errors import MissingDataError
from ops_widgets.periods import day_number
from ops_widgets.summaries.facts import campaign_audience
from tests.conftest import ROOT

from .campaign_shop import CAMPAIGN, campaign, line, may, panel, shop

JOURNEY = Path(os.environ.get("OPS_DATA", ROOT.parent / "shared" / "data")) / "complete_journey"
BEGAN = 600
NONE = {"ended": None, "begun": None}


def year_of_sales(seed, units=12, weeks=96, keeps=0.6, heavy=0.3):
    """Net revenue a day: sizes that differ tenfold, seasons, days of commerce, weeks that stick.

    Weeks of a category are autocorrelated (``keeps``), days are skewed and some are empty.
    """
    rng = np.random.default_rng(seed)
    days = np.arange(7 * weeks)
    common = 0.2 * np.sin(2 * np.pi * days / 365 + rng.uniform(0, 6)) + 0.0005 * days
    common += np.isin(days % 365, rng.integers(0, 365, 4)) * 0.8
    common += np.array([0, 0, 0, 0, 0.1, 0.3, 0.2])[days % 7]
    own = np.zeros((units, weeks))
    for week in range(1, weeks):
        fresh = rng.standard_t(5, units) * math.sqrt(1 - keeps**2)
        own[:, week] = keeps * own[:, week - 1] + fresh
    own *= rng.uniform(0.1, heavy, (units, 1))
    season = (
        0.15
        * rng.normal(size=(units, 1))
        * np.sin(2 * np.pi * days / 365 + rng.uniform(0, 6, (units, 1)))
    )
    orders = rng.poisson(
        rng.lognormal(1.5, 0.7, (units, 1)) * np.exp(common + season + np.repeat(own, 7, axis=1))
    )
    return 25_000 * orders * rng.lognormal(0, 0.5, orders.shape), orders.astype(float)


def booked(sold, lines, *aims):
    names = tuple(f"c{row:02d}" for row in range(len(sold)))
    return Book(0, sold.shape[1] - 1, names, sold, lines, {one.campaign_id: one for one in aims})


def aimed(category="c03", begun=BEGAN, days=10, name="k", share=0.8):
    return Aim(name, name.title(), begun, begun + days - 1, category, share)


def tried(seed, pick=None, factor=1.0, **sales):
    """The attempt of a campaign of ten days in a random category, and its true effect."""
    rng = np.random.default_rng(seed + 10_000)
    sold, lines = year_of_sales(seed, **sales)
    begun = int(rng.integers(400, sold.shape[1] - 42))
    row = int(rng.integers(len(sold))) if pick is None else pick(sold, begun)
    sold = sold.copy()
    days = slice(begun, begun + 42)
    true = (factor - 1) * sold[row, days].sum()
    sold[row, days] *= factor
    one = aimed(f"c{row:02d}", begun)
    return attempt(booked(sold, lines, one), one), true


def claims(found):
    """How many attempts passed, and of all how many claim more, less."""
    passed = [one.numbers for one, _ in found if not one.failed]
    more, less = (sum(f(one) for one in passed) for f in (_more, _less))
    return len(passed), more / len(found), less / len(found)


def _more(numbers):
    return numbers["low"] > 0


def _less(numbers):
    return numbers["high"] < 0


# --- chance and planted effects -----------------------------------------------------------------


@pytest.mark.parametrize("keeps", [0.3, 0.6, 0.9])
def test_where_nothing_was_done_hardly_anything_is_claimed(keeps):
    """Of 200: 2.5% at each end are five; more than twice that comes in one of 70 such tests."""
    found = [tried(seed, keeps=keeps) for seed in range(200)]
    passed, more, less = claims(found)
    assert passed > 80
    assert more <= 0.05 and less <= 0.05 and more + less <= 0.06


def test_a_category_that_is_picked_when_it_is_down_comes_back_by_itself():
    """Campaigns are made for what sells badly: without a look at that, chance looks like effect."""

    def lowest(sold, begun):
        now, usual = sold[:, begun - 56 : begun], sold[:, begun - 168 : begun - 56]
        return int(np.argmin(now.mean(axis=1) / usual.mean(axis=1)))

    found = [tried(seed, lowest) for seed in range(150)]
    _, more, less = claims(found)
    assert more <= 0.04 and less <= 0.04
    assert sum(one.failed == "extreme" for one, _ in found) > 60


@pytest.mark.parametrize(("factor", "least"), [(3.0, 0.8), (0.25, 0.7)])
def test_what_is_strong_is_found_with_its_sign_and_mostly_within_its_interval(factor, least):
    found = [tried(seed, factor=factor, heavy=0.2) for seed in range(80)]
    passed = [(one.numbers, true) for one, true in found if not one.failed]
    assert len(passed) > 30
    right = [_more(n) if factor > 1 else _less(n) for n, _ in passed]
    wrong = [_less(n) if factor > 1 else _more(n) for n, _ in passed]
    assert np.mean(right) >= least and not any(wrong)
    assert np.mean([n["low"] <= true <= n["high"] for n, true in passed]) >= 0.88


def test_of_twenty_donors_the_mixture_that_follows_best_is_compared():
    found = [tried(seed, units=22, factor=f) for f in (1.0, 3.0) for seed in range(20)]
    assert {one.design for one, _ in found if one.one is not None} == {MIXTURE}
    _, more, less = claims(found[:20])
    assert more + less <= 0.1
    passed = [one.numbers for one, _ in found[20:] if not one.failed]
    assert np.mean([_more(one) for one in passed]) >= 0.6
    mixed = found[0][0].one
    assert mixed.weights.min() >= 0 and mixed.weights.sum() == pytest.approx(1)


# --- the checks ---------------------------------------------------------------------------------


def calm(units=12, weeks=96, seed=5):
    """Sales without seasons or memory: every check passes."""
    rng = np.random.default_rng(seed)
    shape = (units, 7 * weeks)
    return 10_000 * rng.lognormal(0, 0.3, shape), np.full(shape, 5.0)


def checked(aim=None, *others, sold=None, lines=None, last=None, **shape):
    usual, usual_lines = calm(**shape)
    sold = usual if sold is None else sold
    lines = usual_lines if lines is None else lines
    aim = aim or aimed()
    one = attempt(replace(booked(sold, lines, aim, *others), last=last or sold.shape[1] - 1), aim)
    assert bool(one.failed) == bool(one.why) and one.failed in ("", *CHECKS)
    return one


def test_a_calm_shop_passes_every_check():
    one = checked()
    assert (one.failed, one.design) == ("", DIFFERENCE)
    assert one.said == "all checks passed, beside 11 other categories and 155 placebos"


@pytest.mark.parametrize(
    ("aim", "check", "why"),
    [
        (replace(aimed(), **NONE), "days", "nothing says when it ran"),
        (replace(aimed(), ended=None), "days", "nothing says when it ended"),
        (aimed(begun=700), "days", "begins on 2 Dec 1971"),
        (aimed(begun=650), "days", "known on 24 Nov 1971"),
        (aimed(begun=55), "days", "the data have 7 of the 8 weeks before it"),
        (aimed(begun=-20), "days", "the data have 0 of the 8 weeks before it"),
        (aimed(begun=70), "past", "too short a past: 11 placebos make no interval"),
        (aimed(""), "category", "no sale of a known category is credited to it"),
        (
            aimed(share=0.499),
            "category",
            "at no category: c03 has most of its sales, 49.9%",
        ),
    ],
)
def test_why_a_campaign_cannot_be_told(aim, check, why):
    one = checked(aim)
    assert (one.failed, one.why) == (check, why)


def test_the_last_week_must_be_over():
    assert checked(aimed(begun=630)).failed == ""
    assert checked(aimed(begun=630), last=670).why == "known on 4 Nov 1971"


def test_as_many_days_count_after_a_campaign_as_with_a_control_group():
    assert DAYS_AFTER == campaign_audience.DAYS_AFTER


def test_an_end_that_nothing_bounds_is_infinite_and_no_claim():
    """Many other categories fall to nothing: chance may do that, so anything may have been lost."""
    sold, _ = calm()
    sold[[0, 1, 2, 4, 5, 6, 7], BEGAN : BEGAN + 42] = 0
    one = checked(sold=sold)
    assert one.failed == "units"
    assert one.numbers["high"] == pytest.approx(sold[3, BEGAN : BEGAN + 42].sum())


def test_too_few_sales_before():
    _, lines = calm()
    lines[3, BEGAN - 56 : BEGAN] = 0
    lines[3, BEGAN - 40 : BEGAN - 11] = 1
    one = checked(lines=lines)
    assert one.why == "too few to say: 29 order lines of c03 in the 8 weeks before"
    lines[3, BEGAN - 1] = 1
    assert checked(lines=lines).failed == ""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_category_that_sold_nothing(when):
    sold, _ = calm()
    sold[3, slice(BEGAN - 56, BEGAN) if when == "before" else slice(BEGAN, BEGAN + 42)] = 0
    one = checked(sold=sold)
    assert one.failed == "sales" and "sold nothing" in one.why


@pytest.mark.parametrize("units", [1, 2, 5, 6])
def test_too_few_other_categories(units):
    aim = aimed("c00")
    one = checked(aim, units=units)
    many = units - 1
    said = "1 other category" if many == 1 else f"{many} other categories"
    assert one.why == ("" if many >= 5 else f"{said} to compare with, not 5")


@pytest.mark.parametrize(
    ("begun", "overlaps"),
    [(BEGAN + 41, True), (BEGAN + 42, False), (BEGAN - 93, True), (BEGAN - 94, False)],
)
def test_another_campaign_at_the_same_category(begun, overlaps):
    """From eight weeks before to the end; another one counts to 28 days after its last day."""
    one = checked(aimed(), aimed(begun=begun, name="other"))
    assert one.why == ("Other was aimed at c03 in these weeks too" if overlaps else "")
    one = checked(aimed(), replace(aimed(begun=begun, name="other"), share=0.3))
    assert one.failed == ""


def test_a_category_at_which_another_campaign_was_aimed_is_no_donor():
    one = checked(aimed(), aimed("c05", name="other"))
    assert (one.failed, one.numbers["donors"]) == ("", 10)
    assert 5 not in one.one.donors
    early = checked(aimed(), aimed("c05", begun=BEGAN - 300, name="other"))
    assert early.numbers["donors"] == 11
    assert early.numbers["placebos"] < checked().numbers["placebos"]


def test_a_category_that_went_its_own_way_before():
    sold, _ = calm()
    sold[3, BEGAN - 56 : BEGAN] *= np.repeat(np.linspace(0.7, 1.3, 8), 7)
    one = checked(sold=sold)
    assert one.failed == "trend" and "went its own way before it already (p = 0.0" in one.why


def test_a_category_that_jumps_at_other_times_too():
    sold, _ = calm()
    for times in (5, 9):
        sold[3, BEGAN - times * 42 : BEGAN - times * 42 + 42] *= 3
    one = checked(sold=sold)
    assert one.failed == "dates" and one.why.endswith(" of 12 earlier dates too")


def test_a_time_at_which_other_categories_jump_too():
    sold, _ = calm()
    sold[[5, 7], BEGAN : BEGAN + 42] *= 2
    one = checked(sold=sold)
    assert one.failed == "units" and one.why.endswith(" of 11 other categories too")


# --- a shop row by row --------------------------------------------------------------------------


def rows_of_a_shop(seed=3, factor=3.0):
    """Orders a day of seven categories and one without; the campaign's sells more from day 400."""
    rng = np.random.default_rng(seed)
    orders = []
    for day in range(1, 450):
        for number in range(8):
            many = rng.poisson(2 + number * (factor if number == 2 and day >= 400 else 1))
            for one in range(many):
                price = float(np.round(rng.lognormal(3, 0.4), 2))
                of = "k" if number == 2 and day >= 400 and one < 3 else None
                status = rng.choice(["completed", "completed", "returned", "cancelled"])
                values = {"product_id": f"p{number}", "campaign_id": of, "status": str(status)}
                orders.append(line(f"{day}-{number}-{one}", day, unit_price=price, **values))
    products = [{"product_id": f"p{n}", "category": f"C{n} / D"} for n in range(7)]
    return orders, [*products, {"product_id": "p7", "category": None}]


@pytest.fixture(scope="module")
def rows():
    return rows_of_a_shop()


@pytest.fixture(scope="module")
def opened(rows, tmp_path_factory):
    plans = [campaign("k", 400, may(406)), campaign("later", 440, may(449)), campaign("nobody")]
    orders, products = rows
    found = shop(
        tmp_path_factory.mktemp("quasi") / "s", orders=orders, products=products, campaigns=plans
    )
    yield found
    found.close()


def naive(orders):
    """Net revenue of C2 beyond what it would have been, had it grown as C0 to C6 without it."""
    sold = {(number, side): 0.0 for number in range(8) for side in ("before", "after")}
    for row in orders:
        day = int(row["order_id"].split("-")[0])
        side = "before" if 344 <= day < 400 else "after" if 400 <= day < 435 else ""
        if side and row["status"] == "completed":
            sold[int(row["product_id"][1]), side] += round(100 * row["unit_price"])
    others = [n for n in range(7) if n != 2]
    before, after = (sum(sold[n, side] for n in others) for side in ("before", "after"))
    return sold[2, "after"] - sold[2, "before"] * after / before


def test_the_effect_is_that_of_raw_rows(opened, rows):
    view = CAMPAIGN.view.parse({"days": 90})
    found = quasi(opened, view).set_index("campaign_id")
    row = found.loc["k"]
    assert row["effect"] == pytest.approx(naive(rows[0]), rel=1e-9)
    assert row["passed"] and row["design"] == DIFFERENCE
    assert 0 < row["low"] < row["effect"] < row["high"]
    assert row["why"].startswith("all checks passed, beside 6 other categories and ")
    assert found.loc["later", "why"].startswith("known on ")
    assert found.loc["nobody", "why"] == "nothing says when it ran"
    assert found.loc[["later", "nobody"], ["effect", "low", "high"]].isna().all(axis=None)


def test_the_panel_draws_it_and_says_what_was_found(opened, rows):
    frame = panel(opened, "without_control", days=90)
    row = frame.set_index("name").loc["k"]
    assert row["beyond"] == pytest.approx(naive(rows[0]))
    assert (row["aimed_at"], row["aimed_share"], row["donors"]) == ("C2", 1.0, 6)
    title = CAMPAIGN.panel("without_control").finding(frame)
    assert title.startswith("k: C2 ") and title.endswith(" beyond the others")
    path = pd.DataFrame(frame.attrs["path"])
    assert list(dict.fromkeys(path["what"])) == ["C2", "Other categories", "Chance (95%)"]
    lines = path[path["index"].notna()]
    before = lines[lines["week"] < pd.Timestamp(may(400))]
    assert before.groupby("what")["index"].mean().tolist() == pytest.approx([100, 100])
    assert before.groupby("what").size().tolist() == [8, 8]
    assert len(lines) == 2 * 13
    assert frame.attrs["run"][0]["since"] == pd.Timestamp(may(400))


def test_what_cannot_be_told_is_named_in_the_title(opened):
    frame = panel(opened, "without_control", days=90, campaign="later")
    title = CAMPAIGN.panel("without_control").finding(frame)
    assert title == "later: cannot be told, too few weeks are known"
    assert not frame.attrs["path"]
    drawing = CAMPAIGN.panel("without_control").chart(frame).to_dict(validate=False)
    assert "Nothing to draw: see the table." in str(drawing["datasets"])


def test_the_day_looked_at_is_the_last_that_counts(opened):
    early = quasi(opened, CAMPAIGN.view.parse({"days": 90, "as_of": may(433)}))
    assert early.set_index("campaign_id").loc["k", "why"] == "known on 9 Jul 2025"
    over = quasi(opened, CAMPAIGN.view.parse({"days": 90, "as_of": may(434)}))
    assert over.set_index("campaign_id").loc["k", "passed"]


def test_without_categories_or_credited_orders_it_says_so(tmp_path):
    orders = [line(f"o{day}", day, campaign_id="k") for day in range(1, 40)]
    store = shop(tmp_path / "s", orders=orders, campaigns=[campaign("k", 5, 9)])
    why = quasi(store, CAMPAIGN.view()).set_index("campaign_id").loc["k", "why"]
    assert why == "the data have 0 of the 8 weeks before it"
    store.close()
    bare = [{k: v for k, v in row.items() if k != "campaign_id"} for row in orders]
    store = shop(tmp_path / "t", orders=bare, campaigns=[campaign("k", 5, 9)])
    with pytest.raises(MissingDataError, match="campaign_id"):
        quasi(store, CAMPAIGN.view())
    store.close()


# --- the samples ----------------------------------------------------------------------------------


def test_no_campaign_of_the_samples_without_control_group_can_be_told(store):
    """Their sales are spread over all categories: that is how they were planted."""
    found = quasi(store, CAMPAIGN.view.parse({"days": 730})).set_index("campaign_id")
    assert {"C01", "C02", "C08", "C16", "C31"} <= set(found.index)
    assert not found["passed"].any()
    assert found[["effect", "low", "high"]].isna().all(axis=None)
    told = effects(store, CAMPAIGN.view.parse({"days": 730})).dropna(subset=["incremental"])
    assert not set(told["campaign_id"]) & set(found.index)


def test_where_no_category_was_favoured_the_samples_show_none(store):
    """Campaigns of the samples lift all categories alike, so that the truth beside others is 0.

    Every category takes the place of the treated one at every campaign that has weeks enough.
    """
    all_of_it = book(store, CAMPAIGN.view.parse({"days": 730}))
    nobody = {name: replace(aim, share=0.0) for name, aim in all_of_it.aims.items()}
    quiet = replace(all_of_it, aims=nobody)
    found = []
    for aim in nobody.values():
        for category in all_of_it.categories:
            one = attempt(quiet, replace(aim, category=category, share=1.0))
            if one.failed not in ("days", "sales", "donors", "past"):
                found.append((one, 0.0))
    passed, more, less = claims(found)
    assert len(found) > 200 and passed > 120
    assert more <= 0.05 and less <= 0.05


def test_a_product_that_was_pushed_is_seen_in_its_category_but_a_trend_stands_before_it(store):
    """The one campaign of the samples with most of its sales in one category has a control group.

    Its control group says more; the comparison refuses, since Beauty rose before.
    """
    all_of_it = book(store, CAMPAIGN.view.parse({"days": 730}))
    one = attempt(all_of_it, all_of_it.aims["C29"])
    assert (one.aim.category, one.failed) == ("Beauty", "trend")
    frame = panel(store, "without_control", days=365, campaign="Product of the Month")
    title = CAMPAIGN.panel("without_control").finding(frame)
    assert title == "Product of the Month has a control group, which tells more"
    assert frame.attrs["path"]


# --- a real shop ----------------------------------------------------------------------------------


@pytest.mark.skipif(not JOURNEY.is_dir(), reason="Complete Journey is not here")
def test_of_a_real_shop_without_control_groups_next_to_nothing_can_be_told():
    """27 campaigns with coupons in a year of groceries: most overlap, or begin the data, or end it.

    A redeemed coupon credits what the household bought of its products on that day.
    """
    read = {
        name: pd.read_parquet(JOURNEY / f"{name}.parquet")
        for name in (
            *("transactions", "products", "coupons", "coupon_redemptions"),
            "campaign_descriptions",
        )
    }
    lines = read["transactions"].merge(read["products"], on="product_id", how="inner")
    lines = lines.assign(day=lines["transaction_timestamp"].dt.date.map(day_number))
    first, last = day_number(date(2017, 1, 1)), day_number(date(2017, 12, 31))
    lines = lines[lines["day"].between(first, last)]
    cells = lines.groupby(["department", "day"])["sales_value"].agg(["sum", "size"])
    table = cells.unstack(fill_value=0.0).reindex(
        columns=pd.MultiIndex.from_product([["sum", "size"], range(first, last + 1)]),
        fill_value=0.0,
    )
    used = read["coupon_redemptions"].merge(read["coupons"], on=["coupon_upc", "campaign_id"])
    used = used.assign(day=pd.to_datetime(used["redemption_date"]).dt.date.map(day_number))
    keys = ["household_id", "product_id", "day"]
    credited = used[["campaign_id", *keys]].drop_duplicates().merge(lines, on=keys)
    sums = credited.groupby(["campaign_id", "department"])["sales_value"].sum()
    aims = []
    for row in read["campaign_descriptions"].to_dict("records"):
        own = sums.get(row["campaign_id"], pd.Series(dtype=float))
        begun, ended = (
            day_number(pd.Timestamp(row[name]).date()) for name in ("start_date", "end_date")
        )
        category = str(own.idxmax()) if len(own) else ""
        share = float(own.max() / own.sum()) if len(own) else 0.0
        aims.append(
            Aim(str(row["campaign_id"]), str(row["campaign_id"]), begun, ended, category, share)
        )
    names = tuple(str(name) for name in table.index)
    sold, many = (table[part].to_numpy(dtype=float) for part in ("sum", "size"))
    shelf = Book(first, last, names, 100 * sold, many, {one.campaign_id: one for one in aims})
    found = {aim.campaign_id: attempt(shelf, aim) for aim in aims}
    assert len(found) == 27
    assert sum(not one.failed for one in found.values()) == 0
    assert {one.failed for one in found.values()} >= {"days", "overlap"}
