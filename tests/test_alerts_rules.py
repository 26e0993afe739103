"""An alert fires once and recovers once; what is unknown does neither."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_widgets.publish.alerts.definition import Alert
from ops_widgets.publish.alerts.rules import (
    Past,
    evaluate_rules,
    next_state,
)
from ops_widgets.publish.reports.manifest import RecordedNumber

NAME = "cohort_activity.weekly_active"
TUESDAY = date(2025, 6, 3)


def recorded(value, format="integer"):
    return RecordedNumber(name="weekly_active", label="Active", value=value, format=format)


def evaluated(rule, value, past=None, as_of=TUESDAY, every="day", format="integer"):
    numbers = {} if value == "gone" else {NAME: recorded(value, format)}
    (state,) = evaluate_rules([rule], as_of, every, numbers, past or Past())
    return state


def through(rule, values, every="day"):
    """The states of one number day by day, each from the run before."""
    states, runs, alerts = [], [], []
    for n, value in enumerate(values):
        day = TUESDAY + timedelta(days=n)
        alerts = [evaluated(rule, value, Past(runs, alerts), day, every)]
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
    fired = evaluated(BELOW, 90)
    lower = BELOW.model_copy(update={"below": 80})
    assert evaluated(lower, 70, Past(alerts=[fired])).state == "fired"


# --- threshold and change --------------------------------------------------------------------


@pytest.mark.parametrize(("value", "broken"), [(9, True), (10, False), (20, False), (21, True)])
def test_a_bound_itself_is_allowed(value, broken):
    rule = Alert(number=NAME, kind="threshold", below=10, above=20)
    assert (evaluated(rule, value).state == "fired") is broken


def test_a_bound_of_money_is_in_whole_currency():
    rule = Alert(number=NAME, kind="threshold", below=10)
    assert evaluated(rule, 999, format="money").state == "fired"
    assert evaluated(rule, 1000, format="money").state == "ok"


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
    state = evaluated(rule, now, past, format=format)
    assert (state.state == "fired") is broken
    assert state.expected == then


def test_a_change_is_measured_against_the_last_run_that_knew_the_number():
    rule = Alert(number=NAME, kind="change", drop=0.2)
    states = through(rule, [100, "gone", None, 70])
    assert states[-1].state == "fired" and states[-1].expected == 100


def test_the_first_run_has_nothing_to_compare_with():
    state = evaluated(Alert(number=NAME, kind="change", drop=0.2), 5)
    assert state.state == "ok" and "no earlier run" in state.words


# --- numbers of a week -----------------------------------------------------------------------

SUNDAY = date(2025, 6, 8)


def of_weeks(rule, values):
    """Daily states of a number that changes on Sundays alone, from a Tuesday on."""
    states, runs, alerts = [], [], []
    for n, value in enumerate(values):
        day = TUESDAY + timedelta(days=n)
        closed = SUNDAY - timedelta(days=7) if day < SUNDAY else SUNDAY
        number = None
        if value != "gone":
            number = recorded(value).model_copy(update={"grain": "week", "closed": str(closed)})
        numbers = {} if number is None else {NAME: number}
        alerts = evaluate_rules([rule], day, "day", numbers, Past(runs, alerts))
        runs.append((day, {NAME: None if value == "gone" else value}))
        states.append(alerts[0])
    return states


def test_a_week_is_judged_on_the_day_it_closed_and_on_no_other():
    """It falls by half on Sunday: on Monday it is as it was the day before, and no better."""
    falls = Alert(number=NAME, kind="change", drop=0.3)
    states = of_weeks(falls, [100, 100, 100, 100, 100, 50, 50, 50])
    assert [s.state for s in states] == ["ok"] * 5 + ["fired", "firing", "firing"]
    assert [bool(s.waits) for s in states] == [False, True, True, True, True, False, True, True]
    assert "of the week to 8 Jun 2025" in states[-1].words


def test_late_rows_of_a_week_wait_for_the_next_one():
    states = of_weeks(BELOW, [100, 99, 98, 97, 100, 101])
    assert [s.state for s in states] == ["ok"] * 6


def test_a_week_whose_day_was_missed_is_judged_on_the_next_day():
    falls = Alert(number=NAME, kind="change", drop=0.3)
    states = of_weeks(falls, [100, 100, 100, 100, 100, "gone", 50, 50])
    assert [s.state for s in states][5:] == ["ok", "fired", "firing"]
    assert "missing" in states[5].words
