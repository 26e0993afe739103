"""How a fact table is declared: its measured rows, its partials, and the summaries of them.

Every definition has a version of its own. Raise it with every change of what it gives: stores
that were built by another version are built again, and a test ties each version to its SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import ibis.expr.types as ir

from ops_widgets.summaries.customers.cells import Cells


@dataclass(frozen=True)
class FactContext:
    """What the rows of a fact are measured by.

    ``products`` are those of :func:`dimensions.product_dimension`; ``calendar`` has ``day,
    week_index, month_index``; ``offsets`` come from :func:`periods.utc_offsets`; ``digits`` are
    the currency's. ``used`` are the good rows of the needed tables that the source maps.
    """

    cells: Cells
    products: ir.Table | None
    calendar: ir.Table
    offsets: Sequence[tuple[int, int]]
    digits: int
    used: Mapping[str, ir.Table] = field(default_factory=dict)


@dataclass(frozen=True)
class Partial:
    """What a month of a fact contributes, as an expression over its measured rows.

    It runs on the engine that holds the facts, has ``month_index``, and is additive: the rows
    of all months together hold all that the summaries need. ``of_customers``: its rows have a
    ``customer_id``, which is kept as a number ``customer`` (null stays null). A source that lacks
    one of the tables in ``needs`` has no such partial; those whose rows it reads are the fact's.
    """

    name: str
    version: int
    define: Callable[[ir.Table, FactContext], ir.Table]
    of_customers: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """What pages read: a select of the embedded engine over the partials of all months.

    It may also read the partials of other facts, ``product`` (the product dimension),
    ``out.cell`` (names of cells), ``out.<summary of a small table>`` and, in a fact that has a
    basis, ``history_<basis>`` (one row a customer). ``needs`` as in a partial. A fact of which no
    row is good has no summaries.
    """

    name: str
    version: int
    sql: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A dated table of the contract, and everything that its rows become.

    ``measure`` turns good rows into measured ones, with ``month_index``. ``chunk_rows`` are read
    at once, which bounds the memory of a build. ``needs`` are tables that are read whole beside
    it, where the source maps them: when one changed, every month is built again. Of products,
    ``months_of_products`` says which ones: a select of ``month_index`` over the partials and
    ``other`` (``product_id, is_new``), the products that are not what they were. A fact without
    it is built again as by any other table.

    ``basis`` names the partial that says when customers were active (``customer_weeks``);
    distinct customers are summarized by it.
    """

    table: str
    version: int
    measure: Callable[[ir.Table, FactContext], ir.Table]
    chunk_rows: int
    partials: tuple[Partial, ...]
    summaries: tuple[Summary, ...] = ()
    needs: tuple[str, ...] = ()
    months_of_products: str = ""
    basis: str = ""

    def partials_of(self, tables: Collection[str]) -> list[Partial]:
        """The partials of a source that maps ``tables``."""
        return [one for one in self.partials if set(one.needs) <= set(tables)]

    def summaries_of(self, tables: Collection[str]) -> list[Summary]:
        """The summaries of a source that maps ``tables``."""
        return [one for one in self.summaries if set(one.needs) <= set(tables)]
