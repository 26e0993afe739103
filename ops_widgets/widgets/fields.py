"""Which control each field of a view has, as plain data that any page can draw."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from ops_widgets.views.base import Names, View
from ops_widgets.views.choices import Choices

#: Fields that most people never turn: they stand behind "More".
SELDOM = frozenset({"since", "until", "locale"})


def describe(view: type[View], choices: Choices) -> list[dict[str, Any]]:
    """What the browser must know to draw the controls of ``view``, in the order of its fields.

    Those of kind ``pick`` are part of the view and have no control. Raises ``TypeError`` for a
    field whose type has none.
    """
    described = []
    for name, field in view.model_fields.items():
        if name in view.not_in_links:
            continue
        head = {
            "name": name,
            "label": field.title or name.replace("_", " ").capitalize(),
            "help": field.description or "",
            "seldom": name in SELDOM,
        }
        described.append(head | _control(name, field, choices))
    return described


def _control(name: str, field: FieldInfo, choices: Choices) -> dict[str, Any]:
    wanted = field.annotation
    if get_origin(wanted) is Literal:
        return {"kind": "one", "options": list(get_args(wanted))}
    if wanted == Names:
        return {"kind": "many", "options": list(choices.names.get(name, ()))}
    if wanted is str or get_origin(wanted) is tuple:
        return {"kind": "pick"}
    if wanted is bool:
        return {"kind": "switch"}
    if wanted == date | None:
        first, last = choices.bounds.get(name, (None, None))
        return {
            "kind": "day",
            "first": first.isoformat() if first else "",
            "last": last.isoformat() if last else "",
        }
    limits = {k: getattr(m, k) for m in field.metadata for k in ("ge", "le") if hasattr(m, k)}
    if wanted is int and limits.keys() == {"ge", "le"}:
        return {"kind": "number", "least": limits["ge"], "most": limits["le"]}
    raise TypeError(f"There is no control for {name}: {wanted}.")


def form_data(view: View, choices: Choices) -> dict[str, Any]:
    """What a static page's own form is drawn from, as ``render.CONTROLS_TYPE`` says."""
    return {
        "fields": describe(type(view), choices),
        "values": view.parameters(),
        **choices.to_data(),
    }
