"""The lines by which a source comes to map what it lacks, as its author would write them."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from typing import Any

from ops_widgets.errors import Need
from ops_widgets.sources.config import SOURCE_FILE, SourceConfig, TableConfig
from ops_widgets.sources.options import FileOptions, Setting


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
        lines = _section(need.table, _like_the_others(config, need.table), columns)
    else:
        named = old.columns | {column: column for column in need.columns}
        lines = _section(need.table, old.model_copy(update={"columns": named}))
    if not _finds_by_name(config):
        where = f"Add these lines at the end of {config.path.name}:"
        if old is not None:
            where = f"In {config.path.name}, let these lines replace all of [tables.{need.table}]:"
        return where, lines
    # Once one table is written down, the others are no longer looked for: all are written.
    others = [_section(name, one) for name, one in config.tables.items() if name != need.table]
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


def how_to_set(config: SourceConfig, section: str, name: str) -> Setting:
    """Where an option of the file behind ``[tables.NAME]`` or ``[files] NAME`` is written."""
    if config.path.is_file() and config.path.suffix != ".toml":
        tables = [_section(one, table) for one, table in config.tables.items() if one != name]
        lines = "\n\n".join([*tables, _section(name, config.tables[name])])
        return Setting(
            f'Write a TOML file beside it:\nconnect = "duckdb://{config.path.name}"\n\n{lines}\n{{}}'
        )
    if section == "files":
        written = config.files[name]
        if re.search(rf"^\s*\[files\.{name}\]", config.path.read_text("utf-8"), re.MULTILINE):
            return Setting(f"Add to [files.{name}] in {config.path.name}: {{}}")
        said = "".join(f"{line}, " for line in _lines(written))
        return Setting(f"In {config.path.name}, write in [files]: {name} = {{ {said}{{}} }}", ", ")
    if not _finds_by_name(config):
        return Setting(f"Add to [tables.{name}] in {config.path.name}: {{}}")
    # Once one table is written down, the others are no longer looked for: all are written.
    others = [_section(one, table) for one, table in config.tables.items() if one != name]
    lines = "\n\n".join([*others, _section(name, config.tables[name])])
    where = f"into a new {SOURCE_FILE} there"
    if not config.path.is_dir():
        where = f"at the end of {config.path.name}"
    return Setting(f"Write these lines {where}:\n{lines}\n{{}}")


def _finds_by_name(config: SourceConfig) -> bool:
    """Whether the source names no tables: they are what lies in its folder."""
    if config.path.is_dir():
        return True
    values = tomllib.loads(config.path.read_text("utf-8"))
    return not values.get("tables") and "connect" not in values


def _like_the_others(config: SourceConfig, table: str) -> TableConfig:
    """Where a table that is new to the source would lie: beside its others."""
    embedded = config.connect == SourceConfig.model_fields["connect"].default
    if embedded and not any(one.table for one in config.tables.values()):
        return TableConfig(file=f"{table}.csv")
    return TableConfig(table=table)


def _section(name: str, table: TableConfig, wanted: str = "") -> str:
    """The section of one table, as :class:`TableConfig` reads it back."""
    lines = _lines(table)
    head = f"[tables.{name}]" + (f"  # with the columns {wanted}" if wanted else "")
    return "\n".join([head, *lines])


def _lines(options: FileOptions) -> list[str]:
    values = options.model_dump(exclude_defaults=True)
    return [f"{key} = {_toml(value)}" for key, value in values.items()]


def _toml(value: Any) -> str:
    """A value as TOML writes it; its texts are those of JSON."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_toml(k)} = {_toml(v)}' for k, v in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)
