"""What an engine says about broken input, in our words; its own text stays the cause."""

from __future__ import annotations

import re

from ops_widgets.errors import DataError, OpsError, UsageError, shortened
from ops_widgets.sources.files import wrong_encoding
from ops_widgets.sources.found import Files
from ops_widgets.sources.options import Setting
from ops_widgets.sources.selects import opens_a_file
from ops_widgets.sources.words import damaged, never_closed, odd_quotes, too_long, wrong_width

_DAMAGE = re.compile(
    r"snappy|zstd|gzip|thrift|tprotocol|decompress|magic bytes|footer|corrupt|don't know what type",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"Cannot access (?:file|directory) \"([^\"]+)\" - file system operations")
_NO_MEMORY = re.compile(r"Out of Memory Error")
_NO_ROOM = re.compile(r"Could not write|Failed to write|No space left|File too large")


def explain(error: Exception, where: str, files: Files | None = None) -> OpsError:
    """The error to raise for ``error``, met while reading ``where`` (a key of the source).

    ``files`` are those behind it: the engine does not always say which one is broken.

    Knows the ways in which a CSV or Parquet file breaks, and that memory or a disk that is too
    small is no fault of the data; anything else keeps the engine's first sentence, because the
    author of a ``sql`` needs it.
    """
    text = str(error)
    if _NO_MEMORY.search(text):
        return UsageError(
            f"{where} needs more memory than was allowed: {first_sentence(text)}",
            "Allow more: ops prepare --memory 4GB.",
        )
    if _NO_ROOM.search(text):
        return UsageError(
            f"{where} needs more room on disk: {first_sentence(text)}",
            "Make room there, or choose another folder: ops prepare --spill FOLDER.",
        )
    if closed := _CLOSED.search(text):
        return opens_a_file(where, f"the file {closed[1]}")
    file = _find(r"^\s*file = (.+)$", text) or _find(r"[Ff]ile \"([^\"]+)\"", text)
    line = _find(r"CSV Error on Line: (\d+)", text)
    paths = files.paths if files else ()
    setting = files.setting if files else Setting()
    if not file and paths:
        more = f" or one of {len(paths) - 1:,} files beside it" if len(paths) > 1 else ""
        file = f"{paths[0]}{more}"
    place = f"{where}: {file}" if file else where
    if line:
        place += f", line {line}"
    if width := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text):
        written = _find(r"^Original Line: (.*)$", text)
        return wrong_width(place, int(width[2]), int(width[1]), written, setting)
    if "Invalid unicode" in text or "not utf-8" in text or "decoding" in text.lower():
        broken = next((path for path in paths if str(path) == file), None)
        if files is None or (broken is None and len(paths) != 1):
            return DataError(f"{place} is not in the encoding given for it.", "Save it as UTF-8.")
        return wrong_encoding(files, broken or paths[0], int(line) if line else None)
    if "unterminated quote" in text:
        return never_closed(place, setting)
    if "state machine" in text:
        return odd_quotes(place, setting)
    if "Maximum line size" in text or "max_line_size" in text:
        return too_long(place)
    if "schema mismatch in glob" in text:
        column = _find(r'column "([^"]+)"', text)
        return DataError(
            f"{place} has no column {column!r}, which the first file has.",
            "Files of one table need the same columns.",
        )
    if _DAMAGE.search(text):
        return damaged(place)
    if "Conversion Error" in text:
        return DataError(
            f"{place}: {first_sentence(text)}",
            "Use try_cast in the sql, so that the wrong value costs its row only.",
        )
    return DataError(f"{place} cannot be read: {first_sentence(text)}", "Correct the source.")


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1].strip() if found else ""


def first_sentence(text: str) -> str:
    """The first line of an engine's message, without the class of error before it."""
    first = text.strip().splitlines()[0] if text.strip() else "the engine gave no reason"
    short = shortened(first.split("Error: ", 1)[-1], 300).rstrip(".")
    return short if short.endswith("…") else f"{short}."
