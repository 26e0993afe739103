"""Where a person stands: the path that leads down, and what is selected, each with a way back."""

from __future__ import annotations

from datetime import date
from typing import Any

from ops_widgets.charts.formats import format_value
from ops_widgets.views.base import View
from ops_widgets.views.choices import Choices

SEPARATOR = " / "


def breadcrumbs(view: View, choices: Choices) -> dict[str, list[dict[str, Any]]]:
    """``path``: the steps down to here; ``chips``: what is selected; ``inside``: the way on.

    Each entry has a ``label`` and ``ask``: the changes of the view that it stands for (for the
    last step of the path, none).
    """
    path, inside = _path(view, choices) if view.drill else ([], [])
    return {"path": path, "chips": _chips(view), "inside": inside}


def _path(view: View, choices: Choices) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    assert view.drill is not None
    field, pick, whole = view.drill
    parts = getattr(view, field).split(SEPARATOR) if getattr(view, field) else []
    path: list[dict[str, Any]] = [{"label": whole, "ask": {field: ""}}]
    for depth, label in enumerate(parts, start=1):
        path.append({"label": label, "ask": {field: SEPARATOR.join(parts[:depth])}})
    path[-1]["ask"] = {}
    picked = getattr(view, pick)
    inside = []
    if picked and picked in choices.names.get(field, ()) and picked != getattr(view, field):
        inside.append({"label": f"Look inside {picked}", "ask": {field: picked}})
    return path, inside


def _chips(view: View) -> list[dict[str, Any]]:
    chips = []
    for name in view.selected:
        value = getattr(view, name)
        if value and not isinstance(value, date):
            label = type(view).model_fields[name].title or name
            chips.append({"label": f"{label}: {value}", "ask": {name: ""}})
    if view.since or view.until:
        first = format_value(view.since, "date") if view.since else "the beginning"
        last = format_value(view.until, "date") if view.until else "the end"
        chips.append({"label": f"{first} to {last}", "ask": {"since": "", "until": ""}})
    return chips
