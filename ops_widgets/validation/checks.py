"""The contract's rules applied to a source: what can be used, what is set aside, and why.

Every table is counted in one pass; examples, duplicates and rejects ask again only where the
first pass leaves a question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import ibis.expr.types as ir
import pyarrow.parquet as pq

from ops_widgets.contract import TABLES
from ops_widgets.contract.table import RATES, Table
from ops_widgets.errors import DataError
from ops_widgets.periods import period_end, period_index, period_start
from ops_widgets.progress import Progress
from ops_widgets.sources.access import access_of
from ops_widgets.sources.connect import Source
from ops_widgets.validation.alike import Alike
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.currencies import Currencies
from ops_widgets.validation.examples import Examples, merged, placed
from ops_widgets.validation.profile import by_month, moments_of, profile_table
from ops_widgets.validation.remedies import remedy_of
from ops_widgets.validation.report import as_text
from ops_widgets.validation.results import CheckReport, RuleResult, TableResult
from ops_widgets.validation.rows import Rows
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
    source.require_readable()
    validated: dict[str, Validated] = {}
    used: dict[str, ir.Table] = {}
    currencies = Currencies(source, now)
    for name in in_order(source.tables):
        if progress:
            progress(name)
        rows = Rows(source, currencies.converted(source.reading(name)), now)
        profiled = by_month(profile_table(rows, used))
        validated[name] = Validated(Alike(rows, profiled), used)
        used[name] = validated[name].used
        if name == RATES:
            currencies.take(used[name])
    found = {name: (one.counts.values(), one.examples.values()) for name, one in validated.items()}
    rejects = {
        name: one.rejects
        for name, one in validated.items()
        if any(counts.rejected for counts in one.counts.values())
    }
    report = replace(report_of(source, found), files=source.odd_counts())
    return Checked(source, report, used, rejects)


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
    limit = source.config.max_rejected_share
    return CheckReport(source.config.name, results, limit, source.config.currency)


def _days(
    source: Source, table: Table, counted: RowCounts
) -> tuple[date, date] | tuple[None, None]:
    """The local days of the first and the last usable row; whole months where rows are of those."""
    if counted.first is None or counted.last is None:
        return None, None
    columns = [table.column(name) for name in moments_of(table)]
    first, last = counted.first.date(), counted.last.date()
    if columns[0].type == "timestamp":
        zone = ZoneInfo(source.config.timezone)
        local = (one.replace(tzinfo=UTC).astimezone(zone) for one in (counted.first, counted.last))
        first, last = (moment.date() for moment in local)
    if columns[0].unit == "month":
        first, last = period_start(first, "month"), period_end(period_index(last, "month"), "month")
    return first, last


def _result(source: Source, name: str, counted: RowCounts, examples: Examples) -> TableResult:
    reading = source.reading(name)
    first, last = _days(source, reading.table, counted)
    counts = Counter(counted.rejected) + Counter(counted.noted)
    rules = []
    for rule in (one for one in asked_rules(reading) if counts[one.name]):
        remedy = remedy_of(rule, reading, source.config, counted, examples.get(rule.name, []))
        rules.append(
            RuleResult(
                table=name,
                rule=rule.name,
                severity=rule.severity,
                columns=rule.columns,
                count=counts[rule.name],
                remedy=remedy.text,
                lines=remedy.lines,
                amount=counted.worth[rule.name] / 10**source.config.minor_digits
                if rule.name in counted.worth
                else None,
                examples=[
                    placed(reading, source.config.folder, row)
                    for row in examples.get(rule.name, [])
                ],
            )
        )
    rules += [
        RuleResult(
            table=name,
            rule=dropped,
            severity="left_out",
            columns=(),
            count=counted.left_out[dropped],
            remedy=f"Left out by the source, since {condition}",
            examples=[
                placed(reading, source.config.folder, row) for row in examples.get(dropped, [])
            ],
        )
        for dropped, condition in source.config.tables[name].drop.items()
        if counted.left_out.get(dropped)
    ]
    return TableResult(
        table=name,
        rows_in=counted.rows,
        rows_used=counted.good,
        rows_rejected=counted.aside,
        rows_left_out=sum(counted.left_out.values()),
        rules=rules,
        missing_columns=tuple(
            column.name
            for column in reading.table.columns
            if not column.required and column.name not in reading.present
        ),
        first_day=first,
        last_day=last,
    )


def require_usable(report: CheckReport, *, is_shown: bool = False) -> None:
    """Raise :class:`DataError` when no honest number can be computed.

    It holds the whole report, unless that ``is_shown`` already.
    """
    if not report.ok:
        remedy = "Correct the rows at their origin, or set max_rejected_share in the TOML."
        if not report.tables:
            names = ", ".join(TABLES)
            remedy = f"Map what you have of {names}; any one of them is a beginning."
        shown = "" if is_shown or not report.tables else f"\n{as_text(report)}"
        raise DataError(" ".join(report.problems) + shown, remedy)


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
