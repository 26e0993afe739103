"""PostgreSQL builds the summaries of the samples row for row as DuckDB does."""

from datetime import datetime

import pytest

from ops_widgets.errors import DataError
from ops_widgets.summaries.build import prepare

from .engines import assert_same_summaries, checked_counts, stores_of

NOW = datetime(2026, 1, 1)


@pytest.fixture(scope="module")
def stores(store, samples_on_postgres, tmp_path_factory):
    """Of DuckDB, then of PostgreSQL."""
    [theirs] = stores_of(tmp_path_factory.mktemp("stores"), NOW, samples_on_postgres)
    yield [store, theirs]
    theirs.close()


def test_every_summary_is_the_same(stores):
    assert_same_summaries(*stores)


def test_the_same_rows_are_set_aside_by_the_same_rules(stores):
    duckdb, postgres = (checked_counts(s.manifest["check"]["tables"]) for s in stores)
    assert postgres == duckdb


def test_a_server_that_refuses_is_named_without_its_password(samples_on_postgres, tmp_path):
    source = tmp_path / "shop.toml"
    source.write_text(
        'connect = "postgres://postgres:s3cret@127.0.0.1:1/postgres"\n'
        '[tables.orders]\ntable = "orders"\n'
    )
    with pytest.raises(DataError, match=r"127\.0\.0\.1:1 refused") as refused:
        prepare(source, now=NOW)
    assert "s3cret" not in str(refused.value)
