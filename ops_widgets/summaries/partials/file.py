"""The DuckDB file that keeps what earlier builds found: opened, begun anew, small values in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from ops_widgets.validation.counts import DIGEST_SPACE

_SCHEMA = """
create table if not exists meta (name text primary key, value text);
create table if not exists profiled (
    source_table text, file text, identity text, months text, channels text);
create table if not exists part (
    source_table text, month_index bigint, profiled text, counts text, examples text,
    contents text);
create table if not exists customer (customer_id text, customer bigint);
"""


class PartialFile:
    """The file, open for one build. Use it as a context manager.

    ``meaning`` is a digest of all that partials depend on beside the rows: a file of another
    meaning is begun anew, as is one that cannot be read. ``lost`` says why, in words.
    """

    def __init__(self, path: Path, meaning: str, memory: str, spill: Path) -> None:
        self.path, self.meaning = path, meaning
        self._settings: dict[str, Any] = {"temp_directory": str(spill), "memory_limit": memory}
        self.lost = ""
        self._open()

    def _open(self) -> None:
        if not self.path.exists():
            self.restart("")
            return
        try:
            self.con = duckdb.connect(str(self.path), config=self._settings)
            self.con.execute(_SCHEMA)
            before = self.get("meaning")
            # Partials are looked over before they are used; what was profiled is used at once.
            self.con.execute("select sum(hash(p)) from profiled p").fetchone()
        except duckdb.Error:
            self.restart("the partials of earlier builds could not be read")
            return
        if before != self.meaning:
            self.restart("the meaning of the data changed" if before else "")

    def restart(self, why: str) -> None:
        """Forget everything; ``why`` is what people are told."""
        if hasattr(self, "con"):
            self.con.close()
        for path in (self.path, self.path.with_name(self.path.name + ".wal")):
            path.unlink(missing_ok=True)
        self.con = duckdb.connect(str(self.path), config=self._settings)
        with self.transaction():
            self.con.execute(_SCHEMA)
            self.put("meaning", self.meaning)
            self.put("customers", self.customers_digest())
        self.lost = why

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
    def transaction(self) -> Iterator[None]:
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
        told = [json.dumps(value), name]
        # An upsert takes the engine twice as long as both of these.
        if self.con.execute("update meta set value = ? where name = ?", told).fetchone() == (0,):
            self.con.execute("insert into meta (value, name) values (?, ?)", told)

    def held(self) -> set[str]:
        """Names of all tables in the file: of a partial, as soon as anything was written to it."""
        # The views of information_schema take three times as long to say less.
        tables = "select table_name from duckdb_tables() where database_name = current_database()"
        return {name for (name,) in self.con.execute(tables).fetchall()}

    def customers_digest(self) -> list[int]:
        """How many customers are numbered, and a digest of their numbers."""
        row = self.con.execute("select count(*), sum(hash(c)) from customer c").fetchone()
        return [row[0], int(row[1] or 0) % DIGEST_SPACE] if row else []
