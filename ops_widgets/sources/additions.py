"""The lines that add all that a source lacks at once; see :mod:`.mapping` for one thing alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ops_widgets.errors import Need
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.mapping import finds_by_name, how_to_map, like_the_others, section


def together_by_table(needs: Iterable[Need]) -> list[Need]:
    """One need a table, of everything that is wanted of it."""
    found: dict[str, Need] = {}
    for need in needs:
        old = found.get(need.table, need)
        found[need.table] = replace(
            old,
            columns=tuple(dict.fromkeys((*old.columns, *need.columns))),
            wanted=tuple(dict.fromkeys((*old.wanted, *need.wanted))),
        )
    return list(found.values())


def how_to_map_all(config: SourceConfig, needs: Iterable[Need]) -> list[tuple[str, str]]:
    """What to do for all ``needs``, as sentences with the lines of TOML that each is about.

    Written as the sentences say, the lines map everything, whether one follows all or some.
    """
    wanted = together_by_table(needs)
    new = [need for need in wanted if need.table not in config.tables]
    found: dict[str, list[str]] = {}
    if new and _in_a_folder(config):
        names = ", ".join(f"{need.table}.csv" for need in new)
        others = [section(name, table) for name, table in config.tables.items()]
        added = [
            section(one.table, like_the_others(config, one.table), ", ".join(one.wanted))
            for one in new
        ]
        sentence = (
            f"What has the contract's name is found: put what you have of {names} (or .parquet) "
            "beside the others. Or write down all tables that there are, with the names of their "
            "files, at the end of source.toml there:"
        )
        found[sentence] = [*others, *added]
        wanted = [need for need in wanted if need not in new]
    for need in wanted:
        sentence, lines = how_to_map(config, need)
        found.setdefault(sentence, []).extend([lines] if lines else [])
    return [(sentence, "\n\n".join(lines)) for sentence, lines in found.items()]


def _in_a_folder(config: SourceConfig) -> bool:
    """Whether tables are files that are found by their names."""
    is_database = config.path.is_file() and config.path.suffix != ".toml"
    return not is_database and finds_by_name(config)
