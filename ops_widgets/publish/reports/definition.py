"""What a scheduled report is: one TOML file, checked as a whole before anything runs."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from ops_widgets.analyses import ANALYSES
from ops_widgets.contract import TABLES
from ops_widgets.errors import UsageError, nearest

AsOfRule = Literal["yesterday", "last-sunday", "last-month-end", "last-day-of-data"]
Outcome = Literal["published", "partial", "failed", "absent", "alert", "recovered"]
#: Set by the run itself, never by a definition.
OWN = ("source", "as_of")
#: First words of `ops report`, and names inside a report's folder.
RESERVED = ("all", "check", "plan", "run", "run-unit", "backfill", "latest", "absent", "index.html")
_DURATION = {"s": 1, "m": 60, "h": 3600}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NotebookEntry(_Part):
    """A notebook and the parameters that differ from its own."""

    name: str
    parameters: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _as_its_view_says(self) -> Self:
        if self.name not in ANALYSES:
            raise ValueError(f"there is no notebook {self.name!r}. {nearest(self.name, ANALYSES)}")
        for own in OWN:
            if own in self.parameters:
                raise ValueError(f"{own!r} is set by the run, not by a parameter")
        try:
            ANALYSES[self.name].view.parse(self.parameters)
        except UsageError as error:
            raise ValueError(f"{error.message} {error.remedy}") from None
        return self


class Alert(_Part):
    """A rule on one recorded number, ``NOTEBOOK.NAME``.

    ``threshold``: below or above a bound (money in whole currency). ``change``: fell by the share
    ``drop`` or rose by ``rise`` since the run before. ``anomaly``: further than ``sensitivity``
    robust z from its own past; ``promotions`` are days or spans (first/last) set aside.
    """

    number: str
    kind: Literal["threshold", "change", "anomaly"]
    below: float | None = None
    above: float | None = None
    drop: Annotated[float, Field(gt=0)] | None = None
    rise: Annotated[float, Field(gt=0)] | None = None
    sensitivity: Annotated[float, Field(gt=0)] = 4.0
    promotions: tuple[str, ...] = ()

    @field_validator("promotions")
    @classmethod
    def _days(cls, spans: tuple[str, ...]) -> tuple[str, ...]:
        for span in spans:
            first, _, last = span.partition("/")
            if date.fromisoformat(last or first) < date.fromisoformat(first):
                raise ValueError(f"{span!r} ends before it begins")
        return spans

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        of = {"threshold": ("below", "above"), "change": ("drop", "rise"), "anomaly": ()}
        for kind, names in of.items():
            given = [name for name in names if getattr(self, name) is not None]
            if kind == self.kind and names and not given:
                raise ValueError(f"an alert of kind {kind!r} needs {' or '.join(names)}")
            if kind != self.kind and given:
                raise ValueError(f"{given[0]!r} belongs to kind {kind!r}, not to {self.kind!r}")
        return self


class Hook(_Part):
    """Who is told of which outcomes: a command, or an address of apprise."""

    on: tuple[Outcome, ...] = Field(min_length=1)
    command: tuple[str, ...] = ()
    url: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.command) == bool(self.url):
            raise ValueError("give either command or url")
        return self


class Keep(_Part):
    """What pruning leaves: runs of the last ``days``, and at least the ``last`` so many days."""

    days: int = Field(90, ge=1)
    last: int = Field(10, ge=1)


class Definition(_Part):
    """One report. ``name`` is the file's stem; ``path`` is None for one made by a command."""

    name: str
    path: Path | None = None
    title: str = ""
    every: Literal["day", "week", "month"] = "day"
    as_of: AsOfRule = "yesterday"
    source: str = ""
    timeout: str = "1h"
    notebook: tuple[NotebookEntry, ...] = Field(min_length=1)
    fresh: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    expand: dict[str, str] = Field(default_factory=dict)
    alert: tuple[Alert, ...] = ()
    deliver: tuple[Hook, ...] = ()
    keep: Keep = Keep()

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, values: Any) -> Any:
        """``notebooks = ["a", "b"]`` for notebooks without parameters."""
        if isinstance(values, dict) and "notebooks" in values:
            if "notebook" in values:
                raise ValueError("give either notebooks or [[notebook]] sections")
            values = dict(values)
            names = values.pop("notebooks")
            names = names if isinstance(names, list) else [names]
            values["notebook"] = [{"name": name} for name in names]
        return values

    @field_validator("timeout")
    @classmethod
    def _duration(cls, text: str) -> str:
        seconds_of(text)
        return text

    @field_validator("fresh")
    @classmethod
    def _dated_tables(cls, fresh: dict[str, int]) -> dict[str, int]:
        dated = [name for name, table in TABLES.items() if table.dated]
        for name in fresh:
            if name not in dated:
                raise ValueError(f"there is no table with days {name!r}. {nearest(name, dated)}")
        return fresh

    @model_validator(mode="after")
    def _of_one_piece(self) -> Self:
        if not re.fullmatch(r"[\w][\w.-]{0,80}", self.name) or self.name in RESERVED:
            raise ValueError(f"{self.name!r} cannot be a report's name: rename the file")
        names = [entry.name for entry in self.notebook]
        if len(set(names)) < len(names):
            raise ValueError("a notebook is named twice")
        fields = {field for name in names for field in ANALYSES[name].view.model_fields} - set(OWN)
        for parameter in self.expand:
            if parameter not in fields:
                raise ValueError(
                    f"expand: no notebook has a parameter {parameter!r}. "
                    f"{nearest(parameter, fields)}"
                )
        known = [f"{name}.{number}" for name in names for number in ANALYSES[name].records]
        for alert in self.alert:
            if alert.number not in known:
                raise ValueError(
                    f"alert: no number {alert.number!r} is recorded. {nearest(alert.number, known)}"
                )
        return self

    @property
    def seconds(self) -> float:
        """The time that a whole run may take."""
        return seconds_of(self.timeout)

    @property
    def words(self) -> str:
        """The title, or the name spelt out."""
        return self.title or self.name.replace("-", " ").replace("_", " ").capitalize()

    def digest(self) -> str:
        """Of what decides on the content of a run besides its parameters.

        Hooks, retention and cadence do not.
        """
        told = self.model_dump_json(
            include={"title": True, "alert": True, "notebook": {"__all__": {"name"}}}
        )
        return hashlib.sha256(told.encode()).hexdigest()

    def day(self, today: date, last_day: date) -> date:
        """The day that a run is as of, by the rule, where nobody named one."""
        if self.as_of == "last-sunday":
            return today - timedelta(days=today.isoweekday() % 7 or 7)
        if self.as_of == "last-month-end":
            return today.replace(day=1) - timedelta(days=1)
        return last_day if self.as_of == "last-day-of-data" else today - timedelta(days=1)


def seconds_of(text: str) -> float:
    """A duration such as 90s, 30m or 2h; ``ValueError`` for anything else."""
    if not re.fullmatch(r"[1-9][0-9]{0,5}[smh]", text):
        raise ValueError(f'{text!r} is no duration: write it as "90s", "30m" or "2h"')
    return int(text[:-1]) * float(_DURATION[text[-1]])


def load_definition(path: Path) -> Definition:
    """The definition in ``path``.

    Raises ``UsageError`` that names the file and the key or value that is wrong.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", "Correct that line.") from None
    for own in ("name", "path"):
        if own in values:
            raise UsageError(f"{path} has an unknown key {own!r}.", "The file's name is the name.")
    try:
        return Definition.model_validate(values | {"name": path.stem, "path": path.absolute()})
    except ValidationError as error:
        raise _explained(path, error) from None


def find_definition(name: str, folder: Path) -> Definition:
    """The definition ``name`` (a stem, or a path of a TOML file) in ``folder``."""
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    if not path.is_file():
        known = [found.stem for found in definition_files(folder)]
        raise UsageError(f"There is no report {name!r} in {folder}.", nearest(name, known))
    return load_definition(path)


def definition_files(folder: Path) -> list[Path]:
    """All definitions in ``folder``, in the order of their names."""
    return sorted(folder.glob("*.toml"))


def check_all(paths: Iterable[Path]) -> tuple[list[Definition], list[UsageError]]:
    """Every definition that is right, and what is wrong with each of the others."""
    right: list[Definition] = []
    wrong: list[UsageError] = []
    for path in paths:
        try:
            right.append(load_definition(path))
        except UsageError as error:
            wrong.append(error)
    return right, wrong


_MODELS: dict[str, type[BaseModel]] = {
    "notebook": NotebookEntry,
    "alert": Alert,
    "deliver": Hook,
    "keep": Keep,
}


def _explained(path: Path, error: ValidationError) -> UsageError:
    """One thing that is wrong in a definition, in words and with its key: a typo before others,
    which are often what comes of it.
    """
    errors = error.errors(include_url=False)
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    keys = [str(part) for part in first["loc"]]
    if first["type"] == "extra_forbidden":
        model = _MODELS.get(keys[0], Definition) if len(keys) > 1 else Definition
        known = [name for name in model.model_fields if name not in ("name", "path")]
        known += ["notebooks"] if model is Definition else ["name"] * ("name" in model.model_fields)
        where = f"[{'.'.join(keys[:-1])}]" if keys[:-1] else "the top level"
        return UsageError(
            f"{path} has an unknown key {keys[-1]!r} at {where}.", nearest(keys[-1], known)
        )
    if first["type"] == "missing" and keys == ["notebook"]:
        return UsageError(f"{path} names no notebook.", f"Known: {', '.join(ANALYSES)}.")
    where = f"{path}, key {'.'.join(keys)}" if keys else str(path)
    message = first["msg"].removeprefix("Value error, ")
    remedy = ""
    if expected := first.get("ctx", {}).get("expected"):
        remedy = nearest(str(first["input"]), re.findall(r"'([^']+)'", expected))
        message = f"{first['input']!r} is not one of {expected}"
    return UsageError(
        f"{where}: {message.rstrip('.?')}{'?' if message[-1:] == '?' else '.'}", remedy
    )
