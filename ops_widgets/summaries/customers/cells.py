"""The (channel, category) cells in which customers are active, and their places in bit masks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd

from ops_widgets.errors import DataError

UNKNOWN = "(unknown)"
#: Cells a mask column holds: a signed 64-bit integer keeps its sign bit free, everywhere.
BITS = 62
#: More cells than these (four mask columns) are kept as rows of customers, not as masks.
MASK_CELLS = 4 * BITS
#: With more cells than these, a second and a cell (:meth:`Cells.key`) do not fit into 64 bits.
MOST_CELLS = 1 << 30


@dataclass(frozen=True)
class Cells:
    """Every pair of a channel and a first-level category, numbered by name from 0.

    Cell = index of the channel x number of categories + index of the category, so that facts
    find their cell by two small lookups and never by comparing pairs of names.
    """

    channels: tuple[str, ...]
    categories: tuple[str, ...]

    @classmethod
    def of(cls, channels: Iterable[str], categories: Iterable[str]) -> Cells:
        """Cells of these names; ``(unknown)`` is always among them.

        Raises :class:`DataError` where there are more than :data:`MOST_CELLS`.
        """
        found = cls(
            tuple(sorted({*channels, UNKNOWN})),
            tuple(sorted({*categories, UNKNOWN})),
        )
        if len(found) > MOST_CELLS:
            raise DataError(
                f"There are {len(found.channels):,} channels and {len(found.categories):,} "
                f"first-level categories, more than {MOST_CELLS:,} pairs of them.",
                "These are kinds of things, not single ones: map another column, or shorten the "
                "names in a sql.",
            )
        return found

    def __len__(self) -> int:
        return len(self.channels) * len(self.categories)

    @property
    def in_masks(self) -> bool:
        """Whether a set of cells fits into mask columns."""
        return len(self) <= MASK_CELLS

    @property
    def mask_names(self) -> list[str]:
        """Names of the mask columns that hold all cells; none where there are too many."""
        return [f"mask_{i}" for i in range(-(-len(self) // BITS))] if self.in_masks else []

    @property
    def unknown_category(self) -> int:
        """Index of the category ``(unknown)``."""
        return self.categories.index(UNKNOWN)

    def number_of(self, channel: ir.IntegerValue, category: ir.IntegerValue) -> ir.IntegerValue:
        """The cell of a channel's and a category's index."""
        return channel * len(self.categories) + category

    def key(self, second: ir.IntegerValue, cell: ir.IntegerValue) -> ir.IntegerValue:
        """A moment and a cell in one integer, ordered by the moment, then by the cell."""
        return second * len(self) + cell

    def channel_of(self, key: str) -> str:
        """SQL for the index of the channel of a :meth:`key`."""
        return f"{key} % {len(self)} // {len(self.categories)}"

    def channels_table(self) -> ir.Table:
        """``channel, channel_index``."""
        return _numbered("channel", self.channels)

    def categories_table(self) -> ir.Table:
        """``category, category_index``."""
        return _numbered("category", self.categories)

    def write(self, con: duckdb.DuckDBPyConnection, table: str) -> None:
        """Make ``table``: ``cell, channel, channel_index, category, mask_column, bit``.

        ``bit`` is 2 ** the cell's place in its mask. The engine pairs the names: there may be
        millions of pairs.
        """
        for name, names in (("channel", self.channels), ("category", self.categories)):
            con.register(f"{name}_names", _frame(name, names))
        con.execute(
            f"""
            create table {table} as
            select channel_index * {len(self.categories)} + category_index as cell,
                channel, channel_index, category, cell // {BITS} as mask_column,
                1::bigint << (cell % {BITS})::int as bit
            from channel_names, category_names order by cell
            """
        )
        for name in ("channel", "category"):
            con.unregister(f"{name}_names")

    def masks_table(self) -> ir.Table:
        """``cell`` and its bit in every mask column (0 in all but one)."""
        cells = range(len(self))
        bits = {
            name: [1 << cell % BITS if cell // BITS == i else 0 for cell in cells]
            for i, name in enumerate(self.mask_names)
        }
        return ibis.memtable(pd.DataFrame({"cell": cells} | bits, dtype="int64"))


def _numbered(column: str, names: tuple[str, ...]) -> ir.Table:
    return ibis.memtable(_frame(column, names))


def _frame(column: str, names: tuple[str, ...]) -> pd.DataFrame:
    index = pd.Series(range(len(names)), dtype="int64")
    return pd.DataFrame({column: list(names), f"{column}_index": index})
