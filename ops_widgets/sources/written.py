"""How numbers and moments are written in a source: which texts are one, in Ibis alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from ops_widgets.sources.date_formats import DateFormat

#: So many digits that no number becomes infinite.
_DIGITS = "[0-9]{1,40}"
_EXPONENT = "([eE][+-]?[0-9]{1,2})?"
#: Blanks that separate thousands in the world: also those that do not break a line.
_BLANKS = "[ \u00a0\u202f]"


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
            sign = self._separator
            grouped = f"[0-9]{{1,3}}({sign}[0-9]{{3}}){{1,12}}"
            indian = f"[0-9]{{1,2}}({sign}[0-9]{{2}}){{1,12}}{sign}[0-9]{{3}}"
            whole = f"({grouped}|{indian}|{_DIGITS})"
        return f"^[+-]?({whole}({point}[0-9]*)?|{point}[0-9]+){_EXPONENT}$"

    @property
    def _separator(self) -> str:
        return _BLANKS if self.thousands == " " else f"[{self.thousands}]"

    def plain_number(self, text: ir.StringValue) -> ir.StringValue:
        """A text of that pattern, as programs write it: digits and a decimal point."""
        if self.thousands:
            for sign in (" ", "\u00a0", "\u202f") if self.thousands == " " else (self.thousands,):
                text = text.replace(sign, "")
        return text if self.decimal == "." else text.replace(self.decimal, ".")

    def moments(self, text: ir.StringValue, iso: ir.StringValue) -> ir.StringValue:
        """Every text as a moment that all engines read: ``iso`` where no declared form fits."""
        return self._by_form(text, iso, lambda one, capitals: one.written_out(capitals))

    def days(self, text: ir.StringValue, iso: ir.StringValue) -> ir.StringValue:
        """The same for the day alone."""
        return self._by_form(text, iso, lambda one, capitals: one.day(capitals))

    def says_where(self, text: ir.StringValue, iso: ir.BooleanValue) -> ir.BooleanValue:
        """Whether a moment has an offset; ``iso`` where no declared form fits."""
        return self._by_form(text, iso, lambda one, capitals: ibis.literal(one.has_offset))

    def _by_form(
        self, text: ir.StringValue, iso: Any, said: Callable[[DateFormat, ir.StringValue], Any]
    ) -> Any:
        """What the first form says that looks like the text: no other is tried after it."""
        if not self.date_formats:
            return iso
        capitals = text.upper()
        cases = [(capitals.re_search(one.shape), said(one, capitals)) for one in self.date_formats]
        return ibis.cases(*cases, else_=iso)


#: A decimal point, ISO 8601 and UTC.
PLAINLY = Written()
