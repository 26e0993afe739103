"""The title of a panel is what its frame says, in one sentence; too few say nothing."""

import numpy as np
import pandas as pd
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.analyses.campaign_performance import titles as campaigns
from ops_widgets.analyses.category_opportunity import titles as categories
from ops_widgets.analyses.cohort_activity import titles as cohorts
from ops_widgets.charts.formats import format_value
from ops_widgets.charts.locales import speaking
from ops_widgets.stats.proportion import wilson
from ops_widgets.views.titles import name
from ops_widgets.widgets.panel import PanelComponent
from ops_widgets.widgets.render import PANEL_TYPE
from ops_widgets.widgets.session import Session

#: What a title of the sample shop may take: more is no headline.
LONGEST = 80


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
def test_each_panel_of_the_samples_has_a_finding_that_is_read_at_once(analysis, store):
    for panel in analysis.panels().values():
        title = panel.finding(panel.compute(store, analysis.view()))
        assert "?" not in title
        assert len(title) < LONGEST, title


@pytest.mark.parametrize("locale", ["de", "zh", "fr"])
def test_numbers_are_written_as_in_the_locale_of_the_page(locale, store):
    analysis = ANALYSES["cohort_activity"]
    panel = analysis.panel("retention")
    frame = panel.compute(store, analysis.view())
    english = panel.finding(frame)
    with speaking(locale):
        share = panel.finding(frame).partition(" come back")[0]
    plain = share.replace("\xa0", "").replace("\u202f", "").replace(",", ".")
    assert plain == english.partition(" come back")[0]
    assert (share == plain) == (locale == "zh")


def test_a_long_name_leaves_room_for_what_is_said_of_it():
    assert name("Tea") == "Tea"
    assert len(name("x" * 300)) <= 30
    assert name("a\n b") == "a b"


def described(frame, formats, labels=None):
    frame.attrs = {"formats": formats, "labels": labels or {}, "currency": "EUR"}
    frame.attrs["minor_digits"] = 2
    return frame


def funnel(**orders_and_clicks):
    rows = []
    for group, (orders, clicks) in orders_and_clicks.items():
        low, high = wilson(pd.Series([float(min(orders, clicks))]), pd.Series([float(clicks)]))
        rows.append(
            {"group": group, "step": "orders", "before": "clicks", "count": orders}
            | {"of_previous": orders / clicks if orders <= clicks else None}
            | {"of_previous_low": low[0], "of_previous_high": high[0]}
        )
    return described(pd.DataFrame(rows), {"of_previous": "percent"}, {"group": "Format"})


def test_where_clicks_are_lost_is_said_beyond_chance_and_of_enough_orders():
    assert campaigns.lost(funnel(A=(400, 4000), B=(100, 4000), C=(29, 9000))) == (
        "B loses most clicks: 2.50% bring an order, of A 10.0%"
    )
    assert campaigns.lost(funnel(A=(40, 4000), B=(36, 4000))) == (
        "Clicks to orders: B 0.900%, A 1.00%, perhaps chance"
    )
    assert campaigns.lost(funnel(A=(40, 4000), B=(29, 4000))) == (
        "A: 1.00% of clicks bring an order"
    )
    visits = funnel(A=(400, 4000), B=(100, 4000)).assign(step="carts", before="visits")
    same = funnel(A=(380, 4000), B=(400, 4000))
    both = described(pd.concat([same, visits]), same.attrs["formats"], same.attrs["labels"])
    assert campaigns.lost(both) == "B loses most visits: 2.50% bring a cart, of A 10.0%"
    assert campaigns.lost(same) == "Clicks to orders: A 9.50%, B 10.0%, perhaps chance"
    assert campaigns.lost(funnel(A=(29, 400))) == "Where does each format lose people?"
    assert campaigns.lost(funnel(A=(40, 40), B=(50, 40))) == "A: 100.0% of clicks bring an order"


@pytest.mark.parametrize(
    ("left", "title"),
    [
        ({"A": 500, "B": 200}, "A left most, €5.00; B least, €2.00"),
        ({"A": 500, "B": -200}, "A left most, €5.00; B lost €2.00"),
        ({"A": -500, "B": -200}, "No format covered goods and cost: A lost most, €5.00"),
        ({"A": 500}, "A left €5.00 after goods and cost"),
        ({"A": -500}, "A lost €5.00 after goods and cost"),
        ({"A": 500, "B": 500}, "Each format left €5.00 after goods and cost"),
        ({"A": None}, "What does each format earn?"),
    ],
)
def test_what_each_kind_left_is_said_with_its_sign(left, title):
    rows = {"group": list(left), "contribution": list(left.values()), "orders": 30}
    frame = described(pd.DataFrame(rows), {"contribution": "money"}, {"group": "Format"})
    assert campaigns.earned(frame) == title
    few = described(frame.assign(orders=29), {"contribution": "money"}, {"group": "Format"})
    assert campaigns.earned(few) == "What does each format earn?"


def test_of_few_orders_no_campaign_is_said_to_have_paid():
    rows = {"incremental": np.nan, "incremental_low": np.nan, "contribution": [5.0, -5.0]}
    title = campaigns.winners_and_losers
    assert title(pd.DataFrame(rows | {"orders": [29, 29]})).startswith("Too few orders")
    assert title(pd.DataFrame(rows | {"orders": [30, 29]})) == (
        "Credited sales covered goods and cost in 1 of 1 campaign with 30 orders or more"
    )
    assert title(pd.DataFrame(rows | {"orders": 30})).endswith("in 1 of 2 campaigns")


def growth(**categories_):
    rows = [
        {"category": one, "gmv": 100, "growth": rate, "leaders_share": 0.3, "unlisted_share": other}
        for one, (rate, other) in categories_.items()
    ]
    formats = {"growth": "percent", "leaders_share": "percent"}
    return described(pd.DataFrame(rows), formats, {"leaders_share": "Held by the largest"})


def test_a_category_that_falls_does_not_grow_by_less_than_nothing():
    held = "; held by the largest: 30.0%"
    say = categories.fastest
    assert say(growth(A=(0.4, 0), B=(0.2, 0))) == f"A grows fastest, by 40.0%{held}"
    assert say(growth(A=(0.4, 0), B=(0.4, 0))) == f"A grows by 40.0%{held}"
    assert (
        say(growth(A=(-0.4, 0), B=(-0.2, 0))) == f"No category grows: B falls least, by 20.0%{held}"
    )
    assert say(growth(A=(-0.4, 0))) == f"A falls by 40.0%{held}"
    assert say(growth(A=(0.0, 0))) == f"A does not grow{held}"
    assert say(growth(A=(0.4, 0.6))) == "A grows by 40.0%", "of most nobody knows who holds it"
    assert say(growth(A=(np.nan, 0))) == "Is it growing, and is it still open?"


def test_the_curve_compares_the_same_customers(store):
    """The average of a later age is of fewer cohorts: beside another age it compares others."""
    analysis = ANALYSES["cohort_activity"]
    frame = analysis.panel("curve").compute(store, analysis.view())
    cells = frame[frame["line"].isin(frame.attrs["counted"])]
    last = cells["age"].max()
    lines = cells.loc[cells["age"] == last, "line"]
    same = cells[cells["line"].isin(lines)].groupby("age")[["active_customers", "cohort_customers"]]
    sums = same.sum()
    shares = sums["active_customers"] / sums["cohort_customers"]
    first, at_last = (format_value(shares[age], "percent") for age in (1, last))
    assert cohorts.last_return(frame) == (
        f"Of the same customers {first} come back after 1 month, {at_last} after {last} months"
    )


def test_few_customers_are_no_share_that_comes_back():
    frame = pd.DataFrame({"cohort": ["b"], "age": 1, "active_customers": 3, "cohort_customers": 29})
    frame.attrs = {"oldest": "a", "labels": {"age": "Months after"}}
    assert cohorts.first_return(frame) == "Too few customers to say how many come back"
    frame["cohort_customers"] = 30
    assert cohorts.first_return(frame) == "10.0% come back in the month after their first"


def test_weeks_in_which_nobody_left_count_as_weeks_in_which_more_came():
    flows = {"new": [30.0, 5.0, 0.0], "resurrected": 0.0, "churned": [0.0, 9.0, 0.0]}
    frame = pd.DataFrame(flows | {"net_change": [30.0, -4.0, np.nan]})
    assert cohorts.coming_and_going(frame) == "More came than went in 1 of 2 weeks"
    assert cohorts.coming_and_going(frame.tail(2)) == "Do more come than go?", "of nine customers"


def test_the_course_of_the_shop_is_of_whole_weeks_with_enough_orders(store):
    analysis = ANALYSES["campaign_performance"]
    panel = analysis.panel("weekly")
    frame = panel.compute(store, analysis.view())
    before, last = frame["shop_revenue"].tolist()[-2:]
    week = store.query(
        "select sum(net_revenue)::double as sold from sales_day where day between $a and $b",
        {"a": (frame["week"].iloc[-1] - pd.Timestamp(0)).days,
         "b": (frame["week"].iloc[-1] - pd.Timestamp(0)).days + 6},
    )  # fmt: skip
    assert week["sold"][0] == last
    change = format_value(abs(last / before - 1), "percent")
    assert f"{change} {'more' if last > before else 'less'} than" in panel.finding(frame)
    frame.attrs["orders"][-2] = 29
    assert panel.finding(frame) == panel.question
    days = panel.compute(store, analysis.view(days=28))
    assert panel.finding(days) == panel.question


def test_a_file_is_named_by_the_question_whatever_was_found(store):
    analysis = ANALYSES["category_opportunity"]
    names = set()
    for view in (analysis.view(), analysis.view(months=3)):
        part = PanelComponent(Session(analysis, view, store), analysis.panel("open_market"))
        bundle = part._bundle(part.panel.compute(store, view))
        names |= {table["name"] for table in bundle[PANEL_TYPE]["tables"]}
        assert 'data-file="which-category-is-large-and-still-open"' in bundle["text/html"]
    assert names == {"which-category-is-large-and-still-open"}
