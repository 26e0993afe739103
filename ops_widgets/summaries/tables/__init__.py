"""Summaries of tables that are small enough to be read whole every time, one module each.

A module here gives ``TABLE`` (the contract table that it is made of), ``VERSION`` (raised with
every change of what it gives) and ``define(rows, used, digits)``: an expression over the good
``rows`` of that table. ``used`` are the good rows of every small table, ``digits`` those of the
currency. The summary has the module's name, and is absent where the table is not mapped. Money
is in minor units, days are numbers since 1970-01-01, months are indices of the calendar.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

import ibis.expr.types as ir

#: The good rows of small tables by name.
Used = Mapping[str, ir.Table]


@dataclass(frozen=True)
class SmallSummary:
    """A summary of one small table, as its module declares it."""

    table: str
    version: int
    define: Callable[[ir.Table, Used, int], ir.Table]


def _found() -> dict[str, SmallSummary]:
    found = {}
    for one in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{one.name}")
        found[one.name] = SmallSummary(module.TABLE, module.VERSION, module.define)
    return found


#: Name of the summary -> what it is.
SMALL = _found()
