"""Every number follows every filter of its page, or says in its label that it does not."""

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.views.base import Names

from .tiny import frame, numbers, opened, write

FILTERS = [
    (name, field)
    for name, analysis in ANALYSES.items()
    for field, declared in analysis.view.model_fields.items()
    if declared.annotation == Names
]


@pytest.mark.parametrize(("name", "field"), FILTERS)
def test_a_filter_changes_a_number_or_its_label_says_that_it_does_not(store, name, field):
    """On the sample shop, where every choice differs from the whole in everything."""
    whole = numbers(store, name)
    offered = ANALYSES[name].choices(store)[field]
    filtered = [numbers(store, name, **{field: [choice]}) for choice in offered]
    for key, number in whole.items():
        follows = any(one[key].value != number.value for one in filtered)
        said = all(f"all {field}" in one[key].label for one in filtered)
        assert follows != said, (key, field)


@pytest.fixture(scope="module")
def two_channels(tmp_path_factory):
    """Three weeks of purchases by app and shop, of the categories A and B."""
    bought = [
        # first week (from 1 January), second week, third week
        ("2024-01-02", "ann", "app", "a"), ("2024-01-03", "bob", "shop", "b"),
        ("2024-01-09", "ann", "shop", "a"), ("2024-01-09", "cid", "app", "b"),
        ("2024-01-10", "dan", "shop", "a"),
        ("2024-01-16", "bob", "app", "a"), ("2024-01-17", "eve", "app", "a"),
        ("2024-01-17", "eve", "shop", "b"), ("2024-01-18", "dan", "shop", "b"),
    ]  # fmt: skip
    orders = [
        {
            "order_id": f"o{i}", "ordered_at": f"{day} 12:00:00", "customer_id": who,
            "channel": channel, "product_id": product,
        }
        for i, (day, who, channel, product) in enumerate(bought)
    ]  # fmt: skip
    products = [{"product_id": one, "category": one.upper()} for one in ("a", "b")]
    folder = tmp_path_factory.mktemp("two") / "shop"
    toml = 'complete_to = "2024-01-21"'
    return opened(write(folder, toml, orders=orders, products=products))


@pytest.mark.parametrize(
    ("filters", "active", "before", "new"),
    [
        ({}, 3, 3, 1),
        ({"channels": ["app"]}, 2, 1, 1),  # bob and eve; cid; eve began there
        ({"channels": ["shop"]}, 2, 2, 1),  # eve and dan; ann and dan; eve
        ({"categories": ["A"]}, 2, 2, 1),  # bob and eve; ann and dan; eve
        ({"channels": ["app"], "categories": ["B"]}, 0, 1, 0),  # nobody; cid
        ({"acquired": ["shop"]}, 2, 1, 0),  # of bob and dan; dan
    ],
)
def test_the_numbers_of_a_week_follow_where_customers_are_active(
    two_channels, filters, active, before, new
):
    told = numbers(two_channels, "cohort_activity", cohorts="week", **filters)
    assert told["weekly_active"].value == active
    assert told["weekly_active"].previous == before
    assert told["weekly_active"].trend[-2:] == (before, active)
    assert told["weekly_new"].value == new


def test_what_cannot_follow_says_so(two_channels):
    view = {"cohorts": "week", "channels": ["app"], "categories": ["A"]}
    told = numbers(two_channels, "cohort_activity", **view)
    assert told["customers"].label == "Customers so far, all channels and categories"
    assert told["quick_ratio"].label == "Quick ratio, all channels and categories"
    chart = frame(two_channels, "cohort_activity", "lifecycle", **view)
    assert chart.attrs["labels"]["active"] == "Active, all channels and categories"
    assert "of all channels and categories" in chart.attrs["note"]
    plain = numbers(two_channels, "cohort_activity", cohorts="week")
    assert plain["customers"].label == "Customers so far"
