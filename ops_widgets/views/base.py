"""One immutable, typed value says what is being looked at.

The same value is a notebook's Papermill parameters, the state of its controls, the query
string of an app's link and an entry of a scheduled report. This module is the one codec
between the four.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self, get_origin
from urllib.parse import parse_qsl, urlencode

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from ops_widgets.errors import UsageError, nearest
from ops_widgets.invalid import Problem, problems
from ops_widgets.metrics.compare import Against
from ops_widgets.names import SEPARATOR
from ops_widgets.views.period import Period

#: A chosen name (category, channel, ...): text, never empty, never a novel.
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
#: A multi-select: the chosen names; nothing chosen means everything.
Names = tuple[Name, ...]
#: The value of a mark that was clicked, such as a category; empty: nothing is picked.
Pick = Annotated[str, StringConstraints(max_length=400)]
#: A goal for one headline number, as ``name=value``: money in whole currency, a share as 0.25.
Target = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}=-?[0-9]{1,15}(\.[0-9]{1,6})?$")
]
Targets = tuple[Target, ...]
#: Which change the headline numbers show; all of them are recorded.
Compare = Annotated[
    Against,
    Field(
        title="Compare with",
        description="The period before, the same one last year, the targets, or nothing",
    ),
]
#: How numbers, money and days are written.
Locale = Literal["en", "en-IN", "de", "es", "fr", "it", "ja", "nl", "pt", "zh"]

#: Set by ``ops serve`` and ``ops lab``: which source their notebooks open.
SOURCE_VARIABLE = "OPS_SOURCE"


class View(BaseModel):
    """What every notebook's view has; subclasses add filters and options as fields.

    A field's ``title`` is the label of its control and its ``description`` the help text.
    A bounded ``int``, a ``Literal``, a ``date`` and :data:`Names` each have a control; a
    :data:`Pick` is set by clicking a mark, ``since`` and ``until`` by dragging over a chart.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    #: File stem of the notebook that this view belongs to.
    notebook: ClassVar[str] = ""
    #: Fields that a link can never change: they reach outside the page.
    not_in_links: ClassVar[frozenset[str]] = frozenset({"source"})
    #: What a change of a field sets back, since it has no meaning any more.
    resets: ClassVar[Mapping[str, tuple[str, ...]]] = {"as_of": ("since", "until")}
    #: What is selected in the charts, and goes when the selection is cleared.
    selected: ClassVar[tuple[str, ...]] = ("since", "until")
    #: The path that is looked into, the pick that leads further down, and what the whole is
    #: called; None: no drill-down.
    drill: ClassVar[tuple[str, str, str] | None] = None
    #: The fields that are one period to a person; None: each of them has a control of its own.
    period: ClassVar[Period | None] = None
    #: Fields that few people turn: their controls stand behind "More".
    seldom: ClassVar[frozenset[str]] = frozenset({"locale"})

    source: str = Field("../data/samples", title="Source", description="Folder or TOML file")
    as_of: date | None = Field(
        None, title="As of", description="Last day looked at; empty: the last day of the data"
    )
    since: date | None = Field(
        None, title="Part from", description="Only the part of the window from this day on"
    )
    until: date | None = Field(
        None, title="Part to", description="Only the part of the window up to this day"
    )
    compare: Compare = "before"
    targets: Targets = Field(
        (), title="Targets", description="Goals of headline numbers, such as orders=5000"
    )
    locale: Locale = Field(
        "en", title="Numbers as in", description="How numbers, money and days are written"
    )

    @model_validator(mode="after")
    def _part_has_days(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"the part of the window ends on {self.until}, before it begins")
        return self

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
        days = {n for n, field in cls.model_fields.items() if field.annotation == date | None}
        cleaned = {k: (None if v == "" and k in days else v) for k, v in values.items()}
        try:
            return cls.model_validate(cleaned)
        except ValidationError as error:
            raise _explain(problems(error)[0]) from None

    @classmethod
    def from_parameters(cls, namespace: Mapping[str, Any]) -> Self:
        """The view of a notebook: the names of its parameters cell, then whoever opened it.

        ``namespace`` is the notebook's ``globals()``: only declared fields are taken from it.
        A server may set the source (``OPS_SOURCE``); a visitor's link may set everything but
        that, which the page does once it knows what can be chosen.
        """
        values = {name: namespace[name] for name in cls.model_fields if name in namespace}
        if served := os.environ.get(SOURCE_VARIABLE):
            values["source"] = served
        return cls.parse(values)

    def parameters(self) -> dict[str, Any]:
        """Plain literals, one for each field, as Papermill injects them."""
        return {
            name: "" if value is None else value
            for name, value in self.model_dump(mode="json").items()
        }

    def replace(self, **changes: Any) -> Self:
        """This view with some fields changed, checked like any other."""
        return type(self).parse(self.model_dump() | changes)

    def turned(self, changes: Mapping[str, Any]) -> Self:
        """This view as a person changes it: what hangs on a changed field falls back as well."""
        view = self.replace(**changes)
        dropped = {
            name: type(self).model_fields[name].default
            for turned in changes
            if getattr(view, turned) != getattr(self, turned)
            for name in self.resets.get(turned, ())
            if name not in changes
        }
        return view.replace(**dropped) if dropped else view

    def unselected(self) -> Self:
        """This view without what is selected in its charts."""
        fields = type(self).model_fields
        return self.replace(**{name: fields[name].default for name in self.selected})

    @property
    def selection(self) -> dict[str, Any]:
        """What is selected in the charts, field by field: the campaign, the days, ...; empty:
        nothing.
        """
        found = {name: getattr(self, name) for name in self.selected}
        return {name: value for name, value in found.items() if value}

    def names_something(self) -> bool:
        """Whether anything is chosen by a name, which the data may not have."""
        return any(
            getattr(self, name) not in ("", (), field.default)
            for name, field in type(self).model_fields.items()
            if name not in self.not_in_links
            and (field.annotation is str or get_origin(field.annotation) is tuple)
        )

    def misfits(
        self, names: Mapping[str, Sequence[str]], bounds: Mapping[str, tuple[date, date]]
    ) -> dict[str, str]:
        """Field -> why what is picked there exists, but not in this view; views add their own.

        ``names`` and ``bounds`` are what the data offer (see ``Choices``).
        """
        if self.drill is None:
            return {}
        field, pick, _ = self.drill
        inside, picked = getattr(self, field), getattr(self, pick)
        if inside and picked and not picked.startswith(inside + SEPARATOR):
            title = type(self).model_fields[pick].title
            return {pick: f"{title} {picked[:80]!r} does not lie inside {inside[:80]!r}."}
        return {}

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
        changes = {}
        for name, texts in texts_of(query).items():
            if name in self.not_in_links:
                raise UsageError(f"A link cannot change {name!r}.", "Remove it from the address.")
            changes[name] = self.from_texts(name, texts)
        return self.replace(**changes) if changes else self

    @classmethod
    def from_texts(cls, name: str, texts: list[str]) -> Any:
        """What stands in a link for one field, as :meth:`parse` takes it."""
        field = cls.model_fields.get(name)
        many = field is not None and get_origin(field.annotation) is tuple
        return tuple(t for t in texts if t) if many else texts[-1]


def texts_of(query: str) -> dict[str, list[str]]:
    """The parameters of a link that are the view's, each with all its values, in their order."""
    found: dict[str, list[str]] = {}
    for name, text in parse_qsl(query.lstrip("?"), keep_blank_values=True):
        if not name.startswith("voila-") and name != "token":
            found.setdefault(name, []).append(text)
    return found


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _explain(problem: Problem) -> UsageError:
    if not problem.keys:
        sentence = problem.sentence
        return UsageError(f"{sentence[0].upper()}{sentence[1:]}", "Choose other days.")
    return UsageError(
        f"Parameter {problem.keys[0]!r} cannot be {problem.given!r}.",
        f"It must be {problem.expected}." if problem.expected else problem.sentence,
    )
