"""Rules of attribution beside control groups: paths of small, unfriendly shops, counted naively."""

import numpy as np
import pandas as pd
import pytest

from ops_widgets.analyses.campaign_performance import titles
from ops_widgets.analyses.campaign_performance.factor import factor, measured
from ops_widgets.analyses.campaign_performance.paths import credits_of, divided, of_all_days
from ops_widgets.analyses.campaign_performance.rules import RULES
from ops_widgets.errors import MissingDataError
from ops_widgets.periods import day_number

from . import naive_paths as naive
from .campaign_shop import CAMPAIGN, campaign, line, may, moment, panel, shop

COLUMNS = [f"net_revenue_{rule}" for rule in RULES]
ORDERS = [f"orders_{rule}" for rule in RULES]


def visit(customer, campaign_id, day, time="10:00:00", **values):
    row = {"occurred_at": moment(day, time), "customer_id": customer, "event": "view"}
    return row | {"campaign_id": campaign_id} | values


def bought(customer, order, day, time="12:00:00", **values):
    return line(order, day, time, customer_id=customer, **values)


#: Somebody else's order on the last day, so that the look-backs of all others have passed.
LATE = bought(None, "late", 60)


def opened(tmp_path, events, orders, **tables):
    return shop(tmp_path / "s", orders=[*orders, LATE], events=events, **tables)


def by_rule(store, first=1, last=60, lookback=14):
    """Campaign -> rule -> orders."""
    days = (day_number(may(day)) for day in (first, last))
    table = credits_of(store, *days, lookback).by_campaign.set_index("campaign_id")[ORDERS]
    return table.rename(columns=lambda name: name.removeprefix("orders_"))


# --- against the naive model -----------------------------------------------------------------


def random_shop(seed):
    """Few customers of many visits: ties, repeats, strangers, returns, orders of two customers."""
    random = np.random.default_rng(seed)
    names = ["a", "b", "c", "d", None, None]
    chances = [0.4, 0.2, 0.1, 0.05, 0.15, 0.1]
    clock = ["00:00:00", "09:00:00", "09:00:01", "23:59:59"]
    events = [
        visit(f"c{random.zipf(1.3) % 14}", random.choice(names, p=chances),
              int(random.integers(1, 60)), random.choice(clock))
        for _ in range(260)
    ]  # fmt: skip
    statuses = ["completed", "returned", "cancelled"]
    orders = []
    for number in range(50):
        for _ in range(int(random.integers(1, 3))):
            whose = None if random.random() < 0.1 else f"c{random.zipf(1.3) % 20}"
            whose = orders[-1]["customer_id"] if orders and random.random() < 0.5 else whose
            price = float(np.round(random.lognormal(2, 1.2), 2))
            status = random.choice(statuses, p=[0.7, 0.15, 0.15])
            same = orders and orders[-1]["order_id"] == f"o{number}"
            day = int(random.integers(1, 60))
            at = orders[-1]["ordered_at"] if same or (random.random() < 0.1 and orders) else None
            made = bought(whose, f"o{number}", day, random.choice(clock), unit_price=price)
            orders.append(made | {"status": str(status)} | ({"ordered_at": at} if at else {}))
    return [e | {"campaign_id": None if e["campaign_id"] is None else str(e["campaign_id"])}
            for e in events], orders  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_every_rule_gives_what_its_definition_says(tmp_path, seed):
    events, orders = random_shop(seed)
    store = opened(tmp_path, events, orders)
    for lookback, days in ((7, (1, 60)), (14, (20, 45)), (30, (1, 60))):
        first, last = (day_number(may(day)) for day in days)
        found = naive.paths(events, [*orders, LATE], lookback)
        found = [one for one in found if first <= one[0] <= last]
        assert any(orders == 0 for _, _, orders, _ in found)
        assert max(len(steps) for _, steps, _, _ in found) > 2
        table = credits_of(store, first, last, lookback)
        shown = table.by_campaign.set_index("campaign_id")
        for measure, total in (("orders", table.orders), ("net_revenue", table.net_revenue)):
            wanted = naive.credits(found, measure)
            for rule, given in wanted.items():
                got = shown[f"{measure}_{rule}"]
                assert got.sum() == pytest.approx(total)
                # Time decay is kept in whole parts: each path may be off by one.
                off = {"decay": len(found) * (1e-6 if measure == "orders" else 1)}
                assert got.to_dict() == pytest.approx(given, abs=off.get(rule, 1e-7)), rule
    store.close()


def test_a_path_of_the_samples_is_divided_without_rest(store):
    """All rules divide the same: what the orders with a path brought."""
    shown = panel(store, "attribution", days=365)
    totals = shown[COLUMNS].sum()
    assert totals.min() > 0
    assert totals.to_numpy() == pytest.approx(totals.iloc[0])
    assert shown[ORDERS].sum().to_numpy() == pytest.approx(shown["orders_last"].sum())
    assert "Every rule divides the same" in shown.attrs["note"]


# --- what a path is --------------------------------------------------------------------------


def test_a_visit_counts_for_the_first_order_after_it_alone(tmp_path):
    orders = [bought("x", "1", 5), bought("x", "2", 6)]
    store = opened(tmp_path, [visit("x", "a", 4), visit("x", "b", 6, "11:00:00")], orders)
    assert by_rule(store).to_dict("index") == {
        "a": dict.fromkeys(RULES, 1.0),
        "b": dict.fromkeys(RULES, 1.0),
    }


def test_an_order_before_the_visit_and_an_order_too_late_credit_nobody(tmp_path):
    events = [visit("x", "a", 10), visit("y", "a", 10), visit("z", "b", 10)]
    orders = [
        bought("x", "1", 9),
        bought("y", "2", 17, "10:00:01"),
        bought("z", "3", 17, "10:00:00"),
    ]
    store = opened(tmp_path, events, orders)
    found = by_rule(store, lookback=7)
    assert found.loc["a"].tolist() == [0.0] * len(RULES)  # one second too late
    assert found.loc["b"].tolist() == [1.0] * len(RULES)
    assert (by_rule(store, lookback=14).loc["a", "last"]) == 1


def test_an_order_of_the_second_of_the_visit_comes_after_it(tmp_path):
    store = opened(tmp_path, [visit("x", "a", 5, "12:00:00")], [bought("x", "1", 5)])
    assert by_rule(store).loc["a", "last"] == 1


def test_visits_of_one_second_follow_each_other_by_campaign(tmp_path):
    events = [visit("x", name, 4) for name in ("b", "a", "b")]
    found = by_rule(opened(tmp_path, events, [bought("x", "1", 5)]))
    assert found["last"].to_dict() == {"a": 0.0, "b": 1.0}
    assert found["first"].to_dict() == {"a": 1.0, "b": 0.0}
    assert found["linear"].to_dict() == {"a": 0.5, "b": 0.5}


def test_repeats_in_a_row_are_one_step_of_the_time_of_the_last(tmp_path):
    events = [visit("x", "a", 3), visit("x", "a", 10), visit("x", "b", 10, "12:00:00")]
    found = by_rule(opened(tmp_path, events, [bought("x", "1", 17)]))
    assert found["linear"].to_dict() == {"a": 0.5, "b": 0.5}
    # Two hours apart, not a week.
    assert found.loc["b", "decay"] == pytest.approx(1 / (1 + 2 ** (-2 / 24 / 7)), abs=1e-6)


def test_a_week_before_weighs_half(tmp_path):
    events = [visit("x", "a", 3, "12:00:00"), visit("x", "b", 10, "12:00:00")]
    found = by_rule(opened(tmp_path, events, [bought("x", "1", 10)]))
    assert found["decay"].to_dict() == pytest.approx({"a": 1 / 3, "b": 2 / 3}, abs=1e-6)


def test_who_may_still_order_is_on_no_path_yet(tmp_path):
    """Of day 45 all fourteen days after it are over on day 60, of day 46 they are not."""
    for day, walked in ((45, 1), (46, 0)):
        store = shop(tmp_path / str(day), orders=[LATE], events=[visit("x", "a", day)])
        got = store.query("select sum(without_order) as n from campaign_path where lookback = 14")
        assert got["n"].fillna(0).iloc[0] == walked
        store.close()


def test_paths_without_an_order_count_in_the_chain_and_nowhere_else(tmp_path):
    """The published chain of three, as visits: a > b > c ordered, a and b > c did not."""
    events = [visit("x", name, day) for day, name in enumerate("abc", start=1)]
    events += [visit("y", "a", 3), visit("z", "b", 3), visit("z", "c", 4)]
    found = by_rule(opened(tmp_path, events, [bought("x", "1", 5)]))
    assert found["markov"].to_dict() == pytest.approx({"a": 0.2, "b": 0.4, "c": 0.4})
    assert found["linear"].to_dict() == pytest.approx(dict.fromkeys("abc", 1 / 3))


def test_where_nobody_ordered_every_rule_gives_nothing(tmp_path):
    store = opened(tmp_path, [visit("x", "a", 3), visit("y", "b", 3)], [bought("w", "1", 1)])
    assert (by_rule(store) == 0).all(axis=None)
    shown = panel(store, "attribution", days=90)
    assert titles.hangs_on_rule(shown).startswith("Too few orders")


def test_twenty_steps_are_kept(tmp_path):
    events = [visit("x", "ab"[hour % 2], 3, f"{hour:02}:00:00") for hour in range(1, 24)]
    events.insert(0, visit("x", "far", 2))
    found = by_rule(opened(tmp_path, events, [bought("x", "1", 4)]))
    assert found["linear"].to_dict() == pytest.approx({"a": 0.5, "b": 0.5})


def test_nobodys_orders_and_those_of_two_customers_have_no_path(tmp_path):
    events = [visit("x", "a", 3), visit("y", "a", 3)]
    orders = [bought("x", "1", 4), bought("y", "1", 4), bought(None, "2", 4)]
    found = by_rule(opened(tmp_path, events, orders))
    assert found.loc["a", "last"] == 0


def test_a_refresh_gives_what_a_build_gives(tmp_path):
    events, orders = random_shop(9)
    store = opened(tmp_path, events, orders)
    again = shop(tmp_path / "t", orders=[*orders[::-1], LATE], events=events[::-1])
    tables = [one.query("select * from campaign_path") for one in (store, again)]
    pd.testing.assert_frame_equal(*tables)


# --- the panel -------------------------------------------------------------------------------


def test_the_panel_follows_days_and_kinds_and_says_what_is_divided(tmp_path):
    events = [visit("x", "a", 3), visit("y", "b", 40)]
    orders = [bought("x", "1", 4), bought("y", "2", 41, unit_price=30.0, campaign_id="b")]
    listed = [campaign("a", 1, 9, name="A"), campaign("b", 30, 50, content_type="marketing_copy")]
    store = opened(tmp_path, events, orders, campaigns=listed)
    whole = panel(store, "attribution", days=90).set_index("name")
    assert whole[COLUMNS[0]].to_dict() == {"b": 3000.0, "A": 1000.0}
    assert whole["net_revenue"].to_dict() == {"b": 3000.0, "A": 0.0}
    assert "the same ¥40.00 of 2 orders." in whole.attrs["note"]
    late = panel(store, "attribution", days=30)
    assert late["name"].tolist() == ["b"]
    part = panel(store, "attribution", days=90, content_types=["marketing_copy"])
    assert part["name"].tolist() == ["b"]
    assert "¥40.00 of 2 orders among all campaigns" in part.attrs["note"]
    assert panel(store, "attribution", days=90, until=str(may(20)))["name"].tolist() == ["A"]


def test_a_campaign_that_no_visit_names_is_unknown_and_not_nothing(tmp_path):
    orders = [bought("x", "1", 4), bought("y", "2", 5, campaign_id="mail")]
    store = opened(tmp_path, [visit("x", "a", 3)], orders)
    shown = panel(store, "attribution", days=90).set_index("name")
    assert shown.loc["mail", COLUMNS].isna().all()
    assert shown.loc["mail", "net_revenue"] == 1000
    assert "No visit names 1 of these campaigns" in shown.attrs["note"]


def test_what_is_lacking_is_said(tmp_path):
    orders = [bought("x", "1", 4, campaign_id="a"), LATE]
    store = shop(tmp_path / "none", orders=orders)
    with pytest.raises(MissingDataError, match="no table `events`"):
        panel(store, "attribution", days=90)
    store = shop(tmp_path / "un", orders=orders, events=[
        {k: v for k, v in visit("x", "a", 3).items() if k != "campaign_id"}])  # fmt: skip
    with pytest.raises(MissingDataError, match=r"no column `events.campaign_id`"):
        panel(store, "attribution", days=90)
    nameless = [{k: v for k, v in one.items() if k != "customer_id"} for one in orders]
    store = shop(tmp_path / "nameless", orders=nameless, events=[visit("x", "a", 3)])
    with pytest.raises(MissingDataError, match=r"no column `orders.customer_id`"):
        panel(store, "attribution", days=90)
    store = shop(tmp_path / "silent", orders=orders, events=[visit("x", None, 3)])
    with pytest.raises(MissingDataError, match="No visit that names a campaign"):
        panel(store, "attribution", days=90)


def test_every_look_back_is_an_option_of_the_page(tmp_path):
    view = CAMPAIGN.view
    assert view().lookback == "14"
    assert view.parse({"lookback": 30}).lookback == "30"  # as a scheduler may write it
    assert view.parse({"lookback": "7"}).to_query() == "lookback=7"
    events, orders = random_shop(1)
    store = opened(tmp_path, events, orders)
    kept = store.query("select distinct lookback from campaign_path order by 1")["lookback"]
    offered = view.model_json_schema()["properties"]["lookback"]["enum"]
    assert [int(one) for one in offered] == kept.tolist()


# --- the factor ------------------------------------------------------------------------------


def test_what_was_planted_is_credited_by_every_rule_and_was_not_caused(store):
    """Its customers were about to buy: more credit than the end of what control groups allow."""
    shown = panel(store, "attribution", days=730).set_index("name")
    reminder = shown.loc["Cart Reminder"]
    assert reminder[COLUMNS].min() > reminder["incremental_high"]
    assert reminder["incremental_low"] < 0 < reminder["net_revenue"]


def test_the_factor_of_the_samples_is_the_ratio_of_the_sums(store):
    view = CAMPAIGN.view.parse({"days": 28})
    shown = panel(store, "calibration", days=28)
    both = shown[shown["incremental"].notna() & (shown["credited"] > 0)]
    found = factor(store, view)
    assert found.many == len(both) == 24
    assert found.value == pytest.approx(both["incremental"].sum() / both["credited"].sum())
    assert found.low < found.value < found.high
    assert (shown["factor"] == found.value).all()
    rest = shown[shown["incremental"].isna()]
    assert rest["calibrated"].to_numpy() == pytest.approx(rest["credited"] * found.value)
    assert both["calibrated"].isna().all()
    told = measured(store, view).dropna(subset="incremental").set_index("campaign_id")
    by_rule = of_all_days(store, view).by_campaign.set_index("campaign_id").reindex(told.index)
    for rule in RULES:
        by, credited = factor(store, view, rule), by_rule[f"net_revenue_{rule}"]
        assert (credited > 0).all()
        assert by.value == pytest.approx(told["incremental"].sum() / credited.sum())
        assert f"{RULES[rule][0]} {by.value:.3f}×" in shown.attrs["more"]["factor"]


def test_credit_is_never_called_caused_or_incremental(store):
    shown = panel(store, "calibration", days=90)
    labels = shown.attrs["labels"]
    assert labels["calibrated"] == "Credited × factor"
    assert "no measurement" in shown.attrs["note"]
    by_credit = [name for name in labels if name.startswith(("net_", "orders", "credited"))]
    assert not [n for n in by_credit if "ncremental" in labels[n] or "aused" in labels[n]]


def test_of_few_measured_campaigns_there_is_no_factor(store):
    chosen = panel(store, "calibration", days=90, content_types=["rule_explanation"])
    assert chosen["incremental"].notna().sum() >= 5
    assert chosen["factor"].notna().all()
    day = "2024-06-01"
    early = panel(store, "calibration", days=90, as_of=day)
    assert 0 < early["incremental"].notna().sum() < 5
    assert early["factor"].isna().all() and early["calibrated"].isna().all()
    assert "Too few for a factor" in early.attrs["note"]
    assert titles.calibrated(early).startswith("Too few measured campaigns")
    assert factor(store, CAMPAIGN.view.parse({"as_of": day})) is None


def test_without_control_groups_it_says_what_they_take(tmp_path):
    orders = [bought("x", "1", 4, campaign_id="a"), LATE]
    store = shop(tmp_path / "s", orders=orders)
    with pytest.raises(MissingDataError, match="no table `campaign_audience`"):
        panel(store, "calibration", days=90)
    drawn = [{"campaign_id": "a", "customer_id": "x", "arm": "treatment"}]
    store = shop(tmp_path / "t", orders=orders, campaign_audience=drawn, campaigns=[campaign("a")])
    with pytest.raises(MissingDataError, match="can be read: no control group"):
        panel(store, "calibration", days=90)


def test_rules_have_no_factor_where_visits_are_known_of_a_part_of_the_days(tmp_path):
    orders = [bought("x", "1", 1, campaign_id="a"), bought("x", "2", 40, campaign_id="a"), LATE]
    small = shop(tmp_path / "s", orders=orders, events=[visit("x", "a", 39)])
    with pytest.raises(MissingDataError, match="Visits are known from"):
        factor(small, CAMPAIGN.view(), "last")
    note = panel(small, "attribution", days=90).attrs["note"]
    assert "Visits are known from 8 Jun 2024: before 22 Jun 2024 paths may begin late" in note


def test_divided_does_not_mind_how_often_a_path_is_listed():
    """Equal paths of two days are two rows each: all rules are sums."""
    columns = ["path", "step", "campaign_id", "orders", "net_revenue", "without_order"]
    columns += ["decay_orders", "decay_net_revenue"]
    rows = [[1, 1, "a", 3, 30, 1, 1e6, 10], [1, 2, "b", 3, 30, 1, 2e6, 20]]
    twice = [[1, *rows[0][1:]], [1, *rows[1][1:]], [2, *rows[0][1:]], [2, *rows[1][1:]]]
    one, two = (
        divided(pd.DataFrame(r, columns=columns).astype({"orders": float})) for r in (rows, twice)
    )
    numbers = [*COLUMNS, *ORDERS]
    assert two.by_campaign[numbers].to_numpy() == pytest.approx(2 * one.by_campaign[numbers])


def test_the_title_says_how_far_rules_differ_and_of_how_many_all_credit_too_much():
    rows = {name: [50.0, 50.0] for name in COLUMNS} | {"net_revenue_first": [60.0, 40.0]}
    frame = pd.DataFrame(rows | {"orders_last": [30, 30], "incremental_high": [np.nan, 39.0]})
    said = titles.hangs_on_rule(frame)
    assert said == "Rules differ by 10.0%; all of them credit too much in 1 of 1 campaign"
    fits = titles.hangs_on_rule(frame.assign(incremental_high=60.0))
    assert fits == "Rules differ by 10.0%; no control group shows that they credit too much"
    alone = titles.hangs_on_rule(frame.assign(incremental_high=np.nan))
    assert alone.endswith("nobody measured which is right")
    few = titles.hangs_on_rule(frame.assign(orders_last=[29, 0]))
    assert few.startswith("Too few orders")
