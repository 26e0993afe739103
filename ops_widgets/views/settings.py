"""What a view is set to, in words: where nothing can be turned, a page says it like this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ops_widgets.charts.formats import format_value
from ops_widgets.views.base import View
from ops_widgets.views.period import LABEL, NAME, Days
from ops_widgets.views.words import few, option, worded

#: Fields that are left out while they are at their default.
ONLY_WHEN_CHANGED = frozenset({"locale", "targets"})


#: What the selected part of the time is called.
PART = "Part"
#: What is said where nothing is chosen in any list and nothing is selected.
NO_FILTERS = {"Filters": "None"}


@dataclass(frozen=True)
class Selection:
    """Something that is selected in the charts, and ``ask``, the changes that clear it."""

    label: str
    words: str
    ask: dict[str, str]

    def __str__(self) -> str:
        return f"{self.label}: {self.words}"


def selections(view: View) -> list[Selection]:
    """What is picked, and the part of the time, each in words: "Campaign: Spring sale"."""
    found = []
    for name in view.selected:
        value = getattr(view, name)
        if value and not isinstance(value, date):
            found.append(Selection(label_of(view, name), worded(value), {name: ""}))
    if view.since or view.until:
        first = format_value(view.since, "date") if view.since else "the beginning"
        last = format_value(view.until, "date") if view.until else "the end"
        found.append(Selection(PART, f"{first} to {last}", {"since": "", "until": ""}))
    return found


def without_day(view: View) -> dict[str, str]:
    """:func:`in_words` but for the day it is as of, which printed sheets say apart."""
    words = in_words(view)
    words.pop(label_of(view, "as_of"), None)
    return words


def label_of(view: View, name: str) -> str:
    """What people call a field of the view."""
    return type(view).model_fields[name].title or name.replace("_", " ").capitalize()


def said(view: View, name: str) -> str:
    """The value of one field in a few words, as its control shows it."""
    value = getattr(view, name)
    if isinstance(value, tuple):
        return few(value)
    if value is None:
        return "Latest"
    if isinstance(value, date):
        return format_value(value, "date")
    return worded(value) if name in view.selected else option(value)


def changed(view: View) -> list[str]:
    """The fields with a control of their own that are not at their default; the period is one."""
    fields = type(view).model_fields
    apart = {name for name, field in fields.items() if getattr(view, name) != field.default}
    apart -= {*view.not_in_links, *view.selected, "targets"}
    if view.period is None or not apart.intersection(view.period.fields):
        return sorted(apart)
    return sorted({*apart.difference(view.period.fields), NAME})


def in_words(view: View, days: Days | None = None) -> dict[str, str]:
    """Label and value of everything that a person can choose, then what is selected.

    Lists in which nothing is chosen leave everything in: they are not said one by one.
    ``days`` are the first and last of the view's window, where they are known.
    """
    words = {}
    filters = {}
    nothing: dict[str, str] = {}
    of_period: tuple[str, ...] = ()
    if view.period is not None:
        words[LABEL] = view.period.words(view, days)
        of_period = view.period.fields
    for name, field in type(view).model_fields.items():
        value = getattr(view, name)
        quiet = name in ONLY_WHEN_CHANGED or (isinstance(value, str) and not value)
        if name in view.not_in_links or name in view.selected or name in of_period:
            continue
        if quiet and value == field.default:
            continue
        if not isinstance(value, tuple):
            words[label_of(view, name)] = said(view, name)
            continue
        nothing = NO_FILTERS
        if value:
            filters[label_of(view, name)] = ", ".join(map(worded, value))
    filters |= {one.label: one.words for one in selections(view)}
    return words | (filters or nothing)
