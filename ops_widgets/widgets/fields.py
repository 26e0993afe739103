"""Which control each field of a view has, and what a bar of them shows: plain data for any page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from ops_widgets.views.base import Names, View
from ops_widgets.views.breadcrumbs import breadcrumbs
from ops_widgets.views.choices import Choices
from ops_widgets.views.period import LABEL, NAME, Days
from ops_widgets.views.settings import changed, said
from ops_widgets.views.words import option, worded

#: Fields that a drag over a chart sets: they are days, and have no control.
DRAGGED = frozenset({"since", "until"})


def describe(view: type[View], choices: Choices) -> list[dict[str, Any]]:
    """What the browser must know to draw the controls of ``view``: the period, then its fields.

    Those of kind ``pick`` are part of the view and have no control of their own. Raises
    ``TypeError`` for a field whose type has none.
    """
    described = [_period(view, choices)] if view.period else []
    inside = view.period.fields if view.period else ()
    for name, field in view.model_fields.items():
        if name in view.not_in_links:
            continue
        head = {
            "name": name,
            "label": field.title or name.replace("_", " ").capitalize(),
            "help": field.description or "",
            "seldom": name in view.seldom,
        }
        apart = name in inside or name in DRAGGED
        described.append(head | ({"kind": "pick"} if apart else _control(name, field, choices)))
    return described


def state(view: View, choices: Choices, days: Days | None) -> dict[str, Any]:
    """What a bar shows of ``view``, whose window has these ``days``.

    ``values`` by control, ``said`` the same in a few words, ``changed`` which of them are not at
    their default, and ``breadcrumbs``.
    """
    values = view.parameters()
    words = {name: said(view, name) for name in values if name not in view.not_in_links}
    if view.period is not None:
        length, whole = view.period.length, view.period.calendar
        first, last = (day.isoformat() for day in days) if days else ("", "")
        values[NAME] = {
            "from": first,
            "to": last,
            "as_of": values["as_of"],
            "length": values[length],
            "preset": values.get(whole) or values[length],
        }
        words[NAME] = view.period.words(view, days)
    return {
        "values": values,
        "said": words,
        "changed": changed(view),
        "breadcrumbs": breadcrumbs(view, choices),
    }


def form_data(view: View, choices: Choices, days: Days | None) -> dict[str, Any]:
    """What a static page's own form is drawn from, as ``render.CONTROLS_TYPE`` says."""
    form = {"fields": describe(type(view), choices)} | state(view, choices, days)
    return linked(form, view) | choices.to_data()


def linked(form: dict[str, Any], view: View) -> dict[str, Any]:
    """``form`` with the ``query`` of all that can be pressed in it, as links of ``view``."""

    def link(step: dict[str, Any]) -> dict[str, Any]:
        return step | {"query": view.turned(step["ask"]).to_query()}

    def links(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [link(step) for step in steps]

    fields = [
        field | {"presets": links(field["presets"])} if field["kind"] == "period" else field
        for field in form["fields"]
    ]
    crumbs = {name: links(steps) for name, steps in form["breadcrumbs"].items()}
    return form | {"fields": fields, "breadcrumbs": crumbs}


def _period(view: type[View], choices: Choices) -> dict[str, Any]:
    assert view.period is not None
    length = view.model_fields[view.period.length]
    least, most = view.period.limits(view)
    first, last = _bounds("as_of", choices)
    return {
        "name": NAME,
        "kind": "period",
        "label": LABEL,
        "help": length.description or "",
        "seldom": False,
        "length": view.period.length,
        "unit": length.title or view.period.length.capitalize(),
        "least": least,
        "most": most,
        "first": first,
        "last": last,
        "presets": [
            one | {"preset": next(iter(one["ask"].values()))} for one in view.period.presets(view)
        ],
    }


def _control(name: str, field: FieldInfo, choices: Choices) -> dict[str, Any]:
    wanted = field.annotation
    if get_origin(wanted) is Literal:
        return {"kind": "one"} | _options(list(get_args(wanted)), option)
    if wanted == Names:
        return {"kind": "many"} | _options(list(choices.names.get(name, ())), worded)
    if wanted is str or get_origin(wanted) is tuple:
        return {"kind": "pick"}
    if wanted is bool:
        return {"kind": "switch"}
    if wanted == date | None:
        first, last = _bounds(name, choices)
        return {"kind": "day", "first": first, "last": last}
    limits = {k: getattr(m, k) for m in field.metadata for k in ("ge", "le") if hasattr(m, k)}
    if wanted is int and limits.keys() == {"ge", "le"}:
        return {"kind": "number", "least": limits["ge"], "most": limits["le"]}
    raise TypeError(f"There is no control for {name}: {wanted}.")


def _options(values: list[Any], words: Callable[[Any], str]) -> dict[str, Any]:
    """The values that may be chosen, and the words of those that are not plain themselves."""
    return {"options": values, "words": {v: words(v) for v in values if words(v) != v}}


def _bounds(name: str, choices: Choices) -> tuple[str, str]:
    first, last = choices.bounds.get(name, (None, None))
    return first.isoformat() if first else "", last.isoformat() if last else ""
