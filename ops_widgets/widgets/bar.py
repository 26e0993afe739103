"""The filter bar as HTML: the same elements on a snapshot, where they are a link by GET, and live.

Every field is a pill that says its value and opens a popover. Browsers open and close popovers
by themselves (the ``popover`` attribute), so the bar works before any script does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from ops_widgets.views.period import NAME

#: Of thousands of names stand the first there, and what is chosen; who has more names than
#: ``FINDABLE`` gets a box to find them.
MOST_BOXES, FINDABLE = 100, 7
Field = Mapping[str, Any]


def bar_html(form: Mapping[str, Any], prefix: str = "ops", linked: bool = False) -> str:
    """A ``<form>`` of what :func:`.fields.describe` and :func:`.fields.state` say.

    ``prefix`` tells the ids of several bars in one window apart. ``linked``: what is pressed is a
    link to the ``query`` it has, so that it works without a script.
    """
    values, said = form["values"], form["said"]
    shown = [field for field in form["fields"] if field["kind"] != "pick"]
    drawn = {
        seldom: "".join(
            _field(field, values.get(field["name"]), said[field["name"]], prefix, linked)
            for field in shown
            if field["seldom"] == seldom
        )
        for seldom in (False, True)
    }
    hidden = _hidden(form["fields"], values)
    count = len(form["changed"])
    more = (
        f'<div class="ops-field ops-more">{_pill("More", "", f"{prefix}-more")}'
        f'<div class="ops-pop" id="{prefix}-more" popover role="group" aria-label="More">'
        f"{drawn[True]}</div></div>"
    )
    sheet = f"{prefix}-sheet"
    return (
        '<form class="ops-controls" method="get" action="" aria-label="Controls">'
        f'<button type="button" class="ops-pill ops-filters" popovertarget="{sheet}">Filters '
        f'<b class="ops-count">{f"({count})" if count else ""}</b></button>'
        f'<div class="ops-fields" id="{sheet}" popover>{hidden}'
        f'<p class="ops-sheet-head">Filters <button type="button" class="ops-tool" '
        f'popovertarget="{sheet}" popovertargetaction="hide">Done</button></p>'
        f"{drawn[False]}{more}</div>"
        f'<div class="ops-trail">{trail_html(form["breadcrumbs"], linked)}</div>'
        f"{_tools(linked)}"
        '<p class="ops-refusal" role="status"></p></form>'
    )


def trail_html(crumbs: Mapping[str, Sequence[Field]], linked: bool = False) -> str:
    """The path down to here, what is selected (each with its way back), and the way further."""
    *above, here = crumbs["path"] or [{}]
    steps = ""
    if above and here:
        items = [f"<li>{_press(step, step['label'], linked)}</li>" for step in above]
        items.append(f'<li><span aria-current="page">{escape(here["label"])}</span></li>')
        steps = f'<nav class="ops-path" aria-label="Where you are"><ol>{"".join(items)}</ol></nav>'
    chips = "".join(
        _press(chip, f"{chip['label']} ✕", linked, "ops-chip", f"Clear {chip['label']}")
        for chip in crumbs["chips"]
    )
    further = "".join(
        _press(step, step["label"], linked, "ops-further") for step in crumbs["inside"]
    )
    if chips or further:
        chips = f'<div class="ops-chips" role="group" aria-label="Selected">{chips}{further}</div>'
    return steps + chips


def _field(field: Field, value: Any, said: str, prefix: str, linked: bool) -> str:
    """One pill and what it opens; of a choice of many also the way back to all."""
    place = f"{prefix}-{field['name']}"
    label, kind = field["label"], field["kind"]
    clear = ""
    if kind == "many":
        clear = (
            f'<button type="button" class="ops-clear" aria-label="Clear {escape(label)}" '
            f'title="Choose all"{"" if value else " hidden"}>✕</button>'
        )
    control = CONTROLS[kind](field, value, place, linked)
    about = f'<p class="ops-help">{escape(field["help"])}</p>' if field["help"] else ""
    return (
        f'<div class="ops-field ops-{kind}" data-field="{escape(field["name"])}" '
        f'data-kind="{kind}">{_pill(label, said, place, field["help"])}{clear}'
        f'<div class="ops-pop" id="{place}" popover role="group" aria-label="{escape(label)}">'
        f'<p class="ops-pop-head">{escape(label)}</p>{control}{about}</div></div>'
    )


def _pill(label: str, said: str, target: str, help: str = "") -> str:
    value = f' <b class="ops-set">{escape(said)}</b>' if said else ""
    title = f' title="{escape(help)}"' if help else ""
    return (
        f'<button type="button" class="ops-pill" popovertarget="{target}"{title}>'
        f'<span class="ops-label">{escape(label)}</span>{value}</button>'
    )


def _one(field: Field, value: Any, _place: str, _linked: bool) -> str:
    boxes = (_box("radio", field, one, one == value) for one in field["options"])
    label = escape(field["label"])
    return f'<div class="ops-options" role="radiogroup" aria-label="{label}">{"".join(boxes)}</div>'


def _many(field: Field, value: Any, _place: str, _linked: bool) -> str:
    options, chosen = field["options"], set(value or ())
    near = set(options[:MOST_BOXES])
    boxes = (
        _box("checkbox", field, one, one in chosen)
        for one in options
        if one in near or one in chosen
    )
    label = escape(field["label"])
    find = more = ""
    if len(options) > FINDABLE:
        find = (
            '<input type="text" class="ops-find" autocomplete="off" placeholder="Find" '
            f'aria-label="Find in {label}">'
        )
    if len(options) > len(near):
        more = f"{len(options) - len(near)} more: type a part of a name."
    return (
        f'{find}<div class="ops-options" role="group" aria-label="{label}">{"".join(boxes)}</div>'
        f'<p class="ops-note">{more}</p>'
    )


def _box(type: str, field: Field, value: str, on: bool) -> str:
    text = field.get("words", {}).get(value, value)
    return (
        f'<label><input type="{type}" name="{escape(field["name"])}" value="{escape(value)}"'
        f"{' checked' if on else ''}><span>{escape(text)}</span></label>"
    )


def _number(field: Field, value: Any, place: str, _linked: bool) -> str:
    return _range(field["name"], field["label"], field, value, place)


def _range(name: str, label: str, field: Field, value: Any, place: str) -> str:
    return (
        f'<div class="ops-range"><input type="range" id="{place}-range" name="{escape(name)}" '
        f'aria-label="{escape(label)}" min="{field["least"]}" max="{field["most"]}" step="1" '
        f'value="{value}"><output for="{place}-range">{value}</output></div>'
    )


def _day(field: Field, value: Any, _place: str, _linked: bool) -> str:
    return _date(field["label"], field, value or "", f'name="{escape(field["name"])}"')


def _date(label: str, field: Field, value: str, more: str) -> str:
    return (
        f'<input type="date" aria-label="{escape(label)}" min="{field["first"]}" '
        f'max="{field["last"]}" value="{escape(value)}" {more}>'
    )


def _switch(field: Field, value: Any, _place: str, _linked: bool) -> str:
    name, label, on = escape(field["name"]), escape(field["label"]), " checked" if value else ""
    box = f'<input type="checkbox" name="{name}" value="true"{on}>'
    return f"<label>{box}<span>{label}</span></label>"


def _period(field: Field, value: Any, place: str, linked: bool) -> str:
    """Presets, a slider for the length, and two days; without a script the last day alone."""
    presets = "".join(
        _press(one, one["label"], linked, "ops-preset", pressed=one["preset"] == value["preset"])
        for one in field["presets"]
    )
    last = f'name="as_of" data-day="to" data-last="{value["to"]}"'
    begin = _date("From", field, value["from"], 'data-day="from"')
    end = _date("To", field, value["as_of"], last)
    days = (
        f'<label class="ops-from">From {begin}</label><label>To {end}</label>'
        '<button type="button" class="ops-apply">Apply</button>'
    )
    length = _range(field["length"], field["unit"], field, value["length"], place)
    return (
        f'<div class="ops-presets" role="group" aria-label="Lengths">{presets}</div>'
        f'<div class="ops-length"><span>{escape(field["unit"])}</span>{length}</div>'
        f'<div class="ops-days" role="group" aria-label="Two days">{days}</div>'
    )


CONTROLS = {
    "one": _one,
    "many": _many,
    "number": _number,
    "day": _day,
    "switch": _switch,
    "period": _period,
}


def _press(
    step: Field,
    text: str,
    linked: bool,
    kind: str = "",
    label: str = "",
    pressed: bool | None = None,
) -> str:
    """Something to press that changes the view: a link to it, or a button."""
    shared = f' class="{kind}"' if kind else ""
    shared += f' data-ask="{escape(json.dumps(step["ask"]))}"'
    shared += f' aria-label="{escape(label)}"' if label else ""
    if linked:
        shared += ' aria-current="true"' if pressed else ""
        return f'<a{shared} href="?{escape(step["query"])}">{escape(text)}</a>'
    shared += f' aria-pressed="{str(pressed).lower()}"' if pressed is not None else ""
    return f'<button type="button"{shared}>{escape(text)}</button>'


def _hidden(fields: Iterable[Field], values: Mapping[str, Any]) -> str:
    """What is picked: it stays part of the link that the form makes."""
    drawn = {NAME, "as_of", *(field["length"] for field in fields if field["kind"] == "period")}
    pairs = [
        (field["name"], one)
        for field in fields
        if field["kind"] == "pick" and field["name"] not in drawn
        for one in _listed(values.get(field["name"]))
    ]
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(str(one))}">'
        for name, one in pairs
    )


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value] if value else []


def _tools(linked: bool) -> str:
    """The way back; a page that has just been made has none yet."""
    tools = (
        ("undo", "↶", ' aria-label="Undo" title="Undo (Ctrl+Z)"'),
        ("redo", "↷", ' aria-label="Redo" title="Redo (Ctrl+Shift+Z)"'),
        ("reset", "Reset", ' title="Back to how this page was opened"'),
    )
    buttons = "".join(
        f'<button type="button" class="ops-tool" data-tool="{name}" aria-disabled="true"{more}>'
        f"{text}</button>"
        for name, text, more in tools
    )
    send = "<noscript><button>Show</button></noscript>" if linked else ""
    return f'<div class="ops-toolbar" role="group" aria-label="History">{send}{buttons}</div>'
