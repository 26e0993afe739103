"""All runs of one report in few bytes: what an index shows, and what alerts measure by.

A published run never changes, so what has been read of it once is kept beside the runs; whoever
deletes that file costs the next reader some seconds, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from ops_widgets.publish.reports.manifest import RunManifest
from ops_widgets.publish.reports.run_store import RunStore

FILE = ".history.json"
#: Runs kept in mind: half a year of days, which is what an anomaly looks back to.
KEPT = 200


@dataclass(frozen=True)
class Row:
    """One published run; ``folder`` is its place below all runs, days are ISO text.

    ``values`` are its numbers by ``NOTEBOOK.NAME``, ``alerts`` those that are not "ok".
    """

    folder: str
    source: str
    as_of: str
    attempt: int
    status: str
    reason: str
    ended_at: str
    seconds: float
    last_day: str
    title: str
    unit: dict[str, Any]
    values: dict[str, float | None]
    alerts: list[dict[str, Any]]

    @property
    def day(self) -> date:
        """The day it is as of."""
        return date.fromisoformat(self.as_of)


@dataclass(frozen=True)
class History:
    """The runs of the report ``name``, the earliest first, and how its numbers are written.

    ``numbers`` holds label, format, currency and minor digits of each number, as last recorded;
    ``absences`` the records of days on which nothing was published.
    """

    name: str
    rows: list[Row] = field(default_factory=list)
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    absences: list[dict[str, Any]] = field(default_factory=list)

    @property
    def days(self) -> dict[date, Row]:
        """The last attempt of each day, the earliest day first."""
        return {row.day: row for row in self.rows}

    def values(self, before: date) -> list[tuple[date, Mapping[str, float | None]]]:
        """The numbers of each day earlier than ``before``, the earliest first."""
        return [(day, row.values) for day, row in self.days.items() if day < before]


def history(runs: RunStore, name: str) -> History:
    """What is known of the report ``name``; only runs not seen before are read."""
    kept = _kept(runs, name)
    seen = {row.folder: row for row in kept.rows}
    numbers, rows, fresh = dict(kept.numbers), [], []
    # A folder's name begins with its day.
    for folder in sorted(runs.folders(name))[-KEPT:]:
        if folder in seen:
            rows.append(seen[folder])
            continue
        manifest = runs.manifest(folder)
        if manifest is None:
            rows.append(_damaged(folder))
            continue
        fresh.append(manifest)
        rows.append(_row(folder, manifest))
    rows.sort(key=lambda row: (row.as_of, row.ended_at, row.attempt))
    for manifest in sorted(fresh, key=lambda m: m.as_of):
        for notebook in manifest.notebooks:
            for number in notebook.numbers:
                about = {"label", "format", "currency", "minor_digits"}
                numbers[f"{notebook.name}.{number.name}"] = number.model_dump(include=about)
    found = History(name, rows, numbers)
    if fresh or len(found.rows) != len(kept.rows):
        with suppress(OSError):  # a reader that may not write here reads all again next time
            runs.write_text(f"{name}/{FILE}", json.dumps(asdict(found)))
    return replace(found, absences=runs.absences(name))


def _kept(runs: RunStore, name: str) -> History:
    try:
        known = json.loads(runs.read_text(f"{name}/{FILE}") or "{}")
        rows = [Row(**row) for row in known["rows"]]
        return History(name, rows, known["numbers"])
    except (ValueError, KeyError, TypeError, OSError):
        return History(name)


def _row(folder: str, run: RunManifest) -> Row:
    return Row(
        folder=folder,
        source=run.source,
        as_of=run.as_of.isoformat(),
        attempt=run.attempt,
        status=run.status,
        reason=run.reason,
        ended_at=run.ended_at.isoformat(),
        seconds=run.seconds,
        last_day=run.last_day.isoformat(),
        title=run.title,
        unit=dict(run.unit),
        values={
            f"{n.name}.{number.name}": number.value for n in run.notebooks for number in n.numbers
        },
        alerts=[a.model_dump(mode="json") for a in run.alerts if a.state != "ok"],
    )


def _damaged(folder: str) -> Row:
    """A run that cannot be read any more: a day that is neither there nor absent is worse."""
    as_of = folder.split("/")[-2]
    reason = "Its manifest cannot be read: it was damaged after it had been published."
    return Row(folder, "", as_of, 0, "failed", reason, "", 0.0, as_of, "", {}, {}, [])
