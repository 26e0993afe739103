"""A source is found, understood or refused with the name of what is wrong."""

import os
from pathlib import Path

import duckdb
import pytest

from ops_widgets.errors import DataError, OpsError, UsageError
from ops_widgets.sources.config import SourceConfig, as_config, load_config
from ops_widgets.sources.connect import Source, open_source

ORDERS = (
    "order_id,ordered_at,customer_id,product_id,quantity,unit_price\n"
    "o1,2024-05-01 08:00:00,c1,p1,2,3.50\n"
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text(ORDERS)
    return tmp_path


def toml(folder: Path, text: str) -> Path:
    path = folder / "shop.toml"
    path.write_text(text)
    return path


def test_a_folder_of_files_is_a_source(shop):
    config = load_config(shop)
    assert (config.name, config.currency, config.timezone) == (shop.name, "USD", "UTC")
    assert list(config.tables) == ["orders"]
    with open_source(config) as source:
        assert source.tables == ("orders",)
        assert source.present("orders")[:2] == ("order_id", "ordered_at")
        assert source.present("products") == ()
        assert source.table("products") is None


def test_a_source_that_was_read_is_not_read_again(shop):
    config = as_config(str(shop))
    assert config == as_config(shop) == load_config(shop)
    (shop / "orders.csv").unlink()
    assert as_config(config) is config


def test_a_folder_with_a_source_toml_is_described_by_it(shop):
    (shop / "source.toml").write_text('currency = "EUR"\n[tables.orders]\nfile = "orders.csv"\n')
    config = load_config(shop)
    assert (config.currency, config.name, config.path) == ("EUR", shop.name, shop / "source.toml")


def test_parts_and_hive_folders_are_found_by_the_contracts_names(tmp_path):
    duckdb.sql("select 1 as a").write_parquet(str(tmp_path / "orders_2024-01.parquet"))
    (tmp_path / "events" / "month=2024-01").mkdir(parents=True)
    (tmp_path / "campaign_days.csv.gz").write_bytes(b"")
    tables = load_config(tmp_path).tables
    assert list(tables) == ["orders", "events", "campaign_days"]


def test_a_table_that_is_there_twice_is_refused(shop):
    (shop / "orders.parquet").write_bytes(b"")
    with pytest.raises(UsageError, match=r"'orders' more than once: orders.parquet, orders.csv"):
        load_config(shop)


def test_a_duckdb_file_is_a_source_and_stays_unchanged(tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(path) as database:
        database.execute(f"create table orders as from read_csv('{_write(tmp_path)}')")
        database.execute("create table other (a int)")
    before = path.read_bytes()
    with open_source(load_config(path)) as source:
        assert source.tables == ("orders",)
        assert source.table("orders").count().execute() == 1
        assert source.fingerprint()
    assert path.read_bytes() == before


def _write(folder: Path) -> Path:
    (folder / "raw.csv").write_text(ORDERS)
    return folder / "raw.csv"


def test_sql_reads_a_database_and_raw_files_together(tmp_path):
    with duckdb.connect(tmp_path / "shop.duckdb") as database:
        database.execute("create table sold as select 'o1' as o, 'c''1' as c")
    _write(tmp_path)
    path = toml(
        tmp_path,
        """
        connect = "duckdb://shop.duckdb"
        [files]
        lines = "raw.csv"
        [tables.orders]
        sql = '''
        select order_id, ordered_at, c as customer_id, product_id, quantity, unit_price
        from lines join sold on o = order_id;
        '''
        """,
    )
    with open_source(load_config(path)) as source:
        assert source.table("orders").customer_id.execute().tolist() == ["c'1"]


def test_variables_are_filled_in_everywhere(shop, monkeypatch):
    monkeypatch.setenv("SHOP_FILE", "orders")
    config = load_config(toml(shop, '[tables.orders]\nfile = "${SHOP_FILE}.csv"\n'))
    assert config.tables["orders"].file == "orders.csv"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('curency = "EUR"', ["'curency'", "currency"]),
        ('[tables.orders]\nflie = "x"', ["'flie'", "[tables.orders]", "'file'"]),
        ('[tables.order]\nfile = "x"', ["no table 'order'", "'orders'"]),
        (
            '[tables.orders]\nfile = "x"\ncolumns = { order = "a" }',
            ["no column 'order'", "'order_id'"],
        ),
        ('[tables.orders]\nfile = "x"\nsql = "y"', ["tables.orders", "exactly one of"]),
        ("[tables.orders]\ndelimiter = ';'", ["tables.orders", "exactly one of"]),
        ('[tables.orders]\nfile = "x"\nencoding = "cp1525"', ["encoding", "'cp1252'"]),
        ('[tables.orders]\nfile = "x"\ndelimiter = "::"', ["delimiter", "one character"]),
        ('timezone = "Europe/Londn"', ["'Europe/Londn'", "'Europe/London'"]),
        ('timezone = "CTT8"', ["'CTT8'", "Area/City"]),
        ('week_start = "Mon"', ["week_start", "'Mon'"]),
        ('currency = "euro"', ["currency", "EUR"]),
        ("max_rejected_share = 2", ["max_rejected_share"]),
        ('path = "x"', ["'path'"]),
        ('[files]\n"a b" = "x"', ["files.a b"]),
        ('nonsense\ncurrency = "EUR"', ["not valid TOML", "line 1"]),
        ('connect = "duckdb://${NOWHERE_SET}"', ["${NOWHERE_SET}", "export NOWHERE_SET="]),
    ],
)
def test_a_wrong_toml_is_refused_by_key_and_file(tmp_path, text, words):
    path = toml(tmp_path, text)
    with pytest.raises(UsageError) as refused:
        load_config(path)
    assert all(word in str(refused.value) for word in [str(path), *words]), refused.value


def test_missing_sources_are_named_with_the_nearest(shop):
    with pytest.raises(UsageError, match=r"Did you mean 'orders.csv'"):
        load_config(shop / "order.csv")
    with pytest.raises(UsageError, match="neither a TOML file"):
        load_config(shop / "orders.csv")
    (shop / "orders.csv").rename(shop / "order.csv")
    with pytest.raises(UsageError, match=r"Rename order.csv. Did you mean 'orders'"):
        load_config(shop)


def test_a_broken_database_file_says_so(tmp_path):
    (tmp_path / "shop.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(DataError, match="cannot be opened as a DuckDB database"):
        load_config(tmp_path / "shop.duckdb")
    with pytest.raises(DataError, match=r"there is no database .*gone.duckdb"):
        open_source(load_config(toml(tmp_path, 'connect = "duckdb://gone.duckdb"')))


# --- other engines -----------------------------------------------------------------------------

POSTGRES = 'connect = "postgres://reader:secret@127.0.0.1:1/shop"\n[tables.orders]\ntable = "o"\n'


def test_a_database_that_refuses_is_named_without_its_password(tmp_path, monkeypatch):
    def refuse(url):
        raise ConnectionError(f"cannot reach {url}: connection refused")

    monkeypatch.setattr("ibis.connect", refuse)
    with pytest.raises(DataError, match=r"127\.0\.0\.1:1 refused the connection") as refused:
        open_source(load_config(toml(tmp_path, POSTGRES)))
    assert refused.value.exit_code == 65
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None, "the driver's text holds the password"


def test_postgres_on_a_closed_port_is_an_error_in_our_words(tmp_path):
    """With the driver: refused (65). Without it: how to install it (2)."""
    with pytest.raises(OpsError, match=r"refused the connection|driver .* not installed") as error:
        open_source(load_config(toml(tmp_path, POSTGRES)))
    assert "secret" not in str(error.value)
    assert error.value.remedy


def test_an_unknown_engine_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(UsageError, match=r"unknown engine 'postgress'.*'postgres'"):
        open_source(load_config(toml(tmp_path, 'connect = "postgress://x"')))


def test_files_need_duckdb(tmp_path):
    config = SourceConfig(
        path=tmp_path, name="x", connect="postgres://h/d", tables={"orders": {"file": "o.csv"}}
    )
    with pytest.raises(UsageError, match="files are read by DuckDB"):
        Source(config, con=None).table("orders")


# --- fingerprint -------------------------------------------------------------------------------


def fingerprint(path: Path) -> str | None:
    with open_source(load_config(path)) as source:
        return source.fingerprint()


def test_the_fingerprint_follows_the_files_and_the_meaning_of_the_toml(shop):
    path = toml(shop, '[tables.orders]\nfile = "ord*.csv"\n')
    first = fingerprint(path)
    assert first == fingerprint(path)
    toml(shop, '# a remark\n[tables.orders]\nfile = "ord*.csv"\n')
    assert fingerprint(path) == first, "a remark changes nothing"
    toml(shop, 'currency = "EUR"\n[tables.orders]\nfile = "ord*.csv"\n')
    second = fingerprint(path)
    os.utime(shop / "orders.csv", ns=(1, 1))
    third = fingerprint(path)
    (shop / "orders2.csv").write_text(ORDERS)
    assert len({first, second, third, fingerprint(path)}) == 4


def test_inputs_that_nobody_can_list_have_no_fingerprint(shop):
    opens_files = "[tables.orders]\nsql = \"select * from read_csv('orders.csv')\"\n"
    assert fingerprint(toml(shop, opens_files)) is None
    assert Source(load_config(toml(shop, POSTGRES)), con=None).fingerprint() is None


def test_money_knows_its_minor_unit():
    digits = {
        code: SourceConfig(path=Path("x"), name="x", currency=code).minor_digits
        for code in ("USD", "CNY", "JPY", "KRW", "BHD")
    }
    assert digits == {"USD": 2, "CNY": 2, "JPY": 0, "KRW": 0, "BHD": 3}


def test_a_source_has_one_path_however_it_is_written(tmp_path, monkeypatch):
    """Its store is named after it: by another path there would be no summaries."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "orders.csv").write_text("order_id\n")
    (tmp_path / "link").symlink_to(tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    ways = ("../shop", tmp_path / "link" / ".." / "shop", tmp_path / "shop")
    assert {load_config(way).path for way in ways} == {tmp_path / "shop"}
    assert load_config("../link").path == tmp_path / "link", "a link is a name of its own"
