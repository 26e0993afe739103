"""Numbers that papers and authorities state, as far as the workbook computes them by now.

The list is not part of the project: it is read where it lies beside it.
"""

import json
from itertools import combinations

import numpy as np
import pytest

from ops_widgets.stats.attribution import Paths, markov, removal_effects, shapley
from ops_widgets.stats.concentration import gini, herfindahl, open_market
from ops_widgets.stats.growth import compound_growth
from ops_widgets.stats.panel_effect import difference_in_differences
from ops_widgets.stats.shrink import shrunk
from tests.conftest import ROOT

FILE = ROOT.parent / "shared" / "checks" / "published.json"
pytestmark = pytest.mark.skipif(
    not FILE.is_file(), reason="the list of published numbers is absent"
)


@pytest.fixture(scope="module")
def published():
    return {check["id"]: check for check in json.loads(FILE.read_text("utf-8"))["checks"]}


def test_hhi_of_the_department_of_justice(published):
    assert herfindahl([30, 30, 20, 20]) == pytest.approx(published["hhi_doj"]["published"])


def test_open_market(published):
    check = published["open_market_source"]
    market = 400 * 0.05
    assert market == check["published"]["market"]
    assert open_market(market, 0.30) == pytest.approx(
        check["published"]["open"], abs=check["tolerance"]
    )
    assert compound_growth(400, 800, 2) == pytest.approx(check["computed"]["cagr_2010_2012"])


def test_batting_of_efron_and_morris(published):
    """Hits of 18 players in their first 45 at bats of 1970: all are drawn to the mean by c."""
    hits = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])
    averages, check = hits / 45, published["efron_morris"]
    mean = averages.mean()
    found = shrunk(averages, np.full(18, np.sqrt(mean * (1 - mean) / 45)))
    c = (found - mean) / (averages - mean)
    assert mean == pytest.approx(check["computed"]["mean"], abs=1e-6)
    assert c == pytest.approx(np.full(18, check["computed"]["c"]), abs=1e-6)
    assert c[0] == pytest.approx(check["published"]["c"], abs=check["tolerance"])


def test_gini_where_a_fifth_holds_four_fifths(published):
    """A finite sample of a heavy tail is less unequal than the tail: quantiles close the gap."""
    check = published["pareto_8020_gini"]["computed"]
    alpha = np.log(5) / np.log(4)
    assert alpha == pytest.approx(check["alpha"], abs=1e-6)
    gaps = []
    for size in (10**4, 10**5, 10**6):
        quantiles = (1 - (np.arange(size) + 0.5) / size) ** (-1 / alpha)
        gaps.append(check["gini"] - gini(quantiles))
    assert gaps[0] > gaps[1] > gaps[2] > 0
    assert gaps[2] == pytest.approx(check["gini"] - 0.726, abs=2e-3)


def test_removal_effects_of_the_textbook_chain(published):
    """C1 > C2 > C3 converted; C1 and C2 > C3 did not. A visit to the same again changes nothing."""
    check = published["markov_3path"]
    plain = Paths(np.array([0, 1, 2, 0, 1, 2]), np.array([3, 1, 2]), 3)
    again = Paths(np.array([0, 0, 1, 2, 2, 2, 0, 1, 1, 2]), np.array([6, 1, 3]), 3)
    for paths in (plain, again):
        effects = removal_effects(paths, [1, 0, 0], [0, 1, 1])
        assert effects == pytest.approx(check["published"]["RE"], abs=check["tolerance"])
        share = markov(paths, [1, 0, 0], [0, 1, 1])
        assert share == pytest.approx(check["published"]["share"], abs=check["tolerance"])


def test_shapley_values_of_the_airport_game(published):
    """Its dividends by their definition: what a coalition costs beyond all that lie within it."""
    costs, players = (8, 11, 13, 18), range(4)
    coalitions = [c for size in range(1, 5) for c in combinations(players, size)]
    dividends = {}
    for one in coalitions:
        within = sum(dividends[c] for c in dividends if set(c) < set(one))
        dividends[one] = max(costs[p] for p in one) - within
    paths = Paths(np.concatenate(coalitions), np.array([len(c) for c in coalitions]), 4)
    check = published["shapley_airport"]
    found = shapley(paths, [dividends[c] for c in coalitions])
    assert found == pytest.approx(check["published"], abs=check["tolerance"])


def test_californias_cigarettes_from_the_four_means(published):
    """Packs a head 1970-88 and 1989-2000; the states themselves are not among the files.

    What the 2 x 2 identity gives of four means the regression on 39 states gives as well.
    """
    check = published["prop99_did"]
    california, others = [116.2105, 60.35], [130.5695, 102.0581]
    packs = np.array([california, others])
    found = difference_in_differences(packs, np.array([True, False]), 1)
    assert found.value == pytest.approx(check["published"], abs=check["tolerance"])
    assert found.value == pytest.approx(check["computed"], abs=2e-4)
