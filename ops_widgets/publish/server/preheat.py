"""What a kernel does before its visitor comes: import everything, open the store, remember."""

from __future__ import annotations

import gc
import os
from contextlib import ExitStack, closing, suppress
from importlib import import_module
from pkgutil import iter_modules

from ops_widgets import widgets
from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import OpsError
from ops_widgets.summaries.store import Store, open_store
from ops_widgets.views.base import SOURCE_VARIABLE
from ops_widgets.widgets.page import open_page
from ops_widgets.widgets.session import is_remembered, source_of_kernel

_held: list[Store] = []


def preheat() -> None:
    """Import, open the store and keep it open: a notebook that opens it again shares the file."""
    load()
    _held.append(_store())
    settle()


def load() -> None:
    """Import all that a page may need."""
    for found in iter_modules(widgets.__path__):
        import_module(f"{widgets.__name__}.{found.name}")
    for analysis in ANALYSES.values():
        analysis.panels()  # imports the module of each panel, with what draws it
    import ipywidgets
    from IPython import get_ipython

    if shell := get_ipython():
        # Where it was imported before there was a kernel, this one has not heard of it.
        ipywidgets.load_ipython_extension(shell)


def remember() -> None:
    """Answer what the page of every notebook asks at first; pages of this process know it then.

    Nothing is asked twice of the same summaries, and no store stays open: a copy of this process
    would lack its threads.
    """
    with ExitStack() as opened:
        if is_remembered(opened.enter_context(closing(_store()))):
            return
        for name in ANALYSES:
            with suppress(OpsError):  # of data that lack much, there is less to remember
                page = open_page(name, {})
                opened.enter_context(closing(page.store))
                page.ask()


def settle() -> None:
    """What is there now stays: to look for garbage in it would stop a page for 80 ms now and then,
    and write into every page of memory that copies of this process share.
    """
    gc.collect()
    gc.freeze()


def _store() -> Store:
    return open_store(source_of_kernel(os.environ[SOURCE_VARIABLE]))
