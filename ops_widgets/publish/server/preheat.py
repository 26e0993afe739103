"""What a kernel does before its visitor comes: import everything and open the store."""

from __future__ import annotations

import os
from importlib import import_module

from ops_widgets.analyses import ANALYSES
from ops_widgets.views.base import SOURCE_VARIABLE

#: What a page and the widgets it makes import, sooner or later.
NEEDED = (
    "altair",
    "ipywidgets",
    "ops_widgets.widgets.controls",
    "ops_widgets.widgets.live_chart",
    "ops_widgets.widgets.live_html",
    "ops_widgets.widgets.page",
)
_held: list[object] = []


def preheat() -> None:
    """Import, open the store and keep it open: a notebook that opens it again shares the file."""
    for name in NEEDED:
        import_module(name)
    for analysis in ANALYSES.values():
        analysis.panels()  # imports the module of each panel, with what draws it
    store_module = import_module("ops_widgets.summaries.store")
    _held.append(store_module.open_store(os.environ[SOURCE_VARIABLE]))
