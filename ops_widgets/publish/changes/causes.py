"""What of two manifests can be the cause of a difference: redefinitions and other rows."""

from __future__ import annotations

from collections.abc import Sequence

from ops_widgets.publish.changes.difference import (
    Difference,
    Growth,
    NumberDifference,
    Redefinition,
)
from ops_widgets.publish.reports.manifest import Input, NotebookRecord, RunManifest

#: Parameters that say which data and which day, not what is made of them.
_NO_DEFINITION = frozenset({"source", "as_of"})


def with_causes(
    old: RunManifest, new: RunManifest, numbers: Sequence[NumberDifference]
) -> Difference:
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
        before = notebook_of(old, now.name)
        if before is None:
            continue
        if before.source_sha256 != now.source_sha256:
            found.append(Redefinition(what="notebook", notebook=now.name))
        then, current = settings_of(before), settings_of(now)
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


def settings_of(notebook: NotebookRecord) -> dict[str, object]:
    """The parameters of a notebook that define its numbers."""
    return {k: v for k, v in notebook.parameters.items() if k not in _NO_DEFINITION}


def notebook_of(run: RunManifest, name: str) -> NotebookRecord | None:
    """The notebook of that name in a run; None: it has none."""
    return next((n for n in run.notebooks if n.name == name), None)
