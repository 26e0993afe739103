"""What a source makes of the columns of its rows, before they are the contract's.

In this order: blanks are filled from above, types are read, rows are left out by conditions, and
columns of the contract are found. Conditions and expressions are the author's SQL; all else is
Ibis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import sqlglot.expressions as sge

from ops_widgets.errors import DataError, UsageError, nearest
from ops_widgets.sources.casts import typed
from ops_widgets.sources.explain import first_sentence
from ops_widgets.sources.options import FileOptions
from ops_widgets.sources.selects import one_expression
from ops_widgets.sources.table_config import Mapped

#: The name of the condition by which a row is left out; null for the others.
LEFT_OUT = "_left_out"
#: Before a column's name: its text as the file has it, or what an expression says.
_TEXT, _SAID = "_text_", "_said_"


def prepared(rows: ir.Table, options: FileOptions, within: str, con: Any, where: str) -> ir.Table:
    """``rows`` (columns of a file, ``_file`` and, to fill down, ``_row``) as ``sql`` sees them.

    ``within`` is the column whose value rows share that are filled down together; empty: all do.
    A column that has a type keeps its text beside it; rows that are left out say so in
    :data:`LEFT_OUT`.
    """
    if options.fill_down:
        rows = _filled_down(rows, options.fill_down, within)
    for name, kind in options.types.items():
        found = typed(rows[name], kind, options.written)
        if found is None:
            raise UsageError(
                f"{where}: types says that {name!r} is {kind}, but it is {rows[name].type()}.",
                "Leave it out of types.",
            )
        rows = rows.mutate(**{_TEXT + name: rows[name], name: found[0]})
    if options.drop:
        cases = " ".join(
            f"WHEN ({one_expression(sql, con, f'{where} drop.{name}')}\n) THEN '{name}'"
            for name, sql in options.drop.items()
        )
        rows = _with_sql(rows, {LEFT_OUT: f"CASE {cases} END"}, con, f"{where} drop")
    return rows


def unseen(rows: ir.Table, options: FileOptions) -> dict[tuple[str, bool], ir.IntegerScalar]:
    """How many of prepared ``rows`` a ``sql`` does not see as they are.

    Keys are the name of a condition and true (rows left out by it), or a column and false (texts
    that are none of its type).
    """

    def count(where: ir.BooleanValue) -> ir.IntegerScalar:
        return ibis.ifelse(where.fill_null(False), 1, 0).sum().fill_null(0)

    found = {(name, True): count(rows[LEFT_OUT] == name) for name in options.drop}
    kept = rows[LEFT_OUT].isnull() if options.drop else ibis.literal(True)
    for name in options.types:
        text = rows[_TEXT + name].cast("string")
        is_none = rows[name].isnull() & (text.strip() != "")
        found[name, False] = count(kept & is_none)
    return found


def select(
    rows: ir.Table, columns: Mapping[str, Mapped], con: Any, where: str, *carried: str
) -> ir.Table:
    """``rows`` with the columns of the contract that ``columns`` finds in them, and ``carried``."""
    said = {
        _SAID + name: f"({one_expression(one.sql, con, f'{where} columns.{name}')}\n)"
        for name, one in columns.items()
        if one.sql
    }
    if said:
        rows = _with_sql(rows, said, con, f"{where} columns")
    return rows.select(
        **{name: _value(rows, name, one) for name, one in columns.items()},
        **{name: rows[name] for name in carried},
    )


def require_columns(held: Sequence[str], options: FileOptions, where: str, thing: str) -> None:
    """Raise :class:`DataError` where an option names a column that is not among ``held``."""
    within = (options.fill_within,) if options.fill_within else ()
    named = {"types": options.types, "fill_down": options.fill_down, "fill_within": within}
    for option, columns in named.items():
        if lost := [column for column in columns if column not in held]:
            raise DataError(
                f"{where}: {thing} has no column {lost[0]!r}, named in {option}.",
                nearest(lost[0], held),
            )


def _value(rows: ir.Table, name: str, one: Mapped) -> ir.Value:
    if one.sql:
        return rows[_SAID + name]
    if one.value is not None:
        return ibis.literal(one.value)
    value = rows[_TEXT + one.column if _TEXT + one.column in rows.columns else one.column]
    if not one.values:
        return value
    text = value.cast("string")
    folded = text.strip().lower()
    meanings = {old.strip().lower(): new for old, new in one.values.items()}
    other = meanings.pop("*", None)
    cases = [(folded == old, ibis.literal(new)) for old, new in meanings.items()]
    if other is not None:
        cases.append((folded != "", ibis.literal(other)))
    return ibis.cases(*cases, else_=text)


def _filled_down(rows: ir.Table, columns: tuple[str, ...], within: str) -> ir.Table:
    # A file is read alone when only it has changed: nothing comes from another one.
    shared = ["_file"]
    if within in columns:
        # The key itself stands on the first of its rows only.
        rows = _from_above(rows, within, shared)
    shared += [within] if within else []
    for name in columns:
        rows = rows if name == within else _from_above(rows, name, shared)
    return rows


def _from_above(rows: ir.Table, name: str, shared: list[str]) -> ir.Table:
    """``rows`` whose blank ``name`` is the last one above, among those that share columns."""
    value = rows[name]
    if value.type().is_string():
        value = (value.strip() == "").ifelse(ibis.null("string"), value)
    above = ibis.window(group_by=shared, order_by="_row", preceding=None, following=0)
    # A value and the blanks below it have the same count of values so far.
    run = rows.mutate(**{name: value}).mutate(_run=lambda t: t[name].count().over(above))
    filled = run[name].max().over(ibis.window(group_by=[*shared, "_run"]))
    return run.mutate(**{name: filled}).drop("_run")


def _with_sql(rows: ir.Table, said: Mapping[str, str], con: Any, where: str) -> ir.Table:
    """``rows`` with more columns, each an expression in the engine's own SQL."""
    dialect = con.compiler.dialect
    inner = ibis.to_sql(rows, dialect=con.name)
    more = ", ".join(
        f"{sql} AS {sge.to_identifier(name, quoted=True).sql(dialect=dialect)}"
        for name, sql in said.items()
    )
    try:
        return con.sql(f"SELECT *, {more} FROM ({inner}) AS rows_of_the_source")
    except Exception as error:
        raise UsageError(
            f"{where} cannot run: {first_sentence(str(error))}",
            'Correct it there. Columns of a text file are text: types = { price = "number" } '
            "makes one a number.",
        ) from error
