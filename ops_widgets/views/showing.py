"""What an analysis can show of a source, and what it lacks, before anything is built."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from ops_widgets.errors import Need
from ops_widgets.views.analysis import Analysis
from ops_widgets.views.reads import Reads


@dataclass(frozen=True)
class Showing:
    """``shows``: what the source has of what an analysis reads; ``lacks``: what it does not map;
    ``empty``: what it maps without any usable row.
    """

    analysis: Analysis
    shows: tuple[Reads, ...]
    lacks: tuple[Need, ...]
    empty: tuple[Reads, ...]

    @property
    def how_much(self) -> str:
        """ "everything", "in part" or "nothing yet"."""
        if not set(self.shows) & set(self.analysis.reads):
            return "nothing yet"
        return "in part" if self.lacks or self.empty else "everything"


def showing(
    analysis: Analysis, source: str, mapped: Mapping[str, Collection[str]], usable: Collection[str]
) -> Showing:
    """What ``analysis`` can show of the source of that name.

    ``mapped`` are the columns of its tables, ``usable`` the tables with a usable row.
    """
    reads = [one for one in (*analysis.reads, *analysis.adds) if one.concerns(usable)]
    needs = {one: one.need(source, mapped) for one in reads}
    there = [one for one, need in needs.items() if need is None]
    shows = [one for one in there if one.table in usable]
    if not set(shows) & set(analysis.reads):
        shows = []  # what would be added to has nothing to be added to
    return Showing(
        analysis,
        tuple(shows),
        _by_name(need for need in needs.values() if need is not None),
        tuple(one for one in there if one.table not in usable),
    )


def _by_name(needs: Iterable[Need]) -> tuple[Need, ...]:
    """What is lacking, each table and column once, with all that it would show."""
    found: dict[str, Need] = {}
    for need in needs:
        if old := found.get(need.name):
            wanted = tuple(dict.fromkeys((*old.wanted, *need.wanted)))
            need = replace(old, shows=f"{old.shows}; {need.shows}", wanted=wanted)
        found[need.name] = need
    return tuple(found.values())
