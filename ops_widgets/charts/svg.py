"""Vega's SVG as a page takes it: one picture with one name, whose marks answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from itertools import count

from ops_widgets.charts.overlaps import PADDING
from ops_widgets.charts.theme import FONT
from ops_widgets.charts.tips import UNIT

#: The query of the view in which the value of a mark is picked; None: it leads nowhere.
Link = Callable[[str], str | None]

_ATTRIBUTES = r'(?: [\w:-]+="[^"]*")*'
#: A mark with what is inside it, or the start of any other element. Text between elements is
#: never looked at: a name may read like an attribute.
_PART = re.compile(
    rf"<(path|line|text)({_ATTRIBUTES})(?:/>|>(.*?)</\1>)|<(?!path|line|text)(\w+)({_ATTRIBUTES})",
    re.DOTALL,
)
#: What is meant for ears, and what a browser does without: defaults, and the font of the whole.
_SPOKEN = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_DEFAULT = re.compile(r' (?:opacity|stroke-width)="1"| font-family="[^"]*"')
#: What is finer than a hundredth of a pixel.
_FINER = re.compile(r"(?<=\.\d\d)\d+")
_NOTHING = re.compile(r' (?:d="M0,0h0v0h0Z"|d="")')
#: The ground of a group of marks, which is drawn where it has a colour of its own.
_GROUND, _COLOUR = (
    re.compile(r' class="(?:background|foreground)"'),
    re.compile(r" (?:fill|stroke)="),
)
#: One path for many rows has no tip: the points on it have.
_WHOLE = re.compile(r' aria-roledescription="(?:line|area|trail) mark"')
_numbers = count(1)


def as_picture(svg: str, width: int, label: str, link: Link | None = None) -> str:
    """``svg`` under the name ``label``, drawn for ``width`` pixels; its ids are unique here.

    A mark's tip becomes the ``<title>`` that browsers show. Where ``link`` has a query for its
    value, it stands in an ``<a data-query>`` without an address, which pages with a server give
    it; of several marks of one value a keyboard meets the first.
    """
    prefix, met = f"ops{next(_numbers)}-", set()

    def part(found: re.Match[str]) -> str:
        leaf, attributes, inside, tag, others = found.groups()
        if not leaf:
            return f"<{tag}{_plain(others, prefix)}"
        if _NOTHING.search(attributes) or (leaf == "text" and ' opacity="0"' in attributes):
            return ""
        if _GROUND.search(attributes) and not _COLOUR.search(attributes):
            return ""
        said = re.search(r' aria-label="([^"]*)"', attributes)
        tip, unit, value = unescape(said[1]).rpartition(UNIT) if said else ("", "", "")
        plain = _plain(attributes, prefix)
        if not unit or _WHOLE.search(attributes):
            return f"<{leaf}{plain}>{inside}</{leaf}>" if inside else f"<{leaf}{plain}/>"
        title = f"<title>{escape(tip, quote=False)}</title>" if tip else ""
        mark = f"<{leaf}{plain}>{title}{inside or ''}</{leaf}>"
        query = link(value) if link and value else None
        if query is None:
            return mark
        again = ' tabindex="-1" aria-hidden="true"' if value in met else ""
        met.add(value)
        return f'<a data-query="{escape(query)}" aria-label="{escape(value)}"{again}>{mark}</a>'

    whole = f'role="img" aria-label="{escape(label)}" font-family="{FONT}" data-width="{width}"'
    return _legend_at_the_edge(_PART.sub(part, svg)).replace("<svg ", f"<svg {whole} ", 1)


def _legend_at_the_edge(svg: str) -> str:
    """A legend above the plot has the whole width: it begins where the axis' names begin."""
    root = re.search(r'<g fill="none"[^>]* transform="translate\((\d+)', svg)
    left = PADDING - int(root[1]) if root else 0
    return re.sub(r'(role-legend"><g transform="translate\()0(?=,-)', rf"\g<1>{left}", svg)


def _plain(attributes: str, prefix: str) -> str:
    plain = _FINER.sub("", _DEFAULT.sub("", _SPOKEN.sub("", attributes)))
    plain = re.sub(r' id="', f' id="{prefix}', plain)
    return re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}", plain)
