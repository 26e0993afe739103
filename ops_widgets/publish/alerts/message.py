"""A run in a few lines of plain text: what a mail or a chat message about it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ops_widgets.charts.formats import format_value

VERBS = {
    "published": "published",
    "partial": "published, but incomplete",
    "failed": "failed",
    "absent": "absent",
    "alert": "an alert has fired",
    "recovered": "an alert has recovered",
}
_STATES = {"alert": ("fired",), "recovered": ("recovered",)}


def compose(outcome: str, content: Mapping[str, Any], address: str) -> tuple[str, str]:
    """Title and body for ``outcome`` of a run (``content`` is its manifest) or of an
    absent day (its record)."""
    name = content.get("title") or content["name"]
    title = f"{name}, {content['as_of']}: {VERBS[outcome]}"
    lines = [content["reason"]] if content.get("reason") else []
    wanted = _STATES.get(outcome, ("fired", "firing", "recovered"))
    lines += [
        f"{alert['number']} ({alert['rule']}), {alert['state']}: {alert['words']}"
        for alert in content.get("alerts", ())
        if alert["state"] in wanted
    ]
    for notebook in content.get("notebooks", ()):
        if notebook["failure"]:
            lines.append(f"{notebook['title']}: {notebook['failure']}")
        lines += [f"{one['claim']} {one['do']}" for one in notebook.get("findings", ())]
        lines += [f"{number['label']}: {_value(number)}" for number in notebook["numbers"]]
    return title, "\n".join([*lines, address])


def _value(number: Mapping[str, Any]) -> str:
    return format_value(
        number["value"],
        number["format"],
        number.get("currency", ""),
        number.get("minor_digits", 2),
    )
