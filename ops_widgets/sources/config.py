"""A source: where a shop's tables are, and in which units they speak.

A source is one TOML file, or a folder or DuckDB file whose tables carry the contract's names.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from ops_widgets.contract import NAMES, TABLES
from ops_widgets.errors import UsageError, nearest
from ops_widgets.invalid import Problem, problems, unknown_key, wrong_value
from ops_widgets.periods import WEEKDAYS
from ops_widgets.sources.completeness import WORDS_ON_DAYS, Completeness, TableCompleteness
from ops_widgets.sources.countries import refused
from ops_widgets.sources.currency import minor_digits
from ops_widgets.sources.discover import tables_in_database, tables_in_folder

#: The file that describes a folder from inside it.
SOURCE_FILE = "source.toml"
#: What the engine reads without an extension that would have to be fetched.
ENCODINGS = ("utf-8", "utf-16", "latin-1")


class TableConfig(TableCompleteness):
    """Where one table of the contract comes from: a file, a table of the database, or a select."""

    file: str = ""
    table: str = ""
    sql: str = ""
    #: Column of the contract -> column of the file or table, where the names differ.
    columns: dict[str, str] = Field(default_factory=dict)
    delimiter: str = ","
    encoding: str = "utf-8"

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, value: str) -> str:
        if len(value) != 1:
            raise ValueError('delimiter must be one character, for example ";" or "\\t"')
        return value

    @field_validator("encoding")
    @classmethod
    def _readable(cls, value: str) -> str:
        if value not in ENCODINGS:
            raise ValueError(f"encoding must be one of {', '.join(ENCODINGS)}")
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(map(bool, (self.file, self.table, self.sql))) != 1:
            raise ValueError("give exactly one of file, table and sql")
        return self


class SourceConfig(Completeness):
    """A source as its author wrote it, with ``${VARIABLES}`` filled in and names checked."""

    #: The TOML, the folder or the DuckDB file, absolute.
    path: Path
    name: str
    connect: str = "duckdb://"
    currency: str = "USD"
    timezone: str = "UTC"
    week_start: str = "monday"
    #: Where the shop sells (ISO 3166, two letters): their holidays are told from other days.
    countries: tuple[str, ...] = ()
    max_rejected_share: float = Field(default=0.10, ge=0, le=1)
    #: Whether no row of campaign_days, between a campaign's first and last day, means that nothing
    #: was spent; else such a day is unknown.
    campaign_days_complete: bool = False
    #: Where the summaries are kept; empty: the default place.
    store: str = ""
    #: Whether ``sql`` may open files that ``files`` does not name.
    allow_sql_files: bool = False
    #: Raw files by the name under which ``sql`` selects from them.
    files: dict[str, str] = Field(default_factory=dict)
    tables: dict[str, TableConfig] = Field(default_factory=dict)
    #: Names of market rows that stand for many brands, beside those that everybody knows.
    collected_brands: tuple[str, ...] = ()
    #: Kind (brand, category, channel, ...) -> name in the data -> name it is shown under.
    names: dict[str, dict[str, str]] = Field(default_factory=dict)

    @field_validator("currency")
    @classmethod
    def _three_letters(cls, value: str) -> str:
        if not re.fullmatch("[A-Z]{3}", value):
            raise ValueError("currency must be three capital letters, for example EUR")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        known = available_timezones()
        if value not in known:
            # All 600 names are no hint: only a close one is.
            hint = nearest(value, known)
            hint = hint if hint.startswith("Did") else "Write it as Area/City."
            raise ValueError(f"timezone {value!r} is unknown. {hint}")
        return value

    @field_validator("countries")
    @classmethod
    def _known_countries(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for code in value:
            if why := refused(code):
                raise ValueError(f"countries: {why}")
        return tuple(dict.fromkeys(value))

    @field_validator("week_start")
    @classmethod
    def _known_weekday(cls, value: str) -> str:
        if value not in WEEKDAYS:
            raise ValueError(f"week_start {value!r} is no weekday. {nearest(value, WEEKDAYS)}")
        return value

    @model_validator(mode="after")
    def _names_of_the_contract(self) -> Self:
        for name, table in self.tables.items():
            if name not in TABLES:
                raise ValueError(f"there is no table {name!r}. {nearest(name, TABLES)}")
            for column in table.columns:
                if not TABLES[name].knows(column):
                    hint = nearest(column, TABLES[name].names)
                    raise ValueError(f"table {name!r} has no column {column!r}. {hint}")
        for kind, mapped in self.names.items():
            if kind not in NAMES:
                raise ValueError(f"names.{kind} names nothing. {nearest(kind, NAMES)}")
            if blank := next((old for old, new in mapped.items() if not new.strip()), ""):
                raise ValueError(f"names.{kind}: {blank!r} needs a name to be shown under")
        for name in self.files:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
                raise ValueError(f"files.{name} must be letters, digits and _: sql selects from it")
        return self

    def completeness(self, table: str) -> TableCompleteness:
        """What is said of the days of ``table``: there, or else of the whole source."""
        own = self.tables.get(table)
        of_source = {name: getattr(self, name) for name in Completeness.model_fields}
        of_table = own.model_dump(include=set(WORDS_ON_DAYS)) if own else {}
        if own and own.says_the_last_day:
            of_source |= {"complete_to": None, "lag_days": None}
        said = {name: value for name, value in of_table.items() if value}
        return TableCompleteness(**of_source | said)

    def meaning(self, *but: str) -> str:
        """As JSON everything that decides on the rows, and how they are read; ``but`` these keys.

        What is said of complete days is no part of it: that changes every month, the rows do not.
        """
        values = self.model_dump(mode="json", exclude={"path", "name", "store", *but})
        for words in (values, *values["tables"].values()):
            for name in WORDS_ON_DAYS:
                words.pop(name, None)
        return json.dumps(values)

    @property
    def minor_digits(self) -> int:
        """Digits of the currency's minor unit: 2 for cents, 0 for yen."""
        return minor_digits(self.currency)

    @property
    def folder(self) -> Path:
        """What relative paths start from: the folder of the TOML or database, or the folder."""
        return self.path if self.path.is_dir() else self.path.parent


def load_config(path: str | Path) -> SourceConfig:
    """Read a source: a TOML file, a folder of contract tables, or a ``.duckdb`` file.

    Raises :class:`UsageError` naming the file and the key, value or variable that is wrong,
    ``DataError`` for a database file that cannot be read.
    """
    # By its letters, not by where links lead: what a source is called decides where its store is.
    path = Path(os.path.abspath(Path(path).expanduser()))
    if not path.exists():
        near = [p.name for p in path.parent.glob("*")] if path.parent.is_dir() else []
        hint = nearest(path.name, near)
        raise UsageError(
            f"There is no source {path}.",
            hint if hint.startswith("Did") else "Give a TOML file, a folder or a .duckdb file.",
        )
    if path.is_dir():
        if (path / SOURCE_FILE).is_file():
            return _from_toml(path / SOURCE_FILE, name=path.name)
        return SourceConfig(path=path, name=path.name, tables=_found_in(path))
    if path.suffix == ".toml":
        return _from_toml(path, name=path.stem)
    if path.suffix in (".duckdb", ".db"):
        tables = {name: TableConfig(table=name) for name in tables_in_database(path)}
        return SourceConfig(path=path, name=path.stem, connect=f"duckdb://{path}", tables=tables)
    raise UsageError(
        f"{path} is neither a TOML file, a folder nor a .duckdb file.",
        "Put the file into a folder as orders.csv or orders.parquet and give the folder.",
    )


def as_config(source: str | Path | SourceConfig) -> SourceConfig:
    """``source`` as a parsed config: one that was read already is not read again.

    Raises what :func:`load_config` does.
    """
    return source if isinstance(source, SourceConfig) else load_config(source)


def _from_toml(path: Path, name: str) -> SourceConfig:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", "Correct that line.") from error
    values = {key: _expand(value, path) for key, value in values.items()}
    if "path" in values:
        raise unknown_key(path, ("path",), _keys(SourceConfig))
    try:
        config = SourceConfig.model_validate({"name": name} | values | {"path": path})
    except ValidationError as error:
        raise _explain(path, problems(error)[0]) from error
    if config.tables or "connect" in values:
        return config
    # Only the shop's properties are written down: its tables are found by their names.
    return config.model_copy(update={"tables": _found_in(path.parent)})


def _found_in(folder: Path) -> dict[str, TableConfig]:
    return {name: TableConfig(file=file) for name, file in tables_in_folder(folder).items()}


def _expand(value: Any, path: Path) -> Any:
    """``value`` with every ``${NAME}`` in its texts replaced from the environment."""
    if isinstance(value, dict):
        return {key: _expand(inner, path) for key, inner in value.items()}
    if isinstance(value, list):
        return [_expand(inner, path) for inner in value]
    if not isinstance(value, str):
        return value

    def look_up(found: re.Match[str]) -> str:
        variable = found[1]
        if variable not in os.environ:
            raise UsageError(
                f"{path} uses ${{{variable}}}, which is not set.",
                f"Set it first: export {variable}=...",
            )
        return os.environ[variable]

    return re.sub(r"\$\{(\w+)\}", look_up, value)


def _explain(path: Path, problem: Problem) -> UsageError:
    if not problem.is_unknown_key:
        return wrong_value(path, problem)
    model = TableConfig if problem.keys[0] == "tables" else SourceConfig
    return unknown_key(path, problem.keys, _keys(model))


def _keys(model: type[BaseModel]) -> list[str]:
    """What an author may write."""
    return [name for name in model.model_fields if name != "path"]
