"""Wilson's interval against published values and what it promises, each tail by itself."""

from math import comb, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.stats.proportion import wilson

#: Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
PUBLISHED = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]
counts = st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("x", "n", "low", "high"), PUBLISHED)
def test_the_lower_bound_is_the_published_one(x, n, low, high):
    assert wilson(x, n)[0] == pytest.approx(low, abs=5e-5)


@pytest.mark.parametrize(("x", "n", "low", "high"), PUBLISHED)
def test_the_upper_bound_is_the_published_one(x, n, low, high):
    assert wilson(x, n)[1] == pytest.approx(high, abs=5e-5)


@given(counts, st.sampled_from([0.8, 0.95, 0.99]))
def test_at_each_bound_the_share_is_z_standard_errors_away(pair, level):
    """What defines it: the standard error is that of the bound, not of the share."""
    x, n = pair
    z = NormalDist().inv_cdf((1 + level) / 2)
    low, high = wilson(x, n, level)
    if x > 0:
        assert (x / n - low) / sqrt(low * (1 - low) / n) == pytest.approx(z, rel=1e-6)
    if x < n:
        assert (high - x / n) / sqrt(high * (1 - high) / n) == pytest.approx(z, rel=1e-6)


@given(counts)
def test_it_stays_among_shares_and_mirrors(pair):
    x, n = pair
    low, high = wilson(x, n)
    assert 0 <= low <= x / n <= high <= 1
    assert [1 - high, 1 - low] == pytest.approx([float(b) for b in wilson(n - x, n)], abs=1e-12)
    assert (wilson(0, n)[0], wilson(n, n)[1]) == (0, 1)


def missed(share, n):
    """How often the share lies above the interval, and how often below: summed, not drawn."""
    x = np.arange(n + 1)
    weight = np.array(
        [comb(n, int(k)) * share**k * (1 - share) ** (n - k) for k in x.astype(float)]
    )
    low, high = wilson(x, np.full(n + 1, n))
    return weight[high < share].sum(), weight[low > share].sum()


def test_over_all_shares_each_tail_is_missed_in_one_of_forty():
    both = np.array([missed(share, 60) for share in np.linspace(0.05, 0.95, 91)])
    assert both.mean(axis=0) == pytest.approx([0.025, 0.025], abs=0.004)
    assert both.max() < 0.06


def test_what_is_unknown_stays_so_and_shapes_are_kept():
    low, high = wilson([0.0, np.nan, 5, 3], [0, 9, np.nan, 9])
    assert np.isnan([low[:3], high[:3]]).all()
    assert (low[3], high[3]) == tuple(wilson(3, 9))
    assert wilson([[1, 2]], [[9, 9]])[0].shape == (1, 2)


@pytest.mark.parametrize("asked", [(-1, 9), (10, 9), (3, 9, 1.0), (3, 9, 0)])
def test_nonsense_is_refused(asked):
    with pytest.raises(ValueError, match=r"successes must|a level"):
        wilson(*asked)
