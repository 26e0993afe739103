"""What a view is set to, in words: where nothing can be turned, a page says it like this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ops_widgets.charts.formats import format_value
from ops_widgets.views.base import View

#: Fields that are left out while they are at their default.
ONLY_WHEN_CHANGED = frozenset({"locale", "targets"})


#: What the selected part of the time is called.
PART = "Part"


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
            found.append(Selection(label_of(view, name), str(value), {name: ""}))
    if view.since or view.until:
        first = format_value(view.since, "date") if view.since else "the beginning"
        last = format_value(view.until, "date") if view.until else "the end"
        found.append(Selection(PART, f"{first} to {last}", {"since": "", "until": ""}))
    return found


def label_of(view: View, name: str) -> str:
    """What people call a field of the view."""
    return type(view).model_fields[name].title or name.replace("_", " ").capitalize()


def in_words(view: View) -> dict[str, str]:
    """Label and value of every field of a view that a person can choose, then what is selected."""
    words = {}
    for name, field in type(view).model_fields.items():
        value = getattr(view, name)
        quiet = name in ONLY_WHEN_CHANGED or (isinstance(value, str) and not value)
        if name in view.not_in_links or name in view.selected:
            continue
        if quiet and value == field.default:
            continue
        if isinstance(value, tuple):
            shown = ", ".join(map(str, value)) or "all"
        elif isinstance(value, bool):
            shown = "yes" if value else "no"
        elif value is None:
            shown = "latest"
        else:
            shown = format_value(value, "date" if isinstance(value, date) else "text")
            shown = shown.replace("_", " ")
        words[label_of(view, name)] = shown
    return words | {one.label: one.words for one in selections(view)}
