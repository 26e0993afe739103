"""What a source says of the days that its data have seen whole."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Completeness(BaseModel):
    """The first and the last local day of which the data know everything.

    ``complete_from`` is the first, where rows begin later. The last is said by ``complete_to``, or
    by ``lag_days``: so many days before today (1: yesterday). Nothing said: the rows decide.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    complete_from: date | None = None
    complete_to: date | None = None
    lag_days: int | None = Field(default=None, ge=1, le=3660)

    @model_validator(mode="after")
    def _no_contradiction(self) -> Completeness:
        if self.complete_to is not None and self.lag_days is not None:
            raise ValueError("give one of complete_to and lag_days")
        if self.complete_from and self.complete_to and self.complete_to < self.complete_from:
            raise ValueError("complete_to lies before complete_from")
        return self


class TableCompleteness(Completeness):
    """The same of one table, which may have a column that says when its rows were exported.

    The days before the newest moment in ``complete_column`` are complete.
    """

    complete_column: str = ""

    @model_validator(mode="after")
    def _one_last_day(self) -> TableCompleteness:
        if self.complete_column and (self.complete_to is not None or self.lag_days is not None):
            raise ValueError("give one of complete_to, lag_days and complete_column")
        return self

    @property
    def says_the_last_day(self) -> bool:
        """Whether anything is said of the last day."""
        return bool(self.complete_column or self.complete_to or self.lag_days)


#: What never decides on the rows themselves.
WORDS_ON_DAYS = frozenset(TableCompleteness.model_fields)
