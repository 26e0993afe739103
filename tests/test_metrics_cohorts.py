"""Retention and growth accounting against a naive computation on random activity."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.metrics.cohorts import growth_accounting, retention_curve, retention_triangle

activity = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 7)), min_size=1, max_size=60, unique=True
)


def naive(pairs: list[tuple[int, int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cohort sizes and active counts, from (customer, period) pairs, customer by customer."""
    frame = pd.DataFrame(pairs, columns=["customer", "period_index"])
    frame["cohort_index"] = frame.groupby("customer")["period_index"].transform("min")
    sizes = frame.groupby("cohort_index")["customer"].nunique().reset_index(name="customers")
    active = (
        frame.groupby(["cohort_index", "period_index"])["customer"]
        .nunique()
        .reset_index(name="customers")
    )
    return sizes, active


@given(activity, st.integers(0, 8))
def test_a_cell_is_known_exactly_when_its_period_has_passed(pairs, last):
    triangle = retention_triangle(*naive(pairs), last_period=last, width=8)
    known = triangle["cohort_index"] + triangle["age"] <= last
    assert triangle["retention"].notna().equals(known)


@given(activity)
def test_everybody_is_active_at_age_zero_and_rates_are_shares(pairs):
    triangle = retention_triangle(*naive(pairs), last_period=7, width=7)
    assert (triangle.loc[triangle["age"] == 0, "retention"] == 1).all()
    assert triangle["retention"].dropna().between(0, 1).all()


def test_a_complete_cell_without_anybody_is_zero_not_unknown():
    triangle = retention_triangle(*naive([(1, 0), (2, 2)]), last_period=2, width=2)
    first = triangle[triangle["cohort_index"] == 0].set_index("age")["retention"]
    assert first[1] == 0
    assert first[2] == 0


def test_the_average_weighs_cohorts_by_their_customers():
    sizes = pd.DataFrame({"cohort_index": [0, 1], "customers": [90, 10]})
    active = pd.DataFrame({"cohort_index": [0, 1], "period_index": [1, 2], "customers": [9, 10]})
    curve = retention_curve(retention_triangle(sizes, active, last_period=2, width=1))
    assert curve.set_index("age")["retention"][1] == pytest.approx(19 / 100)


def lifecycle_of(pairs: list[tuple[int, int]]) -> pd.DataFrame:
    sets = {t: {c for c, p in pairs if p == t} for t in range(-1, 10)}
    seen: set[int] = set()
    rows = []
    for t in range(0, 9):
        now, before = sets[t], sets[t - 1]
        rows.append(
            {
                "period_index": t,
                "new": len(now - seen),
                "retained": len(now & before),
                "resurrected": len((now & seen) - before),
                "churned": len(before - now),
            }
        )
        seen |= now
    return pd.DataFrame(rows)


@given(activity)
def test_growth_accounting_closes(pairs):
    table = growth_accounting(lifecycle_of(pairs), 0, 8).set_index("period_index")
    assert (table["active"] == table["new"] + table["retained"] + table["resurrected"]).all()
    before = table["active"].shift(1, fill_value=0)
    assert (before == table["retained"] + table["churned"]).all()
    assert (table["net_change"] == table["active"] - before).all()


def test_weeks_without_anybody_are_rows_of_zeros():
    rows = pd.DataFrame(
        {"period_index": [3], "new": [2], "retained": [0], "resurrected": [0], "churned": [0]}
    )
    table = growth_accounting(rows, 2, 4)
    assert table["active"].tolist() == [0, 2, 0]
    assert np.isnan(table["quick_ratio"]).all(), "nobody churned: the ratio is unknown"
