"""Visits, carts and buyers of campaigns: what raw events and orders say, and why nothing does."""

from __future__ import annotations

import math
from itertools import count

import numpy as np
import pytest

from ops_widgets.analyses.campaign_performance.economics import groups
from ops_widgets.stats.ratio import Sums, fieller, share

from .campaign_shop import CAMPAIGN, campaign, line, may, moment, panel, ran, shop

PLANS = {
    "a": {"content_type": "shopping_guide", "format": "banner", "objective": "trust"},
    "b": {"content_type": "shopping_guide", "format": "push", "objective": "conversion"},
    "c": {"content_type": "marketing_copy", "format": "push", "objective": None},
}
DAYS = range(3, 28)


@pytest.fixture(scope="module")
def shop_with(tmp_path_factory):
    """Opens a shop with these tables."""
    stores, places = [], count()

    def opened(source="", **tables):
        folder = tmp_path_factory.mktemp("visits") / f"s{next(places)}"
        stores.append(shop(folder, source, **tables))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


def did(customer, day, time="12:00:00", **values):
    """An event of a customer: a view in a session of its own day, by campaign a."""
    row = {"occurred_at": moment(day, time), "customer_id": customer, "event": "view"}
    row |= {"product_id": None, "channel": "app", "campaign_id": "a"}
    return row | {"session_id": f"{customer} {day}"} | values


def random_rows(seed):
    """Few customers who come very often; sessions over midnight, of two campaigns, of none."""
    rng = np.random.default_rng(seed)
    events, orders = [], []
    for number in range(260):
        who = f"c{min(int(rng.pareto(0.7) * 3), 40)}"
        day, second = int(rng.choice(DAYS)), int(rng.integers(86_400))
        came = list(rng.choice([*PLANS, None], rng.integers(1, 4)))
        for step, name in enumerate(came):
            later = second + 900 * step
            events.append(
                did(
                    who,
                    day + later // 86_400,
                    np.timedelta64(later % 86_400, "s"),
                    campaign_id=name,
                )
                | {"session_id": f"s{number}", "event": rng.choice(["view", "cart"], p=[0.7, 0.3])}
            )
        if rng.random() < 0.35:
            names = [name for name in came if name] if rng.random() < 0.7 else [None]
            buyer = who if rng.random() < 0.9 else None
            status = rng.choice(["completed", "returned", "cancelled"], p=[0.8, 0.1, 0.1])
            values = {"customer_id": buyer, "status": status}
            orders += [
                line(f"o{number}", day, "23:59:00", campaign_id=name, **values) for name in names
            ]
    ends = [line("begin", 1, customer_id="c0"), line("end", 31)]
    return [*events, did("c0", 1, campaign_id=None), did("c0", 32, campaign_id=None)], orders + ends


@pytest.fixture(scope="module", params=[1, 2, 3])
def random_shop(request, shop_with):
    events, orders = random_rows(request.param)
    plans = [campaign(name, 3, 27, **values) for name, values in PLANS.items()]
    days = [row for name in PLANS for row in ran(name, *DAYS)]
    store = shop_with(orders=orders, events=events, campaigns=plans, campaign_days=days)
    return store, events, orders


def local_day(row, of):
    return (row[of] + np.timedelta64(8, "h")).date()


def naive(events, orders, campaigns, first, last):
    """Customer -> visits, carts, orders, first orders; of nobody known each order by itself."""
    found = {}

    def customer(who):
        return found.setdefault(who, [0, 0, 0, 0])

    sessions = {}
    for row in events:
        if row["campaign_id"] is not None:
            sessions.setdefault((row["customer_id"], row["session_id"]), []).append(row)
    for (who, _), rows in sessions.items():
        begun = min(local_day(row, "occurred_at") for row in rows)
        if first <= begun <= last and campaigns & {row["campaign_id"] for row in rows}:
            customer(who)[0] += 1
            customer(who)[1] += any(row["event"] == "cart" for row in rows)
    kept = [row for row in orders if row["status"] in ("completed", "returned")]
    began = {}
    for row in sorted(kept, key=lambda row: (row["ordered_at"], row["order_id"])):
        if row["customer_id"]:
            began.setdefault(row["customer_id"], row["order_id"])
    for key in {row["order_id"] for row in kept}:
        lines = [row for row in kept if row["order_id"] == key]
        day = min(local_day(row, "ordered_at") for row in lines)
        if first <= day <= last and campaigns & {row["campaign_id"] for row in lines}:
            who = lines[0]["customer_id"]
            customer(who or ("nobody", key))[2] += 1
            if who:
                customer(who)[3] += began[who] == key
    return {who: tuple(counts) for who, counts in found.items()}


def over(found, below, above):
    """The sums over the customers who did either."""
    rows = [(row[below], row[above]) for row in found.values() if row[below] or row[above]]
    x, y = (np.array(side, float) for side in zip(*rows, strict=True))
    return Sums(len(rows), *(float(s.sum()) for s in (x, y, x * x, y * y, x * y)))


@pytest.mark.parametrize("by", ["content_type", "format", "objective", "campaign"])
@pytest.mark.parametrize("part", [(3, 27), (8, 15), (12, 12)])
def test_steps_and_intervals_are_those_of_raw_rows(random_shop, by, part):
    store, events, orders = random_shop
    view = {"by": by, "as_of": may(31), "since": may(part[0]), "until": may(part[1])}
    steps = panel(store, "funnel", **view).set_index(["group", "step"])
    economics = groups(store, CAMPAIGN.view.parse(view))[0].set_index("group")
    kinds = {}
    for name, values in PLANS.items():
        kind = name if by == "campaign" else values[by]
        kind = kind if by == "campaign" else (kind or "(unknown)").replace("_", " ")
        kinds.setdefault(kind if by == "campaign" else kind[0].upper() + kind[1:], set()).add(name)
    assert set(economics.index) == set(kinds)
    for kind, own in kinds.items():
        found = naive(events, orders, own, may(part[0]), may(part[1]))
        totals = np.array(list(found.values())).sum(axis=0) if found else np.zeros(4)
        shown = steps.loc[kind]["count"]
        assert shown[["visits", "carts", "orders", "new_customers"]].tolist() == totals.tolist()
        row = economics.loc[kind]
        known = [who for who in found if not isinstance(who, tuple)]
        assert row["visitors"] == sum(found[who][0] > 0 for who in known)
        buyers = [found[who] for who in known if found[who][2]]
        if buyers or not totals[2]:
            assert row["returning_customers"] == sum(not one[3] for one in buyers)
        else:
            assert math.isnan(row["returning_customers"]), "nobody knows who ordered"
        for step, below, above in (("carts", 0, 1), ("orders", 1, 2), ("new_customers", 2, 3)):
            rate = steps.loc[(kind, step)]
            if totals[below] and totals[above] <= totals[below]:
                low, high = share(over(found, below, above))
                assert rate["of_previous"] == pytest.approx(totals[above] / totals[below])
                ends = [rate["of_previous_low"], rate["of_previous_high"]]
                assert ends == pytest.approx([low, high], rel=1e-9, nan_ok=True)
            else:
                assert math.isnan(rate["of_previous"])
        if totals[2] and totals[2] <= totals[0]:
            assert row["visits_per_order"] == pytest.approx(totals[0] / totals[2])
            region = fieller(over(found, 2, 0))
            want = (max(0, region.low), region.high) if region.bounded else (math.nan, math.nan)
            ends = [row["visits_per_order_low"], row["visits_per_order_high"]]
            assert ends == pytest.approx(want, rel=1e-9, nan_ok=True)


def test_a_visit_of_two_campaigns_counts_once_in_the_total(random_shop):
    store, events, orders = random_shop
    frame = panel(store, "funnel", by="campaign", as_of=may(31))
    found = naive(events, orders, set(PLANS), may(1), may(31))
    total = {row["step"]: row["count"] for row in frame.attrs["total"]}
    assert total["visits"] == sum(row[0] for row in found.values())
    assert total["visits"] < frame.loc[frame["step"] == "visits", "count"].sum()


# --- what counts -----------------------------------------------------------------------------

REST = [line("begin", 1), line("end", 30)]
RAN = [campaign("a", 3, 9)]
BOTH_ENDS = [did("x", 1, campaign_id=None), did("x", 31, campaign_id=None)]


def counted(shop_with, events, orders=(), source="", **view):
    """The row of campaign a, and the steps of its funnel."""
    days = ran("a", *range(3, 10))
    store = shop_with(
        source, orders=[*orders, *REST], events=events, campaigns=RAN, campaign_days=days
    )
    view = {"as_of": may(30)} | view
    frame = panel(store, "funnel", **view)
    row = panel(store, "by_campaign", **view).set_index("name").loc["a"]
    return row, frame.set_index("step"), frame.attrs["note"]


def test_a_session_over_midnight_is_of_the_day_it_began(shop_with):
    events = [
        did("x", 4, "23:59:59", session_id="s"),
        did("x", 5, "00:00:01", session_id="s", event="cart"),
    ]
    for day, visits, carts in ((4, 1, 1), (5, 0, 0)):
        row, _, _ = counted(shop_with, [*events, *BOTH_ENDS], since=may(day), until=may(day))
        assert (row["visits"], row["carts"]) == (visits, carts)


def test_a_session_of_two_customers_is_a_visit_of_each(shop_with):
    events = [did("x", 4, session_id="s"), did("y", 4, session_id="s")]
    row, _, _ = counted(shop_with, [*events, *BOTH_ENDS, did("z", 5, event="cart")])
    assert (row["visits"], row["visitors"], row["carts"]) == (3, 3, 1)


def test_an_event_of_no_session_leaves_visits_unknown_and_visitors_known(shop_with):
    events = [did("x", 4), did("x", 5), did("y", 5, session_id=None), *BOTH_ENDS]
    row, steps, note = counted(shop_with, events, [line("o", 6, campaign_id="a")])
    assert math.isnan(row["visits"]) and row["visitors"] == 2
    assert steps.loc["visits", "remark"] == "1 event belongs to no session"
    assert steps.loc["orders", "before"] == "clicks", "the rates jump over what is unknown"
    assert steps.loc["orders", "of_previous"] == pytest.approx(1 / 70)
    assert "Visits or carts are not known" in note


def test_where_nobody_tells_sessions_apart_visits_are_unknown(shop_with):
    events = [did("x", 4), did("y", 5), did("y", 6), *BOTH_ENDS]
    for row in events:
        del row["session_id"]
    row, steps, _ = counted(shop_with, events)
    assert math.isnan(row["visits"]) and row["visitors"] == 2
    assert steps.loc["visits", "remark"] == "3 events belong to no session"


def test_a_campaign_that_no_event_carries_is_not_tracked(shop_with):
    events = [did("x", 4, campaign_id="other", event="cart"), *BOTH_ENDS]
    row, steps, _ = counted(shop_with, events)
    assert math.isnan(row["visits"]) and math.isnan(row["visitors"])
    assert steps.loc["visits", "remark"] == "no event carries this campaign"


def test_without_any_cart_event_carts_are_unknown_not_none(shop_with):
    row, steps, _ = counted(shop_with, [did("x", 4), *BOTH_ENDS])
    assert row["visits"] == 1 and math.isnan(row["carts"])
    assert steps.loc["carts", "remark"] == "no event `cart` carries a campaign"


def test_days_before_the_first_event_are_not_days_without_visits(shop_with):
    events = [did("x", 6, event="cart"), did("x", 31, campaign_id=None)]
    _, steps, _ = counted(shop_with, events)
    assert steps.loc["visits", "remark"] == "events are known from 6 May 2024 to 30 May 2024"
    _, steps, _ = counted(shop_with, events, since=may(6))
    assert steps.loc["visits", "count"] == 1


def test_a_shop_whose_events_carry_no_campaign_has_no_such_steps(shop_with):
    events = [did("x", 4), *BOTH_ENDS]
    for row in events:
        del row["campaign_id"]
    row, steps, _ = counted(shop_with, events)
    assert list(steps.index) == ["impressions", "clicks", "orders", "new_customers"]
    assert "visits" not in row.index


def test_more_orders_than_visits_are_named_and_are_no_rate(shop_with):
    events = [did("x", 4, event="cart"), *BOTH_ENDS]
    orders = [line(f"o{i}", 5, campaign_id="a") for i in range(3)]
    row, steps, note = counted(shop_with, events, orders)
    assert row["remark"] == "more orders than visits"
    assert math.isnan(row["orders_per_visit"]) and math.isnan(row["visits_per_order_low"])
    assert steps.loc["orders", "remark"] == "more orders than carts"
    assert math.isnan(steps.loc["orders", "of_previous"])
    assert "More orders than visits" in note


# --- what cannot be --------------------------------------------------------------------------


def of_days(shop_with, *days):
    store = shop_with(orders=REST, campaigns=RAN, campaign_days=list(days))
    view = {"as_of": may(30)}
    frame = panel(store, "by_campaign", **view)
    return frame.set_index("name").loc["a"], panel(store, "funnel", **view).set_index("step")


def test_one_day_with_more_clicks_than_impressions_makes_the_rate_unknown(shop_with):
    bad = ran("a", 4, impressions=3, clicks=9)
    row, steps = of_days(shop_with, *ran("a", 3, 5, 6, 7, 8, 9), *bad)
    assert (row["impressions"], row["clicks"]) == (6003, 69), "the counts are as they are"
    assert math.isnan(row["ctr"]) and math.isnan(steps.loc["clicks", "of_previous"])
    assert row["remark"] == "more clicks than impressions on 1 campaign day"


def test_a_cost_of_what_nobody_saw_is_named(shop_with):
    row, _ = of_days(shop_with, *ran("a", 3, 4, impressions=0, clicks=0), *ran("a", *range(5, 10)))
    assert row["remark"] == "cost without impressions on 2 campaign days"
    assert row["ctr"] == pytest.approx(0.01)


def test_nothing_shown_clicked_or_spent_has_no_rate(shop_with):
    row, steps = of_days(shop_with, *ran("a", *range(3, 10), impressions=0, clicks=0, cost=0.0))
    assert row["remark"] == ""
    assert math.isnan(row["ctr"]) and math.isnan(row["roas"]) and row["cost"] == 0
    assert steps["of_previous"].isna().all()
