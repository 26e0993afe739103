"""What a scheduled report is, checked as a whole before anything is made."""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from ops_widgets.analyses import ANALYSES
from ops_widgets.contract import TABLES
from ops_widgets.errors import UsageError, nearest
from ops_widgets.publish.alerts.definition import Alert, Hook

AsOfRule = Literal["yesterday", "last-sunday", "last-month-end", "last-day-of-data"]
#: Set by the run itself, never by a definition.
OWN = ("source", "as_of")
#: First words of `ops report`, and names inside a report's folder.
RESERVED = ("all", "check", "plan", "run", "run-unit", "backfill", "latest", "absent", "index.html")
_DURATION = {"s": 1, "m": 60, "h": 3600}


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NotebookEntry(_Section):
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


class Keep(_Section):
    """What pruning leaves: runs of the last ``days``, and at least the ``last`` so many days."""

    days: int = Field(90, ge=1)
    last: int = Field(10, ge=1)


class Definition(_Section):
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
        content = self.model_dump_json(
            include={"title": True, "alert": True, "notebook": {"__all__": {"name"}}}
        )
        return hashlib.sha256(content.encode()).hexdigest()

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
