"""Files that are whole or not there, and what a package's files are known by."""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

#: What of a package decides on what its pages say and look like.
CODE_SUFFIXES = (".py", ".js", ".css", ".j2")


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write beside ``path`` and rename: a reader, or a crash, sees the old file or the new one.

    Text is written as UTF-8. Raises ``OSError`` where it cannot be written; nothing is left then.
    """
    data = content.encode() if isinstance(content, str) else content
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".draft")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o666 & ~_umask())
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
