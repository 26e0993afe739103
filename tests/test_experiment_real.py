"""Experiments on real customers: Hillstrom's test through its example, and how often intervals are
wrong when what real customers spent is dealt to arms by lot.

The files are not part of the project: ``OPS_DATA`` names their folder.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.analyses.campaign_performance.effect import LEAST_BUYERS, arm_sums
from ops_widgets.metrics.experiments import effects
from ops_widgets.stats.experiment import Arm, difference, welch
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.facts.campaign_audience import moments_of_arms
from ops_widgets.summaries.moments import VARIABLES
from ops_widgets.summaries.store import open_store

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("OPS_DATA", ROOT.parent / "shared" / "data"))
PUBLISHED = ROOT.parent / "shared" / "checks" / "published.json"
pytestmark = pytest.mark.skipif(
    not (DATA / "hillstrom").is_dir(),
    reason="the public data sets are not here: set OPS_DATA to their folder",
)


@pytest.fixture(scope="module")
def hillstrom(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPS_DATA", str(DATA))
        patch.setenv("OPS_STORE", str(tmp_path_factory.mktemp("stores")))
        prepare(ROOT / "examples" / "hillstrom.toml", now=datetime(2030, 1, 1))
        with_store = open_store(ROOT / "examples" / "hillstrom.toml")
        yield with_store
    with_store.close()


@pytest.fixture(scope="module")
def published():
    if not PUBLISHED.is_file():
        pytest.skip("the list of published numbers is absent")
    return {check["id"]: check for check in json.loads(PUBLISHED.read_text("utf-8"))["checks"]}


@pytest.fixture(scope="module")
def raw():
    return pd.read_csv(DATA / "hillstrom" / "hillstrom.csv")


# --- through the example ---------------------------------------------------------------------


def test_the_arms_are_those_of_the_file(hillstrom, published):
    want = published["hillstrom_arms"]["computed"]
    sums = hillstrom.query("select * from audience_arm").set_index(["campaign_id", "arm"])
    for campaign in ("mens", "womens"):
        for arm, name in (("treatment", campaign), ("control", "none")):
            row = sums.loc[campaign, arm]
            assert row["customers"] == want["n"][name]
            assert row["bought"] == row["payers"] == want["conversions"][name]
            assert row["net_revenue"] == round(100 * want["spend_sum"][name])
            # Half powers of two of a cent: no customer is lost between bins.
            assert sum(one["customers"] for one in row["spend"]) == want["n"][name]
            total = sum(one["squares"] for one in row["spend"])
            assert total == row["net_revenue_squares"]


def test_effects_are_the_published_ones(hillstrom, published):
    """Adjusted for the year before as tea-tasting does; unadjusted as two repositories state."""
    arms = arm_sums(hillstrom, "audience_arm")
    found = effects(arms, 0.95, 0.95).set_index(["campaign_id", "outcome"])
    want = published["tea_tasting_hillstrom_mens"]["computed"]["spend_cuped"]
    row = found.loc["mens", "net_revenue"]
    assert row["effect"] / 100 == pytest.approx(want["effect_size"], abs=1e-5)
    assert row["low"] / 100 == pytest.approx(want["effect_size_ci_lower"], abs=1e-5)
    assert row["high"] / 100 == pytest.approx(want["effect_size_ci_upper"], abs=1e-5)
    assert row["p"] == pytest.approx(want["pvalue"], abs=1e-8)
    by = arms.set_index(["campaign_id", "arm"])
    for name in ("mens", "womens"):
        sides = [
            Arm.of(*by.loc[(name, arm), ["customers", "net_revenue", "net_revenue_squares"]])
            for arm in ("treatment", "control")
        ]
        plain = welch(*sides)
        effect, low, high, p = published["hillstrom_tests"]["computed"][f"{name}_spend"]
        ends = (plain.value / 100, plain.low / 100, plain.high / 100)
        assert ends == pytest.approx((effect, low, high), abs=1e-5)
        assert plain.p == pytest.approx(p, abs=1e-8)


def test_the_page_says_what_the_file_says(hillstrom, raw):
    analysis = ANALYSES["campaign_performance"]
    shown = analysis.panel("outcomes").compute(hillstrom, analysis.view()).set_index("name")
    held = raw[raw["segment"] == "No E-Mail"]
    for name in ("Mens E-Mail", "Womens E-Mail"):
        treated = raw[raw["segment"] == name]
        more = treated["conversion"].mean() - held["conversion"].mean()
        row = shown.loc[name]
        assert row["incremental_conversions"] == pytest.approx(more * len(treated))
        assert row["outcome"] == "more than without"
        # Adjusted, so not quite the plain difference; by less than a hundredth of its error.
        plain = (treated["spend"].mean() - held["spend"].mean()) * len(treated) * 100
        width = row["value_high"] - row["value_low"]
        assert abs(row["incremental_value"] - plain) < width / 100


# --- how often it is wrong -------------------------------------------------------------------


def journey():
    """What each household of Complete Journey spent in March 2017, in cents."""
    spent = pd.read_parquet(DATA / "complete_journey" / "transactions.parquet")
    when = pd.to_datetime(spent["transaction_timestamp"])
    march = spent[(when >= "2017-03-01") & (when < "2017-04-01")]
    by = march.groupby("household_id")["sales_value"].sum()
    everybody = by.reindex(spent["household_id"].unique(), fill_value=0.0)
    return np.round(100 * everybody.to_numpy()).astype("int64")


def dealt(pool, sizes, draws, seed):
    """Campaigns whose arms are drawn from one pool, so that nothing was caused: their sums."""
    rng = np.random.default_rng(seed)
    n = sum(sizes)
    spent = pool[rng.integers(0, len(pool), draws * n)]
    frame = pd.DataFrame(
        {
            "campaign_id": np.repeat(np.arange(draws), n).astype(str),
            "arm": np.tile(np.repeat(["treatment", "control"], sizes), draws),
            "net_revenue": spent,
            "bought": (spent > 0).astype("int64"),
        }
    )
    con = duckdb.connect()
    con.register("drawn", frame)
    named = {"net_revenue": "net_revenue", "bought": "bought"}
    columns = ", ".join(f"{named.get(name, 'null::bigint')} as {name}" for name in VARIABLES)
    return con.execute(
        f"with told as (select campaign_id, arm, false as is_new, 0 as since, 0 as last_day, "
        f"0 as cost_unknown, {columns} from drawn), {moments_of_arms('told')}"
    ).df()


def misses(arms):
    """Of tests with enough buyers: how many, and which parts show a gain and a loss."""
    fewest = arms.groupby("campaign_id")["payers"].min()
    enough = arms[arms["campaign_id"].isin(fewest[fewest >= LEAST_BUYERS].index)]
    if enough.empty:
        return 0, 0.0, 0.0
    found = effects(enough, 0.95, 0.95)
    found = found[found["outcome"] == "net_revenue"]
    return len(found), (found["low"] > 0).mean(), (found["high"] < 0).mean()


def test_a_small_hold_out_of_rare_heavy_spend_is_refused(raw):
    """500 held back of 10,000: Welch's interval would see gains that are not there, and only
    gains; with fewer than a hundred buyers no money is compared at all."""
    pool = np.round(100 * raw.loc[raw["segment"] == "No E-Mail", "spend"].to_numpy())
    arms = dealt(pool.astype("int64"), (9500, 500), 200, 1)
    assert misses(arms)[0] == 0
    sides = [
        Arm.of(*(one[c].to_numpy() for c in ("customers", "net_revenue", "net_revenue_squares")))
        for one in (arms[arms["arm"] == arm] for arm in ("treatment", "control"))
    ]
    naive = welch(*sides)
    gains, losses = (naive.low > 0).mean(), (naive.high < 0).mean()
    assert gains > 0.1
    assert losses < 0.02


def test_conversions_are_right_however_small_the_hold_out_is(raw):
    pool = np.round(100 * raw.loc[raw["segment"] == "No E-Mail", "spend"].to_numpy())
    found = effects(dealt(pool.astype("int64"), (9000, 1000), 200, 2), 0.95, 0.95)
    found = found[found["outcome"] == "bought"]
    assert (found["low"] > 0).mean() < 0.05
    assert (found["high"] < 0).mean() < 0.05


@pytest.mark.parametrize(
    ("shop", "sizes", "draws", "capped"),
    [
        ("hillstrom", (13_000, 13_000), 120, False),
        ("journey", (2850, 150), 700, True),
        ("journey", (1500, 1500), 500, False),
        ("journey", (500, 4500), 300, False),
    ],
)
def test_with_a_hundred_buyers_neither_tail_is_missed_too_often(raw, shop, sizes, draws, capped):
    """Real spend dealt by lot, capped where the rule says so: 2.5 in a hundred on each side."""
    pool = journey() if shop == "journey" else np.round(100 * raw["spend"]).astype("int64")
    arms = dealt(np.asarray(pool), sizes, draws, 3)
    assert (arms["cap"].notna().mean() > 0.5) == capped
    many, gains, losses = misses(arms)
    assert many > 0.6 * draws
    slack = 3 * np.sqrt(0.025 * 0.975 / many)
    assert gains < 0.025 + slack
    assert losses < 0.025 + slack


def test_what_is_caused_is_seen_through_the_cap():
    """A lift by a quarter of real spend: the interval holds it in 95 of 100, the cap aside."""
    pool = journey()
    rng = np.random.default_rng(4)
    inside, many = 0, 400
    truth = 0.25 * pool.mean()
    for _ in range(many):
        treated, held = (rng.choice(pool, n) * by for n, by in ((1500, 1.25), (600, 1.0)))
        sides = [Arm.of(len(one), one.sum(), (one**2.0).sum()) for one in (treated, held)]
        found = difference(*sides)
        inside += found.low <= truth <= found.high
    assert inside / many > 0.92
