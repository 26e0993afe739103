"""A report that nobody has written down: notebooks and parameters of a command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import UsageError, nearest
from ops_widgets.publish.reports.definition import OWN, Definition, NotebookEntry

#: (name, text) of parameters; several of one name for a multi-select.
Pairs = Sequence[tuple[str, str]]


def adhoc(names: Sequence[str], source: str, parameters: Pairs = ()) -> Definition:
    """The report of the notebooks ``names`` (``all`` or nothing for every one).

    It is named after the ``source`` (its name), so that two shops have two histories. Each of
    the ``parameters`` goes to every notebook that has it. Raises ``UsageError`` for an unknown
    name or an ill-typed value.
    """
    chosen = notebook_names(names)
    fields = {name: ANALYSES[name].view.model_fields for name in chosen}
    known = {field for name in chosen for field in fields[name]}
    for name, _ in parameters:
        if name in OWN:
            option = name.replace("_", "-")
            raise UsageError(f"{name!r} is not given by -p.", f"Use --{option} VALUE.")
        if name not in known:
            raise UsageError(
                f"No notebook of this report has a parameter {name!r}.", nearest(name, known)
            )
    entries = tuple(
        NotebookEntry(
            name=name,
            parameters=_changed(name, [p for p in parameters if p[0] in fields[name]]),
        )
        for name in chosen
    )
    stem = folder_name(source)
    which = "" if len(chosen) == len(ANALYSES) else f"-{'-'.join(chosen)}"
    return Definition(
        name=f"{stem}{which}"[:80],
        title=f"{source}: {'all notebooks' if not which else ', '.join(chosen)}",
        as_of="last-day-of-data",
        notebook=entries,
    )


def notebook_names(names: Sequence[str]) -> list[str]:
    """Stems of the notebooks asked for, each once; ``all`` (or nothing) means every one."""
    if not names or "all" in names:
        return list(ANALYSES)
    for name in names:
        if name not in ANALYSES:
            raise UsageError(f"There is no notebook {name!r}.", nearest(name, [*ANALYSES, "all"]))
    return list(dict.fromkeys(names))


def folder_name(source: str) -> str:
    """A source's name as one folder's name, which it may not be by itself."""
    return re.sub(r"[^\w.-]+", "-", source).strip("-.") or "source"


def _changed(name: str, pairs: Pairs) -> dict[str, object]:
    """The parameters that differ from the notebook's own, typed by its view."""
    # The codec of links also reads a command line: both are text, both may repeat a name.
    default = ANALYSES[name].view.parse({})
    chosen = default.with_query(urlencode(list(pairs))).parameters()
    return {key: value for key, value in chosen.items() if value != default.parameters()[key]}
