"""The data contract: every table, column, type, unit and rule, declared once.

The loader, the checks, the data dictionary page and the sample generator all read
:data:`TABLES` and repeat none of it.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from ops_widgets.contract import tables
from ops_widgets.contract.table import Table

CONTRACT_VERSION = 3


def _found() -> dict[str, Table]:
    """The ``TABLE`` of every module in ``tables``."""
    names = [found.name for found in iter_modules(tables.__path__)]
    declared = [import_module(f"{tables.__name__}.{name}").TABLE for name in names]
    return {table.name: table for table in sorted(declared, key=lambda one: (one.place, one.name))}


#: Every table by its name, in the order of their places.
TABLES: dict[str, Table] = _found()
#: What texts of the contract name: brand, category, channel, ...
NAMES = tuple(sorted({c.names for table in TABLES.values() for c in table.columns if c.names}))
