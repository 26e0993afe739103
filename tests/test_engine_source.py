"""What a source does on its engine: keep results, let them go, stream them, check the contract."""

from datetime import datetime

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ops_widgets.errors import DataError
from ops_widgets.sources import engine
from ops_widgets.sources.casts import typed
from ops_widgets.sources.clock import day_of, local_day, second_of
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.sources.money import minor_units
from ops_widgets.summaries.expressions import first_level, named, total
from ops_widgets.validation.checks import check

from .engines import ENGINES, SAMPLES, checked_counts

NOW = datetime(2026, 1, 1)


@pytest.fixture(params=ENGINES)
def shop(request):
    return request.getfixturevalue(f"samples_on_{request.param}")


@pytest.fixture
def source(shop):
    with open_source(load_config(shop)) as opened:
        yield opened


def raw(name):
    return pq.read_table(SAMPLES / f"{name}.parquet").to_pandas()


def rows(found):
    """Rows of a result, in an order that no engine has a say in."""
    return sorted(map(repr, found.to_pylist()))


def test_what_is_kept_outlives_the_step_that_it_came_from(source):
    events = source.table("events")
    with source.kept(events, "events") as large:
        small = source.keep(large.group_by("event").agg(n=large.count()), "events")
    found = {row["event"]: row["n"] for row in source.run(small, "events").to_pylist()}
    assert found == raw("events").event.value_counts().to_dict()


def test_a_step_is_gone_when_it_is_let_go(source):
    with source.kept(source.table("market"), "market") as large:
        assert large.op().name in source.con.list_tables()
    assert large.op().name not in source.con.list_tables()


def test_tables_of_this_process_take_part_with_their_nulls(source):
    known = ibis.memtable(
        pd.DataFrame(
            {
                "channel": ["app", "affiliate"],
                "n": pd.array([2**53 + 1, None], "Int64"),
                "name": ["é", None],
            }
        )
    )
    orders = source.table("orders").select("channel").distinct()
    found = source.run(source.keep(orders.inner_join(known, "channel"), "orders"), "orders")
    assert rows(found) == rows(
        pa.Table.from_pylist(
            [
                {"channel": "app", "n": 2**53 + 1, "name": "é"},
                {"channel": "affiliate", "n": None, "name": None},
            ]
        )
    )


def test_all_rows_come_in_batches_of_the_declared_types(source, monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 1000)
    orders = source.table("orders")
    with source.batches(orders, "orders") as reader:
        batches = list(reader)
    assert len(batches) > 1
    assert reader.schema.equals(orders.schema().to_pyarrow())
    assert rows(pa.Table.from_batches(batches)) == rows(
        pq.read_table(SAMPLES / "orders.parquet", columns=list(orders.columns)).cast(reader.schema)
    )


def test_a_stream_is_whole_whatever_is_asked_meanwhile(source, monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 1000)
    orders, market = source.table("orders"), source.table("market")
    reader = source.batches(orders, "orders")
    read = reader.read_next_batch().num_rows
    with source.kept(market, "market") as held:
        source.run(held.count().as_table(), "market")
    forgotten = source.batches(market, "market")
    forgotten.read_next_batch()
    del forgotten
    assert read + sum(batch.num_rows for batch in reader) == len(raw("orders"))


def test_a_stream_leaves_nothing_on_the_engine(source):
    market = source.table("market")
    before = source.con.list_tables()
    source.batches(market, "market").read_all()
    half = source.batches(market, "market")
    half.read_next_batch()
    del half
    assert sorted(source.con.list_tables()) == sorted(before)


@pytest.mark.parametrize(("table", "column"), [("orders", "ordered_at"), ("events", "occurred_at")])
def test_moments_are_utc_whatever_the_engine_thinks(source, table, column):
    """Both servers live in Shanghai; one table of each has times with a zone, the other without."""
    seen = source.table(table)
    ends = source.run(seen.aggregate(low=seen[column].min(), high=seen[column].max()), table)
    expected = raw(table)[column]
    assert ends.to_pylist() == [{"low": expected.min(), "high": expected.max()}]


def one_row(source, columns, **wanted):
    """``wanted`` of a table of this process with ``columns`` and the order ``n`` of its rows."""
    table = pa.table(columns | {"n": list(range(len(next(iter(columns.values())))))})
    rows = ibis.memtable(table)
    expr = rows.select("n", **{name: make(rows) for name, make in wanted.items()})
    found = source.run(source.keep(expr, "orders"), "orders").to_pylist()
    return [tuple(row[name] for name in wanted) for row in sorted(found, key=lambda r: r["n"])]


def test_money_is_rounded_half_to_even_everywhere(source):
    """Printed amounts, the binary neighbours of which lie on either side."""
    amounts = [0.0, 0.125, 0.375, 2.675, 1.005, 0.285, 1e9 + 0.01, 0.1 + 0.2, None]
    found = one_row(source, {"amount": amounts}, cents=lambda t: minor_units(t.amount, 2))
    assert found == [(c,) for c in (0, 12, 38, 268, 100, 28, 100_000_000_001, 30, None)]


def test_text_is_read_in_the_same_way_wherever_it_is_read(source):
    if source.con.name == "postgres":
        pytest.skip("PostgreSQL reads no text: its tables have types")
    texts = {
        "number": ["1", " 1.50 ", "1e3", "-2", "+.5", "1_000", "1d", "0x1F", "inf", "nan", ""],
        "timestamp": [
            *("2024-05-31 18:30:00", "2024-05-31", "2024-05-31T18:30Z", "2024/5/31 8:30"),
            *("2024-05-31 18:30:00 -0800", "2024-05-31 18:30:00.5+05:30", "2024-05-31 18:30 UTC"),
            *("2024-05-31 18:30:00 +0000 UTC", "2024-05-31 18:30:00 CST", "now", "epoch"),
            *("2024-02-30", "20240531", "10000-01-01", "infinity", "2024-05-31 6:30 PM", ""),
        ],
        "boolean": [
            *("true", " T ", "YES", "y", "1", "False", "f", "no", "N", "0", ""),
            *("2", "1.0", "on", "ja"),
        ],
        "date": ["2024-05-31", "2024/5/31", "2024-05-31 18:30:00", "2024-05", "31.05.2024", ""],
    }
    right = {
        "number": [1.0, 1.5, 1000.0, -2.0, 0.5, *["wrong"] * 4, None, None],
        "timestamp": [
            *("2024-05-31 18:30:00", "2024-05-31 00:00:00"),
            *("2024-05-31 18:30:00", "2024-05-31 08:30:00", "2024-06-01 02:30:00"),
            *("2024-05-31 13:00:00.500000", "2024-05-31 18:30:00", "2024-05-31 18:30:00"),
            *(["wrong"] * 8),
            None,
        ],
        "boolean": [*["True"] * 5, *["False"] * 5, None, *["wrong"] * 4],
        "date": [*["2024-05-31"] * 3, "wrong", "wrong", None],
    }
    for kind, given in texts.items():
        found = one_row(
            source,
            {"text": given},
            value=lambda t, kind=kind: typed(t.text, kind)[0],
            wrong=lambda t, kind=kind: typed(t.text, kind)[1],
        )
        read = [
            "wrong" if wrong else value if value is None or kind == "number" else str(value)
            for value, wrong in found
        ]
        assert read == right[kind], kind


def test_moments_before_1970_and_fractions_go_down_everywhere(source):
    moments = [
        datetime(1969, 12, 31, 23, 59, 59, 999_999),
        datetime(2024, 5, 31, 18, 30, 0, 900_000),
    ]
    found = one_row(
        source,
        {"moment": pa.array([*moments, None], pa.timestamp("us"))},
        second=lambda t: second_of(t.moment),
        day=lambda t: local_day(second_of(t.moment), [(0, -3600), (1_700_000_000, 8 * 3600)]),
        date=lambda t: day_of(t.moment.cast("date")),
    )
    assert found == [(-1, -1, -1), (1_717_180_200, 19_875, 19_874), (None, None, None)]


def test_only_blanks_around_a_text_are_left_away_everywhere(source):
    texts = ["vf", " chf ", "\t\n\r\v\f x\v\f ", "a b", " ", "", None]
    found = one_row(source, {"text": texts}, stripped=lambda t: t.text.strip())
    assert [text for (text,) in found] == ["vf", "chf", "x", "a b", "", "", None]


def test_names_are_the_same_text_everywhere(source):
    texts = ["A / B / C", "Äpfel / rot", "A/B", " / A", "  ", "", None, " x "]
    found = one_row(
        source,
        {"text": texts},
        named=lambda t: named(t.text),
        first=lambda t: first_level(named(t.text)),
    )
    unknown = "(unknown)"
    assert [row[0] for row in found] == [*texts[:4], unknown, unknown, unknown, " x "]
    assert [row[1] for row in found] == ["A", "Äpfel", "A/B", "", unknown, unknown, unknown, " x "]


def test_a_sum_takes_null_for_zero_and_is_64_bits_wide_everywhere(source):
    rows = ibis.memtable(pa.table({"n": [2**62, 2**61, None]}))
    counted = source.keep(rows.aggregate(n=total(rows.n)), "orders")
    assert source.run(counted, "orders").to_pylist() == [{"n": 2**62 + 2**61}]
    assert counted.schema() == ibis.schema({"n": "int64"})


def test_text_is_ordered_by_its_bytes_everywhere(source):
    """A database has an alphabet of its own, in which a comes before B and é before z."""
    texts = ["é", "a", "B", "z", None, "a b", "ab", "😀", "\uffee"]
    rows = ibis.memtable(pa.table({"text": texts}))
    ends = rows.aggregate(low=rows.text.min(), high=rows.text.max())
    assert source.run(ends, "orders").to_pylist() == [{"low": "B", "high": "😀"}]
    place = ibis.row_number().over(ibis.window(order_by=rows.text.asc(nulls_first=False)))
    found = source.run(rows.mutate(place=place), "orders").to_pylist()
    ordered = [row["text"] for row in sorted(found, key=lambda row: row["place"])]
    assert ordered == [*sorted((t for t in texts if t), key=str.encode), None]


def test_a_table_that_is_not_there_is_named_with_the_nearest(shop, tmp_path, source):
    if source.con.name == "duckdb":
        pytest.skip("a folder of files has no tables")
    wrong = tmp_path / "shop.toml"
    wrong.write_text(f'connect = "{source.config.connect}"\n[tables.market]\ntable = "markets"\n')
    with open_source(load_config(wrong)) as other, pytest.raises(DataError, match="'market'"):
        other.table("market")


def test_the_contract_finds_the_same_in_every_engine(source, samples_on_duckdb):
    with open_source(load_config(samples_on_duckdb)) as files:
        expected = checked_counts(check(files, now=NOW).report.to_dict()["tables"])
    assert checked_counts(check(source, now=NOW).report.to_dict()["tables"]) == expected
