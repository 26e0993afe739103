"""The lines that add all that a source lacks at once; see :mod:`.mapping` for one thing alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ops_widgets.errors import Need
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.mapping import how_to_map, like_the_others, section


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
    if _in_a_folder(config):
        return [_in_one_block(config, wanted)] if wanted else []
    found: dict[str, list[str]] = {}
    for need in wanted:
        sentence, lines = how_to_map(config, need)
        found.setdefault(sentence, []).extend([lines] if lines else [])
    return [(sentence, "\n\n".join(lines)) for sentence, lines in found.items()]


def _in_one_block(config: SourceConfig, needs: list[Need]) -> tuple[str, str]:
    """For tables that are found by their names: once one is written down, all have to be."""
    lacking = {need.table: need for need in needs}
    files = ", ".join(f"{name}.csv" for name in lacking if name not in config.tables)
    steps = [f"put what you have of {files} (or .parquet) beside the others"] if files else []
    lines = []
    for name, table in config.tables.items():
        if name in lacking:
            columns = lacking[name].columns
            steps.append(f"give {table.file} the columns {', '.join(columns)}")
            named = {column: column for column in columns}
            table = table.model_copy(update={"columns": table.columns | named})
        lines.append(section(name, table))
    for name, need in lacking.items():
        if name not in config.tables:
            lines.append(section(name, like_the_others(config, name), ", ".join(need.wanted)))
    sentence = (
        f"What has the contract's name is found: {', and '.join(steps)}. Or write down all tables "
        "that there are, with the names of their files and columns, at the end of source.toml "
        "there:"
    )
    return sentence, "\n\n".join(lines)


def _in_a_folder(config: SourceConfig) -> bool:
    """Whether tables are files that are found by their names."""
    is_database = config.path.is_file() and config.path.suffix != ".toml"
    return not is_database and config.wording.by_name
