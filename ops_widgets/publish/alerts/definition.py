"""What a definition says of alerts and deliveries: rules on numbers, and who gets messages."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

#: What can become of a report's day, as far as messages are sent about it.
Outcome = Literal["published", "partial", "failed", "absent", "alert", "recovered"]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Alert(_Section):
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


class Hook(_Section):
    """Where messages about which outcomes go: a command, or an address of apprise."""

    on: tuple[Outcome, ...] = Field(min_length=1)
    command: tuple[str, ...] = ()
    url: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.command) == bool(self.url):
            raise ValueError("give either command or url")
        return self
