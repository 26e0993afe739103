"""Broken input stops with its file, table, column, row and remedy, in our words."""

import gzip
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from ops_widgets.errors import DataError, OpsError, UsageError
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.sources.explain import explain
from ops_widgets.validation.checks import Checked, check, require_usable

NOW = datetime(2024, 6, 1, 12)
HEADER = "order_id,ordered_at,customer_id,product_id,quantity,unit_price"
ROW = "o1,2024-05-01 08:00:00,c1,p1,2,3.50"


def checked(path: Path) -> Checked:
    with open_source(load_config(path)) as source:
        result = check(source, now=NOW)
        require_usable(result.report)
        return result


def failure(path: Path) -> OpsError:
    with pytest.raises(DataError) as found:
        checked(path)
    assert "duckdb" not in str(found.value).lower(), "the engine's words are not ours"
    assert "possible fixes" not in str(found.value).lower()
    return found.value


def csv(folder: Path, text: str | bytes, name: str = "orders.csv") -> Path:
    data = text if isinstance(text, bytes) else text.encode()
    (folder / name).write_bytes(data)
    return folder


BROKEN = {
    "empty file": (b"", ["orders.csv", "empty (0 bytes)"]),
    "header only": (HEADER + "\n", ["'orders' has no usable row of 0"]),
    "latin-1 bytes": (
        f"{HEADER}\n{ROW}\n{ROW.replace('c1', 'José')}\n".encode("latin-1"),
        ["[tables.orders]", "orders.csv, line 3", 'encoding = "latin-1"'],
    ),
    "latin-1 bytes in a column without rules": (
        f"{HEADER},channel\n{ROW},app\n{ROW},süd\n".encode("latin-1"),
        ["orders.csv, line 3", 'encoding = "latin-1"'],
    ),
    "latin-1 bytes in the header": (
        f"{HEADER},größe\n{ROW},1\n".encode("latin-1"),
        ["orders.csv, line 1", 'encoding = "latin-1"'],
    ),
    "utf-16": (f"{HEADER}\n{ROW}\n".encode("utf-16"), ["orders.csv", 'encoding = "utf-16"']),
    "semicolons": (
        f"{HEADER}\n{ROW}\n".replace(",", ";"),
        ["has one column", 'delimiter = ";"', "orders.csv"],
    ),
    "tabs": (f"{HEADER}\n{ROW}\n".replace(",", "\t"), [r'delimiter = "\t"']),
    "missing required column": (
        f"{HEADER}\n{ROW}\n".replace("order_id", "orderid"),
        ["[tables.orders]", "orders.csv", "no column 'order_id'", "mean 'orderid'", "columns = {"],
    ),
    "a column twice": (
        f"{HEADER},Quantity\n{ROW},3\n",
        ["orders.csv", "'quantity' more than once"],
    ),
    "cut off in mid-row": (
        f"{HEADER}\n{ROW}\n{ROW}\no3,2024-05-01 08:0",
        ["orders.csv, line 4", "2 of 6 columns", "cut off"],
    ),
    "cut off inside quotes": (
        f'{HEADER}\n{ROW}\no3,2024-05-01 08:00:00,"c1,p1',
        ["orders.csv, line 3", "never closed"],
    ),
    "a value with an unquoted delimiter": (
        f"{HEADER}\n{ROW},5\n",
        ["orders.csv, line 2", "7 of 6 columns", "quotes"],
    ),
    "mixed line ends": (f"{HEADER}\r\n{ROW}\n{ROW}\r\n", ["orders.csv", "line end"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_csv_says_where_and_what_to_do(tmp_path, name):
    text, words = BROKEN[name]
    error = failure(csv(tmp_path, text))
    assert all(word in str(error) for word in words), error
    assert error.remedy
    assert error.exit_code == 65


def test_the_engines_own_text_stays_the_cause(tmp_path):
    error = failure(csv(tmp_path, f"{HEADER}\n{ROW}\no2"))
    assert isinstance(error.__cause__, duckdb.Error)


@pytest.mark.parametrize("text", [f"{HEADER}\n{ROW}", f"{HEADER}\r\n{ROW}\r\n"])
def test_a_complete_last_line_needs_no_newline(tmp_path, text):
    report = checked(csv(tmp_path, text)).report
    assert report.tables["orders"].rows_used == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_other_encodings_are_read_when_named(tmp_path, encoding):
    csv(tmp_path, f"{HEADER},channel\n{ROW},süd\n".encode(encoding))
    named = "utf-8" if encoding == "utf-8-sig" else encoding
    (tmp_path / "source.toml").write_text(
        f'[tables.orders]\nfile = "orders.csv"\nencoding = "{named}"\n'
    )
    with open_source(load_config(tmp_path)) as source:
        used = check(source, now=NOW).used["orders"]
        assert used.channel.execute().tolist() == ["süd"]


def test_a_cut_off_gzip_is_no_silent_loss(tmp_path):
    whole = gzip.compress("\n".join([HEADER, *[f"o{i}{ROW[2:]}" for i in range(9999)]]).encode())
    csv(tmp_path, whole[: len(whole) // 2], "orders.csv.gz")
    assert "orders.csv.gz" in str(failure(tmp_path))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda whole: whole[: len(whole) // 2], "was cut off"),
        (lambda whole: b"<html>not found</html>" * 10, "is not a Parquet file"),
        (lambda whole: whole[:4] + bytes(60) + whole[64:], "damaged inside"),
        (lambda whole: b"PAR1" + bytes(40) + b"PAR1", "damaged inside"),
    ],
)
def test_a_corrupt_parquet_is_named(tmp_path, damage, words):
    path = tmp_path / "orders.parquet"
    csv(tmp_path, f"{HEADER}\n" + f"{ROW}\n" * 500, "raw.csv")
    duckdb.read_csv(str(tmp_path / "raw.csv")).write_parquet(str(path))
    path.write_bytes(damage(path.read_bytes()))
    error = failure(tmp_path)
    assert str(path) in str(error), error
    assert words in str(error), error


def test_files_of_one_table_need_the_same_columns(tmp_path):
    csv(tmp_path, f"{HEADER}\n{ROW}\n", "orders_1.csv")
    swapped = "product_id,order_id,ordered_at,customer_id,unit_price,quantity"
    csv(tmp_path, f"{swapped}\np9,o2,2024-05-01,c1,3.50,7\n", "orders_2.csv")
    with open_source(load_config(tmp_path)) as source:
        used = check(source, now=NOW).used["orders"].order_by("order_id")
        assert used.quantity.execute().tolist() == [2, 7], "columns are matched by name"
    csv(tmp_path, f"{HEADER}\n{ROW}\n".replace("quantity", "qty"), "orders_3.csv")
    assert "orders_3.csv has no column 'quantity'" in str(failure(tmp_path))


def test_a_missing_file_is_named_with_the_nearest(tmp_path):
    csv(tmp_path, f"{HEADER}\n{ROW}\n")
    (tmp_path / "source.toml").write_text('[tables.orders]\nfile = "order.csv"\n')
    error = failure(tmp_path)
    assert "[tables.orders]" in str(error)
    assert "Did you mean 'orders.csv'?" in str(error)


def test_a_mapped_optional_table_that_is_broken_stops_too(tmp_path):
    csv(tmp_path, f"{HEADER}\n{ROW}\n")
    csv(tmp_path, "id,name\np1,A\n", "products.csv")
    assert "[tables.products]" in str(failure(tmp_path))
    csv(tmp_path, "product_id\np1\np1\n", "products.csv")
    error = failure(tmp_path)
    assert "'products' has 1 of 2 rows set aside (50.0%)" in str(error)
    assert "product_id_duplicated" in str(error), "the table of rules is part of the message"


def test_a_source_without_any_table_is_refused(tmp_path):
    toml = tmp_path / "shop.toml"
    toml.write_text('connect = "duckdb://"\n')
    error = failure(toml)
    assert "No table is mapped." in error.message
    assert "Map what you have of orders" in error.remedy


def test_a_column_of_the_wrong_kind_names_itself(tmp_path):
    duckdb.sql(
        "select 'o' as order_id, 5 as ordered_at, 'p' as product_id, 1 as quantity, 1 as unit_price"
    ).write_parquet(str(tmp_path / "orders.parquet"))
    error = failure(tmp_path)
    assert "[tables.orders]: column 'ordered_at' is int32" in str(error)


def test_a_sql_that_cannot_run_is_a_mistake_in_the_toml(tmp_path):
    (tmp_path / "source.toml").write_text('[tables.orders]\nsql = "select nothing from nowhere"\n')
    with pytest.raises(UsageError, match=r"source.toml: the sql of \[tables.orders\] .*nowhere"):
        checked(tmp_path)


def test_a_cast_in_a_sql_that_fails_says_how_to_lose_only_the_row(tmp_path):
    csv(tmp_path, f"{HEADER}\n{ROW}\n".replace(",2,", ",two,"), "raw.csv")
    (tmp_path / "source.toml").write_text(
        '[files]\nraw = "raw.csv"\n[tables.orders]\n'
        'sql = "select * replace (cast(quantity as int) as quantity) from raw"\n'
    )
    error = failure(tmp_path)
    assert "'two'" in str(error)
    assert "try_cast" in error.remedy


def test_hostile_names_and_values_stay_data(tmp_path):
    name = """id"; drop table x; --'"""
    quoted = '"' + name.replace('"', '""') + '"'
    value = "'; drop table orders; --"
    long = "x" * 100_000
    csv(
        tmp_path,
        f"{HEADER},{quoted}\n".replace("order_id,", "")
        + f'2024-05-01 08:00:00,"{value}","[bold]p",2,3.50,"a ""b"" c"\n'
        + f"2024-05-01 08:00:00,c,{long},{long},3.50,o2\n",
    )
    mapped = name.replace('"', '\\"')
    (tmp_path / "source.toml").write_text(
        f'[tables.orders]\nfile = "orders.csv"\ncolumns = {{ order_id = "{mapped}" }}\n'
    )
    with open_source(load_config(tmp_path)) as source:
        result = check(source, now=NOW)
        row = result.used["orders"].execute().iloc[0]
        assert (row.order_id, row.customer_id, row.product_id) == ('a "b" c', value, "[bold]p")
        rejected = result.rejects["orders"].execute().iloc[0]
        assert rejected.rule == "quantity_wrong_type"
        assert rejected.quantity == long, "the value is kept whole"
        example = result.report.tables["orders"].rules[0].examples[0]
        assert len(example["quantity"]) <= 80, "and shown short"


def test_an_engine_that_says_a_lot_is_cut_with_a_mark():
    said = explain(RuntimeError("Binder Error: " + "very " * 100), "tables.orders").message
    assert said.startswith("tables.orders cannot be read: very very")
    assert said.endswith("…")
    assert len(said) < 340
    short = explain(RuntimeError("Binder Error: no such column."), "tables.orders").message
    assert short == "tables.orders cannot be read: no such column."
