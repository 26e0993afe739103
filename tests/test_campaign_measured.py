"""One test in full: every outcome is that of the experiment, in words and as a lift."""

import re

import pytest

from ops_widgets.analyses.campaign_performance import effect
from ops_widgets.analyses.campaign_performance.reviewed import reviewed
from ops_widgets.charts.formats import format_value
from ops_widgets.errors import MissingDataError

from .campaign_shop import CAMPAIGN, panel

WHOLE = {"days": 730}
MEASURED = {
    "Bought at all": "bought",
    "Orders": "orders",
    "Net revenue": "net_revenue",
    "… until its last day": "during",
    "… in the days after": "after",
    "Gross profit": "gross_profit",
}


def amounts(text):
    """The numbers of "¥15.24 (¥3.38 to ¥27.11)", minus signs and all."""
    plain = text.replace("−", "-").replace("¥", "").replace("+", "").replace(",", "")
    return [float(one) for one in re.findall(r"-?[\d.]+", plain)]


@pytest.mark.parametrize("name", ["Summer Skin Guide", "Cart Reminder", "Product of the Month"])
def test_it_says_what_the_arms_say(store, name):
    shown = panel(store, "measured", campaign=name, **WHOLE).set_index("measured")
    view = CAMPAIGN.view.parse(WHOLE)
    one = reviewed(store, view).set_index("name").loc[name]
    found = effect.tested(store, view).outcomes
    told = found[found["campaign_id"] == one["campaign_id"]].set_index("outcome")
    assert shown.index.tolist() == [*MEASURED, "Contribution"]
    for title, outcome in MEASURED.items():
        unit = {"bought": 0.01, "orders": 1}.get(outcome, 100)
        right = [told.loc[outcome, end] / unit for end in ("effect", "low", "high")]
        assert amounts(shown.loc[title, "more"]) == pytest.approx(right, rel=0.01, abs=0.006)
        assert shown.loc[title, "lift"] == pytest.approx(
            told.loc[outcome, "effect"] / told.loc[outcome, "held"], rel=0.05, abs=0.03
        )
        low, high = shown.loc[title, ["lift_low", "lift_high"]]
        assert (low > 0) == (told.loc[outcome, "low"] > 0)
        assert (high < 0) == (told.loc[outcome, "high"] < 0)


def test_contribution_is_gross_profit_less_the_cost_of_one_treated(store):
    one = reviewed(store, CAMPAIGN.view.parse(WHOLE)).set_index("name").loc["Summer Skin Guide"]
    shown = panel(store, "measured", campaign="Summer Skin Guide", **WHOLE).set_index("measured")
    cost = one["cost"] / one["treated"] / 100
    profit, left = (amounts(shown.loc[row, "more"]) for row in ("Gross profit", "Contribution"))
    assert left == pytest.approx([amount - cost for amount in profit], abs=0.02)
    # The same of all treated is what the review says is left.
    for value, end in zip(left, ("left", "left_low", "left_high"), strict=True):
        assert value * one["treated"] == pytest.approx(one[end] / 100, rel=0.02)
    assert shown.loc["Contribution", ["lift", "lift_low"]].isna().all()


def test_unpicked_it_is_the_test_with_the_surest_lift(store):
    shown = panel(store, "measured", **WHOLE)
    tests = panel(store, "experiment", **WHOLE)
    sure = tests.sort_values("lift_low", ascending=False).iloc[0]
    assert shown.attrs["test"] == sure["name"]
    row = shown.set_index("measured").loc["Net revenue"]
    assert row["lift_low"] == sure["lift_low"]
    assert sure["name"] in shown.attrs["note"]
    title = CAMPAIGN.panel("measured").finding(shown)
    assert title.startswith(sure["name"])
    assert format_value(row["lift_low"], "percent") in title


def test_of_too_few_buyers_only_the_share_who_bought_is_said(store):
    shown = panel(store, "measured", campaign="Mid-Autumn Gift Boxes", **WHOLE)
    assert shown["measured"].tolist() == ["Bought at all"]
    assert "bought at all" in CAMPAIGN.panel("measured").finding(shown)


def test_a_broken_test_is_not_read(store):
    with pytest.raises(MissingDataError, match="not as drawn"):
        panel(store, "measured", campaign="Year-end Thanks", **WHOLE)
