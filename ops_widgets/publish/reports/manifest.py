"""What a run says of itself: the one file that decides whether it is complete."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ops_widgets.charts.formats import Format
from ops_widgets.publish.changes.difference import Difference
from ops_widgets.views.finding import Kind

Status = Literal["complete", "partial", "failed"]
FILE = "manifest.json"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordedNumber(BaseModel):
    """One headline number as the notebook recorded it; money is in minor units."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str
    label: str
    value: int | float | None = None
    format: Format = "integer"
    detail: str = ""
    currency: str = ""
    minor_digits: int = 2

    @property
    def grain(self) -> str:
        """Of which grain of period the number is, where its page recorded one: "week"."""
        return str((self.model_extra or {}).get("grain", ""))

    @property
    def closed(self) -> str:
        """The day (ISO) on which that period closed; empty: it is of no period."""
        return str((self.model_extra or {}).get("closed", ""))


class RecordedFigure(_Part):
    """A value that stands in a finding's sentences, and the text that it stands there as."""

    value: int | float | str
    format: Format
    text: str
    currency: str = ""
    minor_digits: int = 2


class RecordedFinding(_Part):
    """One finding as the notebook recorded it, the first first.

    ``query`` is the link to the view that shows it; ``at_stake`` the money at stake in minor units
    (null: unknown).
    """

    kind: Kind
    claim: str
    because: str
    do: str
    overturned_by: str
    link: dict[str, Any] = {}
    query: str = ""
    at_stake: int | None = None
    figures: dict[str, RecordedFigure] = {}


class CellTime(_Part):
    """Seconds of one code cell; ``step`` counts from 1."""

    step: int
    seconds: float


class NotebookRecord(_Part):
    """What came of one notebook; ``failure`` is empty when it is complete."""

    name: str
    title: str = ""
    status: Literal["complete", "failed"] = "complete"
    failure: str = ""
    seconds: float = 0
    cells: list[CellTime] = []
    parameters: dict[str, Any] = {}
    source_sha256: str = ""
    numbers: list[RecordedNumber] = []
    missing: str = ""
    findings: list[RecordedFinding] = []
    looked_at: list[str] = []


class Input(_Part):
    """One table of the source as the run found it.

    ``rows_in = rows_used + rows_rejected + rows_left_out``: the last are those that the source
    itself drops, under a name.
    """

    table: str
    rows_in: int = 0
    rows_used: int = 0
    rows_rejected: int = 0
    rows_left_out: int = 0
    last_day: date | None = None


class Output(_Part):
    """One file of the run, below its folder."""

    path: str
    bytes: int
    sha256: str


class AlertState(_Part):
    """What a rule says of this run; ``since`` is the day on which it fired.

    ``closed`` is the period (its last day) that a rule on a number of a period has looked at;
    ``waits`` is its grain where that was done by an earlier run, until another one has closed.
    """

    number: str
    kind: str
    rule: str
    state: Literal["fired", "firing", "recovered", "ok"]
    value: int | float | None = None
    expected: int | float | None = None
    since: date | None = None
    words: str = ""
    closed: str = ""
    waits: str = ""


class Previous(_Part):
    """The run that this one is compared with."""

    as_of: date
    key: str
    folder: str


class RunManifest(_Part):
    """A whole run. Times are UTC, money in minor units, secrets never in it.

    ``status`` is "complete" when every code cell of every notebook ran, its numbers were recorded
    and its page was written; "partial" when that is true of some, "failed" of none.
    """

    schema_version: Literal[1] = Field(1, alias="schema")
    name: str
    title: str = ""
    unit: dict[str, Any] = {}
    as_of: date
    key: str = ""
    attempt: int = 1
    status: Status = "complete"
    reason: str = ""
    started_at: datetime
    ended_at: datetime
    seconds: float = 0
    peak_memory_bytes: int = 0
    source: str = ""
    notebooks: list[NotebookRecord] = []
    inputs: list[Input] = []
    content: str = ""
    first_day: date
    last_day: date
    contract_version: int = 0
    package_version: str = ""
    code_sha256: str = ""
    definition_sha256: str = ""
    python: str = ""
    dependencies: dict[str, str] = {}
    git_revision: str = ""
    outputs: list[Output] = []
    alerts: list[AlertState] = []
    difference: Difference | None = None
    previous: Previous | None = None

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @property
    def folder(self) -> str:
        """Where it lies below all runs."""
        return f"{self.name}/{self.as_of}/{folder_name(self.key, self.attempt)}"

    def numbers(self) -> dict[str, RecordedNumber]:
        """Every recorded number by ``NOTEBOOK.NAME``."""
        return {f"{n.name}.{number.name}": number for n in self.notebooks for number in n.numbers}

    def to_json(self) -> str:
        """As it is written: a number that is no number (NaN) becomes null."""
        return self.model_dump_json(indent=1, by_alias=True) + "\n"


def folder_name(key: str, attempt: int) -> str:
    """The last part of a run's folder: its key, and from the second attempt on which one."""
    return key if attempt == 1 else f"{key}.{attempt}"


def schema() -> str:
    """The JSON schema of a manifest."""
    return json.dumps(RunManifest.model_json_schema(by_alias=True), indent=1) + "\n"
