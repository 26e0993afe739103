"""The first screen of ``ops check``: what each analysis can show, and how to add the rest."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent, wrap
from typing import Any

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import Need
from ops_widgets.sources.additions import how_to_map_all
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.connect import Source
from ops_widgets.sources.mapping import how_to_map
from ops_widgets.validation.results import CheckReport
from ops_widgets.views.reads import Reads
from ops_widgets.views.showing import Showing, showing

#: Letters of the names of tables and columns; longer ones stand on several lines.
NAMES = 26


def showings(source: Source, report: CheckReport) -> list[Showing]:
    """What every analysis can show of an open source that was checked."""
    mapped = {name: source.present(name) for name in source.tables}
    usable = [name for name, result in report.tables.items() if result.rows_used]
    return [showing(one, source.config.name, mapped, usable) for one in ANALYSES.values()]


def first_screen(found: Sequence[Showing], config: SourceConfig, width: int) -> str:
    """What can be shown (+), what cannot (-), and the lines that add it, in ``width`` letters."""
    parts = [f"What {config.name} can show"]
    for one in found:
        parts.append(f"\n{one.analysis.title}: {one.how_much}")
        shown: dict[str, list[str]] = {}
        for reads in one.shows:
            shown.setdefault(_name(reads), []).append(reads.shows)
        parts += [_line("+", name, "; ".join(words), width) for name, words in shown.items()]
        parts += [
            _line("-", _name(reads), f"no usable row, else {reads.shows}", width)
            for reads in one.empty
        ]
        parts += [_line("-", _name(need), need.shows, width) for need in one.lacks]
    lacking = [need for one in found for need in one.lacks]
    if lacking:
        parts.append("\nTo add what is lacking (-), as far as you have it")
    for sentence, lines in how_to_map_all(config, lacking):
        parts.append("\n".join(wrap(sentence, width, break_on_hyphens=False)))
        parts += [f"\n{indent(lines, '    ')}\n"] if lines else []
    return "\n".join(parts).rstrip() + "\n"


def as_data(found: Sequence[Showing], config: SourceConfig) -> list[dict[str, Any]]:
    """The same as JSON values, with the lines for each thing that is lacking."""

    def lacks(need: Need) -> dict[str, Any]:
        how, lines = how_to_map(config, need)
        named = {"table": need.table, "columns": list(need.columns), "shows": need.shows}
        return named | {"how": how, "lines": lines}

    def has(reads: Reads) -> dict[str, Any]:
        return {"table": reads.table, "columns": list(reads.columns), "shows": reads.shows}

    return [
        {
            "name": one.analysis.name,
            "title": one.analysis.title,
            "can_show": one.how_much,
            "shows": [has(reads) for reads in one.shows],
            "lacks": [lacks(need) for need in one.lacks],
            "without_rows": [has(reads) for reads in one.empty],
        }
        for one in found
    ]


def _name(of: Reads | Need) -> str:
    return f"{of.table}: {', '.join(of.columns)}" if of.columns else of.table


def _line(mark: str, name: str, words: str, width: int) -> str:
    """A mark, the name in its column, and the words in what is left of the width."""
    left = wrap(name, NAMES, break_on_hyphens=False)
    right = wrap(words, max(20, width - NAMES - 6), break_on_hyphens=False)
    lines = max(len(left), len(right))
    left, right = left + [""] * (lines - len(left)), right + [""] * (lines - len(right))
    marks = [mark, *[" "] * (lines - 1)]
    rows = zip(marks, left, right, strict=True)
    return "\n".join(f"  {m} {a:<{NAMES}}  {b}".rstrip() for m, a, b in rows)
