"""What an engine says about broken input, in our words; its own text stays the cause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ops_widgets.errors import DataError, OpsError, UsageError, shortened
from ops_widgets.sources.selects import opens_a_file

_DAMAGE = re.compile(
    r"snappy|zstd|gzip|thrift|tprotocol|decompress|magic bytes|footer|corrupt|don't know what type",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"Cannot access (?:file|directory) \"([^\"]+)\" - file system operations")
_NO_MEMORY = re.compile(r"Out of Memory Error")
_NO_ROOM = re.compile(r"Could not write|Failed to write|No space left|File too large")


def explain(error: Exception, where: str, paths: Sequence[Path] = ()) -> OpsError:
    """The error to raise for ``error``, met while reading ``where`` (a key of the source).

    ``paths`` are the files behind it: the engine does not always say which one is broken.

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
    if not file and paths:
        more = f" or one of {len(paths) - 1:,} files beside it" if len(paths) > 1 else ""
        file = f"{paths[0]}{more}"
    place = f"{where}: {file}" if file else where
    if line:
        place += f", line {line}"
    if width := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text):
        expected, found = int(width[1]), int(width[2])
        if found < expected:
            remedy = "The file was cut off there, or a line break lacks quotes: write it again."
        else:
            remedy = "A value that holds the delimiter needs double quotes around it."
        return DataError(f"{place} has {found} of {expected} columns.", remedy)
    if "Invalid unicode" in text or "not utf-8" in text or "decoding" in text.lower():
        return DataError(
            f"{place} is not in the encoding given for it.",
            'Set encoding = "latin-1" for this table in the TOML, or save the file as UTF-8.',
        )
    if "unterminated quote" in text:
        return DataError(
            f"{place} opens a double quote that is never closed.",
            "The file was cut off there, or the quote belongs to the value: write it as two.",
        )
    if "state machine" in text:
        return DataError(
            f"{place} mixes line ends or quotes in a way that has no one meaning.",
            "Write the file again with one kind of line end and RFC 4180 quotes.",
        )
    if "Maximum line size" in text or "max_line_size" in text:
        return DataError(
            f"{place} has a line of over 16 million bytes.",
            "A double quote is probably never closed before it.",
        )
    if "schema mismatch in glob" in text:
        column = _find(r'column "([^"]+)"', text)
        return DataError(
            f"{place} has no column {column!r}, which the first file has.",
            "Files of one table need the same columns.",
        )
    if _DAMAGE.search(text):
        return DataError(f"{place} is damaged inside.", "Write or copy the file again.")
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
