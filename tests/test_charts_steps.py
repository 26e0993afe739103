"""Steps of colour: from the values shown, at round numbers, none of them empty."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.charts.locales import speaking
from ops_widgets.charts.steps import COLOURS, DARK, Steps
from ops_widgets.charts.theme import HEAT

shares = st.lists(st.floats(0, 1).map(lambda share: round(share, 6)), min_size=1, max_size=90)


@given(shares)
def test_every_step_holds_something_and_there_are_five_where_five_values_differ(values):
    steps = Steps.of(values)
    used = {steps.place(value) for value in values}
    assert used == set(range(min(5, len(set(values)))))
    assert len(steps.shares()) == len(used)
    assert list(steps.edges) == sorted(set(steps.edges))


@given(shares)
def test_more_is_never_a_lower_step(values):
    places = [Steps.of(values).place(value) for value in sorted(values)]
    assert places == sorted(places)


def test_edges_are_round_where_there_is_room():
    values = np.linspace(0.031, 0.319, 78)
    assert Steps.of(values).edges == (0.1, 0.15, 0.2, 0.25)
    counts = np.bincount([Steps.of(values).place(value) for value in values])
    assert counts.min() >= 78 / 5 - 2 * (78 // 20)


def test_they_follow_the_data_not_a_fixed_range():
    """Steps of 2% to 50% would paint a shop of 1% in one colour, and one of 80% in another."""
    for middle in (0.01, 0.8):
        values = middle * (1 + np.linspace(-0.1, 0.1, 50))
        assert len({Steps.of(values).place(value) for value in values}) == 5


def test_missing_values_count_for_nothing():
    assert Steps.of([np.nan, 0.2, None, 0.1]) == Steps.of([0.1, 0.2])
    assert Steps.of([np.nan]).shares() == ["all"]


def test_a_value_at_an_edge_is_in_the_step_whose_name_begins_with_it():
    steps = Steps((0.05, 0.075))
    assert [steps.place(share) for share in (0.0499, 0.05, 0.0749, 0.075, 1)] == [0, 1, 1, 2, 2]
    assert steps.shares() == ["<5%", "5–7.5%", "≥7.5%"]
    with speaking("de"):
        assert steps.shares() == ["<5\u00a0%", "5–7,5\u00a0%", "≥7,5\u00a0%"]


def test_text_on_them_is_readable():
    """The theme holds ink readable on heat 0 to 3, paper on 4 to 6."""
    numbers = [HEAT.index(colour) for colour in COLOURS]
    assert numbers == sorted(set(numbers))
    assert max(numbers[:DARK]) <= 3 and min(numbers[DARK:]) >= 4


@pytest.mark.parametrize("values", [[], [0.3], [0.3, 0.3]])
def test_of_one_value_there_is_one_step(values):
    assert Steps.of(values).edges == ()
    assert Steps.of(values).place(0.3) == 0
