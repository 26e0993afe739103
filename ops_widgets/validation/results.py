"""What a check found: numbers and examples, ready for a table, a JSON and a badge."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from ops_widgets.contract import TABLES
from ops_widgets.contract.table import Severity


@dataclass(frozen=True)
class RuleResult:
    """One rule that at least one row broke.

    ``examples`` are up to five rows: ``file``, ``row`` (1 for the first row of data) and, for
    CSV, ``line`` where they are known, then the values as the source has them. ``amount`` is the
    net revenue at stake, in the currency, where copies of order lines are counted; else None.
    ``lines`` of TOML belong to some remedies.
    """

    table: str
    rule: str
    severity: Severity
    columns: tuple[str, ...]
    count: int
    remedy: str
    examples: list[dict[str, Any]] = field(default_factory=list)
    amount: float | None = None
    lines: str = ""


@dataclass(frozen=True)
class TableResult:
    """One mapped table: ``rows_in == rows_used + rows_rejected``, always.

    ``first_day`` and ``last_day`` are the local days of its first and last usable rows; None where
    its rows have no days.
    """

    table: str
    rows_in: int
    rows_used: int
    rows_rejected: int
    rules: list[RuleResult]
    missing_columns: tuple[str, ...]
    first_day: date | None = None
    last_day: date | None = None

    @property
    def rejected_share(self) -> float:
        """Rows set aside per row read; 0 for an empty table."""
        return self.rows_rejected / self.rows_in if self.rows_in else 0.0


@dataclass(frozen=True)
class CheckReport:
    """A whole source; ``first_day`` and ``last_day`` of its required tables are local dates."""

    source: str
    tables: dict[str, TableResult]
    max_rejected_share: float
    first_day: date | None = None
    last_day: date | None = None
    currency: str = ""

    @property
    def problems(self) -> list[str]:
        """Why no honest number can be computed, one sentence each; none when it can."""
        found = [
            f"The required table {name!r} is not mapped."
            for name, table in TABLES.items()
            if table.required and name not in self.tables
        ]
        for name, result in self.tables.items():
            if TABLES[name].required and not result.rows_used:
                found.append(f"{name!r} has no usable row of {result.rows_in:,}.")
            elif result.rejected_share > self.max_rejected_share:
                found.append(
                    f"{name!r} has {result.rows_rejected:,} of {result.rows_in:,} rows set aside "
                    f"({result.rejected_share:.1%}), more than the {self.max_rejected_share:.1%} "
                    "allowed."
                )
        return found

    @property
    def ok(self) -> bool:
        """Whether summaries may be built from what is left."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "source": self.source,
            "currency": self.currency,
            "ok": self.ok,
            "problems": self.problems,
            "first_day": self.first_day.isoformat() if self.first_day else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "max_rejected_share": self.max_rejected_share,
            "tables": {
                name: asdict(result)
                | {
                    "first_day": result.first_day.isoformat() if result.first_day else None,
                    "last_day": result.last_day.isoformat() if result.last_day else None,
                }
                for name, result in self.tables.items()
            },
        }
