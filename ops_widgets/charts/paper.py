"""What stands at the head of printed sheets but the first: the page's title, its filters, the day.

The browser sets it into the margin, so that it is there on each sheet and takes no room of the
page; the style sheet adds the number of the sheet (``styles/print.css``).
"""

from __future__ import annotations

from collections.abc import Mapping

from ops_widgets.errors import shortened

#: Letters that fit into the two lines of the margin.
LONGEST_TITLE, LONGEST_FILTERS = 80, 170
#: Values of a filter that leave everything in.
OPEN = ("all", "latest", "no", "none", "")


def paper_css(title: str, as_of: str, filters: Mapping[str, str] | None = None) -> str:
    """The rules that write them; ``filters`` are what :func:`..views.settings.in_words` says.

    A filter that leaves everything in is not said. Texts may be anything: they become no code.
    """
    said = [
        f"{label}: {value}" for label, value in (filters or {}).items() if value.lower() not in OPEN
    ]
    head = shortened(title, LONGEST_TITLE)
    if said:
        head += f"\n{shortened(' · '.join(said), LONGEST_FILTERS)}"
    left, right = _text(head), _text(as_of)
    heads = f"@page {{ @top-left {{ content: {left} }} @top-right {{ content: {right} }} }}"
    return (
        f"{heads} @page :first {{ @top-left {{ content: none }} @top-right {{ content: none }} }}"
    )


def _text(text: str) -> str:
    """A string of CSS in which every letter but the plainest is written as its number."""
    plain = (c if c.isascii() and (c.isalnum() or c in " .,:") else f"\\{ord(c):x} " for c in text)
    return f'"{"".join(plain)}"'
