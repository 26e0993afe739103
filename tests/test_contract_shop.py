"""The tables of the whole shop: every rule is broken once, counted, and costs its own row only."""

import csv
from datetime import datetime

import pytest

from ops_widgets.contract import TABLES
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.validation import ids
from ops_widgets.validation.checks import check
from ops_widgets.validation.rules import UNIQUE, asked_rules

NOW = datetime(2025, 6, 1, 12)
#: A day that an unset clock writes, one that is still to come, and one that never is planned for.
EARLY, AHEAD, NEVER = "1989-12-31", "2099-01-01", "2101-01-01"
ORDER = "order_id,ordered_at,product_id,quantity,unit_price\no1,2025-05-01,p1,1,1\n"


def number(name, most, *, negative=True):
    """The ways in which a column of numbers breaks."""
    found = {f"{name}_wrong_type": {name: "much"}, f"{name}_too_large": {name: str(most)}}
    return found | ({f"{name}_negative": {name: "-1"}} if negative else {})


def missing(*names):
    return {f"{name}_missing": {name: ""} for name in names}


def past(name):
    """The ways in which a day breaks that has to be over."""
    return {
        f"{name}_wrong_type": {name: "soon"},
        f"{name}_too_early": {name: EARLY},
        f"{name}_in_future": {name: AHEAD},
    }


def plan(name):
    """The ways in which a day breaks that may lie ahead."""
    return {
        f"{name}_wrong_type": {name: "soon"},
        f"{name}_too_early": {name: EARLY},
        f"{name}_too_late": {name: NEVER},
    }


def truth(name):
    return {f"{name}_wrong_type": {name: "perhaps"}}


SCOPES = {
    "scope_unreadable": {"scope": "colour=red"},
    "scope_ambiguous": {"scope": "channel=app; brand=X;channel = web"},
}
MONEY, PIECES, COUNTED, MARKET = 10**11, 10**8, 10**12, 10**14

#: Table -> a good row, the column that tells rows apart, and rule -> what breaks it. What is told
#: apart by a number is given one row after the other.
OF_IDS = (ids.RUINED, ids.PLACEHOLDER, ids.AS_NUMBER, ids.ROUNDED)
SHOP = {
    "customers": (
        {
            "customer_id": "c",
            "first_known_on": "2025-01-01",
            "region": "North",
            "segment": "A",
            "household_id": "h",
            "is_guest": "No",
        },
        "customer_id",
        missing("customer_id") | past("first_known_on") | truth("is_guest"),
    ),
    "stock": (
        {
            "day": "2025-05-01",
            "product_id": "p0",
            "on_hand": "0",
            "on_order": "5",
            "reorder_point": "",
        },
        "product_id",
        missing("day", "product_id", "on_hand")
        | past("day")
        | number("on_hand", PIECES)
        | number("on_order", PIECES)
        | number("reorder_point", PIECES),
    ),
    "shipments": (
        {
            "order_id": "o",
            "promised_on": "2025-06-20",
            "shipped_on": "2025-05-02",
            "delivered_on": "2025-05-02",
            "cost": "3.20",
            "carrier": "",
        },
        "order_id",
        missing("order_id")
        | plan("promised_on")
        | past("shipped_on")
        | {"delivered_on_wrong_type": {"delivered_on": "soon"}}
        | {"delivered_on_too_early": {"delivered_on": EARLY, "shipped_on": ""}}
        | {"delivered_on_in_future": {"delivered_on": AHEAD}}
        | {"delivered_before_shipped": {"delivered_on": "2025-05-01"}}
        | number("cost", MONEY),
    ),
    "offers": (
        {
            "day": "2025-05-01",
            "product_id": "p0",
            "seller_id": "s",
            "channel": "app",
            "price": "9.99",
            "in_stock": "1",
            "match_confidence": "1",
        },
        "seller_id",
        missing("day", "product_id", "seller_id", "price")
        | past("day")
        | number("price", MONEY, negative=False)
        | {"price_not_positive": {"price": "0"}}
        | truth("in_stock")
        | number("match_confidence", "1.01"),
    ),
    "placements": (
        {
            "day": "2025-05-01",
            "page": "home",
            "product_id": "p0",
            "position": "1",
            "impressions": "10",
            "clicks": "10",
            "orders": "1",
            "shuffled": "true",
        },
        "product_id",
        missing("day", "page", "product_id", "position", "impressions", "clicks")
        | past("day")
        | number("position", PIECES, negative=False)
        | {"position_not_positive": {"position": "0"}}
        | number("impressions", COUNTED)
        | number("clicks", COUNTED)
        | number("orders", COUNTED)
        | truth("shuffled"),
    ),
    "calendar": (
        {
            "starts_on": "2025-11-11",
            "ends_on": "2025-11-11",
            "name": "n",
            "kind": "promotion",
            "scope": "category = Beauty / Make-up; channel=app",
        },
        "name",
        missing("starts_on", "name", "kind")
        | plan("starts_on")
        | {"ends_on_wrong_type": {"ends_on": "soon"}, "ends_on_too_late": {"ends_on": NEVER}}
        | {"ends_on_too_early": {"ends_on": EARLY}}
        | {"event_ends_before_start": {"ends_on": "2025-11-10"}}
        | {"kind_unknown": {"kind": "weather"}}
        | SCOPES,
    ),
    "targets": (
        {"period": "2025-Q3", "metric": "m", "value": "-5", "scope": " "},
        "metric",
        missing("period", "metric", "value")
        | {"period_unreadable": {"period": "2025-W53"}}
        | {"period_ends_before_start": {"period": "2025-06-02/2025-06-01"}}
        | number("value", MARKET, negative=False)
        | SCOPES,
    ),
    "slots": (
        {
            "slot_id": "s",
            "page": "home",
            "position": "1",
            "capacity": "3",
            "starts_on": "2025-01-01",
            "ends_on": "2026-12-31",
            "channel": "app",
        },
        "slot_id",
        missing("slot_id", "capacity")
        | number("position", PIECES, negative=False)
        | {"position_not_positive": {"position": "0"}}
        | number("capacity", PIECES, negative=False)
        | {"capacity_not_positive": {"capacity": "0"}}
        | plan("starts_on")
        | plan("ends_on")
        | {"slot_ends_before_start": {"ends_on": "2024-12-31"}},
    ),
    "slot_requests": (
        {
            "request_id": "r",
            "starts_on": "2025-07-01",
            "ends_on": "2025-07-01",
            "slot_id": "s0",
            "campaign_id": "k0",
            "product_id": "p0",
            "category": "A / B",
            "seller_id": "x",
            "expected_value": "100",
            "tier": "S",
        },
        "request_id",
        missing("request_id", "starts_on")
        | plan("starts_on")
        | plan("ends_on")
        | {"request_ends_before_start": {"ends_on": "2025-06-30"}}
        | number("expected_value", MONEY),
    ),
    "slot_plan": (
        {"slot_id": "s0", "day": "2025-07-01", "request_id": "r0", "locked": "F"},
        "request_id",
        missing("slot_id", "day", "request_id") | plan("day") | truth("locked"),
    ),
    "decisions": (
        {
            "decided_on": "2025-05-01",
            "text": "t",
            "metric": "gmv",
            "scope": "",
            "expected": "-0.05",
            "due_on": "2025-09-01",
            "owner": "we",
        },
        "text",
        missing("decided_on", "text")
        | past("decided_on")
        | number("expected", MARKET, negative=False)
        | {"due_on_wrong_type": {"due_on": "soon"}, "due_on_too_late": {"due_on": NEVER}}
        | {"due_on_too_early": {"due_on": EARLY}}
        | {"due_before_decided": {"due_on": "2025-04-30"}}
        | SCOPES,
    ),
    "campaign_audience": (
        {
            "campaign_id": "k0",
            "customer_id": "c",
            "arm": "treatment",
            "assigned_at": "2025-05-01 10:00",
            "reached": "Y",
            "converted": "0",
            "value": "0",
            "pre_spend": "-12.5",
            "pre_orders": "",
        },
        "customer_id",
        missing("campaign_id", "customer_id")
        | {"arm_unknown": {"arm": "both"}}
        | past("assigned_at")
        | truth("reached")
        | truth("converted")
        | number("value", MONEY)
        | {"pre_spend_wrong_type": {"pre_spend": "12,5"}}
        | {"pre_orders_wrong_type": {"pre_orders": "inf"}},
    ),
    "campaign_days": (
        {
            "campaign_id": "k",
            "day": "2025-05-01",
            "impressions": "10",
            "clicks": "1",
            "cost": "2.5",
            "conversions": "0.25",
            "conversion_value": "9.9",
            "slot_id": "s0",
        },
        "campaign_id",
        missing("campaign_id", "day")
        | past("day")
        | number("impressions", COUNTED)
        | number("clicks", COUNTED)
        | number("cost", MONEY)
        | number("conversions", COUNTED)
        | number("conversion_value", MONEY),
    ),
    "sales": (
        {
            "starts_on": "2025-05-05",
            "ends_on": "2025-05-11",
            "channel": "North",
            "product_id": "p0",
            "category": "A / B",
            "units": "3",
            "revenue": "12.345",
            "cost": "",
        },
        "product_id",
        missing("starts_on", "revenue")
        | past("starts_on")
        | plan("ends_on")
        | {"period_ends_early": {"ends_on": "2025-05-04"}}
        | number("units", PIECES)
        | number("revenue", MONEY)
        | number("cost", MONEY),
    ),
}
#: Table -> note -> what it counts; the row is kept.
NOTED = {
    "sales": {"product_unknown": {"product_id": "stranger"}},
    "stock": {"product_unknown": {"product_id": "stranger"}},
    "offers": {"product_unknown": {"product_id": "stranger"}},
    "placements": {
        "product_unknown": {"product_id": "stranger"},
        "clicks_above_impressions": {"clicks": "11"},
    },
    "slot_requests": {
        "slot_unknown": {"slot_id": "stranger"},
        "campaign_unknown": {"campaign_id": "stranger"},
        "product_unknown": {"product_id": "stranger"},
    },
    "slot_plan": {
        "slot_unknown": {"slot_id": "stranger"},
        "request_unknown": {"request_id": "stranger"},
    },
    "campaign_days": {"slot_unknown": {"slot_id": "stranger"}},
}
#: Table -> the rule on copies, and what a copy may differ in; nothing: all has to be equal.
COPIES = {
    "sales": ("sales_duplicated", {"revenue": "8"}),
    "customers": ("customer_id_duplicated", {"region": "South"}),
    "stock": ("stock_duplicated", {"on_hand": "7"}),
    "shipments": ("shipment_duplicated", {}),
    "offers": ("offer_duplicated", {"price": "8"}),
    "placements": ("placement_duplicated", {"clicks": "1"}),
    "calendar": ("event_duplicated", {"ends_on": "2025-11-12"}),
    "targets": ("target_duplicated", {"value": "8"}),
    "slots": ("slot_duplicated", {"capacity": "8"}),
    "slot_requests": ("request_id_duplicated", {"tier": "A"}),
    "slot_plan": ("slot_plan_duplicated", {"locked": "1"}),
    "decisions": ("decision_duplicated", {}),
    "campaign_audience": ("audience_duplicated", {"arm": "control"}),
    "campaign_days": ("campaign_day_duplicated", {"cost": "8"}),
}
#: Table -> what makes a row another one, though it looks like a copy.
OTHERS = {
    "sales": {"channel": "South"},
    "stock": {"day": "2025-05-02"},
    "shipments": {"cost": "3.21"},
    "offers": {"channel": ""},
    "placements": {"shuffled": "0"},
    "calendar": {"scope": ""},
    "targets": {"period": "2025"},
    "slots": {"starts_on": "2025-02-01"},
    "slot_plan": {"slot_id": "s1"},
    "decisions": {"owner": "you"},
    "campaign_days": {"slot_id": "s1"},
}
NEW = sorted(SHOP)


def write(folder, name, rows):
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def shop(folder, name, rows):
    """A source with these rows of one table, and all that it may refer to."""
    (folder / "orders.csv").write_text(ORDER)
    ids = [f"{i}" for i in range(99)]
    write(folder, "products", [{"product_id": f"p{i}", "category": "A"} for i in ids])
    write(folder, "campaigns", [{"campaign_id": f"k{i}"} for i in ids])
    write(folder, "slots", [{"slot_id": f"s{i}", "capacity": "2"} for i in ids])
    requests = [{"request_id": f"r{i}", "starts_on": "2025-07-01"} for i in ids]
    write(folder, "slot_requests", requests)
    write(folder, name, rows)
    return load_config(folder)


def checked(source, name):
    """Rule -> rows, the used rows, and the rules that were asked."""
    with open_source(source) as opened:
        found = check(opened, now=NOW)
        result = found.report.tables[name]
        counts = {one.rule: one.count for one in result.rules}
        used = found.used[name].execute()
        assert result.rows_in == len(used) + result.rows_rejected
        return counts, used, asked_rules(opened.reading(name))


def apart(name, changes, nth):
    """A good row of its own, changed."""
    row, key, _ = SHOP[name]
    return row | {key: f"{row[key].rstrip('0')}{nth}"} | changes


@pytest.mark.parametrize("name", NEW)
def test_every_rule_is_broken_once_and_costs_its_row_alone(tmp_path, name):
    broken, noted = SHOP[name][2], NOTED.get(name, {})
    rule, differs = COPIES[name]
    rows = [apart(name, changes, i) for i, changes in enumerate(broken.values())]
    rows += [apart(name, changes, 60 + i) for i, changes in enumerate(noted.values())]
    rows += [apart(name, {}, 90), apart(name, differs, 90)]
    if name in OTHERS:
        rows.append(apart(name, OTHERS[name], 90))
    counts, used, asked = checked(shop(tmp_path, name, rows), name)
    assert counts == dict.fromkeys([*broken, *noted, rule], 1)
    assert len(used) == len(noted) + 1 + (name in OTHERS)
    declared = {one.name for one in asked if not one.name.endswith(OF_IDS)}  # test_ids asks those
    assert declared - {"equal_lines"} == counts.keys()


@pytest.mark.parametrize("name", NEW)
def test_a_table_of_its_required_columns_alone_is_enough(tmp_path, name):
    row = {column: SHOP[name][0][column] for column in TABLES[name].required_names}
    counts, used, asked = checked(shop(tmp_path, name, [row, row]), name)
    assert counts == {COPIES[name][0]: 1}
    assert len(used) == 1
    assert [one for one in asked if one.kind in UNIQUE], "copies are looked for all the same"


def test_a_plan_may_be_refused_today_and_tomorrow_alike(tmp_path):
    """Only what time may heal makes a build look at a file again."""
    for table in TABLES.values():
        for rule in table.rules:
            assert rule.name.endswith("_in_future") == (rule.kind == "not_future")
