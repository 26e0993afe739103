"""A folder of exports becomes a source: what is in it, what it means, and the TOML for it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ops_widgets.contract import TABLES
from ops_widgets.errors import DataError, UsageError
from ops_widgets.exports.look import Looked, look
from ops_widgets.exports.match import Match, nearly, recognise
from ops_widgets.exports.propose import Proposal, propose
from ops_widgets.exports.raw import glob_of
from ops_widgets.exports.understand import Understood, understand
from ops_widgets.exports.write import as_toml
from ops_widgets.files import write_atomically
from ops_widgets.sources.config import SOURCE_FILE
from ops_widgets.sources.records import SUFFIXES, is_data


@dataclass(frozen=True)
class Initial:
    """What ``ops init`` found: the TOML, and in words what it understood and what it needs."""

    toml: str
    said: tuple[str, ...]
    needed: tuple[str, ...]


def initial(
    folder: Path, currency: str = "", timezone: str = "", beside: Path | None = None
) -> Initial:
    """Look at every data file of ``folder``, and say in a TOML what they are.

    It will stand ``beside`` them, or in that other folder.

    Raises :class:`UsageError` where there is no folder, no data file, or nothing that is
    understood.
    """
    looked, said = _looked(folder)
    matches, others = recognise(looked)
    found = understand(matches, others, currency, timezone)
    said += _own_tables(others, found)
    proposals = list(_proposals(others, found))
    said += found.said
    needed = list(found.needed)
    proposed: list[Looked] = []
    for proposal, parts in proposals:
        proposed += parts
        name, table = ", ".join(_names(parts)), proposal.table.name
        said.append(f"{name}: no known export; by its columns it looks like {table}.")
        if "CONFIRM" in proposal.as_toml():
            needed.append(f"Read the lines of [tables.{table}] that say CONFIRM: they are guesses.")
        if proposal.lacking:
            needed.append(f"{name} lacks, or only may have: {', '.join(proposal.lacking)}.")
    for file in others:
        if file in proposed:
            continue
        if almost := nearly(file):
            needed.append(almost.words)
        else:
            said.append(f"{file.path.name}: not understood, and left out.")
    said += _unused(matches, found)
    about_files = [line for line in (*said, *needed) if line.startswith(_names(looked))]
    if not found.tables and not proposals:
        raise UsageError(
            " ".join([f"No file in {folder} is understood.", *about_files]),
            "ops init --list names the exports that are known; docs/bring-your-own-data.md says "
            "how to map any other file.",
        )
    readings = [proposal for proposal, _ in proposals]
    if beside is not None and beside.resolve() != folder.resolve():
        way = Path(os.path.relpath(folder, beside))
        for options in [one.options for one in found.files] + [one.options for one in readings]:
            options["file"] = (way / options["file"]).as_posix()
    return Initial(as_toml(found, readings), tuple(said), tuple(needed))


def _names(looked: Iterable[Looked]) -> tuple[str, ...]:
    return tuple(one.path.name for one in looked)


def _unused(matches: Iterable[Match], found: Understood) -> list[str]:
    """Files of exports that another one of the same shop tells better."""
    used = {match.looked.path.name for raw in found.files for match in raw.matches}
    return [
        f"{name}: left out, since another export tells of the same orders line by line."
        for name in sorted({one.looked.path.name for one in matches} - used)
    ]


def place_of(folder: Path, out: Path | None, force: bool) -> Path:
    """Where the TOML goes: ``source.toml`` in the folder, or ``out``; never over another one.

    Raises :class:`UsageError` where it is there already, or ``out`` is no TOML.
    """
    path = out or folder / SOURCE_FILE
    if path.suffix != ".toml":
        raise UsageError(f"{path} is no name of a TOML.", f"Call it {path.with_suffix('.toml')}.")
    if path.exists() and not force:
        raise UsageError(
            f"{path} is there already; nothing was changed.",
            f"Add --out {path.with_name('new.toml')} to write another one, or --force to write "
            "over it.",
        )
    return path


def write_source(text: str, path: Path) -> None:
    """Write the TOML; raises :class:`UsageError` where its folder may not be written to."""
    try:
        write_atomically(path, text)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}.",
            "Copy the exports into a folder of your own, or allow writing to this one.",
        ) from error


def _looked(folder: Path) -> tuple[list[Looked], list[str]]:
    """Every data file of the folder, and in words which cannot be read."""
    if not folder.is_dir():
        kind = "is no folder" if folder.exists() else "is not there"
        raise UsageError(f"{folder} {kind}.", "Put the exports into a folder, and give the folder.")
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file())
    except PermissionError as error:
        raise UsageError(f"{folder} may not be read.", "Allow it, or copy the exports.") from error
    data = [p for p in paths if is_data(p.name)]
    if not data:
        inside = ", ".join(path.name for path in paths[:5]) or "nothing"
        raise UsageError(
            f"{folder} holds no data file, but {inside}.",
            f"Put exports there: {', '.join(SUFFIXES)}. ops init --list says where they are made.",
        )
    found, said = [], []
    for path in data:
        try:
            found.append(look(path))
        except DataError as error:
            said.append(f"{path.name}: left out. {error}")
    if not found:
        raise DataError(" ".join(said), "Export the files again.")
    return found, said


def _own_tables(others: Iterable[Looked], found: Understood) -> list[str]:
    """Let files that have the contract's names fill their tables, but for the orders of a shop."""
    said = []
    for looked in others:
        name = looked.path.stem
        if name not in found.tables or name == "orders":
            continue
        if set(TABLES[name].required_names) <= set(looked.header):
            del found.tables[name]
            said.append(f"{name}: from {looked.path.name} and not from the exports.")
    return said


def _proposals(
    others: Iterable[Looked], found: Understood
) -> Iterable[tuple[Proposal, list[Looked]]]:
    """A reading of the unknown files, as tables that no other file fills; parts go together."""
    taken = set(found.tables)
    unknown = [one for one in others if nearly(one) is None]
    while unknown:
        first = unknown[0]
        alike = [
            one for one in unknown if (one.header, one.options) == (first.header, first.options)
        ]
        pattern = glob_of([one.path for one in alike]) if alike[1:] else ""
        parts = alike if pattern else [first]
        unknown = [one for one in unknown if one not in parts]
        proposal = propose(first, taken, found.timezone.value)
        if proposal is None:
            continue
        if pattern:
            proposal.options["file"] = pattern
        taken.add(proposal.table.name)
        yield proposal, parts
