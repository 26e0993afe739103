"""Ids as programs and spreadsheets leave them: what stands for none, and what is no longer one.

Regular expressions only, in the part of their language that every engine shares.
"""

from __future__ import annotations

import ibis.expr.types as ir

_BLANKS = r"[ \t\r\n]*"
#: What programs write where there is nothing.
_WORDS = (
    "null|nan|none|nil|nat|na|n/a|n[.]a[.]?|undefined|unknown|guest|anonymous|[\\\\]n"
    "|[(<](null|none|nil|nan|na|n/a|blank|empty|unset|undefined|unknown|not set)[)>]"
    "|#(n/a|null!|ref!|value!|name[?]|num!)|[-_.?*#/]+|[–—]"
)
_NONE = f"(?i)^{_BLANKS}({_WORDS})?{_BLANKS}$"
#: A number with an exponent, as a spreadsheet shows long ones: with a point or a plus sign, since
#: 3E10 may be an id.
_RUINED = f"^{_BLANKS}[+-]?[0-9]+([.,][0-9]*[eE][+]?|[eE][+])[0-9]{{1,3}}{_BLANKS}$"
_AS_NUMBER = "^[+-]?[0-9]+[.]0+$"
#: A spreadsheet keeps 15 digits; of ids with three more, one in a thousand ends so by chance.
_ROUNDED = "^[1-9][0-9]{14}000+$"

# Above these a float no longer holds every whole number.
_EXACT = {"float16": 2.0**11, "float32": 2.0**24, "float64": 2.0**53}


def is_none(text: ir.StringValue) -> ir.BooleanValue:
    """Blank, or a word or a sign that stands for no id (``NULL``, ``nan``, ``#N/A``, ``-``)."""
    # Most ids end in a digit, which is quicker to see than that they are none of many words.
    return text.right(1).between("0", "9").ifelse(False, text.re_search(_NONE))


def is_ruined(raw: ir.Value) -> ir.BooleanValue | None:
    """What many ids have become: ``3.3E+18``, or a float too large for whole numbers.

    None where no value of the raw type can be that.
    """
    found = raw.type()
    if found.is_string():
        return (raw.contains("E") | raw.contains("e")).ifelse(raw.re_search(_RUINED), False)
    if found.is_floating():
        return (raw.abs() >= _EXACT[str(found.copy(nullable=True))]) & ~raw.isnan()
    return None


def is_as_number(text: ir.StringValue) -> ir.BooleanValue:
    """``17850.0``: a whole number that went through a column of fractions."""
    return text.endswith("0").ifelse(text.re_search(_AS_NUMBER), False)


def is_rounded(text: ir.StringValue) -> ir.BooleanValue:
    """18 digits or more with zeros for all behind the 15th, as a spreadsheet writes them."""
    return text.endswith("000").ifelse(text.re_search(_ROUNDED), False)
