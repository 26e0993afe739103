"""Floor 4: one room for each analysis. A folder here is an analysis; nothing lists them."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from ops_widgets.errors import UsageError, nearest
from ops_widgets.views.analysis import Analysis


def _found() -> dict[str, Analysis]:
    names = [found.name for found in iter_modules(__path__) if found.ispkg]
    doors = [import_module(f"{__name__}.{name}").ANALYSIS for name in names]
    return {one.name: one for one in sorted(doors, key=lambda one: (one.place, one.name))}


#: Every analysis by the file stem of its notebook, in the order in which people see them.
ANALYSES: dict[str, Analysis] = _found()


def analysis_of(name: str) -> Analysis:
    """The analysis of a notebook; ``UsageError`` names the nearest where there is none."""
    if name not in ANALYSES:
        raise UsageError(f"There is no notebook {name!r}.", nearest(name, ANALYSES))
    return ANALYSES[name]
