"""Rules that divide what came of paths, against their definitions; a factor, against a draw."""

from itertools import pairwise, permutations

import numpy as np
import pytest

from ops_widgets.stats import attribution
from ops_widgets.stats.attribution import (
    BY_PLACE,
    Paths,
    markov,
    position,
    removal_effects,
    shapley,
)
from ops_widgets.stats.calibration import factor


def paths_of(*paths, many=None):
    steps = np.array([step for path in paths for step in path])
    lengths = np.array([len(path) for path in paths])
    return Paths(steps, lengths, many or int(steps.max()) + 1)


def drawn(seed, many, count):
    """Skewed paths: a few campaigns are on most of them, many come back, some never convert."""
    random = np.random.default_rng(seed)
    paths = [list(random.zipf(1.5, random.integers(1, 9)) % many) for _ in range(count)]
    won = random.binomial(3, 0.2, count).astype(float)
    return paths_of(*paths, many=many), won, random.poisson(1.0, count).astype(float)


def test_of_many_campaigns_those_met_least_are_one_state(monkeypatch):
    """The chain is that of paths in which all of them bear one name; none of them has a share."""
    paths, won, lost = drawn(3, 40, 400)
    often = np.bincount(paths.steps, np.repeat(won + lost, paths.lengths), 40)
    kept = np.sort(np.argsort(-often, kind="stable")[:7])
    joined = np.full(40, 7)
    joined[kept] = np.arange(7)
    fewer = Paths(joined[paths.steps], paths.lengths, 8)
    whole, wanted = removal_effects(fewer, won, lost), markov(fewer, won, lost)
    monkeypatch.setattr(attribution, "MOST_STATES", 7)
    others = np.setdiff1d(np.arange(40), kept)
    for found, right in (
        (removal_effects(paths, won, lost), whole),
        (markov(paths, won, lost), wanted),
    ):
        assert found[kept] == pytest.approx(right[:7], abs=1e-12)
        assert np.isnan(found[others]).all()


def chain_without(paths, won, lost, gone):
    """P(conversion) where all who reach ``gone`` are lost: the whole chain, solved anew."""
    size = paths.many
    moves, ends = np.zeros((size + 1, size)), np.zeros((size, 2))
    at = 0
    for length, w, n in zip(paths.lengths, won, lost, strict=True):
        way = paths.steps[at : at + length]
        at += length
        moves[size, way[0]] += w + n
        for a, b in pairwise(way):
            moves[a, b] += w + n
        ends[way[-1]] += w, n
    out = moves.sum(axis=1)
    out[:size] += ends.sum(axis=1)
    out[out == 0] = 1
    moves, arrives = moves / out[:, None], ends[:, 0] / out[:size]
    if gone is not None:
        moves[gone], arrives[gone] = 0, 0
    reach = np.linalg.solve(np.eye(size) - moves[:size], arrives)
    return moves[size] @ reach


@pytest.mark.parametrize("seed", range(5))
def test_removal_effects_are_those_of_a_chain_without_each(seed):
    """Self-loops are in the chain that is solved here, and left out of the other."""
    paths, won, lost = drawn(seed, 12, 200)
    whole = chain_without(paths, won, lost, None)
    wanted = [1 - chain_without(paths, won, lost, one) / whole for one in range(paths.many)]
    assert removal_effects(paths, won, lost) == pytest.approx(wanted, abs=1e-9)
    assert markov(paths, won, lost).sum() == pytest.approx(1)


def test_who_never_converted_has_no_effect_and_paths_of_nobody_change_nothing():
    walked = paths_of([0, 1], [2], many=4)
    effects = removal_effects(walked, [1, 0], [0, 5])
    assert effects.tolist() == pytest.approx([1, 1, 0, 0])
    besides = paths_of([0, 1], [2], [3, 0, 2], many=4)
    assert removal_effects(besides, [1, 0, 0], [0, 5, 0]) == pytest.approx(effects)
    assert markov(walked, [0, 0], [1, 5]).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_shapley_is_the_mean_over_all_orders_of_arrival(seed):
    paths, won, _ = drawn(seed, 6, 40)
    sets, at = [], 0
    for length in paths.lengths:
        sets.append(set(paths.steps[at : at + length].tolist()))
        at += length
    wanted, arrivals = np.zeros(6), list(permutations(range(6)))
    for order in arrivals:
        inside, before = set(), 0.0
        for one in order:
            inside.add(one)
            now = sum(w for met, w in zip(sets, won, strict=True) if met <= inside)
            wanted[one] += (now - before) / len(arrivals)
            before = now
    assert shapley(paths, won) == pytest.approx(wanted, abs=1e-9)


def test_every_rule_gives_each_path_whole_however_short():
    paths = paths_of([3], [0, 1], [0, 1, 2], [1, 0, 1, 0], [2] * 20, many=4)
    ends = np.cumsum(paths.lengths)
    for rule in BY_PLACE.values():
        shares = np.split(rule(paths), ends[:-1])
        assert [one.sum() for one in shares] == pytest.approx([1] * 5)
    by_position = np.split(position(paths), ends[:-1])
    assert [one.round(9).tolist() for one in by_position[:4]] == [
        [1.0],
        [0.5, 0.5],
        [0.4, 0.2, 0.4],
        [0.4, 0.1, 0.1, 0.4],
    ]


def test_shapley_counts_a_campaign_once_where_linear_counts_its_steps():
    paths = paths_of([0, 1, 0])
    linear = paths.together(BY_PLACE["linear"](paths) * paths.of_step([6.0]))
    assert linear.tolist() == pytest.approx([4, 2])
    assert shapley(paths, [6.0]).tolist() == [3, 3]


@pytest.mark.parametrize("lengths", [[2, 0], [1, 2], [1]])
def test_steps_without_a_path_are_refused(lengths):
    with pytest.raises(ValueError, match="every path"):
        Paths(np.array([0, 1]), np.array(lengths), 2)


def test_the_interval_of_a_factor_holds_the_truth_of_skewed_campaigns():
    """A few hold most of the credit, and most caused little: still about as often as it says."""
    random, held, told = np.random.default_rng(7), 0, 0
    for _ in range(1500):
        credit = np.exp(random.normal(10, 1, 12))
        caused = credit * random.gamma(1, 0.4, 12) + random.normal(0, 7_000, 12)
        if found := factor(caused, credit):
            told += 1
            held += found.low <= 0.4 <= found.high
    assert told > 1300
    assert 0.90 < held / told < 0.97


def test_the_error_of_a_factor_is_that_of_leaving_each_out():
    measured, credited = np.array([3.0, -1, 4, 2, 9, 0]), np.array([5.0, 2, 6, 3, 9, 4])
    left = [
        np.delete(measured, i).sum() / np.delete(credited, i).sum() for i in range(len(measured))
    ]
    error = np.sqrt(5 / 6 * ((left - np.mean(left)) ** 2).sum())
    found = factor(measured, credited)
    stats = pytest.importorskip("scipy.stats", reason="scipy is an oracle of development")
    freedom = credited.sum() ** 2 / (credited**2).sum() - 1
    half = stats.t.ppf(0.975, freedom) * error
    assert found.value == pytest.approx(17 / 29)
    assert (found.low, found.high) == pytest.approx((17 / 29 - half, 17 / 29 + half), abs=1e-6)


@pytest.mark.parametrize(
    ("measured", "credited"),
    [([1, 1, 1, 1], [2, 2, 2, 2]), ([1] * 6, [2, 2, 2, 2, 2, 0]), ([1] * 6, [900, 1, 1, 1, 1, 1])],
    ids=["four", "nothing credited", "one holds all"],
)
def test_too_few_give_no_factor(measured, credited):
    assert factor(measured, credited) is None
