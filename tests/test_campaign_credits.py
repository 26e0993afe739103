"""Credited orders and new customers are distinct, whatever is chosen."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from ops_widgets.analyses.campaign_performance.queries import campaign_facts
from ops_widgets.periods import day_number

from .campaign_shop import campaign, line, may, numbers, panel, shop


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory):
    """Three orders: one of k1 over midnight, one of both campaigns, one of k2.

    Beside them one whose campaign comes five seconds after its first line, one that was cancelled,
    and two of one second, of which the smaller id is the first.
    """
    orders = [
        line("o1", 10, "23:50:00", campaign_id="k1"),
        line("o1", 11, "00:10:00", campaign_id="k1", product_id="q"),
        line("o2", 12, campaign_id="k1"),
        line("o2", 12, campaign_id="k2", product_id="q"),
        line("o3", 13, campaign_id="k2"),
        line("o4", 20, "10:00:00"),
        line("o4", 20, "10:00:05", campaign_id="k3", product_id="q"),
        line("o5", 21, campaign_id="k4", status="cancelled"),
        line("o6", 22, customer_id="twin", channel="search"),
        line("o7", 22, customer_id="twin", campaign_id="k5"),
        # Begins on the last day of May in one channel, goes on in June in another.
        line("o8", 31, "23:59:00", channel="web"),
        line("o8", 32, "00:01:00", channel="app", campaign_id="k6"),
    ]
    store = shop(tmp_path_factory.mktemp("by_hand") / "s", orders=orders)
    yield store
    store.close()


def test_three_orders_are_three(by_hand):
    """Not five: one over midnight is one, and one of two campaigns is one in the total."""
    found = numbers(by_hand, since=may(10), until=may(13))
    assert found["orders"].value == 3
    assert found["net_revenue"].value == 5000
    table = panel(by_hand, "by_campaign", since=may(10), until=may(13)).set_index("name")
    assert table["orders"].to_dict() == {"k1": 2, "k2": 2}
    assert table["new_customers"].to_dict() == {"k1": 2, "k2": 2}
    [row] = panel(by_hand, "by_group", since=may(10), until=may(13)).to_dict("records")
    assert (row["orders"], row["new_customers"]) == (3, 3)


def test_an_order_belongs_to_the_day_of_its_first_line(by_hand):
    assert numbers(by_hand, since=may(10), until=may(10))["orders"].value == 1
    assert numbers(by_hand, since=may(11), until=may(11))["orders"].value == 0
    may_31 = numbers(by_hand, since=may(31), until=may(31))
    assert (may_31["orders"].value, may_31["net_revenue"].value) == (1, 0)
    june = numbers(by_hand, since=may(32), until=may(32))
    assert (june["orders"].value, june["net_revenue"].value) == (0, 1000)


def test_a_new_customer_is_of_the_first_order_not_of_the_first_second(by_hand):
    facts = campaign_facts(by_hand, 0, 99_999).set_index("campaign_id")
    assert facts.loc["k3", "new_customers"] == 1


def test_of_two_orders_of_one_second_the_smaller_id_is_the_first(by_hand):
    facts = campaign_facts(by_hand, 0, 99_999).set_index("campaign_id")
    assert facts.loc["k5", ["orders", "new_customers"]].tolist() == [1, 0]


def test_a_cancelled_line_credits_nobody(by_hand):
    assert "k4" not in set(campaign_facts(by_hand, 0, 99_999)["campaign_id"])


def test_an_order_in_two_months_and_channels_is_one_of_its_first_line(by_hand):
    found = by_hand.query("select day, channel, sum(orders)::int as n from orders_day group by all")
    assert found["n"].sum() == 7
    late = found[found["day"] >= day_number(may(31))]
    assert late.to_dict("records") == [{"day": day_number(may(31)), "channel": "web", "n": 1}]


# --- any shop, any choice --------------------------------------------------------------------

KINDS = {"k0": "shopping_guide", "k1": "shopping_guide", "k2": "marketing_copy", "k3": None}
FORMATS = {"k0": "banner", "k1": "push", "k2": "push", "k3": "banner"}
VIEWS = [
    {},
    {"since": may(9), "until": may(15)},
    {"until": may(31)},
    {"content_types": ("shopping_guide",)},
    {"content_types": ("marketing_copy", "(unknown)"), "since": may(12)},
    {"campaign": "k1"},
    {"by": "format", "group": "Push", "since": may(20)},
    {"by": "format", "group": "Banner", "content_types": ("shopping_guide",)},
]


def torn_orders(seed):
    """Orders whose lines lie seconds, hours or weeks apart, of several campaigns and customers."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(70):
        day, second = int(rng.integers(1, 40)), int(rng.choice([0, 1, 36_000, 86_395, 86_399]))
        buyer = rng.choice(["a", "b", "c", "d", "e", "f", "g", "h", None])
        for piece in range(int(rng.integers(1, 5))):
            later = int(rng.choice([0, 0, 0, 1, 5, 7_200, 20 * 86_400]))
            time = pd.Timedelta(seconds=second + later)
            rows.append(
                line(
                    f"o{number:02}",
                    day,
                    str(time),
                    product_id=f"p{piece}",
                    customer_id=buyer if rng.random() < 0.95 else "guest",
                    campaign_id=rng.choice([*KINDS, None, None, None]),
                    channel=rng.choice(["app", "web"]),
                    status=rng.choice(["completed"] * 8 + ["returned", "cancelled", "credited"]),
                )
            )
    return rows


@pytest.fixture(scope="module", params=[1, 2, 3])
def torn(request, tmp_path_factory):
    rows = torn_orders(request.param)
    campaigns = [
        campaign(name, content_type=kind, format=FORMATS[name]) for name, kind in KINDS.items()
    ]
    folder = tmp_path_factory.mktemp("torn") / "s"
    store = shop(folder, orders=rows, campaigns=campaigns)
    yield rows, store
    store.close()


def local(row):
    return row["ordered_at"] + pd.Timedelta(hours=8)


class Naive:
    """Orders as sets of lines."""

    def __init__(self, rows):
        lines = [row for row in rows if row["status"] in ("completed", "returned")]
        self.orders = {row["order_id"]: [] for row in lines}
        for row in lines:
            self.orders[row["order_id"]].append(row)
        first = {}
        for row in lines:
            if row["customer_id"] is not None:
                key = (row["ordered_at"], row["order_id"])
                first[row["customer_id"]] = min(first.get(row["customer_id"], key), key)
        self.won = [order for _, order in first.values()]

    def counts(self, campaigns, first, last):
        """Orders that carry one of the campaigns, and the new customers of them."""
        found = {
            order: lines
            for order, lines in self.orders.items()
            if campaigns & {row["campaign_id"] for row in lines}
            and first <= min(map(local, lines)).date() <= last
        }
        unknown = [
            order
            for order, lines in found.items()
            if all(row["customer_id"] is None for row in lines)
        ]
        new = sum(order in found for order in self.won)
        return len(found), math.nan if found and len(unknown) == len(found) else new


def said(kind):
    """A kind as the page writes it."""
    return kind.replace("_", " ").capitalize() if kind else "(unknown)"


def looked_at(view):
    """The campaigns of a view."""
    found = set(KINDS)
    if view.get("content_types"):
        found = {k for k in found if (KINDS[k] or "(unknown)") in view["content_types"]}
    if view.get("campaign"):
        found &= {view["campaign"]}
    return found


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_orders_and_new_customers_of_any_choice(torn, view):
    rows, store = torn
    naive = Naive(rows)
    span = view.get("since", may(1)), view.get("until", may(99))
    chosen = looked_at(view)
    picked = {k for k in chosen if view.get("group") in (None, said(FORMATS[k]))}
    assert numbers(store, **view)["orders"].value == naive.counts(picked, *span)[0]
    table = panel(store, "by_campaign", **{**view, "campaign": ""}).set_index("name")
    for name, row in table.iterrows():
        want = naive.counts({name}, *span)
        assert row[["orders", "new_customers"]].tolist() == pytest.approx(want, nan_ok=True)
    for by, kind in (("content_type", KINDS), ("format", FORMATS)):
        groups = panel(store, "by_group", **{**view, "by": by, "group": ""}).set_index("group")
        assert len(groups)
        for name, row in groups.iterrows():
            of_group = {k for k in chosen if said(kind[k]) == name}
            want = naive.counts(of_group, *span)
            assert row[["orders", "new_customers"]].tolist() == pytest.approx(want, nan_ok=True)


def test_every_week_counts_its_own(torn):
    rows, store = torn
    naive = Naive(rows)
    first = min(map(local, rows)).date()
    last = max(map(local, rows)).date()
    # The window of the page is the last 90 days; weeks begin on Monday.
    mondays = pd.date_range(first, last - timedelta(days=6), freq="W-MON")
    weeks = [(monday.date(), monday.date() + timedelta(days=6)) for monday in mondays]
    want = [naive.counts(set(KINDS), *week)[0] for week in weeks]
    assert [v or 0 for v in numbers(store)["orders"].trend] == want


def test_all_orders_by_day_and_channel(torn):
    rows, store = torn
    want: dict[tuple[int, str], int] = {}
    for lines in Naive(rows).orders.values():
        start = min(row["ordered_at"] for row in lines)
        # Of several lines of the first second the channel is the first by name.
        channel = min(row["channel"] for row in lines if row["ordered_at"] == start)
        key = day_number(min(map(local, lines)).date()), channel
        want[key] = want.get(key, 0) + 1
    found = store.query("select day, channel, orders from orders_day")
    assert {(d, c): n for d, c, n in found.itertuples(index=False)} == want
