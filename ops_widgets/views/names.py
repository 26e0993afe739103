"""What pages say of names: which of them may be one, and some of many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

#: More names than these are a list, not a sentence.
MOST_NAMES = 5


def some_names(names: Iterable[str]) -> str:
    """The first few of the names, and how many more there are."""
    every = [str(name) for name in names]
    more = len(every) - MOST_NAMES
    return ", ".join(every[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def alike(store: Any) -> dict[str, list[list[str]]]:
    """Kind -> groups of names that differ by capital letters or blanks alone."""
    if "noted_name" not in store.manifest.get("summaries", ()):
        return {}
    rows = store.query("select kind, alike, name from noted_name where alike <> '' order by all")
    found: dict[str, list[list[str]]] = {}
    for (kind, _), group in rows.groupby(["kind", "alike"])["name"]:
        found.setdefault(str(kind), []).append(sorted(map(str, group), key=str.swapcase))
    return found


def one_or_two(store: Any, kind: str, among: Iterable[str]) -> Iterator[str]:
    """A sentence, if names of a ``kind`` that are ``among`` others may be one."""
    shown = set(among)
    groups = [g for g in alike(store).get(kind, []) if shown & set(g)]
    if groups:
        word = kind.replace("_", " ")
        asked = [f"{some_names(group)}: one {word}?" for group in groups[:MOST_NAMES]]
        more = f" ({len(groups) - MOST_NAMES:,} more)" if len(groups) > MOST_NAMES else ""
        yield f"{' '.join(asked)}{more} If so, map them in [names.{kind}] of the source."
