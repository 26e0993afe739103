"""Which tables of the contract the sample shop has: those with a module in ``tables``."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from ops_widgets.contract import TABLES
from ops_widgets.samples import tables


def _found() -> dict[str, ModuleType]:
    names = {found.name for found in iter_modules(tables.__path__)}
    return {name: import_module(f"{tables.__name__}.{name}") for name in TABLES if name in names}


#: The module that fills each table, by the table's name, in the contract's order.
SAMPLED: dict[str, ModuleType] = _found()
