"""How numbers and moments are written in a source, and which texts are one."""

from __future__ import annotations

from dataclasses import dataclass

from ops_widgets.sources.date_formats import DateFormat

#: So many digits that no number becomes infinite.
_DIGITS = "[0-9]{1,40}"
_EXPONENT = "([eE][+-]?[0-9]{1,2})?"
#: Blanks that separate thousands in the world: also those that do not break a line.
_BLANKS = (" ", "\u00a0", "\u202f")
#: A day, a time of day and an offset as ISO 8601 has them, and in the forms next to it.
DAY = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
CLOCK = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?"
#: Names of zones are left out: CST is three of them.
SHIFT = "[+-][0-9]{2}(:?[0-9]{2})?"
OFFSET = f" *(Z|UTC|GMT|{SHIFT}( UTC)?)"
#: A moment whose form need not be declared.
MOMENT = f"^{DAY}([ T]{CLOCK}({OFFSET})?)?$"


@dataclass(frozen=True)
class Written:
    """The signs of numbers, the forms of moments, and where these are local (empty: UTC)."""

    decimal: str = "."
    thousands: str = ""
    date_formats: tuple[DateFormat, ...] = ()
    timezone: str = ""

    @property
    def number_pattern(self) -> str:
        """What a number looks like, as a regular expression that every engine reads."""
        point = f"[{self.decimal}]"
        whole = _DIGITS
        if self.thousands:
            # Groups of three (1,234,567), or as in India (12,34,567): the last one has three.
            sign = f"[{''.join(self.separators)}]"
            grouped = f"[0-9]{{1,3}}({sign}[0-9]{{3}}){{1,12}}"
            indian = f"[0-9]{{1,2}}({sign}[0-9]{{2}}){{1,12}}{sign}[0-9]{{3}}"
            whole = f"({grouped}|{indian}|{_DIGITS})"
        return f"^[+-]?({whole}({point}[0-9]*)?|{point}[0-9]+){_EXPONENT}$"

    @property
    def separators(self) -> tuple[str, ...]:
        """The signs that a number loses to be read."""
        if self.thousands == " ":
            return _BLANKS
        return (self.thousands,) if self.thousands else ()


#: A decimal point, ISO 8601 and UTC.
PLAINLY = Written()
