"""A partial may need a second table: an order's customer in the audience of a campaign, say."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.definitions import Partial, Summary
from ops_widgets.summaries.facts import FACTS
from ops_widgets.summaries.store import open_store

from .shops import naive_lines, random_shop, write_shop

NOW = datetime(2030, 1, 1)
NEEDED = "campaign_audience"
CHANGED = f"orders 2024-01 to 2024-06 built (its {NEEDED} changed)"


def audience_orders(lines, context):
    """Delivered lines of everybody in an audience, by campaign and arm."""
    audience = context.used[NEEDED]
    audience = audience.select("customer_id", audience="campaign_id", arm="arm")
    bought = lines.filter(lines.delivered).select("month_index", "customer_id")
    seen = bought.inner_join(audience, "customer_id")
    return seen.group_by("month_index", "audience", "arm").agg(lines=seen.count())


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A shop with an audience, and a definition of orders that looks into it."""
    orders = FACTS["orders"]
    sql = "select audience, arm, sum(lines)::bigint as lines from audience_orders group by all"
    looking = replace(
        orders,
        needs=(*orders.needs, NEEDED),
        partials=(
            *orders.partials,
            Partial("audience_orders", 1, audience_orders, needs=(NEEDED,)),
        ),
        summaries=(*orders.summaries, Summary("audience_orders", 1, sql, needs=(NEEDED,))),
    )
    monkeypatch.setitem(FACTS, "orders", looking)
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "stores"))
    tables = random_shop(3)
    rng = np.random.default_rng(3)
    tables[NEEDED] = pd.DataFrame(
        {
            "campaign_id": "k1",
            "customer_id": [f"c{i}" for i in range(30)],
            "arm": rng.choice(["treatment", "control"], 30),
        }
    )
    return tables, tmp_path / "shop"


def built(shop, now=NOW):
    tables, folder = shop
    done = prepare(write_shop(folder, tables), now=now)
    store = open_store(folder)
    frame = store.query("select * from audience_orders") if store.has("audience_orders") else None
    store.close()
    return done.reasons, frame


def naive(tables):
    lines = naive_lines(tables)
    seen = lines[lines["delivered"]].merge(tables[NEEDED], on="customer_id")
    return seen.groupby("arm").size().to_dict()


def by_arm(frame):
    return frame.set_index("arm")["lines"].to_dict()


def test_it_finds_what_a_naive_join_finds(shop):
    assert by_arm(built(shop)[1]) == naive(shop[0])


def test_another_audience_builds_every_month_again_and_says_why(shop):
    built(shop)
    audience = shop[0][NEEDED]
    audience.loc[0, "arm"] = "control" if audience["arm"][0] == "treatment" else "treatment"
    reasons, frame = built(shop)
    assert CHANGED in reasons
    assert by_arm(frame) == naive(shop[0])


def test_the_same_audience_leaves_the_months_alone(shop):
    built(shop)
    shop[0]["orders"].loc[shop[0]["orders"].index[-1], "unit_price"] += 1
    shop[0][NEEDED] = shop[0][NEEDED].sample(frac=1, random_state=1)
    reasons, _ = built(shop)
    assert not any(NEEDED in reason for reason in reasons)
    assert any("months of orders reused" in reason for reason in reasons)


def test_a_source_without_the_table_has_neither_partial_nor_summary(shop):
    del shop[0][NEEDED]
    reasons, frame = built(shop)
    assert frame is None
    assert "orders 2024-01 to 2024-06 built (new)" in reasons


def test_rows_of_the_future_are_looked_up_when_their_day_has_come(shop):
    """The audience is the same to the last value, and more of it is used."""
    audience = shop[0][NEEDED]
    audience["assigned_at"] = pd.Timestamp("2024-01-01")
    audience.loc[:2, "assigned_at"] = pd.Timestamp(NOW + timedelta(days=5))
    assert by_arm(built(shop)[1]) != naive(shop[0])
    reasons, frame = built(shop, NOW + timedelta(days=10))
    assert CHANGED in reasons
    assert by_arm(frame) == naive(shop[0])


def test_a_fact_that_does_not_say_which_months_hold_a_product_is_built_again(shop, monkeypatch):
    monkeypatch.setitem(FACTS, "orders", replace(FACTS["orders"], months_of_products=""))
    built(shop)
    shop[0]["products"].loc[0, "unit_cost"] += 1
    assert "orders 2024-01 to 2024-06 built (its products changed)" in built(shop)[0]
    assert not any("its products" in reason for reason in built(shop)[0])
