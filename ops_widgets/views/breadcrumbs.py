"""Where a person stands: the path that leads down, and what is selected, each with a way back."""

from __future__ import annotations

from typing import Any

from ops_widgets.names import SEPARATOR
from ops_widgets.views.base import View
from ops_widgets.views.choices import Choices
from ops_widgets.views.settings import selections


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
    return [{"label": str(one), "ask": one.ask} for one in selections(view)]
