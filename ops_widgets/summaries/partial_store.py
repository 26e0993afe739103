"""The partials of a source, kept between builds: one DuckDB file beside the summaries.

Every month of every dated table is written in one transaction, with what the checks found in
it and a digest of what was written. A build that dies loses the month it was at; what was cut
short, or changed by other hands, is found by its digest and built again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from ops_widgets.contract import TABLES
from ops_widgets.sources.files import literal, quote
from ops_widgets.summaries.partials import NAMES_CUSTOMERS, PARTIALS
from ops_widgets.validation.counts import DIGEST_SPACE, RowCounts
from ops_widgets.validation.examples import Examples

_SCHEMA = """
create table if not exists meta (name text primary key, value text);
create table if not exists surveyed (
    source_table text, file text, identity text, months text, channels text);
create table if not exists part (
    source_table text, month_index bigint, surveyed text, tally text, examples text,
    contents text);
create table if not exists customer (customer_id text, customer bigint);
"""
#: The name under which the digest of a row of ``part`` is kept beside those of partials.
PART = "part"


@dataclass(frozen=True)
class Part:
    """One month of one table: what the survey saw, the same after copies, and examples."""

    surveyed: RowCounts
    tally: RowCounts
    examples: Examples


@dataclass(frozen=True)
class ProfiledFile:
    """One file of a table as it was surveyed: its identity, months and channels."""

    identity: str
    months: dict[int, RowCounts]
    channels: tuple[str, ...]


class PartialStore:
    """The file of partials, open for one build. Use it as a context manager.

    ``meaning`` is a digest of all that partials depend on beside the rows: a file of another
    meaning is begun anew, as is one that cannot be read. ``lost`` says why, in words.
    """

    def __init__(self, path: Path, meaning: str, memory: str, spill: Path) -> None:
        self.path, self.meaning = path, meaning
        self._settings: dict[str, Any] = {"temp_directory": str(spill), "memory_limit": memory}
        self.lost = ""
        self._open()

    def _open(self) -> None:
        known = self.path.exists()
        try:
            self.con = duckdb.connect(str(self.path), config=self._settings)
            self.con.execute(_SCHEMA)
            before = self.get("meaning")
        except duckdb.Error:
            self.restart("the partials of earlier builds could not be read")
            return
        if before != self.meaning:
            self.restart("the meaning of the data changed" if known and before else "")

    def restart(self, why: str) -> None:
        """Forget everything; ``why`` is what people are told."""
        if hasattr(self, "con"):
            self.con.close()
        for path in (self.path, self.path.with_name(self.path.name + ".wal")):
            path.unlink(missing_ok=True)
        self.con = duckdb.connect(str(self.path), config=self._settings)
        self.con.execute(_SCHEMA)
        self.put("meaning", self.meaning)
        self.put("customers", self._customers())
        self.lost = why

    def forget(self, why: str) -> None:
        """Forget the months, not what was surveyed; ``why`` is what people are told."""
        with self.transaction():
            for name in filter(self.has, chain.from_iterable(map(names_of, TABLES))):
                self.con.execute(f"drop table {quote(name)}")
            self.con.execute("delete from part; delete from customer")
            self.con.execute("delete from meta where name = 'combined'")
            self.put("customers", self._customers())
        self.lost = self.lost or why

    def close(self) -> None:
        """Let go of the file."""
        self.con.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self):  # type: ignore[no-untyped-def]
        """All of it or nothing."""
        self.con.execute("begin")
        try:
            yield
        except BaseException:
            self.con.execute("rollback")
            raise
        self.con.execute("commit")

    # --- small values ------------------------------------------------------------------------

    def get(self, name: str) -> Any:
        """The value kept under ``name``; None if there is none."""
        row = self.con.execute("select value from meta where name = ?", [name]).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, name: str, value: Any) -> None:
        """Keep a JSON value."""
        self.con.execute("insert or replace into meta values (?, ?)", [name, json.dumps(value)])

    # --- what was surveyed -------------------------------------------------------------------

    def surveyed(self, table: str) -> dict[str, ProfiledFile]:
        """Every file of ``table`` that is remembered."""
        rows = self.con.execute(
            "select file, identity, months, channels from surveyed where source_table = ?", [table]
        ).fetchall()
        return {
            file: ProfiledFile(
                identity,
                {int(m): RowCounts.from_dict(tally) for m, tally in json.loads(months).items()},
                tuple(json.loads(channels)),
            )
            for file, identity, months, channels in rows
        }

    def remember(self, table: str, files: Mapping[str, ProfiledFile]) -> None:
        """Remember exactly these files of ``table``."""
        rows = [
            (
                table,
                file,
                one.identity,
                json.dumps({month: tally.to_dict() for month, tally in one.months.items()}),
                json.dumps(one.channels),
            )
            for file, one in files.items()
        ]
        with self.transaction():
            self.con.execute("delete from surveyed where source_table = ?", [table])
            if rows:
                self.con.executemany("insert into surveyed values (?, ?, ?, ?, ?)", rows)

    # --- months ------------------------------------------------------------------------------

    def parts(self, table: str) -> dict[int, Part]:
        """The months of ``table`` that are built."""
        rows = self.con.execute(
            "select month_index, surveyed, tally, examples from part where source_table = ?",
            [table],
        ).fetchall()
        return {
            month: Part(
                RowCounts.from_dict(json.loads(surveyed)),
                RowCounts.from_dict(json.loads(tally)),
                json.loads(examples),
            )
            for month, surveyed, tally, examples in rows
        }

    def contents(self, partial: str) -> dict[int, list[int]]:
        """Rows and digest of a partial by month, as they were written."""
        rows = self.con.execute("select month_index, contents from part").fetchall()
        held = ((month, json.loads(contents).get(partial)) for month, contents in rows)
        return {month: one for month, one in held if one}

    def drop(self, table: str, months: Iterable[int]) -> None:
        """Forget these months of ``table``."""
        with self.transaction():
            self.discard(table, list(months))

    def write(
        self,
        table: str,
        parts: Mapping[int, Part],
        partials: Iterable[tuple[str, pa.RecordBatchReader]],
        aside: pa.Table | None,
    ) -> int:
        """Put these months of ``table`` in place of what was known of them, all or nothing.

        ``partials`` are names and rows with ``month_index``; ``aside`` are the rejected rows.
        Returns how many rows were written.
        """
        months = list(parts)
        with self.transaction():
            self.discard(table, months)
            for name, reader in partials:
                self._insert(name, reader)
            if aside is not None:
                self._insert(aside_name(table), aside)
            self.put("customers", self._customers())
            rows = [
                (
                    table,
                    month,
                    json.dumps(part.surveyed.to_dict()),
                    json.dumps(part.tally.to_dict()),
                    json.dumps(part.examples),
                    "",
                )
                for month, part in parts.items()
            ]
            self.con.executemany("insert into part values (?, ?, ?, ?, ?, ?)", rows)
            contents = self._contents(table, months)
            self.con.executemany(
                "update part set contents = ? where source_table = ? and month_index = ?",
                [(json.dumps(found), table, month) for month, found in contents.items()],
            )
        return sum(
            count
            for found in contents.values()
            for name, (count, _) in found.items()
            if name != PART
        )

    def discard(self, table: str, months: list[int]) -> None:
        """:meth:`drop` within a transaction that is open."""
        chosen = "month_index in (select unnest($months))"
        for name in filter(self.has, names_of(table)):
            self.con.execute(f"delete from {quote(name)} where {chosen}", {"months": months})
        self.con.execute(
            f"delete from part where source_table = $table and {chosen}",
            {"table": table, "months": months},
        )

    def _insert(self, name: str, rows: pa.RecordBatchReader | pa.Table) -> None:
        # A table is scanned by all cores, a stream by one; it is bounded by the months of a step.
        arrived = rows if isinstance(rows, pa.Table) else rows.read_all()
        self.con.register("arrived", arrived)
        chosen = "select * from arrived"
        if name in NAMES_CUSTOMERS:
            self.con.execute(
                """
                insert into customer
                select customer_id, (select count(*) from customer)
                       + row_number() over (order by customer_id) - 1
                from (select distinct customer_id from arrived) anti join customer
                using (customer_id)
                """
            )
            chosen = """
                select customer, arrived.* exclude (customer_id)
                from arrived join customer using (customer_id)
            """
        self.con.execute(f"create table if not exists {quote(name)} as {chosen} limit 0")
        self.con.execute(f"insert into {quote(name)} by name {chosen}")
        self.con.unregister("arrived")

    def _contents(
        self, table: str, months: list[int] | None = None
    ) -> dict[int, dict[str, list[int]]]:
        """Month (all, or these) -> partial of ``table`` -> its rows and a digest of them.

        What was surveyed and found in a month is a partial, too: :data:`PART`.
        """
        found: dict[int, dict[str, list[int]]] = {}
        chosen = "where month_index in (select unnest($months))" if months else ""
        values = {"months": months} if months else {}
        texts = "select month_index, surveyed, tally, examples from part where source_table = "
        sources = {PART: f"({texts}{literal(table)})"}
        sources |= {name: quote(name) for name in filter(self.has, names_of(table))}
        for name, source in sources.items():
            rows = self.con.execute(
                f"select month_index, count(*), sum(hash(t)) from {source} t {chosen} group by 1",
                values,
            ).fetchall()
            for month, count, digest in rows:
                found.setdefault(month, {})[name] = [count, int(digest) % DIGEST_SPACE]
        return found

    def has(self, name: str) -> bool:
        """Whether anything was ever written to the partial ``name``."""
        held = "select 1 from information_schema.tables where table_name = ?"
        return self.con.execute(held, [name]).fetchone() is not None

    def drop_damaged(self) -> dict[str, list[int]]:
        """Forget what is not as it was written: table -> months; or everything, see ``lost``."""
        found: dict[str, list[int]] = {}
        try:
            for table in TABLES:
                written = dict(
                    self.con.execute(
                        "select month_index, contents from part where source_table = ?", [table]
                    ).fetchall()
                )
                held = self._contents(table)
                bad = [
                    month
                    for month in sorted({*written, *held})
                    if json.loads(written.get(month, "null")) != held.get(month, {})
                ]
                if bad:
                    self.drop(table, bad)
                    found[table] = bad
            if self.get("customers") != self._customers():
                raise ValueError
        except (duckdb.Error, ValueError):
            self.restart("the partials of earlier builds could not be read")
            return {}
        return found

    def _customers(self) -> list[int]:
        row = self.con.execute("select count(*), sum(hash(c)) from customer c").fetchone()
        return [row[0], int(row[1] or 0) % DIGEST_SPACE] if row else []


def names_of(table: str) -> tuple[str, ...]:
    """Everything that is kept by month of a contract table: its partials, its rejected rows."""
    return (*PARTIALS.get(table, ()), aside_name(table))


def aside_name(table: str) -> str:
    """The name under which the rejected rows of ``table`` are kept."""
    return f"aside_{table}"
