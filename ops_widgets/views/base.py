"""One immutable, typed value says what is being looked at.

The same value is a notebook's Papermill parameters, the state of its controls, the query
string of an app's link and an entry of a scheduled report. This module is the one codec
between the four.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ops_widgets.errors import UsageError, nearest

#: A chosen name (category, channel, ...): text, never empty, never a novel.
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
#: A multi-select: the chosen names; nothing chosen means everything.
Names = tuple[Name, ...]

#: Set by ``ops serve`` and ``ops lab``: which source their notebooks open.
SOURCE_VARIABLE = "OPS_SOURCE"


class View(BaseModel):
    """What every notebook's view has; subclasses add filters and options as fields.

    A field's ``title`` is the label of its control and its ``description`` the help text.
    A bounded ``int``, a ``Literal``, a ``date`` and :data:`Names` each have a control.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    #: File stem of the notebook that this view belongs to.
    notebook: ClassVar[str] = ""
    #: Fields that a link can never change: they reach outside the page.
    not_in_links: ClassVar[frozenset[str]] = frozenset({"source"})

    source: str = Field("../data/samples", title="Source", description="Folder or TOML file")
    as_of: date | None = Field(
        None, title="As of", description="Last day looked at; empty: the last day of the data"
    )

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """A view from plain values (literals or text); unknown names and wrong types are refused.

        Raises :class:`UsageError` that names the parameter and the nearest valid name or value.
        """
        for name in values:
            if name not in cls.model_fields:
                raise UsageError(
                    f"{cls.notebook or cls.__name__} has no parameter {name!r}.",
                    nearest(name, cls.model_fields),
                )
        cleaned = {k: (None if v == "" and k == "as_of" else v) for k, v in values.items()}
        try:
            return cls.model_validate(cleaned)
        except ValidationError as error:
            raise UsageError(*_explain(error)) from None

    @classmethod
    def from_parameters(cls, namespace: Mapping[str, Any]) -> Self:
        """The view of a notebook: the names of its parameters cell, then whoever opened it.

        ``namespace`` is the notebook's ``globals()``: only declared fields are taken from it.
        A server may set the source (``OPS_SOURCE``); a visitor's link (``QUERY_STRING``, as
        Voilà hands it to the kernel) may set everything but that.
        """
        values = {name: namespace[name] for name in cls.model_fields if name in namespace}
        if served := os.environ.get(SOURCE_VARIABLE):
            values["source"] = served
        return cls.parse(values).with_query(os.environ.get("QUERY_STRING", ""))

    def parameters(self) -> dict[str, Any]:
        """Plain literals, one for each field, as Papermill injects them."""
        return {
            name: "" if value is None else value
            for name, value in self.model_dump(mode="json").items()
        }

    def replace(self, **changes: Any) -> Self:
        """This view with some fields changed, checked like any other."""
        return type(self).parse(self.model_dump() | changes)

    def to_query(self) -> str:
        """The part of a link after ``?``: only what differs from the defaults."""
        defaults = type(self)().parameters()
        pairs: list[tuple[str, str]] = []
        for name, value in self.parameters().items():
            if name in self.not_in_links or value == defaults[name]:
                continue
            values = (value or [""]) if isinstance(value, list) else [value]
            pairs += [(name, _as_text(v)) for v in values]
        return urlencode(pairs)

    def with_query(self, query: str) -> Self:
        """This view changed by the part of a link after ``?``; names of others are refused."""
        found: dict[str, list[str]] = {}
        for name, text in parse_qsl(query.lstrip("?"), keep_blank_values=True):
            if name.startswith("voila-") or name == "token":
                continue
            if name in self.not_in_links:
                raise UsageError(f"A link cannot change {name!r}.", "Remove it from the address.")
            found.setdefault(name, []).append(text)
        changes: dict[str, Any] = {}
        for name, texts in found.items():
            field = type(self).model_fields.get(name)
            many = field is not None and field.annotation == Names
            changes[name] = tuple(t for t in texts if t) if many else texts[-1]
        return self.replace(**changes) if changes else self


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _explain(error: ValidationError) -> tuple[str, str]:
    """One sentence for the first thing that is wrong, and what would be right."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"][:1])
    expected = first.get("ctx", {}).get("expected", "")
    remedy = f"It must be {expected}." if expected else f"{first['msg']}."
    return f"Parameter {name!r} cannot be {first['input']!r}.", remedy
