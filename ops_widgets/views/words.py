"""Values as people say them: the one place that turns ``marketing_copy`` into "Marketing copy".

Parameters, links and the data keep their values; what is shown beside them is made here.
"""

from __future__ import annotations

import re

#: A value that was written for machines: no capitals, no signs but its joints.
IDENTIFIER = re.compile(r"[a-z0-9]+(?:[_ ][a-z0-9]+)*")
#: Options whose words capitals and spaces do not make plain.
WORDS = {
    "": "none",
    "before": "Period before",
    "last_year": "Last year",
    "target": "Target",
    "off": "Off",
    "en": "English",
    "en-IN": "English (India)",
    "de": "Deutsch",
    "es": "español",
    "fr": "français",
    "it": "italiano",
    "ja": "日本語",
    "nl": "Nederlands",
    "pt": "português",
    "zh": "中文",
}


def option(value: object) -> str:
    """One of the values that a page itself offers, in plain words.

    >>> option("last_year"), option("full path"), option(12), option(True)
    ('Last year', 'Full path', '12', 'Yes')
    """
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return WORDS.get(str(value)) or worded(value)


def worded(value: object) -> str:
    """A name of the data in plain words; one that somebody wrote for people stays as it is.

    >>> worded("marketing_copy"), worded("iPhone"), worded("it")
    ('Marketing copy', 'iPhone', 'It')
    """
    text = str(value)
    if IDENTIFIER.fullmatch(text):
        plain = text.replace("_", " ")
        return plain[0].upper() + plain[1:]
    return text


def few(values: tuple[str, ...], most: int = 2) -> str:
    """Some chosen values in a few words: all of them, the one or two there are, or how many."""
    if not values:
        return "All"
    return ", ".join(map(worded, values)) if len(values) <= most else f"{len(values)} chosen"
