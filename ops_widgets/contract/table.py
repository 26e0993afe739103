"""What a table of the contract is made of: columns, rules, and the rules that many tables share.

It is data, not code: ``validation`` turns a :class:`Rule` into an expression, ``dictionary``
turns it into a line of a page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ColumnType = Literal["text", "integer", "number", "timestamp", "date"]
RuleKind = Literal[
    "not_null",  # the column holds a value
    "positive",  # > 0
    "not_negative",  # >= 0
    "below",  # columns[0] < the column's ``limit``, as is its product with ``times``
    "one_of",  # one of the column's ``choices``
    "not_before",  # on or after EARLIEST
    "not_future",  # on or before the moment of the check
    "ordered",  # columns[0] <= columns[1]
    "unique",  # the columns together occur once: later rows are set aside
    "unique_row",  # the whole row occurs once: further copies are set aside; see ``identity``
    "equal_rows",  # copies that are kept, since the table has one row a piece
    "known_in",  # the value occurs in ``reference`` ("table.column"), when that table is mapped
    "own_currency",  # columns[0] is the source's currency or blank; without ``reference``
    "has_rate",  # else ``reference``, which is mapped, has its rate for the day of columns[1]
    "not_ruined",  # an id is whole, as are all ids of every table: see ``validation.ids``
    "no_placeholder",  # a word for no id was none
    "not_as_number",  # 17850.0
    "not_rounded",  # 330000000000000000
]
Severity = Literal["reject", "note"]

#: The unit of texts that identify something: they are held against rules of their own.
ID = "id"
#: The unit of amounts of money.
MONEY = "currency"
#: The unit of codes of currencies, which are compared without blanks and in capitals.
CODE = "ISO 4217"
#: The table that says what other currencies are worth, and for how many days a rate holds.
RATES, RATE_DAYS = "rates", 7

#: Nothing was sold online before this day: an earlier date is an unset clock or a placeholder.
EARLIEST = "1990-01-01"
#: What no line, no amount and no count of a real shop reaches, in the currency as it is written
#: or in pieces: with smaller ones, every sum keeps within 64 bits.
MOST_PIECES = 10**8
MOST_MONEY = 10**11
MOST_COUNTED = 10**12
MOST_OF_A_MARKET = 10**14


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, and whether a null is allowed.

    A ``unit`` of :data:`ID` or :data:`MONEY` says more: what stands for no id is null, what a
    spreadsheet ruined is set aside, and money is converted where the table has a :data:`CURRENCY`.
    ``default`` is what a null stands for, in a column whose nulls have a meaning. ``names`` is
    the kind of thing that a text names (brand, channel): such texts are written in one way, as
    ``ops_widgets.names`` says, and a source may map them in ``[names.KIND]``. A value that
    reaches ``limit``, also when multiplied by the column ``times``, is no true one: it is set
    aside as ``NAME_too_large``.
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


@dataclass(frozen=True)
class Rule:
    """One thing that must hold for a row.

    ``reject`` sets the row aside under ``name``; ``note`` keeps it and counts it. ``unless`` names
    a column and the value with which a row need not follow it.
    """

    name: str
    kind: RuleKind
    columns: tuple[str, ...]
    remedy: str
    severity: Severity = "reject"
    reference: str = ""
    #: Of a unique row: columns that tell rows apart instead of all, in a month, where all are
    #: filled; and the column that would say "several" where equal rows are not pieces.
    identity: tuple[str, ...] = ()
    pieces: str = ""
    unless: tuple[str, str] | None = None


@dataclass(frozen=True)
class Table:
    """One table of the contract; ``required`` tables must be mapped by every source.

    ``dated`` names the column that says when a row happened, in tables that grow by time.
    Lists of tables follow ``place``, then the names.
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
    _by_name: dict[str, Column] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_name.update({column.name: column for column in self.columns})

    def column(self, name: str) -> Column:
        """The declaration of one column; ``KeyError`` if there is none of that name."""
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in declared order."""
        return tuple(self._by_name)

    @property
    def required_names(self) -> tuple[str, ...]:
        """Names of the columns that must be mapped."""
        return tuple(c.name for c in self.columns if c.required)


#: The column of a table whose rows are in several currencies; see :func:`in_currency`.
CURRENCY = Column(
    "currency",
    "text",
    "What the money of this row is in; blank: the source's currency",
    unit=CODE,
)


def in_currency(date: str) -> tuple[Rule, ...]:
    """Money is in the source's currency, or ``rates`` says what it was worth on ``date``."""
    columns, reference = (CURRENCY.name, date), f"{RATES}.{CURRENCY.name}"
    return (
        Rule(
            "currency_other",
            "own_currency",
            columns,
            "Amounts of two currencies have no sum: map `rates`, or make a source of each.",
            reference=reference,
        ),
        Rule(
            "rate_missing",
            "has_rate",
            columns,
            f"Give `rates` a row of that currency for this day, or for one of the {RATE_DAYS} "
            "before.",
            reference=reference,
        ),
    )


def dates(column: str) -> tuple[Rule, ...]:
    """``column`` lies between :data:`EARLIEST` and the day of the check."""
    return (
        Rule(
            f"{column}_too_early",
            "not_before",
            (column,),
            f"A date before {EARLIEST} is usually an unset clock: correct it at its origin.",
        ),
        Rule(
            f"{column}_in_future",
            "not_future",
            (column,),
            "A date after today is a wrong clock or a wrong time zone: times must be UTC.",
        ),
    )


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
