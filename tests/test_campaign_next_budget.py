"""What to spend next: a planted curve is found in a shop, and a test is named with what it sees."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ops_widgets.analyses.campaign_performance.next_budget import next_budgets
from ops_widgets.analyses.campaign_performance.reviewed import all_reviewed
from ops_widgets.stats.experiment import smallest_seen

from .campaign_shop import CAMPAIGN, campaign, line, may, moment, panel, ran, shop

ARM, BUYERS = 150, 110
VIEW = {"as_of": may(45), "days": 365}
#: What each campaign cost, and the gross profit that it is planted to cause: 90 x cost^0.5.
COSTS = np.geomspace(300, 9_000, 10)


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Ten guides that pay best at 45^2 = 2,025.00, and three stories."""
    orders, audience, days, plans = [line("begin", 1), line("end", 45)], [], [], []
    kinds = ["shopping_guide"] * len(COSTS) + ["scenario_story"] * 3
    for nth, (kind, cost) in enumerate(zip(kinds, [*COSTS, 500, 1000, 2000], strict=True)):
        key = f"c{nth}"
        plans.append(campaign(key, 6, 10, content_type=kind, treatment_share=0.5))
        days += ran(key, *range(6, 11), cost=cost / 5)
        for arm in ("treatment", "control"):
            more = 90 * cost**0.5 / BUYERS if arm == "treatment" else 0.0
            for i in range(ARM):
                who = f"{key} {arm} {i}"
                audience.append(
                    {"campaign_id": key, "customer_id": who, "arm": arm, "assigned_at": moment(5)}
                )
                if i < BUYERS:
                    price = 10.0 + i % 7 + more
                    orders.append(line(who, 8, customer_id=who, unit_price=round(price, 2)))
    store = shop(
        tmp_path_factory.mktemp("curve") / "s", orders=orders, campaigns=plans,
        campaign_days=days, campaign_audience=audience,
    )  # fmt: skip
    yield store
    store.close()


def test_the_budget_that_pays_best_is_found_and_said(planted):
    rows = panel(planted, "review", **VIEW)
    told = rows[rows["next_budget"].notna()]
    assert set(told["verdict"]) <= {"Scale", "Keep"}
    assert len(told) >= 5
    assert told["next_budget"].iloc[0] == pytest.approx(202_500, rel=0.1)
    said = told["next_step"].unique()
    assert len(said) == 1
    assert said[0].startswith("Its kind pays best at ¥2,0")
    low, high = (float(one.strip("¥)").replace(",", "")) for one in
                 said[0].split("(")[1].removesuffix(" or more)").split(" to "))  # fmt: skip
    assert 300 <= low < 2_025 < high <= 9_000


def test_a_kind_without_a_curve_says_which_condition_fails(planted):
    rows = panel(planted, "review", **VIEW)
    more = rows.attrs["more"]["next_budget"]
    assert more == "No curve: Scenario story: 3 of the 8 measured campaigns that it takes."
    stories = rows[rows["name"].isin(["c10", "c11", "c12"])]
    assert stories["next_budget"].isna().all()
    assert not stories["next_step"].str.startswith("Its kind").any()


def test_what_is_not_measured_by_lot_or_still_runs_carries_no_curve(planted):
    rows = all_reviewed(planted, CAMPAIGN.view.parse(VIEW))
    every = pd.Series(True, index=rows.index)
    guides = rows["content_type"] == "shopping_guide"
    assert next_budgets(planted, rows, every).loc[guides, "no_curve"].eq("").all()
    for less in (
        rows.assign(grade="C"),
        rows.assign(gross_profit_error=np.nan),
        rows.assign(cost=0.0),
    ):
        said = next_budgets(planted, less, every)
        assert said.loc[guides, "no_curve"].str.contains("0 of the 8").all()
        assert said["next_budget"].isna().all()
    assert next_budgets(planted, rows, ~every)["next_budget"].isna().all()
    unnamed = next_budgets(planted, rows.assign(content_type="(unknown)"), every)
    assert unnamed["next_budget"].isna().all()
    assert unnamed["no_curve"].eq("").all(), "what is of no known kind is no kind"


@pytest.mark.parametrize(
    ("factor", "words"),
    [(10, "a campaign or more (at least ¥"), (0.1, "a campaign or less (at most ¥")],
    ids=["more was never spent", "less was never spent"],
)
def test_beyond_the_costs_seen_only_the_last_one_is_named(planted, factor, words):
    rows = all_reviewed(planted, CAMPAIGN.view.parse(VIEW))
    scaled = rows.assign(
        gross_profit=factor * rows["gross_profit"],
        gross_profit_error=factor * rows["gross_profit_error"],
    )
    found = next_budgets(planted, scaled, pd.Series(True, index=rows.index))
    row = found[rows["content_type"] == "shopping_guide"].iloc[0]
    assert row["next_budget"] == pytest.approx(100 * COSTS[-1 if factor > 1 else 0])
    assert words in row["next_said"]
    assert row["next_said"].endswith("was never spent")


def test_a_test_sees_the_effect_that_it_is_named_with(store):
    """Of the samples: arms of that size have this as their smallest effect, what one costs."""
    rows = all_reviewed(store, CAMPAIGN.view.parse({"days": 730})).set_index("name")
    shown = panel(store, "review", days=730).set_index("name")["next_step"]
    planned = rows[shown.reindex(rows.index).str.startswith("Hold back by lot")]
    own = planned[planned["spread"].notna() & (planned["cost"] > 0)]
    assert len(own) >= 8
    for name, row in own.iterrows():
        assert row["test_effect"] == pytest.approx(row["cost"] / row["treated"])
        error = np.sqrt(2 * row["spread"] / row["arm_size"])
        assert smallest_seen(error) == pytest.approx(row["test_effect"], rel=0.01)
        assert (
            f"{row['arm_size']:,.0f} customers in each arm, {row['test_days']:.0f} days"
            in (shown[name])
        )
        assert f"would show ¥{row['test_effect'] / 100:,.2f} a customer" in shown[name]
    assert shown["Grand Opening"].endswith("what a campaign takes to pay"), "nobody was treated"
