"""Files recognised as those of known exports, by the columns that they have."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ops_widgets.errors import UsageError
from ops_widgets.exports.look import Looked, all_rows
from ops_widgets.exports.ready import Export, ExportFile, ready_sources

#: A file that lacks one column of an export, and has so many of it, is nearly one.
_NEARLY = 3


@dataclass(frozen=True)
class Match:
    """A file that is the ``kind`` of an export; ``columns`` are those of the fields it has."""

    export: Export
    kind: str
    looked: Looked
    columns: dict[str, tuple[str, ...]]

    @property
    def file(self) -> ExportFile:
        """What the export says of this kind."""
        return self.export.files[self.kind]

    @property
    def header_currency(self) -> str:
        """The currency in a column's name, as ``Amount spent (CAD)``; empty where none is."""
        for columns in self.columns.values():
            if found := re.search(r"\(([A-Z]{3})\)$", columns[0]):
                return found[1]
        return next((self.file.says[c] for c in self.looked.header if c in self.file.says), "")

    def values(self, field: str) -> list[str]:
        """What the sample holds in a field; nothing where the file does not have it."""
        return self.looked.values(self.columns[field][0]) if field in self.columns else []


@dataclass(frozen=True)
class Nearly:
    """A file that lacks one column of an export: ``lacking`` names it, ``remedy`` how to get it."""

    looked: Looked
    export: Export
    lacking: str
    remedy: str

    @property
    def words(self) -> str:
        """The same as a sentence, with the step that helps."""
        step = self.remedy or f"Export it again: {self.export.made_in}."
        name = self.looked.path.name
        return f"{name} looks like {self.export.name}, but has no column {self.lacking!r}. {step}"


def recognise(files: Iterable[Looked]) -> tuple[list[Match], list[Looked]]:
    """The files of known exports, and the others; a file belongs to one export.

    An export of several files is only recognised when all that it needs are there.
    """
    files = list(files)
    possible = {id(one): _matches(one) for one in files}
    whole = {
        export.key
        for export in ready_sources()
        if _is_whole(
            export, {m.kind for found in possible.values() for m in found if m.export is export}
        )
    }
    matches, others = [], []
    for looked in files:
        fitting = [one for one in possible[id(looked)] if one.export.key in whole]
        if fitting:
            matches.append(max(fitting, key=lambda one: len(one.columns)))
        else:
            others.append(looked)
    return matches, others


def _matches(looked: Looked) -> list[Match]:
    found = []
    for export in ready_sources():
        for kind, file in export.files.items():
            columns = {name: field.find(looked.header) for name, field in file.fields.items()}
            if all(columns[name] or field.optional for name, field in file.fields.items()):
                held = {name: those for name, those in columns.items() if those}
                found.append(Match(export, kind, looked, held))
    return found


def _is_whole(export: Export, kinds: set[str]) -> bool:
    needed = {kind for kind, file in export.files.items() if not file.optional}
    return bool(kinds) and needed <= kinds


def nearly(looked: Looked) -> Nearly | None:
    """The export that the file would be of, if it had one column more."""
    best: tuple[int, Nearly] | None = None
    for export in ready_sources():
        for file in export.files.values():
            needed = {name: one for name, one in file.fields.items() if not one.optional}
            lost = [one for one in needed.values() if not one.find(looked.header)]
            held = len(needed) - len(lost)
            if len(lost) == 1 and held >= _NEARLY and (best is None or held > best[0]):
                best = held, Nearly(looked, export, lost[0].columns[0], lost[0].remedy)
    return best[1] if best else None


def refuse_twice(parts: Sequence[Match]) -> None:
    """Raise :class:`UsageError` where files of one kind tell of the same orders (or days).

    Their rows would count twice, and nothing in them says which is the newer one.
    """
    if len(parts) < 2:
        return
    seen: dict[tuple[str, ...], Match] = {}
    twice: dict[str, list[str]] = defaultdict(list)
    for part in parts:
        at = [part.looked.header.index(part.columns[name][0]) for name in part.file.key]
        keys = {tuple(row[i] for i in at if i < len(row)) for row in all_rows(part.looked)}
        for key in keys:
            if not any(key):
                continue
            if key in seen:
                twice[seen[key].looked.path.name].append(" ".join(key))
            seen.setdefault(key, part)
        if twice:
            (first, keys_of), *_ = twice.items()
            some = ", ".join(sorted(keys_of)[:3])
            raise UsageError(
                f"{first} and {part.looked.path.name} both hold {len(keys_of):,} of the same "
                f"{' and '.join(part.file.key)}s ({some}): their rows would count twice.",
                "Keep the file that holds all of them, move the other one out of the folder, and "
                "run this again.",
            )
