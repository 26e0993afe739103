"""What the files of a source held when they were profiled, remembered until they change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ops_widgets.summaries.partials.file import PartialFile
from ops_widgets.validation.counts import RowCounts


@dataclass(frozen=True)
class ProfiledFile:
    """One file of a table as it was profiled: its identity, months and channels."""

    identity: str
    months: dict[int, RowCounts]
    channels: tuple[str, ...]


def profiled(file: PartialFile, table: str) -> dict[str, ProfiledFile]:
    """Every file of ``table`` that is remembered."""
    rows = file.con.execute(
        "select file, identity, months, channels from profiled where source_table = ?", [table]
    ).fetchall()
    return {
        path: ProfiledFile(
            identity,
            {int(m): RowCounts.from_dict(one) for m, one in json.loads(months).items()},
            tuple(json.loads(channels)),
        )
        for path, identity, months, channels in rows
    }


def remember(file: PartialFile, table: str, files: Mapping[str, ProfiledFile]) -> None:
    """Remember exactly these files of ``table``."""
    rows = [
        (
            table,
            path,
            one.identity,
            json.dumps({month: counts.to_dict() for month, counts in one.months.items()}),
            json.dumps(one.channels),
        )
        for path, one in files.items()
    ]
    with file.transaction():
        file.con.execute("delete from profiled where source_table = ?", [table])
        if rows:
            file.con.executemany("insert into profiled values (?, ?, ?, ?, ?)", rows)
