"""The one comparison of every headline: a value, the period before, a year earlier, the trend.

A headline declares its numbers as :class:`Measure` and answers each with a :class:`Known`: a
value with what it is of, or no value with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from ops_widgets.charts.formats import Better, Format, Number, is_missing
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.compare import period_before, year_before
from ops_widgets.periods import Grain
from ops_widgets.views.base import View
from ops_widgets.views.targets import with_targets
from ops_widgets.views.terms import Terms


@dataclass(frozen=True)
class Known:
    """A value, and in ``words`` what it is of; where there is none, why not.

    ``n`` is how many observations it rests on; None where it is no sample.
    """

    value: float | None
    words: str
    n: int | None = None

    @classmethod
    def of(cls, value: Any, words: str, unknown: str, n: Any = None) -> Self:
        """``value`` with its ``words``; a missing one (None, NaN) is unknown for that reason."""
        if is_missing(value):
            return cls(None, unknown)
        return cls(float(value), words, None if is_missing(n) else round(n))


@dataclass(frozen=True)
class Measure:
    """What stays the same of one headline number, whatever is looked at.

    ``name`` is its key in ``numbers.json``: snake_case, never renamed once published. ``n_of``
    is what its values rest on, such as "orders"; empty where they are no sample.
    """

    name: str
    label: str
    format: Format
    better: Better = "higher"
    n_of: str = ""

    @classmethod
    def of(
        cls, terms: Terms, name: str, label: str = "", better: Better = "higher", n_of: str = ""
    ) -> Self:
        """The measure of a term; ``label`` where the headline says more than a column's head."""
        return cls(name, label or terms[name].label, terms[name].format, better, n_of)

    def number(
        self,
        store: Any,
        now: Known,
        compared: Mapping[str, Any] | None = None,
        trend: Mapping[str, Any] | None = None,
        label: str = "",
        subject: str = "",
        period: tuple[Grain, date] | None = None,
    ) -> Number:
        """The number as it is shown: ``compared`` and ``trend`` are of the functions below.

        ``subject``: whose it is, where that changes with the data.
        ``period``: of which grain of period it is, and the day on which that one closed; None: it
        is of days that move with the day looked at.
        """
        grain, closed = (period[0], period[1].isoformat()) if period else ("", "")
        money = {k: store.source[k] for k in ("currency", "minor_digits")}
        return Number(
            self.name,
            label or self.label,
            now.value,
            self.format,
            now.words,
            better=self.better,
            n=now.n,
            n_of=self.n_of,
            subject=subject,
            grain=grain,
            closed=closed,
            **(money if self.format == "money" else {}),
            **(compared or {}),
            **(trend or {}),
        )


@dataclass(frozen=True)
class Comparison:
    """Periods ``first..last`` (indices without gaps) against those before and a year earlier.

    The data begin with the period ``begins``: of an earlier one nothing is known, for the reason
    ``before_data``. ``words`` names a range of periods; a year has ``year`` of them.
    """

    first: int
    last: int
    begins: int
    year: int
    words: Callable[[int, int], str]
    before_data: str

    def of(self, ask: Callable[[int, int], Known]) -> dict[str, Any]:
        """What ``ask(first, last)`` says of both, as the fields of a :class:`Number`.

        A period that begins before the data do is never asked for, and never compared in part.
        """
        found: dict[str, Any] = {}
        ranges = {
            "previous": period_before(self.first, self.last),
            "last_year": year_before(self.first, self.last, self.year),
        }
        for key, (first, last) in ranges.items():
            then = ask(first, last) if first >= self.begins else Known(None, self.before_data)
            found[key], found[f"{key}_n"] = then.value, then.n
            known = then.value is not None
            found[f"{key}_detail"] = self.words(first, last) if known else then.words
        return found


def or_unknown(
    store: Any,
    measures: Iterable[Measure],
    answer: Callable[[], list[Number]],
    labels: Mapping[str, str],
) -> list[Number]:
    """What ``answer`` gives; where the data cannot say it, each of its ``measures`` is unknown.

    ``labels`` are what measures are called in this view, by name.
    """
    try:
        return answer()
    except MissingDataError as error:
        unknown = Known(None, error.message)
        return [one.number(store, unknown, label=labels.get(one.name, "")) for one in measures]


def trend(values: Iterable[Any], words: str) -> dict[str, Any]:
    """The last periods in order (a missing value is None), as the fields of a :class:`Number`.

    Where not one of them is known there is no trend.
    """
    points = tuple(None if is_missing(value) else float(value) for value in values)
    known = any(value is not None for value in points)
    return {"trend": points, "trend_detail": words} if known else {}


@dataclass(frozen=True, eq=False)
class Headline:
    """The headline of an analysis: its numbers as declared, and what answers them.

    ``answer(store, view)`` gives one :class:`Number` for each of ``measures``, in their order;
    for none of those that the source of ``store`` can never give.
    ``ignores``: a field of the view -> the numbers that do not follow it, which the page says.
    """

    measures: tuple[Measure, ...]
    answer: Callable[[Any, Any], list[Number]]
    ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __call__(self, store: Any, view: View) -> list[Number]:
        """The numbers of a view, with the view's targets."""
        return with_targets(self.answer(store, view), view)

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which reports record them."""
        return tuple(measure.name for measure in self.measures)


def by_name(measures: Iterable[Measure]) -> dict[str, Measure]:
    """Measures by their names."""
    return {measure.name: measure for measure in measures}
