"""Where runs lie: a folder, or an address that fsspec knows (``s3://...``, ``memory://...``).

In a folder a run appears by one rename. An object store knows no rename: there the files come
first and the manifest last, and what has no manifest is no run.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from ops_widgets.errors import BusyError
from ops_widgets.files import OWNER, Access
from ops_widgets.publish.reports.manifest import FILE, RunManifest
from ops_widgets.publish.reports.storage import Storage

ABSENT, LATEST = "absent", "latest"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class RunStore(Storage):
    """All published runs below ``root``, the absent days, and which run is the latest."""

    def names(self) -> list[str]:
        """Every report that has runs or absent days, units of an expansion as NAME/SLUG."""
        found = []
        for name in self.children(""):
            if name.startswith(".") or name.endswith((".html", ".json")):
                continue
            below = self.children(name)
            parts = [c for c in below if not (c.startswith(".") or c in (ABSENT, LATEST))]
            for part in ("", *(f"/{child}" for child in parts if not _DAY.fullmatch(child))):
                own = self.children(name + part)
                if any(_DAY.fullmatch(child) or child == ABSENT for child in own):
                    found.append(name + part)
        return sorted(set(found))

    def folders(self, name: str) -> list[str]:
        """The folders of a report's published runs, the earliest day first."""
        days = sorted(child for child in self.children(name) if _DAY.fullmatch(child))
        return [
            f"{name}/{day}/{run}"
            for day in days
            for run in sorted(self.children(f"{name}/{day}"), key=_by_attempt)
            if not run.startswith(".") and self.fs.exists(f"{self.base}/{name}/{day}/{run}/{FILE}")
        ]

    def manifest(self, folder: str) -> RunManifest | None:
        """The manifest of a run; None where it is missing or damaged."""
        try:
            return RunManifest.model_validate_json(self.read_text(f"{folder}/{FILE}") or "")
        except ValueError:
            return None

    def is_intact(self, run: RunManifest, folder: str) -> bool:
        """Whether every file of a run still has the size and the digest that it was given."""
        for output in run.outputs:
            content = self.read_bytes(f"{folder}/{output.path}")
            if content is None or hashlib.sha256(content).hexdigest() != output.sha256:
                return False
        return True

    def previous(self, name: str, day: date) -> RunManifest | None:
        """The readable run that was published last as of ``day``, else as of the day before it
        that has one; failed runs are passed over.
        """
        by_day: dict[str, list[str]] = {}
        for folder in self.folders(name):
            by_day.setdefault(folder.split("/")[-2], []).append(folder)
        for one in sorted(by_day, reverse=True):
            found = [self.manifest(f) for f in by_day[one]] if one <= str(day) else []
            usable = [run for run in found if run is not None and run.status != "failed"]
            if usable:
                return max(usable, key=lambda run: run.ended_at)
        return None

    def latest(self, name: str) -> dict[str, Any] | None:
        """``as_of``, ``key`` and ``folder`` of the run that stands for the report now."""
        try:
            found = json.loads(self.read_text(f"{name}/{LATEST}.json") or "null")
        except ValueError:
            return None
        return found if isinstance(found, dict) and "folder" in found else None

    def absences(self, name: str) -> list[dict[str, Any]]:
        """The days on which nothing was published, the earliest first."""
        found = []
        for path in sorted(self.files(f"{name}/{ABSENT}")):
            with suppress(ValueError):
                record = json.loads(self.read_text(path) or "")
                if isinstance(record, dict) and {"as_of", "reason"} <= record.keys():
                    found.append(record)
        return found

    def is_empty(self, folder: str) -> bool:
        """Whether nothing but locks is left in a folder."""
        return all(name.endswith(".lock") for name in self.children(folder))

    @contextmanager
    def draft(self, day_folder: str, key: str, access: Access = OWNER) -> Iterator[Path]:
        """A hidden folder in which a run is made, gone afterwards unless it was published.

        It is its owner's alone; the folders above that are made for it are as ``access`` says.
        What a killed run of the same day left behind is removed first.
        """
        if not self.is_local:
            with tempfile.TemporaryDirectory(prefix="ops-run-") as temporary:
                yield Path(temporary)
            return
        parent = Path(self.base, day_folder)
        access.make_folder(parent)
        for left in parent.glob(".*.draft"):
            with suppress(BusyError):
                if left.name == f".{key}.draft":
                    shutil.rmtree(left, ignore_errors=True)
                else:
                    with self.lock(f"{day_folder}/{left.stem}.lock", wait=0):
                        shutil.rmtree(left, ignore_errors=True)
        folder = parent / f".{key}.draft"
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, draft: Path, folder: str, access: Access = OWNER) -> None:
        """Make a finished draft the run ``folder``, which must not exist yet."""
        target = f"{self.base}/{folder}"
        if self.is_local:
            access.apply(draft)
            os.rename(draft, target)  # never over a folder that holds something
            return
        files = sorted(path for path in draft.rglob("*") if path.is_file())
        for path in sorted(files, key=lambda path: path.name == FILE and path.parent == draft):
            self.fs.put_file(str(path), f"{target}/{path.relative_to(draft).as_posix()}")

    def update_latest(self, run: RunManifest) -> None:
        """Let ``latest`` name this run, unless it names one of a later day."""
        with self.lock(f"{run.name}/.lock"):
            now = self.latest(run.name)
            if now and str(now.get("as_of", "")) > run.as_of.isoformat():
                return
            latest = {"as_of": run.as_of.isoformat(), "key": run.key, "folder": run.folder}
            if now != latest:
                self.write_text(f"{run.name}/{LATEST}.json", json.dumps(latest, indent=1) + "\n")
            if self.is_local:
                self._link(run)

    def _link(self, run: RunManifest) -> None:
        """The same as a link, for those who look at the folder."""
        link = Path(self.base, run.name, LATEST)
        target = run.folder.removeprefix(f"{run.name}/")
        if link.is_symlink() and os.readlink(link) == target:
            return
        draft = link.with_name(f".{LATEST}.draft")
        draft.unlink(missing_ok=True)
        draft.symlink_to(target)
        os.replace(draft, link)

    def mark_absent(self, name: str, record: dict[str, Any]) -> str:
        """Write down why there is no run of a day (``as_of``); returns where."""
        path = f"{name}/{ABSENT}/{record['as_of']}.json"
        self.write_text(path, json.dumps({"name": name} | record, indent=1) + "\n")
        return path


def _by_attempt(name: str) -> tuple[str, int]:
    key, _, attempt = name.partition(".")
    return key, int(attempt) if attempt.isdigit() else 1
