"""A sql of a source selects, and opens no file but those that the source names: really tried."""

import os

import pytest

from ops_widgets.errors import UsageError
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source

COLUMNS = "order_id, ordered_at, product_id, quantity, unit_price"
LINE = f"{COLUMNS.replace(' ', '')}\no,2024-05-01,p,1,1\n"
ALLOWED = "allow_sql_files = true\n"


@pytest.fixture
def shop(tmp_path):
    """``shop(sql, more) -> TOML`` beside ``raw.csv``, which it names, and ``other.csv``."""
    (tmp_path / "raw.csv").write_text(LINE)
    (tmp_path / "other.csv").write_text(LINE)
    (tmp_path / "here").mkdir()

    def write(sql, more=""):
        file = tmp_path / "here" / "shop.toml"
        files = "[files]\nraw = '../raw.csv'\n"
        file.write_text(f"{more}{files}[tables.orders]\nsql = '''{sql}'''\n")
        return file

    return write


def rows(source):
    with open_source(load_config(source)) as opened:
        return opened.run(opened.table("orders"), "orders").num_rows


def everything(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "shop.toml"}


@pytest.mark.parametrize(
    "sql",
    [
        f"select {COLUMNS} from raw",
        f"select {COLUMNS} from raw;",
        f"select {COLUMNS} from raw -- the last line",
        f"with a as (select * from raw) select {COLUMNS} from a union all from a",
        f"from raw select {COLUMNS} where product_id <> 'a; drop table b'",
    ],
)
def test_a_select_reads_the_files_that_the_source_names(shop, sql):
    assert rows(shop(sql)) in (1, 2)


@pytest.mark.parametrize("more", ["", ALLOWED])
@pytest.mark.parametrize(
    "sql",
    [
        "copy raw to '{folder}/out.csv'",
        "copy (select 1) to '{folder}/raw.csv'",
        "attach '{folder}/out.duckdb'",
        "export database '{folder}/out'",
        "install httpfs",
        "load httpfs",
        "set temp_directory = '{folder}'",
        "pragma enable_profiling",
        "create table other as select * from raw",
        "select {columns} from raw; copy raw to '{folder}/out.csv'",
        "copy raw to '{folder}/out.csv'; select {columns} from raw",
        "select {columns} from raw); copy raw to '{folder}/out.csv'; create view x as (select 1",
        "select {columns} from raw) to '{folder}/out.csv' --",
        "",
        "-- nothing",
    ],
)
def test_whatever_is_not_one_select_is_refused_and_writes_nothing(shop, tmp_path, sql, more):
    source = shop(sql.format(folder=tmp_path, columns=COLUMNS), more)
    before = everything(tmp_path)
    with pytest.raises(UsageError):
        rows(source)
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "read",
    [
        "'{folder}/other.csv'",
        "'{folder}/here/../other.csv'",
        "'../other.csv'",
        "'{folder}/*.csv'",
        "read_csv('{folder}/other.csv')",
        "read_text('/etc/passwd')",
        "read_blob('/etc/hostname')",
        "glob('{folder}/*')",
        "sniff_csv('{folder}/other.csv')",
        "query('from read_text(''/etc/passwd'')')",
        "read_csv('http://127.0.0.1:1/x.csv')",
        "'{folder}/here/link.csv'",
    ],
)
def test_a_file_that_the_source_does_not_name_is_opened_only_where_it_says_so(
    shop, tmp_path, monkeypatch, read
):
    monkeypatch.chdir(tmp_path / "here")
    os.symlink(tmp_path / "other.csv", tmp_path / "here" / "link.csv")
    sql = f"select {COLUMNS.replace(', ', ', raw.')} from raw, {read.format(folder=tmp_path)}"
    sql = sql.replace("select ", "select raw.")
    with pytest.raises(UsageError, match="which \\[files\\] does not name") as refused:
        rows(shop(sql))
    assert "allow_sql_files = true" in refused.value.remedy
    if "http" not in read:
        assert rows(shop(sql, ALLOWED)) >= 1


def test_a_name_in_a_sql_is_never_a_variable_of_the_program(shop):
    secrets = open_source(load_config(shop("select 1")))
    with pytest.raises(UsageError, match="secrets"):
        rows(shop("select * from secrets"))
    secrets.close()


def test_a_select_that_is_misspelt_keeps_the_reason_of_the_engine(shop):
    with pytest.raises(UsageError, match="ordr_id"):
        rows(shop("select ordr_id from raw"))


def test_spilling_goes_on_where_files_are_closed(shop, tmp_path):
    """Sorting needs more than the memory allowed: the folder to spill into is the engine's own."""
    sql = f"select {COLUMNS} from raw"
    config = load_config(shop(sql))
    with open_source(config, memory="60MB", temp_directory=tmp_path / "spill") as opened:
        opened.table("orders")
        many = "select range as a, hash(range) as b, repeat('x', 50) as c from range(2000000)"
        opened.con.raw_sql(f"create table many as {many}")
        assert any((tmp_path / "spill").iterdir())
    assert not (tmp_path / "spill").exists() or not any((tmp_path / "spill").iterdir())


# --- other engines -----------------------------------------------------------------------------


def on_engine(folder, sample, sql, more=""):
    connect = load_config(sample).connect
    file = folder / "shop.toml"
    file.write_text(f"connect = \"{connect}\"\n{more}[tables.orders]\nsql = '''{sql}'''\n")
    with open_source(load_config(file)) as opened:
        return opened.table("orders")


def tables_of(sample):
    with open_source(load_config(sample)) as opened:
        return {name: opened.table(name).count().execute() for name in opened.tables}


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("select * from orders; drop table market", "not one select"),
        ("drop table market", "not one select"),
        ("with gone as (delete from market returning *) select * from orders", "not one select"),
        ("select * into other from orders", "not one select"),
        ("select * from orders for update", "not one select"),
        ("copy orders to '/tmp/ops-out.csv'", "not one select"),
        ("select *, pg_read_file('/etc/passwd') as a from orders", "does not name"),
        ("select o.*, a from orders o, pg_catalog.pg_ls_dir('/etc') a", "does not name"),
        ("select *, set_config('a.b', 'c', false) as a from orders", "set_config"),
        ("select *, lo_import('/etc/passwd') as a from orders", "lo_import"),
        ("select *, query_to_xml('drop table market', true, true, '') from orders", "query_to_xml"),
    ],
)
def test_postgres_only_selects(samples_on_postgres, tmp_path, sql, reason):
    with pytest.raises(UsageError, match=reason):
        on_engine(tmp_path, samples_on_postgres, sql)


def test_postgres_is_left_as_it_was_and_calls_what_changes_nothing(samples_on_postgres, tmp_path):
    assert all(tables_of(samples_on_postgres).values())
    sql = "select *, upper(channel) as a, now() as b, random() as c from orders"
    assert on_engine(tmp_path, samples_on_postgres, sql) is not None


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("drop table shop.orders", "not one select"),
        ("select * from shop.orders; drop table shop.orders", "not one select"),
        ("select *, java_method('java.lang.System', 'getenv', 'HOME') from orders", "java_method"),
        ("select transform(order_id) using 'cat' as (order_id) from orders", "not one select"),
        ("insert into shop.orders select * from shop.orders", "not one select"),
        ("insert overwrite directory '/tmp/ops-out' select * from orders", "not one select"),
        ("select * from parquet.`{samples}/orders.parquet`", "does not name"),
        ("select orders.* from orders, text.`/etc/passwd`", "does not name"),
    ],
)
def test_spark_only_selects(samples_on_spark, samples_on_duckdb, tmp_path, sql, reason):
    with pytest.raises(UsageError, match=reason):
        on_engine(tmp_path, samples_on_spark, sql.format(samples=samples_on_duckdb))


def test_spark_is_left_as_it_was_and_opens_files_where_it_may(
    samples_on_spark, samples_on_duckdb, tmp_path
):
    assert all(tables_of(samples_on_spark).values())
    named = f"select * from parquet.`{samples_on_duckdb}/orders.parquet`"
    assert on_engine(tmp_path, samples_on_spark, named, ALLOWED) is not None
