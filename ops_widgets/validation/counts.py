"""What some rows of a table held, in numbers that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

#: Digests are sums of 64-bit hashes of rows, so that neither order nor files matter.
DIGEST_SPACE = 1 << 64


@dataclass(frozen=True)
class RowCounts:
    """Rows read, set aside and noted by rule; ``digest`` changes with any value of any row.

    ``first`` and ``last`` are the ends (naive UTC) of the usable moments of a dated table.
    ``several`` good rows say by their quantity that they are more than one piece. ``worth`` is the
    net revenue of the copies, by rule, in minor units. ``left_out`` counts the rows that the
    source drops, by the name of its condition; they are among ``rows``.
    """

    rows: int = 0
    rejected: Mapping[str, int] = field(default_factory=Counter)
    noted: Mapping[str, int] = field(default_factory=Counter)
    digest: int = 0
    first: datetime | None = None
    last: datetime | None = None
    several: int = 0
    worth: Mapping[str, int] = field(default_factory=Counter)
    left_out: Mapping[str, int] = field(default_factory=Counter)

    @classmethod
    def sum(cls, parts: Iterable[Self]) -> Self:
        """The counts of the rows of all; of none, they are empty."""
        rows, digest, several = 0, 0, 0
        worth: Counter[str] = Counter()
        rejected: Counter[str] = Counter()
        noted: Counter[str] = Counter()
        left_out: Counter[str] = Counter()
        moments: list[datetime] = []
        for one in parts:
            rows, digest = rows + one.rows, digest + one.digest
            several += one.several
            for rule, units in one.worth.items():
                worth[rule] += units
            rejected.update(one.rejected)
            noted.update(one.noted)
            left_out.update(one.left_out)
            moments += [moment for moment in (one.first, one.last) if moment]
        first, last = (min(moments), max(moments)) if moments else (None, None)
        digest %= DIGEST_SPACE
        return cls(rows, +rejected, +noted, digest, first, last, several, worth, left_out)

    @property
    def good(self) -> int:
        """Rows that break no rule, and that the source does not leave out."""
        return self.rows - self.aside - sum(self.left_out.values())

    @property
    def aside(self) -> int:
        """Rows that are set aside."""
        return sum(self.rejected.values())

    def without(self, copies: int, rule: str, noted: Mapping[str, int]) -> RowCounts:
        """The same rows, ``copies`` of the good ones set aside by ``rule``; ``noted`` no more."""
        rejected = Counter(self.rejected) + Counter({rule: copies})
        left = Counter(self.noted)
        left.subtract(noted)
        return replace(self, rejected=rejected, noted=+left)

    def with_noted(self, copies: int, rule: str) -> RowCounts:
        """The same rows, ``copies`` of the good ones counted by the note ``rule``."""
        return replace(self, noted=Counter(self.noted) + Counter({rule: copies}))

    def worth_of(self, rule: str, units: int) -> RowCounts:
        """The same, the copies that ``rule`` counts worth so many minor units."""
        return replace(self, worth={**self.worth, rule: units})

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "rows": self.rows,
            "rejected": dict(self.rejected),
            "noted": dict(self.noted),
            "digest": self.digest,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "several": self.several,
            "worth": dict(self.worth),
            "left_out": dict(self.left_out),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_dict`."""
        first, last = (
            datetime.fromisoformat(values[end]) if values[end] else None
            for end in ("first", "last")
        )
        return cls(
            values["rows"],
            Counter(values["rejected"]),
            Counter(values["noted"]),
            values["digest"],
            first,
            last,
            values["several"],
            Counter(values["worth"]),
            Counter(values["left_out"]),
        )
