"""What an analysis has found: claims in sentences, each with its reason and what to do about it.

A sentence is a template with places, ``"{category} grows by {growth}"``, and every place is
filled from a :class:`Figure`; ``"{orders:order}"`` is how many of what, "1 order" or "7 orders".
Outside of its places a template has no digit, so that no number can stand in a sentence without a
value that is recorded with the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from string import Formatter
from typing import Any, Literal, Self

from ops_widgets.charts.formats import Format, Scale, format_value, is_missing
from ops_widgets.errors import MissingDataError, shortened
from ops_widgets.metrics.compare import LEAST_SAMPLE
from ops_widgets.views.answers import once
from ops_widgets.views.base import View

#: What a finding is: a chance, a loss, news that is good, something to clear up before anything
#: is done, or a number that rests on too little.
Kind = Literal["opportunity", "warning", "progress", "question", "too_few"]
#: More findings than these are a list, not an answer.
MOST = 3
#: Fewer orders, customers or the like than these say nothing: chance alone moves them by a third.
ENOUGH = LEAST_SAMPLE
#: How sure an interval is that a claim rests on.
LEVEL = 0.95
#: Letters of a name that a sentence shows.
LONGEST_NAME = 60
#: The sentences of a finding.
SENTENCES = ("claim", "because", "do", "overturned_by")


@dataclass(frozen=True)
class Figure:
    """A value that stands in a sentence, and how it is written; ``signed``: plus or minus."""

    value: Any
    format: Format
    currency: str = ""
    minor_digits: int = 2
    signed: bool = False

    @property
    def text(self) -> str:
        """As it is read, in the locale of the page."""
        if self.format == "text":
            return shortened(" ".join(str(self.value).split()), LONGEST_NAME)
        # A level is 95%, not 95.0%.
        whole = Scale(0.01) if self.format == "percent" and (100 * self.value) % 1 == 0 else None
        text = format_value(self.value, self.format, self.currency, self.minor_digits, whole)
        plus = self.signed and self.format != "points" and self.value > 0
        return f"+{text}" if plus else text

    def __format__(self, noun: str) -> str:
        """As it stands in a sentence: alone, or with the ``noun`` of what it counts."""
        return f"{self.text} {plural(noun, self.value)}" if noun else self.text

    def record(self) -> dict[str, Any]:
        """As JSON values; money in minor units, a share as a fraction, a day as ISO text."""
        value = self.value.item() if hasattr(self.value, "item") else self.value
        if isinstance(value, date | datetime):
            value = value.isoformat()
        money = {"currency": self.currency, "minor_digits": self.minor_digits}
        return {"value": value, "format": self.format, "text": self.text} | (
            money if self.format == "money" else {}
        )


def money(store: Any, amount: float) -> Figure:
    """An amount in minor units, whole, in the currency of the source."""
    source = store.source
    return Figure(round(float(amount)), "money", source["currency"], source["minor_digits"])


def count(value: float) -> Figure:
    """How many; a whole number."""
    return Figure(int(value), "integer")


def share(value: float, *, signed: bool = False) -> Figure:
    """A part of a whole as a fraction, or (``signed``) a relative change."""
    return Figure(float(value), "percent", signed=signed)


def points(value: float) -> Figure:
    """A difference of two shares."""
    return Figure(float(value), "points")


def multiple(value: float) -> Figure:
    """One value in another's: 3.2 is 3.20×."""
    return Figure(float(value), "ratio")


def named(value: Any) -> Figure:
    """A name of the data."""
    return Figure(str(value), "text")


def plural(noun: str, many: float) -> str:
    """The noun as it follows a number.

    >>> plural("order", 1), plural("order", 2)
    ('order', 'orders')
    """
    return noun if many == 1 else f"{noun}s"


def picking(view: View, field: str, value: Any) -> dict[str, Any]:
    """The link of a finding on one ``value`` of many: it is picked, unless one is already."""
    return {} if getattr(view, field) else {field: str(value)}


@dataclass(frozen=True)
class Finding:
    """One finding, in words that are final.

    ``claim``, ``because``, ``do`` and ``overturned_by`` (what would show that it is wrong) are
    sentences. ``link`` are the changes of the view that show it; empty: it is shown already.
    ``figures`` are all values of the sentences; ``stake`` names the one that is the money at
    stake, by which findings are ranked (empty: unknown).
    """

    kind: Kind
    claim: str
    because: str
    do: str
    overturned_by: str
    link: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    stake: str = ""

    @classmethod
    def of(
        cls,
        kind: Kind,
        figures: Mapping[str, Figure],
        *,
        claim: str,
        because: str,
        do: str,
        overturned_by: str,
        link: Mapping[str, Any] | None = None,
        stake: str = "",
    ) -> Self:
        """The finding of four templates: their places are filled from ``figures``.

        Raises ``ValueError`` for a template with a digit of its own, a place without a figure, a
        figure without a value or without a place, and a stake below nothing: none of them could
        be checked by a reader.
        """
        templates = dict(zip(SENTENCES, (claim, because, do, overturned_by), strict=True))
        used = {place for one in templates.values() for place in _places(one)}
        if used ^ figures.keys():
            raise ValueError(f"places and figures differ: {sorted(used ^ figures.keys())}")
        for name, figure in figures.items():
            if is_missing(figure.value):
                raise ValueError(f"the figure {name!r} has no value")
        if stake and figures[stake].value < 0:
            raise ValueError(f"less than nothing is at stake: {figures[stake].value}")
        said = {name: one.format(**figures) for name, one in templates.items()}
        return cls(kind, **said, link=dict(link or {}), figures=dict(figures), stake=stake)

    @property
    def at_stake(self) -> int | None:
        """The money at stake in minor units; None: unknown."""
        return int(self.figures[self.stake].value) if self.stake else None


def recorded(finding: Finding, view: View) -> dict[str, Any]:
    """A finding of ``view`` as JSON values, with its figures; ``query``: the link to it."""
    return {
        "kind": finding.kind,
        **{name: getattr(finding, name) for name in SENTENCES},
        "link": dict(finding.link),
        "query": view.turned(finding.link).to_query() if finding.link else "",
        "at_stake": finding.at_stake,
        "figures": {name: figure.record() for name, figure in finding.figures.items()},
    }


def _places(template: str) -> list[str]:
    """The names of the places in a template."""
    parts = list(Formatter().parse(template))
    if any(c.isnumeric() for text, _, noun, _ in parts for c in f"{text}{noun}"):
        raise ValueError(f"a number without a figure: {template!r}")
    return [name for _, name, *_ in parts if name]


def ranked(found: Iterable[Finding], most: int = MOST) -> list[Finding]:
    """The first ``most`` by money at stake, the largest first; unknown last, ties as they came."""
    by_stake = sorted(found, key=lambda one: (one.at_stake is None, -(one.at_stake or 0)))
    return by_stake[:most]


#: What looks for findings of one kind; ``MissingDataError``: the data cannot say.
Rule = Callable[[Any, Any], Sequence[Finding]]


@dataclass(frozen=True, eq=False)
class Findings:
    """The findings of an analysis: ``rules``, by what each of them looks at (in plain words)."""

    rules: Mapping[str, Rule]

    def __call__(self, store: Any, view: View) -> list[Finding]:
        """The findings of a view, ranked, at most :data:`MOST`; none: nothing is unusual.

        Raises ``MissingDataError`` where the data can answer no rule at all.
        """
        return ranked(one for found in self._answers(store, view).values() for one in found)

    def looked_at(self, store: Any, view: View) -> list[str]:
        """What could be looked at, whatever was found."""
        return list(self._answers(store, view))

    def _answers(self, store: Any, view: View) -> dict[str, Sequence[Finding]]:
        answers, missing = {}, None
        for words, rule in self.rules.items():
            try:
                answers[words] = once(store, rule, view)
            except MissingDataError as error:
                missing = missing or error
        if missing and not answers:
            raise missing
        return answers
