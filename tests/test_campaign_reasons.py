"""An unknown number of campaigns has its own true reason; a new customer may only be first seen."""

from __future__ import annotations

import math

import pytest

from ops_widgets.analyses.campaign_performance.headline import MEASURES

from .campaign_shop import line, may, numbers, panel, ran, shop

NAMES = [measure.name for measure in MEASURES]
#: A first order that carries no campaign, and an order at the end of the data.
BEGIN, END = -200, 60


def without(rows, *columns):
    return [{k: v for k, v in row.items() if k not in columns} for row in rows]


@pytest.fixture(scope="module")
def rich(tmp_path_factory):
    """A year of a shop: k paid and free weeks, somebody old and somebody new, guests.

    k: 1 to 7 May it costs 5.00 a day, 8 to 14 May nothing; new customers on the 2nd and the 9th.
    old: 20 to 26 May, bought by a customer of January.
    guest: 27 May to 2 June, bought by nobody known.
    bare: 3 to 9 June, its goods have no cost.
    """
    orders = [
        line("begin", BEGIN),
        line("january", -120, customer_id="old"),
        line("a", 2, campaign_id="k"),
        line("b", 9, campaign_id="k"),
        line("c", 21, campaign_id="old", customer_id="old"),
        line("d", 28, campaign_id="guest", customer_id=None),
        line("e", 35, campaign_id="bare", unit_cost=None),
        line("f", 36, campaign_id="bare", customer_id=None),
        line("end", END),
    ]
    days = [
        *ran("k", *range(1, 8)),
        *ran("k", *range(8, 15), cost=0.0),
        *ran("old", *range(20, 27)),
        *ran("guest", *range(27, 34)),
        *ran("bare", *range(34, 41)),
    ]
    store = shop(tmp_path_factory.mktemp("rich") / "s", orders=orders, campaign_days=days)
    yield store
    store.close()


def of_days(store, first, last, **view):
    return numbers(store, as_of=may(last), days=last - first + 1, **view)


def reasons(found):
    return {name: one.detail for name, one in found.items() if one.value is None}


def test_known_numbers_have_no_reason(rich):
    found = of_days(rich, 1, 7)
    assert reasons(found) == {}
    assert [found[name].value for name in NAMES] == [1000, 1, 3500, 1000 / 3500, 3500, -2900]


def test_nothing_was_spent(rich):
    found = of_days(rich, 8, 14)
    assert reasons(found) == {"roas": "nothing was spent", "cac": "nothing was spent"}
    assert found["cost"].value == 0
    assert found["contribution"].value == 600
    table = panel(rich, "by_campaign", as_of=may(14), days=7)
    assert table[["roas", "cac"]].isna().all(axis=None)


def test_no_new_customer_was_credited(rich):
    assert reasons(of_days(rich, 20, 26)) == {"cac": "no new customer was credited"}


def test_of_orders_of_nobody_known_new_is_not_known(rich):
    assert reasons(of_days(rich, 27, 33)) == {"cac": "who placed these orders is not known"}
    table = panel(rich, "by_campaign", as_of=may(33), days=7)
    assert table["new_customers"].isna().all()
    assert table["orders"].tolist() == [1]


def test_of_some_orders_of_nobody_known_the_page_says_so(rich):
    note = panel(rich, "by_group", as_of=may(40), days=7).attrs["note"]
    assert "Who placed 1 of 2 credited orders is not known: New leaves them out." in note


def test_goods_without_a_cost(rich):
    found = of_days(rich, 34, 40)
    assert reasons(found) == {"contribution": "cost of goods is not known for 1 credited line"}


def test_no_campaign_ran(rich):
    found = of_days(rich, 43, 49)
    assert reasons(found) == dict.fromkeys(NAMES, "no campaign ran in these days")
    assert all(one.trend == () for one in found.values())
    chosen = of_days(rich, 1, 7, campaign="old")
    assert reasons(chosen) == dict.fromkeys(NAMES, "no chosen campaign ran in these days")


def test_a_comparison_has_the_reason_of_its_own_days(rich):
    """15 to 21 May against 8 to 14 May, in which k was free, and 27 to 33 against 20 to 26."""
    free = of_days(rich, 15, 21)
    assert (free["roas"].previous, free["roas"].previous_detail) == (None, "nothing was spent")
    none_new = of_days(rich, 27, 33)
    assert none_new["cac"].previous_detail == "no new customer was credited"
    nobody = of_days(rich, 50, 56)["cost"]
    assert nobody.previous_detail == "no campaign ran then"


@pytest.fixture(scope="module")
def anonymous(tmp_path_factory):
    """The same week of k in a shop that maps neither customers nor what goods cost."""
    orders = [line("begin", -200), line("a", 2, campaign_id="k"), line("end", 7)]
    store = shop(
        tmp_path_factory.mktemp("anonymous") / "s",
        orders=without(orders, "customer_id", "unit_cost"),
        campaign_days=ran("k", *range(1, 8)),
    )
    yield store
    store.close()


def test_customers_are_not_known(anonymous):
    found = of_days(anonymous, 1, 7)
    assert reasons(found) == {
        "cac": "customers are not known",
        "contribution": "cost of goods is not known",
    }
    frame = panel(anonymous, "by_campaign", as_of=may(7), days=7)
    assert frame["new_customers"].isna().all()
    assert "New and CAC need `orders.customer_id`" in frame.attrs["note"]
    steps = panel(anonymous, "funnel", as_of=may(7), days=7).set_index("step")
    assert math.isnan(steps.loc["new_customers", "count"])
    assert steps.loc["new_customers", "remark"] == "who ordered is not known"


def test_without_a_table_of_costs(tmp_path):
    store = shop(tmp_path / "s", orders=[line("a", 2, campaign_id="k"), line("end", 7)])
    why = reasons(numbers(store))
    assert why == dict.fromkeys(
        ("cost", "roas", "cac", "contribution"), "what campaigns cost is not in the data"
    )
    store.close()


# --- first seen, not new ---------------------------------------------------------------------

WARNING = "the data begin 3 May 2024: customers who bought before are counted as new"


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """An export that begins on 3 May; half a year of it, k ran in May and in September."""
    orders = [
        line("a", 3, campaign_id="k"),
        line("b", 31, campaign_id="k"),
        line("c", 130, campaign_id="k"),
        line("end", 150),
    ]
    days = [*ran("k", *range(3, 32)), *ran("l", *range(125, 140))]
    store = shop(
        tmp_path_factory.mktemp("export") / "s",
        orders=orders,
        campaign_days=days,
    )
    yield store
    store.close()


def test_an_export_of_one_month_calls_everyone_new_and_says_so(export):
    cac = of_days(export, 3, 31)["cac"]
    assert cac.value == 29 * 500 / 2
    assert cac.detail == f"cost per new customer; {WARNING}"
    for name in ("by_campaign", "by_group", "funnel"):
        note = panel(export, name, as_of=may(31), days=29).attrs["note"]
        assert f"T{WARNING[1:]}." in note


def test_later_on_new_is_new(export):
    """90 days after the data begin, on 1 August (the 93rd of May), nothing is said."""
    assert WARNING in of_days(export, 92, 140)["cac"].detail
    cac = of_days(export, 93, 140)["cac"]
    assert cac.value == 15 * 500
    assert cac.detail == "cost per new customer"
    note = panel(export, "by_group", as_of=may(140), days=48).attrs["note"]
    assert WARNING[1:] not in note


def test_what_it_is_compared_with_says_so_as_well(export):
    """The 29 days of June against those of May."""
    cac = of_days(export, 32, 60)["cac"]
    assert cac.previous == 29 * 500 / 2
    assert cac.previous_detail == f"3 May 2024 to 31 May 2024; {WARNING}"
