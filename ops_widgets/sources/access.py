"""Who may read what is made of a source: its owner, and whoever may read the source itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ops_widgets.errors import DataError
from ops_widgets.files import OWNER, Access
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.engine import duckdb_file, on_duckdb
from ops_widgets.sources.found import find_files


def access_of(config: SourceConfig) -> Access:
    """Who may read every file of the source; nobody else where it is a server, or not there.

    Readers of a group are only counted where new files belong to the same one.
    """
    readers = 0o044
    try:
        paths = list(_files(config))
        for path in paths:
            found = path.stat()
            readers &= found.st_mode
            if found.st_gid != os.getegid():
                readers &= ~0o040
    except (DataError, OSError):
        return OWNER
    return Access(readers) if paths and on_duckdb(config) else OWNER


def _files(config: SourceConfig) -> Iterator[Path]:
    if database := duckdb_file(config):
        yield database
    for one in (*config.tables.values(), *config.files.values()):
        if one.file:
            yield from find_files(one, config.folder, "").paths
