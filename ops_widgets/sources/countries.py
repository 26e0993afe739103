"""The countries that a source may name: those of which public holidays are known."""

from __future__ import annotations

from ops_widgets.errors import nearest


def refused(code: str) -> str:
    """Why ``code`` is no country that is known, with a hint; empty where it is one."""
    # Loaded for sources that name a country alone. Name -> class, two letters, three, others.
    from holidays.registry import COUNTRIES

    if code in (two_letters for _, two_letters, *_ in COUNTRIES.values()):
        return ""
    written = code.strip().replace(" ", "_").lower()
    for name, (_, two_letters, *others) in COUNTRIES.items():
        if written in (name, two_letters.lower(), *map(str.lower, others)):
            return f"{code!r} is written {two_letters!r} (ISO 3166)"
    hint = nearest(written, COUNTRIES)
    hint = f" {hint}" if hint.startswith("Did") else ""
    return f"{code!r} is no country of ISO 3166, two capital letters such as CN or GB.{hint}"
