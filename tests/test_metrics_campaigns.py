"""Funnel and economics: ratios of sums, and unknown where something is unknown."""

import numpy as np
import pandas as pd
import pytest

from ops_widgets.metrics.campaigns import (
    SUMS,
    campaign_economics,
    distinct_orders,
    funnel,
)


def campaigns(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame([dict.fromkeys(SUMS, 0) | {"group": "all"} | row for row in rows])


def test_a_rate_of_a_group_is_a_ratio_of_sums_not_a_mean_of_ratios():
    table = campaign_economics(
        campaigns({"impressions": 1000, "clicks": 100}, {"impressions": 9000, "clicks": 90}),
        "group",
    )
    assert table["ctr"][0] == pytest.approx(190 / 10_000)


def test_cac_divides_by_new_customers_only():
    table = campaign_economics(
        campaigns({"cost": 5000, "orders": 100, "new_customers": 20}), "group"
    )
    assert table["cac"][0] == 250


def test_contribution_is_what_goods_and_campaign_leave_of_net_revenue():
    row = campaign_economics(
        campaigns({"net_revenue": 1000, "goods_cost": 600, "cost": 150}), "group"
    ).iloc[0]
    assert row["contribution"] == 250
    assert row["contribution_margin"] == pytest.approx(0.25)
    assert row["roas"] == pytest.approx(1000 / 150)


def test_one_line_without_cost_makes_the_contribution_unknown():
    row = campaign_economics(
        campaigns({"net_revenue": 1000, "goods_cost": 600, "cost": 150, "cost_unknown": 1}), "group"
    ).iloc[0]
    assert np.isnan(row["contribution"])
    assert row["roas"] == pytest.approx(1000 / 150)


def test_a_campaign_without_cost_makes_the_groups_cost_unknown_not_smaller():
    table = campaign_economics(
        campaigns({"cost": 100, "net_revenue": 500}, {"cost": np.nan, "net_revenue": 500}), "group"
    )
    assert np.isnan(table["cost"][0])
    assert np.isnan(table["roas"][0])
    assert table["net_revenue"][0] == 1000


def test_what_comes_for_nothing_has_no_price():
    row = campaign_economics(
        campaigns({"net_revenue": 1000, "cost": 0, "orders": 5, "new_customers": 5}), "group"
    ).iloc[0]
    assert row["cost"] == 0
    assert row[["roas", "cac"]].isna().all()


def test_an_order_of_two_campaigns_counts_once_in_their_group():
    """Two orders of a alone, one of a and b, one of b alone by nobody known."""
    facts = campaigns(
        {"campaign_id": "a", "orders": 3, "new_customers": 2},
        {"campaign_id": "b", "orders": 2, "new_customers": 1},
        {"campaign_id": "c", "group": "idle"},
    )
    credits = pd.DataFrame(
        [(1, "a", 2, 1, 0), (2, "a", 1, 1, 0), (2, "b", 1, 1, 0), (3, "b", 1, 0, 1)],
        columns=["credit", "campaign_id", "orders", "new_customers", "orders_of_unknown"],
    )
    table = campaign_economics(facts, "group", credits).set_index("group")
    assert table.loc["all", ["orders", "new_customers"]].tolist() == [4, 2]
    assert table.loc["idle", ["orders", "new_customers"]].tolist() == [0, 0]
    of_nobody = distinct_orders(credits[credits["credit"] == 3], "campaign_id")
    assert of_nobody["orders"].tolist() == [1]
    assert of_nobody["new_customers"].isna().all()


def test_nothing_divided_by_nothing_is_unknown():
    row = campaign_economics(campaigns({}), "group").iloc[0]
    assert row[["ctr", "orders_per_click", "aov", "roas", "cac"]].isna().all()


def test_no_campaign_gives_an_empty_table():
    assert campaign_economics(campaigns({}).iloc[:0], "group").empty


def test_the_funnel_names_what_each_step_is_a_part_of():
    table = campaign_economics(
        campaigns({"impressions": 1000, "clicks": 50, "orders": 10, "new_customers": 4}), "group"
    )
    steps = funnel(table, "group").set_index("step")["of_previous"]
    assert steps[["clicks", "orders", "new_customers"]].tolist() == [0.05, 0.2, 0.4]
    assert np.isnan(steps["impressions"])
