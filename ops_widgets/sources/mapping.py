"""The lines by which a source comes to map what it lacks, as its author would write them."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from ops_widgets.errors import Need
from ops_widgets.sources.config import SOURCE_FILE, SourceConfig, TableConfig
from ops_widgets.sources.options import FileOptions, Setting
from ops_widgets.sources.toml import toml

#: Letters of a line that stands in a narrow window, indented.
WIDTH = 66


def how_to_map(config: SourceConfig, need: Need) -> tuple[str, str]:
    """What to do in the source of ``config`` for what it lacks: a sentence, and lines of TOML.

    Written as the sentence says, the lines map it: a table from a file beside the others (or a
    table of the same database), a column by its own name. There are none where lines would not
    do: a ``sql`` has to select the column itself, and a database file has no TOML.
    """
    old, columns = config.tables.get(need.table), ", ".join(need.columns or need.wanted)
    if config.path.is_file() and config.path.suffix != ".toml":
        said = f"the table {need.table} of {config.path.name} the columns {columns}"
        if old is None:
            said = f"{config.path.name} a table {need.table} with the columns {columns}"
        return f"Give {said}: it is found by its name.", ""
    if old is not None and old.sql:
        return f"Let the sql of [tables.{need.table}] select {columns} as well.", ""
    if old is None:
        lines = section(need.table, like_the_others(config, need.table), columns)
    else:
        named = old.columns | {column: column for column in need.columns}
        lines = section(need.table, old.model_copy(update={"columns": named}))
    if not config.wording.by_name:
        where = f"Add these lines at the end of {config.path.name}:"
        if old is not None:
            where = f"In {config.path.name}, let these lines replace all of [tables.{need.table}]:"
        return where, lines
    # Once one table is written down, the others are no longer looked for: all are written.
    others = [section(name, one) for name, one in config.tables.items() if name != need.table]
    by_name = f"put {need.table}.csv or {need.table}.parquet beside the others"
    if old is not None:
        by_name = f"give {old.file} the column {columns}"
    new = config.path.is_dir()
    place = f"into a new {SOURCE_FILE} there" if new else f"at the end of {config.path.name}"
    sentence = (
        f"What has the contract's name is found: {by_name}. "
        f"Or write these lines {place}, with the name that it has:"
    )
    return sentence, "\n\n".join([*others, lines])


def how_to_set(config: SourceConfig, within: str, name: str) -> Setting:
    """Where an option of the file behind ``[tables.NAME]`` or ``[files] NAME`` is written."""
    if config.path.is_file() and config.path.suffix != ".toml":
        tables = [section(one, table) for one, table in config.tables.items() if one != name]
        lines = "\n\n".join([*tables, section(name, config.tables[name])])
        return Setting(
            f'Write a TOML file beside it:\nconnect = "duckdb://{config.path.name}"\n\n{lines}\n{{}}'
        )
    if within == "files":
        written = config.files[name]
        if name in config.wording.file_sections:
            return Setting(f"Add to [files.{name}] in {config.path.name}: {{}}")
        said = "".join(f"{line}, " for line in _lines(written))
        return Setting(f"In {config.path.name}, write in [files]: {name} = {{ {said}{{}} }}", ", ")
    if not config.wording.by_name:
        return Setting(f"Add to [tables.{name}] in {config.path.name}: {{}}")
    # Once one table is written down, the others are no longer looked for: all are written.
    others = [section(one, table) for one, table in config.tables.items() if one != name]
    lines = "\n\n".join([*others, section(name, config.tables[name])])
    where = f"into a new {SOURCE_FILE} there"
    if not config.path.is_dir():
        where = f"at the end of {config.path.name}"
    return Setting(f"Write these lines {where}:\n{lines}\n{{}}")


def like_the_others(config: SourceConfig, table: str) -> TableConfig:
    """Where a table that is new to the source would lie: beside its others."""
    embedded = config.connect == SourceConfig.model_fields["connect"].default
    if embedded and not any(one.table for one in config.tables.values()):
        return TableConfig(file=f"{table}.csv")
    return TableConfig(table=table)


def section(name: str, table: TableConfig, wanted: str = "") -> str:
    """The section of one table, as :class:`TableConfig` reads it back."""
    lines, below = [], []
    for key, value in table.model_dump(exclude_defaults=True).items():
        line = f"{key} = {_toml(value)}"
        if isinstance(value, dict) and len(line) > WIDTH:
            inside = [f"{_toml(one)} = {_toml(said)}" for one, said in value.items()]
            below += ["", f"[tables.{name}.{key}]", *inside]
        else:
            lines.append(line)
    lines += below
    head = f"[tables.{name}]"
    note = f"with the columns {wanted}" if wanted else ""
    if len(head) + len(note) > WIDTH:
        notes = wrap(note, WIDTH, break_on_hyphens=False)
        return "\n".join([*(f"# {line}" for line in notes), head, *lines])
    return "\n".join([head + (f"  # {note}" if note else ""), *lines])


def _lines(options: FileOptions) -> list[str]:
    values = options.model_dump(exclude_defaults=True)
    return [f"{key} = {_toml(value)}" for key, value in values.items()]


def _toml(value: Any) -> str:
    """A value as TOML writes it, with every key in quotes: many are names of a file's columns."""
    return toml(value, key=toml)
