"""What a right decoding looks like, in each of the encodings that exports of shops are in.

Known without statistics: its words are of one script, in capitals or not, and their letters are
those of one language; or its signs are the common ones of an East Asian encoding.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

#: What a sign that no language would put there speaks against an encoding, in bits.
_MISS = 20.0

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
#: What lies beyond ASCII.
ODD = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class Candidate:
    """An encoding, the alphabets of its languages, and how rare it is, in bits.

    An East Asian one has none, but says how many signs are common in it.
    """

    name: str
    alphabets: tuple[str, ...] = ()
    rarity: float = 0.0
    common: int = 0

    def judged(self, text: str) -> tuple[float, float]:
        """Share of the signs beyond ASCII that look right, and what speaks against it, in bits."""
        odd = len(ODD.findall(text))
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
        for found in ODD.finditer(text):
            one, after = found[0], text[found.end() : found.end() + 1]
            right += one in _POINTS or (one in _SIGNS and not (after > "\x7f" and after.isalpha()))
            right -= one in _SIGNS and text[found.start() - 1].isalpha() and after.isalpha()
        for word in _WORD.findall(text):
            beyond = ODD.findall(word)
            if beyond and self._is_word(word, {one.lower()[0] for one in beyond}, len(beyond)):
                right += len(beyond)
        return max(0, right)

    def _is_word(self, word: str, beyond: set[str], count: int) -> bool:
        if not (word.islower() or word.isupper() or word[1:].islower()):
            return self.alphabets in (_HEBREW, _ARABIC) and count == len(word)
        if not any(beyond <= set(alphabet) for alphabet in self.alphabets):
            return False
        if self.alphabets == _TURKISH:
            return True
        if self.alphabets in (_WEST, _EAST, _BALTIC):
            return len(word) == 1 or count < len(word) * (0.67 if len(word) > 4 else 1)
        return count == len(word)

    def _signs(self, text: str) -> int:
        """How many signs beyond ASCII are those that a text of the language is made of."""
        return sum(self._is_common(one) for one in ODD.findall(text))

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


#: The encodings that exports of shops are in, the commonest first.
CANDIDATES = (
    Candidate("gb18030", common=3755),
    Candidate("big5", common=5401),
    Candidate("cp932", common=3135),
    Candidate("euc-jp", common=3135, rarity=3),
    Candidate("cp949", common=2350),
    Candidate("latin-1", _WEST),
    Candidate("cp1252", _WEST),
    Candidate("cp1250", _EAST, 1),
    Candidate("cp1251", _CYRILLIC),
    Candidate("cp1253", _GREEK, 1),
    Candidate("cp1254", _TURKISH, 1),
    Candidate("cp1255", _HEBREW, 2),
    Candidate("cp1256", _ARABIC, 2),
    Candidate("cp1257", _BALTIC, 3),
    Candidate("koi8-r", _CYRILLIC, 10),
    Candidate("cp866", _CYRILLIC, 10),
    Candidate("cp850", _WEST, 10),
    Candidate("cp852", _EAST, 10),
    Candidate("mac-roman", _WEST, 10),
)
