"""The contract's rules applied to a source: what can be used, what is set aside, and why.

Every table is counted in one pass; examples, duplicates and rejects ask again only where the
first pass leaves a question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import ibis.expr.types as ir
import pyarrow.parquet as pq

from ops_widgets.contract import TABLES
from ops_widgets.errors import DataError
from ops_widgets.progress import Progress
from ops_widgets.sources.access import access_of
from ops_widgets.sources.connect import Source
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.examples import Examples, merged, placed
from ops_widgets.validation.profile import by_month, profile_table
from ops_widgets.validation.report import as_text
from ops_widgets.validation.results import CheckReport, RuleResult, TableResult
from ops_widgets.validation.rules import asked_rules
from ops_widgets.validation.validated import Validated

__all__ = [
    "CheckReport",
    "Checked",
    "RuleResult",
    "TableResult",
    "check",
    "require_usable",
    "write_rejects",
]


@dataclass(frozen=True)
class Checked:
    """A checked source, still open.

    ``used`` has only good rows, with exactly the contract's columns; ``rejects`` has the rows
    set aside: ``rule``, then the contract's columns with the values of the source.
    """

    source: Source
    report: CheckReport
    used: dict[str, ir.Table]
    rejects: dict[str, ir.Table]


def check(
    source: Source,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Checked:
    """Hold every mapped table against the contract; ``now`` is naive UTC.

    Raises :class:`DataError` for a table that cannot be read at all (file, columns, types);
    whether what is left suffices is for :func:`require_usable` to say.
    """
    validated: dict[str, Validated] = {}
    used: dict[str, ir.Table] = {}
    for name in in_order(source.tables):
        if progress:
            progress(name)
        reading = source.reading(name)
        profiled = by_month(profile_table(source, reading, used, now))
        validated[name] = Validated(source, reading, profiled, used, now)
        used[name] = validated[name].used
    found = {name: (one.counts.values(), one.examples.values()) for name, one in validated.items()}
    rejects = {
        name: one.rejects
        for name, one in validated.items()
        if any(counts.rejected for counts in one.counts.values())
    }
    return Checked(source, report_of(source, found), used, rejects)


def in_order(tables: Collection[str]) -> list[str]:
    """Names of contract tables, each after those that its rules refer to."""
    refers = {
        name: {one.reference.split(".")[0] for one in TABLES[name].rules if one.reference}
        for name in tables
    }
    depth = {}

    def depth_of(name: str) -> int:
        if name not in depth:
            depth[name] = 1 + max(map(depth_of, refers[name] & refers.keys()), default=0)
        return depth[name]

    return sorted(tables, key=depth_of)


def report_of(
    source: Source, found: Mapping[str, tuple[Iterable[RowCounts], Iterable[Examples]]]
) -> CheckReport:
    """The report on a whole source from what was counted and kept of the parts of its tables."""
    counts = {name: RowCounts.sum(parts) for name, (parts, _) in found.items()}
    results = {
        name: _result(source, name, counts[name], merged(found[name][1])) for name in source.tables
    }
    zone = ZoneInfo(source.config.timezone)
    ends = RowCounts.sum(counts[name] for name in counts if TABLES[name].required)
    first, last = (_local_day(moment, zone) for moment in (ends.first, ends.last))
    limit = source.config.max_rejected_share
    return CheckReport(source.config.name, results, limit, first, last, source.config.currency)


def _local_day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.replace(tzinfo=UTC).astimezone(zone).date() if moment else None


def _result(source: Source, name: str, counted: RowCounts, examples: Examples) -> TableResult:
    reading = source.reading(name)
    counts = Counter(counted.rejected) + Counter(counted.noted)
    rules = [
        RuleResult(
            table=name,
            rule=rule.name,
            severity=rule.severity,
            columns=rule.columns,
            count=counts[rule.name],
            remedy=rule.remedy,
            amount=counted.worth[rule.name] / 10**source.config.minor_digits
            if rule.name in counted.worth
            else None,
            examples=[
                placed(reading, source.config.folder, row) for row in examples.get(rule.name, [])
            ],
        )
        for rule in asked_rules(reading)
        if counts[rule.name]
    ]
    return TableResult(
        table=name,
        rows_in=counted.rows,
        rows_used=counted.good,
        rows_rejected=counted.rows - counted.good,
        rules=rules,
        missing_columns=tuple(
            column.name
            for column in reading.table.columns
            if not column.required and column.name not in reading.present
        ),
        first_day=_local_day(counted.first, ZoneInfo(source.config.timezone)),
        last_day=_local_day(counted.last, ZoneInfo(source.config.timezone)),
    )


def require_usable(report: CheckReport, *, is_shown: bool = False) -> None:
    """Raise :class:`DataError` when no honest number can be computed.

    It holds the whole report, unless that ``is_shown`` already.
    """
    if not report.ok:
        raise DataError(
            " ".join(report.problems) + ("" if is_shown else f"\n{as_text(report)}"),
            "Correct the rows at their origin, or set max_rejected_share in the TOML.",
        )


def write_rejects(checked: Checked, folder: Path) -> dict[str, Path]:
    """Write the rows set aside to ``folder``, one Parquet a table; returns their paths.

    The column ``rule`` comes first; values of a CSV are its own text.
    """
    access = access_of(checked.source.config)
    access.make_folder(folder)
    written = {}
    for name, rows in checked.rejects.items():
        written[name] = folder / f"{name}.parquet"
        pq.write_table(checked.source.run(rows, name), written[name])
        written[name].chmod(access.of_file)
    return written
