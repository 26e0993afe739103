"""What is said of whole campaigns: verdicts, grades, the chain, peers; planted truths are found."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import numpy as np
import pandas as pd
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.analyses.campaign_performance import effect
from ops_widgets.analyses.campaign_performance.grade import overlaps
from ops_widgets.analyses.campaign_performance.reviewed import all_reviewed, reviewed, verdicts
from ops_widgets.errors import MissingDataError

from .campaign_shop import CAMPAIGN, campaign, line, may, moment, shop
from .truth import CAMPAIGNS, of_kind

WHOLE = {"days": 730}


def panel(store, name, **view):
    return CAMPAIGN.panel(name).compute(store, CAMPAIGN.view.parse(view))


def table(store, **view):
    return reviewed(store, CAMPAIGN.view.parse(WHOLE | view)).set_index("name")


# --- planted in the samples ------------------------------------------------------------------


def test_the_useless_campaign_is_stopped_although_its_roas_is_the_best(store):
    rows = table(store)
    name = of_kind("about_to_buy")["name"]
    assert rows["roas"].idxmax() == name
    assert rows.loc[name, "verdict"] == "stop"
    assert rows.loc[name, "left_high"] < 0 < rows.loc[name, "contribution"]


def test_what_was_only_bought_earlier_is_nothing_in_the_end(store):
    """Gains in its days, loses as much in the 28 after: both beyond chance, the net is none."""
    rows = table(store)
    row = rows.loc[of_kind("pull_forward")["name"]]
    assert row["during_sure_low"] > 0
    assert row["after_sure_high"] < 0
    assert row["incremental_low"] < 0 < row["incremental_high"]
    assert row["verdict"] == "stop"


def test_the_broken_split_is_graded_c_and_nothing_is_read_from_it(store):
    rows = table(store)
    row = rows.loc[of_kind("broken_split")["name"]]
    assert row["grade"] == "C"
    assert row["lost"].startswith("not as drawn")
    assert row[["incremental", "left", "after", "q"]].isna().all()
    seen = panel(store, "experiment", **WHOLE)
    assert seen["name"].iloc[0] == of_kind("broken_split")["name"], "what is broken comes first"


def test_a_small_hold_out_of_heavy_spend_shows_no_money(store):
    name = of_kind("heavy_spend")["name"]
    row = table(store).loc[name]
    assert (row["grade"], row["verdict"]) == ("C", "test")
    assert "held back bought" in row["lost"]
    shown = panel(store, "experiment", **WHOLE).set_index("name").loc[name]
    assert pd.isna(shown["lift"])
    assert shown["bought_low"] < 0 < shown["bought_high"], "conversions are compared all the same"


def test_what_is_scaled_was_planted_to_pay(store):
    """Of planted effects on net revenue, at the margin of what they caused, less their cost."""
    rows = table(store)
    planted = {one["name"]: one for one in CAMPAIGNS if "treatment" in one}
    margin = rows["gross_profit"].sum() / rows["incremental"].sum()
    scaled = rows[rows["verdict"] == "scale"]
    assert len(scaled) >= 3
    for name, row in scaled.iterrows():
        truth = planted[name]["incremental_net_revenue"] * planted[name]["treatment"] * 100
        assert truth * margin > row["cost"], name


def test_the_effects_of_many_campaigns_hold_the_planted_ones(store):
    """In their days: of some 24 intervals one or two may miss."""
    rows = table(store)
    missed = []
    for one in CAMPAIGNS:
        if "treatment" in one and not pd.isna(rows.during[one["name"]]):
            truth = one["incremental_net_revenue"] * one["treatment"] * 100
            row = rows.loc[one["name"]]
            if not row["during_low"] <= truth <= row["during_high"]:
                missed.append(one["name"])
    assert len(missed) <= 3, missed


# --- from one definition ---------------------------------------------------------------------


def test_the_chain_closes_and_is_the_sum_of_the_review(store):
    rows = table(store)
    told = rows[rows["left_error"].notna()]
    chain = panel(store, "chain", **WHOLE).set_index("link")
    amount = chain["amount"]
    assert amount["Credited"] + amount["Not caused"] == pytest.approx(
        amount["Caused until its last day"]
    )
    assert amount["Caused until its last day"] + amount["In the days after it"] == pytest.approx(
        amount["Caused in all"]
    )
    left = amount["Caused in all"] + amount["Goods"] + amount["Cost"]
    assert left == pytest.approx(amount["Left"]) == pytest.approx(told["left"].sum())
    # The error of a sum of campaigns that know nothing of each other.
    half = 1.959963984540054 * np.sqrt((told["left_error"] ** 2).sum())
    assert chain.loc["Left", "amount_high"] - amount["Left"] == pytest.approx(half)
    one = panel(store, "chain", campaign="Summer Skin Guide", **WHOLE).set_index("link")["amount"]
    assert one["Caused in all"] == pytest.approx(rows.loc["Summer Skin Guide", "incremental"])


def test_the_table_the_chart_and_the_finding_say_the_same(store):
    shown = panel(store, "review", **WHOLE).set_index("name")
    rows = table(store)
    assert shown["left"].sort_index().to_dict() == pytest.approx(
        rows["left"].sort_index().to_dict(), nan_ok=True
    )
    by_campaign = panel(store, "by_campaign", **WHOLE).set_index("name")
    same = by_campaign["incremental"].reindex(shown.index)
    both = shown["incremental"].notna() & same.notna()
    assert shown.loc[both, "incremental"].to_dict() == pytest.approx(same[both].to_dict())


def test_a_filter_changes_which_rows_are_shown_and_none_of_their_numbers(store):
    """The family of q is fixed by definition: choosing fewer campaigns makes no evidence."""
    every, some = table(store), table(store, content_types=("shopping_guide",))
    recent = table(store, days=90)
    for part in (some, recent):
        assert 0 < len(part) < len(every)
        numbers = part.select_dtypes("number").columns.drop("cost_unknown")
        pd.testing.assert_frame_equal(part[numbers], every.loc[part.index, numbers])
    said = panel(store, "review", **WHOLE).attrs["more"]["q"]
    assert said == panel(store, "review", content_types=("shopping_guide",)).attrs["more"]["q"]
    assert f"among the {effect.tested(store, CAMPAIGN.view.parse(WHOLE)).family} campaigns" in said


def test_parts_add_up_to_the_difference_of_the_arms(store):
    view = WHOLE | {"campaign": "Summer Skin Guide"}
    parts = panel(store, "effect_parts", **view)
    sums = store.query(
        "select arm, sum(net_revenue) as n, sum(customers) as c from campaign_arm "
        "where campaign_id = 'C09' group by arm"
    ).set_index("arm")
    treated, held = (sums.loc[arm, "n"] / sums.loc[arm, "c"] for arm in ("treatment", "control"))
    whole = (treated - held) * sums.loc["treatment", "c"]
    for split, rows in parts.groupby("split"):
        assert rows["part_caused"].sum() == pytest.approx(whole), split
    assert set(parts["split"]) == {"By category", "By customer", "By segment"}
    assert (parts["part_low"] <= parts["part_caused"]).all()


def test_a_campaign_is_compared_with_its_kind_by_ratios_of_sums(store):
    view = CAMPAIGN.view.parse(WHOLE)
    peers = panel(store, "peers", campaign="Flash Saturday", **WHOLE).set_index("peer")
    every = all_reviewed(store, view).set_index("name")
    kind = every[every["content_type"] == every.loc["Flash Saturday", "content_type"]]
    others = kind.drop(index="Flash Saturday")
    row = peers.loc["Its kind"]
    assert row["campaigns"] == len(others)
    assert row["roas"] == pytest.approx(others["net_revenue"].sum() / others["cost"].sum())
    told = others[others["left"].notna()]
    assert row["left_per_cost"] == pytest.approx(told["left"].sum() / told["cost"].sum())
    last = peers.loc["The last one like it", "name"]
    assert every.loc[last, "ends_on"] < every.loc["Flash Saturday", "starts_on"]
    assert every.loc[last, "content_type"] == every.loc["Flash Saturday", "content_type"]


# --- grades and rules ------------------------------------------------------------------------


def test_campaigns_that_share_customers_lose_a_grade_and_are_named(store):
    rows = table(store)
    for name, others in (
        ("Flash Saturday", "Summer Skin Guide"),
        ("Cart Reminder", "Gift Finder"),
    ):
        assert rows.loc[name, "grade"] == "B"
        assert others in rows.loc[name, "overlaps"]
    audience = store.query("select * from campaign_overlap")
    sizes = store.query(
        "select campaign_id, sum(customers) as n from audience_arm group by campaign_id"
    ).set_index("campaign_id")["n"]
    shared = audience.groupby(["campaign_id", "other"])["customers"].sum()
    of = overlaps(store)["C10"][0]
    assert of.share == pytest.approx(shared["C10", "C09"] / sizes["C10"])
    clean = rows[(rows["grade"] == "A") & (rows["overlaps"] != "")]
    assert clean.empty, "in this shop whoever overlaps shares more than a tenth"


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ({"left_low": 1.0, "left_high": 9.0}, "scale"),
        ({"left_low": 1.0, "left_high": 9.0, "q": 0.06}, "test"),
        ({"left_low": -9.0, "left_high": -1.0}, "stop"),
        ({"left_low": -9.0, "left_high": -1.0, "incremental_low": -5.0}, "stop"),
        ({"left_low": -1.0, "left_high": 9.0}, "keep"),
        ({"left_low": -1.0, "left_high": 9.0, "q": 0.06}, "test"),
        ({"left_low": -1.0, "left_high": 9.0, "incremental_low": -5.0}, "test"),
        ({"grade": "C", "incremental_low": np.nan, "contribution": -5.0}, "stop"),
        ({"grade": "C", "incremental_low": np.nan, "contribution": -5.0, "orders": 29}, "test"),
        ({"grade": "C", "incremental_low": np.nan, "contribution": 5.0}, "test"),
    ],
)
def test_the_rule_looks_at_the_ends_of_intervals(ends, told):
    row = {"left_low": np.nan, "left_high": np.nan, "incremental_low": 5.0, "q": 0.01}
    row |= {"grade": "A", "orders": 100, "contribution": 5.0} | ends
    assert verdicts(pd.DataFrame([row])).tolist() == [told]


# --- running, and read at any time -----------------------------------------------------------


def test_a_running_campaign_is_known_later_or_read_with_wider_intervals(store):
    now = {"days": 90}
    rows = table(store, **now)
    assert rows.loc["A Quiet Winter", "lost"] == "known on 5 Jan 2026"
    early = table(store, looks="any_time", **now)
    row = early.loc["A Quiet Winter"]
    assert row["grade"] == "B"
    assert "still runs" in row["lost"]
    assert row["incremental_low"] < row["incremental"] < row["incremental_high"]
    over = rows[rows["incremental"].notna()].index
    width = [(r["incremental_high"] - r["incremental_low"]).loc[over] for r in (rows, early)]
    assert ((width[1] / width[0]).between(1.4, 1.9)).all(), "its price is said"
    note = panel(store, "by_campaign", looks="any_time").attrs["note"]
    assert "1.65 times as wide" in note
    # On an earlier day nobody knows what came in between: sums are of all of it.
    then = table(store, looks="any_time", as_of=date(2025, 11, 5), **now)
    assert then.loc["11.11 Deposit Guide", "lost"].startswith("known on")


# --- bad days --------------------------------------------------------------------------------


def arms(treated, held, key="k"):
    sizes = (("treatment", "t", treated), ("control", "h", held))
    return [
        {"campaign_id": key, "customer_id": f"{letter}{i}", "arm": arm, "assigned_at": moment(5)}
        for arm, letter, size in sizes
        for i in range(size)
    ]


REST = [line("begin", 2), line("end", 45), line("credited", 9, campaign_id="k")]


@pytest.mark.parametrize(
    ("audience", "orders", "why"),
    [
        (arms(200, 200), [], "0 of 200"),
        (arms(200, 0), [], "no control group"),
        (arms(0, 200), [], "nobody was treated"),
        ([], [], "no control group"),
        (
            arms(200, 200),
            [line(f"late {i}", 44, customer_id=f"t{i}") for i in range(150)],
            "0 of 200",
        ),
    ],
    ids=["nobody bought", "no control", "no treatment", "no audience", "only after the horizon"],
)
def test_what_cannot_be_read_says_why_and_nothing_breaks(tmp_path, audience, orders, why):
    tables = {"orders": [*REST, *orders], "campaigns": [campaign("k", 6, 10)]}
    if audience:
        tables["campaign_audience"] = audience
    store = shop(tmp_path / "s", **tables)
    view = CAMPAIGN.view.parse({"as_of": may(45)})
    row = reviewed(store, view).set_index("name").loc["k"]
    assert why in row["lost"]
    assert row["grade"] == "C"
    for name in ANALYSES["campaign_performance"].panels():
        with suppress(MissingDataError):
            assert len(CAMPAIGN.panel(name).compute(store, view)), name
    store.close()


def test_arms_that_differed_before_are_not_by_lot(tmp_path):
    """The treated had bought before, those held back had not."""
    before = [line(f"b{i}", 3, customer_id=f"t{i}") for i in range(120)]
    after = [line(f"a{who}{i}", 7, customer_id=f"{who}{i}") for who in "th" for i in range(120)]
    store = shop(
        tmp_path / "s",
        orders=[*REST, *before, *after],
        campaigns=[campaign("k", 6, 10, treatment_share=0.5)],
        campaign_audience=arms(150, 150),
    )
    row = reviewed(store, CAMPAIGN.view.parse({"as_of": may(45)})).set_index("name").loc["k"]
    assert row["lost"].startswith("not as drawn: the arms differed before it began")
    store.close()


def test_a_customer_in_both_arms_is_set_aside_with_the_rule_that_says_so(tmp_path):
    rows = arms(150, 150)
    rows.append(rows[0] | {"arm": "control"})
    store = shop(
        tmp_path / "s", orders=REST, campaigns=[campaign("k", 6, 10)], campaign_audience=rows
    )
    checked = store.manifest["check"]["tables"]["campaign_audience"]
    assert [r["rule"] for r in checked["rules"] if r["count"]] == ["audience_duplicated"]
    store.close()
