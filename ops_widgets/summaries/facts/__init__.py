"""The fact tables, one module each: a module here with a ``FACT`` is all that one takes."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from ops_widgets.contract import TABLES
from ops_widgets.summaries.definitions import Fact


def _found() -> dict[str, Fact]:
    modules = [import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)]
    facts: list[Fact] = [module.FACT for module in modules]
    order = list(TABLES)
    return {fact.table: fact for fact in sorted(facts, key=lambda fact: order.index(fact.table))}


#: Contract table -> its fact, in the contract's order.
FACTS = _found()
