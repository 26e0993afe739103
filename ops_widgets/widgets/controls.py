"""The control bar: one labelled control for each field of a view.

Plain form elements in one widget instead of a widget each: all of it arrives in one message,
works by keyboard and at 390 pixels, and what a browser asks for has a single way in,
:meth:`ControlBar.ask`, where the view's own types check it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import traitlets
from pydantic.fields import FieldInfo

from ops_widgets.errors import UsageError
from ops_widgets.views.base import Names, View
from ops_widgets.widgets.one_way import OneWay

Bounds = Mapping[str, tuple[date, date]]
#: Longest refusal shown: it quotes what was asked for, which may be a novel.
LONGEST_MESSAGE = 240


class ControlBar(OneWay):
    """Shows ``view`` and takes wishes for another one; ``view`` is always the last valid one.

    ``choices`` names what each multi-select offers, ``bounds`` the first and last day of each
    date. A wish for anything else is refused with a sentence, and the control goes back.
    ``link`` keeps the page's address a link to what is shown.
    """

    _esm = Path(__file__).parent / "controls.js"
    fields: Any = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    query = traitlets.Unicode(None, allow_none=True).tag(sync=True)

    def __init__(
        self,
        view: View,
        choices: Mapping[str, Sequence[str]] | None = None,
        bounds: Bounds | None = None,
        link: bool = False,
    ) -> None:
        fields = describe(type(view), choices or {}, bounds or {})
        super().__init__(fields=fields)
        self.view = view
        self._first = view
        self._link = link
        self._callbacks: list[Callable[[Any], None]] = []
        self._show()
        self.on_msg(lambda _widget, content, _buffers: self._hear(content))

    def on_view(self, callback: Callable[[Any], None]) -> None:
        """Call ``callback(view)`` whenever another valid view is asked for."""
        self._callbacks.append(callback)

    def ask(self, changes: Mapping[str, Any]) -> None:
        """Change some fields of the view, if that is a valid view; else say why not."""
        try:
            if changes.keys() - {field["name"] for field in self.fields}:
                raise UsageError("This page has no such control.", "Reload the page.")
            view = self.view.replace(**changes)
            for field in self.fields:
                if field["name"] in changes:
                    _check_offered(field, getattr(view, field["name"]))
        except UsageError as error:
            self._show(_short(str(error)))
        else:
            self._go_to(view)

    def reset(self) -> None:
        """Back to the view that the page was opened with."""
        self._go_to(self._first)

    def _hear(self, content: Any) -> None:
        """What the browser sends: ``{"ask": {field: value}}`` or ``{"reset": true}``."""
        if isinstance(content, dict) and content.get("reset") is True:
            self.reset()
        elif isinstance(content, dict) and isinstance(content.get("ask"), dict):
            self.ask(content["ask"])
        self.send({"answered": True})

    def _go_to(self, view: View) -> None:
        changed, self.view = view != self.view, view
        self._show()
        if changed:
            for callback in self._callbacks:
                callback(view)

    def _show(self, message: str = "") -> None:
        parameters = self.view.parameters()
        with self.hold_sync():
            self.values = {field["name"]: parameters[field["name"]] for field in self.fields}
            self.message = message
            self.query = self.view.to_query() if self._link else None


def describe(
    view: type[View], choices: Mapping[str, Sequence[str]], bounds: Bounds
) -> list[dict[str, Any]]:
    """What the browser must know to draw the controls of ``view``, in the order of its fields.

    Raises ``TypeError`` for a field whose type has no control.
    """
    described = []
    for name, field in view.model_fields.items():
        if name in view.not_in_links:
            continue
        head = {
            "name": name,
            "label": field.title or name.replace("_", " ").capitalize(),
            "help": field.description or "",
        }
        described.append(head | _control(name, field, choices, bounds))
    return described


def _control(
    name: str, field: FieldInfo, choices: Mapping[str, Sequence[str]], bounds: Bounds
) -> dict[str, Any]:
    wanted = field.annotation
    if get_origin(wanted) is Literal:
        return {"kind": "one", "options": list(get_args(wanted))}
    if wanted == Names:
        return {"kind": "many", "options": list(choices.get(name, ()))}
    if wanted is bool:
        return {"kind": "switch"}
    if wanted == date | None:
        first, last = bounds.get(name, (None, None))
        return {
            "kind": "day",
            "first": first.isoformat() if first else "",
            "last": last.isoformat() if last else "",
        }
    limits = {k: getattr(m, k) for m in field.metadata for k in ("ge", "le") if hasattr(m, k)}
    if wanted is int and limits.keys() == {"ge", "le"}:
        return {"kind": "number", "least": limits["ge"], "most": limits["le"]}
    raise TypeError(f"There is no control for {name}: {wanted}.")


def _check_offered(field: Mapping[str, Any], value: Any) -> None:
    """Refuse what the types allow and the page does not offer."""
    if isinstance(value, tuple):
        unknown = [name for name in value if name not in field["options"]]
        if unknown:
            raise UsageError(f"{field['label']} has no {unknown[0]!r}.", "Choose from the list.")
    if isinstance(value, date) and not _within(value, field):
        raise UsageError(
            f"{field['label']} cannot be {value}.",
            f"Choose a day from {field['first']} to {field['last']}.",
        )


def _within(day: date, field: Mapping[str, Any]) -> bool:
    return not field["first"] or field["first"] <= day.isoformat() <= field["last"]


def _short(message: str) -> str:
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"
