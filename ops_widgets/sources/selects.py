"""A ``sql`` of a source may select and nothing else; which files it may open is the source's word.

What a statement is, the engine's own parser says: DuckDB's, or for other engines the one that Ibis
compiles with. DuckDB also closes its doors (:func:`confine`); the others are asked what a function
does, or which names are files.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import sqlglot as sg
import sqlglot.expressions as sge

from ops_widgets.errors import UsageError
from ops_widgets.sources.files import literal

#: Parts of a select that do more than read: they write, lock, or run a program.
_MORE_THAN_READING = (
    *(sge.DDL, sge.DML, sge.Command, sge.Into, sge.Lock, sge.QueryTransform),
    *(sge.Copy, sge.Drop, sge.Alter, sge.Set, sge.Pragma, sge.Attach, sge.Use),
)
#: Functions that PostgreSQL cannot promise to be without effects, and that have none.
_HARMLESS = {"random", "gen_random_uuid", "clock_timestamp", "timeofday"}
#: Functions of PostgreSQL that only look at files of its machine.
_LOOKS_AT_FILES = ("pg_read_", "pg_ls_", "pg_stat_file")
#: Functions of Spark that call any method of Java.
_JAVA = {"reflect", "java_method", "try_reflect"}


def confine(con: Any, paths: Iterable[Path], folder: Path) -> None:
    """From now on the DuckDB ``con`` opens only these files, and nobody can tell it otherwise.

    What it attached before, the folder into which it spills, and ``folder`` stay open.
    """
    listed = ", ".join(literal(path) for path in paths)
    con.raw_sql(f"SET allowed_paths = [{listed}]")
    con.raw_sql(f"SET allowed_directories = [{literal(folder)}]")
    con.raw_sql("SET enable_external_access = false")
    con.raw_sql("SET lock_configuration = true")


def one_select(sql: str, con: Any, where: str, *, with_files: bool) -> str:
    """``sql`` as the one select that it is, ready to stand between brackets.

    Raises :class:`UsageError` naming ``where`` (the key of the source) for anything else, and,
    unless ``with_files``, for a select that opens files by itself on an engine other than DuckDB,
    which :func:`confine` keeps from it.
    """
    if con.name == "duckdb":
        return _duckdb_select(sql, where)
    dialect = con.compiler.dialect
    found = [tree for tree in sg.parse(sql, read=dialect) if tree is not None]
    if len(found) != 1 or not isinstance(found[0], sge.Query):
        raise _no_select(where)
    (tree,) = found
    if tree.find(*_MORE_THAN_READING):
        raise _no_select(where)
    _look_at_functions(tree, con, where, with_files)
    if con.name == "pyspark" and not with_files:
        _look_at_tables(tree, con, where)
    return str(tree.sql(dialect=dialect))


def _duckdb_select(sql: str, where: str) -> str:
    try:
        found = duckdb.extract_statements(sql)
    except duckdb.ParserException as error:
        raise _no_select(where) from error
    if [one.type for one in found] != [duckdb.StatementType.SELECT]:
        raise _no_select(where)
    text = found[0].query.strip(" \n;")
    try:
        # Some statements pass for selects (PRAGMA): those cannot stand between brackets.
        duckdb.extract_statements(f"CREATE VIEW one AS (\n{text}\n)")
    except duckdb.ParserException:
        raise _no_select(where) from None
    return text


def opens_a_file(where: str, what: str) -> UsageError:
    """The error to raise for a select that opens ``what`` by itself."""
    return UsageError(
        f"The sql of {where} opens {what}, which [files] does not name.",
        "Name it under [files] and select from that name, or write allow_sql_files = true at the "
        "top of the source if its sql may open any file.",
    )


def _no_select(where: str) -> UsageError:
    return UsageError(
        f"The sql of {where} is not one select: it may read, and nothing else.",
        "Write a single SELECT or WITH ... SELECT, and make other changes in the database's shell.",
    )


def _look_at_functions(tree: sge.Expression, con: Any, where: str, with_files: bool) -> None:
    names = {
        one.sql(dialect=con.compiler.dialect).split("(")[0].strip('"`').lower()
        for one in tree.find_all(sge.Func)
    }
    if con.name == "pyspark":
        bad = names & _JAVA
    elif con.name == "postgres":
        asked = "select distinct proname from pg_proc where provolatile = 'v' and proname = any(%s)"
        with con.con.cursor() as cursor, con.con.transaction():
            cursor.execute(asked, [sorted(names)])
            bad = {name for (name,) in cursor.fetchall()} - _HARMLESS
        files = {name for name in bad if name.startswith(_LOOKS_AT_FILES)}
        if files and not with_files:
            raise opens_a_file(where, f"files by {min(files)}()")
        bad -= files
    else:
        bad = set()
    if bad:
        raise UsageError(
            f"The sql of {where} calls {min(bad)}(), which may change something.",
            "Leave it out; a function of your own that only reads can be declared STABLE.",
        )


def _look_at_tables(tree: sge.Expression, con: Any, where: str) -> None:
    """A name like parquet.`/folder` is a file to Spark, where there is no such database."""
    databases = {*con.list_databases(), "global_temp"}
    aliases = {one.alias_or_name for one in tree.find_all(sge.CTE)}
    for table in tree.find_all(sge.Table):
        is_unknown = table.db and not table.catalog and table.db not in {*databases, *aliases}
        if is_unknown or (isinstance(table.this, sge.Func) and table.name.lower() == "read_files"):
            raise opens_a_file(where, table.sql(dialect=con.compiler.dialect))


def one_expression(sql: str, con: Any, where: str) -> str:
    """``sql`` as the one expression over a row that it is, ready to stand between brackets.

    Raises :class:`UsageError` naming ``where`` for anything else: a statement, a second column,
    a select inside it, or a function that may do more than read.
    """
    dialect = con.compiler.dialect
    try:
        found = [one for one in sg.parse(f"SELECT (\n{sql}\n)", read=dialect) if one is not None]
    except sg.errors.SqlglotError:
        found = []
    tree = found[0] if len(found) == 1 else None
    parts = {name for name, value in tree.args.items() if value} if tree else set()
    if tree is None or not isinstance(tree, sge.Select) or parts - {"expressions", "kind"}:
        raise _no_expression(where)
    (column, *more) = tree.expressions
    queries = column.find(sge.Query, sge.Table, sge.AggFunc, sge.Window, *_MORE_THAN_READING)
    if more or not isinstance(column, sge.Paren) or queries:
        raise _no_expression(where)
    _look_at_functions(column, con, where, with_files=False)
    return sql


def _no_expression(where: str) -> UsageError:
    return UsageError(
        f"{where} is not one expression over the columns of a row.",
        "Write what stands between SELECT and FROM, such as price / 100, or Day LIKE 'Total:%'.",
    )
