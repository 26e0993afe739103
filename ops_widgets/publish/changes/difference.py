"""What changed from one run to another, as plain values: part of a run's manifest."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from ops_widgets.charts.formats import Format

Amount = int | float


class NumberDifference(BaseModel):
    """One headline number, in its own unit (money: minor units), then and now.

    ``total = moved + late + redefined``, or ``moved + late_or_redefined`` where the two cannot be
    told apart; the parts that do not apply are None. Where nothing is known, all parts are
    None and ``reason`` says why.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    label: str
    format: Format
    currency: str = ""
    minor_digits: int = 2
    old: Amount | None = None
    new: Amount | None = None
    total: Amount | None = None
    #: The shop moved: another day, by today's definition and data.
    moved: Amount | None = None
    #: Rows that came late, or were corrected, changed the past.
    late: Amount | None = None
    #: The notebook, its parameters or the package define it in another way.
    redefined: Amount | None = None
    late_or_redefined: Amount | None = None
    reason: str = ""
    #: Of a number of one period: its grain, while none has closed since the run before.
    waits: str = ""


class Redefinition(BaseModel):
    """One thing of the definition that is other than it was.

    ``what`` is "notebook", "parameter" or "package"; ``name`` says which parameter.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    notebook: str = ""
    name: str = ""
    old: Any = None
    new: Any = None


class Growth(BaseModel):
    """Rows of one table then and now; 0: there was no such table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    rows_then: int
    rows_now: int
    rejected_then: int
    rejected_now: int


class Difference(BaseModel):
    """All headline numbers of a run against those of an earlier one, and what speaks for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    old_as_of: date
    old_key: str
    new_as_of: date
    new_key: str
    numbers: list[NumberDifference]
    redefinitions: list[Redefinition]
    inputs: list[Growth]
