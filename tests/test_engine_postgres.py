"""The summaries of the samples, built by PostgreSQL, equal those of DuckDB row for row.

A private server runs on this machine for as long as the tests last; where PostgreSQL is not
installed, or may not be started, the tests are skipped with the reason.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ops_widgets.errors import DataError
from ops_widgets.sources.contract import TABLES
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store

from .conftest import ROOT

psycopg = pytest.importorskip("psycopg", reason="the PostgreSQL driver (psycopg) is not installed")
SAMPLES = ROOT / "data" / "samples"
NOW = datetime(2026, 1, 1)
TYPES = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "timestamp": "timestamp",
    "date": "date",
}


def _program(name: str) -> str:
    """The newest ``name`` of an installed PostgreSQL server (Debian keeps it off the PATH)."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(debian[-1]) if debian else shutil.which(name)
    if not found:
        pytest.skip(f"PostgreSQL is not installed: there is no {name}")
    return found


@pytest.fixture(scope="module")
def port():
    """The port of a private server; its folder is short, since a socket's path must be."""
    # The server refuses to run as root: then it runs as the user that Debian made for it.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="pg") as home:
        data = Path(home) / "data"
        if as_user:
            try:
                shutil.chown(home, "postgres")
            except LookupError:
                pytest.skip("root cannot run PostgreSQL, and there is no user postgres")
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            port = reserved.getsockname()[1]
        initdb = [_program("initdb"), "-D", data, "--locale=C", "-E", "UTF8", "-A", "trust"]
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off"
        start = [_program("pg_ctl"), "-D", data, "-o", options, "-l", data / "log", "-w", "start"]
        for command in ([*initdb, "-U", "postgres"], start):
            done = subprocess.run([*as_user, *command], capture_output=True, text=True, cwd=home)
            if done.returncode:
                pytest.skip(f"PostgreSQL cannot be started here: {done.stderr[-300:]}")
        yield port
        stop = [_program("pg_ctl"), "-D", data, "-m", "immediate", "stop"]
        subprocess.run([*as_user, *stop], check=True, capture_output=True, cwd=home)


@pytest.fixture(scope="module")
def stores(port, tmp_path_factory):
    """The samples by both engines: (PostgreSQL's store, DuckDB's store)."""
    folder = tmp_path_factory.mktemp("postgres")
    with psycopg.connect(f"host=127.0.0.1 port={port} user=postgres", autocommit=True) as server:
        for name, table in TABLES.items():
            columns = ", ".join(f"{c.name} {TYPES[c.type]}" for c in table.columns)
            server.execute(f"create table {name} ({columns})")
            rows = pq.read_table(SAMPLES / f"{name}.parquet", columns=list(table.names))
            copy = f"copy {name} ({', '.join(table.names)}) from stdin"
            with server.cursor() as cursor, cursor.copy(copy) as into:
                for row in zip(*(c.to_pylist() for c in rows.columns), strict=True):
                    into.write_row(row)
    source = folder / "samples.toml"
    source.write_text(
        f'connect = "postgres://postgres@127.0.0.1:{port}/postgres"\n'
        'currency = "CNY"\ntimezone = "Asia/Shanghai"\n'
        + "".join(f'[tables.{name}]\ntable = "{name}"\n' for name in TABLES)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPS_STORE", str(folder / "stores"))
        opened = []
        for shop in (source, SAMPLES):
            prepare(shop, now=NOW)
            opened.append(open_store(shop))
    yield opened
    for store in opened:
        store.close()


def test_every_summary_is_the_same(stores):
    postgres, duckdb = stores
    assert postgres.manifest["summaries"] == duckdb.manifest["summaries"]
    for name in [*duckdb.manifest["summaries"], "cell"]:
        ours, theirs = (s.query(f"select * from {name} order by all") for s in (duckdb, postgres))
        assert len(ours), name
        assert ours.equals(theirs), name


def test_the_same_rows_are_set_aside_by_the_same_rules(stores):
    def counts(store):
        tables = store.manifest["check"]["tables"]
        return {
            name: (table["rows_in"], {rule["rule"]: rule["count"] for rule in table["rules"]})
            for name, table in tables.items()
        }

    assert counts(stores[0]) == counts(stores[1])


def test_a_server_that_refuses_is_named_without_its_password(port, tmp_path):
    source = tmp_path / "shop.toml"
    source.write_text(
        'connect = "postgres://postgres:s3cret@127.0.0.1:1/postgres"\n'
        '[tables.orders]\ntable = "orders"\n'
    )
    with pytest.raises(DataError, match=r"127\.0\.0\.1:1 refused") as refused:
        prepare(source, now=NOW)
    assert "s3cret" not in str(refused.value)
