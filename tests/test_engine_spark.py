"""Spark builds the summaries of the samples row for row as DuckDB does, and leaves no trace."""

import os
import subprocess
import sys
from datetime import datetime
from urllib.parse import urlencode

import pytest

from ops_widgets.errors import DataError, UsageError
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source

from .engines import (
    JAVA_FOR_ONE_RUN,
    OPENS_FILES,
    SAMPLES,
    assert_same_summaries,
    checked_counts,
    stores_of,
)

NOW = datetime(2026, 1, 1)
ORDERS = (
    OPENS_FILES + f'[tables.orders]\nsql = "select * from parquet.`{SAMPLES / "orders.parquet"}`"\n'
)
COUNT = """
import sys
from ops_widgets.errors import OpsError
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source

try:
    for _ in range(2):
        with open_source(load_config(sys.argv[1])) as source:
            print(source.keep(source.table("orders"), "orders").count().to_pyarrow())
except OpsError as error:
    print(error)
    sys.exit(error.exit_code)
"""


@pytest.fixture(scope="module")
def stores(store, samples_on_spark, tmp_path_factory):
    """Of DuckDB, then of Spark."""
    [theirs] = stores_of(tmp_path_factory.mktemp("stores"), NOW, samples_on_spark)
    yield [store, theirs]
    theirs.close()


def test_every_summary_is_the_same(stores):
    assert_same_summaries(*stores)


def test_the_same_rows_are_set_aside_by_the_same_rules(stores):
    duckdb, spark = (checked_counts(s.manifest["check"]["tables"]) for s in stores)
    assert spark == duckdb


def test_a_session_of_somebody_else_goes_on_as_it_was(samples_on_spark, spark_session):
    views = {table.name for table in spark_session.catalog.listTables()}
    with open_source(load_config(samples_on_spark)) as source:
        assert spark_session.conf.get("spark.sql.session.timeZone") == "UTC"
        source.keep(source.table("market"), "market")
    assert spark_session.conf.get("spark.sql.session.timeZone") == "Asia/Shanghai"
    assert {table.name for table in spark_session.catalog.listTables()} == views
    assert spark_session.sparkContext._jsc.getPersistentRDDs().isEmpty()


def test_a_setting_that_comes_too_late_is_named(spark_session, tmp_path):
    shop = tmp_path / "shop.toml"
    shop.write_text(f'connect = "pyspark://?spark.driver.memory=8g"\n{ORDERS}')
    with pytest.raises(UsageError, match=r"cannot change spark\.driver\.memory"):
        open_source(load_config(shop))


def in_a_new_process(folder, connect, **environment):
    """Count the orders of a shop twice, whose own Spark starts and ends in an empty folder."""
    shop = folder / "shop.toml"
    shop.write_text(f'connect = "{connect}"\n{ORDERS}')
    for name in ("here", "temporary"):
        (folder / name).mkdir()
    environment |= {"TMPDIR": str(folder / "temporary")}
    return subprocess.run(
        [sys.executable, "-c", COUNT, shop],
        env=os.environ | environment,
        cwd=folder / "here",
        capture_output=True,
        text=True,
    )


def test_sessions_of_our_own_are_quiet_and_leave_nothing_behind(spark_session, tmp_path):
    java = urlencode({"spark.driver.extraJavaOptions": JAVA_FOR_ONE_RUN})
    done = in_a_new_process(tmp_path, f"pyspark://?spark.driver.memory=600m&{java}")
    rows = spark_session.read.parquet(str(SAMPLES / "orders.parquet")).count()
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{rows}\n{rows}\n", "")
    assert not list((tmp_path / "here").iterdir())
    assert not list((tmp_path / "temporary").glob("ops-spark*"))


def test_a_machine_without_java_is_told_how_to_get_it(spark_session, tmp_path):
    done = in_a_new_process(tmp_path, "pyspark://", JAVA_HOME=str(tmp_path))
    assert done.returncode == UsageError.exit_code
    assert "needs Java 17" in done.stdout
    assert "openjdk-17-jre-headless" in done.stdout
    assert done.stderr == ""


def test_a_machine_without_spark_is_told_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.delitem(sys.modules, "ops_widgets.sources.spark_session", raising=False)
    monkeypatch.delitem(sys.modules, "ops_widgets.sources.spark", raising=False)
    shop = tmp_path / "shop.toml"
    shop.write_text(f'connect = "pyspark://"\n{ORDERS}')
    with pytest.raises(UsageError, match=r"pip install 'ops-widgets\[spark\]'"):
        open_source(load_config(shop))


def test_a_connect_server_that_does_not_answer_is_named_without_its_token(spark_session, tmp_path):
    shop = tmp_path / "shop.toml"
    shop.write_text(f'connect = "pyspark://127.0.0.1:1/;token=s3cret"\n{ORDERS}')
    with pytest.raises(DataError, match=r"answers at 127\.0\.0\.1:1") as refused:
        open_source(load_config(shop))
    assert "s3cret" not in str(refused.value)
