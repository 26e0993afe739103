"""One absurd value costs its row, never the build: checked and built alike, on files and tables."""

from collections import Counter
from datetime import datetime

import duckdb
import pytest

from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store
from ops_widgets.validation.checks import check

from .engines import checked_counts, wanted

NOW = datetime(2024, 6, 1, 12)
COLUMNS = (
    "order_id varchar, ordered_at timestamp, product_id varchar, customer_id varchar, "
    "quantity bigint, unit_price double, discount double, unit_cost double, status varchar"
)
#: Column, absurd value as SQL, and the rule that takes the row.
ABSURD = [
    ("unit_price", "99999999999999", "unit_price_too_large"),
    ("unit_price", "1e40", "unit_price_too_large"),
    ("unit_price", "1e11", "unit_price_too_large"),
    ("unit_price", "'infinity'::double", "unit_price_wrong_type"),
    ("quantity", "100000000", "quantity_too_large"),
    ("quantity", "4000000000000000", "quantity_too_large"),
    ("discount", "1e18", "discount_too_large"),
    ("unit_cost", "1e18", "unit_cost_too_large"),
    ("ordered_at", "timestamp '10000-01-01'", "ordered_at_wrong_type"),
    ("ordered_at", "timestamp '294246-01-01'", "ordered_at_wrong_type"),
    ("ordered_at", "timestamp '9999-12-31 23:59:59'", "ordered_at_in_future"),
    ("ordered_at", "timestamp 'infinity'", "ordered_at_wrong_type"),
    ("ordered_at", "timestamp '-infinity'", "ordered_at_wrong_type"),
    ("ordered_at", "timestamp '0044-03-15 (BC)'", "ordered_at_wrong_type"),
    ("ordered_at", "timestamp '0001-01-01'", "ordered_at_too_early"),
    ("ordered_at", "timestamp 'epoch'", "ordered_at_too_early"),
]
#: The largest honest values: they are kept, and their sums too.
LARGE = {"quantity": "99999999", "unit_price": "999", "discount": "99899000000"}


def lines(con, odd):
    """The table ``orders``: ten good lines of 2 x 10.00, and one with each of the values."""
    con.execute(f"create table orders ({COLUMNS})")
    con.execute(
        "insert into orders select 'o' || i, timestamp '2024-05-01 10:00:00' + interval (i) day, "
        "'p1', 'c' || i, 2, 10, null, null, 'completed' from range(10) t(i)"
    )
    for nth, values in enumerate(odd):
        row = {
            "order_id": f"'odd{nth}'",
            "ordered_at": "timestamp '2024-05-20 10:00:00'",
            "product_id": "'p1'",
            "customer_id": "'c1'",
            "quantity": "1",
            "unit_price": "1",
        } | values
        con.execute(f"insert into orders ({', '.join(row)}) values ({', '.join(row.values())})")


def written(folder, kind, *odd):
    """A source of that kind."""
    toml = folder / "source.toml"
    if kind == "duckdb":
        with duckdb.connect(folder / "shop.duckdb") as con:
            lines(con, odd)
        connect = 'connect = "duckdb://shop.duckdb"\n'
        toml.write_text(f'{connect}max_rejected_share = 0.8\n[tables.orders]\ntable = "orders"\n')
        return folder
    con = duckdb.connect()
    lines(con, odd)
    con.execute(f"copy orders to '{folder}/orders.{kind}' (format {kind})")
    toml.write_text("max_rejected_share = 0.8\n")
    return folder


def both(source):
    """The report of a check and of a build, and what was sold; the two must say the same."""
    with open_source(load_config(source)) as opened:
        report = check(opened, now=NOW).report
    done = prepare(source, now=NOW, full=True)
    assert done.manifest["check"]["ok"] and report.ok
    counts = checked_counts(report.to_dict()["tables"])
    assert checked_counts(done.manifest["check"]["tables"]) == counts
    store = open_store(source)
    sold = store.query("select sum(gmv)::bigint as n from sales_day")["n"][0]
    store.close()
    return counts["orders"][1], int(sold), done


@pytest.mark.parametrize("kind", ["csv", "parquet", "duckdb"])
def test_an_absurd_value_costs_its_row(tmp_path, monkeypatch, kind):
    monkeypatch.setattr("ops_widgets.summaries.plan.chunk_rows", lambda table: 1)
    source = written(tmp_path, kind, *({column: value} for column, value, _ in ABSURD))
    found, sold, done = both(source)
    wanted = Counter(rule for *_, rule in ABSURD)
    assert (found, sold) == (dict(wanted), 10 * 2000)
    rejects = done.folder / done.manifest["rejects"] / "orders.parquet"
    aside = duckdb.sql(f"select order_id from '{rejects}' order by all").fetchall()
    assert aside == sorted((f"odd{nth}",) for nth in range(len(ABSURD)))


def test_a_year_that_never_comes_is_not_waited_for(tmp_path):
    source = written(tmp_path, "parquet", {"ordered_at": "timestamp 'infinity'"})
    both(source)
    assert prepare(source, now=NOW).reasons == ["nothing changed"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_largest_honest_line_is_kept(tmp_path, kind):
    found, sold, _ = both(written(tmp_path, kind, LARGE))
    assert not found
    assert sold == 10 * 2000 + 99_999_999 * 99_900


def test_a_quantity_and_a_price_may_be_too_large_together(tmp_path):
    found, sold, _ = both(written(tmp_path, "csv", {"quantity": "10000000", "unit_price": "1e6"}))
    assert (found, sold) == ({"unit_price_too_large": 1}, 20_000)


def test_a_cost_of_the_products_that_no_line_can_have_is_unknown(tmp_path):
    folder = written(tmp_path, "csv", {"quantity": "99999999"})
    (folder / "products.csv").write_text("product_id,unit_cost\np1,99999999999\n")
    both(folder)
    store = open_store(folder)
    days = store.query(
        "select sum(goods_cost)::bigint a, sum(cost_unknown)::bigint b from sales_day"
    )
    store.close()
    assert days.iloc[0].tolist() == [0, 11]


OTHERS = {
    "products": ("product_id, list_price", "('p1', 2), ('odd', 1e20)"),
    "campaigns": ("campaign_id, starts_on, budget", "('k', '2024-05-01', 1), ('o', 'epoch', 1e30)"),
    "campaign_days": (
        "campaign_id, day, cost, clicks",
        "('k', '2024-05-01', '1', '1'), ('k', '10000-01-01', '1', '1'), "
        "('k', '2024-05-02', '1e15', '1'), ('k', '2024-05-03', '1', '9e18')",
    ),
    "market": (
        "month, category, brand, gmv",
        "('2024-05-01', 'A', 'B', '400000000000'), ('infinity', 'A', 'C', '1'), "
        "('2024-05-01', 'A', 'D', '1e16'), ('0044-03-15 (BC)', 'A', 'E', '1')",
    ),
    "events": (
        "occurred_at, customer_id, event",
        "('2024-05-01', 'c', 'view'), ('12024-05-01', 'c', 'view'), ('-infinity', 'c', 'view')",
    ),
}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_every_table_keeps_its_good_rows(tmp_path, kind):
    folder = written(tmp_path, kind)
    for name, (columns, values) in OTHERS.items():
        rows = f"select * from (values {values}) t({columns})"
        duckdb.sql(f"copy ({rows}) to '{folder}/{name}.{kind}' (format {kind})")
    (folder / "source.toml").write_text("max_rejected_share = 0.8\n")
    both(folder)
    store = open_store(folder)
    tables = store.manifest["check"]["tables"]
    market = store.query("select sum(gmv)::bigint as n from market_month")["n"][0]
    store.close()
    assert {name: one["rows_used"] for name, one in tables.items() if name != "orders"} == {
        name: 1 for name in OTHERS
    }
    assert market == 400_000_000_000 * 100


@pytest.mark.parametrize(
    ("column", "texts", "rule"),
    [
        ("unit_price", ["1_000", "0x1F", "1e400", "1,000", "inf", "1 000", "１２"], "wrong_type"),
        ("quantity", ["1_0", "0x1", "0b1", "2.5", "1e30", "９"], "wrong_type"),
        ("ordered_at", ["epoch", "2024-05-01 10:00 CST", "now", "2024 05 01"], "wrong_type"),
        ("ordered_at", ["2024-05-01 4:09 PM", "20240501", "-2024-05-01"], "wrong_type"),
        ("unit_price", ["1", " 1 ", "+1", "1.", "1e0", "0.1E+1", "\t1"], None),
        ("quantity", ["1", " 1", "1.0", "1e0"], None),
        ("ordered_at", ["2024-05-01", "2024/5/1", "2024-05-01T10:00Z", " 2024-05-01 10:00 "], None),
        ("ordered_at", ["2024-05-01 16:09:00 -0800", "2024-05-01 16:09:00 +0000 UTC"], None),
    ],
)
def test_a_text_is_a_value_where_it_is_written_as_one(tmp_path, column, texts, rule):
    names = ("order_id", "ordered_at", "product_id", "quantity", "unit_price")
    rows = [
        {
            "order_id": f"o{i}",
            "ordered_at": "2024-05-01",
            "product_id": "p",
            "quantity": "1",
            "unit_price": "1",
        }
        | {column: text}
        for i, text in enumerate(texts)
    ]
    body = "".join(",".join(f'"{row[name]}"' for name in names) + "\n" for row in rows)
    (tmp_path / "orders.csv").write_text(",".join(names) + "\n" + body, encoding="utf-8")
    with open_source(load_config(tmp_path)) as source:
        checked = check(source, now=NOW)
        counts = {one.rule: one.count for one in checked.report.tables["orders"].rules}
        used = checked.used["orders"].execute()
    counts.pop("customer_unknown", None)
    assert counts == ({f"{column}_{rule}": len(texts)} if rule else {})
    if not rule:
        assert set(used.quantity) == {1} and set(used.unit_price) == {1.0}


def test_a_server_that_knows_no_bounds_is_read_all_the_same(postgres_port, tmp_path):
    """PostgreSQL has moments beyond every calendar, and numbers beyond every float."""
    psycopg = wanted("psycopg")
    address = f"host=127.0.0.1 port={postgres_port} user=postgres"
    odd = ["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'20000-01-01'", "'2024-05-03'"]
    prices = ["1", "1", "1", "1", "1e400"]
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("create schema absurd")
        server.execute(
            "create table absurd.orders (order_id text, ordered_at timestamptz, product_id text, "
            "quantity numeric, unit_price numeric, discount numeric)"
        )
        rows = [f"('o{i}', '2024-05-0{i}', 'p', {i}, 2.5, 'NaN')" for i in range(1, 4)]
        rows += [
            f"('odd{i}', {at}, 'p', 1, {price}, null)"
            for i, (at, price) in enumerate(zip(odd, prices, strict=True))
        ]
        server.execute(f"insert into absurd.orders values {', '.join(rows)}")
    source = tmp_path / "shop.toml"
    connect = f"postgres://postgres@127.0.0.1:{postgres_port}/postgres"
    source.write_text(
        f'connect = "{connect}"\nmax_rejected_share = 0.8\n'
        '[tables.orders]\ntable = "absurd.orders"\n'
    )
    found, sold, _ = both(source)
    found.pop("customer_unknown", None)
    assert found == {"ordered_at_wrong_type": 4, "unit_price_wrong_type": 1}
    assert sold == (1 + 2 + 3) * 250
