"""Every table of the contract on every engine: the same rows set aside, the same summaries."""

from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ops_widgets.contract import TABLES
from ops_widgets.sources.casts import TYPES
from ops_widgets.summaries.tables import SMALL
from tests.test_contract_shop import NOTED, NOW, OTHERS, SHOP, apart

from .engines import (
    POSTGRES_TYPES,
    assert_same_summaries,
    checked_counts,
    stores_of,
    wanted,
)

HEAD = 'timezone = "Asia/Shanghai"\nmax_rejected_share = 1.0\n'
#: Values of databases have their types.
UNTYPED = "_wrong_type"
ORDER = {
    "order_id": "o",
    "ordered_at": "2025-05-01 17:30",
    "product_id": "p1",
    "customer_id": "c1",
    "quantity": "2",
    "unit_price": "2.675",
    "channel": "app",
    "campaign_id": "k1",
    "returned_on": "2025-05-20",
    "return_reason": "size",
    "shipping_charged": "4.9",
    "shipping_cost": "3.1",
    "payment_fee": "0.3",
    "tax": "1.07",
    "seller_id": "x",
    "region": "North",
}
READ = {
    "text": str,
    "integer": int,
    "number": float,
    "boolean": lambda text: text.lower() in ("1", "true", "yes", "y", "t"),
    "timestamp": datetime.fromisoformat,
    "date": date.fromisoformat,
}


def kind_of(name, column):
    return TABLES[name].column(column).type


def rows_of(name):
    """Good rows, one that breaks each rule, and copies."""
    broken = [c for rule, c in SHOP[name][2].items() if not rule.endswith(UNTYPED)]
    noted = NOTED.get(name, {}).values()
    rows = [apart(name, changes, i) for i, changes in enumerate([{}, *broken, *noted])]
    rows += [apart(name, {}, 90)] * 3 + [apart(name, OTHERS.get(name, {}), 90)]
    return rows


def table(name, rows):
    """Rows of text as a table of the contract's types; blanks of all but texts are null."""
    columns = {
        column: [
            (row[column] if kind_of(name, column) == "text" else None)
            if not row[column].strip()
            else READ[kind_of(name, column)](row[column])
            for row in rows
        ]
        for column in rows[0]
    }
    schema = [(column, TYPES[kind_of(name, column)].to_pyarrow()) for column in columns]
    return pa.table(columns, pa.schema(schema))


@pytest.fixture(scope="module")
def shop():
    """Table -> its rows, of all tables but events and the market, which others hold."""
    rows = {name: rows_of(name) for name in SHOP}
    rows["orders"] = [ORDER | {"order_id": f"o{i}", "customer_id": f"c{i % 3}"} for i in range(9)]
    lengths = {"images": "3", "rating": "4.5", "price_floor": "1.005", "lead_days": "2.5"}
    rows["products"] = [
        {"product_id": f"p{i}", "category": "A / B", "brand": "X"} | lengths for i in range(40)
    ]
    rows["products"].append(rows["products"][0] | {"product_id": "p99", "rating": "5.1"})
    rows["campaigns"] = [
        {"campaign_id": f"k{i}", "starts_on": "2025-05-01", "treatment_share": f"{i / 8}"}
        | {"ends_on": "2025-05-31"}
        for i in range(12)
    ]
    # Two campaigns at once, whose customers bought.
    drawn = rows["campaign_audience"][0] | {"assigned_at": "2025-05-01 08:00"}
    rows["campaign_audience"] += [
        drawn | {"campaign_id": name, "customer_id": f"c{i}", "arm": arm}
        for name in ("both1", "both2")
        for i, arm in enumerate(("treatment", "control", "treatment"))
    ]
    rows["campaigns"] += [rows["campaigns"][4] | {"campaign_id": n} for n in ("both1", "both2")]
    return {name: table(name, rows) for name, rows in rows.items()}


@pytest.fixture(scope="module")
def on_duckdb(shop, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole_shop")
    for name, rows in shop.items():
        pq.write_table(rows, folder / f"{name}.parquet")
    (folder / "source.toml").write_text(HEAD)
    return folder


def mapped(folder, connect, names):
    source = folder / "whole_shop.toml"
    tables = "".join(f'[tables.{name}]\ntable = "{name}"\n' for name in names)
    source.write_text(f'connect = "{connect}"\n{HEAD}{tables}')
    return source


@pytest.fixture(scope="module")
def on_postgres(shop, postgres_port, tmp_path_factory):
    psycopg = wanted("psycopg")
    address = f"host=127.0.0.1 port={postgres_port} user=postgres options='-c timezone=UTC'"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("create database whole_shop")
    with psycopg.connect(f"{address} dbname=whole_shop", autocommit=True) as server:
        for name, rows in shop.items():
            kinds = {c: POSTGRES_TYPES[kind_of(name, c)] for c in rows.column_names}
            columns = ", ".join(f"{column} {kind}" for column, kind in kinds.items())
            server.execute(f"create table {name} ({columns})")
            places = ", ".join(["%s"] * len(kinds))
            with server.cursor() as cursor:
                values = [tuple(row.values()) for row in rows.to_pylist()]
                cursor.executemany(f"insert into {name} values ({places})", values)
    connect = f"postgres://postgres@127.0.0.1:{postgres_port}/whole_shop"
    return mapped(tmp_path_factory.mktemp("whole_postgres"), connect, shop)


@pytest.fixture(scope="module")
def on_spark(on_duckdb, shop, spark_session, tmp_path_factory):
    for name in shop:
        rows = spark_session.read.parquet(str(on_duckdb / f"{name}.parquet"))
        rows.createOrReplaceTempView(f"whole_{name}")
    source = mapped(tmp_path_factory.mktemp("whole_spark"), "pyspark://", shop)
    source.write_text(source.read_text().replace('table = "', 'table = "whole_'))
    return source


@pytest.fixture(scope="module")
def ours(on_duckdb, tmp_path_factory):
    [store] = stores_of(tmp_path_factory.mktemp("ours"), NOW, on_duckdb)
    yield store
    store.close()


@pytest.mark.timeout(1200)  # Spark takes a second a question, and there are hundreds
@pytest.mark.parametrize("engine", ["postgres", "spark"])
def test_every_table_is_the_same_wherever_it_is(ours, engine, request, tmp_path):
    [theirs] = stores_of(tmp_path, NOW, request.getfixturevalue(f"on_{engine}"))
    assert checked_counts(theirs.manifest["check"]["tables"]) == checked_counts(
        ours.manifest["check"]["tables"]
    )
    assert theirs.manifest["columns"] == ours.manifest["columns"]
    assert_same_summaries(ours, theirs)
    theirs.close()


def test_every_small_table_has_its_summary_and_every_good_row_is_in_it(ours, shop):
    """One row each, but where equal ones are counted or added up."""
    checked = ours.manifest["check"]["tables"]
    for name, small in SMALL.items():
        assert ours.has(name) == (small.table in shop), name
        added_up = ("campaign_day", "sales_period")
        if name in added_up or small.table not in shop:
            continue
        assert ours.manifest["summaries"][name] == checked[small.table]["rows_used"], name
    members = ours.query("select sum(customers)::bigint as n from audience_arm")["n"][0]
    assert members == checked["campaign_audience"]["rows_used"]
    sold = ours.query("select sum(revenue)::bigint as n from sales_period")["n"][0]
    assert sold == 1234 * checked["sales"]["rows_used"]  # 12.345 each, half to even


def test_columns_that_only_the_source_knows_are_kept(ours):
    found = ours.query("select pre_1_known, pre_2, pre_2_known from audience_arm limit 1")
    # By name: pre_orders is not known of anybody, pre_spend is -12.50 of each, in hundredths.
    nobody, spent, known = found.iloc[0].tolist()
    assert (nobody, spent / known) == (0, -1250)
    assert set(ours.manifest["columns"]["campaign_audience"]) > {"pre_spend", "pre_orders"}
