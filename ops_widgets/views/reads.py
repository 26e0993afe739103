"""What an analysis reads of the contract, and what each part of it brings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ops_widgets.errors import Need
from ops_widgets.sources.needs import need_of


@dataclass(frozen=True)
class Reads:
    """A table, with the ``columns`` that it takes beside its required ones, and what it ``shows``.

    What computes asks for it by :meth:`require`, so that a page and ``ops check`` say the same.
    ``beside`` is a table without which it shows nothing, ``instead_of`` one that makes it needless.
    """

    table: str
    columns: tuple[str, ...]
    shows: str
    beside: str = ""
    instead_of: str = ""

    def concerns(self, usable: Collection[str]) -> bool:
        """Whether it is of any use where the tables ``usable`` have rows."""
        needless = self.instead_of in usable and self.table not in usable
        return not needless and self.beside in ("", *usable)

    def require(self, store: Any) -> None:
        """Raise ``MissingDataError`` where the source of ``store`` does not map it."""
        store.require(self.table, *self.columns, shows=self.shows)

    def maps(self, store: Any) -> bool:
        """Whether the source of ``store`` maps it and has any usable row of it."""
        return bool(store.maps(self.table, *self.columns))

    def need(self, source: str, mapped: Mapping[str, Collection[str]]) -> Need | None:
        """What the source lacks of it, by the columns of its tables; None: nothing."""
        return need_of(source, mapped, self.table, self.columns, self.shows)
