"""What moved since the run before, what came late, and what was redefined.

With ``x``, what the new definition says of the old day on the new data, a change splits without
a rest: between ``x`` and the new value only the day moved, and between the old value and ``x``
only the data (late rows) and the definition did. Those two are told apart by what stayed as it
was, or by ``y``, what the old notebook says of the old day on the new data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ops_widgets.charts.formats import is_missing
from ops_widgets.publish.changes.difference import (
    Amount,
    Difference,
    Growth,
    NumberDifference,
    Redefinition,
)
from ops_widgets.publish.changes.recompute import Recomputed, Request, recompute
from ops_widgets.publish.reports.manifest import Input, NotebookRun, RunManifest

#: Parameters that say which data and which day, not what is made of them.
_NO_DEFINITION = frozenset({"source", "as_of"})
_LATER = "The runs between the two that could say why are gone, or could not say it."


def difference(
    old: RunManifest,
    old_folder: Path,
    new: RunManifest,
    new_folder: Path,
    *,
    source: str,
    environment: Mapping[str, str] | None = None,
) -> Difference:
    """The change of every headline number of ``new`` since ``old``.

    The folders hold the executed notebooks ``NAME.ipynb``. The past is restated from the
    summaries of ``source``, which must be those that ``new`` was made from (``environment`` may
    pin them). Never raises for what a notebook does: a number that cannot be split says why.
    """
    pairs = [
        _Pair(old, new, before, now)
        for now in new.notebooks
        if now.numbers and (before := _notebook(old, now.name)) and before.numbers
    ]
    day = {"as_of": old.as_of.isoformat(), "source": source}
    asked = {("x", p.name): new_folder / f"{p.name}.ipynb" for p in pairs if p.needs_x}
    asked |= {("y", p.name): old_folder / f"{p.name}.ipynb" for p in pairs if p.needs_y}
    said = recompute([Request(path, day) for path in asked.values()], environment=environment)
    return split(old, new, dict(zip(asked, said, strict=True)))


def split(
    old: RunManifest, new: RunManifest, past: Mapping[tuple[str, str], Recomputed]
) -> Difference:
    """:func:`difference` when the ``past`` has been restated: by "x" or "y" and the notebook."""
    numbers = []
    for now in new.notebooks:
        before = _notebook(old, now.name)
        pair = _Pair(old, new, before, now) if before else None
        x, y = past.get(("x", now.name)), past.get(("y", now.name))
        then = {n.name: n for n in before.numbers} if before else {}
        current = {n.name: n for n in now.numbers}
        for name, number in (then | current).items():
            values = {
                "old": _known(then[name].value) if name in then else None,
                "new": _known(current[name].value) if name in current else None,
            }
            numbers.append(
                NumberDifference(
                    number=f"{now.name}.{name}",
                    label=number.label,
                    format=number.format,
                    currency=number.currency,
                    minor_digits=number.minor_digits,
                    **values,
                    **_parts(name, values["old"], values["new"], pair, x, y),
                )
            )
    return _between(old, new, numbers)


class _Pair:
    """One notebook in both runs, and what of it is as it was."""

    def __init__(
        self, old: RunManifest, new: RunManifest, before: NotebookRun, now: NotebookRun
    ) -> None:
        self.name = now.name
        same_notebook = before.source_sha256 == now.source_sha256 and _settings(
            before
        ) == _settings(now)
        self.same_package = old.code_sha256 == new.code_sha256
        self.same_definition = same_notebook and self.same_package
        self.same_data = old.content == new.content
        self.same_day = old.as_of == new.as_of

    @property
    def needs_x(self) -> bool:
        return not self.same_day and not (self.same_definition and self.same_data)

    @property
    def needs_y(self) -> bool:
        return not self.same_definition and not self.same_data and self.same_package


def _parts(
    name: str,
    old: Amount | None,
    new: Amount | None,
    pair: _Pair | None,
    past_x: Recomputed | None,
    past_y: Recomputed | None,
) -> dict[str, Amount | str | None]:
    """The fields of a :class:`NumberDifference` that say by how much, and by what."""
    if old is None or new is None or pair is None:
        gone = "in this run" if old is not None else "in the run before"
        gone = "in both runs" if old is None and new is None else gone
        return {"reason": f"It is missing {gone}."}
    rest: dict[str, Amount | str | None] = {"total": new - old}
    x: Amount | None = new if pair.same_day else old
    if pair.needs_x:
        x = _known(past_x.value(name)) if past_x else None
    if x is None:
        return rest | {"reason": _why_not(past_x)}
    parts: dict[str, Amount] = {"moved": new - x}
    if pair.same_definition:
        parts |= {"late": x - old, "redefined": 0}
    elif pair.same_data:
        parts |= {"late": 0, "redefined": x - old}
    elif not pair.needs_y:
        parts |= {"late_or_redefined": x - old}
    else:
        y = _known(past_y.value(name)) if past_y else None
        if y is None:
            return rest | parts | {"late_or_redefined": x - old, "reason": _why_not(past_y)}
        parts |= {"late": y - old, "redefined": x - y}
    # Fractions: what the parts add up to is the total, to the last bit.
    return {"total": sum(parts.values()), **parts}


def _why_not(past: Recomputed | None) -> str:
    said = past.reason if past and past.reason else "the notebook does not know it"
    return f"The past could not be restated: {said}"


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
    return _between(old, new, numbers)


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


def _between(old: RunManifest, new: RunManifest, numbers: Sequence[NumberDifference]) -> Difference:
    """A difference of ``numbers``, with what the two manifests say about its causes."""
    then = {table.table: table for table in old.inputs}
    now = {table.table: table for table in new.inputs}
    return Difference(
        old_as_of=old.as_of,
        old_key=old.key,
        new_as_of=new.as_of,
        new_key=new.key,
        numbers=list(numbers),
        redefinitions=_redefinitions(old, new),
        inputs=[_growth(name, then.get(name), now.get(name)) for name in then | now],
    )


def _redefinitions(old: RunManifest, new: RunManifest) -> list[Redefinition]:
    found = []
    if old.code_sha256 != new.code_sha256:
        found.append(Redefinition(what="package", old=old.package_version, new=new.package_version))
    for now in new.notebooks:
        before = _notebook(old, now.name)
        if before is None:
            continue
        if before.source_sha256 != now.source_sha256:
            found.append(Redefinition(what="notebook", notebook=now.name))
        then, current = _settings(before), _settings(now)
        found += [
            Redefinition(
                what="parameter",
                notebook=now.name,
                name=name,
                old=then.get(name),
                new=current.get(name),
            )
            for name in then | current
            if then.get(name) != current.get(name)
        ]
    return found


def _growth(table: str, then: Input | None, now: Input | None) -> Growth:
    return Growth(
        table=table,
        rows_then=then.rows_in if then else 0,
        rows_now=now.rows_in if now else 0,
        rejected_then=then.rows_rejected if then else 0,
        rejected_now=now.rows_rejected if now else 0,
    )


def _settings(notebook: NotebookRun) -> dict[str, object]:
    return {k: v for k, v in notebook.parameters.items() if k not in _NO_DEFINITION}


def _notebook(run: RunManifest, name: str) -> NotebookRun | None:
    return next((n for n in run.notebooks if n.name == name), None)


def _known(value: Amount | None) -> Amount | None:
    return None if is_missing(value) else value
