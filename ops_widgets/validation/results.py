"""What a check found: numbers and examples, ready for a table, a JSON and a badge."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from ops_widgets.contract import TABLES
from ops_widgets.contract.table import Severity

#: What becomes of the rows that a rule, a note or a condition of the source counts.
Fate = Severity | Literal["left_out"]
#: What a reader learns of them.
FATES: dict[str, str] = {"reject": "set aside", "note": "kept", "left_out": "left out"}


@dataclass(frozen=True)
class RuleResult:
    """One rule that at least one row broke, or one condition by which rows are left out.

    ``examples`` are up to five rows: ``file``, ``row`` (1 for the first row of data) and, for
    CSV, ``line`` where they are known, then the values as the source has them. ``amount`` is the
    net revenue at stake, in the currency, where copies of order lines are counted; else None.
    """

    table: str
    rule: str
    severity: Fate
    columns: tuple[str, ...]
    count: int
    remedy: str
    examples: list[dict[str, Any]] = field(default_factory=list)
    amount: float | None = None


@dataclass(frozen=True)
class TableResult:
    """One mapped table: ``rows_in == rows_used + rows_rejected + rows_left_out``, always.

    Left out are the rows that the source itself drops, under a name.

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
    rows_left_out: int = 0

    @property
    def rejected_share(self) -> float:
        """Rows set aside per row that is not left out; 0 where there is none."""
        meant = self.rows_in - self.rows_left_out
        return self.rows_rejected / meant if meant else 0.0


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
                why = "" if result.rows_in else ": nothing but a header is there"
                found.append(f"{name!r} has no usable row of {result.rows_in:,}{why}.")
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
