"""Proposals for a file of no known export: which table it is, and which column means what.

A proposal goes by names and by what the values look like, and always says so: nothing is mapped
in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from ops_widgets.contract import TABLES
from ops_widgets.contract.table import Column, Table
from ops_widgets.exports.look import Looked
from ops_widgets.exports.raw import option_lines
from ops_widgets.exports.words import NAMES, folded
from ops_widgets.exports.written import Dates, Signs, dates, is_number, looks_numeric, signs
from ops_widgets.sources.statuses import status_of
from ops_widgets.sources.toml import toml

Confidence = Literal["certain", "high", "likely", "guess"]
#: What may be written for a required column that no file has.
_IN_ITS_PLACE = {
    "quantity": "quantity = { value = 1 }",
    "unit_price": 'unit_price = { sql = "line_total / quantity" }',
}
_POINTS: dict[Confidence, int] = {"certain": 4, "high": 3, "likely": 2, "guess": 1}
#: What it is worth that a file has the table's name.
_NAMED = 25
#: More of the values than this must be of the column's type.
_MOST = 0.95


@dataclass(frozen=True)
class Guess:
    """That ``column`` of the file is one of the contract, and why."""

    target: Column
    column: str
    confidence: Confidence
    why: str


@dataclass(frozen=True)
class Proposal:
    """A file as one table of the contract; ``options`` say how it is read."""

    looked: Looked
    table: Table
    guesses: tuple[Guess, ...]
    options: dict[str, Any]
    confirm: dict[str, str]

    @property
    def lacking(self) -> tuple[str, ...]:
        """Required columns for which there is no more than a guess."""
        found = {one.target.name for one in self.guesses if one.confidence != "guess"}
        return tuple(name for name in self.table.required_names if name not in found)

    def as_toml(self) -> str:
        """The section of the table; what is only a guess, or lacks, stands there as a comment."""
        lines = [
            f"# {self.looked.path.name} is of no export that is known: by its names and values,"
        ]
        lines += [f"# it looks like {self.table.name}.", f"[tables.{self.table.name}]"]
        lines += option_lines(self.options, self.confirm)
        lines += ["", f"[tables.{self.table.name}.columns]"]
        lines += [self._line(one) for one in self.guesses]
        for name in self.lacking:
            if name not in {one.target.name for one in self.guesses}:
                example = _IN_ITS_PLACE.get(name, f'{name} = "..."')
                lines.append(f"# {example}  # CONFIRM: no column looks like it, and it is needed")
        return "\n".join(lines)

    def _line(self, one: Guess) -> str:
        written: Any = one.column
        values = self.looked.values(one.column) if one.target.name == "status" else []
        if words := status_map(values, one.target):
            written = {"column": one.column, "values": words}
        line = f"{one.target.name} = {toml(written)}"
        if one.confidence == "certain" and written == one.column:
            return line
        sure = "high" if one.confidence == "certain" else one.confidence
        line += f"  # CONFIRM: {sure}, {one.why}"
        return f"# {line}" if one.confidence == "guess" else line

    @property
    def points(self) -> int:
        """How well the file fits the table: that it has what is required counts most."""
        required = [one for one in self.guesses if one.target.required]
        return (
            10 * sum(_POINTS[one.confidence] for one in required)
            - 40 * len(self.lacking)
            + sum(_POINTS[one.confidence] for one in self.guesses)
        )


def propose(looked: Looked, taken: Iterable[str], timezone: str) -> Proposal | None:
    """The best reading of a file as a table that is not ``taken``; None where it is like none.

    ``timezone`` is the zone of moments that have no offset.
    """
    samples = [looked.values(name)[:200] for name in looked.header]
    signs_of = signs([v for values in samples if all(map(looks_numeric, values)) for v in values])
    columns = {name: _Column(name, looked.values(name), signs_of) for name in looked.header if name}
    best: tuple[int, Proposal] | None = None
    for table in TABLES.values():
        if table.name in taken:
            continue
        guesses = _guesses(table, columns)
        named = [one for one in guesses if one.confidence != "guess"]
        required = [one for one in named if one.target.required]
        is_named = folded(looked.path.stem).startswith(folded(table.name))
        if len(required) * 2 < len(table.required_names) or (len(named) < 2 and not is_named):
            continue
        options, confirm = _options(looked, guesses, columns, signs_of, timezone)
        found = Proposal(looked, table, guesses, options, confirm)
        points = found.points + (_NAMED if is_named else 0)
        if best is None or points > best[0]:
            best = points, found
    return best[1] if best else None


class _Column:
    """One column of the file, and what its values can be."""

    def __init__(self, name: str, values: list[str], found: Signs) -> None:
        self.name, self.values = name, values
        self.dates: Dates = dates(values)
        numbers = [value for value in values if is_number(value, found)]
        self.are_numbers = bool(values) and len(numbers) >= _MOST * len(values)
        self.are_whole = self.are_numbers and not any(
            found.decimal in value and value.rstrip("0")[-1] != found.decimal for value in numbers
        )

    def fits(self, target: Column) -> bool:
        """Whether the values can be of the contract's column."""
        if not self.values:
            return not target.required
        if target.type in ("timestamp", "date"):
            return self.dates.are_dates
        if target.type == "integer":
            return self.are_whole
        if target.type == "number":
            return self.are_numbers
        if target.name.endswith("_id"):
            return True
        return not self.dates.are_dates


def _guesses(table: Table, columns: dict[str, _Column]) -> tuple[Guess, ...]:
    """The columns of the file for those of the table, best first; each is used once."""
    possible = []
    for target in table.columns:
        for column in columns.values():
            confidence, why = _confidence(target, column)
            if confidence:
                possible.append(Guess(target, column.name, confidence, why))
    possible.sort(key=lambda one: (-_POINTS[one.confidence], not one.target.required))
    used, found = set[str](), dict[str, Guess]()
    for one in possible:
        if one.column not in used and one.target.name not in found:
            used.add(one.column)
            found[one.target.name] = one
    for target in table.columns:  # by what the values look like, where no name says it
        if target.required and target.name not in found and target.type in ("timestamp", "date"):
            rest = [c for c in columns.values() if c.name not in used and c.fits(target)]
            if len(rest) == 1:
                used.add(rest[0].name)
                why = "the only other column of dates"
                found[target.name] = Guess(target, rest[0].name, "guess", why)
    return tuple(found[name] for name in table.names if name in found)


def _confidence(target: Column, column: _Column) -> tuple[Confidence | None, str]:
    if column.name == target.name:
        return "certain", "the contract's own name"
    if not column.fits(target):
        return None, ""
    name, own = folded(column.name), folded(target.name)
    names = (own, own.removesuffix(" id"), *NAMES.get(target.name, ()))
    looks = {
        "timestamp": "moments",
        "date": "days",
        "integer": "whole numbers",
        "number": "numbers",
    }
    seen = f" and holds {looks[target.type]}" if target.type in looks else ""
    if name == own == "discount" and all(map(is_share, column.values)):
        return "guess", "its values look like shares: the contract wants what was taken off"
    if name in (own, *NAMES.get(target.name, ())[:4]):
        return "high", f"its name means it{seen}"
    if name in names:
        return "likely", f"its name may mean it{seen}"
    words = set(name.split())
    if any(set(one.split()) <= words for one in names if len(one) > 3):
        return "guess", f"its name holds a word for it{seen}"
    return None, ""


def is_share(value: str) -> bool:
    """Whether a number lies between 0 and 1."""
    return re.fullmatch(r"[01]?([.,][0-9]+)?", value) is not None


def _options(
    looked: Looked,
    guesses: Iterable[Guess],
    columns: dict[str, _Column],
    found: Signs,
    timezone: str,
) -> tuple[dict[str, Any], dict[str, str]]:
    options = looked.said | found.options
    confirm = dict(looked.confirm)
    if not found.is_sure:
        confirm["thousands"] = f"or do decimals begin at {found.thousands!r}?"
    forms: list[str] = []
    for one in guesses:
        of_column = columns[one.column].dates
        if one.target.type not in ("timestamp", "date") or one.confidence == "guess":
            continue
        if of_column.formats:
            forms.append(of_column.formats[0])
        if len(of_column.formats) > 1:
            confirm["date_format"] = f"or {' or '.join(of_column.formats[1:])}? All fit every date."
        if one.target.type == "timestamp" and of_column.are_dates and not of_column.have_offsets:
            options["timezone"] = timezone
            confirm["timezone"] = "the times have no offset: are they local there?"
    if forms := list(dict.fromkeys(forms)):
        options["date_format"] = forms[0] if len(forms) == 1 else forms
    return options, confirm


def status_map(values: Iterable[str], target: Column) -> dict[str, str]:
    """What the words of a status column mean to the contract; empty where they are its own."""
    words = sorted({value.strip() for value in values})
    if all(word.casefold() in target.choices for word in words):
        return {}
    return {word: status_of(word) for word in words if status_of(word)}
