"""An alert fires once and recovers once; what is unknown does neither."""

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_widgets.publish.alerts.rules import (
    ENOUGH,
    Past,
    evaluate_rules,
    named_days,
    next_state,
    promotion_days,
)
from ops_widgets.publish.reports.definition import Alert
from ops_widgets.publish.reports.manifest import RecordedNumber

NAME = "cohort_activity.weekly_active"
TUESDAY = date(2025, 6, 3)


def recorded(value, format="integer"):
    return RecordedNumber(name="weekly_active", label="Active", value=value, format=format)


def judged(rule, value, past=None, as_of=TUESDAY, every="day", format="integer"):
    numbers = {} if value == "gone" else {NAME: recorded(value, format)}
    (state,) = evaluate_rules([rule], as_of, every, numbers, past or Past())
    return state


def through(rule, values, every="day"):
    """The states of one number day by day, each from the run before."""
    states, runs, alerts = [], [], []
    for n, value in enumerate(values):
        day = TUESDAY + timedelta(days=n)
        alerts = [judged(rule, value, Past(runs, alerts), day, every)]
        runs.append((day, {NAME: None if value == "gone" else value}))
        states.append(alerts[0])
    return states


BELOW = Alert(number=NAME, kind="threshold", below=100)
VALUES = st.lists(st.sampled_from([50, 99, 100, 150, None, "gone"]), max_size=40)


# --- states ----------------------------------------------------------------------------------


def test_a_week_of_one_alert():
    states = through(BELOW, [120, 90, 80, "gone", 70, 110, 130])
    assert [s.state for s in states] == [
        "ok", "fired", "firing", "firing", "firing", "recovered", "ok",
    ]  # fmt: skip
    assert [s.since for s in states] == [None, *[date(2025, 6, 4)] * 5, None]
    assert "missing" in states[3].words and states[3].value is None


@settings(deadline=None)
@given(VALUES)
def test_every_firing_has_one_beginning_and_at_most_one_end(values):
    states = [s.state for s in through(BELOW, values)]
    for before, now in pairwise(["ok", *states]):
        assert (now == "fired") <= (before in ("ok", "recovered"))
        assert (now == "recovered") <= (before in ("fired", "firing"))
    marks = [s for s in states if s in ("fired", "recovered")]
    assert marks == (["fired", "recovered"] * len(marks))[: len(marks)]


@settings(deadline=None)
@given(VALUES)
def test_the_known_days_alone_decide(values):
    """Days without the number change nothing of what the other days say."""
    known = [v for v in values if v not in (None, "gone")]
    spoken = [
        s.state
        for s, v in zip(through(BELOW, values), values, strict=True)
        if v not in (None, "gone")
    ]

    def on(states):
        return [state in ("fired", "firing") for state in states]

    assert on(spoken) == on([s.state for s in through(BELOW, known)]) == [v < 100 for v in known]


@settings(deadline=None)
@given(VALUES)
def test_a_missing_number_neither_fires_nor_recovers(values):
    for state, value in zip(through(BELOW, values), values, strict=True):
        if value in (None, "gone"):
            assert state.state in ("ok", "firing")
            assert "missing" in state.words


@settings(deadline=None)
@given(st.sampled_from(["ok", "fired", "firing", "recovered"]), st.sampled_from([True, False]))
def test_the_same_finding_twice_is_told_once(before, broken):
    first = next_state(before, broken)
    assert next_state(first, broken) in ("firing", "ok")


def test_another_rule_on_the_same_number_has_its_own_state():
    fired = judged(BELOW, 90)
    lower = BELOW.model_copy(update={"below": 80})
    assert judged(lower, 70, Past(alerts=[fired])).state == "fired"


# --- threshold and change --------------------------------------------------------------------


@pytest.mark.parametrize(("value", "broken"), [(9, True), (10, False), (20, False), (21, True)])
def test_a_bound_itself_is_allowed(value, broken):
    rule = Alert(number=NAME, kind="threshold", below=10, above=20)
    assert (judged(rule, value).state == "fired") is broken


def test_a_bound_of_money_is_in_whole_currency():
    rule = Alert(number=NAME, kind="threshold", below=10)
    assert judged(rule, 999, format="money").state == "fired"
    assert judged(rule, 1000, format="money").state == "ok"


@pytest.mark.parametrize(
    ("then", "now", "format", "broken"),
    [
        (100, 80, "integer", True),
        (100, 81, "integer", False),
        (100, 150, "integer", True),
        (100, 149, "integer", False),
        (0.50, 0.29, "percent", True),  # 21 points
        (0.50, 0.40, "percent", False),  # a fifth of it, but 10 points
    ],
)
def test_a_change_is_relative_and_that_of_a_share_in_points(then, now, format, broken):
    rule = Alert(number=NAME, kind="change", drop=0.2, rise=0.5)
    past = Past([(TUESDAY - timedelta(days=1), {NAME: then})])
    state = judged(rule, now, past, format=format)
    assert (state.state == "fired") is broken
    assert state.expected == then


def test_a_change_is_measured_against_the_last_run_that_knew_the_number():
    rule = Alert(number=NAME, kind="change", drop=0.2)
    states = through(rule, [100, "gone", None, 70])
    assert states[-1].state == "fired" and states[-1].expected == 100


def test_the_first_run_has_nothing_to_compare_with():
    state = judged(Alert(number=NAME, kind="change", drop=0.2), 5)
    assert state.state == "ok" and "no earlier run" in state.words


# --- anomaly ---------------------------------------------------------------------------------


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
    state = judged(ANOMALY, value, Past(weeks(STEADY)))
    assert (state.state == "fired") is broken
    assert state.expected == 100


def test_too_little_history_says_so_and_stays_quiet():
    state = judged(ANOMALY, 10**9, Past(weeks(STEADY[: ENOUGH - 1])))
    assert state.state == "ok"
    assert f"Too little history: {ENOUGH - 1} earlier Tuesdays" in state.words


def test_a_daily_number_is_measured_by_its_own_weekday():
    """Sundays are five times as busy: no news on a Sunday, and an alarm on a Tuesday."""
    days = [TUESDAY - timedelta(days=n) for n in range(70, 0, -1)]
    values = [(d, {NAME: (500 if d.weekday() == 6 else 100) + d.day % 3}) for d in days]
    assert judged(ANOMALY, 500, Past(values)).state == "fired"
    sunday = date(2025, 6, 8)
    assert judged(ANOMALY, 501, Past(values), as_of=sunday).state == "ok"
    assert judged(ANOMALY, 101, Past(values), as_of=sunday).state == "fired"


def test_a_weekly_number_is_measured_by_all_runs():
    days = [(TUESDAY - timedelta(days=5 * n), {NAME: 100 + n % 3}) for n in range(ENOUGH, 0, -1)]
    assert judged(ANOMALY, 900, Past(days), every="week").state == "fired"


def test_days_of_promotion_are_no_measure_and_not_measured():
    rule = ANOMALY.model_copy(update={"promotions": ["2025-05-13/2025-05-27"]})
    values = [*STEADY[:-3], 900, 950, 980]  # the last three Tuesdays before
    day = judged(rule, 100, Past(weeks([*STEADY, *values[-3:]])))
    assert day.state == "ok" and day.expected == 100
    busy = judged(rule, 10**6, Past(weeks(STEADY)), as_of=date(2025, 5, 20))
    assert busy.state == "ok" and "promotion" in busy.words


def test_promotions_may_come_from_the_shop():
    promotion = TUESDAY - timedelta(weeks=1)
    past = Past(weeks([*STEADY[:ENOUGH], 900]), promotions={promotion})
    assert judged(ANOMALY, 100, past).expected == 99.5
    assert judged(ANOMALY, 900, Past(past.runs, promotions={TUESDAY})).state == "ok"


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(6, 26))
def test_ordinary_noise_seldom_fires_and_a_collapse_always(seed, count):
    noise = random.Random(seed)
    values = [round(noise.gauss(1000, 10)) for _ in range(count)]
    if len(set(values)) > 3:
        assert judged(ANOMALY, 0, Past(weeks(values))).state == "fired"
        assert judged(ANOMALY, sorted(values)[count // 2], Past(weeks(values))).state == "ok"


def test_a_number_that_was_always_the_same_and_is_not_any_more():
    state = judged(ANOMALY, 4, Past(weeks([3] * ENOUGH)))
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
