"""The contract's rules applied to a source: what can be used, what is set aside, and why.

Every table is counted in one pass; examples, duplicates and rejects ask again only where the
first pass leaves a question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import ibis.expr.types as ir
import pyarrow.parquet as pq

from ops_widgets.errors import DataError
from ops_widgets.sources.connect import Source
from ops_widgets.sources.contract import TABLES
from ops_widgets.sources.judge import Judged
from ops_widgets.sources.report import as_text
from ops_widgets.sources.results import CheckReport, RuleResult, TableResult

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
    source: Source, *, now: datetime, progress: Callable[[str], None] | None = None
) -> Checked:
    """Judge every mapped table by the contract; ``now`` is naive UTC.

    Raises :class:`DataError` for a table that cannot be read at all (file, columns, types);
    whether what is left suffices is for :func:`require_usable` to say.
    """
    results: dict[str, TableResult] = {}
    used: dict[str, ir.Table] = {}
    rejects: dict[str, ir.Table] = {}
    days: tuple[date | None, date | None] = (None, None)
    # A table that refers to another one comes after it.
    refers = {name: any(rule.reference for rule in TABLES[name].rules) for name in source.tables}
    for name in sorted(source.tables, key=refers.__getitem__):
        if progress:
            progress(name)
        judged = Judged(source, name, used, now)
        results[name], used[name] = judged.result, judged.used
        if judged.result.rows_rejected:
            rejects[name] = judged.rejects
        if name == "orders":
            days = judged.days("ordered_at")
    report = CheckReport(
        source.config.name,
        {name: results[name] for name in source.tables},
        source.config.max_rejected_share,
        *days,
    )
    return Checked(source, report, used, rejects)


def require_usable(report: CheckReport) -> None:
    """Raise :class:`DataError` with the whole report when no honest number can be computed."""
    if not report.ok:
        raise DataError(
            f"{' '.join(report.problems)}\n{as_text(report)}",
            "Correct the rows at their origin, or set max_rejected_share in the TOML.",
        )


def write_rejects(checked: Checked, folder: Path) -> dict[str, Path]:
    """Write the rows set aside to ``folder``, one Parquet a table; returns their paths.

    The column ``rule`` comes first; values of a CSV are its own text.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for name, rows in checked.rejects.items():
        written[name] = folder / f"{name}.parquet"
        pq.write_table(checked.source.run(rows, name), written[name])
    return written
