"""Names in a source that have to be those of the contract, or a name that sql can write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ops_widgets.contract import NAMES, TABLES
from ops_widgets.errors import nearest


def wrong_names(values: Mapping[str, Any]) -> list[str]:
    """A sentence for each name under ``tables``, ``names`` and ``files`` that means nothing.

    ``values`` are a source's as its TOML has them; what is of another type than it should be is
    for others to say.
    """
    return [
        *_wrong_tables(_mapping(values.get("tables"))),
        *_wrong_kinds(_mapping(values.get("names"))),
        *(
            f"files.{name} must be letters, digits and _: sql selects from it"
            for name in _mapping(values.get("files"))
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)
        ),
    ]


def _wrong_tables(tables: Mapping[str, Any]) -> list[str]:
    found = []
    for name, table in tables.items():
        if name not in TABLES:
            found.append(f"there is no table {name!r}. {nearest(name, TABLES)}")
            continue
        for column in _mapping(_mapping(table).get("columns")):
            if not TABLES[name].knows(column):
                hint = nearest(column, TABLES[name].names)
                found.append(f"table {name!r} has no column {column!r}. {hint}")
    return found


def _wrong_kinds(kinds: Mapping[str, Any]) -> list[str]:
    found = [f"names.{kind} names nothing. {nearest(kind, NAMES)}" for kind in {*kinds} - {*NAMES}]
    for kind, mapped in kinds.items():
        for old, new in _mapping(mapped).items():
            if isinstance(new, str) and not new.strip():
                found.append(f"names.{kind}: {old!r} needs a name to be shown under")
    return sorted(found)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
