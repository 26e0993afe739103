"""The one source that a server serves: its manifest, its snapshots, its published reports."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ops_widgets.publish.app.snapshots import Snapshot, Snapshots, code_digest
from ops_widgets.publish.report import folder_name
from ops_widgets.sources.config import load_config
from ops_widgets.summaries.manifest import read_manifest, store_folder
from ops_widgets.views import VIEWS
from ops_widgets.views.base import View

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PACKAGE = Path(__file__).resolve().parents[2]


class Shop:
    """``source`` as its visitors see it; ``reports`` is the folder of all published reports."""

    def __init__(self, source: str, notebooks: Path, reports: Path) -> None:
        self.source = source
        self.notebooks = notebooks
        self._folder = store_folder(load_config(source))
        self._reports = reports
        self._stamp: int | None = None
        self._manifest: dict[str, Any] = {}
        self.snapshots = Snapshots(
            notebooks, self._folder / "snapshots", self.generation, code_digest(PACKAGE)
        )

    def manifest(self) -> dict[str, Any]:
        """The manifest in force, read again when it was replaced; empty: there is none."""
        try:
            stamp = (self._folder / "manifest.json").stat().st_mtime_ns
        except OSError:
            return {}
        if stamp != self._stamp:
            self._manifest = read_manifest(self._folder) or {}
            self._stamp = stamp
        return self._manifest

    def generation(self) -> str:
        """The name of the summaries in force."""
        return str(self.manifest().get("generation", ""))

    def default(self, name: str) -> View:
        """The view that an app opens with."""
        return VIEWS[name].parse({"source": self.source})

    def snapshot(self, view: View) -> Snapshot | None:
        """The newest snapshot; one that is missing or stale is asked for."""
        snapshot = self.snapshots.get(view)
        if snapshot is None or self.snapshots.is_stale(snapshot):
            default = not view.to_query()
            self.snapshots.ask(view, urgent=default)
        return snapshot

    def report_days(self) -> list[str]:
        """The days of published reports, the latest first."""
        folder = self._report_folder()
        if not folder.is_dir():
            return []
        days = [path.name for path in folder.iterdir() if _DAY.fullmatch(path.name)]
        return sorted(
            (day for day in days if (folder / day / "index.html").is_file()), reverse=True
        )

    def report_page(self, day: str, page: str) -> bytes | None:
        """One page of a published report; None: there is none."""
        if day not in self.report_days() or not re.fullmatch(r"[\w-]+\.html|numbers\.json", page):
            return None
        path = self._report_folder() / day / page
        return path.read_bytes() if path.is_file() else None

    def _report_folder(self) -> Path:
        name = self.manifest().get("source", {}).get("name", "")
        return self._reports / folder_name(name)
