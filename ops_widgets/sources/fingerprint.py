"""What the input of a source is known by: whoever has seen it once sees whether it changed."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ops_widgets.contract import CONTRACT_VERSION
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.engine import duckdb_file, on_duckdb
from ops_widgets.sources.found import Files
from ops_widgets.sources.tables import MappedTables

# A sql that opens files itself has inputs that nobody can list.
_READS_FILES = re.compile(r"\b(read|parquet|scan)\w*\s*\(|\.(parquet|csv|json)\b", re.IGNORECASE)


def identities(files: Files) -> dict[str, str]:
    """Every file with its size and time of change."""
    stats = {str(path): path.stat() for path in files.paths}
    return {path: f"{stat.st_size}-{stat.st_mtime_ns}" for path, stat in stats.items()}


def fingerprint(config: SourceConfig, tables: MappedTables) -> str | None:
    """SHA-256 over what the TOML means, the contract's version and every input file.

    A file counts with its path, size and time of change. None when the inputs cannot be
    listed: a database server, or a ``sql`` that opens files by itself.
    """
    if not on_duckdb(config):
        return None
    if any(_READS_FILES.search(table.sql) for table in config.tables.values()):
        return None
    meaning = config.meaning("connect")
    digest = hashlib.sha256(f"contract {CONTRACT_VERSION}\n{meaning}".encode())
    for path in _inputs(config, tables):
        stat = path.stat()
        name = os.path.relpath(path, config.folder)
        digest.update(f"\n{name}\0{stat.st_size}\0{stat.st_mtime_ns}".encode())
    return digest.hexdigest()


def _inputs(config: SourceConfig, tables: MappedTables) -> Iterator[Path]:
    for name, table in config.tables.items():
        if table.file:
            yield from tables.files(name).paths
    for files in tables.raw_files.values():
        yield from files.paths
    if database := duckdb_file(config):
        yield database
        if (log := database.with_name(database.name + ".wal")).exists():
            yield log
