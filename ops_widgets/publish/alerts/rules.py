"""Rules on headline numbers: when one is broken an alert fires, once, and recovers, once.

The state of an alert is derived from the run before: nothing else remembers it, so a run that is
made again, on another machine or years later, says the same.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isinf, isnan

from ops_widgets.charts.formats import format_value
from ops_widgets.metrics.compare import change, kind_of
from ops_widgets.publish.alerts.definition import Alert
from ops_widgets.publish.reports.manifest import AlertState, RecordedNumber
from ops_widgets.stats.robust import robust_z
from ops_widgets.summaries.store import Store

ON = ("fired", "firing")
#: Earlier values that an anomaly needs, and at most looks at.
ENOUGH, AT_MOST = 6, 26
#: A campaign of at most so many days is a promotion; one that runs for weeks is everyday life.
LONGEST_PROMOTION = 10
MISSING = "It is missing in this run: whether the rule holds is unknown."


@dataclass(frozen=True)
class Past:
    """What is known before a run.

    ``runs`` are the values of earlier days by number (one run a day, the earliest first),
    ``alerts`` those of the run published last, and ``promotions`` days that are no measure of
    other days.
    """

    runs: Sequence[tuple[date, Mapping[str, float | None]]] = ()
    alerts: Sequence[AlertState] = ()
    promotions: Collection[date] = frozenset()

    def values(self, number: str) -> list[tuple[date, float]]:
        """The known values of a number, the earliest first."""
        found = [(day, values.get(number)) for day, values in self.runs]
        return [(day, value) for day, value in found if value is not None and not isnan(value)]


@dataclass(frozen=True)
class Evaluation:
    """Whether a rule is broken (None: unknown), what was expected, and why, in words."""

    broken: bool | None
    words: str
    expected: float | None = None


def evaluate_rules(
    rules: Sequence[Alert],
    as_of: date,
    every: str,
    numbers: Mapping[str, RecordedNumber],
    past: Past,
) -> list[AlertState]:
    """The alert of each rule for a run ``as_of`` a day with these ``numbers``.

    ``every`` is the definition's cadence. A number that is missing (its notebook failed, or it is
    unknown) neither breaks a rule nor keeps it: the alert neither fires nor recovers. Nor does
    that of a number of a week, or another period, which the run before has looked at already.
    """
    return [_evaluate(rule, as_of, every, numbers.get(rule.number), past) for rule in rules]


def _evaluate(
    rule: Alert, as_of: date, every: str, number: RecordedNumber | None, past: Past
) -> AlertState:
    text = in_words(rule)
    before = next((a for a in past.alerts if (a.number, a.rule) == (rule.number, text)), None)
    closed, waits = before.closed if before else "", ""
    if number is None or number.value is None or isnan(number.value):
        evaluation = Evaluation(None, MISSING)
    elif before and number.closed and number.closed == closed:
        waits = number.grain
        evaluation = Evaluation(None, _looked_at(number, number.value), before.expected)
    elif rule.kind == "threshold":
        evaluation = _threshold(rule, number, number.value)
    elif rule.kind == "change":
        evaluation = _change(rule, number, number.value, past)
    else:
        evaluation = _anomaly(rule, number, number.value, as_of, every, past)
    if evaluation.words != MISSING and number is not None:
        closed = number.closed
    state = next_state(before.state if before else "ok", evaluation.broken)
    since = as_of if state == "fired" else before.since if before and state != "ok" else None
    return AlertState(
        number=rule.number,
        kind=rule.kind,
        rule=text,
        state=state,
        value=None if number is None else number.value,
        expected=evaluation.expected,
        since=since,
        words=evaluation.words,
        closed=closed,
        waits=waits,
    )


def next_state(before: str, broken: bool | None) -> str:
    """What an alert becomes: ok, fired, firing, recovered, and ok again.

    >>> next_state("ok", True), next_state("fired", True), next_state("firing", False)
    ('fired', 'firing', 'recovered')
    >>> next_state("recovered", False), next_state("recovered", True)
    ('ok', 'fired')

    What is unknown changes nothing:

    >>> next_state("ok", None), next_state("fired", None)
    ('ok', 'firing')
    """
    if before in ON:
        return "recovered" if broken is False else "firing"
    return "fired" if broken else "ok"


def in_words(rule: Alert) -> str:
    """The rule as a reader reads it; an alert is known by it from one run to the next."""
    if rule.kind == "threshold":
        bounds = (("below", rule.below), ("above", rule.above))
        return " or ".join(f"{side} {bound:,.12g}" for side, bound in bounds if bound is not None)
    if rule.kind == "change":
        steps = (("falls", rule.drop), ("rises", rule.rise))
        steps_in_words = [f"{way} by {step:g}" for way, step in steps if step is not None]
        return f"{' or '.join(steps_in_words)} on the run before"
    return f"unlike its own past (robust z of {rule.sensitivity:g})"


def _threshold(rule: Alert, number: RecordedNumber, value: float) -> Evaluation:
    shown = _shown(number, value)
    # As goals are: money in whole currency.
    unit = 10**number.minor_digits if number.format == "money" else 1
    if rule.below is not None and value < rule.below * unit:
        bound = rule.below * unit
        return Evaluation(True, f"{shown} is below {_shown(number, bound)}.", bound)
    if rule.above is not None and value > rule.above * unit:
        bound = rule.above * unit
        return Evaluation(True, f"{shown} is above {_shown(number, bound)}.", bound)
    return Evaluation(False, f"{shown} is within the bounds.")


def _change(rule: Alert, number: RecordedNumber, value: float, past: Past) -> Evaluation:
    earlier = past.values(rule.number)
    if not earlier:
        return Evaluation(None, "There is no earlier run to compare with.")
    day, then = earlier[-1]
    found = change(value, then, number.format)
    if found is None:
        return Evaluation(
            None, f"A change from {_shown(number, then)} ({day}) cannot be expressed."
        )
    found = round(found, 12)  # 80 / 100 - 1 is a fall by 0.2, whatever a float makes of it
    broken = (rule.drop is not None and found <= -rule.drop) or (
        rule.rise is not None and found >= rule.rise
    )
    kind = "points" if kind_of(number.format) == "points" else "percent"
    way = "more" if found > 0 else "less"
    step = format_value(abs(found), "percent")
    words = (
        f"{_shown(number, value)} after {_shown(number, then)} on {day}: "
        f"{step if kind == 'percent' else step + ' points'} {way}."
    )
    return Evaluation(broken, words, then)


def _anomaly(
    rule: Alert, number: RecordedNumber, value: float, as_of: date, every: str, past: Past
) -> Evaluation:
    promotions = set(past.promotions) | named_days(rule.promotions)
    if as_of in promotions:
        return Evaluation(None, "It is a day of promotion, which other days are no measure of.")
    daily = every == "day"
    alike = [
        known
        for day, known in past.values(rule.number)
        if day not in promotions and (not daily or day.weekday() == as_of.weekday())
    ][-AT_MOST:]
    kind = f"earlier {as_of:%A}s" if daily else "earlier runs"
    if len(alike) < ENOUGH:
        return Evaluation(
            None, f"Too little history: {len(alike)} {kind} without promotion, {ENOUGH} needed."
        )
    z = robust_z(value, alike)
    middle = statistics.median(alike)
    far = "always the same before" if isinf(z) else f"robust z {z:+.1f}"
    words = f"{_shown(number, value)}; {kind}: {_shown(number, middle)} ({far})."
    return Evaluation(abs(z) >= rule.sensitivity, words, middle)


def _looked_at(number: RecordedNumber, value: float) -> str:
    """Of a number of one period: that the run in which it closed has judged it."""
    day = format_value(date.fromisoformat(number.closed), "date")
    return f"{_shown(number, value)}, of the {number.grain} to {day}, judged when that closed."


def _shown(number: RecordedNumber, value: float) -> str:
    return format_value(value, number.format, number.currency, number.minor_digits)


def named_days(spans: Sequence[str]) -> set[date]:
    """The days of spans as a definition names them.

    >>> len(named_days(["2024-11-11/2024-11-12", "2024-06-18"]))
    3
    """
    days: set[date] = set()
    for span in spans:
        first, _, last = span.partition("/")
        begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
        days |= {begin + timedelta(days=n) for n in range((end - begin).days + 1)}
    return days


def promotion_days(store: Store) -> set[date]:
    """The days of the shop's short campaigns; none where the source maps no campaigns."""
    if not store.has("campaign"):
        return set()
    spans = store.query(
        "select starts_on, ends_on from campaign where ends_on - starts_on < $longest",
        {"longest": LONGEST_PROMOTION},
    )
    epoch = date(1970, 1, 1)
    return {
        epoch + timedelta(days=day)
        for first, last in spans.astype(int).itertuples(index=False)
        for day in range(first, last + 1)
    }
