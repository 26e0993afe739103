"""The one change that a headline number shows, against what its reader chose to compare with."""

from __future__ import annotations

from dataclasses import dataclass

from ops_widgets.charts.formats import Number, format_value, grouped, is_missing
from ops_widgets.metrics.compare import Against, change, kind_of, too_few

#: What each choice is called in a sentence.
AGAINST: dict[Against, str] = {
    "before": "the period before",
    "last_year": "last year",
    "target": "the target",
}
#: What "more" means to a number: good news, bad news, or neither.
NEWS = {"higher": 1, "lower": -1, "": 0}


@dataclass(frozen=True)
class Delta:
    """How much more or less: ``text`` ("+12.3%"), or ``unknown``, why that cannot be said.

    ``direction`` is 1, -1 or 0 (the same; or of no direction), ``news`` likewise: good, bad or
    neither. ``detail`` is what is compared with, and whether it is too little to go by.
    """

    text: str = ""
    direction: int = 0
    news: int = 0
    detail: str = ""
    unknown: str = ""


def delta_of(number: Number, compare: Against) -> Delta | None:
    """The change of ``number`` against ``compare``; None where nothing is compared."""
    if is_missing(number.value):
        return None
    if compare == "target":
        return _of_target(number)
    if compare == "before":
        return _of_then(number, number.previous, number.previous_detail, number.previous_n)
    if compare == "last_year":
        return _of_then(number, number.last_year, number.last_year_detail, number.last_year_n)
    return None


def _of_then(number: Number, then: float | None, detail: str, n: int | None) -> Delta | None:
    if not detail:
        return None
    found = change(number.value, then, number.format)
    if found is None:
        return Delta(unknown=detail if is_missing(then) else "it was nothing, or less, then")
    points = kind_of(number.format) == "points"
    text = format_value(abs(found), "points" if points else "percent").lstrip("+")
    # What is rounded to nothing is no change.
    direction = 0 if not any(c in "123456789" for c in text) else 1 if found > 0 else -1
    few = _few(number, n)
    return Delta(
        {1: "+", -1: "−", 0: ""}[direction] + text,
        direction,
        0 if few else NEWS[number.better] * direction,
        ", ".join(filter(None, (number.exact(then), detail, few))),
    )


def _of_target(number: Number) -> Delta | None:
    """How far the value is on its way to the target, and whether it is there."""
    value, target = number.value, number.target
    if value is None or target is None:
        return None
    reached = value <= target if number.better == "lower" else value >= target
    few, goal = _few(number), number.shown(target)
    if target > 0:
        text = f"{format_value(value / target, 'percent')} of {goal}"
    else:  # there is no part of nothing
        text = f"{goal} {'met' if reached else 'missed'}"
    said = ("met" if reached else "not met", number.exact(target), few)
    return Delta(text, 0, int(reached and not few), ", ".join(filter(None, said)))


def _few(number: Number, *then: int | None) -> str:
    """That a sample is too small to say anything by a change; empty where none is."""
    for n, when in ((number.n, ""), *((one, " then") for one in then)):
        if n is not None and too_few(n):
            return f"too few to say: {grouped(n, 0)} {number.n_of}{when}"
    return ""
