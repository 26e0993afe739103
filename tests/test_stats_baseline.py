"""The baseline of ordinary days: as statsmodels fits it, and how often its intervals are wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ops_widgets.stats.baseline import Excess, fit

DATA = Path(__file__).parents[2] / "shared" / "data"
YEAR_OF_WEEKS = 52.18


def needs(name):
    return pytest.mark.skipif(not (DATA / name).is_file(), reason=f"shared/data/{name} is absent")


@pytest.fixture
def sm():
    """The oracle; what it says is tested without it too, from the formula (``newey_west``)."""
    return pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")


def by_weekday(days):
    weekdays = [days % 7 == weekday for weekday in range(1, 7)]
    return np.column_stack([np.ones(len(days)), days / 100, *weekdays]).astype(float)


def alike(rng, size, phi, skew):
    """A series of variance 1 whose neighbours are alike; ``skew`` is of what moves it."""
    shape = 4 / skew**2
    moves = (rng.gamma(shape, 1, size + 200) - shape) / np.sqrt(shape)
    series = np.zeros(size + 200)
    for i in range(1, size + 200):
        series[i] = phi * series[i - 1] + moves[i]
    return series[200:] * np.sqrt(1 - phi**2)


def two_series(rng, size, phi=0.4, skew=2.0):
    """Sales of a category and of the others, which share a part of their chance."""
    days, both = np.arange(size), alike(rng, size, phi, skew)
    own = 100 + 10 * (days % 7 == 5) + 0.1 * days
    own = own + 20 * (0.8 * alike(rng, size, phi, skew) + 0.6 * both)
    return np.column_stack([own, 300 + 30 * (0.8 * alike(rng, size, phi, skew) + 0.6 * both)])


# --- the fit, against statsmodels ------------------------------------------------------------


@pytest.mark.parametrize("lags", [0, 3, 11])
def test_days_in_a_row_are_fitted_as_statsmodels_does(sm, lags):
    rng = np.random.default_rng(lags)
    days = np.arange(120)
    x, y = by_weekday(days), two_series(rng, 120)
    found = fit(days, x, y, lags)
    later = by_weekday(np.arange(120, 131))
    for series in (0, 1):
        oracle = sm.OLS(y[:, series], x).fit(
            cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}
        )
        assert found.coefficients[:, series] == pytest.approx(oracle.params, rel=1e-9)
        assert found.expected(later)[:, series] == pytest.approx(oracle.predict(later), rel=1e-9)
        one_day = np.zeros((len(later), x.shape[1], 2))
        one_day[:, :, series] = later
        expected = later @ oracle.cov_params() @ later.T
        assert found.fit_covariance(one_day) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_days_with_gaps_count_as_rows_of_nothing_in_statsmodels(sm):
    """statsmodels counts rows: between those that are there it is given rows of nothing."""
    rng = np.random.default_rng(5)
    every = np.arange(200)
    days = every[(rng.random(200) < 0.7) & ~((every > 60) & (every < 90))]
    x, y = by_weekday(days), two_series(rng, 200)[days]
    found = fit(days, x, y, 6)
    padded = np.zeros((200, x.shape[1]))
    padded[days] = x
    sold = np.zeros(200)
    sold[days] = y[:, 0]
    oracle = sm.OLS(sold, padded).fit(
        cov_type="HAC", cov_kwds={"maxlags": 6, "use_correction": False}
    )
    small = len(days) / (len(days) - x.shape[1])
    sums = np.zeros((x.shape[1], x.shape[1], 2))
    sums[:, :, 0] = np.eye(x.shape[1])
    assert found.fit_covariance(sums) == pytest.approx(small * oracle.cov_params(), rel=1e-9)
    by_row = sm.OLS(y[:, 0], x).fit(cov_type="HAC", cov_kwds={"maxlags": 6, "use_correction": True})
    assert np.abs(by_row.cov_params() / found.fit_covariance(sums) - 1).max() > 0.01


def newey_west(days, x, residuals, lags):
    """The covariance of coefficients from the formula, pair by pair of days."""
    meat = np.zeros((x.shape[1], x.shape[1]))
    for i, one in enumerate(days):
        for j, other in enumerate(days):
            weight = max(0.0, 1 - abs(int(one - other)) / (lags + 1))
            meat += weight * residuals[i] * residuals[j] * np.outer(x[i], x[j])
    bread = np.linalg.inv(x.T @ x)
    return bread @ meat @ bread * len(x) / (len(x) - x.shape[1])


@pytest.mark.parametrize("kept", [1.0, 0.6])
def test_the_fit_is_the_normal_equations_with_newey_and_wests_errors(kept):
    rng = np.random.default_rng(6)
    days = np.arange(110)
    days = days[rng.random(110) < kept]
    x, y = by_weekday(days), two_series(rng, 110)[days]
    found = fit(days, x, y, 4)
    coefficients = np.linalg.solve(x.T @ x, x.T @ y)
    assert found.coefficients == pytest.approx(coefficients, rel=1e-9)
    for series in (0, 1):
        sums = np.zeros((x.shape[1], x.shape[1], 2))
        sums[:, :, series] = np.eye(x.shape[1])
        expected = newey_west(days, x, (y - x @ coefficients)[:, series], 4)
        assert found.fit_covariance(sums) == pytest.approx(expected, rel=1e-8, abs=1e-9)


def naive_noise(found, days, weights):
    """The variance of chance in a sum, as the documentation says it, pair by pair of days."""
    n, left = len(found.days), len(found.days) - np.linalg.matrix_rank(found.x)
    place = {int(day): i for i, day in enumerate(found.days)}
    pairs = [(i, place[day + 1]) for day, i in place.items() if day + 1 in place]
    e = found.residuals
    rho = max(
        sum(e[i, k] * e[j, k] for i, j in pairs) / sum(e[i, k] ** 2 for i, _ in pairs)
        for k in (0, 1)
    )
    alike = rho + (1 + 3 * rho) / n
    assert 0.2 < alike < 0.97
    total = 0.0
    for i, one in enumerate(days):
        for j, other in enumerate(days):
            for a in (0, 1):
                for b in (0, 1):
                    variance = (e[:, a] * e[:, b]).sum() / left
                    likeness = alike ** abs(int(one - other)) * variance
                    total += weights[i, a] * weights[j, b] * likeness
    return total


def test_a_sum_is_as_uncertain_as_its_fit_and_its_days_together():
    rng = np.random.default_rng(8)
    every = np.arange(180)
    promotion = (every >= 100) & (every < 119)
    days = every[~promotion & (rng.random(180) < 0.8)]
    y = two_series(rng, 180)
    found = fit(days, by_weekday(days), y[days], 5)
    after = every[promotion]
    weights = rng.normal(size=(1, len(after), 2))
    x = by_weekday(after)
    [area] = found.excess(after, x, y[after], weights)
    sums = np.einsum("amk,mp->apk", weights, x)
    expected = found.fit_covariance(sums)[0, 0] + naive_noise(found, after, weights[0])
    assert area.error**2 == pytest.approx(expected, rel=1e-9)
    assert area.value == pytest.approx((weights[0] * (y[after] - found.expected(x))).sum())


def test_what_no_ordinary_day_has_is_not_known():
    days = np.arange(140)
    days = days[days % 7 != 4]
    found = fit(days, by_weekday(days), np.ones((len(days), 1)))
    known = found.knows(by_weekday(np.arange(140, 154)))
    assert known.tolist() == [day % 7 != 4 for day in range(140, 154)]
    with pytest.raises(ValueError, match="5 days"):
        fit(days[:5], by_weekday(days[:5]), np.ones((5, 1)))


# --- intervals -------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [1.0, 2.0, 8.0])
def test_the_interval_of_a_skewed_day_is_near_its_own_quantiles(shape):
    """Chance that is a gamma variable, known exactly: ends are the value less its quantiles.

    Student's ends (1.96 on both sides) are up to 0.99 away.
    """
    area = Excess(0.0, np.sqrt(shape), 1e9, 2 / np.sqrt(shape))
    low, high = area.interval()
    upper, lower = (shape - stats.gamma.ppf(tail, shape) for tail in (0.975, 0.025))
    assert (low, high) == pytest.approx((upper, lower), abs=0.25 * np.sqrt(shape))
    assert high < 0.8 * -low


PLANTED = {"before": -3.0, "during": 15.0, "after": -5.0, "others": -6.0}
SIMULATIONS = 400


def misses(phi, skew, length, interval):
    """In how many of 400 shops each end of ``interval(area, plain error)`` misses what was
    planted: areas (rows: before, during, after, others, net) by ends (too high, too low).
    """
    rng = np.random.default_rng(int(100 * phi + 10 * skew + length))
    every, start = np.arange(300), 180
    spans = {
        "before": every[start - length : start],
        "during": every[start : start + length],
        "after": every[start + length : start + length + 28],
        "others": every[start : start + length],
    }
    window = every[start - length : start + length + 28]
    ordinary = np.setdiff1d(every, np.r_[window, 20:41, 60:74, 260:280])
    weights = np.zeros((5, len(window), 2))
    for row, (name, days) in enumerate(spans.items()):
        weights[row, np.isin(window, days), int(name == "others")] = 1.0
    weights[4] = weights[:4].sum(axis=0)
    truth = np.array([PLANTED[name] * len(days) for name, days in spans.items()])
    truth = np.append(truth, truth.sum())
    x, missed = by_weekday(every), np.zeros((5, 2))
    for _ in range(SIMULATIONS):
        y = two_series(rng, 300, phi, skew)
        for name, days in spans.items():
            y[days, int(name == "others")] += PLANTED[name]
        found = fit(ordinary, x[ordinary], y[ordinary])
        areas = found.excess(window, x[window], y[window], weights)
        spread = found.residuals.std(axis=0, ddof=x.shape[1])
        for row, area in enumerate(areas):
            plain = np.sqrt((weights[row] ** 2 @ spread**2).sum())
            low, high = interval(area, plain)
            missed[row] += truth[row] < low, truth[row] > high
    return missed / SIMULATIONS


@pytest.mark.parametrize(("phi", "skew", "length"), [(0.0, 2.0, 3), (0.4, 2.0, 14), (0.4, 0.5, 7)])
def test_each_end_misses_about_as_often_as_it_says(phi, skew, length):
    missed = misses(phi, skew, length, lambda area, plain: area.interval())
    assert missed.max() < 0.065
    assert missed.mean(axis=0) == pytest.approx([0.027, 0.027], abs=0.013)


def test_who_takes_days_for_independent_misses_too_often():
    """The same bounds, which careless intervals do not keep."""
    missed = misses(0.4, 2.0, 14, lambda area, plain: (area.value - 1.96 * plain,
                                                       area.value + 1.96 * plain))  # fmt: skip
    assert missed.max() > 0.09
    assert missed.mean() > 0.05


# --- real promotions -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tuna():
    """Each brand on its display weeks: units and margin of itself and of the other six.

    The other brands' displays and prices are regressors: their promotions go on meanwhile.
    """
    rows = pd.read_csv(DATA / "tuna.csv")
    week = rows["WEEK"].to_numpy()
    units, display, price, bought = (
        rows[[f"{name}{i}" for i in range(1, 8)]].to_numpy(float)
        for name in ("MOVE", "NSALE", "LPRICE", "LWHPRIC")
    )
    margin = units * (np.exp(price) - np.exp(bought))
    season = [turn(wave * 2 * np.pi * week / YEAR_OF_WEEKS) for wave in (1, 2) for turn in WAVES]
    found = {}
    for brand in range(7):
        others = np.arange(7) != brand
        promoted = display[:, brand] > 0.5
        after = np.r_[False, promoted[:-1] & (np.diff(week) == 1)] & ~promoted
        x = np.column_stack([np.ones(len(week)), week / 52, *season])
        x = np.column_stack([x, display[:, others], price[:, others]])
        y = np.column_stack([each for amount in (units, margin) for each in (
            amount[:, brand], amount[:, others].sum(axis=1))])  # fmt: skip
        usual, window = ~promoted & ~after, promoted | after
        names = ["units", "others", "margin", "others_margin"]
        weights = np.zeros((5, window.sum(), 4))
        for column in range(4):
            weights[column, promoted[window], column] = 1.0
        weights[4, after[window], 0] = 1.0
        baseline = fit(week[usual], x[usual], y[usual])
        areas = baseline.excess(week[window], x[window], y[window], weights)
        found[brand + 1] = dict(zip([*names, "after"], areas, strict=True))
        level = np.linalg.lstsq(x[usual], y[usual], rcond=None)[0]
        surplus = y[promoted] - x[promoted] @ level
        assert [one.value for one in areas[:4]] == pytest.approx(surplus.sum(axis=0), rel=1e-6)
    return found


WAVES = (np.sin, np.cos)


@needs("tuna.csv")
def test_displays_sell_tuna_and_the_weeks_after_pay_for_a_part(tuna):
    assert all(brand["units"].value > 0 for brand in tuna.values())
    sure = [name for name, brand in tuna.items() if brand["units"].interval()[0] > 0]
    assert sure == [2, 3, 4, 5, 6, 7]
    # Cans of six ounces, which people stock up on, against the four dearer kinds.
    assert all(tuna[brand]["after"].value < 0 for brand in (1, 2, 4, 7))
    assert tuna[2]["units"].value == pytest.approx(1_747_703, rel=1e-3)


@needs("tuna.csv")
def test_displays_take_from_other_brands_and_leave_less_than_they_sell(tuna):
    losing = [name for name, brand in tuna.items() if brand["others"].value < 0]
    assert losing == [1, 2, 3, 4, 6, 7]
    low, high = tuna[7]["others_margin"].interval()
    assert low < high < 0
    # Where units surely rose, the margin of the brand itself may have stayed: it is a price cut.
    unsure = [name for name in (2, 4, 7) if tuna[name]["margin"].interval()[0] < 0]
    assert unsure == [2, 4, 7]


@needs("superstore.csv")
@pytest.mark.parametrize("category", ["Furniture", "Office Supplies", "Technology"])
def test_weeks_of_deep_discounts_cost_profit_and_bring_no_sure_sales(category):
    """Weeks in which 30% of a category's sales were sold at 30% off or more, against the rest."""
    lines = pd.read_csv(DATA / "superstore.csv", encoding="latin-1")
    lines = lines[lines["Category"] == category]
    day = pd.to_datetime(lines["Order Date"]) - pd.Timestamp("2015-12-28")
    lines = lines.assign(week=day.dt.days // 7, deep=lines["Sales"].where(lines["Discount"] >= 0.3))
    sums = lines.groupby("week")[["Sales", "Profit", "deep"]].sum()
    sums = sums.reindex(range(sums.index.min(), sums.index.max() + 1), fill_value=0.0)
    week, y = sums.index.to_numpy(), sums[["Sales", "Profit"]].to_numpy()
    deep = (sums["deep"] > 0.3 * sums["Sales"]).to_numpy()
    season = [turn(wave * 2 * np.pi * week / YEAR_OF_WEEKS) for wave in (1, 2) for turn in WAVES]
    x = np.column_stack([np.ones(len(week)), week / 52, *season])
    weights = np.zeros((2, deep.sum(), 2))
    weights[0, :, 0] = weights[1, :, 1] = 1.0
    sold, left = fit(week[~deep], x[~deep], y[~deep]).excess(week[deep], x[deep], y[deep], weights)
    assert sold.interval()[0] < 0 < sold.interval()[1]
    assert left.interval()[1] < 0
