"""The entries of ``[files]`` for files of known exports: how each is read."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import takewhile
from pathlib import Path
from typing import Any

from ops_widgets.exports.match import Match
from ops_widgets.exports.ready import ExportField
from ops_widgets.exports.shop import Known
from ops_widgets.exports.written import dates, signs
from ops_widgets.sources.files import quote
from ops_widgets.sources.toml import toml


@dataclass(frozen=True)
class Raw:
    """One entry of ``[files]``: its name, its options as the TOML says them, and what it is."""

    name: str
    options: dict[str, Any]
    matches: tuple[Match, ...]
    confirm: dict[str, str] = field(default_factory=dict)


def option_lines(options: Mapping[str, Any], confirm: Mapping[str, str]) -> list[str]:
    """Options as lines of TOML; those that the user is asked about say so."""
    marks = {key: f"  # CONFIRM: {asked}" for key, asked in confirm.items()}
    return [f"{key} = {toml(value)}{marks.get(key, '')}" for key, value in options.items()]


def raw_files(name: str, parts: Sequence[Match], zone: Known, digits: int) -> list[Raw]:
    """The entries of ``[files]`` for the files of one kind: one, where they are alike."""
    entries = []
    for part in parts:
        options, confirm = _options(part, zone, digits)
        entries.append(Raw(name, options, (part,), confirm))
    if len(entries) == 1:
        return entries
    pattern = glob_of([part.looked.path for part in parts])
    alike = all(
        (one.options | {"file": ""}) == (entries[0].options | {"file": ""})
        and set(one.matches[0].looked.header) == set(entries[0].matches[0].looked.header)
        for one in entries
    )
    if alike and pattern:
        options = entries[0].options | {"file": pattern}
        return [Raw(name, options, tuple(parts), entries[0].confirm)]
    return [
        Raw(f"{name}_{n}", one.options, one.matches, one.confirm)
        for n, one in enumerate(entries, 1)
    ]


def glob_of(paths: Sequence[Path]) -> str:
    """The pattern that means exactly these files of one folder; empty where there is none."""
    names = [path.name for path in paths]
    # Next year's file belongs to them, too: orders_2024.csv, orders_2025.csv are orders_*.csv.
    start = _common_start(names).rstrip("0123456789")
    end = _common_start([name[len(start) :][::-1] for name in names])[::-1].lstrip("0123456789")
    pattern = f"{start}*{end}"
    held = {one for one in os.listdir(paths[0].parent) if fnmatchcase(one, pattern)}
    return pattern if held == set(names) else ""


def _common_start(names: Sequence[str]) -> str:
    together = zip(*names, strict=False)
    return "".join(letters[0] for letters in takewhile(lambda one: len(set(one)) == 1, together))


def _options(part: Match, zone: Known, digits: int) -> tuple[dict[str, Any], dict[str, str]]:
    """How a file is read, as its entry says it; and what of that the user has to confirm."""
    looked = part.looked
    confirm = dict(looked.confirm)
    options = looked.said
    if part.file.quote is not None:
        options["quote"] = part.file.quote
    if part.file.comment:
        options["comment"] = part.file.comment
    fields = {name: one for name, one in part.file.fields.items() if name in part.columns}
    types = {part.columns[name][0]: one.type for name, one in fields.items() if one.type in _TYPED}
    if looked.is_typed:
        types = {}
    if types:
        options |= _signs(part, fields, digits, confirm) | _dates(part, fields, zone, confirm)
        options["types"] = types
    if drop := _drop(part):
        options["drop"] = drop
    return options, confirm


_TYPED = ("number", "timestamp", "date")


def _signs(
    part: Match, fields: dict[str, ExportField], digits: int, confirm: dict[str, str]
) -> dict[str, Any]:
    values = [v for name, one in fields.items() if one.type == "number" for v in part.values(name)]
    found = signs(values, digits)
    if not found.is_sure:
        confirm["thousands"] = f"or is {found.thousands!r} the sign before decimals?"
    return found.options


def _dates(
    part: Match, fields: dict[str, ExportField], zone: Known, confirm: dict[str, str]
) -> dict[str, Any]:
    """The forms of moments and days, and where they are local."""
    forms: list[str] = []
    is_local = False
    for name, one in fields.items():
        if one.type not in ("timestamp", "date") or not (values := part.values(name)):
            continue
        found = dates(values)
        if len(found.formats) > 1:
            chosen = _likely(found.formats, zone.value)
            others = [text for text in found.formats if text != chosen]
            confirm["date_format"] = f"{chosen} or {' or '.join(others)}? Both fit every date."
            forms.append(chosen)
        forms += found.formats if len(found.formats) == 1 else ()
        is_local |= one.type == "timestamp" and found.are_dates and not found.have_offsets
    options: dict[str, Any] = {}
    if forms := list(dict.fromkeys(forms)):
        options["date_format"] = forms[0] if len(forms) == 1 else forms
    if is_local and not any(form.endswith("UTC") for form in forms):
        options["timezone"] = part.export.timezone or zone.value
        if not part.export.timezone and not zone.is_sure:
            confirm["timezone"] = "the times of this file have no offset: are they local there?"
    return options


def _likely(formats: Sequence[str], zone: str) -> str:
    """Of several forms the one that people of the zone write."""
    month_first = zone.startswith(("America/New_York", "America/Chicago", "America/Los_Angeles"))
    month_first |= zone in ("America/Denver", "Asia/Manila")
    wanted = "%m/%d" if month_first else "%d/%m"
    return next((one for one in formats if one.startswith(wanted)), formats[0])


def _drop(part: Match) -> dict[str, str]:
    names = {name: quote(those[0]) for name, those in part.columns.items()}
    return {rule: text.format_map(names) for rule, text in part.file.drop.items()}
