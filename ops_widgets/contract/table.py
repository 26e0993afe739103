"""What a table of the contract is made of: columns, rules, and the rules that many tables share.

It is data, not code: ``validation`` turns a :class:`Rule` into an expression, ``dictionary``
turns it into a line of a page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

ColumnType = Literal["text", "integer", "number", "boolean", "timestamp", "date"]
RuleKind = Literal[
    "not_null",  # the column holds a value
    "positive",  # > 0
    "not_negative",  # >= 0
    "below",  # columns[0] < the column's ``limit``, as is its product with ``times``
    "at_most",  # columns[0] <= the column's ``at_most``
    "one_of",  # one of the column's ``choices``
    "matches",  # the text is written like ``pattern``
    "avoids",  # nothing in the text is written like ``pattern``
    "not_before",  # on or after EARLIEST
    "not_after",  # on or before LATEST
    "not_future",  # on or before the moment of the check
    "ordered",  # columns[0] <= columns[1]
    "span_ordered",  # of a text FIRST/LAST, two days, FIRST <= LAST
    "unique",  # the columns together occur once: later rows are set aside
    "unique_row",  # the whole row occurs once: further copies are set aside; see ``identity``
    "equal_rows",  # copies that are kept, since the table has one row a piece
    "known_in",  # the value occurs in ``reference`` ("table.column"), when that table is mapped
]
Severity = Literal["reject", "note"]

#: Nothing was sold online before this day: an earlier date is an unset clock or a placeholder.
EARLIEST = "1990-01-01"
#: Nobody plans beyond this day: a later one is a placeholder for "for ever".
LATEST = "2100-12-31"
#: What no line, no amount and no count of a real shop reaches, in the currency as it is written
#: or in pieces: with smaller ones, every sum keeps within 64 bits.
MOST_PIECES = 10**8
MOST_MONEY = 10**11
MOST_COUNTED = 10**12
MOST_OF_A_MARKET = 10**14
#: Days from an order to its delivery, or the like: 27 years.
MOST_DAYS = 10**4


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, and whether a null is allowed.

    ``default`` is what a null stands for, in a column whose nulls have a meaning. ``names`` is
    the kind of thing that a text names (brand, channel): such texts are written in one way, as
    ``ops_widgets.names`` says, and a source may map them in ``[names.KIND]``. A value that
    reaches ``limit``, also when multiplied by the column ``times``, is no true one: it is set
    aside as ``NAME_too_large``, as is one above ``at_most``, the largest that has a meaning.
    """

    name: str
    type: ColumnType
    description: str
    required: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    default: str | None = None
    names: str = ""
    limit: int = 0
    times: str = ""
    at_most: int | None = None


@dataclass(frozen=True)
class Rule:
    """One thing that must hold for a row.

    ``reject`` sets the row aside under ``name``; ``note`` keeps it and counts it. ``unless`` names
    a column and the value with which a row need not follow it. A ``pattern`` is a regular
    expression that every engine reads alike: no look-around, no references.
    """

    name: str
    kind: RuleKind
    columns: tuple[str, ...]
    remedy: str
    severity: Severity = "reject"
    reference: str = ""
    pattern: str = ""
    #: Of a unique row: columns that tell rows apart instead of all, in a month, where all are
    #: filled; and the column that would say "several" where equal rows are not pieces.
    identity: tuple[str, ...] = ()
    pieces: str = ""
    unless: tuple[str, str] | None = None


@dataclass(frozen=True)
class Table:
    """One table of the contract; ``required`` tables must be mapped by every source.

    ``dated`` names the column that says when a row happened, in tables that grow by time.
    Lists of tables follow ``place``, then the names. Of ``families`` a source may have any number
    of columns, whose names begin with what stands before the ``*`` of the family's name; one row
    of a table that has some is described by :meth:`extended`.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    required: bool = False
    used_for: str = ""
    #: Columns that the contract takes, checks and keeps, but no page reads yet.
    unread: tuple[str, ...] = ()
    dated: str = ""
    place: int = 100
    families: tuple[Column, ...] = ()
    _by_name: dict[str, Column] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_name.update({column.name: column for column in self.columns})

    def column(self, name: str) -> Column:
        """The declaration of one column; ``KeyError`` if there is none of that name."""
        return self._by_name.get(name) or self._of_a_family(name)

    def knows(self, name: str) -> bool:
        """Whether a source may map a column of that name."""
        return name in self._by_name or any(_belongs(name, one) for one in self.families)

    def extended(self, names: Iterable[str]) -> Table:
        """The same with a column for each of ``names`` that belongs to a family, by their names."""
        new = sorted(name for name in {*names} - {*self._by_name} if self.knows(name))
        return replace(self, columns=(*self.columns, *map(self._of_a_family, new))) if new else self

    def _of_a_family(self, name: str) -> Column:
        for family in self.families:
            if _belongs(name, family):
                return replace(family, name=name)
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in declared order."""
        return tuple(self._by_name)

    @property
    def required_names(self) -> tuple[str, ...]:
        """Names of the columns that must be mapped."""
        return tuple(c.name for c in self.columns if c.required)


def _belongs(name: str, family: Column) -> bool:
    start = family.name.removesuffix("*")
    return name.startswith(start) and name != start


def _not_too_early(column: str) -> Rule:
    return Rule(
        f"{column}_too_early",
        "not_before",
        (column,),
        f"A date before {EARLIEST} is usually an unset clock: correct it at its origin.",
    )


def dates(column: str) -> tuple[Rule, ...]:
    """``column`` lies between :data:`EARLIEST` and the day of the check."""
    return (
        _not_too_early(column),
        Rule(
            f"{column}_in_future",
            "not_future",
            (column,),
            "A date after today is a wrong clock or a wrong time zone: times must be UTC.",
        ),
    )


def planned(*columns: str) -> tuple[Rule, ...]:
    """Each of ``columns`` may lie ahead: between :data:`EARLIEST` and :data:`LATEST`."""
    return tuple(
        rule
        for column in columns
        for rule in (
            _not_too_early(column),
            Rule(
                f"{column}_too_late",
                "not_after",
                (column,),
                f"A date after {LATEST} is a placeholder: leave it empty where there is no end.",
            ),
        )
    )


def ordered(name: str, first: str, last: str, remedy: str) -> Rule:
    """``first`` is not after ``last``, else the row is set aside as ``name``."""
    return Rule(name, "ordered", (first, last), remedy)


def known(column: str, reference: str, kept: str) -> Rule:
    """A note on values of ``column`` that ``reference`` ("table.column") lacks; ``kept`` as what.

    Only tables that are read whole are referred to: those of facts are never held at once.
    """
    what = column.removesuffix("_id")
    remedy = f"Kept{kept}: add the {what} to `{reference.split('.')[0]}`."
    return Rule(f"{what}_unknown", "known_in", (column,), remedy, "note", reference)


def filled(*columns: str, unless: tuple[str, str] | None = None) -> tuple[Rule, ...]:
    """Each of ``columns`` holds a value in every row (``unless`` as in a :class:`Rule`)."""
    return tuple(
        Rule(
            f"{c}_missing",
            "not_null",
            (c,),
            f"Every row needs a {c}: fill it or drop the row.",
            unless=unless,
        )
        for c in columns
    )


def not_negative(*columns: str) -> tuple[Rule, ...]:
    """Each of ``columns`` is 0 or more."""
    return tuple(
        Rule(f"{c}_negative", "not_negative", (c,), f"{c} counts something: it cannot be negative.")
        for c in columns
    )


def positive(*columns: str, remedy: str) -> tuple[Rule, ...]:
    """Each of ``columns`` is above 0."""
    return tuple(Rule(f"{c}_not_positive", "positive", (c,), remedy) for c in columns)


def once(name: str, *columns: str, remedy: str) -> Rule:
    """``columns`` together occur once; blank ones count as equal, absent ones as blank."""
    return Rule(name, "unique", columns, remedy)
