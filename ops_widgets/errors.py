"""Errors that speak to the person who caused them, and the exit code each one means."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

#: Names that a hint lists at most.
MOST_NAMES = 20


class OpsError(Exception):
    """What is wrong, and what to do next.

    ``message`` says what was found and where (file, table, column, row);
    ``remedy`` is the next step, as a sentence of its own; ``ask`` are the changes of a page's view
    that it stands for.
    """

    exit_code = 1

    def __init__(
        self, message: str, remedy: str = "", ask: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy
        self.ask = dict(ask or {})
        #: The errors that it stands for, see :func:`together`; none where it is but one.
        self.parts: tuple[OpsError, ...] = ()


class UsageError(OpsError):
    """A command, parameter, option or source file was asked for in a way that has no meaning."""

    exit_code = 2


class DataError(OpsError):
    """The data breaks the contract so badly that no honest number can be computed from it."""

    exit_code = 65


class BusyError(OpsError):
    """Somebody else is doing the same thing at this moment."""

    exit_code = 75


class NotebookError(OpsError):
    """A notebook stopped before its last cell."""

    exit_code = 1


class StaleError(OpsError):
    """The data do not reach the day that is asked for yet: later they may."""

    exit_code = 75


@dataclass(frozen=True)
class Need:
    """What a source lacks of the contract: a ``table``, or ``columns`` of one that it has.

    ``shows`` is what the reader misses, as "what ... would show"; ``meaning`` says in words what
    is lacking; ``wanted`` are the columns that a mapping of the table must give.
    """

    source: str
    table: str
    columns: tuple[str, ...]
    shows: str
    meaning: str
    wanted: tuple[str, ...]

    @property
    def name(self) -> str:
        """As a page names it: "market", or "orders.campaign_id"."""
        return ", ".join(f"{self.table}.{column}" for column in self.columns) or self.table

    @property
    def gap(self) -> str:
        """For who reads a page and maps nothing: what is not there to be seen."""
        return f"Not shown: {self.shows}."

    @property
    def step(self) -> str:
        """For the same reader: what that takes, and whom to ask."""
        kind = "table" if not self.columns else "columns" if self.columns[1:] else "column"
        return (
            f"That takes the {kind} {self.name} ({self.meaning}), which the data of "
            f"{self.source} do not have. Ask whoever prepares these data to add it."
        )


class MissingDataError(OpsError):
    """An analysis lacks what it needs to say anything; the rest of the page works.

    ``need`` is the table or columns that the source does not map; None: there is another reason.
    """

    exit_code = 65

    def __init__(
        self,
        message: str,
        remedy: str = "",
        ask: Mapping[str, Any] | None = None,
        need: Need | None = None,
    ) -> None:
        super().__init__(message, remedy, ask)
        self.need = need

    @property
    def reason(self) -> str:
        """The same text for the same reason, whatever would have been shown."""
        return self.need.name if self.need else str(self)

    @property
    def words(self) -> str:
        """What a reader who maps nothing is told."""
        return f"{self.need.gap} {self.need.step}" if self.need else str(self)


def together(errors: Iterable[OpsError]) -> OpsError:
    """One error that says all of ``errors`` (at least one), each with its own remedy.

    It is of the kind of the first, and so is its exit code.
    """
    said: dict[str, OpsError] = {}
    for error in errors:
        for one in error.parts or (error,):
            said.setdefault(str(one), one)
    found = list(said.values())
    if len(found) == 1:
        return found[0]
    listed = "\n".join(f"- {error}" for error in found)
    error = type(found[0])(f"There are {len(found)} things to correct:\n{listed}")
    error.parts = tuple(found)
    return error


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint naming the known name closest to ``name``, or the first :data:`MOST_NAMES` of all."""
    known = list(known)
    folded = {k.lower(): k for k in known}
    close = get_close_matches(name[:200].lower(), folded, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {folded[close[0]]!r}?"
    if not known:
        return ""
    first = ", ".join(shortened(one, 80) for one in sorted(known)[:MOST_NAMES])
    more = len(known) - MOST_NAMES
    return f"Known names: {first}{f', and {more:,} more' if more > 0 else ''}."


def shortened(text: str, limit: int = 240) -> str:
    """``text`` without the end of a novel: at most ``limit`` letters, the last one a mark.

    >>> shortened("a long name", 6)
    'a lon…'
    """
    return text if len(text) <= limit else text[: limit - 1] + "…"


def incident_number(error: BaseException | None = None) -> str:
    """Eight hexadecimal digits by which a log and a page name one failure.

    The same ``error`` has the same number wherever it is shown; without one it is a new number.
    """
    number: str = getattr(error, "ops_incident", "") or secrets.token_hex(4)
    if error is not None:
        error.ops_incident = number  # type: ignore[attr-defined]
    return number
