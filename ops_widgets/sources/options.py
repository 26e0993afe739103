"""How a file is written, as its source says it: the options that [files] and [tables] share."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Self
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from ops_widgets.contract.table import ColumnType
from ops_widgets.errors import nearest
from ops_widgets.sources.date_formats import DateFormat
from ops_widgets.sources.written import Written

#: What DuckDB reads itself, by the names of Python; all else is first turned into UTF-8.
NATIVE = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16": "utf-16", "iso8859-1": "latin-1"}
#: Options that say how a file is read, not what its values mean: a database needs none.
OF_FILES = (
    *("delimiter", "encoding", "skip", "comment", "quote", "sheet"),
    *("types", "fill_down", "fill_within", "drop"),
)
#: Options that say how values are written.
OF_VALUES = ("decimal", "thousands", "date_format", "timezone")


#: The names of all time zones. They are found by reading a tree of files.
_zones = cache(available_timezones)


def known_zone(value: str) -> str:
    """``value``, which is a time zone; else ``ValueError`` with the nearest one."""
    known = _zones()
    if value not in known:
        # All 600 names are no hint: only a close one is.
        hint = nearest(value, known)
        hint = hint if hint.startswith("Did") else "Write it as Area/City."
        raise ValueError(f"timezone {value!r} is unknown. {hint}")
    return value


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


@dataclass(frozen=True)
class Setting:
    """Where an option is written: a sentence with ``{}`` for it, and what stands between some."""

    sentence: str = "Set for it in the TOML: {}"
    between: str = "\n"

    def of(self, *options: str) -> str:
        """The sentence that says to write ``options``, such as ``skip = 2``."""
        return self.sentence.replace("{}", self.between.join(options))


class FileOptions(BaseModel):
    """How the values of a file or table are written, and how a file is read."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    file: str = ""
    #: Empty: a comma, or a tab in a ``.tsv``.
    delimiter: str = ""
    encoding: str = "utf-8"
    #: Lines before the header.
    skip: int = Field(default=0, ge=0, le=100_000)
    #: Lines that begin with it are none.
    comment: str = ""
    quote: str = '"'
    decimal: str = "."
    thousands: str = ""
    date_format: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    #: Moments without an offset are local there; empty: they are UTC.
    timezone: str = ""
    #: Of a workbook, by name; empty: its first one.
    sheet: str = ""
    #: Column of the file -> its type, as ``sql`` and conditions see it.
    types: dict[str, ColumnType] = Field(default_factory=dict)
    #: Columns whose blank takes the value of the row above.
    fill_down: tuple[str, ...] = ()
    #: The column whose value rows share that are filled down together.
    fill_within: str = ""
    #: Name -> condition: rows that are left out, and counted under the name.
    drop: dict[str, str] = Field(default_factory=dict)

    @field_validator("delimiter", "quote", "decimal")
    @classmethod
    def _one_character(cls, value: str, info: Any) -> str:
        may_be_empty = info.field_name == "quote"
        if len(value) != 1 and not (may_be_empty and not value):
            example = {"delimiter": '";" or "\\t"', "quote": '"\'" or ""', "decimal": '","'}
            raise ValueError(
                f"{info.field_name} must be one character, "
                f"for example {example[str(info.field_name)]}"
            )
        if value in ("\n", "\r"):
            raise ValueError(f"{info.field_name} cannot be a line end")
        return value

    @field_validator("thousands")
    @classmethod
    def _separator(cls, value: str) -> str:
        if value not in ("", ",", ".", " ", "'", "’", "_"):
            raise ValueError("""thousands must be ",", ".", " ", "'", "’" or "_\"""")
        return value

    @field_validator("decimal")
    @classmethod
    def _point(cls, value: str) -> str:
        if value not in (".", ","):
            raise ValueError('decimal must be "." or ","')
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        try:
            found = codecs.lookup(value)
        except (LookupError, ValueError):
            found = None
        # What turns bytes into bytes (gzip, base64) is no encoding of a text.
        if found is None or not getattr(found, "_is_text_encoding", True):
            known = ("utf-8", "utf-16", "latin-1", "cp1252", "gb18030", "big5", "cp932", "euc-kr")
            raise ValueError(
                f"encoding {value!r} is none that Python knows. {nearest(value, known)}"
            )
        return value

    @field_validator("date_format")
    @classmethod
    def _readable_formats(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        formats = [DateFormat(one) for one in value]
        for place, one in enumerate(formats):
            for other in formats[:place]:
                if one.looks_like(other):
                    raise ValueError(
                        f"date_format: {other.text!r} and {one.text!r} fit the same values: give "
                        "the right one"
                    )
        return value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return known_zone(value) if value else value

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.thousands and self.thousands == self.decimal:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}")
        if self.fill_within and not self.fill_down:
            raise ValueError("fill_within needs fill_down")
        if odd := [name for name in self.drop if not re.fullmatch(r"[A-Za-z]\w*", name)]:
            raise ValueError(f"drop.{odd[0]} must be letters, digits and _: rows count under it")
        return self

    @property
    def native_encoding(self) -> str:
        """The encoding as DuckDB calls it; empty for one that it does not read."""
        return NATIVE.get(codecs.lookup(self.encoding).name, "")

    @property
    def decoded_by(self) -> str:
        """The encoding as Python reads with it: of UTF-8 also a mark at the start."""
        return "utf-8-sig" if self.native_encoding == "utf-8" else self.encoding

    @property
    def written(self) -> Written:
        """How numbers and moments are written."""
        formats = tuple(DateFormat(one) for one in self.date_format)
        return Written(self.decimal, self.thousands, formats, self.timezone)

    def said(self, *names: str) -> list[str]:
        """Those of the options ``names`` that are set."""
        fields = type(self).model_fields
        return [
            name
            for name in names
            if getattr(self, name) != fields[name].get_default(call_default_factory=True)
        ]
