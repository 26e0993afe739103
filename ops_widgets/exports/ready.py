"""The ready sources: for each known export its columns, and the selects that fill the contract.

One export is one TOML in ``ready/``. Its selects are written over the *fields* of its files; which
column of the user's file is which field is found when the export is recognised, so the languages
and versions of one export share one select.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

#: In the name of a column: any currency, and any number where a file has several such columns.
CURRENCY, NUMBERED = "XXX", "{n}"


class Part(BaseModel):
    """A piece of a ready source, as its TOML says it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ExportField(Part):
    """One thing that a file knows, under whichever of ``columns`` the file calls it.

    ``sql`` is an expression over ``{}``, the column; ``blank`` is what an empty cell means, where
    the export says nothing in place of it; ``remedy`` is how the export is made with this field.
    """

    columns: tuple[str, ...]
    type: Literal["text", "number", "timestamp", "date", "none"] = "text"
    optional: bool = False
    blank: str = ""
    sql: str = ""
    remedy: str = ""

    def find(self, header: tuple[str, ...]) -> tuple[str, ...]:
        """The columns of ``header`` that are this field: none, one, or several numbered ones."""
        for spec in self.columns:
            pattern = re.escape(spec.casefold()).replace(re.escape(NUMBERED), "[0-9]+")
            pattern = pattern.replace(CURRENCY.casefold(), "[a-z]{3}")
            found = [name for name in header if re.fullmatch(pattern, name.casefold())]
            if found:
                return tuple(found) if NUMBERED in spec else (found[0],)
        return ()


class ExportFile(Part):
    """One kind of file of an export.

    ``key`` names the fields whose values tell two files of this kind apart: both with the same
    ones would count twice. ``currency``, ``region`` and ``market`` name the fields that say in
    which currency, country or marketplace it sold; ``says`` what a column's language says of the
    currency. ``drop`` are conditions over fields in braces.
    """

    fields: dict[str, ExportField]
    key: tuple[str, ...]
    optional: bool = False
    currency: str = ""
    region: str = ""
    market: str = ""
    says: dict[str, str] = Field(default_factory=dict)
    quote: str | None = None
    comment: str = ""
    drop: dict[str, str] = Field(default_factory=dict)

    @field_validator("fields", mode="before")
    @classmethod
    def _one_column(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: {"columns": [value]} if isinstance(value, str) else value
            for name, value in values.items()
        }


class TableSelect(Part):
    """A select over the fields that fills one table of the contract.

    It is used where the files and fields (``file.field``) in ``needs`` are there. ``campaign`` is
    the field that holds the campaign of an order, ``ids`` the fields of which the first that is
    filled is the id of a campaign: so it shows whether the two speak of the same. ``DIGITS`` in
    the select stands for the digits of the currency.
    """

    sql: str
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    campaign: str = ""
    ids: tuple[str, ...] = ()


class Export(Part):
    """A known export: where it is made, its files, and what they fill.

    Exports of one ``shop`` tell of the same orders: the one with the lowest ``rank`` tells them.
    ``unknown`` says what the export does not know.
    """

    key: str
    name: str
    made_in: str
    unknown: str
    shop: str = ""
    rank: int = 1
    currency: str = ""
    timezone: str = ""
    settings: dict[str, bool] = Field(default_factory=dict)
    files: dict[str, ExportFile]
    tables: dict[str, tuple[TableSelect, ...]]


@cache
def ready_sources() -> tuple[Export, ...]:
    """All ready sources, by their names."""
    folder = Path(__file__).parent / "ready"
    found = [
        Export(key=path.stem, **tomllib.loads(path.read_text("utf-8")))
        for path in folder.glob("*.toml")
    ]
    return tuple(sorted(found, key=lambda one: one.name))
