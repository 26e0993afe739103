"""The life of customers by period: new, retained, resurrected, churned."""

from __future__ import annotations

import pyarrow as pa

from ops_widgets.summaries.customers.history import History, bits

LIFECYCLE = ["period_index", "acquired", "new", "retained", "resurrected", "churned"]
#: Raise it with every change of what :func:`write_lifecycle` gives.
VERSION = 2


def write_lifecycle(history: History, grain: str) -> dict[str, int]:
    """Every customer of a period is new, retained (active the one before) or resurrected.

    Churned were active the period before and are not now; so active(t) = new + retained +
    resurrected, and active(t-1) = retained(t) + churned(t).
    """
    name, span = f"lifecycle_{history.basis}_{grain}", history.spans[grain]
    history.con.execute(
        f"create table out.{name} ({', '.join(f'{column} bigint' for column in LIFECYCLE)})"
    )
    periods = range(span[0], span[1] + 1)
    if not periods:
        return {name: 0}
    counts = [f"count_if({bits(grain, period, span)} & 1 = 1)" for period in periods]
    counts += [f"count_if({bits(grain, period, span)} & 3 = 3)" for period in periods]
    by_channel = f"select acquired, {', '.join(counts)} from {history.table} group by 1 order by 1"
    born = dict(
        history.con.execute(
            f"select (acquired, cohort_{grain}), count(*) from {history.table} group by 1"
        ).fetchall()
    )
    rows = []
    for acquired, *found in history.con.execute(by_channel).fetchall():
        active, stayed = found[: len(periods)], found[len(periods) :]
        for place, period in enumerate([*periods, span[1] + 1]):
            here = active[place] if place < len(active) else 0
            before, retained = (active[place - 1], stayed[place - 1]) if place else (0, 0)
            new = born.get((acquired, period), 0)
            if here or before > retained:
                back = here - new - retained
                rows.append((period, acquired, new, retained, back, before - retained))
    if rows:
        columns = [pa.array(column, pa.int64()) for column in zip(*sorted(rows), strict=True)]
        history.con.register("counted", pa.table(columns, names=LIFECYCLE))
        history.con.execute(f"insert into out.{name} from counted")
        history.con.unregister("counted")
    return {name: len(rows)}
