"""Written forms of days and moments, declared with the letters of strptime.

A form becomes a regular expression, not a call of an engine's own strptime: engines differ in what
they accept, and one odd value can stop a whole column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

#: Months by their names in capitals.
MONTHS = (
    *("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE"),
    *("JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"),
)
_WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")

#: Letter -> what it looks like in capitals; those of numbers also where no sign parts them.
_LETTERS = {
    "Y": "[0-9]{4}",
    "y": "[0-9]{2}",
    "m": "1[0-2]|0?[1-9]",
    "d": "3[01]|[12][0-9]|0?[1-9]",
    "H": "2[0-3]|[01]?[0-9]",
    "I": "1[0-2]|0?[1-9]",
    "M": "[0-5]?[0-9]",
    "S": "[0-5]?[0-9]",
    "f": "[0-9]{1,6}",
    "p": "AM|PM",
    "b": "|".join(name[:3] for name in MONTHS),
    "B": "|".join(MONTHS),
    "a": "|".join(name[:3] for name in _WEEKDAYS),
    "A": "|".join(_WEEKDAYS),
    "z": "Z|[+-][0-9]{2}:?[0-9]{2}",
}
_CLOSE = {
    "m": "1[0-2]|0[1-9]",
    "d": "3[01]|[12][0-9]|0[1-9]",
    "H": "2[0-3]|[01][0-9]",
    "I": "1[0-2]|0[1-9]",
    "M": "[0-5][0-9]",
    "S": "[0-5][0-9]",
}
#: What one of them stands for: of each group a form names one at most.
_PARTS = ("Yy", "mbB", "d", "HI", "M", "S", "f", "p", "z", "aA")
_UTC = re.compile(r"(Z| ?(UTC|GMT))$")


@dataclass(frozen=True)
class DateFormat:
    """One form, such as ``%d.%m.%Y %H:%M``; ``ValueError`` where it cannot be read."""

    text: str

    def __post_init__(self) -> None:
        letters = self._letters
        if odd := re.search(r"[\[\]^\\]", self.text):
            raise ValueError(f"date_format {self.text!r}: {odd[0]} is no sign of a date")
        for letter in letters:
            if letter == "Z":
                raise ValueError(
                    f"date_format {self.text!r}: %Z (a zone by name) is read by nobody for sure; "
                    "leave it out, or use %z for an offset"
                )
            if letter not in _LETTERS:
                raise ValueError(
                    f"date_format {self.text!r}: %{letter} is none of "
                    f"{' '.join('%' + one for one in _LETTERS)}"
                )
        for part in _PARTS:
            if sum(letter in part for letter in letters) > 1:
                said = " or ".join("%" + one for one in part)
                raise ValueError(f"date_format {self.text!r} has {said} more than once")
        for part in _PARTS[:3]:
            if not any(letter in part for letter in letters):
                said = " or ".join("%" + one for one in part)
                raise ValueError(f"date_format {self.text!r} lacks {said}")
        if ("I" in letters) != ("p" in letters):
            raise ValueError(f"date_format {self.text!r}: %I and %p belong together")

    @cached_property
    def _tokens(self) -> list[str]:
        """Letters after their percent sign, and what stands between them."""
        return re.findall(r"%.?|[^%]+", self.text)

    @property
    def _letters(self) -> list[str]:
        return [one[1:] for one in self._tokens if one[0] == "%" and one != "%%"]

    @property
    def has_clock(self) -> bool:
        """Whether it says a time of day."""
        return any(letter in "HI" for letter in self._letters)

    @property
    def has_offset(self) -> bool:
        """Whether the moment is one everywhere on earth: an offset, or UTC by its letter."""
        return "z" in self._letters or (
            self.has_clock and _UTC.search(self._tokens[-1].upper()) is not None
        )

    @cached_property
    def pattern(self) -> str:
        """A text of this form, in capitals; every letter is a group."""
        return self._pattern(_LETTERS, _CLOSE)

    @cached_property
    def shape(self) -> str:
        """The same, whatever its numbers: by its shape a text is of this form, or of another."""
        loose = dict.fromkeys(_CLOSE, "[0-9]{1,2}"), dict.fromkeys(_CLOSE, "[0-9]{2}")
        return self._pattern(_LETTERS | loose[0], loose[1])

    def _pattern(self, looks: dict[str, str], looks_close: dict[str, str]) -> str:
        tokens, found = self._tokens, "^"
        for place, token in enumerate(tokens):
            if token[0] != "%" or token == "%%":
                parts = re.split(r"(\s+)", token.upper().replace("%%", "%"))
                found += "".join(" +" if one.isspace() else _escaped(one) for one in parts)
                continue
            beside = tokens[max(0, place - 1) : place] + tokens[place + 1 : place + 2]
            is_close = any(one[0] == "%" and one != "%%" for one in beside)
            close = looks_close.get(token[1:]) if is_close else None
            found += f"({close or looks[token[1:]]})"
        return found + "$"

    def looks_like(self, other: DateFormat) -> bool:
        """Whether both fit the same texts, or some of them."""
        return any(one.fits(text) for one, text in ((self, other.example), (other, self.example)))

    @property
    def example(self) -> str:
        """A text of this form that others fit too, where they can."""
        values = dict.fromkeys(_LETTERS, "11") | {
            "Y": "2011", "f": "110000", "p": "AM", "b": "NOV", "B": "NOVEMBER",
            "a": "FRI", "A": "FRIDAY", "z": "+0000",
        }  # fmt: skip
        return "".join(
            values[one[1:]] if one[0] == "%" and one != "%%" else one.upper().replace("%%", "%")
            for one in self._tokens
        )

    def fits(self, text: str) -> bool:
        """Whether ``text`` has this shape; its day may still be none of the calendar."""
        return re.match(self.shape, text.strip().upper()) is not None

    def place(self, letters: str) -> int | None:
        """Which group of the pattern is the one of ``letters`` that the form has, from 1."""
        return next((n for n, one in enumerate(self._letters, 1) if one in letters), None)


def _escaped(text: str) -> str:
    """``text`` for a regular expression: in brackets, since engines read backslashes apart."""
    return "".join(one if one.isalnum() else f"[{one}]" for one in text)
