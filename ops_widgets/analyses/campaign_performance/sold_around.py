"""What was sold day by day around a promotion, and the baseline beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ops_widgets.analyses.campaign_performance.ordinary import Ordinary
from ops_widgets.analyses.campaign_performance.promoted import Promotion
from ops_widgets.charts.formats import grouped
from ops_widgets.periods import from_day_number
from ops_widgets.summaries.store import Store

#: Days that are shown before and after all that a promotion may have moved.
CONTEXT = 14


def sold_by_day(store: Store, one: Promotion) -> tuple[pd.DataFrame, str]:
    """``own_revenue, own_margin, others_revenue, others_margin`` of days near it, 0 where idle.

    The index are day numbers. Without the others where the whole shop is its category; without
    margins where a line of these days has no cost of goods: then the second value says so.
    """
    rows = store.query(
        """
        select day, $category in ('', category) as own, sum(net_revenue)::double as revenue,
            sum(net_revenue - goods_cost)::double as margin, sum(cost_unknown)::bigint as unknown
        from sales_day where day between $first and $last group by all
        """,
        {"category": one.category, "first": one.near[0], "last": one.near[1]},
    )
    days = pd.RangeIndex(one.near[0], one.near[1] + 1)
    lines = int(rows["unknown"].sum())
    why = f"cost of goods is not known for {grouped(lines, 0)} lines" if lines else ""
    columns = {
        f"{'own' if own else 'others'}_{money}": rows[rows["own"] == own].set_index("day")[money]
        for own in ((True, False) if one.category else (True,))
        for money in (("revenue",) if why else ("revenue", "margin"))
    }
    return pd.DataFrame(columns, index=days).fillna(0.0), why


def beside_baseline(found: Ordinary, sold: pd.DataFrame, one: Promotion) -> pd.DataFrame:
    """``day, part, sold, expected, low, high``: net revenue of the own category, day by day.

    ``expected`` is the baseline, with the 95% interval of that one day; ``part`` the area that
    the day belongs to, empty: none. Minor units.
    """
    begin, end = one.around
    days = np.arange(max(one.near[0], begin - CONTEXT), min(one.near[1], end + CONTEXT) + 1)
    x = found.regressors.of(days, campaigns=False)
    days, x = days[found.baseline.knows(x)], x[found.baseline.knows(x)]
    y = sold.loc[days].to_numpy(dtype=float)
    weights = np.zeros((len(days), len(days), sold.shape[1]))
    weights[np.arange(len(days)), np.arange(len(days)), 0] = 1.0
    ends = [day.interval() for day in found.baseline.excess(days, x, y, weights)]
    part = pd.Series("", index=days, dtype="object")
    for name in ("before", "during", "after"):
        part[part.index.isin(one.spans[name])] = name
    return pd.DataFrame(
        {
            "day": pd.to_datetime([from_day_number(int(day)) for day in days]),
            "part": part.to_numpy(),
            "sold": y[:, 0],
            "expected": found.baseline.expected(x)[:, 0],
            "low": [s - high for s, (_, high) in zip(y[:, 0], ends, strict=True)],
            "high": [s - low for s, (low, _) in zip(y[:, 0], ends, strict=True)],
        }
    )
