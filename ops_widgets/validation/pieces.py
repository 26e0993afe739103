"""Equal lines of an order: delivered twice, or one row a piece? The whole table says which.

A file that writes a row for every piece says "three towels" by three equal rows; a file that was
delivered twice has equal rows as well. Nothing in a row tells them apart, but the table does: see
:func:`one_row_a_piece`. The evidence adds up by local day, so that a refresh measures only what
changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self

import ibis
import ibis.expr.types as ir

from ops_widgets.contract.table import Rule
from ops_widgets.sources.money import line_total, minor_units, net_sign
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.identity import has_identity

#: Where a file has one row a piece, equal lines say "several pieces" at least so many times as
#: often as the quantity does.
BY_LINES = 9
#: "Again and again": of all lines, at least one in so many occurs more than once.
ONE_IN = 100


class EqualLines(NamedTuple):
    """The lines of one day: how many occur once or ``repeated``, and ``surplus`` rows of these.

    ``not_twice`` and ``not_thrice`` count repeated lines with a number of rows that is no multiple
    of 2 or 3.
    """

    singles: int
    repeated: int
    surplus: int
    not_twice: int
    not_thrice: int

    @property
    def is_whole(self) -> bool:
        """Every line is there twice (or three times, or a multiple): a day delivered again."""
        return not self.singles and self.repeated > 0 and not (self.not_twice and self.not_thrice)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """From a row of :func:`by_day` with ``_rows``, all rows of the day."""
        again = row["repeated"] + row["surplus"]
        return cls(row["_rows"] - again, *(int(row[name]) for name in cls._fields[1:]))


def equal_rows_are_pieces(
    rule: Rule | None,
    counts: RowCounts,
    measured: Callable[[], Mapping[int, Mapping[int, EqualLines]]],
) -> bool:
    """Whether equal rows of a table, which ``rule`` compares and ``counts`` counted, are kept.

    ``measured`` gives its equal lines by month and local day; it is asked only where they could
    outnumber the rows with a quantity above 1.
    """
    if rule is None or not rule.pieces:
        return False
    if counts.good < 2 or counts.several * 2 * BY_LINES > counts.good:
        return False
    days = {day: lines for month in measured().values() for day, lines in month.items()}
    return one_row_a_piece(counts.several, days)


def one_row_a_piece(several: int, days: Mapping[int, EqualLines]) -> bool:
    """Whether equal lines are pieces, and therefore kept.

    They are where all of this holds: the quantity is hardly ever used (``several`` rows have one
    above 1; equal lines are nine times as many), equal lines come again and again (at least two
    surplus rows, at least one line in a hundred), and they are no delivery that was made twice:
    some lines occur once, and most of the others are of days that were not repeated as a whole. A
    day with a single line counts as repeated only beside a day that was.
    """
    sold = [days[day] for day in sorted(days)]
    repeated = sum(day.repeated for day in sold)
    surplus = sum(day.surplus for day in sold)
    singles = sum(day.singles for day in sold)
    lines = repeated + singles
    if not singles or surplus < 2 or repeated * ONE_IN < lines or repeated < BY_LINES * several:
        return False
    again = 0
    for before, day, after in zip([None, *sold], sold, [*sold[1:], None], strict=False):
        beside = any(one is not None and one.is_whole for one in (before, after))
        if day.is_whole and (day.repeated > 1 or beside):
            again += day.repeated
    return 2 * again < repeated


def by_day(rows: ir.Table, rule: Rule) -> ir.Table:
    """``_day, repeated, surplus, not_twice, not_thrice`` of ``rows`` with ``_copy`` and ``_times``.

    Rows that an id tells apart, and those whose quantity is not 1, are no evidence.
    """
    is_known = has_identity(rule, rows)
    alike = rows.filter(~is_known & (rows[rule.pieces] == 1) & (rows["_times"] > 1))
    first = ~alike["_copy"]

    def count(where: ir.BooleanValue) -> ir.IntegerScalar:
        return ibis.ifelse(where, 1, 0).sum()

    return alike.group_by("_day").agg(
        repeated=count(first),
        surplus=count(alike["_copy"]),
        not_twice=count(first & (alike["_times"] % 2 != 0)),
        not_thrice=count(first & (alike["_times"] % 3 != 0)),
    )


def net_of(lines: ir.Table, digits: int) -> ir.IntegerValue:
    """What typed order lines add to net revenue, in minor units."""
    sign = net_sign(lines.status)
    price = ibis.ifelse(sign != 0, lines.unit_price, 0.0)
    quantity = ibis.ifelse(sign != 0, lines.quantity, 0)
    discount = minor_units(lines.discount.fill_null(0.0), digits)
    return sign * (line_total(price, quantity, digits) - discount)
