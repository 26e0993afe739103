"""What moved since the run before, what came late, and what was redefined.

With ``x``, what the new definition says of the old day on the new data, a change splits without
a rest: between ``x`` and the new value only the day moved, and between the old value and ``x``
only the data (late rows) and the definition did. Those two are told apart by what stayed as it
was, or by ``y``, what the old notebook says of the old day on the new data.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ops_widgets.charts.formats import is_missing
from ops_widgets.publish.changes.causes import notebook_of, settings_of, with_causes
from ops_widgets.publish.changes.difference import (
    Amount,
    Difference,
    NumberDifference,
)
from ops_widgets.publish.changes.recompute import Recomputed, Request, recompute
from ops_widgets.publish.reports.manifest import NotebookRecord, RecordedNumber, RunManifest


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

    The folders hold the executed notebooks ``NAME.ipynb``. The past is computed again from the
    summaries of ``source``, which must be those that ``new`` was made from (``environment`` may
    pin them). Never raises for what a notebook does: a number that cannot be split says why.
    """
    pairs = [
        _Pair(old, new, before, now)
        for now in new.notebooks
        if now.numbers and (before := notebook_of(old, now.name)) and before.numbers
    ]
    day = {"as_of": old.as_of.isoformat(), "source": source}
    asked = {("x", p.name): new_folder / f"{p.name}.ipynb" for p in pairs if p.needs_x}
    asked |= {("y", p.name): old_folder / f"{p.name}.ipynb" for p in pairs if p.needs_y}
    answers = recompute([Request(path, day) for path in asked.values()], environment=environment)
    return split(old, new, dict(zip(asked, answers, strict=True)))


def split(
    old: RunManifest, new: RunManifest, past: Mapping[tuple[str, str], Recomputed]
) -> Difference:
    """:func:`difference` with the ``past`` at hand: by "x" or "y" and the notebook."""
    numbers = []
    for now in new.notebooks:
        before = notebook_of(old, now.name)
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
                    waits=_waits(then.get(name), current.get(name)),
                    **values,
                    **_parts(name, values["old"], values["new"], pair, x, y),
                )
            )
    return with_causes(old, new, numbers)


class _Pair:
    """One notebook in both runs, and what of it is as it was."""

    def __init__(
        self, old: RunManifest, new: RunManifest, before: NotebookRecord, now: NotebookRecord
    ) -> None:
        self.name = now.name
        same_cells = before.source_sha256 == now.source_sha256
        same_notebook = same_cells and settings_of(before) == settings_of(now)
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


def _waits(then: RecordedNumber | None, now: RecordedNumber | None) -> str:
    """The grain of a number whose period is the one that the run before had; empty: it has news."""
    return now.grain if then and now and now.closed and now.closed == then.closed else ""


def _why_not(past: Recomputed | None) -> str:
    reason = past.reason if past and past.reason else "the notebook does not know it"
    return f"The past could not be restated: {reason}"


def _known(value: Amount | None) -> Amount | None:
    return None if is_missing(value) else value
