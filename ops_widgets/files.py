"""Files that are whole or not there, who may read them, and what a package's are known by."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: What of a package decides on what its pages say and look like.
CODE_SUFFIXES = (".py", ".js", ".css", ".j2")


#: What "group and others may read" is, in the mode of a file.
_MAY_READ = 0o044


@dataclass(frozen=True)
class Access:
    """Who may read files beside their owner: ``readers``, bits of a mode; nobody by default.

    Never more than the mask of this process allows. It is for folders of customers' data.
    """

    readers: int = 0

    @classmethod
    def to(cls, path: Path) -> Access:
        """As wide as that of a file or folder which is there."""
        return cls(path.stat().st_mode & _MAY_READ)

    @property
    def of_file(self) -> int:
        """The mode of a file."""
        return 0o600 | (self.readers & _MAY_READ & ~_umask())

    @property
    def of_folder(self) -> int:
        """The mode of a folder: who may read its files may find them."""
        readers = self.of_file & _MAY_READ
        return 0o700 | readers | readers >> 2

    def make_folder(self, path: Path) -> None:
        """Make ``path`` and what is missing above it; a folder that was there stays as it is."""
        if path.is_dir():
            return
        self.make_folder(path.parent)
        with suppress(FileExistsError):
            path.mkdir(mode=self.of_folder)
            path.chmod(self.of_folder)

    def apply(self, folder: Path) -> None:
        """Give ``folder`` and everything in it these modes, where they have others.

        Links, and what belongs to somebody else, are left alone.
        """
        _set_mode(folder, self.of_folder)
        for root, folders, files in os.walk(folder):
            for names, mode in ((folders, self.of_folder), (files, self.of_file)):
                for name in names:
                    _set_mode(Path(root, name), mode)


#: Nobody but the owner.
OWNER = Access()


def _set_mode(path: Path, mode: int) -> None:
    with suppress(FileNotFoundError, PermissionError):  # it may be gone already
        found = path.lstat().st_mode
        if not stat.S_ISLNK(found) and stat.S_IMODE(found) != mode:
            path.chmod(mode)


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write beside ``path`` and rename: a reader, or a crash, sees the old file or the new one.

    Text is written as UTF-8. Whoever may read the folder may read the file. Raises ``OSError``
    where it cannot be written; nothing is left then.
    """
    data = content.encode() if isinstance(content, str) else content
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".draft")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, Access.to(path.parent).of_file)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


@cache
def _umask() -> int:
    """The mask of this process; it can only be read by being set."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@cache
def code_digest(package: Path) -> str:
    """SHA-256 over every file of a package that can change a page, and its place."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix in CODE_SUFFIXES:
            digest.update(f"{path.relative_to(package)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
