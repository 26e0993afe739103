"""The TOML of a source, with comments that say where each part of it comes from."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from ops_widgets.exports.propose import Proposal
from ops_widgets.exports.raw import Raw, option_lines
from ops_widgets.exports.shop import Known
from ops_widgets.exports.understand import Understood
from ops_widgets.sources.toml import toml

_WIDTH = 96


def as_toml(found: Understood, proposals: Iterable[Proposal] = ()) -> str:
    """The whole file. Lines with CONFIRM are guesses that the user is asked to read."""
    parts = [_head(found)]
    if found.files:
        parts.append("\n\n".join(_file(raw) for raw in found.files))
    parts += [_table(name, selects) for name, selects in found.tables.items()]
    parts += [one.as_toml() for one in proposals]
    return "\n\n".join(parts) + "\n"


def _head(found: Understood) -> str:
    lines = ["# Written by `ops init` from the files beside it; everything in it may be changed."]
    lines.append(
        "# Lines with CONFIRM are guesses: read them, and take the word away when they are right."
    )
    lines += ["", _known("currency", found.currency), _known("timezone", found.timezone)]
    if found.settings.get("campaign_days_complete"):
        lines += [
            "# Ad platforms write no row for a day without delivery: such a day cost nothing.",
            "campaign_days_complete = true",
        ]
    return "\n".join(lines)


def _known(key: str, known: Known) -> str:
    mark = "" if known.is_sure else "CONFIRM: "
    return f"{key} = {toml(known.value)}  # {mark}{known.how}"


def _file(raw: Raw) -> str:
    match = raw.matches[0]
    head = [f"# {match.export.name}", f"[files.{raw.name}]"]
    return "\n".join([*head, *option_lines(raw.options, raw.confirm)])


def _table(name: str, selects: list[tuple[str, Any, str]]) -> str:
    lines = [f"[tables.{name}]"]
    for export, select, _ in selects:
        notes = " ".join(select.notes)
        lines += _wrapped(f"{export}: {notes}" if notes else f"From {export}.")
    texts = [sql for *_, sql in selects]
    whole = (
        texts[0]
        if len(texts) == 1
        else "\nUNION ALL BY NAME\n".join(f"(\n{one}\n)" for one in texts)
    )
    lines.append(f"sql = {_long(whole)}")
    return "\n".join(lines)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _long(text: str) -> str:
    if "'''" not in text:
        return f"'''\n{text}\n'''"
    escaped = text.replace("\\", "\\\\").replace('"""', '""\\"')
    return f'"""\n{escaped}\n"""'
