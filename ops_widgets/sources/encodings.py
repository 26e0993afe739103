"""Which encoding a file is in: what decodes without loss and looks like language, or none.

Every byte is some letter to a single-byte encoding, so decoding alone proves nothing; and guessers
made for pages of the web need more text than the few names of an export hold.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from ops_widgets.errors import shortened
from ops_widgets.sources.alphabets import CANDIDATES, ODD
from ops_widgets.sources.options import Setting
from ops_widgets.sources.records import kind_of, members, opened

#: How much of a file is looked at, in bytes: of what is not ASCII, and of all.
_SAMPLE, _LOOKED_AT = 1 << 20, 1 << 26
#: An encoding whose text looks right to this share is plausible; below the other it is wrong.
_RIGHT, _WRONG = 0.85, 0.5
#: Up to how many bits more than against the best one may speak against a plausible encoding.
_CLOSE = 5.0


@dataclass(frozen=True)
class Plausible:
    """An encoding that decodes a file, and what some of it then reads."""

    encoding: str
    example: str


def plausible(path: Path) -> list[Plausible]:
    """The encodings that ``path`` may be in, the likeliest first; none where none fits."""
    sample = _sample(path)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return [Plausible("utf-16", _example(sample.decode("utf-16", "replace")))]
    if wide := _wide(sample):
        return [Plausible(wide, _example(sample.decode(wide, "replace")))]
    if (text := _decoded(sample, "utf-8")) is not None:
        return [Plausible("utf-8", _example(text))]
    found: list[tuple[float, Plausible]] = []
    for candidate in CANDIDATES:
        text = _decoded(sample, candidate.name)
        if text is None or re.search("[\x80-\x9f]", text):
            continue
        right, bits = candidate.judged(text)
        one = Plausible(candidate.name, _example(text))
        if right >= _RIGHT and all(one.example != other.example for _, other in found):
            found.append((bits, one))
    least = min((bits for bits, _ in found), default=0.0)
    found = [one for one in found if one[0] <= least + _CLOSE]
    return [one for _, one in sorted(found, key=lambda one: one[0])]


def better(path: Path, encoding: str) -> list[Plausible]:
    """The encodings that fit ``path`` where ``encoding``, which decodes it, reads mojibake."""
    sample = _sample(path)
    text = _decoded(sample, encoding)
    if text is None or not ODD.search(text):
        return []
    name = codecs.lookup(encoding).name
    own = [one for one in CANDIDATES if codecs.lookup(one.name).name == name]
    own = own or [replace(one, name=encoding) for one in CANDIDATES]
    right, against = max((one.judged(text) for one in own), key=lambda one: one[0])
    found = [one for one in plausible(path) if one.example != _example(text)]
    if right < _WRONG or re.search("[\x80-\x9f]", text):
        return found
    # Hardly anything else is UTF-8 by chance; if it says less unlikely words, that is what it is.
    utf8 = _decoded(sample, "utf-8") or ""
    says = [bits for share, bits in (one.judged(utf8) for one in CANDIDATES) if share >= _RIGHT]
    return found if min(says, default=against) < against else []


def advice(found: Iterable[Plausible], setting: Setting) -> str:
    """What to write, and where, for one of the plausible encodings."""
    found = list(found)
    if not found:
        return "No encoding reads it as a language: save the file as UTF-8 where it comes from."
    said = [f'encoding = "{one.encoding}"' for one in found]
    read = [f"it then reads {one.example!r}" for one in found]
    if len(said) == 1:
        return f"{setting.of(said[0])} ({read[0]})"
    choice = " or ".join(f"{one} ({what})" for one, what in zip(said, read, strict=True))
    return f"{setting.of(choice)}: the one that reads right"


def _decoded(sample: bytes, encoding: str) -> str | None:
    """``sample`` as text; a letter that its end cuts off is forgiven."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(sample)
    except (UnicodeError, LookupError):
        return None


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark at its start: every second byte of ASCII is 0."""
    start = sample[:2000]
    zeros = [start[place::2].count(0) for place in (0, 1)]
    if len(start) < 4 or max(zeros) < len(start) // 4:
        return ""
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _sample(path: Path) -> bytes:
    """The lines that are not ASCII, up to a megabyte; the start of a UTF-16 file as it is."""
    with _opened(path) as stream:
        start = stream.read(4)
        if b"\x00" in start or start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return start + stream.read(_SAMPLE)
        found, seen = bytearray(), 0
        for line in _lines(stream, start):
            seen += len(line)
            if not line.isascii():
                found += line
            if len(found) > _SAMPLE or seen > _LOOKED_AT:
                break
        return bytes(found)


def _lines(stream: IO[bytes], start: bytes) -> Iterable[bytes]:
    yield start + stream.readline(_SAMPLE)
    while line := stream.readline(_SAMPLE):
        yield line


def _opened(path: Path) -> Any:
    if kind_of(path.name) != "zip":
        return opened(path)
    with zipfile.ZipFile(path) as archive:
        return archive.open(members(archive)[0])


def _example(text: str) -> str:
    """Some of ``text`` around its first sign beyond ASCII."""
    found = ODD.search(text.removeprefix("\ufeff"))
    if not found:
        return shortened(text.strip().splitlines()[0] if text.strip() else "", 40)
    text = text.removeprefix("\ufeff")
    start = max(text.rfind(sign, 0, found.start()) for sign in '\n\r,;\t"|') + 1
    return shortened(re.split(r"[\n\r,;\t\"|]", text[start : start + 200])[0].strip(), 40)
