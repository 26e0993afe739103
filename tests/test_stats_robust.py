"""Distances from the median, against published values and scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ops_widgets.stats.robust import MAD_TO_SIGMA, MEAN_TO_SIGMA, robust_z

VALUES = st.floats(-1e6, 1e6).map(lambda v: round(v, 3))


def test_the_constants_are_those_of_the_normal_distribution():
    assert pytest.approx(1 / stats.norm.ppf(0.75), rel=1e-12) == MAD_TO_SIGMA
    mean_absolute = stats.norm.expect(abs)
    assert pytest.approx(1 / mean_absolute, rel=1e-9) == MEAN_TO_SIGMA


def test_the_textbook_example():
    """1, 1, 2, 2, 4, 6, 9: the median is 2, its deviations 1 1 0 0 2 4 7, their median 1."""
    assert robust_z(9, [1, 1, 2, 2, 4, 6, 9]) == pytest.approx(7 / 1.4826022)


@given(st.lists(VALUES, min_size=1, max_size=40), VALUES)
def test_it_is_scipys_median_absolute_deviation(others, value):
    scale = stats.median_abs_deviation(others, scale="normal")
    if scale > 1e-9:
        expected = (value - np.median(others)) / scale
        assert robust_z(value, others) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_the_mean_deviation_stands_in_where_most_values_are_equal():
    others = [10, 10, 10, 10, 14]
    assert robust_z(20, others) == pytest.approx(10 / (0.8 * MEAN_TO_SIGMA))


def test_among_equal_values_every_other_one_is_infinitely_far():
    assert robust_z(5, [5, 5, 5]) == 0
    assert robust_z(6, [5, 5, 5]) == math.inf
    assert robust_z(4, [5, 5, 5]) == -math.inf


@given(st.lists(VALUES, min_size=7, max_size=40), VALUES, st.floats(1e7, 1e12))
def test_one_absurd_value_moves_nobody_by_more_than_its_neighbours(others, value, absurd):
    """Less than half of the others may be anything: the median stays among the rest."""
    spoilt = [*others, absurd]
    assert min(others) <= np.median(spoilt) <= max(others)
    assert math.isfinite(robust_z(value, spoilt)) or len(set(others)) == 1
