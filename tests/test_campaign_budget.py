"""Budget and pace: of the whole campaign up to the day looked at, or why nothing is known."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import MissingDataError
from tests.conftest import SAMPLES

from .campaign_shop import campaign, line, may, panel, ran, shop

#: 5.00 a day for every campaign that ran.
PLANS = [
    campaign("over", 3, 9, budget=30.0),
    campaign("within", 3, 9, budget=40.0),
    campaign("planned", 6, 25, budget=100.0),
    campaign("fast", 6, 25, budget=80.0),
    campaign("slow", 6, 25, budget=200.0),
    campaign("unfunded", 6, 25, budget=None),
    campaign("free", 6, 25, budget=0.0),
    campaign("undated", None, None, budget=100.0),
    campaign("gap", 6, 25, budget=100.0),
]
DAYS = [
    *ran("over", *range(3, 10)),
    *ran("within", *range(3, 10)),
    *(
        row
        for name in ("planned", "fast", "slow", "unfunded", "free")
        for row in ran(name, *range(6, 26))
    ),
    *ran("undated", *range(6, 16)),
    *ran("gap", *(day for day in range(6, 26) if day != 8)),
]
ORDERS = [line("begin", -30), line("a", 7, campaign_id="over"), line("end", 30)]
AT = {"as_of": may(15)}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("budget") / "s"
    opened = shop(folder, orders=ORDERS, campaigns=PLANS, campaign_days=DAYS)
    yield opened
    opened.close()


def plans(store, **view):
    return panel(store, "budget", **(AT | view)).set_index("name")


def test_used_and_pace_are_of_the_days_so_far(small):
    """On the 15th half of the days from the 6th to the 25th have passed."""
    row = plans(small).loc["fast"]
    assert row["spent"] == 10 * 500
    assert row["budget_used"] == pytest.approx(50 / 80)
    assert row["elapsed"] == pytest.approx(0.5)
    assert row["pace"] == pytest.approx(1.25)
    assert row["projected"] == pytest.approx(100_00)


def test_each_campaign_is_told_how_it_stands_or_why_that_is_unknown(small):
    assert plans(small)["plan"].to_dict() == {
        "over": "overspent",
        "within": "ended within budget",
        "planned": "as planned",
        "fast": "too fast: would overspend",
        "slow": "slower than planned",
        "unfunded": "no budget is known",
        "free": "overspent",
        "undated": "its planned days are not known",
        "gap": "its cost is not known of every day",
    }


def test_what_is_unknown_is_no_number(small):
    shown = plans(small)
    assert shown.loc[["unfunded", "free", "gap"], "budget_used"].isna().all()
    assert shown.loc[["unfunded", "free", "gap", "undated"], "pace"].isna().all()
    assert shown.loc["undated", "budget_used"] == pytest.approx(0.5)
    assert math.isnan(shown.loc["gap", "spent"])


def test_it_is_the_whole_campaign_whatever_days_are_looked_at(small):
    part = plans(small, since=may(14), until=may(15))
    assert set(part.index) == {"planned", "fast", "slow", "unfunded", "free", "undated", "gap"}
    assert part.loc["fast", "spent"] == 10 * 500
    assert "whatever days are looked at" in part.attrs["note"]
    assert "15 May 2024" in part.attrs["note"]


def test_the_day_looked_at_decides(small):
    before, after = plans(small, as_of=may(7)), plans(small, as_of=may(30))
    assert before.loc["over", "plan"] == "too fast: would overspend"
    assert before.loc["over", "spent"] == 5 * 500
    assert after.loc["fast", "plan"] == "overspent"
    assert after.loc["fast", "projected"] == after.loc["fast", "spent"] == 20 * 500


def test_a_campaign_before_its_first_day_has_no_pace(tmp_path):
    rows = [*ran("k", 3), *ran("k", *range(6, 10))]
    tables = {"campaigns": [campaign("k", 6, 9, budget=40.0)], "campaign_days": rows}
    store = shop(tmp_path / "s", "campaign_days_complete = true\n", orders=ORDERS, **tables)
    row = plans(store, as_of=may(4)).loc["k"]
    assert row["plan"] == "before its first planned day" and math.isnan(row["pace"])
    assert row["spent"] == 500
    store.close()


def test_filters_choose_its_campaigns(small):
    assert set(plans(small, by="campaign", group="fast").index) == {"fast"}
    picked = panel(small, "budget", campaign="fast", **AT)
    assert picked.attrs["pick"]["value"] == "fast" and len(picked) == len(PLANS)


def test_the_title_says_who_overspent(small):
    title = ANALYSES["campaign_performance"].panel("budget").finding
    assert title(panel(small, "budget", **AT)) == (
        "2 of 7 campaigns spent more than planned, 1 more would"
    )
    one = panel(small, "budget", by="campaign", group="fast", **AT)
    assert title(one) == "fast spent 62.5% of its budget"
    nothing = panel(small, "budget", by="campaign", group="unfunded", **AT)
    assert title(nothing) == "Whether the money is spent as planned is not known"


def test_without_budgets_it_says_how_to_map_them(tmp_path):
    store = shop(tmp_path / "s", orders=ORDERS, campaigns=[campaign("k", 3, 9)], campaign_days=DAYS)
    with pytest.raises(MissingDataError) as refused:
        panel(store, "budget")
    assert "`campaigns.budget`" in refused.value.message
    assert "it would show budgets used" in refused.value.message
    store.close()


def test_the_samples_spend_what_their_rows_say(store):
    """Of every campaign: what its days cost, by its budget."""
    shown = panel(store, "budget", days=730).set_index("name")
    plans = pd.read_parquet(SAMPLES / "campaigns.parquet").set_index("campaign_id")
    cost = pd.read_parquet(SAMPLES / "campaign_days.parquet").groupby("campaign_id")["cost"].sum()
    used = (cost / plans["budget"]).set_axis(plans["name"])
    assert len(shown) == len(used) == 33
    assert shown["budget_used"].to_dict() == pytest.approx(used.to_dict(), rel=1e-9)
