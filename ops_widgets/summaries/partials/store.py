"""The partials by month: written whole, found to be damaged, forgotten.

Every month of every dated table is written in one transaction, with what the checks found in
it and a digest of what was written. A build that dies loses the month it was at; what was cut
short, or changed by other hands, is found by its digest and built again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from ops_widgets.contract import TABLES
from ops_widgets.sources.files import literal, quote
from ops_widgets.summaries.facts import FACTS
from ops_widgets.summaries.partials.file import PartialFile
from ops_widgets.validation.counts import DIGEST_SPACE, RowCounts
from ops_widgets.validation.examples import Examples
from ops_widgets.validation.pieces import EqualLines

#: The name under which the digest of a row of ``part`` is kept beside those of partials.
PART = "part"
#: Partials whose rows are of customers; kept with a number for the name (null for nobody known).
OF_CUSTOMERS = frozenset(
    partial.name for fact in FACTS.values() for partial in fact.partials if partial.of_customers
)


@dataclass(frozen=True)
class BuiltMonth:
    """One month of one table: what profiling saw, the same after copies, and examples."""

    profiled: RowCounts
    counts: RowCounts
    examples: Examples


class PartialStore(PartialFile):
    """The months of every table that are built, and what there is of each."""

    def forget(self, why: str) -> None:
        """Forget the months, not what was profiled; ``why`` is what people are told."""
        with self.transaction():
            for name in self._held(*TABLES):
                self.con.execute(f"drop table {quote(name)}")
            self.con.execute("delete from part; delete from customer")
            self.con.execute("delete from meta where name = 'combined'")
            self.put("customers", self.customers_digest())
        self.lost = self.lost or why

    def built(self, table: str) -> dict[int, BuiltMonth]:
        """The months of ``table`` that are built."""
        rows = self.con.execute(
            "select month_index, profiled, counts, examples from part where source_table = ?",
            [table],
        ).fetchall()
        return {
            month: BuiltMonth(
                RowCounts.from_dict(json.loads(profiled)),
                RowCounts.from_dict(json.loads(counts)),
                json.loads(examples),
            )
            for month, profiled, counts, examples in rows
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
        built: Mapping[int, BuiltMonth],
        partials: Iterable[tuple[str, pa.RecordBatchReader]],
        aside: pa.Table | None,
    ) -> int:
        """Put these months of ``table`` in place of what was known of them, all or nothing.

        ``partials`` are names and rows with ``month_index``; ``aside`` are the rejected rows.
        Returns how many rows were written.
        """
        months = list(built)
        with self.transaction():
            self.discard(table, months)
            for name, reader in partials:
                self._insert(name, reader)
            if aside is not None:
                self._insert(aside_name(table), aside)
            self.put("customers", self.customers_digest())
            rows = [
                (
                    table,
                    month,
                    json.dumps(one.profiled.to_dict()),
                    json.dumps(one.counts.to_dict()),
                    json.dumps(one.examples),
                    "",
                )
                for month, one in built.items()
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

    def take_pieces(self, table: str, are_pieces: bool) -> list[int]:
        """Remember whether equal rows are pieces; forget, and return, months built otherwise."""
        name = f"pieces of {table}"
        before, months = self.get(name), []
        if before == are_pieces:
            return []
        if before is not None:
            built = self.built(table)
            months = [month for month, one in built.items() if one.counts.worth]
        with self.transaction():
            self.discard(table, months)
            self.put(name, are_pieces)
        return months

    def equal_lines(self, table: str) -> dict[int, tuple[Any, dict[int, EqualLines]]]:
        """Month -> what was profiled of it, and local day -> its equal lines then."""
        return {
            int(month): (mark, {int(day): EqualLines(*counts) for day, counts in days.items()})
            for month, (mark, days) in (self.get(f"equal lines of {table}") or {}).items()
        }

    def keep_equal_lines(
        self, table: str, found: Mapping[int, tuple[Any, Mapping[int, EqualLines]]]
    ) -> None:
        """Keep what :meth:`equal_lines` gives."""
        self.put(f"equal lines of {table}", found)

    def discard(self, table: str, months: list[int]) -> None:
        """:meth:`drop` within a transaction that is open."""
        if not months:
            return
        chosen = "month_index in (select unnest($months))"
        for name in self._held(table):
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
        if name in OF_CUSTOMERS:
            self.con.execute(
                """
                insert into customer
                select customer_id, (select count(*) from customer)
                       + row_number() over (order by customer_id) - 1
                from (select distinct customer_id from arrived where customer_id is not null)
                anti join customer using (customer_id)
                """
            )
            chosen = """
                select customer, arrived.* exclude (customer_id)
                from arrived left join customer using (customer_id)
            """
        self.con.execute(f"create table if not exists {quote(name)} as {chosen} limit 0")
        self.con.execute(f"insert into {quote(name)} by name {chosen}")
        self.con.unregister("arrived")

    def _contents(
        self, table: str, months: list[int] | None = None
    ) -> dict[int, dict[str, list[int]]]:
        """Month (all, or these) -> partial of ``table`` -> its rows and a digest of them.

        What was profiled and found in a month is a partial, too: :data:`PART`.
        """
        found: dict[int, dict[str, list[int]]] = {}
        # No join of the months: the engine may build its table of the rows instead, in memory.
        chosen = "where list_contains($months, month_index)" if months else ""
        values = {"months": months} if months else {}
        texts = "select month_index, profiled, counts, examples from part where source_table = "
        sources = {PART: f"({texts}{literal(table)})"}
        sources |= {name: quote(name) for name in self._held(table)}
        for name, source in sources.items():
            rows = self.con.execute(
                f"select month_index, count(*), sum(hash(t)) from {source} t {chosen} group by 1",
                values,
            ).fetchall()
            for month, count, digest in rows:
                found.setdefault(month, {})[name] = [count, int(digest) % DIGEST_SPACE]
        return found

    def _held(self, *tables: str) -> list[str]:
        """What there is in the file of all that is kept by month of these contract tables."""
        held = self.held()
        return [name for table in tables for name in names_of(table) if name in held]

    def drop_damaged(self) -> dict[str, list[int]]:
        """Forget what is not as it was written: table -> months; or everything, see ``lost``."""
        found: dict[str, list[int]] = {}
        try:
            told = self.con.execute("select distinct source_table from part").fetchall()
            built, names = {table for (table,) in told}, self.held()
            for table in TABLES:
                if table not in built and names.isdisjoint(names_of(table)):
                    continue
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
            if self.get("customers") != self.customers_digest():
                raise ValueError
        except (duckdb.Error, ValueError):
            self.restart("the partials of earlier builds could not be read")
            return {}
        return found


def names_of(table: str) -> tuple[str, ...]:
    """Everything that is kept by month of a contract table: its partials, its rejected rows."""
    partials = FACTS[table].partials if table in FACTS else ()
    return (*(partial.name for partial in partials), aside_name(table))


def aside_name(table: str) -> str:
    """The name under which the rejected rows of ``table`` are kept."""
    return f"aside_{table}"
