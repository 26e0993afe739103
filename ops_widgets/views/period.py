"""A view's period: which of its fields say it, its presets, and its days in words.

The fields stay what parameters, links and scheduled reports hold; a person sees one period.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from ops_widgets.charts import locales
from ops_widgets.charts.formats import format_value
from ops_widgets.errors import UsageError
from ops_widgets.periods import Grain, index_start, last_complete, period_end, period_index

if TYPE_CHECKING:
    from ops_widgets.views.base import View

Days = tuple[date, date]
#: The days of a view's window; None: they are not known.
Window = Callable[[Any], Days | None]
#: A window of whole calendar periods instead of a number of days; empty: a number of days.
Calendar = Literal["", "month", "quarter", "year"]
MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
#: Lengths that people ask for, in the period's unit.
PRESETS: dict[Grain, tuple[int, ...]] = {
    "day": (7, 28, 90, 365),
    "week": (13, 26, 52, 104),
    "month": (1, 3, 6, 12, 24),
}
#: What the period is called, by people and as a wish for two days.
LABEL, NAME = "Period", "period"


def no_window(_view: Any) -> Days | None:
    """The window where nothing is known of it."""
    return None


@dataclass(frozen=True)
class Period:
    """The field ``length`` counts whole ``unit``s, the last of which is over as of ``as_of``.

    ``calendar`` names the field of type :data:`Calendar` that asks for the last whole month,
    quarter or year instead, where the view has one (``unit`` is then "day").
    """

    length: str
    unit: Grain
    calendar: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the view that it stands for."""
        return tuple(filter(None, ("as_of", self.length, self.calendar)))

    def limits(self, kind: type[View]) -> tuple[int, int]:
        """The shortest and the longest length that the view takes."""
        found = kind.model_fields[self.length].metadata
        return tuple(
            next(getattr(m, bound) for m in found if hasattr(m, bound)) for bound in ("ge", "le")
        )

    def presets(self, kind: type[View]) -> list[dict[str, Any]]:
        """``label`` and ``ask`` (the changes of the view) of each length with one press."""
        least, most = self.limits(kind)
        plain = {self.calendar: ""} if self.calendar else {}
        listed = [
            {"label": self.counted(n), "ask": {self.length: n} | plain}
            for n in PRESETS[self.unit]
            if least <= n <= most
        ]
        if self.calendar:
            listed += [
                {"label": f"Last whole {name}", "ask": {self.calendar: name}} for name in MONTHS
            ]
        return listed

    def counted(self, count: int) -> str:
        """A length in words: "28 days"."""
        return f"{count} {self.unit}{'' if count == 1 else 's'}"

    def span(self, view: View, last: date, week_start: str = "monday") -> Days:
        """First and last day of the view's window, when ``last`` is the last day that is over.

        What the data have of it is the analysis' matter.
        """
        whole = getattr(view, self.calendar) if self.calendar else ""
        if whole:
            months = MONTHS[whole]
            end = period_index(last_complete(last, "month"), "month") + 1
            end -= end % months  # the month after the last whole quarter or year
            first = index_start(end - months, "month")
            return first, period_end(end - 1, "month")
        newest = period_index(last_complete(last, self.unit, week_start), self.unit, week_start)
        first = index_start(newest - getattr(view, self.length) + 1, self.unit, week_start)
        return first, period_end(newest, self.unit, week_start)

    def between(
        self,
        view: View,
        asked: Any,
        bounds: Days,
        week_start: str = "monday",
        window: Window = no_window,
    ) -> dict[str, Any]:
        """The changes of the view that make its window the whole units from one day to another.

        ``asked`` holds ``from`` and ``to`` as ISO days; an empty ``from`` keeps the length, an
        empty ``to`` means the last day there is. ``window(view)`` are the days of a view as far
        as they are over. Raises ``UsageError`` in words for anything else: what is no day, days
        that the data (``bounds``) do not have, or the wrong way round.
        """
        asked = asked if isinstance(asked, Mapping) else {"from": asked}
        first, last = (_day(asked.get(name)) for name in ("from", "to"))
        for day in filter(None, (first, last)):
            if not bounds[0] <= day <= bounds[1]:
                raise UsageError(
                    f"The data have no {format_value(day, 'date')}.",
                    f"Choose days from {range_text(*bounds)}.",
                )
        changes: dict[str, Any] = {"as_of": last}
        if self.calendar:
            changes[self.calendar] = ""
        if first is None:
            return changes
        end = last or bounds[1]
        if first > end:
            raise UsageError(
                f"The period ends on {format_value(end, 'date')}, before it begins on "
                f"{format_value(first, 'date')}.",
                "Choose other days.",
            )
        known = window(view.replace(**changes))
        over = known[1] if known else end
        return changes | {self.length: self._units(type(view), first, over, week_start)}

    def _units(self, kind: type[View], first: date, over: date, week_start: str) -> int:
        """How many whole units there are from ``first`` to ``over``, if a view takes as many."""
        newest = period_index(last_complete(over, self.unit, week_start), self.unit, week_start)
        oldest = period_index(first, self.unit, week_start)
        oldest += index_start(oldest, self.unit, week_start) < first
        length, (least, most) = newest - oldest + 1, self.limits(kind)
        if not least <= length <= most:
            found = f"That is {self.counted(length)}."
            raise UsageError(
                found if length > 0 else f"No whole {self.unit} lies between these days.",
                f"A period has {least} to {self.counted(most)}.",
            )
        return length

    def words(self, view: View, days: Days | None) -> str:
        """The window in words: its ``days`` where they are known, else how long it is."""
        if days is not None:
            return range_text(*days, months=self.unit == "month")
        as_of = f" to {format_value(view.as_of, 'date')}" if view.as_of else ""
        whole = getattr(view, self.calendar) if self.calendar else ""
        if whole:
            return f"Last whole {whole}{as_of}"
        return self.counted(getattr(view, self.length)) + as_of


def range_text(first: date, last: date, months: bool = False) -> str:
    """Two days, or their months, as people write them: "1 Apr to 29 Jun 2025"."""
    form: Literal["month", "date"] = "month" if months else "date"
    a, z = format_value(first, form), format_value(last, form)
    if a == z:
        return a
    if locales.current() == locales.ENGLISH and first.year == last.year:
        a = a.removesuffix(f" {first.year}")
    return f"{a} to {z}"


def _day(text: Any) -> date | None:
    """A day of a wish; empty: none. Raises ``UsageError`` for what is no day."""
    if text in ("", None):
        return None
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise UsageError(f"{str(text)[:40]!r} is no day.", "Write it as 2025-06-30.") from None
