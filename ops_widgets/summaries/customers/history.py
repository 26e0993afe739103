"""When and where every customer began, and all periods in which it was active."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from ops_widgets.summaries.customers.cells import Cells

GRAINS = ("week", "month")
#: Periods in one 64-bit word of a customer's history. Words overlap by one period, so that
#: every two neighbours are together in one of them.
WORD = 61


@dataclass
class History:
    """The customers of one ``basis`` (a partial in ``con``), for its schema ``out``.

    ``changed`` are the periods by grain that differ from the generation attached as ``old``;
    None: there is none to take anything over from. ``spans`` are the first and last active
    period by grain, known after :meth:`begin`.
    """

    con: duckdb.DuckDBPyConnection
    basis: str
    cells: Cells
    changed: dict[str, set[int]] | None = None
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The table of one row a customer, made by :meth:`begin`."""
        return f"history_{self.basis}"

    @property
    def born(self) -> str:
        """The table that remembers cohorts for the next build."""
        return f"born_{self.basis}"

    def begin(self) -> int:
        """Make ``history``: when and where every customer began, and all its active periods.

        Periods are bits of words, see :data:`WORD`. Returns the number of customers.
        """
        masks = "".join(f", {name} bigint" for name in self.cells.mask_names or ["cell"])
        self.con.execute(
            f"create table if not exists {self.basis} (customer bigint, week_index bigint, "
            f"month_index bigint, first_key bigint, strangers bigint{masks})"
        )
        ends = self.con.execute(
            "select coalesce(min(week_index), 0), coalesce(max(week_index), -1), "
            f"coalesce(min(month_index), 0), coalesce(max(month_index), -1) from {self.basis}"
        ).fetchone()
        assert ends is not None
        self.spans = {"week": (ends[0], ends[1]), "month": (ends[2], ends[3])}
        words = [
            f"bit_or(case when {grain}_index between {start} and {start + WORD} "
            f"then 1::bigint << ({grain}_index - {start})::int else 0 end) as {grain}_{number}"
            for grain, span in self.spans.items()
            for number, start in enumerate(range(span[0], span[1] + 1, WORD))
        ]
        self.con.execute(
            f"""
            create or replace temp table {self.table} as
            select customer, {self.cells.channel_of("min(first_key)")} as acquired,
                min(week_index) as cohort_week, min(month_index) as cohort_month,
                {", ".join(words or ["null as nothing"])}
            from {self.basis} group by customer
            """
        )
        self._find_moved()
        counted = self.con.execute(f"select count(*) from {self.table}").fetchone()
        return int(counted[0]) if counted else 0

    def _find_moved(self) -> None:
        """Every period of a customer whose cohort or channel is another one now has changed."""
        if self.changed is None:
            return
        self.con.execute(
            f"""
            create or replace temp table moved as
            select customer from {self.table} h full join {self.born} b using (customer)
            where (h.acquired, h.cohort_week, h.cohort_month)
                is distinct from (b.acquired, b.cohort_week, b.cohort_month)
            """
        )
        for grain in GRAINS:
            rows = self.con.execute(
                f"select distinct {grain}_index from {self.basis} semi join moved using (customer)"
            ).fetchall()
            self.changed[grain] |= {period for (period,) in rows}

    def remember(self) -> None:
        """Keep the cohorts for the next build."""
        self.con.execute(
            f"create or replace table {self.born} as "
            f"select customer, acquired, cohort_week, cohort_month from {self.table}"
        )


def bits(grain: str, period: int, span: tuple[int, int]) -> str:
    """The word of ``history`` with this period in its lowest bit and the next one beside it."""
    number, bit = divmod(period - span[0], WORD)
    return f"({grain}_{number} >> {bit})"
