"""Every expression that runs where the facts are is one that any engine of Ibis can run."""

from datetime import date, datetime
from types import SimpleNamespace

import ibis
import pyarrow as pa
import pytest

from ops_widgets.contract import TABLES
from ops_widgets.periods import calendar, utc_offsets
from ops_widgets.sources.casts import TYPES
from ops_widgets.sources.reading import Reading
from ops_widgets.summaries.customers.cells import Cells
from ops_widgets.summaries.definitions import FactContext
from ops_widgets.summaries.dimensions import product_dimension
from ops_widgets.summaries.facts import FACTS
from ops_widgets.summaries.tables import SMALL
from ops_widgets.validation.alike import Alike
from ops_widgets.validation.counts import RowCounts
from ops_widgets.validation.currencies import Currencies
from ops_widgets.validation.months import NO_MONTH, Months
from ops_widgets.validation.profile import profile_table
from ops_widgets.validation.rows import Rows
from ops_widgets.validation.validated import Validated

NOW = datetime(2025, 1, 1)
#: Engines by the name of their SQL in Ibis; Spark's is that of Databricks.
ENGINES = ["duckdb", "postgres", "databricks", "bigquery", "snowflake", "clickhouse", "trino"]
#: Those for which Ibis knows a hash: checks compare rows by one.
HASHING = [engine for engine in ENGINES if engine != "trino"]


def a_table(name):
    """A table of the contract that exists on no engine yet, typed."""
    return ibis.table({c.name: TYPES[c.type] for c in TABLES[name].columns}, name=name)


def context(channels):
    cells = Cells.of(
        (f"channel {i}" for i in range(channels)), (f"category {i}" for i in range(20))
    )
    first, last = date(2024, 1, 1), date(2024, 12, 31)
    days = ibis.memtable(calendar(first, last).drop(columns=["date", "week", "month"]))
    products = product_dimension(a_table("products"), cells)
    return FactContext(cells, products, days, utc_offsets("Europe/London", first, last), digits=2)


@pytest.mark.parametrize("dialect", ENGINES)
@pytest.mark.parametrize("channels", [9, 90], ids=["masks", "rows"])
def test_partials_compile_for_every_engine(dialect, channels):
    measured_by = context(channels)
    for table, fact in FACTS.items():
        rows = fact.measure(a_table(table), measured_by)
        for partial in fact.partials:
            expression = partial.define(rows, measured_by)
            assert "SELECT" in ibis.to_sql(expression, dialect=dialect), partial.name


@pytest.mark.parametrize("dialect", ENGINES)
def test_small_summaries_compile_for_every_engine(dialect):
    used = {name: a_table(name) for name in TABLES}
    for name, small in SMALL.items():
        expression = small.define(used[small.table], used, 2)
        assert "SELECT" in ibis.to_sql(expression, dialect=dialect), name


class Compiler:
    """A source of which every question is compiled and none is asked."""

    def __init__(self, dialect):
        self.dialect = dialect
        self.con = SimpleNamespace(name="pyspark" if dialect == "databricks" else dialect)
        self.config = SimpleNamespace(timezone="Europe/London", minor_digits=2, currency="EUR")
        self.asked = 0

    def named(self, expression, table):
        """As on engines other than DuckDB."""
        return expression

    def run(self, expression, table):
        """One row, so that whoever asks goes on asking: 1, and a name that can be a rule's."""
        self.keep(expression, table)
        return pa.table(
            {
                name: [1 if kind.is_integer() else TABLES[table].names[0]]
                if kind.is_integer() or kind.is_string()
                else pa.nulls(1, kind.to_pyarrow())
                for name, kind in expression.schema().items()
            }
        )

    def keep(self, expression, table):
        """The table that would hold the answer."""
        assert "SELECT" in ibis.to_sql(expression, dialect=self.dialect), table
        self.asked += 1
        return ibis.table(expression.schema(), name=f"kept_{self.asked}")


@pytest.mark.parametrize("dialect", HASHING)
@pytest.mark.parametrize("name", ["orders", "products", "events", "campaigns", "campaign_days"])
def test_checks_compile_for_every_engine(dialect, name):
    compiler = Compiler(dialect)
    rows = a_table(name)
    filed = rows.mutate(_file=ibis.null("string"))
    located = filed.mutate(_row=ibis.null("int64"))
    currencies = Currencies(compiler, NOW)
    currencies.take(a_table("rates"))
    reading = currencies.converted(Reading(TABLES[name], rows, filed, located, name))
    others = {"products": a_table("products")}
    judged = Rows(compiler, reading, NOW)
    profile_table(judged, others)
    notes = {rule.name: 1 for rule in TABLES[name].rules if rule.severity == "note"}
    found = {NO_MONTH: RowCounts(9, {"order_id_missing": 1}, notes)}
    months = Months(24288, 24288) if TABLES[name].dated else None
    alike = Alike(judged.of(months) if months else judged, found)
    validated = Validated(alike, others)
    compiler.keep(validated.used, name)
    assert validated.counts and validated.examples and compiler.asked > 3
