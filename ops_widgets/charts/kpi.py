"""The row of headline numbers: value, one change, a line of the last periods; one note for all.

What somebody must know (a number that is unknown, or is compared with nothing) is a sentence
below the row, once for all numbers that it is true of. What only some want to know is a tooltip,
is read out, and stands in the table of the numbers (:mod:`.figures`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from ops_widgets.charts.deltas import AGAINST, Delta, delta_of
from ops_widgets.charts.formats import Number, is_missing
from ops_widgets.charts.pieces import note_html
from ops_widgets.charts.sparkline import sparkline
from ops_widgets.metrics.compare import Against

ARROWS = {1: "▲", -1: "▼", 0: "="}
NEWS = {1: " ops-good", -1: " ops-bad", 0: ""}
#: Formats of which a total is no sum of its parts: parts and whole can have one target.
RATES = ("percent", "points", "ratio", "decimal")


def numbers_html(
    numbers: Sequence[Number], compare: Against = "before", notes: Sequence[str] = ()
) -> str:
    """The headline numbers side by side, as a description list, and one note below it.

    ``compare`` says which change they show. ``notes`` are sentences that come first in the note.
    """
    pairs = [(number, delta_of(number, compare)) for number in numbers]
    cards = "".join(_card(number, delta, compare) for number, delta in pairs)
    said = [*notes, *_unknown(numbers), *_compared(pairs, compare)]
    return f'<dl class="ops-numbers">{cards}</dl>{note_html(*said)}'


def _card(number: Number, delta: Delta | None, compare: Against) -> str:
    target = "" if number.target is None else f"target {number.exact(number.target)}"
    about = "; ".join(filter(None, (number.detail, target)))
    exact = number.exact(number.value)
    if is_missing(number.value):
        exact = f"{exact}: {number.detail}"
    return (
        f'<div data-number="{escape(number.name)}">'
        f'<dt title="{escape(about)}">{escape(number.heading)}</dt>'
        f'<dd class="ops-value" title="{escape(exact)}">{escape(number.shown(number.value))}</dd>'
        f"{_change(delta, compare)}{_trend(number)}"
        f'<dd class="ops-heard">{escape(about)}</dd></div>'
    )


def _change(delta: Delta | None, compare: Against) -> str:
    """How much more or less; that it is good or bad news is said by colour where it is sure."""
    if delta is None or delta.unknown:
        return ""
    mark = "" if compare == "target" else ARROWS[delta.direction]
    arrow = f'<span aria-hidden="true">{mark}</span> ' if mark else ""
    heard = f'<span class="ops-heard"> against {AGAINST[compare]}: {escape(delta.detail)}</span>'
    return (
        f'<dd class="ops-change{NEWS[delta.news]}" title="{escape(delta.detail)}">'
        f"{arrow}<b>{escape(delta.text)}</b>{heard}</dd>"
    )


def _trend(number: Number) -> str:
    known = [v for v in number.trend if not is_missing(v)]
    if len(known) < 2:
        return ""
    words = f"{number.trend_detail}: from {number.shown(known[0])} to {number.shown(known[-1])}"
    target = number.target if _of_one_kind(number) else None
    line = sparkline(number.trend, f"{number.label}, {words}", zero=target is None, target=target)
    return f'<dd class="ops-trend" title="{escape(words)}">{line}</dd>'


def _of_one_kind(number: Number) -> bool:
    """Whether the points of the line compare with the number, and so with its target: those of a
    rate do, and those of which the number is the last. A week is no part of a target of months.
    """
    return number.format in RATES or number.trend[-1] == number.value


def _unknown(numbers: Sequence[Number]) -> Iterator[str]:
    """Why values are unknown, a sentence for each reason."""
    reasons = [(n.label, n.detail) for n in numbers if is_missing(n.value) and n.detail]
    for labels, reason in _by_reason(reasons, len(numbers)):
        yield f"No value{f' of {labels}' if labels else 's'}: {reason}."


def _compared(pairs: Sequence[tuple[Number, Delta | None]], compare: Against) -> Iterator[str]:
    """What changes are against, and why some are unknown, a sentence for each reason."""
    found = [(number.label, delta.unknown) for number, delta in pairs if delta is not None]
    reasons = [(label, reason) for label, reason in found if reason]
    if compare == "target" and not found:
        yield "No number has a target."
    if len(reasons) < len(found):
        yield f"Compared with {AGAINST[compare]}."
    for labels, reason in _by_reason(reasons, len(found)):
        of = f" of {labels}" if labels else ""
        against = f" with {AGAINST[compare]}" if len(reasons) == len(found) else ""
        yield f"No comparison{of}{against}: {reason}."


def _by_reason(reasons: Sequence[tuple[str, str]], of: int) -> Iterator[tuple[str, str]]:
    """Labels that share a reason, and the reason; without labels where all ``of`` them do."""
    for reason in dict.fromkeys(reason for _, reason in reasons):
        labels = [label for label, one in reasons if one == reason]
        yield "" if len(labels) == of else ", ".join(labels), reason.rstrip(".")
