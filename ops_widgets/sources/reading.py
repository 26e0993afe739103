"""One mapped table as it is in the source: which columns it has, and of which types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from ops_widgets.contract.table import Table
from ops_widgets.errors import DataError, nearest
from ops_widgets.sources.casts import Typed, is_parsed, missing, parsed, typed, typed_of
from ops_widgets.sources.files import Files

#: Before a column's name: its text as a value, and whether the text is none.
READ, UNREAD = "_read_", "_unread_"


@dataclass(frozen=True)
class Reading:
    """Raw rows under the contract's column names, not yet of its types.

    ``table`` is the contract's, extended by the columns of its families that are there.
    ``filed`` is ``rows`` with ``_file``; ``located`` has ``_row`` as well (1 for the first row of
    data), may be slower, and serves examples only. Both are null where nobody knows them.
    """

    table: Table
    rows: ir.Table
    filed: ir.Table
    located: ir.Table
    where: str
    files: Files | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", self.table.extended(self.rows.columns))

    @classmethod
    def of(
        cls, table: Table, mapping: dict[str, str], rows: ir.Table, where: str, con: Any
    ) -> Self:
        """The reading of a table or select of a database, whose rows have no place in a file."""
        columns = cls.match(table, mapping, rows.columns, where, "it")
        chosen = rows.select({name: rows[column] for name, column in columns.items()})
        if not con.has_operation(ops.TryCast):
            for name in columns:
                if chosen[name].type().is_string() and table.column(name).type != "text":
                    raise _not_castable(where, name, chosen[name], table.column(name).type)
        filed = chosen.mutate(_file=ibis.null("string"))
        return cls(table, chosen, filed, filed.mutate(_row=ibis.null("int64")), where)

    @staticmethod
    def match(
        table: Table, mapping: dict[str, str], held: Iterable[str], where: str, thing: str
    ) -> dict[str, str]:
        """Contract column -> the column that holds it; raises :class:`DataError` for a gap."""
        held = list(held)
        for name, column in mapping.items():
            if column not in held:
                raise DataError(
                    f"{where}: {thing} has no column {column!r}, named for {name}.",
                    nearest(column, held),
                )
        renamed = [column for name, column in mapping.items() if name != column]
        table = table.extended([*mapping, *(name for name in held if name not in renamed)])
        found = {name: mapping.get(name, name) for name in table.names}
        found = {name: column for name, column in found.items() if column in held}
        if lost := [name for name in table.required_names if name not in found]:
            raise DataError(
                f"{where}: {thing} has no column {', '.join(map(repr, lost))}.",
                f'{nearest(lost[0], held)} Map it in the TOML: columns = {{ {lost[0]} = "..." }}.',
            )
        return found

    @property
    def present(self) -> tuple[str, ...]:
        """The contract's columns that are mapped, in its order."""
        return tuple(name for name in self.rows.columns if name in self.table.names)

    def with_text_read(self, view: Callable[[ir.Table], ir.Table]) -> Reading:
        """The same with every text read once that has to be a number, a moment or a day.

        ``view`` makes an expression a view of the engine. Otherwise the reading would be written
        out wherever a value is asked for.
        """
        texts = [
            name
            for name in self.present
            if is_parsed(self.rows[name], self.table.column(name).type)
        ]
        if not texts:
            return self

        def read(rows: ir.Table) -> ir.Table:
            pairs = {name: parsed(rows[name], self.table.column(name).type) for name in texts}
            values = {READ + name: value for name, (value, _) in pairs.items()}
            wrong = {UNREAD + name: wrong for name, (_, wrong) in pairs.items()}
            return view(rows.mutate(**values, **wrong))

        filed = read(self.filed)
        return replace(self, rows=filed.drop("_file"), filed=filed, located=read(self.located))

    def values(self, rows: ir.Table) -> dict[str, ir.Value]:
        """Every column of the contract as a typed expression over ``rows`` or ``located``."""
        return {
            column.name: self._typed(rows, column.name)[0]
            if column.name in self.present
            else missing(column.type)
            for column in self.table.columns
        }

    def wrong(self, rows: ir.Table) -> dict[str, ir.BooleanValue]:
        """Column -> true where its raw value does not fit; only columns where that can be."""
        found = {name: self._typed(rows, name)[1] for name in self.present}
        return {name: value for name, value in found.items() if value is not None}

    def typed(self, rows: ir.Table) -> ir.Table:
        """``rows`` with exactly the contract's columns, in order and of its types."""
        return rows.select(self.values(rows))

    def _typed(self, rows: ir.Table, name: str) -> Typed:
        kind = self.table.column(name).type
        if READ + name in rows.columns:
            return typed_of(rows[READ + name], rows[UNREAD + name], kind)
        found = typed(rows[name], kind)
        if found is None:
            raise _not_castable(self.where, name, rows[name], kind)
        return found


def _not_castable(where: str, name: str, value: ir.Value, kind: str) -> DataError:
    return DataError(
        f"{where}: column {name!r} is {value.type()}, which cannot be read as {kind}.",
        "Convert it in a sql for this table.",
    )
