"""Partials of all months become the summaries that pages read: SQL on the embedded engine."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb

from ops_widgets.summaries.customers.cells import Cells
from ops_widgets.summaries.customers.history import GRAINS, History
from ops_widgets.summaries.customers.lifecycle import write_lifecycle
from ops_widgets.summaries.customers.signatures import Signatures
from ops_widgets.summaries.definitions import Fact
from ops_widgets.summaries.steps import Steps


@dataclass(frozen=True)
class Combiner:
    """Writes summaries into the schema ``out`` of ``con``, which holds the partials.

    ``facts`` are those of the mapped ``tables``; ``histories`` are of every way of being active
    that the source knows.
    """

    con: duckdb.DuckDBPyConnection
    cells: Cells
    facts: Sequence[Fact]
    tables: Collection[str]
    histories: Sequence[History]

    def run(self, steps: Steps) -> dict[str, int]:
        """Write every summary that comes from partials: name -> rows."""
        self.cells.write(self.con, "out.cell")
        rows: dict[str, int] = {}
        for history in self.histories:
            with steps.step(f"customers by {history.basis}") as step:
                step.out = history.begin()
        for fact in self.facts:
            for summary in fact.summaries_of(self.tables):
                with steps.step(f"summary {summary.name}") as step:
                    done = self.con.execute(f"create table out.{summary.name} as {summary.sql}")
                    counted = done.fetchone()
                    rows[summary.name] = step.out = int(counted[0]) if counted else 0
        for history in self.histories:
            for grain in GRAINS:
                with steps.step(f"summaries of {history.basis}s by {grain}") as step:
                    found = Signatures(history).write(grain) | write_lifecycle(history, grain)
                    step.out = sum(found.values())
                    rows |= found
        return rows
