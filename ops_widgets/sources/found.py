"""The files that a source means, and how they are read."""

from __future__ import annotations

import glob
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ops_widgets.errors import DataError, nearest
from ops_widgets.sources.options import FileOptions, Setting
from ops_widgets.sources.records import SUFFIXES, is_data, kind_of

#: What a copy is: UTF-8 as RFC 4180 has it.
_PLAIN = FileOptions()


@dataclass(frozen=True)
class Files:
    """The files behind one table, and how they are read.

    ``setting`` says where an option of theirs is written. ``copies`` has the plain CSV that was
    made of a file which DuckDB does not read as it stands.
    """

    where: str
    paths: tuple[Path, ...]
    hive: bool = False
    options: FileOptions = _PLAIN
    setting: Setting = field(default_factory=Setting)
    copies: Mapping[Path, Path] = field(default_factory=dict)

    @property
    def is_csv(self) -> bool:
        """Text without types, or Parquet."""
        return kind_of(self.paths[0].name) != "parquet"

    def needs_copy(self, path: Path) -> bool:
        """Whether DuckDB does not read ``path`` as it stands."""
        options = self.options
        is_text = kind_of(path.name) == "text"
        return not is_text or bool(options.comment) or not options.native_encoding

    def readable(self, path: Path) -> tuple[Path, FileOptions]:
        """The file that is read for ``path``, and how: a copy, or itself."""
        copy = self.copies.get(path)
        return (path, self.options) if copy is None else (copy, _PLAIN)


def find_files(
    options: FileOptions, folder: Path, where: str, setting: Setting | None = None
) -> Files:
    """The files that ``options.file`` (a file, folder or glob below ``folder``) means, sorted.

    Raises :class:`DataError` naming ``where`` (the key of the source) and the path when there
    are none, one is empty, or one is of no kind that is read.
    """
    path = folder / options.file
    if path.is_dir():
        paths = [p for p in path.rglob("*") if p.is_file() and is_data(p.name)]
    elif path.exists():
        paths = [path]
    else:
        paths = [Path(p) for p in glob.glob(str(path), recursive=True)]
    if not paths:
        near = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        hint = nearest(path.name, near)
        raise DataError(
            f"{where}: there is no file {path}.",
            hint if hint.startswith("Did") else "Correct the path, or put the file there.",
        )
    for p in paths:
        if not kind_of(p.name):
            raise DataError(
                f"{where}: {p} is of no kind that is read, by its name.",
                f"Save it as one of {', '.join(SUFFIXES)}.",
            )
        if p.stat().st_size == 0:
            raise DataError(f"{where}: {p} is empty (0 bytes).", "Write the file again.")
    if len({kind_of(p.name) == "parquet" for p in paths}) > 1:
        raise DataError(f"{where}: {path} holds both CSV and Parquet.", "Name one kind only.")
    return Files(where, tuple(sorted(paths)), path.is_dir(), options, setting or Setting())
