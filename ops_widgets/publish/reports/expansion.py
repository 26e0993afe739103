"""The runs that a report asks for: one as of a day, or one for each value of an expansion."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from itertools import product
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import UsageError, nearest
from ops_widgets.publish.reports.definition import RESERVED, Definition
from ops_widgets.summaries.store import Store
from ops_widgets.views.base import View


class RunSpec(BaseModel):
    """One run to be made: the report, the day, and the ``values`` of its expansion.

    As text it is one line of JSON, which names the report and holds no secret: a worker that
    has the same definitions and the same source can make the run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    report: str
    as_of: date
    values: dict[str, str] = {}
    #: Below the report's folder; empty without an expansion.
    slug: str = ""

    @property
    def name(self) -> str:
        """The folder of its runs."""
        return f"{self.report}/{self.slug}" if self.slug else self.report

    def to_json(self) -> str:
        """One line."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> RunSpec:
        """The inverse of :meth:`to_json`; raises ``UsageError`` for anything else."""
        try:
            spec = cls.model_validate_json(text)
        except ValidationError:
            raise UsageError(
                "That is no unit of work.", "Give one line of what `ops report plan` prints."
            ) from None
        if spec.slug != slug_of(spec.values):
            raise UsageError("The unit's slug does not belong to its values.", "Plan it again.")
        return spec


def expand(definition: Definition, as_of: date, store: Store) -> list[RunSpec]:
    """The runs of a report: one, or one for each combination of the expansion's values.

    A choice has the values of all notebooks of the report that know it, in the order of the
    notebooks, each value once.
    Raises ``UsageError`` where the source has nothing of that kind to choose from.
    """
    choices = _choices(definition, store)
    values = [_values(parameter, of, choices) for parameter, of in definition.expand.items()]
    specs = []
    for combination in product(*values):
        chosen = dict(zip(definition.expand, combination, strict=True))
        slug = slug_of(chosen)
        specs.append(RunSpec(report=definition.name, as_of=as_of, values=chosen, slug=slug))
    return specs


def views_of(
    definition: Definition, spec: RunSpec, source: str | Path, as_of: date | None = None
) -> list[View]:
    """What each notebook of a run looks at; the source is made absolute.

    ``as_of`` is the day where it is not the run's own: the data may lag behind that.
    """
    day = as_of or spec.as_of
    common = {"source": str(Path(source).absolute()), "as_of": day.isoformat()}
    views = []
    for entry in definition.notebook:
        kind = ANALYSES[entry.name].view
        own = {
            name: (value,) if isinstance(kind.model_fields[name].default, tuple) else value
            for name, value in spec.values.items()
            if name in kind.model_fields
        }
        views.append(kind.parse(entry.parameters | own | common))
    return views


def slug_of(values: Mapping[str, str]) -> str:
    """A folder's name for the values of an expansion; different ones have different names.

    >>> slug_of({"within": "Beauty"}), slug_of({"within": "Home / Kitchen"})[:12], slug_of({})
    ('beauty', 'home-kitchen', '')
    """
    if not values:
        return ""
    text = "-".join(values.values())
    slug = re.sub(r"[^\w]+", "-", text.lower()).strip("-_")[:60].strip("-_")
    if slug.isidentifier() and slug not in RESERVED and text == slug.capitalize():
        return slug
    digest = hashlib.sha256(json.dumps(dict(values)).encode()).hexdigest()[:6]
    return f"{slug or 'unit'}-{digest}"


def _choices(definition: Definition, store: Store) -> dict[str, list[str]]:
    """What can be chosen in any of the definition's notebooks, by the name of the choice."""
    found: dict[str, dict[str, None]] = {}
    for entry in definition.notebook:
        for name, values in ANALYSES[entry.name].choices(store).items():
            if "|" not in name:  # what there is only beside another choice
                found.setdefault(name, {}).update(dict.fromkeys(values))
    return {name: list(values) for name, values in found.items()}


def _values(parameter: str, of: str, choices: Mapping[str, list[str]]) -> list[str]:
    if of not in choices:
        raise UsageError(
            f"expand: {parameter} = {of!r} is nothing that can be chosen.", nearest(of, choices)
        )
    if not choices[of]:
        raise UsageError(f"The source has no {of}: there is nothing to make reports of.")
    return choices[of]
