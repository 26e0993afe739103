"""The difference between two runs that do not follow each other, by those in between."""

from __future__ import annotations

from collections.abc import Sequence

from ops_widgets.publish.changes.causes import with_causes
from ops_widgets.publish.changes.compare import split
from ops_widgets.publish.changes.difference import Amount, Difference, NumberDifference
from ops_widgets.publish.reports.manifest import RunManifest

_LATER = "The runs between the two that could say why are gone, or could not say it."


def between(old: RunManifest, chain: Sequence[RunManifest]) -> Difference:
    """The change from ``old`` to the last of ``chain``, by what each run says of the one before.

    ``chain`` are the runs after ``old`` that followed each other. Nothing is run: where the runs
    do not follow each other, or one could not split a number, its parts stay unknown.
    """
    new = chain[-1]
    follows = [run.difference for run in chain]
    links = [old, *chain]
    whole = all(
        found is not None and (found.old_as_of, found.old_key) == (before.as_of, before.key)
        for before, found in zip(links, follows, strict=False)
    )
    steps: dict[str, list[NumberDifference]] = {}
    for found in follows if whole else []:
        assert found is not None
        for number in found.numbers:
            steps.setdefault(number.number, []).append(number)
    numbers = []
    for number in split(old, new, {}).numbers:
        own = steps.get(number.number, [])
        known = number.old is not None and number.new is not None
        if known and len(own) == len(chain) and all(step.moved is not None for step in own):
            numbers.append(number.model_copy(update=_added(own)))
        elif known and number.moved is None:
            numbers.append(number.model_copy(update={"reason": _LATER}))
        else:
            numbers.append(number)
    return with_causes(old, new, numbers)


def _added(steps: Sequence[NumberDifference]) -> dict[str, Amount | str | None]:
    """The parts of several steps, added up; told apart only where every step tells them apart."""
    moved = sum(step.moved or 0 for step in steps)
    if any(step.late_or_redefined is not None for step in steps):
        mixed = sum((s.late or 0) + (s.redefined or 0) + (s.late_or_redefined or 0) for s in steps)
        parts: dict[str, Amount | None] = {"late_or_redefined": mixed}
        parts |= {"late": None, "redefined": None}
        total = moved + mixed
    else:
        late = sum(step.late or 0 for step in steps)
        redefined = sum(step.redefined or 0 for step in steps)
        parts = {"late": late, "redefined": redefined, "late_or_redefined": None}
        total = moved + late + redefined
    return {"total": total, "moved": moved, **parts, "reason": ""}
