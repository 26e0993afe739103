"""What a source says of one table, of its columns, and of the raw files that ``sql`` reads."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from ops_widgets.sources.completeness import TableCompleteness
from ops_widgets.sources.options import OF_FILES, OF_VALUES, FileOptions


class Mapped(BaseModel):
    """Where a column of the contract comes from: a ``column``, a ``value``, or an ``sql``.

    ``values`` says what the values of the column mean: compared without blanks around them and
    without case; "*" is every other one that is not blank, and one that is not there stays.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    column: str = ""
    value: bool | int | float | datetime | date | str | None = None
    sql: str = ""
    values: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.value is not None) + bool(self.sql) + bool(self.column) > 1:
            raise ValueError("give one of column, value and sql")
        if self.values and (self.sql or self.value is not None):
            raise ValueError("values say what the values of a column mean: give no sql or value")
        folded = [old.strip().casefold() for old in self.values]
        if twice := [old for old in folded if folded.count(old) > 1]:
            raise ValueError(f"values names {twice[0]!r} more than once")
        return self

    @classmethod
    def of(cls, said: str | Mapped, name: str) -> Mapped:
        """As its author ``said`` it: a text is a column, which is ``name`` where nothing is."""
        if isinstance(said, str):
            return cls(column=said)
        is_of_a_column = not said.sql and said.value is None
        return said.model_copy(update={"column": said.column or name}) if is_of_a_column else said


#: As an author writes a column: a text, or what a :class:`Mapped` takes. A tag of one sign keeps
#: messages about the one free of the other; no key has its name.
TEXT_TAG, TABLE_TAG = "'", "{"
Origin = Annotated[
    Annotated[str, Tag(TEXT_TAG)] | Annotated[Mapped, Tag(TABLE_TAG)],
    Discriminator(lambda said: TABLE_TAG if isinstance(said, dict | Mapped) else TEXT_TAG),
]


class RawFile(FileOptions):
    """Raw files that ``sql`` selects from."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.file:
            raise ValueError("give the file")
        if (said := self.said(*OF_VALUES)) and not self.types:
            raise ValueError(
                f"{said[0]} needs types, which say of what it speaks: "
                'types = { price = "number" }'
            )
        return self


class TableConfig(TableCompleteness, FileOptions):
    """Where one table of the contract comes from: a file, a table of the database, or a select."""

    table: str = ""
    sql: str = ""
    #: Column of the contract -> where it comes from; text: the column of the file or table.
    columns: dict[str, Origin] = Field(default_factory=dict)

    @field_validator("columns")
    @classmethod
    def _named_columns(cls, value: dict[str, str | Mapped]) -> dict[str, str | Mapped]:
        for name, mapped in value.items():
            if mapped == "" or mapped == Mapped():
                raise ValueError(f"columns.{name} says nothing: name a column, a value or a sql")
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(map(bool, (self.file, self.table, self.sql))) != 1:
            raise ValueError("give exactly one of file, table and sql")
        if not self.file and (said := self.said(*OF_FILES)):
            value = json.dumps(getattr(self, said[0]), ensure_ascii=False)
            like = f'raw = {{ file = "export.csv", {said[0]} = {value} }}'
            raise ValueError(
                f"{said[0]} says how a file is read, and this table names none: move it to the "
                f"file that the sql reads, as in [files] {like}"
                if said[0] not in ("types", "fill_down", "fill_within", "drop")
                else f"{said[0]} is for a file: let the table or sql give such rows"
            )
        return self
