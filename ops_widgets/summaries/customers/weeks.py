"""What a month says of customers: in which weeks and cells each was active."""

from __future__ import annotations

import ibis.expr.types as ir

from ops_widgets.summaries.definitions import FactContext


def customer_weeks(facts: ir.Table, context: FactContext) -> ir.Table:
    """One row a customer, week and month: ``first_key``, ``strangers``, and where it was active.

    ``first_key`` is the :meth:`Cells.key` of the first moment. Where is a bit mask of cells
    (``mask_0``, ...), or with too many cells for masks one row a ``cell``. Customers that the shop
    does not know are left out. ``facts`` have ``customer_id, week_index, month_index, second,
    cell, stranger``.
    """
    cells = context.cells
    known = facts.filter(facts.customer_id.notnull())
    keys = ["customer_id", "week_index", "month_index"]
    if cells.in_masks:
        known = known.inner_join(cells.masks_table(), "cell")
        where = {name: known[name].bit_or() for name in cells.mask_names}
    else:
        keys, where = [*keys, "cell"], {}
    return known.group_by(keys).agg(
        first_key=cells.key(known.second, known.cell).min(),
        strangers=known.stranger.max(),
        **where,
    )
