"""What of the shop a goal, an event or a decision is about: ``channel=app; category=Beauty``."""

from __future__ import annotations

import re

from ops_widgets.contract.table import Column, Rule

#: What a scope may narrow the shop to, one value of each.
DIMENSIONS = (
    *("category", "brand", "channel", "campaign", "product"),
    *("seller", "region", "slot", "segment"),
)
_NAMED = f"({'|'.join(DIMENSIONS)})"
_PAIR = f"[ ]*{_NAMED}[ ]*=[ ]*[^ ;][^;]*"
PATTERN = f"^[ ]*$|^{_PAIR}(;{_PAIR})*(;[ ]*)?$"
#: No engine's expressions refer back: a dimension that comes twice is looked for by its name.
_TWICE = "|".join(f"(^|;)[ ]*{one}[ ]*=[^;]*(;.*)?;[ ]*{one}[ ]*=" for one in DIMENSIONS)


def scope_column() -> Column:
    """The column ``scope``, which :func:`scope_of` reads."""
    return Column(
        "scope",
        "text",
        "What it is about, `channel=app; category=Beauty`; blank for the whole shop. Any of "
        f"{', '.join(DIMENSIONS)}; campaigns, products, sellers and slots by their ids",
    )


def scope_rules() -> tuple[Rule, ...]:
    """The column ``scope`` is one that :func:`scope_of` reads."""
    return (
        Rule(
            "scope_unreadable",
            "matches",
            ("scope",),
            f"Write channel=app; category=Beauty: each of {', '.join(DIMENSIONS)} with its value, "
            "; between them; leave it blank for the whole shop.",
            pattern=PATTERN,
        ),
        Rule(
            "scope_ambiguous",
            "avoids",
            ("scope",),
            "A scope names each dimension once: write one row a value.",
            pattern=_TWICE,
        ),
    )


def scope_of(text: str | None) -> dict[str, str]:
    """Dimension -> value; empty for the whole shop.

    Raises ``ValueError`` for a text that :func:`scope_rules` refuse.

    >>> scope_of("channel=app; category=Beauty / Make-up")
    {'channel': 'app', 'category': 'Beauty / Make-up'}
    """
    text = text or ""
    if not re.search(PATTERN, text) or re.search(_TWICE, text):
        raise ValueError(f"no scope: {text!r}")
    pairs = (pair.split("=", 1) for pair in text.split(";") if pair.strip())
    return {name.strip(): value.strip() for name, value in pairs}
