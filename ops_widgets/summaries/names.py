"""The names of a source as pages show them: each written in one way, on every engine.

No engine but PostgreSQL knows Unicode's normal forms. So the distinct names of a table come
here, and those that are to be written otherwise go back as a small table that rows are joined to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir
import pandas as pd

from ops_widgets.contract import NAMES, TABLES
from ops_widgets.names import SEPARATOR, alike, clean, clean_path, collected
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.connect import Source
from ops_widgets.summaries.customers.cells import UNKNOWN

#: The summary of names that stand for many, or that are like another one.
NOTED = "noted_name"


def kinds_of(table: str) -> dict[str, str]:
    """Column -> what it names, of the columns of a contract table that hold names."""
    return {column.name: column.names for column in TABLES[table].columns if column.names}


def distinct_names(source: Source, table: str, rows: ir.Table) -> dict[str, list[str]]:
    """Column -> the different names in it, as the source writes them."""
    columns = list(kinds_of(table))
    if not columns:
        return {}
    parts = [rows.select(column=ibis.literal(c), name=rows[c]).distinct() for c in columns]
    together = ibis.union(*parts) if len(parts) > 1 else parts[0]
    found: dict[str, list[str]] = {column: [] for column in columns}
    for row in source.run(together, table).to_pylist():
        if row["name"] is not None:
            found[row["column"]].append(row["name"])
    return found


@dataclass
class Names:
    """How the names of one source are written, and all that were seen, by their kinds.

    ``mapped`` and ``own`` are the source's ``[names.KIND]`` and ``collected_brands``.
    """

    mapped: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    seen: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in NAMES})

    @classmethod
    def of(cls, config: SourceConfig) -> Names:
        """Those of a source: a name is mapped however its blanks and letters are written."""
        mapped = {
            kind: {_clean(kind, old): _clean(kind, new) for old, new in one.items()}
            for kind, one in config.names.items()
        }
        return cls(mapped, config.collected_brands)

    def written(self, kind: str, name: str) -> str:
        """``name`` as it is shown; empty where it is blank.

        A mapped category takes all below it along.
        """
        found, mapped = _clean(kind, name), self.mapped.get(kind, {})
        if kind != "category" or not mapped:
            return mapped.get(found, found)
        levels = found.split(SEPARATOR)
        for depth in range(len(levels), 0, -1):
            above = SEPARATOR.join(levels[:depth])
            if above in mapped:
                return SEPARATOR.join([mapped[above], *levels[depth:]])
        return found

    def spelled(self, table: str, rows: ir.Table, names: Mapping[str, Iterable[str]]) -> ir.Table:
        """Good ``rows`` of a contract table with its names as they are shown, blanks as null.

        ``names`` are those in its columns (:func:`distinct_names`).
        """
        kinds = kinds_of(table)
        for column, found in names.items():
            written = {name: self.written(kinds[column], name) for name in found}
            self.seen[kinds[column]].update(written.values())
            others = {name: shown for name, shown in written.items() if name != shown}
            if others:
                rows = _replaced(rows, column, others)
        return rows

    def noted(self) -> pd.DataFrame:
        """``kind, name, collected, alike``: names that pages have a word about.

        ``collected``: it stands for many brands. ``alike``: what it shares with the names that
        differ from it by capital letters or blanks alone; empty where there are none. Of
        categories the level counts, not those above it.
        """
        rows = []
        for kind, found in self.seen.items():
            names = (_levels(found) if kind == "category" else found) - {"", UNKNOWN}
            many = {UNKNOWN, *collected(names, self.own)} if kind == "brand" else set()
            like = _own_likeness(alike(names - many))
            rows += [(kind, name, name in many, like.get(name, "")) for name in many | like.keys()]
        frame = pd.DataFrame(sorted(rows), columns=["kind", "name", "collected", "alike"])
        return frame.astype({"kind": str, "name": str, "collected": bool, "alike": str})


def _clean(kind: str, name: str) -> str:
    return clean_path(name) if kind == "category" else clean(name)


def _levels(paths: Iterable[str]) -> set[str]:
    """Every path and all above it."""
    split = [path.split(SEPARATOR) for path in paths if path]
    return {SEPARATOR.join(path[:depth]) for path in split for depth in range(1, len(path) + 1)}


def _own_likeness(like: Mapping[str, str]) -> dict[str, str]:
    """Of names that are alike those that differ in their last level."""
    last: dict[str, set[str]] = {}
    for name, key in like.items():
        last.setdefault(key, set()).add(name.rsplit(SEPARATOR, 1)[-1])
    return {name: key for name, key in like.items() if len(last[key]) > 1}


def _replaced(rows: ir.Table, column: str, others: Mapping[str, str]) -> ir.Table:
    lookup = pd.DataFrame({"_written": list(others), "_shown": list(others.values())})
    joined = rows.left_join(ibis.memtable(lookup), [(column, "_written")])
    shown = ibis.coalesce(joined["_shown"], joined[column]).nullif("")
    return joined.mutate(**{column: shown}).select(*rows.columns)
