"""What the gallery says of an app before anybody opens it, from the snapshot of its first view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ops_widgets.charts.deltas import AGAINST, delta_of
from ops_widgets.charts.formats import Number, is_missing
from ops_widgets.metrics.compare import Against
from ops_widgets.publish.server.snapshots import Snapshot
from ops_widgets.views.analysis import Analysis

#: Numbers that a card has room for.
NUMBERS = 3


@dataclass(frozen=True)
class CardNumber:
    """One number: its value and its change as text, and whether that is good news (1, 0, -1)."""

    label: str
    value: str
    delta: str = ""
    news: int = 0


@dataclass(frozen=True)
class Card:
    """One app in the gallery; without ``needs`` or ``as_of`` it is being prepared."""

    name: str
    title: str
    question: str
    finding: str = ""
    do: str = ""
    numbers: Sequence[CardNumber] = ()
    needs: str = ""
    as_of: date | None = None


def card_of(analysis: Analysis, snapshot: Snapshot | None) -> Card:
    """The card of an app; ``snapshot`` is that of the view that it opens with, if there is one.

    The first finding that the page recorded, with what to do about it; the first three numbers
    whose values are known.
    """
    card = Card(analysis.name, analysis.title, analysis.question)
    if snapshot is None:
        return card
    found = snapshot.findings[0] if snapshot.findings else {"claim": "", "do": ""}
    known = [one for one in map(_number, snapshot.numbers) if not is_missing(one.value)]
    return Card(
        card.name,
        card.title,
        card.question,
        finding=str(found["claim"]),
        do=str(found["do"]),
        numbers=[_shown(one) for one in known[:NUMBERS]],
        needs=snapshot.needs,
        as_of=date.fromisoformat(snapshot.reaches) if snapshot.reaches else None,
    )


def _number(recorded: Mapping[str, Any]) -> Number:
    return Number(**recorded)


def _shown(number: Number) -> CardNumber:
    """A number with its change on the period before or, where that is unknown, on last year."""
    value = number.shown(number.value)
    choices: tuple[Against, ...] = ("before", "last_year")
    for compare in choices:
        delta = delta_of(number, compare)
        if delta is not None and not delta.unknown:
            change = f"{delta.text} on {AGAINST[compare]}"
            return CardNumber(number.heading, value, change, delta.news)
    return CardNumber(number.heading, value)
