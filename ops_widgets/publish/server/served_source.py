"""The one source that a server serves: its manifest, its snapshots, its published reports."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ops_widgets.analyses import ANALYSES
from ops_widgets.files import code_digest
from ops_widgets.publish import PACKAGE
from ops_widgets.publish.reports.history import History, Row
from ops_widgets.publish.server.first_look import FirstLook
from ops_widgets.publish.server.published_reports import PublishedReports
from ops_widgets.publish.server.snapshots import Snapshot, Snapshots
from ops_widgets.sources.config import SourceConfig
from ops_widgets.summaries.manifest import read_manifest, store_folder
from ops_widgets.summaries.store import open_store
from ops_widgets.views.base import View
from ops_widgets.views.choices import Choices


class ServedSource:
    """A source as its visitors see it.

    ``source`` is what notebooks open, ``config`` the same as it was read; ``reports`` is the
    folder of all published reports.
    """

    def __init__(self, source: str, config: SourceConfig, notebooks: Path, reports: Path) -> None:
        self.source = source
        self._config = config
        self._folder = store_folder(config)
        self._reports = PublishedReports(reports)
        self._stamp: int | None = None
        self._manifest: dict[str, Any] = {}
        self.snapshots = Snapshots(
            notebooks, self._folder / "snapshots", self.generation, code_digest(PACKAGE)
        )
        self.first_look = FirstLook(config, self.generation)

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
        """A name of the summaries in force and of the days that they are complete to."""
        manifest = self.manifest()
        if not manifest:
            return ""
        days = json.dumps(manifest.get("seen"), sort_keys=True)
        return f"{manifest['generation']}-{hashlib.sha256(days.encode()).hexdigest()[:8]}"

    def default(self, name: str) -> View:
        """The view that an app opens with."""
        return ANALYSES[name].view.parse({"source": self.source})

    def offers(self, name: str) -> Choices:
        """What the data in force let a visitor of an app choose, asked of the summaries."""
        if not self.manifest():
            return Choices()
        store = open_store(self._config)
        try:
            return Choices.of(ANALYSES[name], store)
        finally:
            store.close()

    def snapshot(self, view: View) -> Snapshot | None:
        """The newest snapshot; one that is missing or stale is asked for."""
        snapshot = self.snapshots.get(view)
        if snapshot is None or self.snapshots.is_stale(snapshot):
            default = not view.to_query()
            self.snapshots.ask(view, urgent=default)
        return snapshot

    def close(self) -> None:
        """Make and compute nothing more."""
        self.snapshots.close()
        self.first_look.close()

    def reports(self) -> list[History]:
        """The published reports of this source."""
        return self._reports.reports(self._name())

    def latest_report(self) -> Row | None:
        """The newest run of all reports."""
        return self._reports.latest(self._name())

    def report_page(self, folder: str, page: str) -> bytes | None:
        """One page of a run; None: there is none."""
        return self._reports.page(self._name(), folder, page)

    def _name(self) -> str:
        return str(self.manifest().get("source", {}).get("name", ""))
