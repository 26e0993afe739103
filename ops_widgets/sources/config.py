"""A source: where a shop's tables are, and in which units they speak.

A source is one TOML file, or a folder or DuckDB file whose tables carry the contract's names.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from pydantic import (
    BaseModel,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from ops_widgets.errors import OpsError, UsageError, nearest, together
from ops_widgets.invalid import Problem, closed, problems, unknown_key, wrong_value
from ops_widgets.periods import WEEKDAYS
from ops_widgets.sources.completeness import WORDS_ON_DAYS, Completeness, TableCompleteness
from ops_widgets.sources.countries import refused
from ops_widgets.sources.currency import minor_digits
from ops_widgets.sources.discover import tables_in_database, tables_in_folder
from ops_widgets.sources.known import wrong_names
from ops_widgets.sources.options import known_zone
from ops_widgets.sources.table_config import TABLE_TAG, TEXT_TAG, Mapped, RawFile, TableConfig

#: The file that describes a folder from inside it.
SOURCE_FILE = "source.toml"
_FILE_SECTION = re.compile(r"^\s*\[files\.(\w+)\]", re.MULTILINE)


@dataclass(frozen=True)
class Wording:
    """What of the text of a source's TOML decides where a line that is added to it belongs.

    ``by_name``: it names no tables, they are what lies in its folder. ``file_sections``: the raw
    files with a section of their own, which ``[files]`` alone cannot tell.
    """

    by_name: bool = False
    file_sections: frozenset[str] = frozenset()


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
    #: Raw files by the name under which ``sql`` selects from them; a text is the file alone.
    files: dict[str, RawFile] = Field(default_factory=dict)
    tables: dict[str, TableConfig] = Field(default_factory=dict)
    #: Names of market rows that stand for many brands, beside those that everybody knows.
    collected_brands: tuple[str, ...] = ()
    #: Kind (brand, category, channel, ...) -> name in the data -> name it is shown under.
    names: dict[str, dict[str, str]] = Field(default_factory=dict)
    _wording: Wording = PrivateAttr(default=Wording())

    @field_validator("files", mode="before")
    @classmethod
    def _file_alone(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            name: {"file": said} if isinstance(said, str) else said for name, said in value.items()
        }

    @field_validator("currency")
    @classmethod
    def _three_letters(cls, value: str) -> str:
        if not re.fullmatch("[A-Z]{3}", value):
            raise ValueError("currency must be three capital letters, for example EUR")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return known_zone(value)

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
        if wrong := wrong_names(self.model_dump(include={"tables", "names", "files"})):
            raise ValueError(" ".join(wrong))
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
    def wording(self) -> Wording:
        """How it was written when it was read; it is not read again."""
        return self._wording

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
        config = SourceConfig(path=path, name=path.name, tables=_found_in(path))
        config._wording = Wording(by_name=True)
        return config
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
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", "Correct that line.") from error
    unset: list[str] = []
    values = {key: _expand(value, unset) for key, value in values.items()}
    if unset:
        raise together(
            UsageError(
                f"{path} uses ${{{name}}}, which is not set.", f"Set it first: export {name}=..."
            )
            for name in dict.fromkeys(unset)
        )
    if "path" in values:
        raise unknown_key(path, ("path",), _keys(SourceConfig))
    try:
        config = SourceConfig.model_validate({"name": name} | values | {"path": path})
    except ValidationError as error:
        raise _explained(path, values, error) from error
    # Where only the shop's properties are written down, its tables are found by their names.
    by_name = not config.tables and "connect" not in values
    config._wording = Wording(by_name, frozenset(_FILE_SECTION.findall(text)))
    return config.model_copy(update={"tables": _found_in(path.parent)}) if by_name else config


def _found_in(folder: Path) -> dict[str, TableConfig]:
    return {name: TableConfig(file=file) for name, file in tables_in_folder(folder).items()}


def _expand(value: Any, unset: list[str]) -> Any:
    """``value`` with every ``${NAME}`` in its texts replaced from the environment.

    Names that are not set there are added to ``unset``.
    """
    if isinstance(value, dict):
        return {key: _expand(inner, unset) for key, inner in value.items()}
    if isinstance(value, list):
        return [_expand(inner, unset) for inner in value]
    if not isinstance(value, str):
        return value

    def look_up(found: re.Match[str]) -> str:
        if found[1] not in os.environ:
            unset.append(found[1])
        return os.environ.get(found[1], "")

    return re.sub(r"\$\{(\w+)\}", look_up, value)


def _explained(path: Path, values: Mapping[str, Any], error: ValidationError) -> OpsError:
    """Everything that is wrong in the TOML at ``path``, each thing once."""
    names = [UsageError(f"{path}: {closed(one)}") for one in wrong_names(values)]
    of_keys = {_place(one.keys): one for one in reversed(problems(error)) if one.keys or not names}
    return together([*(_explain(path, one) for one in reversed(of_keys.values())), *names])


def _place(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Where something is wrong: of a column that may be written in several ways, the column."""
    return keys[:4] if keys[2:3] == ("columns",) else keys


def _explain(path: Path, problem: Problem) -> UsageError:
    keys = tuple(key for key in problem.keys if key not in (TEXT_TAG, TABLE_TAG))
    problem = replace(problem, keys=keys)
    if not problem.is_unknown_key:
        return wrong_value(path, problem)
    models: dict[str, type[BaseModel]] = {"tables": TableConfig, "files": RawFile}
    model = models.get(problem.keys[0], SourceConfig)
    if "columns" in problem.keys[:-1]:
        model = Mapped
    return unknown_key(path, problem.keys, _keys(model))


def _keys(model: type[BaseModel]) -> list[str]:
    """What an author may write."""
    return [name for name in model.model_fields if name != "path"]
