"""What a kernel does before its visitor comes: import everything and open the store."""

from __future__ import annotations

import gc
import os
from importlib import import_module
from pkgutil import iter_modules

from ops_widgets import widgets
from ops_widgets.analyses import ANALYSES
from ops_widgets.summaries.store import open_store
from ops_widgets.views.base import SOURCE_VARIABLE
from ops_widgets.widgets.session import source_of_kernel

_held: list[object] = []


def preheat() -> None:
    """Import, open the store and keep it open: a notebook that opens it again shares the file."""
    for found in iter_modules(widgets.__path__):
        import_module(f"{widgets.__name__}.{found.name}")
    for analysis in ANALYSES.values():
        analysis.panels()  # imports the module of each panel, with what draws it
    import_module("ipywidgets")
    _held.append(open_store(source_of_kernel(os.environ[SOURCE_VARIABLE])))
    # What is there now stays: to look for garbage in it would stop a page for 80 ms now and then.
    gc.collect()
    gc.freeze()
