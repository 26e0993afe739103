"""What a view is set to, in words: where nothing can be turned, a page says it like this."""

from __future__ import annotations

from datetime import date

from ops_widgets.charts.formats import format_value
from ops_widgets.views.base import View

#: Fields that are left out while they are at their default.
ONLY_WHEN_CHANGED = frozenset({"locale", "targets"})


def in_words(view: View) -> dict[str, str]:
    """Label and value of every field of a view that a person can choose."""
    words = {}
    for name, field in type(view).model_fields.items():
        value = getattr(view, name)
        quiet = (
            name in ONLY_WHEN_CHANGED
            or name in view.selected
            or (isinstance(value, str) and not value)
        )
        if name in view.not_in_links or (quiet and value == field.default):
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
        words[field.title or name.replace("_", " ").capitalize()] = shown
    return words
