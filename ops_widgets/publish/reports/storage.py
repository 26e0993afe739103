"""Files below a folder, or below an address that fsspec knows (``s3://...``, ``memory://...``)."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import fsspec
from filelock import FileLock, Timeout
from fsspec.implementations.local import LocalFileSystem

from ops_widgets.errors import BusyError, UsageError
from ops_widgets.files import OWNER, Access, write_atomically


class Storage:
    """Files below ``root``; every path here is relative to it, with slashes."""

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
        self.make_folder(path.rpartition("/")[0])
        write_atomically(target, text)

    def make_folder(self, folder: str, access: Access | None = None) -> None:
        """Make a folder on this machine, readable as ``access`` says, or as the one it lies in."""
        if not self.is_local:
            return
        path = Path(self.base, folder)
        if access is None:
            access = Access.to(next((p for p in (path, *path.parents) if p.is_dir()), path))
        access.make_folder(path)

    def files(self, folder: str) -> list[str]:
        """The JSON files in a folder."""
        return [f"{folder}/{name}" for name in self.children(folder) if name.endswith(".json")]

    def remove(self, path: str) -> None:
        """Remove a file or folder, if it is there."""
        with suppress(FileNotFoundError):
            self.fs.rm(f"{self.base}/{path}", recursive=True)

    @contextmanager
    def local_copy(self, folder: str, names: Iterable[str]) -> Iterator[Path]:
        """A folder on this machine with those of the files ``names`` that a run has."""
        if self.is_local:
            yield Path(self.base, folder)
            return
        with tempfile.TemporaryDirectory(prefix="ops-run-") as temporary:
            for name in names:
                if (content := self.read_bytes(f"{folder}/{name}")) is not None:
                    Path(temporary, name).write_bytes(content)
            yield Path(temporary)

    @contextmanager
    def lock(self, path: str, wait: float = 60.0) -> Iterator[None]:
        """Alone on this machine with what ``path`` names; ``BusyError`` after ``wait`` seconds.

        Of an object store only this machine is kept away: others may make, and publish, the same
        run.
        """
        if self.is_local:
            file = Path(self.base, path)
            self.make_folder(path.rpartition("/")[0])
        else:
            digest = hashlib.sha256(self.address(path).encode()).hexdigest()[:20]
            file = Path(tempfile.gettempdir(), f"ops-{os.getuid()}", digest)
            OWNER.make_folder(file.parent)
        held = FileLock(file, timeout=wait, mode=Access.to(file.parent).of_file)
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

    def children(self, folder: str) -> list[str]:
        """The names of what lies in a folder, sorted; nothing where there is no folder."""
        try:
            found = self.fs.ls(f"{self.base}/{folder}".rstrip("/"), detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted({path.rstrip("/").rsplit("/", 1)[-1] for path in found})
