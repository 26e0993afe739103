"""Static pages of views, executed as reports are before anybody waits for them.

A snapshot is kept under a name made of everything it depends on: the notebook, this package's
code, the view and the generation of the summaries. An older generation's is shown, with its
age, until the newer one has been made.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbformat.v4 import new_notebook

from ops_widgets.charts.pieces import QUALITY
from ops_widgets.files import Access, write_atomically
from ops_widgets.publish.notebooks.execute import NotebookResult, execute_notebook
from ops_widgets.publish.notebooks.export import body_html
from ops_widgets.publish.notebooks.payloads import payloads
from ops_widgets.publish.server.form import form_html
from ops_widgets.publish.server.incidents import incident
from ops_widgets.views.base import View
from ops_widgets.views.choices import Choices
from ops_widgets.widgets.render import CONTROLS_TYPE

#: Snapshots kept, the bytes that they may take, and views that may wait to be made: more would be
#: an attack.
KEPT, KEPT_BYTES, WAITING = 60, 200 * 1024 * 1024, 4
#: Seconds after which a draft was left behind by a server that was killed.
LEFT = 3600
#: Seconds before a view that failed is tried again.
AGAIN = 60.0

log = logging.getLogger(__name__)
Execute = Callable[[Path, Path, Mapping[str, Any]], NotebookResult]


@dataclass(frozen=True)
class Snapshot:
    """One view as a static page: ``body`` is HTML.

    ``choices`` and ``bounds`` (two ISO days) are what its controls offer, by field; ``incident``
    is the number of what kept it from being complete. ``numbers`` and ``findings`` are what the
    page recorded, ``needs`` what the source lacks for them, ``reaches`` the last whole day (ISO)
    of the data.
    """

    body: str
    choices: dict[str, list[str]]
    bounds: dict[str, list[str]]
    generation: str
    made_at: datetime
    incident: str = ""
    numbers: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    needs: str = ""
    reaches: str = ""

    @property
    def offers(self) -> Choices:
        """What the data let a visitor choose, the same as on the live page."""
        return Choices.from_data({"choices": self.choices, "bounds": self.bounds})


class Snapshots:
    """The snapshots of one source's notebooks in ``folder``, made one at a time.

    ``generation()`` names the summaries in force. Safe to call from any thread; nothing here
    waits for a notebook but the one thread that makes them.
    """

    def __init__(
        self,
        notebooks: Path,
        folder: Path,
        generation: Callable[[], str],
        code: str,
        execute: Execute = execute_notebook,
    ) -> None:
        self._notebooks = notebooks
        self._folder = folder
        self._generation = generation
        self._code = code
        self._execute = execute
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="snapshots")
        self._urgent: deque[tuple[str, View]] = deque()
        self._others: deque[tuple[str, View]] = deque()
        self._lock = threading.Lock()
        self._wanted: set[str] = set()
        self._failed: dict[str, tuple[float, str]] = {}
        self._read: dict[str, tuple[str, Snapshot]] = {}
        folder.parent.mkdir(parents=True, exist_ok=True)
        Access.to(folder.parent).make_folder(folder)

    def get(self, view: View) -> Snapshot | None:
        """The newest snapshot of ``view``, of an older generation if need be; None: none yet."""
        name = self._name(view)
        path = self._folder / f"{name}.json.gz"
        try:
            stamp = str(path.stat().st_mtime_ns)
            kept = self._read.get(name)
            if kept is None or kept[0] != stamp:
                kept = stamp, _load(path)
                self._read[name] = kept
        except (OSError, ValueError, TypeError):
            self._read.pop(name, None)
            return None
        os.utime(path, ns=(time.time_ns(), int(stamp)))
        return kept[1]

    def is_stale(self, snapshot: Snapshot) -> bool:
        """Whether the summaries have changed since."""
        return snapshot.generation != self._generation()

    def failure(self, view: View) -> str:
        """The incident's number, when the last attempt to make ``view`` came to nothing."""
        return self._failed.get(self._name(view), (0.0, ""))[1]

    def ask(self, view: View, *, urgent: bool = False) -> bool:
        """Have ``view`` made in the background; False: too many others wait already.

        ``urgent`` ones (the views that everybody sees first) are never turned away, and are made
        before all others.
        """
        name = self._name(view)
        with self._lock:
            if name in self._wanted or time.monotonic() < self._failed.get(name, (0.0, ""))[0]:
                return True
            if len(self._wanted) >= WAITING and not urgent:
                return False
            self._wanted.add(name)
            (self._urgent if urgent else self._others).append((name, view))
        self._maker.submit(self._make_next)
        return True

    def is_wanted(self, view: View) -> bool:
        """Whether ``view`` is being made or waits for its turn."""
        return self._name(view) in self._wanted

    def close(self) -> None:
        """Make nothing more."""
        self._maker.shutdown(wait=False, cancel_futures=True)

    def _name(self, view: View) -> str:
        notebook = self._notebooks / f"{view.notebook}.ipynb"
        known = (view.notebook, _digest(notebook), self._code, view.source, view.to_query())
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:32]

    def _make_next(self) -> None:
        """Make the one whose turn it is: every one that was asked for has its turn."""
        with self._lock:
            name, view = (self._urgent or self._others).popleft()
        self._make(name, view)

    def _make(self, name: str, view: View) -> None:
        try:
            generation = self._generation()
            snapshot = self._snapshot(view, generation)
            if snapshot.incident:
                self._failed[name] = time.monotonic() + AGAIN, snapshot.incident
            else:
                self._failed.pop(name, None)
                _save(snapshot, self._folder / f"{name}.json.gz")
                self._tidy()
        except Exception as error:
            self._failed[name] = time.monotonic() + AGAIN, incident(view.notebook, error)
        finally:
            now = time.monotonic()
            self._failed = {key: one for key, one in self._failed.items() if one[0] > now}
            with self._lock:
                self._wanted.discard(name)

    def _snapshot(self, view: View, generation: str) -> Snapshot:
        with tempfile.TemporaryDirectory() as folder:
            path = self._notebooks / f"{view.notebook}.ipynb"
            result = self._execute(path, Path(folder) / path.name, view.parameters())
        number = incident(view.notebook, result.failure) if result.failure else ""
        node = result.node or new_notebook()
        controls = next(payloads(node.cells, CONTROLS_TYPE), {})
        return Snapshot(
            # What a report says on its first page, an app says in the gallery.
            body=body_html(node, form=form_html).replace(f'href="{QUALITY}"', 'href="../#quality"'),
            choices=controls.get("choices", {}),
            bounds=controls.get("bounds", {}),
            generation=generation,
            made_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
            incident=number,
            numbers=result.numbers,
            findings=result.findings,
            needs=result.needs,
            reaches=result.reaches,
        )

    def _tidy(self) -> None:
        """Remove what nobody has asked for in the longest time, and what was never finished."""
        now, kept, size = time.time(), 0, 0
        for path, stat in sorted(
            _stats(self._folder.glob("*.json.gz")), key=lambda one: -one[1].st_atime
        ):
            kept, size = kept + 1, size + stat.st_size
            if kept > KEPT or (size > KEPT_BYTES and kept > 1):
                path.unlink(missing_ok=True)
                self._read.pop(path.name.removesuffix(".json.gz"), None)
        for path, stat in _stats(self._folder.glob(".*.draft")):
            if now - stat.st_mtime > LEFT:
                path.unlink(missing_ok=True)


def _stats(paths: Iterable[Path]) -> Iterator[tuple[Path, os.stat_result]]:
    """Files with what is known of them; another server on the same folder removes some, too."""
    for path in paths:
        with suppress(FileNotFoundError):
            yield path, path.stat()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _load(path: Path) -> Snapshot:
    values = json.loads(gzip.decompress(path.read_bytes()))
    return replace(Snapshot(**values), made_at=datetime.fromisoformat(values["made_at"]))


def _save(snapshot: Snapshot, path: Path) -> None:
    text = json.dumps(asdict(snapshot), default=datetime.isoformat)
    write_atomically(path, gzip.compress(text.encode(), 6))
