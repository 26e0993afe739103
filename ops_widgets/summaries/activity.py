"""Who was active when: distinct customers that add up, and the life of a customer by period.

**Signatures.** For every (cohort, period) keep how many customers were active in exactly this
set of (channel, category) cells, as bit masks. The number of distinct customers for any choice
of channels and categories is then ``sum(customers) where mask & chosen <> 0``: exact, although
distinct counts do not add up by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from ops_widgets.summaries.facts import total

#: Cells a mask column holds: a signed 64-bit integer keeps its sign bit free, everywhere.
BITS = 62
#: A customer's first second and cell travel in one integer: ``second * CELL_SLOTS + cell``.
CELL_SLOTS = 1 << 20

GRAINS = ("week", "month")


@dataclass(frozen=True)
class Cells:
    """The (channel, category) pairs that occur, numbered from 0 by name.

    ``frame`` has ``cell, channel, category, mask_column, bit`` (``bit`` = 2 ** place in its
    mask column).
    """

    frame: pd.DataFrame

    @classmethod
    def number(cls, pairs: pd.DataFrame) -> Cells:
        """Cells of the distinct ``channel, category`` pairs of all activity."""
        frame = pairs.drop_duplicates().sort_values(["channel", "category"], ignore_index=True)
        cell = pd.RangeIndex(len(frame))
        return cls(
            frame.assign(
                cell=cell.astype("int64"),
                mask_column=(cell // BITS).astype("int64"),
                bit=[1 << (int(c) % BITS) for c in cell],
            )
        )

    @property
    def mask_names(self) -> list[str]:
        """Names of the mask columns a signature needs."""
        return [f"mask_{i}" for i in range(max(1, -(-len(self.frame) // BITS)))]

    def table(self) -> ir.Table:
        """``cell, channel, category`` and one column per mask, for joining to facts."""
        wide = self.frame[["cell", "channel", "category"]].copy()
        for i, name in enumerate(self.mask_names):
            wide[name] = self.frame["bit"].where(self.frame["mask_column"] == i, 0).astype("int64")
        return ibis.memtable(wide)


def customer_days(facts: ir.Table, cells: Cells) -> ir.Table:
    """One row a customer, day and cell: ``customer_id, day, cell, first_key``.

    ``facts`` has ``customer_id, channel, category, second, day``; customers that the shop does
    not know are left out.
    """
    numbered = facts.filter(facts.customer_id.notnull()).inner_join(
        cells.table(), ["channel", "category"]
    )
    return numbered.group_by("customer_id", "day", "cell").agg(
        first_key=(numbered.second * CELL_SLOTS + numbered.cell).min()
    )


def first_activity(days: ir.Table, cells: Cells, calendar: ir.Table) -> ir.Table:
    """One row a customer: when and where it all began.

    ``customer_id, first_second, acquisition_channel, week_index, month_index``. Two first acts
    in the same second: the channel that comes first by name.
    """
    first = days.group_by("customer_id").agg(key=days.first_key.min(), day=days.day.min())
    cell = first.key % CELL_SLOTS
    first = first.mutate(cell=cell, first_second=(first.key - cell) // CELL_SLOTS)
    first = first.inner_join(cells.table().select("cell", "channel"), "cell")
    return first.inner_join(calendar.select("day", "week_index", "month_index"), "day").select(
        "customer_id",
        "first_second",
        "week_index",
        "month_index",
        acquisition_channel=first.channel,
    )


def customer_periods(days: ir.Table, cells: Cells, calendar: ir.Table, grain: str) -> ir.Table:
    """One row a customer and period: ``customer_id, period_index`` and the mask columns."""
    masks = cells.table().drop("channel", "category")
    dated = days.inner_join(calendar.select("day", period_index=f"{grain}_index"), "day")
    dated = dated.inner_join(masks, "cell")
    return dated.group_by("customer_id", "period_index").agg(
        **{name: dated[name].bit_or() for name in cells.mask_names}
    )


def signatures(periods: ir.Table, first: ir.Table, cells: Cells, grain: str) -> ir.Table:
    """``cohort_index, period_index, acquisition_channel``, masks, and ``customers``."""
    born = first.select("customer_id", "acquisition_channel", cohort_index=f"{grain}_index")
    joined = periods.inner_join(born, "customer_id")
    keys = ["cohort_index", "period_index", "acquisition_channel", *cells.mask_names]
    return joined.group_by(keys).agg(customers=joined.count())


def lifecycle(periods: ir.Table, first: ir.Table, grain: str) -> ir.Table:
    """``period_index, acquisition_channel, new, retained, resurrected, churned``.

    Every active customer of a period is exactly one of new (first period ever), retained
    (active the period before) or resurrected; churned were active the period before and are
    not now. So active(t) = new + retained + resurrected, and active(t-1) = retained(t) +
    churned(t).
    """
    born = first.select("customer_id", "acquisition_channel", cohort_index=f"{grain}_index")
    active = periods.select("customer_id", "period_index").inner_join(born, "customer_id")
    order = ibis.window(group_by=active.customer_id, order_by=active.period_index)
    # A gap of zero can not occur: it stands for "no neighbour", on every engine.
    active = active.mutate(
        before=(active.period_index - active.period_index.lag().over(order)).fill_null(0),
        after=(active.period_index.lead().over(order) - active.period_index).fill_null(0),
    )
    is_new = active.period_index == active.cohort_index
    present = active.select(
        "acquisition_channel",
        "period_index",
        new=ibis.ifelse(is_new, 1, 0),
        retained=ibis.ifelse(active.before == 1, 1, 0),
        resurrected=ibis.ifelse(~is_new & (active.before != 1), 1, 0),
        churned=ibis.literal(0),
    )
    gone = active.filter(active.after != 1)
    lost = gone.select(
        "acquisition_channel",
        period_index=gone.period_index + 1,
        new=ibis.literal(0),
        retained=ibis.literal(0),
        resurrected=ibis.literal(0),
        churned=ibis.literal(1),
    )
    both = present.union(lost)
    return both.group_by("period_index", "acquisition_channel").agg(
        **{name: total(both[name]) for name in ("new", "retained", "resurrected", "churned")}
    )
