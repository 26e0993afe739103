"""The (channel, category) cells in which customers are active, and their places in bit masks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

UNKNOWN = "(unknown)"
#: Cells a mask column holds: a signed 64-bit integer keeps its sign bit free, everywhere.
BITS = 62
#: More cells than these (four mask columns) are kept as rows of customers, not as masks.
MASK_CELLS = 4 * BITS


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
        """Cells of these names; ``(unknown)`` is always among them."""
        return cls(
            tuple(sorted({*channels, UNKNOWN})),
            tuple(sorted({*categories, UNKNOWN})),
        )

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

    def channels_table(self) -> ir.Table:
        """``channel, channel_index``."""
        return _numbered("channel", self.channels)

    def categories_table(self) -> ir.Table:
        """``category, category_index``."""
        return _numbered("category", self.categories)

    @property
    def frame(self) -> pd.DataFrame:
        """``cell, channel, channel_index, category, mask_column, bit`` (2 ** place in its mask)."""
        pairs = [(a, b) for a in self.channels for b in self.categories]
        frame = pd.DataFrame(pairs, columns=["channel", "category"])
        frame.insert(0, "cell", range(len(frame)))
        frame["channel_index"] = frame["cell"] // len(self.categories)
        frame["mask_column"] = frame["cell"] // BITS
        frame["bit"] = [1 << (cell % BITS) for cell in frame["cell"]]
        return frame

    def names_table(self) -> ir.Table:
        """``cell, channel, category``."""
        return ibis.memtable(self.frame[["cell", "channel", "category"]])

    def masks_table(self) -> ir.Table:
        """``cell`` and its bit in every mask column (0 in all but one)."""
        frame = self.frame
        wide = frame[["cell"]].copy()
        for i, name in enumerate(self.mask_names):
            wide[name] = frame["bit"].where(frame["mask_column"] == i, 0)
        return ibis.memtable(wide.astype("int64"))


def _numbered(column: str, names: tuple[str, ...]) -> ir.Table:
    index = pd.Series(range(len(names)), dtype="int64")
    return ibis.memtable(pd.DataFrame({column: list(names), f"{column}_index": index}))
