"""Where the numbers of a report come from, and how far to trust them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from ops_widgets.sources.currency import amount_text
from ops_widgets.validation.results import FATES


@dataclass(frozen=True)
class BrokenRule:
    """One rule that rows of a table broke, and what became of those rows."""

    table: str
    rule: str
    rows: int
    what_happened: str
    at_stake: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Origin:
    """What every page of a report says about its data."""

    source: str
    as_of: date
    first_day: date
    last_day: date
    built_at: datetime
    rows: int
    rejected: int
    rules: list[BrokenRule] = field(default_factory=list)

    @property
    def used(self) -> int:
        """Rows of the source that went into the numbers."""
        return self.rows - self.rejected

    @classmethod
    def of(cls, manifest: Mapping[str, Any], as_of: date) -> Self:
        """The origin of numbers that are read from the summaries of ``manifest``."""
        tables = manifest["check"]["tables"]
        return cls(
            source=manifest["source"]["name"],
            as_of=as_of,
            first_day=date.fromisoformat(manifest["first_day"]),
            last_day=date.fromisoformat(manifest["last_day"]),
            built_at=datetime.fromisoformat(manifest["built_at"]),
            rows=sum(table["rows_in"] - table.get("rows_left_out", 0) for table in tables.values()),
            rejected=sum(table["rows_rejected"] for table in tables.values()),
            rules=[
                BrokenRule(
                    name,
                    rule["rule"],
                    rule["count"],
                    FATES[rule["severity"]],
                    ""
                    if rule.get("amount") is None
                    else amount_text(rule["amount"], manifest["source"]["currency"]),
                    rule["remedy"],
                )
                for name, table in tables.items()
                for rule in table["rules"]
            ],
        )
