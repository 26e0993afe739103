"""What the data let a person choose, and the nearest of it to what a link asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, Literal, Self, get_args, get_origin

from ops_widgets.errors import UsageError, nearest, shortened
from ops_widgets.views.analysis import Analysis
from ops_widgets.views.base import View, texts_of
from ops_widgets.views.words import worded

#: The field whose values name headline numbers.
TARGETS = "targets"


@dataclass(frozen=True)
class Choices:
    """``names``: what a multi-select or a pick may hold; ``bounds``: the first and last day of a
    date. A field that is in neither is bounded by its type alone.

    ``names`` may also say what a pick can be while another field has one value, under a key such
    as ``group|by=channel``. ``week_start`` is the day on which the shop's week begins.
    """

    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bounds: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    week_start: str = "monday"

    @classmethod
    def of(cls, analysis: Analysis, store: Any) -> Self:
        """What the data of ``store`` offer to an analysis."""
        days = (store.first_day, store.last_day)
        names = {TARGETS: analysis.records, **analysis.choices(store)}
        bounds = dict.fromkeys(("as_of", "since", "until"), days)
        return cls(names, bounds, str(store.source.get("week_start", "monday")))

    def to_data(self) -> dict[str, Any]:
        """As JSON values: ``choices`` and ``bounds``, whole."""
        return {
            "choices": {name: list(offered) for name, offered in self.names.items()},
            "bounds": {n: [day.isoformat() for day in days] for n, days in self.bounds.items()},
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_data`; what is missing there is not bounded."""
        bounds = {
            name: (date.fromisoformat(first), date.fromisoformat(last))
            for name, (first, last) in data.get("bounds", {}).items()
        }
        return cls(dict(data.get("choices", {})), bounds)

    def check(self, view: View, names: Sequence[str]) -> None:
        """Raise ``UsageError`` for the first of the fields ``names`` that is not offered."""
        for name in names:
            value = getattr(view, name)
            label = type(view).model_fields[name].title or name
            if isinstance(value, date) and name in self.bounds:
                first, last = self.bounds[name]
                if not first <= value <= last:
                    raise UsageError(
                        f"{label} cannot be {value}.", f"Choose a day from {first} to {last}."
                    )
            if name in self.names:
                chosen = [value] if isinstance(value, str) else value
                for one in (_name_in(name, text) for text in chosen if text):
                    if one not in self.names[name]:
                        raise UsageError(
                            f"{label} has no {shortened(one, 80)!r}.",
                            nearest(one, self.names[name]) or "This source has none: leave it out.",
                        )

    def refuse(self, view: View) -> None:
        """Raise ``UsageError`` for a name that the data do not have, or not beside the others."""
        self.check(view, [name for name in type(view).model_fields if name in self.names])
        for sentence in self.misfits(view).values():
            raise UsageError(sentence, "Choose another, or leave it out.")

    def misfits(self, view: View) -> dict[str, str]:
        """Field -> why what is picked there exists, but not under what else is chosen."""
        found = view.misfits(self.names, self.bounds)
        fields = type(view).model_fields
        for name, other in dict.fromkeys(_condition(key)[:2] for key in self.names if "|" in key):
            picked, chosen = getattr(view, name), getattr(view, other)
            values = chosen if isinstance(chosen, tuple) else (chosen,)
            here = {one for v in values for one in self.names.get(f"{name}|{other}={v}", ())}
            if picked and chosen and picked not in here:
                said = ", ".join(map(worded, values))
                found[name] = (
                    f"{fields[name].title} {shortened(picked, 80)!r} does not go with "
                    f"{fields[other].title}: {shortened(said, 80)}."
                )
        return found

    def fitting(self, view: View) -> tuple[View, list[str]]:
        """``view`` without the picks that do not fit what else is chosen; why, in sentences."""
        found = self.misfits(view)
        if not found:
            return view, []
        fields = type(view).model_fields
        left = view.replace(**{name: fields[name].default for name in found})
        return left, [f"{sentence} It was left out." for sentence in found.values()]

    def nearest_view(self, view: View, query: str) -> tuple[View, list[str]]:
        """``view`` changed by a link as far as that is possible, and what was not, in sentences.

        A number out of range becomes the nearest bound, a misspelt name the closest one that is
        offered; what is like nothing is left as it was. Never raises.
        """
        complaints: list[str] = []
        for name, texts in texts_of(query).items():
            try:
                if name in view.not_in_links:
                    raise UsageError(f"A link cannot change {name!r}.")
                if name not in type(view).model_fields:
                    known = type(view).model_fields.keys() - view.not_in_links
                    hint = nearest(name, known)
                    raise UsageError(f"This page has no parameter {name[:80]!r}.", hint)
                asked = view.replace(**{name: view.from_texts(name, texts)})
                self.check(asked, [name])
                view = asked
            except UsageError as error:
                view, instead = self._instead(view, name, texts)
                remedy = f"Shown instead: {instead}." if instead else error.remedy
                complaints.append(shortened(f"{error.message} {remedy}".strip()))
        view, said = self.fitting(view)
        return view, [*complaints, *said]

    def _instead(self, view: View, name: str, texts: list[str]) -> tuple[View, str]:
        """The nearest view for one refused parameter, and its value in words."""
        if name in view.not_in_links or name not in type(view).model_fields:
            return view, ""
        value = self._nearest_value(type(view), name, texts)
        if value is None:
            return view, ""
        try:
            close = view.replace(**{name: value})
            self.check(close, [name])
        except UsageError:
            return view, ""
        return close, ", ".join(value) if isinstance(value, tuple) else str(value)

    def _nearest_value(self, kind: type[View], name: str, texts: list[str]) -> Any:
        field = kind.model_fields[name]
        offered = list(self.names.get(name, ()))
        if get_origin(field.annotation) is tuple:
            found = [_nearest_text(name, t, offered) for t in texts if t]
            return tuple(dict.fromkeys(one for one in found if one)) or None
        text = texts[-1]
        if get_origin(field.annotation) is Literal:
            return _closest(text, [str(one) for one in get_args(field.annotation)])
        if field.annotation is int:
            limits = {
                k: getattr(m, k) for m in field.metadata for k in ("ge", "le") if hasattr(m, k)
            }
            number = _whole(text)
            return None if number is None else max(limits["ge"], min(limits["le"], number))
        if name in self.bounds:
            first, last = self.bounds[name]
            try:
                return max(first, min(last, date.fromisoformat(text)))
            except ValueError:
                return None
        return _closest(text, offered)


def _name_in(field: str, text: str) -> str:
    """The name that a value names: of a target that of its number."""
    return text.partition("=")[0] if field == TARGETS else text


def _condition(key: str) -> tuple[str, str, str]:
    """The parts of ``field|other=value``."""
    field, _, condition = key.partition("|")
    other, _, value = condition.partition("=")
    return field, other, value


def _nearest_text(field: str, text: str, offered: Sequence[str]) -> str | None:
    named = _name_in(field, text)
    close = named if named in offered else _closest(named, offered)
    return None if close is None else close + text[len(named) :]


def _closest(text: str, offered: Sequence[str]) -> str | None:
    folded = {one.lower(): one for one in offered}
    close = get_close_matches(text[:200].lower(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def _whole(text: str) -> int | None:
    """A whole number; None for a text that is none, or is too long for any control (18 digits)."""
    digits = text.strip().lstrip("+-")
    return int(text) if digits.isdecimal() and len(digits) <= 18 else None
