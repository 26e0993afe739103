"""What a check found: numbers and examples, ready for a table, a JSON and a badge."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from ops_widgets.contract import ORDERS
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
    ``lines`` of TOML belong to some remedies.
    """

    table: str
    rule: str
    severity: Fate
    columns: tuple[str, ...]
    count: int
    remedy: str
    examples: list[dict[str, Any]] = field(default_factory=list)
    amount: float | None = None
    lines: str = ""


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
    """A whole source, table by table."""

    source: str
    tables: dict[str, TableResult]
    max_rejected_share: float
    currency: str = ""
    #: Raw file -> what its selects do not see, by name: rows left out, texts of a wrong type.
    files: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """Why no honest number can be computed, one sentence each; none when it can."""
        found = [] if self.tables else ["No table is mapped."]
        usable = any(result.rows_used for result in self.tables.values())
        for name, result in self.tables.items():
            if not (usable or result.rows_used):
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
    def days(self) -> tuple[str, date, date] | None:
        """Whose days those of the source are, the first and the last of them; None: it has none.

        Those of the orders; without these, of all tables whose rows have days.
        """
        dated = {name: one for name, one in self.tables.items() if one.first_day and one.last_day}
        if ORDERS in dated:
            dated = {ORDERS: dated[ORDERS]}
        firsts = [one.first_day for one in dated.values() if one.first_day]
        lasts = [one.last_day for one in dated.values() if one.last_day]
        return (", ".join(dated), min(firsts), max(lasts)) if dated else None

    @property
    def first_day(self) -> date | None:
        """The first local day of :attr:`days`; None: there is none."""
        return self.days[1] if self.days else None

    @property
    def last_day(self) -> date | None:
        """The last local day of :attr:`days`; None: there is none."""
        return self.days[2] if self.days else None

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
            "files": self.files,
            "tables": {
                name: asdict(result)
                | {
                    "first_day": result.first_day.isoformat() if result.first_day else None,
                    "last_day": result.last_day.isoformat() if result.last_day else None,
                }
                for name, result in self.tables.items()
            },
        }
