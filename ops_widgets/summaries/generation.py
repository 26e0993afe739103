"""One generation of summaries: a DuckDB file and a folder of rejected rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ops_widgets import __version__
from ops_widgets.contract import CONTRACT_VERSION
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.connect import Source
from ops_widgets.sources.files import literal
from ops_widgets.summaries.combine import Combiner
from ops_widgets.summaries.customers.history import History
from ops_widgets.summaries.definitions import Fact
from ops_widgets.summaries.facts import FACTS
from ops_widgets.summaries.inventory import Inventory
from ops_widgets.summaries.manifest import write_manifest
from ops_widgets.summaries.names import NOTED
from ops_widgets.summaries.partials.store import PartialStore, aside_name
from ops_widgets.summaries.refresh import Refresh
from ops_widgets.summaries.reuse import attach_old, changed_periods, remember_combined
from ops_widgets.summaries.seen import days_of
from ops_widgets.summaries.steps import Steps
from ops_widgets.summaries.tables import SMALL
from ops_widgets.summaries.versions import summaries_version
from ops_widgets.validation.checks import CheckReport, require_usable


@dataclass(frozen=True)
class Generation:
    """Writes the generation that follows ``old`` (a manifest) into ``folder``.

    ``memory`` is what the embedded engine may take once the source has been read.
    """

    folder: Path
    source: Source
    partials: PartialStore
    old: Mapping[str, Any] | None
    now: datetime
    steps: Steps
    memory: str

    def write(self, fingerprint: str | None, full: bool) -> tuple[dict[str, Any], bool, list[str]]:
        """The manifest in force afterwards, whether it is a new one, and what was done."""
        inventory = Inventory(self.source, self.now)
        inventory.profile(self.partials, self.steps)
        marks = {
            "fingerprint": fingerprint,
            "content": inventory.digest(self.partials.meaning),
            "contract_version": CONTRACT_VERSION,
            "summaries_version": summaries_version(),
        }
        same = all((self.old or {}).get(name) == marks[name] for name in list(marks)[1:])
        if self.old and same and not full:
            days = days_of(self.source, self.old["check"]["tables"], self.now)
            manifest = write_manifest(self.folder, {**self.old, **marks, **days})
            return manifest, False, ["every table holds the same rows as before"]
        refresh = Refresh(inventory, self.partials, self.steps)
        refresh.build()
        report = refresh.report()
        require_usable(report)
        name = self._name(str(marks["content"]))
        store, rejects = self.folder / f"summaries-{name}.duckdb", self.folder / f"rejects-{name}"
        self._write_rejects(rejects)
        # Nobody knows of the file before it is whole: no log of what is written would be read.
        self.partials.con.execute(f"attach {literal(store)} as out (recovery_mode no_wal_writes)")
        rows = self._small(inventory) | self._names(inventory)
        histories = self._histories(inventory)
        mapped = self.source.tables
        facts = [f for table, f in FACTS.items() if table in mapped and self._has_rows(f)]
        # A fact without a good row is as good as none to the summaries of another.
        empty = set(FACTS) - {fact.table for fact in facts}
        tables = [name for name in mapped if name not in empty]
        combiner = Combiner(self.partials.con, inventory.cells, facts, tables, histories)
        rows |= combiner.run(self.steps)
        described = self._describe(report, rows)
        self.partials.con.execute("checkpoint out")
        self.partials.con.execute("detach out")
        files = {"generation": name, "store": store.name, "rejects": rejects.name}
        built = {"built_at": self.now.isoformat(timespec="seconds")}
        manifest = write_manifest(self.folder, files | described | marks | built)
        remember_combined(self.partials, store, name, histories)
        return manifest, True, refresh.reasons()

    def _name(self, content: str) -> str:
        before = self.old["generation"] if self.old else ""
        text = "|".join((self.now.isoformat(), content, before))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def _histories(self, inventory: Inventory) -> list[History]:
        """The customers of every basis; what nothing touched comes from the old generation."""
        self.partials.con.execute(f"set memory_limit = {literal(self.memory)}")
        reused = attach_old(self.partials, self.folder, self.old)
        config = self.source.config
        return [
            History(
                self.partials.con,
                fact.basis,
                inventory.cells,
                changed_periods(self.partials, fact.basis, config.week_start) if reused else None,
            )
            for table, fact in FACTS.items()
            if fact.basis and table in self.source.tables
        ]

    def _has_rows(self, fact: Fact) -> bool:
        """Whether any partial of a fact holds anything."""
        con, held = self.partials.con, self.partials.held()
        names = (one.name for one in fact.partials_of(self.source.tables) if one.name in held)
        return any(con.execute(f"from {name} limit 1").fetchone() for name in names)

    def _describe(self, report: CheckReport, rows: dict[str, int]) -> dict[str, Any]:
        """What the manifest says of the source and its summaries."""
        config: SourceConfig = self.source.config
        check = report.to_dict()
        return {
            "package_version": __version__,
            "source": {
                "name": config.name,
                "path": str(config.path),
                "currency": config.currency,
                "minor_digits": config.minor_digits,
                "timezone": config.timezone,
                "week_start": config.week_start,
                "countries": list(config.countries),
                "campaign_days_complete": config.campaign_days_complete,
            },
            "columns": {name: list(self.source.present(name)) for name in self.source.tables},
            "summaries": rows,
            "check": check,
        } | days_of(self.source, check["tables"], self.now)

    def _small(self, inventory: Inventory) -> dict[str, int]:
        rows, con = {}, self.partials.con
        for name, small in SMALL.items():
            if small.table not in inventory.used:
                continue
            digits = self.source.config.minor_digits
            with self.steps.step(f"summary {name}") as step:
                expression = small.define(inventory.used[small.table], inventory.used, digits)
                con.register("arrived", self.source.batches(expression, small.table))
                con.execute(f"create table out.{name} as select * from arrived order by all")
                con.unregister("arrived")
                counted = con.execute(f"select count(*) from out.{name}").fetchone()
                rows[name] = step.out = int(counted[0]) if counted else 0
        return rows

    def _names(self, inventory: Inventory) -> dict[str, int]:
        """The names that pages have a word about."""
        noted, con = inventory.names.noted(), self.partials.con
        con.register("noted", noted)
        con.execute(f"create table out.{NOTED} as from noted order by all")
        con.unregister("noted")
        return {NOTED: len(noted)}

    def _write_rejects(self, folder: Path) -> None:
        """The rows set aside, one Parquet a table; ``rule`` comes first."""
        folder.mkdir(exist_ok=True)
        held = self.partials.held()
        for table in (name for name in self.source.tables if aside_name(name) in held):
            rows = f"select * exclude (month_index, _file, _row) from {aside_name(table)}"
            order = "order by _file, _row, rule"
            path = literal(folder / f"{table}.parquet")
            self.partials.con.execute(f"copy ({rows} {order}) to {path} (format parquet)")
