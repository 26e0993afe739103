"""Ids as programs and spreadsheets leave them: what stands for none, and what is no longer one.

Regular expressions only, in the part of their language that every engine shares.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

_BLANKS = r"[ \t\r\n]*"
#: What programs write where there is nothing.
_WORDS = (
    "null|nan|none|nil|nat|na|n/a|n[.]a[.]?|undefined|unknown|[\\\\]n"
    "|[(<](null|none|nil|nan|na|n/a|blank|empty|unset|undefined|unknown|not set)[)>]"
    "|#(n/a|null!|ref!|value!|name[?]|num!)|[-_.?*#/]+|[–—]"
)
_NONE = f"(?i)^{_BLANKS}({_WORDS})?{_BLANKS}$"
#: A number with an exponent, as a spreadsheet shows long ones: with a point or a plus sign, since
#: 3E10 may be an id.
_SHORTENED = "[+-]?[0-9]+([.,][0-9]*[eE][+]?|[eE][+])[0-9]{1,3}"
_RUINED = f"^{_BLANKS}{_SHORTENED}{_BLANKS}$"
_WHOLE = "[+-]?[0-9]+[.]0+"
_AS_NUMBER = f"^{_WHOLE}$"
#: A spreadsheet keeps 15 digits; of ids with three more, one in a thousand ends so by chance.
_CUT = "[1-9][0-9]{14}000+"
_ROUNDED = f"^{_CUT}$"

NONE, RUINED, AS_NUMBER, ROUNDED = "none", "ruined", "as_number", "rounded"
_FORMS = {NONE: _NONE, RUINED: _RUINED, AS_NUMBER: _AS_NUMBER, ROUNDED: _ROUNDED}
#: Any of them. Anchored once: else every letter would be looked at as a beginning.
_ODD = f"(?i)^{_BLANKS}({_WORDS}|{_SHORTENED}|{_WHOLE}|{_CUT})?{_BLANKS}$"

# Above these a float no longer holds every whole number.
_EXACT = {"float16": 2.0**11, "float32": 2.0**24, "float64": 2.0**53}


def oddity(text: ir.StringValue) -> ir.StringValue:
    """What is odd about an id: one of the four below; null where nothing is.

    :data:`NONE` is blank, or a word or a sign that stands for no id (``NULL``, ``#N/A``, ``-``);
    :data:`RUINED` is ``3.3E+18``, what many ids have become; :data:`AS_NUMBER` is ``17850.0``, a
    whole number that went through a column of fractions; :data:`ROUNDED` has 18 digits or more
    with zeros for all behind the 15th, as a spreadsheet writes them.
    """
    found = ibis.cases(*((text.re_search(form), name) for name, form in _FORMS.items()))
    # Nearly every id is like none of them, which one look tells.
    return text.re_search(_ODD).ifelse(found, ibis.null("string"))


def is_cut(number: ir.FloatingValue) -> ir.BooleanValue:
    """Whether a float is too large for whole numbers: many ids may have become it."""
    kind = str(number.type().copy(nullable=True))
    return (number.abs() >= _EXACT[kind]) & ~number.isnan()
