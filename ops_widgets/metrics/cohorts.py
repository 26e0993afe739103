"""Who came, who stayed, who came back: retention and growth accounting.

Periods are indices without gaps (a month or week is its predecessor plus one). A cell of the
future, or of a period that has not wholly passed, is unknown (NA), never zero.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def retention_triangle(
    sizes: pd.DataFrame, active: pd.DataFrame, last_period: int, width: int
) -> pd.DataFrame:
    """Classic retention: the part of a cohort that was active *in* period n.

    ``sizes``: ``cohort_index, customers`` (all who began then). ``active``: ``cohort_index,
    period_index, customers`` (distinct, possibly under a filter). ``last_period`` is the last
    complete one, ``width`` the largest age shown. Returns one row a cohort and age 0..width:
    ``cohort_index, age, cohort_customers, active_customers, retention``. Cells after
    ``last_period`` are NA; a complete cell in which nobody was active is 0.
    """
    sizes = sizes[sizes["cohort_index"] <= last_period].sort_values("cohort_index")
    cells = sizes.rename(columns={"customers": "cohort_customers"}).merge(
        pd.DataFrame({"age": np.arange(width + 1)}), how="cross"
    )
    cells["period_index"] = cells["cohort_index"] + cells["age"]
    seen = active.rename(columns={"customers": "active_customers"})
    cells = cells.merge(seen, on=["cohort_index", "period_index"], how="left")
    complete = cells["period_index"] <= last_period
    cells["active_customers"] = cells["active_customers"].fillna(0).where(complete)
    cells["retention"] = cells["active_customers"] / cells["cohort_customers"]
    return cells.drop(columns="period_index").reset_index(drop=True)


def retention_curve(triangle: pd.DataFrame) -> pd.DataFrame:
    """Average retention by age: a ratio of sums over the complete cells.

    Returns ``age, cohorts, cohort_customers, active_customers, retention``. Every cohort counts
    with its size (an average of averages would let small cohorts shout); ages that no cohort
    has completed are left out.
    """
    complete = triangle.dropna(subset=["active_customers"])
    curve = complete.groupby("age", as_index=False).agg(
        cohorts=("cohort_index", "nunique"),
        cohort_customers=("cohort_customers", "sum"),
        active_customers=("active_customers", "sum"),
    )
    curve["retention"] = curve["active_customers"] / curve["cohort_customers"]
    return curve


def growth_accounting(lifecycle: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """New, retained, resurrected and churned customers of every period ``first..last``.

    ``lifecycle``: ``period_index`` and the four counts, complete periods only. Periods in which
    nothing happened are rows of zeros. Returns ``period_index, active, new, retained,
    resurrected, churned, net_change, quick_ratio`` with active = new + retained + resurrected,
    active(t-1) = retained(t) + churned(t), net change = new + resurrected - churned = active(t) -
    active(t-1), and quick ratio = (new + resurrected) / churned (NA without churn).
    """
    counts = ["new", "retained", "resurrected", "churned"]
    table = lifecycle.groupby("period_index")[counts].sum()
    table = table.reindex(range(first, last + 1), fill_value=0)
    table.index.name = "period_index"
    table.insert(0, "active", table["new"] + table["retained"] + table["resurrected"])
    came, churned = table["new"] + table["resurrected"], table["churned"].astype("float64")
    table["net_change"] = came - table["churned"]
    table["quick_ratio"] = came / churned.where(churned > 0)
    return table.reset_index()
