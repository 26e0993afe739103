"""One mapped table as it is in the source: which columns it has, and of which types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from ops_widgets.contract.table import CODE, ID, MONEY, Column, Table
from ops_widgets.errors import DataError, nearest, together
from ops_widgets.sources.casts import Typed, is_parsed, missing, parsed, typed, typed_of
from ops_widgets.sources.found import Files
from ops_widgets.sources.ids import NONE, RUINED, is_cut, oddity
from ops_widgets.sources.shape import select
from ops_widgets.sources.table_config import Mapped
from ops_widgets.sources.written import PLAINLY, Written

#: Where a row is in its source.
PLACE = ("_file", "_row")
#: Before a column's name: its text as a value, and whether the text is none.
READ, UNREAD = "_read_", "_unread_"
#: Before an id's name: what is odd about its text, and the word that stands for none.
ODD, PLACEHOLDER = "_odd_", "_placeholder_"
#: What the money of a row is multiplied by; null where nobody knows: see ``validation.currencies``.
RATE = "_rate"


@dataclass(frozen=True)
class Reading:
    """Raw rows under the contract's column names, not yet of its types.

    ``table`` is the contract's, extended by the columns of its families that are there.
    ``filed`` is ``rows`` with ``_file``; ``located`` has ``_row`` as well (1 for the first row of
    data) and may be slower: where it is not, ``filed`` is the same expression. Both are null
    where nobody knows them.
    ``left_out`` are the rows that the source drops, located, with the name of the condition in
    ``_left_out``; they are in none of the others. ``written`` says how texts are read.
    """

    table: Table
    rows: ir.Table
    filed: ir.Table
    located: ir.Table
    where: str
    files: Files | None = None
    written: Written = PLAINLY
    left_out: ir.Table | None = None
    #: Whether rates say what money is worth; asked where ``rows`` have a :data:`RATE`.
    has_rates: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", self.table.extended(self.rows.columns))

    @classmethod
    def of(
        cls,
        table: Table,
        mapping: Mapping[str, str | Mapped],
        rows: ir.Table,
        where: str,
        con: Any,
        written: Written = PLAINLY,
    ) -> Self:
        """The reading of a table or select of a database, whose rows have no place in a file."""
        columns = cls.match(table, mapping, rows.columns, where, "it")
        chosen = select(rows, columns, con, where)
        if not con.has_operation(ops.TryCast):
            for name in columns:
                if chosen[name].type().is_string() and table.column(name).type != "text":
                    raise _not_castable(where, name, chosen[name], table.column(name).type)
        filed = chosen.mutate(_file=ibis.null("string"))
        located = filed.mutate(_row=ibis.null("int64"))
        return cls(table, chosen, filed, located, where, written=written)

    @staticmethod
    def match(
        table: Table,
        mapping: Mapping[str, str | Mapped],
        held: Iterable[str],
        where: str,
        thing: str,
    ) -> dict[str, Mapped]:
        """Contract column -> where it comes from; raises :class:`DataError` for a gap."""
        held = list(held)
        mapped = {name: Mapped.of(one, name) for name, one in mapping.items()}
        wrong = [
            DataError(
                f"{where}: {thing} has no column {one.column!r}, named for {name}.",
                nearest(one.column, held),
            )
            for name, one in mapped.items()
            if one.column and one.column not in held
        ]
        renamed = {one.column for name, one in mapped.items() if one.column != name}
        table = table.extended([*mapped, *(name for name in held if name not in renamed)])
        said = {name: mapped.get(name) or Mapped.of(name, name) for name in table.names}
        found = {name: one for name, one in said.items() if not one.column or one.column in held}
        if lost := [n for n in table.required_names if n not in found and n not in mapping]:
            lines = ", ".join(f'{name} = "..."' for name in lost)
            wrong.append(
                DataError(
                    f"{where}: {thing} has no column {', '.join(map(repr, lost))}.",
                    f"{nearest(lost[0], held)} Map it in the TOML: columns = {{ {lines} }}.",
                )
            )
        if wrong:
            raise together(wrong)
        return found

    @property
    def present(self) -> tuple[str, ...]:
        """The contract's columns that are mapped, in its order."""
        return tuple(name for name in self.rows.columns if name in self.table.names)

    def with_text_read(self, view: Callable[[ir.Table], ir.Table]) -> Reading:
        """The same with every text read once that is no text to the contract, or an id.

        ``view`` makes an expression a view of the engine. Otherwise the reading would be written
        out wherever a value is asked for.
        """
        texts = [
            name
            for name in self.present
            if is_parsed(self.rows[name], self.table.column(name).type)
        ]
        ids = self.texts_of_ids

        def read(rows: ir.Table) -> ir.Table:
            kinds = {name: self.table.column(name).type for name in texts}
            pairs = {name: parsed(rows[name], kinds[name], self.written) for name in texts}
            values = {READ + name: value for name, (value, _) in pairs.items()}
            wrong = {UNREAD + name: wrong for name, (_, wrong) in pairs.items()}
            odd = {ODD + name: oddity(rows[name]) for name in ids}
            return view(rows.mutate(**values, **wrong, **odd))

        return self.over(read)

    def over(self, change: Callable[[ir.Table], ir.Table]) -> Reading:
        """The same of changed rows; ``change`` is asked once where their places cost nothing."""
        located = change(self.located)
        filed = located if self.filed is self.located else change(self.filed)
        return replace(self, rows=without_places(filed), filed=filed, located=located)

    def values(self, rows: ir.Table) -> dict[str, ir.Value]:
        """Every column of the contract as a typed expression over ``rows`` or ``located``.

        Words for no id are null, codes of currencies are in capitals, and money is converted
        where ``rows`` have a rate.
        """
        return {
            column.name: self._value(rows, column)
            if column.name in self.present
            else missing(column.type)
            for column in self.table.columns
        }

    def ruined(self, rows: ir.Table) -> dict[str, ir.BooleanValue]:
        """Id -> true where it is what several others became; only ids where that can be."""
        found = {name: _odd(rows, name) == RUINED for name in self.texts_of_ids}
        floats = (name for name in self.ids if rows[name].type().is_floating())
        return found | {name: is_cut(rows[name]) for name in floats}

    def oddities(self, rows: ir.Table) -> dict[str, ir.StringValue]:
        """Of ids that are text, by :data:`ODD` what is odd, and by :data:`PLACEHOLDER` the word
        that stands for none.
        """
        found = {}
        for name in self.texts_of_ids:
            odd, word = _odd(rows, name), rows[name].strip().nullif("")
            found[ODD + name] = odd
            found[PLACEHOLDER + name] = (odd == NONE).ifelse(word, ibis.null("string"))
        return found

    @property
    def ids(self) -> tuple[str, ...]:
        """The mapped columns that identify something."""
        return tuple(name for name in self.present if self.table.column(name).unit == ID)

    @property
    def texts_of_ids(self) -> tuple[str, ...]:
        """Those of :attr:`ids` that are text in the source."""
        return tuple(name for name in self.ids if self.rows[name].type().is_string())

    def wrong(self, rows: ir.Table) -> dict[str, ir.BooleanValue]:
        """Column -> true where its raw value does not fit; only columns where that can be."""
        found = {name: self._typed(rows, name)[1] for name in self.present}
        return {name: value for name, value in found.items() if value is not None}

    def typed(self, rows: ir.Table) -> ir.Table:
        """``rows`` with exactly the contract's columns, in order and of its types."""
        return rows.select(self.values(rows))

    def _value(self, rows: ir.Table, column: Column) -> ir.Value:
        value = self._typed(rows, column.name)[0]
        if column.unit == ID and rows[column.name].type().is_string():
            return (_odd(rows, column.name) == NONE).ifelse(ibis.null("string"), value)
        if column.unit == CODE:
            return value.strip().upper().nullif("")
        if column.unit == MONEY and RATE in rows.columns:
            # A product of two floats is the same one everywhere.
            return value * rows[RATE].fill_null(1.0)
        return value

    def _typed(self, rows: ir.Table, name: str) -> Typed:
        kind = self.table.column(name).type
        if READ + name in rows.columns:
            return typed_of(rows[READ + name], rows[UNREAD + name], kind)
        found = typed(rows[name], kind, self.written)
        if found is None:
            raise _not_castable(self.where, name, rows[name], kind)
        return found


def without_places(rows: ir.Table) -> ir.Table:
    """``rows`` without what says where they are in the source."""
    return rows.drop(*(name for name in PLACE if name in rows.columns))


def _odd(rows: ir.Table, name: str) -> ir.StringValue:
    return rows[ODD + name] if ODD + name in rows.columns else oddity(rows[name])


def _not_castable(where: str, name: str, value: ir.Value, kind: str) -> DataError:
    return DataError(
        f"{where}: column {name!r} is {value.type()}, which cannot be read as {kind}.",
        "Convert it in a sql for this table.",
    )
