"""Which encoding a file is in: what decodes without loss and looks like language, or none.

Every byte is some letter to a single-byte encoding, so decoding alone proves nothing. What a right
decoding looks like is known without statistics: its words are of one script, in capitals or not,
and their letters are the common ones of that encoding. Guessers made for pages of the web need
more text than the few names of an export hold.
"""

from __future__ import annotations

import codecs
import gzip
import math
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from ops_widgets.errors import shortened
from ops_widgets.sources.options import Setting
from ops_widgets.sources.records import kind_of, members

#: How much of a file is looked at, in bytes: of what is not ASCII, and of all.
_SAMPLE, _LOOKED_AT = 1 << 20, 1 << 26
#: An encoding whose text looks right to this share is plausible; below the other it is wrong.
_RIGHT, _WRONG = 0.85, 0.5
#: What a sign that no language would put there speaks against an encoding, in bits; and up to how
#: many more than the best one's an encoding is plausible as well.
_MISS, _CLOSE = 20.0, 5.0

#: Letters beyond ASCII of one language each (or of some that mix): a word has those of one.
_WEST = (
    *("àâæçéèêëîïôùûüÿœ", "äöüß", "áéíñóúüïçàèòªº", "áâãàçéêíóôõúü"),
    *("àèéìíîòóùú", "åäöæøéü", "áðéíóúýþæö", "äöüõšž"),
)
_EAST = ("ąćęłńóśźż", "áäčďéěíĺľňóôŕřšťúůýž", "áéíóöőúüű", "ăâîşţșț", "čćđšž", "äöüß")
_TURKISH = ("çğıi̇öşüâîû",)
_BALTIC = ("āčēģīķļņšūž", "ąčęėįšųūž", "äöõüšž")
_GREEK = ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",)
_CYRILLIC = (
    "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "абвгдђежзијклљмнњопрстћуфхцчџш",
)
_HEBREW = ("אבגדהוזחטיךכלםמןנסעףפץצקרשת",)
_ARABIC = ("ابتثجحخدذرزسشصضطظعغفقكلمنهويىئءآأإؤةپچژگک",)
#: Signs that stand anywhere, and those that no letter beyond ASCII follows.
_POINTS, _SIGNS = "–—‘’‚“”„…«»·¿¡•\u00a0", "€£¥°®™×½¼¾²³§№µ†‰"

_WORD = re.compile(r"[^\W\d_]+")
_ODD = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class _Candidate:
    """An encoding, the alphabets of its languages, and how rare it is, in bits.

    An East Asian one has none, but says how many signs are common in it.
    """

    name: str
    alphabets: tuple[str, ...] = ()
    rarity: float = 0.0
    common: int = 0

    def judged(self, text: str) -> tuple[float, float]:
        """Share of the signs beyond ASCII that look right, and what speaks against it, in bits."""
        odd = len(_ODD.findall(text))
        if not odd:
            return 0.0, 0.0
        right = self._signs(text) if self.common else self._letters(text)
        size = self.common or 2 * sum(map(len, self.alphabets)) / len(self.alphabets)
        points = sum(text.count(one) for one in {*_POINTS, *_SIGNS})
        bits = right * math.log2(size) - min(points, right) * (math.log2(size) - 8)
        if self.name == "euc-jp" and not re.search("[\u3041-\u3096]", text):
            # Nobody writes Japanese without, and Chinese would pass for it.
            return 0.0, math.inf
        return right / odd, bits + (odd - right) * _MISS + self.rarity

    def _letters(self, text: str) -> int:
        """How many signs beyond ASCII are of words, or stand where such signs do."""
        right = 0
        for found in _ODD.finditer(text):
            one, after = found[0], text[found.end() : found.end() + 1]
            right += one in _POINTS or (one in _SIGNS and not (after > "\x7f" and after.isalpha()))
            right -= one in _SIGNS and text[found.start() - 1].isalpha() and after.isalpha()
        for word in _WORD.findall(text):
            beyond = _ODD.findall(word)
            if beyond and self._is_word(word, {one.lower()[0] for one in beyond}, len(beyond)):
                right += len(beyond)
        return max(0, right)

    def _is_word(self, word: str, beyond: set[str], count: int) -> bool:
        if not (word.islower() or word.isupper() or word[1:].islower()):
            return self.alphabets in (_HEBREW, _ARABIC) and count == len(word)
        if not any(beyond <= set(alphabet) for alphabet in self.alphabets):
            return False
        if self.alphabets in (_WEST, _EAST, _TURKISH, _BALTIC):
            return len(word) == 1 or count < len(word) * (0.67 if len(word) > 4 else 1)
        return count == len(word)

    def _signs(self, text: str) -> int:
        """How many signs beyond ASCII are those that a text of the language is made of."""
        return sum(self._is_common(one) for one in _ODD.findall(text))

    def _is_common(self, one: str) -> bool:
        if "\u3000" <= one <= "\u303f" or "\uff01" <= one <= "\uff5e" or one in _POINTS + _SIGNS:
            return True
        if self.name in ("cp932", "euc-jp"):
            return "\u3040" <= one <= "\u30ff" or _lead(one, "shift_jis", 0x88, 0x98)
        if self.name == "cp949":
            return "\uac00" <= one <= "\ud7a3" and _lead(one, "euc-kr", 0xB0, 0xC8)
        if self.name == "big5":
            return _lead(one, "big5", 0xA4, 0xC6)
        return _lead(one, "gb2312", 0xB0, 0xD7)


def _lead(one: str, encoding: str, first: int, last: int) -> bool:
    """Whether the first byte of a sign lies there: where encodings keep their common signs."""
    try:
        return first <= one.encode(encoding)[0] <= last
    except UnicodeError:
        return False


_CANDIDATES = (
    _Candidate("gb18030", common=3755),
    _Candidate("big5", common=5401),
    _Candidate("cp932", common=3135),
    _Candidate("euc-jp", common=3135, rarity=3),
    _Candidate("cp949", common=2350),
    _Candidate("latin-1", _WEST),
    _Candidate("cp1252", _WEST),
    _Candidate("cp1250", _EAST, 1),
    _Candidate("cp1251", _CYRILLIC),
    _Candidate("cp1253", _GREEK, 1),
    _Candidate("cp1254", _TURKISH, 1),
    _Candidate("cp1255", _HEBREW, 2),
    _Candidate("cp1256", _ARABIC, 2),
    _Candidate("cp1257", _BALTIC, 3),
    _Candidate("koi8-r", _CYRILLIC, 10),
    _Candidate("cp866", _CYRILLIC, 10),
    _Candidate("cp850", _WEST, 10),
    _Candidate("cp852", _EAST, 10),
    _Candidate("mac-roman", _WEST, 10),
)


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
    for candidate in _CANDIDATES:
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
    if text is None or not _ODD.search(text):
        return []
    name = codecs.lookup(encoding).name
    own = [one for one in _CANDIDATES if codecs.lookup(one.name).name == name]
    own = own or [replace(one, name=encoding) for one in _CANDIDATES]
    looks_right = max(one.judged(text)[0] for one in own) >= _WRONG
    if looks_right and not re.search("[\x80-\x9f]", text):
        return []
    return [one for one in plausible(path) if one.example != _example(text)]


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
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rb")
    if kind_of(path.name) != "zip":
        return path.open("rb")
    with zipfile.ZipFile(path) as archive:
        return archive.open(members(archive)[0])


def _example(text: str) -> str:
    """Some of ``text`` around its first sign beyond ASCII."""
    found = _ODD.search(text.removeprefix("\ufeff"))
    if not found:
        return shortened(text.strip().splitlines()[0] if text.strip() else "", 40)
    text = text.removeprefix("\ufeff")
    start = max(text.rfind(sign, 0, found.start()) for sign in '\n\r,;\t"|') + 1
    return shortened(re.split(r"[\n\r,;\t\"|]", text[start : start + 200])[0].strip(), 40)
