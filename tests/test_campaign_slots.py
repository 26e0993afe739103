"""By slot: what was shown there is known; what is credited to several slots is of none of them."""

from __future__ import annotations

import math

import pytest

from ops_widgets.analyses.campaign_performance.economics import groups

from .campaign_shop import CAMPAIGN, campaign, line, may, numbers, panel, ran, shop

UNSPLIT = "what is credited to a campaign of several slots is of none of them"
#: k is of the slot of its own row; l of those of its days, one of them without a name, which is
#: its own; m of one slot by its days, whatever its row says; n of none that anybody names.
PLANS = [
    campaign("k", 3, 9, slot_id="top", objective="trust"),
    campaign("l", 3, 9, slot_id="side", objective="trust"),
    campaign("m", 3, 9, slot_id="top", objective="repeat purchase"),
    campaign("n", 3, 9, slot_id=None, objective=None),
]
DAYS = [
    *ran("k", *range(3, 10), slot_id=None),
    *ran("l", *range(3, 10), slot_id=None),
    *ran("l", *range(3, 6), slot_id="top", clicks=20, cost=1.5),
    *ran("m", *range(3, 10), slot_id="push"),
    *ran("n", *range(3, 10), slot_id=None),
]
ORDERS = [
    *(line(f"{name}{i}", 4 + i, campaign_id=name) for name in "klmn" for i in range(3)),
    line("begin", -200),
    line("end", 30),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slots") / "s"
    opened = shop(folder, orders=ORDERS, campaigns=PLANS, campaign_days=DAYS)
    yield opened
    opened.close()


def by_slot(store, **view):
    return panel(store, "by_group", by="slot", as_of=may(30), **view).set_index("group")


def test_reach_and_cost_are_of_the_slot_of_each_row(store):
    shown = by_slot(store)
    assert set(shown.index) == {"Top", "Side", "Push", "(unknown)"}
    assert shown["impressions"].to_dict() == {
        "Top": 7_000 + 3_000, "Side": 7_000, "Push": 7_000, "(unknown)": 7_000
    }  # fmt: skip
    assert shown.loc["Top", "clicks"] == 70 + 60
    assert shown.loc["Top", "cost"] == 7 * 500 + 3 * 150
    other = panel(store, "by_group", by="format", as_of=may(30))
    for name in ("impressions", "clicks", "cost"):
        assert shown[name].sum() == other[name].sum(), "the slots add up to what there is"


def test_what_is_credited_to_several_slots_is_unknown_in_each_and_never_split(store):
    shown = groups(store, CAMPAIGN.view(by="slot", as_of=may(30)))[0].set_index("group")
    for name in ("orders", "net_revenue", "gmv", "new_customers", "returning_customers"):
        assert shown.loc[["Top", "Side"], name].isna().all(), name
        assert shown.loc[["Push", "(unknown)"], name].notna().all(), name
    assert shown.loc["Push", "orders"] == 3
    steps = panel(store, "funnel", by="slot", as_of=may(30))
    said = steps.set_index(["group", "step"])["remark"]
    assert said["Top", "orders"] == UNSPLIT
    total = {row["step"]: row["count"] for row in steps.attrs["total"]}
    assert total["orders"] == 12, "all together it is known"


def test_a_day_of_one_slot_alone_is_nothing_of_the_other(store):
    """From the 6th on l had rows of its own slot only."""
    shown = by_slot(store, since=may(6), until=may(9))
    assert shown.loc["Top", "impressions"] == 4_000
    assert shown.loc["Side", "impressions"] == 4_000
    assert math.isnan(shown.loc["Side", "orders"])


def test_the_other_panels_follow_a_picked_slot(store):
    picked = {"by": "slot", "group": "Top", "as_of": may(30)}
    rows = panel(store, "by_campaign", **picked).set_index("name")
    assert set(rows.index) == {"k", "l"}
    assert rows.loc["l", "cost"] == 3 * 150
    assert math.isnan(rows.loc["l", "net_revenue"]) and rows.loc["k", "net_revenue"] == 3_000
    found = numbers(store, **picked)
    assert found["cost"].value == 3_500 + 450
    for name in ("net_revenue", "orders", "contribution", "roas"):
        assert found[name].value is None
        assert found[name].detail == UNSPLIT
    weekly = panel(store, "weekly", **picked)
    ran_in = weekly[weekly["running"].fillna("").str.contains("l")]
    assert ran_in["cost"].sum() == 3_500 + 450
    assert ran_in["net_revenue"].isna().all()
    assert set(panel(store, "platform", **picked)["name"]) == {"k", "l"}


def test_without_a_picked_slot_campaigns_are_whole(store):
    rows = panel(store, "by_campaign", by="slot", as_of=may(30)).set_index("name")
    assert rows.loc["l", "cost"] == 7 * 500 + 450
    assert rows.loc["l", "orders"] == 3


def test_what_can_be_picked_is_what_is_shown(store):
    choices = CAMPAIGN.choices(store)
    for by in ("slot", "objective", "campaign", "format"):
        shown = panel(store, "by_group", by=by, as_of=may(30))["group"]
        assert set(shown) <= set(choices[f"group|by={by}"]), by
    assert set(choices["group|by=slot"]) == {"Top", "Side", "Push", "(unknown)"}
    assert choices["group|by=campaign"] == ["k", "l", "m", "n"]
    objectives = panel(store, "by_group", by="objective", as_of=may(30)).set_index("group")
    assert objectives["orders"].to_dict() == {"Trust": 6, "Repeat purchase": 3, "(unknown)": 3}


def test_a_day_that_nobody_knows_is_unknown_in_every_slot(tmp_path):
    days = [row for row in DAYS if (row["campaign_id"], row["day"]) != ("l", may(8))]
    store = shop(tmp_path / "s", orders=ORDERS, campaigns=PLANS, campaign_days=days)
    shown = by_slot(store)
    assert shown.loc[["Top", "Side"], "cost"].isna().all()
    assert shown.loc["Push", "cost"] == 3_500
    store.close()


@pytest.mark.parametrize("known", ["slot_id", "objective"])
def test_a_shop_that_knows_nothing_else_opens_by_what_it_knows(tmp_path, known):
    plans = [campaign("k", 3, 9) | {known: "one"}]
    plans = [
        {
            name: value
            for name, value in row.items()
            if name not in ("content_type", "format", "channel")
        }
        for row in plans
    ]
    store = shop(tmp_path / "s", orders=ORDERS, campaigns=plans)
    view = CAMPAIGN.opening(store, CAMPAIGN.view())
    assert view.by == known.removesuffix("_id")
    store.close()
