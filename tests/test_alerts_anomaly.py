"""A number unlike its own past breaks a rule; days of promotion are no measure of others."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_widgets.publish.alerts.definition import Alert
from ops_widgets.publish.alerts.rules import (
    ENOUGH,
    Past,
    named_days,
    promotion_days,
)
from tests.test_alerts_rules import NAME, TUESDAY, evaluated


def weeks(values, weekday=TUESDAY):
    """Values of the same weekday in the weeks before, the earliest first."""
    return [
        (weekday - timedelta(weeks=len(values) - n), {NAME: value})
        for n, value in enumerate(values)
    ]


ANOMALY = Alert(number=NAME, kind="anomaly", sensitivity=4.0)
#: Median 100, MAD 1.5: a robust z of 4 is 8.9 away.
STEADY = [98, 99, 100, 101, 102, 97, 100, 103]


@pytest.mark.parametrize(("value", "broken"), [(91, True), (92, False), (108, False), (109, True)])
def test_the_bound_lies_where_the_median_and_the_mad_put_it(value, broken):
    state = evaluated(ANOMALY, value, Past(weeks(STEADY)))
    assert (state.state == "fired") is broken
    assert state.expected == 100


def test_too_little_history_says_so_and_stays_quiet():
    state = evaluated(ANOMALY, 10**9, Past(weeks(STEADY[: ENOUGH - 1])))
    assert state.state == "ok"
    assert f"Too little history: {ENOUGH - 1} earlier Tuesdays" in state.words


def test_a_daily_number_is_measured_by_its_own_weekday():
    """Sundays are five times as busy: no news on a Sunday, and an alarm on a Tuesday."""
    days = [TUESDAY - timedelta(days=n) for n in range(70, 0, -1)]
    values = [(d, {NAME: (500 if d.weekday() == 6 else 100) + d.day % 3}) for d in days]
    assert evaluated(ANOMALY, 500, Past(values)).state == "fired"
    sunday = date(2025, 6, 8)
    assert evaluated(ANOMALY, 501, Past(values), as_of=sunday).state == "ok"
    assert evaluated(ANOMALY, 101, Past(values), as_of=sunday).state == "fired"


def test_a_weekly_number_is_measured_by_all_runs():
    days = [(TUESDAY - timedelta(days=5 * n), {NAME: 100 + n % 3}) for n in range(ENOUGH, 0, -1)]
    assert evaluated(ANOMALY, 900, Past(days), every="week").state == "fired"


def test_days_of_promotion_are_no_measure_and_not_measured():
    rule = ANOMALY.model_copy(update={"promotions": ["2025-05-13/2025-05-27"]})
    values = [*STEADY[:-3], 900, 950, 980]  # the last three Tuesdays before
    day = evaluated(rule, 100, Past(weeks([*STEADY, *values[-3:]])))
    assert day.state == "ok" and day.expected == 100
    busy = evaluated(rule, 10**6, Past(weeks(STEADY)), as_of=date(2025, 5, 20))
    assert busy.state == "ok" and "promotion" in busy.words


def test_promotions_may_come_from_the_shop():
    promotion = TUESDAY - timedelta(weeks=1)
    past = Past(weeks([*STEADY[:ENOUGH], 900]), promotions={promotion})
    assert evaluated(ANOMALY, 100, past).expected == 99.5
    assert evaluated(ANOMALY, 900, Past(past.runs, promotions={TUESDAY})).state == "ok"


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(6, 26))
def test_ordinary_noise_seldom_fires_and_a_collapse_always(seed, count):
    noise = random.Random(seed)
    values = [round(noise.gauss(1000, 10)) for _ in range(count)]
    if len(set(values)) > 3:
        assert evaluated(ANOMALY, 0, Past(weeks(values))).state == "fired"
        assert evaluated(ANOMALY, sorted(values)[count // 2], Past(weeks(values))).state == "ok"


def test_a_number_that_was_always_the_same_and_is_not_any_more():
    state = evaluated(ANOMALY, 4, Past(weeks([3] * ENOUGH)))
    assert state.state == "fired" and "always the same" in state.words


# --- the calendar of promotions --------------------------------------------------------------


def test_spans_of_days_include_both_ends():
    assert named_days(["2024-02-28/2024-03-01"]) == {
        date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1),
    }  # fmt: skip


class Campaigns:
    """A store with campaigns: days since 1970."""

    def __init__(self, spans):
        self.spans = spans

    def has(self, table):
        return table == "campaign" and bool(self.spans)

    def query(self, sql, parameters):
        import duckdb
        import pandas as pd

        campaign = pd.DataFrame(
            [((a - date(1970, 1, 1)).days, (b - date(1970, 1, 1)).days) for a, b in self.spans],
            columns=["starts_on", "ends_on"],
        )
        connection = duckdb.connect()
        connection.register("campaign", campaign)
        return connection.execute(sql, parameters).df()


def test_short_campaigns_are_promotions_and_long_ones_everyday_life():
    store = Campaigns(
        [
            (date(2024, 11, 10), date(2024, 11, 12)),
            (date(2024, 1, 1), date(2024, 3, 31)),
        ]
    )
    assert promotion_days(store) == {date(2024, 11, d) for d in (10, 11, 12)}
    assert promotion_days(Campaigns([])) == set()
