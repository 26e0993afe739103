"""What a kernel does before its visitor comes: import everything, open the store, remember."""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from ops_widgets import widgets
from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import OpsError
from ops_widgets.summaries.store import Store, open_store
from ops_widgets.views.base import SOURCE_VARIABLE
from ops_widgets.widgets.page import open_page
from ops_widgets.widgets.session import is_remembered, source_of_kernel

_held: list[Any] = []


def preheat() -> None:
    """Import, open the store and keep it open: a notebook that opens it again shares the file."""
    for found in iter_modules(widgets.__path__):
        import_module(f"{widgets.__name__}.{found.name}")
    for analysis in ANALYSES.values():
        analysis.panels()  # imports the module of each panel, with what draws it
    load_widgets()
    _held.append(_store())
    # What is there now stays: to look for garbage in it would stop a page for 80 ms now and then.
    gc.collect()
    gc.freeze()


def load_widgets() -> None:
    """Import ipywidgets; what it told no kernel, since there was none yet, it tells this one."""
    import ipywidgets
    from IPython import get_ipython

    if shell := get_ipython():
        ipywidgets.load_ipython_extension(shell)


def remember() -> None:
    """Answer what the page of every notebook asks at first; pages of this process know it then.

    Nothing is asked twice of the same summaries.
    """
    store = _store()
    _held.append(store)
    if is_remembered(store):
        return
    for name in ANALYSES:
        with suppress(OpsError):  # of data that lack much, there is less to remember
            page = open_page(name, {})
            _held.append(page.store)
            page.ask()


def _store() -> Store:
    return open_store(source_of_kernel(os.environ[SOURCE_VARIABLE]))


def let_go() -> None:
    """Close the store, whose threads would be missing in a copy of this process."""
    while _held:
        _held.pop().close()
