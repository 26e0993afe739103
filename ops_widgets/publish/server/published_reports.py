"""The published reports of one source, as visitors may see them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ops_widgets.publish.reports.history import History, Row, history
from ops_widgets.publish.reports.run_store import RunStore

#: What of a run is for readers: never its notebooks, which hold code.
_PAGE = re.compile(r"[\w-]+\.html|(numbers|alerts)\.json|tables/[\w-]+/[\w.-]+\.csv")


class PublishedReports:
    """The runs below ``folder``; only those that were made from the source named are shown."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: tuple[str, int] | None = None
        self._reports: list[History] = []

    def reports(self, source: str) -> list[History]:
        """Every report of ``source``; read again when another run was published."""
        try:
            stamp = source, (self._folder / "index.html").stat().st_mtime_ns
        except OSError:
            return []
        if stamp != self._stamp:
            runs = RunStore(self._folder)
            found = [history(runs, name) for name in runs.names()]
            own = [replace(h, rows=[r for r in h.rows if r.source == source]) for h in found]
            self._reports = [h for h in own if h.rows]
            self._stamp = stamp
        return self._reports

    def latest(self, source: str) -> Row | None:
        """The run that is as of the latest day, and of those the one that was made last."""
        rows = [row for one in self.reports(source) for row in one.rows]
        return max(rows, key=lambda row: (row.as_of, row.ended_at), default=None)

    def page(self, source: str, folder: str, page: str) -> bytes | None:
        """One file of a run; None: there is none, or it is not for visitors."""
        known = {row.folder for one in self.reports(source) for row in one.rows}
        if folder not in known or not _PAGE.fullmatch(page):
            return None
        return RunStore(self._folder).read_bytes(f"{folder}/{page}")
