"""Every summary is one expression that any engine of Ibis can run, not DuckDB's alone."""

from datetime import date

import ibis
import pytest

from ops_widgets.periods import calendar, utc_offsets
from ops_widgets.sources.contract import TABLES
from ops_widgets.summaries.activity import (
    GRAINS,
    customer_periods,
    customer_weeks,
    customers,
    numbered_weeks,
)
from ops_widgets.summaries.cells import Cells
from ops_widgets.summaries.definitions import SUMMARIES, Activity, Facts, define_summaries
from ops_widgets.summaries.facts import order_lines, product_dimension, visitor_events

TYPES = {
    "text": "string",
    "integer": "int64",
    "number": "float64",
    "timestamp": "timestamp",
    "date": "date",
}


@pytest.fixture(scope="module")
def summaries():
    """All expressions over tables that exist on no engine yet."""
    used = {
        name: ibis.table({c.name: TYPES[c.type] for c in table.columns}, name=name)
        for name, table in TABLES.items()
    }
    first, last = date(2024, 1, 1), date(2024, 12, 31)
    offsets = utc_offsets("Europe/London", first, last)
    days = ibis.memtable(calendar(first, last).drop(columns=["date"]))
    cells = Cells.of([f"channel {i}" for i in range(9)], [f"category {i}" for i in range(20)])
    products = product_dimension(used["products"], cells)
    lines = order_lines(used["orders"], products, cells, digits=2, offsets=offsets)
    visits = visitor_events(used["events"], products, cells, offsets=offsets)

    def activity(basis, facts):
        weeks = customer_weeks(facts, cells, days)
        born = customers(weeks, cells)
        numbered = numbered_weeks(weeks, born)
        periods = {grain: customer_periods(numbered, cells, grain) for grain in GRAINS}
        return Activity(basis, born, periods)

    return define_summaries(
        Facts(
            lines=lines,
            products=products,
            campaigns=used["campaigns"],
            campaign_days=used["campaign_days"],
            market=used["market"],
            activities=(
                activity("purchase", lines.filter(lines.delivered)),
                activity("visit", visits),
            ),
            cells=cells,
            calendar=days,
            digits=2,
        )
    )


def test_all_summaries_are_defined(summaries):
    kinds = {
        f"{kind}_{basis}_{grain}"
        for kind in ("signature", "lifecycle")
        for basis in ("purchase", "visit")
        for grain in GRAINS
    }
    assert set(summaries) == set(SUMMARIES) | kinds


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "databricks", "bigquery", "snowflake"])
def test_every_summary_compiles_for_other_engines(summaries, dialect):
    for name, expression in summaries.items():
        sql = ibis.to_sql(expression, dialect=dialect)
        assert "SELECT" in sql, name
