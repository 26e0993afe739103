"""What a refresh says of itself: what it built and why, and where its examples are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ops_widgets.periods import index_start, spans
from ops_widgets.validation.examples import Examples
from ops_widgets.validation.months import NO_MONTH
from ops_widgets.validation.profile import NO_FILE


def reasons(table: str, built: Mapping[int, str], months: int) -> list[str]:
    """Why months of a table were ``built``, and how many of all its ``months`` were not."""
    found = []
    for why in dict.fromkeys(built.values()):
        chosen = [month for month, one in built.items() if one == why]
        found.append(f"{table} {month_span(chosen)} built ({why})")
    reused = months - len(built)
    return [*found, f"{reused} {'month' if reused == 1 else 'months'} of {table} reused"]


def month_span(months: Collection[int]) -> str:
    """``2024-01 to 2024-03`` (NO_MONTH: ``without a date``), gaps listed.

    >>> month_span([24288, 24289, 24291])
    '2024-01 to 2024-02, 2024-04'
    """

    def name(month: int) -> str:
        return f"{index_start(month, 'month'):%Y-%m}" if month != NO_MONTH else "without a date"

    return ", ".join(name(a) if a == z else f"{name(a)} to {name(z)}" for a, z in spans(months))


def dated(examples: Examples, identities: Mapping[str, str]) -> Examples:
    """``examples`` that know the identity of their file when they were found."""
    return {
        rule: [row | {"_identity": _identity(row, identities)} for row in rows]
        for rule, rows in examples.items()
    }


def placed(examples: Examples, identities: Mapping[str, str]) -> Examples:
    """What :func:`dated` gave, without the places in files that were written again since."""
    found: Examples = {}
    for rule, rows in examples.items():
        for row in map(dict, rows):
            if row.pop("_identity") != _identity(row, identities):
                row |= {"_file": None, "_row": None}
            found.setdefault(rule, []).append(row)
    return found


def _identity(row: Mapping[str, Any], identities: Mapping[str, str]) -> str | None:
    return identities.get(row["_file"] or NO_FILE)
