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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import fsspec
from filelock import FileLock, Timeout
from fsspec.implementations.local import LocalFileSystem

from ops_widgets.errors import BusyError, UsageError
from ops_widgets.files import write_atomically
from ops_widgets.publish.reports.manifest import FILE, RunManifest

ABSENT, LATEST = "absent", "latest"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class RunStore:
    """All runs below ``root``; every path here is relative to it, with slashes."""

    def __init__(self, root: str | Path) -> None:
        text = str(root)
        try:
            self.fs, self.base = fsspec.core.url_to_fs(text)
        except (ImportError, ValueError) as error:
            raise UsageError(f"Runs cannot be kept at {text}: {error}.") from None
        self.base = self.base.rstrip("/")
        self.is_local = isinstance(self.fs, LocalFileSystem)

    def address(self, path: str = "") -> str:
        """A path or address that others can open."""
        full = f"{self.base}/{path}".rstrip("/")
        return full if self.is_local else str(self.fs.unstrip_protocol(full))

    @contextmanager
    def at_hand(self, folder: str, names: Iterable[str]) -> Iterator[Path]:
        """A folder on this machine with those of the files ``names`` that a run has."""
        if self.is_local:
            yield Path(self.base, folder)
            return
        with tempfile.TemporaryDirectory(prefix="ops-run-") as temporary:
            for name in names:
                if (content := self.read_bytes(f"{folder}/{name}")) is not None:
                    Path(temporary, name).write_bytes(content)
            yield Path(temporary)

    # --- files -------------------------------------------------------------------------------

    def read_text(self, path: str) -> str | None:
        """A file's text; None: there is none."""
        content = self.read_bytes(path)
        return None if content is None else content.decode("utf-8", "replace")

    def read_bytes(self, path: str) -> bytes | None:
        """A file's bytes; None: there is none."""
        try:
            return bytes(self.fs.cat_file(f"{self.base}/{path}"))
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None

    def write_text(self, path: str, text: str) -> None:
        """Write a file in one step: a reader sees the old one or the new one."""
        full = f"{self.base}/{path}"
        if not self.is_local:
            self.fs.pipe_file(full, text.encode())
            return
        target = Path(full)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, text)

    def files(self, folder: str) -> list[str]:
        """The JSON files in a folder."""
        return [f"{folder}/{name}" for name in self._children(folder) if name.endswith(".json")]

    def remove(self, path: str) -> None:
        """Remove a file or folder, if it is there."""
        with suppress(FileNotFoundError):
            self.fs.rm(f"{self.base}/{path}", recursive=True)

    # --- what there is -----------------------------------------------------------------------

    def names(self) -> list[str]:
        """Every report that has runs or absent days, units of an expansion as NAME/SLUG."""
        found = []
        for name in self._children(""):
            if name.startswith(".") or name.endswith((".html", ".json")):
                continue
            children = self._children(name)
            units = [c for c in children if not (c.startswith(".") or c in (ABSENT, LATEST))]
            for below in ("", *(f"/{child}" for child in units if not _DAY.fullmatch(child))):
                own = self._children(name + below)
                if any(_DAY.fullmatch(child) or child == ABSENT for child in own):
                    found.append(name + below)
        return sorted(set(found))

    def folders(self, name: str) -> list[str]:
        """The folders of a report's published runs, the earliest day first."""
        days = sorted(child for child in self._children(name) if _DAY.fullmatch(child))
        return [
            f"{name}/{day}/{run}"
            for day in days
            for run in sorted(self._children(f"{name}/{day}"), key=_by_attempt)
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

    def previous(self, name: str, day: date, but: str = "") -> RunManifest | None:
        """The readable run that was published last as of ``day``, else as of the day before it
        that has one; failed runs and the folder ``but`` are passed over.
        """
        by_day: dict[str, list[str]] = {}
        for folder in self.folders(name):
            by_day.setdefault(folder.split("/")[-2], []).append(folder)
        for one in sorted(by_day, reverse=True):
            found = [self.manifest(f) for f in by_day[one] if f != but] if one <= str(day) else []
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
                told = json.loads(self.read_text(path) or "")
                if isinstance(told, dict) and {"as_of", "reason"} <= told.keys():
                    found.append(told)
        return found

    def is_bare(self, folder: str) -> bool:
        """Whether nothing but locks is left in a folder."""
        return all(name.endswith(".lock") for name in self._children(folder))

    # --- changes -----------------------------------------------------------------------------

    @contextmanager
    def lock(self, path: str, wait: float = 60.0) -> Iterator[None]:
        """Alone on this machine with what ``path`` names; ``BusyError`` after ``wait`` seconds.

        Of an object store only this machine is kept away: others may do the same work, and
        publish the same run.
        """
        if self.is_local:
            file = Path(self.base, path)
        else:
            digest = hashlib.sha256(self.address(path).encode()).hexdigest()[:20]
            file = Path(tempfile.gettempdir(), f"ops-{os.getuid()}", digest)
        file.parent.mkdir(parents=True, exist_ok=True)
        held = FileLock(file, timeout=wait)
        try:
            held.acquire()
        except Timeout:
            raise BusyError(
                f"{self.address(path.rsplit('/', 1)[0])} is being written by another run.",
                "Try again when it is done.",
            ) from None
        try:
            yield
        finally:
            held.release()

    @contextmanager
    def draft(self, day_folder: str, key: str) -> Iterator[Path]:
        """A hidden folder to work in, gone afterwards unless it was published.

        What a killed run of the same day left behind is removed first.
        """
        if not self.is_local:
            with tempfile.TemporaryDirectory(prefix="ops-run-") as temporary:
                yield Path(temporary)
            return
        parent = Path(self.base, day_folder)
        parent.mkdir(parents=True, exist_ok=True)
        for left in parent.glob(".*.draft"):
            with suppress(BusyError):
                if left.name == f".{key}.draft":
                    shutil.rmtree(left, ignore_errors=True)
                else:
                    with self.lock(f"{day_folder}/{left.stem}.lock", wait=0):
                        shutil.rmtree(left, ignore_errors=True)
        folder = parent / f".{key}.draft"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, draft: Path, folder: str) -> None:
        """Make a finished draft the run ``folder``, which must not exist yet."""
        target = f"{self.base}/{folder}"
        if self.is_local:
            os.rename(draft, target)  # never over a folder that holds something
            return
        files = sorted(path for path in draft.rglob("*") if path.is_file())
        for path in sorted(files, key=lambda path: path.name == FILE and path.parent == draft):
            self.fs.put_file(str(path), f"{target}/{path.relative_to(draft).as_posix()}")

    def point(self, run: RunManifest) -> None:
        """Let ``latest`` name this run, unless it names one of a later day."""
        with self.lock(f"{run.name}/.lock"):
            now = self.latest(run.name)
            if now and str(now.get("as_of", "")) > run.as_of.isoformat():
                return
            told = {"as_of": run.as_of.isoformat(), "key": run.key, "folder": run.folder}
            if now != told:
                self.write_text(f"{run.name}/{LATEST}.json", json.dumps(told, indent=1) + "\n")
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

    def mark_absent(self, name: str, told: dict[str, Any]) -> str:
        """Write down why there is no run of a day (``as_of``); returns where."""
        path = f"{name}/{ABSENT}/{told['as_of']}.json"
        self.write_text(path, json.dumps({"name": name} | told, indent=1) + "\n")
        return path

    def _children(self, folder: str) -> list[str]:
        try:
            found = self.fs.ls(f"{self.base}/{folder}".rstrip("/"), detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted({path.rstrip("/").rsplit("/", 1)[-1] for path in found})


def _by_attempt(name: str) -> tuple[str, int]:
    key, _, attempt = name.partition(".")
    return key, int(attempt) if attempt.isdigit() else 1
