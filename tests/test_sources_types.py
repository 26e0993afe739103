"""Raw types become the contract's on every engine, and what does not fit costs its row only."""

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import ibis
import pandas as pd
import pytest
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

from ops_widgets.contract import TABLES
from ops_widgets.sources.casts import TYPES
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.sources.reading import Reading
from ops_widgets.validation.checks import check
from ops_widgets.validation.identity import copies, likeness
from ops_widgets.validation.rules import first_broken, note_rules, row_rules

NOW = datetime(2024, 6, 1, 12)


def used_orders(folder: Path, select: str) -> pd.DataFrame:
    duckdb.sql(select).write_parquet(str(folder / "orders.parquet"))
    with open_source(load_config(folder)) as source:
        table = check(source, now=NOW).used["orders"]
        assert tuple(table.columns) == TABLES["orders"].names
        assert dict(table.schema()) == {c.name: TYPES[c.type] for c in TABLES["orders"].columns}
        return table.order_by("order_id").execute()


def test_every_type_of_a_file_becomes_the_contracts(tmp_path):
    rows = used_orders(
        tmp_path,
        """
        select 17.0::double as order_id, timestamptz '2024-05-01 08:00:00+08' as ordered_at,
               'nan'::double as customer_id, 9::utinyint as product_id,
               3::decimal(10, 2) as quantity, 2.5::float as unit_price, 'nan'::float as discount,
               '' as channel
        """,
    )
    line = rows.iloc[0]
    assert (line.order_id, line.product_id, line.quantity, line.unit_price) == ("17", "9", 3, 2.5)
    assert line.ordered_at == pd.Timestamp("2024-05-01 00:00:00")
    assert line[["customer_id", "discount", "channel"]].isna().all()
    assert line.status == "completed"


def test_a_truth_is_one_in_every_type_that_can_hold_it(tmp_path):
    """Programs write 1.0 where a column of ones and zeros has gaps; 2 is neither."""
    (tmp_path / "orders.csv").write_text("order_id,ordered_at,product_id,quantity,unit_price\n")
    duckdb.sql(
        """
        select 'c' || i as customer_id, 'k' as campaign_id,
            [true, false, null, true][i] as reached,
            [1.0::double, 0, 'nan'::double, 2][i] as converted
        from range(1, 5) t(i)
        """
    ).write_parquet(str(tmp_path / "campaign_audience.parquet"))
    with open_source(load_config(tmp_path)) as source:
        checked = check(source, now=NOW)
        found = checked.used["campaign_audience"].order_by("customer_id").execute()
        rules = checked.report.tables["campaign_audience"].rules
    assert [(one.rule, one.count) for one in rules] == [("converted_wrong_type", 1)]
    for name in ("reached", "converted"):
        assert [None if pd.isna(one) else bool(one) for one in found[name]] == [True, False, None]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-05-01 08:00:00", datetime(2024, 5, 1, 8)),
        ("2024-05-01T08:00:00Z", datetime(2024, 5, 1, 8)),
        ("2024-05-01T08:00:00+08:00", datetime(2024, 5, 1)),
        ("2024-05-01", datetime(2024, 5, 1)),
    ],
)
def test_a_written_offset_is_not_lost(tmp_path, text, utc):
    (tmp_path / "orders.csv").write_text(
        f"order_id,ordered_at,product_id,quantity,unit_price\no,{text},p,1,1\n"
    )
    with open_source(load_config(tmp_path)) as source:
        moment = check(source, now=NOW).used["orders"].ordered_at.execute()[0]
    assert moment.to_pydatetime() == utc


def test_numbers_too_large_for_a_count_cost_their_row_only(tmp_path):
    rows = used_orders(
        tmp_path,
        """
        select i::varchar as order_id, timestamp '2024-05-01' as ordered_at, 'p' as product_id,
               [1.0, 1e30, 'inf'::double, 'nan'::double, 2.5][i] as quantity, 1 as unit_price
        from range(1, 6) t(i)
        """,
    )
    assert rows.order_id.tolist() == ["1"]


# --- engines -----------------------------------------------------------------------------------


@pytest.mark.parametrize("compiler", [PostgresCompiler, PySparkCompiler])
@pytest.mark.parametrize("name", TABLES)
def test_rules_compile_for_other_engines(compiler, name, monkeypatch):
    """No expression of a check needs DuckDB: a table of a database is checked where it is."""
    # What the Spark driver would set when it is imported.
    options = SimpleNamespace(pyspark=SimpleNamespace(treat_nan_as_null=False))
    monkeypatch.setattr("ibis.backends.sql.compilers.pyspark.options", options)
    table = TABLES[name]
    raw = ibis.table({c.name: TYPES[c.type] for c in table.columns}, name=name)
    reading = Reading.of(table, {}, raw, f"[tables.{name}]", ibis.duckdb.connect())
    rows = reading.rows
    used = {"products": ibis.table({"product_id": "string"}, name="products")}
    judged = rows.mutate(_rule=first_broken(row_rules(reading, rows, NOW)))
    notes = {
        note.rule.name: note.where.fill_null(False).cast("int64").sum()
        for note in note_rules(reading, rows, used, NOW)
    }
    compiled = [judged.group_by("_rule").agg(_rows=judged.count())]
    if notes:
        compiled.append(rows.aggregate(**notes))
    for rule in table.rules:
        if rule.kind in ("unique", "unique_row"):
            assert likeness(rule, table), "copies share some columns for certain"
            compiled.append(rows.mutate(_copy=copies(rule, table, rows)))
    for expr in compiled:
        assert compiler().to_sqlglot(expr).sql(dialect=compiler.dialect)
