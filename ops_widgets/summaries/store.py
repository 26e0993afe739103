"""Read the summaries: read-only, from any number of kernels, in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from ops_widgets.contract import TABLES
from ops_widgets.errors import MissingDataError, UsageError
from ops_widgets.sources.config import SOURCE_FILE, SourceConfig, as_config
from ops_widgets.sources.needs import need_of
from ops_widgets.summaries.manifest import read_manifest, store_folder
from ops_widgets.summaries.pin import pinned_folder
from ops_widgets.summaries.seen import Seen, seen_of


class Store:
    """The current generation of a source's summaries, held open until :meth:`close`."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.source: dict[str, Any] = manifest["source"]
        self.first_day = date.fromisoformat(manifest["first_day"])
        self.last_day = date.fromisoformat(manifest["last_day"])
        self._seen = {name: Seen.from_dict(days) for name, days in manifest["seen"].items()}
        self._connection = duckdb.connect(str(folder / manifest["store"]), read_only=True)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of ``sql``; values go in as ``$name`` parameters, never as text.

        Every call has its own cursor, so that callbacks may overlap.
        """
        with self._connection.cursor() as cursor:
            return cursor.execute(sql, dict(parameters or {})).df()

    def names(self, table: str, column: str) -> list[str]:
        """The distinct names in a column of a summary, in order; both are fixed in our code."""
        found = self.query(f"select distinct {column} as name from {table} order by 1")
        return [str(name) for name in found["name"]]

    def seen(self, table: str = "") -> Seen:
        """The days of a contract table that the data know; of one without any, the source's."""
        return seen_of(self._seen, table)

    def has(self, table: str) -> bool:
        """Whether the store holds the summary ``table``."""
        return table in self.manifest["summaries"]

    def maps(self, table: str, *columns: str) -> bool:
        """Whether the source maps a contract table with these columns and has usable rows of it."""
        mapped = self.manifest["columns"].get(table)
        used = self.manifest["check"]["tables"].get(table, {}).get("rows_used")
        return mapped is not None and set(columns) <= set(mapped) and bool(used)

    def require(self, table: str, *columns: str, shows: str) -> None:
        """Check that the source maps a contract table and the columns that an analysis needs.

        ``shows`` says, as "what ... would show", what the reader misses. Raises
        ``MissingDataError`` which names the table or column and how to map it.
        """
        name, columns_of = self.source["name"], self.manifest["columns"]
        need = need_of(name, columns_of, table, columns, shows)
        if need is not None and not need.columns:
            raise MissingDataError(
                f"{name} has no table `{table}` ({need.meaning}): it would show {shows}.",
                f"Map it with a [tables.{table}] section (file, table or sql) that gives at "
                f"least {', '.join(need.wanted)}.",
                need=need,
            )
        if need is not None:
            contract = TABLES[table]
            said = ", ".join(
                f"`{table}.{c}` ({contract.column(c).description})" for c in need.columns
            )
            raise MissingDataError(
                f"{name} has no column {said}: it would show {shows}.",
                f"Add {', '.join(f'`{c}`' for c in need.columns)} to the section [tables.{table}] "
                "of the source.",
                need=need,
            )
        if not self.maps(table):
            raise MissingDataError(
                f"The table `{table}` of {name} has no usable row: it would show {shows}.",
                "See what was set aside, and why: ops check.",
            )

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def open_store(source: str | Path | SourceConfig) -> Store:
    """Open the summaries of ``source`` as they are now; a build meanwhile changes nothing here.

    A run that has pinned them (:mod:`ops_widgets.summaries.pin`) opens those that it pinned.
    Raises ``UsageError`` when they have not been built yet.
    """
    config = as_config(source)
    folder = pinned_folder(config) or store_folder(config)
    for _ in range(3):
        manifest = read_manifest(folder)
        if manifest is None or "seen" not in manifest:
            break  # none, or of an earlier version
        try:
            return Store(folder, manifest)
        except duckdb.IOException:
            continue  # replaced between the two steps: read the newer manifest
    # The file inside a folder is a source of another name, and may have another store.
    path = config.folder if config.path.name == SOURCE_FILE else config.path
    given = path if isinstance(source, SourceConfig) else source
    raise UsageError(
        f"There are no summaries of {config.name} yet, or they are of an earlier version.",
        f"Build them: ops prepare {given}",
    )
