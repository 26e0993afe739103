"""Who was active when: distinct customers that add up, and the life of a customer by period.

**Signatures.** For every (cohort, period) keep how many customers were active in exactly this
set of (channel, category) cells, as bit masks. The number of distinct customers for any choice
of channels and categories is then ``sum(customers) where mask & chosen <> 0``: exact, although
distinct counts do not add up by themselves.

The facts are grouped once, by customer, week and month; everything after that works on far
fewer rows, and on integers.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ops_widgets.summaries.cells import Cells
from ops_widgets.summaries.facts import total

#: A customer's first second and cell travel in one integer: ``second * CELL_SLOTS + cell``.
CELL_SLOTS = 1 << 20

GRAINS = ("week", "month")


def customer_weeks(facts: ir.Table, cells: Cells, calendar: ir.Table) -> ir.Table:
    """One row a customer, week and month: the masks of its cells, and ``first_key``.

    ``facts`` has ``customer_id, cell, second, day``; customers that the shop does not know are
    left out.
    """
    known = facts.filter(facts.customer_id.notnull())
    dated = known.inner_join(calendar.select("day", "week_index", "month_index"), "day")
    marked = dated.inner_join(cells.masks_table(), "cell")
    return marked.group_by("customer_id", "week_index", "month_index").agg(
        first_key=(marked.second * CELL_SLOTS + marked.cell).min(),
        **{name: marked[name].bit_or() for name in cells.mask_names},
    )


def customers(weeks: ir.Table, cells: Cells) -> ir.Table:
    """One row a customer: a number for the name, and when and where it all began.

    ``customer_id, customer, first_second, acquired, cohort_week, cohort_month``; ``acquired`` is
    the index of the channel of the first act (of two in the same second, the first by name).
    """
    first = weeks.group_by("customer_id").agg(
        key=weeks.first_key.min(),
        cohort_week=weeks.week_index.min(),
        cohort_month=weeks.month_index.min(),
    )
    cell = first.key % CELL_SLOTS
    numbered = first.mutate(
        customer=ibis.row_number().over(order_by=first.customer_id),
        first_second=(first.key - cell) // CELL_SLOTS,
        acquired=cell // len(cells.categories),
    )
    return numbered.drop("key")


def numbered_weeks(weeks: ir.Table, first: ir.Table) -> ir.Table:
    """``weeks`` with all that ``first`` knows of the customer, whose name is a number from now."""
    return weeks.inner_join(first, "customer_id").drop("customer_id", "first_key", "first_second")


def customer_periods(weeks: ir.Table, cells: Cells, grain: str) -> ir.Table:
    """One row a customer and period: ``customer, cohort_index, period_index, acquired``, masks.

    ``weeks`` are :func:`numbered_weeks`.
    """
    dated = weeks.mutate(
        cohort_index=weeks[f"cohort_{grain}"], period_index=weeks[f"{grain}_index"]
    )
    keys = ["customer", "cohort_index", "period_index", "acquired"]
    return dated.group_by(keys).agg(**{name: dated[name].bit_or() for name in cells.mask_names})


def signatures(periods: ir.Table, cells: Cells) -> ir.Table:
    """``cohort_index, period_index, acquired``, masks, and ``customers``."""
    keys = ["cohort_index", "period_index", "acquired", *cells.mask_names]
    return periods.group_by(keys).agg(customers=periods.count())


def lifecycle(periods: ir.Table) -> ir.Table:
    """``period_index, acquired, new, retained, resurrected, churned``.

    Every active customer of a period is exactly one of new (first period ever), retained
    (active the period before) or resurrected; churned were active the period before and are
    not now. So active(t) = new + retained + resurrected, and active(t-1) = retained(t) +
    churned(t).
    """
    order = ibis.window(group_by=periods.customer, order_by=periods.period_index)
    # A gap of zero can not occur: it stands for "no neighbour", on every engine.
    active = periods.select(
        "acquired",
        "period_index",
        is_new=periods.period_index == periods.cohort_index,
        before=(periods.period_index - periods.period_index.lag().over(order)).fill_null(0),
        after=(periods.period_index.lead().over(order) - periods.period_index).fill_null(0),
    )
    states = active.group_by("period_index", "acquired").agg(
        new=total(ibis.ifelse(active.is_new, 1, 0)),
        retained=total(ibis.ifelse(active.before == 1, 1, 0)),
        resurrected=total(ibis.ifelse(~active.is_new & (active.before != 1), 1, 0)),
        gone=total(ibis.ifelse(active.after != 1, 1, 0)),
    )
    zero = ibis.literal(0, "int64")
    present = states.drop("gone").mutate(churned=zero)
    lost = states.filter(states.gone > 0).select(
        "acquired",
        period_index=states.period_index + 1,
        new=zero,
        retained=zero,
        resurrected=zero,
        churned=states.gone,
    )
    both = present.union(lost.select(present.columns))
    return both.group_by("period_index", "acquired").agg(
        **{name: total(both[name]) for name in ("new", "retained", "resurrected", "churned")}
    )
