"""The selects of a ready source over the columns of the user's own files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from ops_widgets.exports.match import Match
from ops_widgets.exports.ready import NUMBERED, ExportField, TableSelect
from ops_widgets.sources.currency import minor_digits
from ops_widgets.sources.files import quote

_NULLS = {
    "number": "DOUBLE",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "text": "VARCHAR",
    "none": "DOUBLE",
}


def select_of(
    select: TableSelect,
    kinds: Mapping[str, Sequence[Any]],
    currency: str,
    without: Iterable[str] = (),
) -> str:
    """The whole select: which column is which field, file by file, then the select over these.

    ``kinds`` are the entries of ``[files]`` for each kind of file; the fields ``without`` are not
    mapped.
    """
    text = select.sql.strip().replace("DIGITS", str(minor_digits(currency)))
    parts = []
    for kind, raws in kinds.items():
        if not re.search(rf"\b{kind}\b", text):
            continue
        rows = [_columns(raw.matches[0], raw.name, text, without) for raw in raws]
        parts.append(f"{kind} AS (\n{_indented(' UNION ALL '.join(rows))}\n)")
    head = "WITH " + ", ".join(parts)
    if text.startswith("WITH "):
        return f"{head}, {text.removeprefix('WITH ')}"
    return f"{head}\n{text}"


def _columns(match: Match, view: str, text: str, without: Iterable[str]) -> str:
    """A select that gives the columns of one file the names of the fields that ``text`` uses."""
    chosen = [
        f"{_expression(match, name, field, name in without)} AS {name}"
        for name, field in match.file.fields.items()
        if re.search(rf"\b{name}\b", text)
    ]
    return "SELECT " + ",\n  ".join(chosen) + f"\nFROM {view}"


def _expression(match: Match, name: str, field: ExportField, is_left_out: bool) -> str:
    columns = match.columns.get(name, ())
    if not columns or is_left_out:
        if name == match.file.currency and match.header_currency:
            return f"'{match.header_currency}'"
        return f"CAST(NULL AS {_NULLS[field.type]})"
    quoted = [quote(column) for column in columns]
    if any(NUMBERED in spec for spec in field.columns) and len(quoted) > 1:
        filled = ", ".join(f"nullif({one}, '')" for one in quoted)
        return f"concat_ws(';', {filled})"
    if field.sql:
        return field.sql.replace("{}", quoted[0])
    return f"coalesce({quoted[0]}, {field.blank})" if field.blank else quoted[0]


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


@dataclass(frozen=True)
class CampaignCheck:
    """How the campaigns that orders name meet those of the ads, in the samples.

    ``named`` are those of the orders, ``known`` those of the ads, ``shared`` both.
    """

    named: int
    known: int
    shared: int
    examples: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether orders can be credited to the campaigns."""
        return bool(self.shared) or not self.known


def campaigns_agree(
    select: TableSelect, kinds: Mapping[str, Sequence[Any]], all_of: Sequence[Match]
) -> CampaignCheck | None:
    """Hold the campaigns of orders against those of the ads; None where the orders name none."""
    named: set[str] = set()
    for raws in kinds.values():
        for match in (one for raw in raws for one in raw.matches):
            if field := match.file.fields.get(select.campaign):
                named |= _evaluated(match, select.campaign, field)
    if not named:
        return None
    known: set[str] = set()
    for match in all_of:
        for table in match.export.tables.get("campaigns", ()):
            fields = [name for name in table.ids if match.values(name)]
            known |= set(match.values(fields[0])) if fields else set()
    examples = tuple(sorted(named - known)[:3])
    return CampaignCheck(len(named), len(known), len(named & known), examples)


def _evaluated(match: Match, name: str, field: ExportField) -> set[str]:
    """The values of a field of the sample, as its expression makes them."""
    if name not in match.columns:
        return set()
    expression = field.sql.replace("{}", "raw") if field.sql else "raw"
    with duckdb.connect() as con:
        rows = con.execute(
            f"SELECT DISTINCT {expression} FROM (SELECT unnest(?) AS raw)", [match.values(name)]
        ).fetchall()
    return {str(value) for (value,) in rows if value}
