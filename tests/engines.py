"""The samples on engines other than DuckDB, which the tests start themselves.

A private PostgreSQL server and a local Spark session, both bound to this machine, live as long
as the tests. Where an engine is not installed its tests are skipped with the reason; in CI that
is a failure. Each shop is mapped in several of the ways that an engine offers.
"""

import importlib
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ops_widgets.contract import TABLES
from ops_widgets.samples.registry import SAMPLED

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
ENGINES = ("duckdb", "postgres", "spark")
SHOP = 'connect = "{connect}"\ncurrency = "CNY"\ntimezone = "Asia/Shanghai"\n'
OPENS_FILES = "allow_sql_files = true\n"
#: Java compiles in haste: what Spark is asked here is asked once, and no loop of it gets hot.
JAVA_FOR_ONE_RUN = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
POSTGRES_TYPES = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "timestamp": "timestamp",
    "date": "date",
}


def lacking(reason):
    """End the test: CI installs every engine, a newcomer's machine need not have any."""
    pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


def wanted(module):
    """The module, or the end of the test."""
    try:
        return importlib.import_module(module)
    except ImportError:
        return lacking(f"{module} is not installed: make setup-engines")


@pytest.fixture(scope="session")
def samples_on_duckdb():
    """The source whose files DuckDB reads itself."""
    return SAMPLES


def _program(name):
    """The newest ``name`` of an installed PostgreSQL server (Debian keeps it off the PATH)."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(debian[-1]) if debian else shutil.which(name)
    return found or lacking(f"PostgreSQL is not installed: there is no {name}")


@pytest.fixture(scope="session")
def postgres_port():
    """The port of a private server that thinks in another time zone and in a human alphabet."""
    # The server refuses to run as root: then it runs as the user that Debian made for it.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    # A short folder, since the path of a socket must be short.
    with tempfile.TemporaryDirectory(prefix="pg") as home:
        data = Path(home) / "data"
        if as_user:
            try:
                shutil.chown(home, "postgres")
            except LookupError:
                lacking("root cannot run PostgreSQL, and there is no user postgres")
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            port = reserved.getsockname()[1]
        locale = ["--locale=C", "--locale-provider=icu", "--icu-locale=en-US", "-E", "UTF8"]
        initdb = [_program("initdb"), "-D", data, *locale, "-A", "trust", "-U", "postgres"]
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off"
        options += " -c timezone=Asia/Shanghai"
        start = [_program("pg_ctl"), "-D", data, "-o", options, "-l", data / "log", "-w", "start"]
        for command in (initdb, start):
            done = subprocess.run([*as_user, *command], capture_output=True, text=True, cwd=home)
            if done.returncode:
                lacking(f"PostgreSQL cannot be started here: {done.stderr[-300:]}")
        yield port
        stop = [_program("pg_ctl"), "-D", data, "-m", "immediate", "stop"]
        subprocess.run([*as_user, *stop], check=True, capture_output=True, cwd=home)


@pytest.fixture(scope="session")
def samples_on_postgres(postgres_port, tmp_path_factory):
    """The TOML of the samples in tables of PostgreSQL; moments of events have a time zone."""
    psycopg = wanted("psycopg")
    address = f"host=127.0.0.1 port={postgres_port} user=postgres options='-c timezone=UTC'"
    with psycopg.connect(address, autocommit=True) as server:
        for name in SAMPLED:
            table = TABLES[name].extended(pq.read_schema(SAMPLES / f"{name}.parquet").names)
            types = POSTGRES_TYPES | ({"timestamp": "timestamptz"} if name == "events" else {})
            columns = ", ".join(f"{c.name} {types[c.type]}" for c in table.columns)
            server.execute(f"create table {name} ({columns})")
            rows = pq.read_table(SAMPLES / f"{name}.parquet", columns=list(table.names))
            copy = f"copy {name} ({', '.join(table.names)}) from stdin"
            with server.cursor() as cursor, cursor.copy(copy) as into:
                for row in zip(*(c.to_pylist() for c in rows.columns), strict=True):
                    into.write_row(row)
        server.execute("create schema shop")
        server.execute("alter table products set schema shop")
    mapped = {name: f'table = "{name}"' for name in SAMPLED}
    mapped["products"] = 'table = "shop.products"'
    mapped["campaigns"] = 'sql = "select * from campaigns"'
    connect = f"postgres://postgres@127.0.0.1:{postgres_port}/postgres"
    return _shop(tmp_path_factory.mktemp("postgres"), connect, mapped)


@pytest.fixture(scope="session")
def spark_session(tmp_path_factory):
    """A Spark of this process alone, whose clock is not UTC either."""
    wanted("pyspark")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        lacking("Java is not installed, and Spark needs it")
    from pyspark.sql import SparkSession

    home = tmp_path_factory.mktemp("spark")
    settings = {
        "spark.master": "local[2]",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={home} {JAVA_FOR_ONE_RUN}",
        "spark.local.dir": str(home),
        "spark.sql.warehouse.dir": str(home / "warehouse"),
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.session.timeZone": "Asia/Shanghai",
    }
    session = SparkSession.builder.config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def samples_on_spark(spark_session, tmp_path_factory):
    """The TOML of the samples in Spark: views, a table of a database, and a file by its path.

    Parquet's times without a zone are ``timestamp_ntz``; those of orders become ``timestamp``.
    """
    mapped = {name: f'table = "{name}"' for name in SAMPLED}
    for name in SAMPLED:
        rows = spark_session.read.parquet(str(SAMPLES / f"{name}.parquet"))
        rows.createOrReplaceTempView(name)
    orders = spark_session.table("orders")
    spark_session.sql("create database shop")
    utc = "cast(cast(ordered_at as string) || '+00:00' as timestamp) as ordered_at"
    rest = [name for name in orders.columns if name != "ordered_at"]
    orders.selectExpr(*rest, utc).write.saveAsTable("shop.orders")
    mapped["orders"] = 'table = "shop.orders"'
    mapped["products"] = f'sql = "select * from parquet.`{SAMPLES / "products.parquet"}`"'
    return _shop(tmp_path_factory.mktemp("spark_shop"), "pyspark://", mapped, OPENS_FILES)


def _shop(folder, connect, mapped, more=""):
    source = folder / "samples.toml"
    tables = "".join(f"[tables.{name}]\n{mapping}\n" for name, mapping in mapped.items())
    source.write_text(SHOP.format(connect=connect) + more + tables)
    return source


def stores_of(folder, now, *shops):
    """Build the summaries of each shop below ``folder``, and open them."""
    from ops_widgets.summaries.build import prepare
    from ops_widgets.summaries.store import open_store

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPS_STORE", str(folder))
        for shop in shops:
            prepare(shop, now=now)
        return [open_store(shop) for shop in shops]


def assert_same_summaries(ours, theirs):
    """Every summary holds the same rows, to the last integer."""
    differ = theirs.manifest["summaries"].items() ^ ours.manifest["summaries"].items()
    assert not differ, differ
    for name in [*ours.manifest["summaries"], "cell"]:
        expected, found = (s.query(f"select * from {name} order by all") for s in (ours, theirs))
        assert len(expected), name
        assert found.equals(expected), name


def checked_counts(tables):
    """Table -> rows in, and how many of them broke which rule; from a report as a dictionary."""
    return {
        name: (table["rows_in"], {rule["rule"]: rule["count"] for rule in table["rules"]})
        for name, table in tables.items()
    }
