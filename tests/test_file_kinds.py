"""The same rows in every kind of file; what DuckDB does not read itself becomes plain text."""

import gzip
import io
import json
import zipfile
from datetime import date, datetime

import pytest

from ops_widgets.errors import DataError, UsageError
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.validation.checks import check

NOW = datetime(2026, 1, 1, 12)
NAMES = ["order_id", "ordered_at", "product_id", "quantity", "unit_price", "channel"]
ROWS = [
    ["3300000000000000001", "2025-03-01 08:00:00", "p 1", "2", "1.10", 'a "b", c'],
    ["17850", "2025-03-02", "保温杯", "1", "3", ""],
    ["x", "2025-03-03 00:00:01", "p", "two", "3", "two\nlines"],
    ["y", "2025-03-04 00:00:00", "p", "1", "3", "ü"],
]


def text(rows, delimiter=",", end="\n"):
    quoted = [['"' + value.replace('"', '""') + '"' for value in row] for row in [NAMES, *rows]]
    return "".join(delimiter.join(row) + end for row in quoted)


def objects():
    return [dict(zip(NAMES, row, strict=True)) for row in ROWS]


def book(rows=ROWS, before=()):
    pytest.importorskip("python_calamine")
    openpyxl = pytest.importorskip("openpyxl")
    made = openpyxl.Workbook()
    made.active.title = "Notes"
    sheet = made.create_sheet("Orders")
    for row in [*before, NAMES, *rows]:
        sheet.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def zipped(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("__MACOSX/._orders.csv", b"\x00")
        archive.writestr("read me.pdf", b"%PDF")
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return stream.getvalue()


KINDS = {
    "orders.csv": lambda: text(ROWS).encode(),
    "orders.csv.gz": lambda: gzip.compress(text(ROWS).encode()),
    "orders.tsv": lambda: text(ROWS, "\t").encode("utf-8-sig"),
    "orders.jsonl": lambda: "\n".join(map(json.dumps, objects())).encode(),
    "orders.ndjson": lambda: "\n\n".join(map(json.dumps, objects())).encode(),
    "orders.json": lambda: json.dumps(objects(), indent=1, ensure_ascii=False).encode(),
    "orders.zip": lambda: zipped(orders_csv=text(ROWS)),
}


def looked(source):
    with open_source(load_config(source)) as opened:
        found = check(opened, now=NOW)
        frames = {name: table.execute() for name, table in found.used.items()}
        return frames["orders"].sort_values("order_id"), found.report.tables["orders"]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_file_has_the_same_rows(tmp_path, name):
    (tmp_path / name).write_bytes(KINDS[name]())
    used, result = looked(tmp_path)
    assert used.order_id.tolist() == ["17850", "3300000000000000001", "y"]
    assert used.product_id.tolist() == ["保温杯", "p 1", "p"]
    assert used.unit_price.tolist() == [3.0, 1.1, 3.0]
    assert used.channel.fillna("").tolist() == ["", 'a "b", c', "ü"]
    (rule,) = result.rules
    assert (rule.rule, rule.examples[0]["row"]) == ("quantity_wrong_type", 3)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gb18030", "cp949", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_encoding_of_python_is_read(tmp_path, encoding, end):
    rows = [[value.replace("ü", "u") for value in row] for row in ROWS]
    rows[1][2] = "주문" if encoding == "cp949" else rows[1][2]
    (tmp_path / "o.csv").write_bytes(text(rows, end=end).encode(encoding))
    (tmp_path / "shop.toml").write_text(
        f'[tables.orders]\nfile = "o.csv"\nencoding = "{encoding}"\n'
    )
    used, result = looked(tmp_path / "shop.toml")
    assert used.product_id.tolist()[0] == rows[1][2]
    assert result.rules[0].examples[0]["line"] == 4


def test_lines_are_those_of_the_file_whatever_is_skipped(tmp_path):
    title = 'Report, of "May"\n\n'
    body = text(ROWS[:2]) + '# a remark, "open\n\n' + text(ROWS[2:]).split("\n", 1)[1]
    quoted = '"z","2025-03-05","p","1","x","a\n# no remark"\n'
    (tmp_path / "o.csv").write_text(title + body + quoted)
    (tmp_path / "shop.toml").write_text(
        '[tables.orders]\nfile = "o.csv"\nskip = 2\ncomment = "#"\n'
    )
    used, result = looked(tmp_path / "shop.toml")
    lines = (title + body + quoted).split("\n")
    places = {rule.rule: rule.examples[0]["line"] for rule in result.rules}
    for rule, first in (("quantity_wrong_type", '"x"'), ("unit_price_wrong_type", '"z"')):
        assert lines[places[rule] - 1].startswith(first)
    assert len(used) == 3


def test_a_workbook_is_read_as_people_see_it(tmp_path):
    rows = [
        [17850.0, datetime(2025, 3, 1, 8, 30), "p", 2, 1.25, None],
        ["A-1", date(2025, 3, 2), "q", 1.0, "=1+2", True],
        [None] * 6,
        ["A-2", "2025-03-02", "q", "two", 1, None],
    ]
    (tmp_path / "o.xlsx").write_bytes(book(rows, before=[["A report"], []]))
    toml = tmp_path / "shop.toml"
    toml.write_text('[tables.orders]\nfile = "o.xlsx"\nsheet = "Orders"\nskip = 2\n')
    used, result = looked(toml)
    assert used.order_id.tolist() == ["17850"]
    assert str(used.ordered_at.iloc[0]) == "2025-03-01 08:30:00"
    places = {rule.rule: rule.examples[0]["line"] for rule in result.rules}
    # The formula has no value yet: a spreadsheet program has never opened the file.
    assert places == {"unit_price_missing": 5, "quantity_wrong_type": 7}
    toml.write_text('[tables.orders]\nfile = "o.xlsx"\nsheet = "orders"\n')
    with pytest.raises(DataError, match=r"no sheet 'orders'.*'Notes', 'Orders'"):
        looked(toml)


def test_a_title_in_a_workbook_is_seen(tmp_path):
    (tmp_path / "o.xlsx").write_bytes(book(before=[["A report"], []]))
    (tmp_path / "shop.toml").write_text('[tables.orders]\nfile = "o.xlsx"\nsheet = "Orders"\n')
    with pytest.raises(DataError, match="skip = 2"):
        looked(tmp_path / "shop.toml")


def test_an_archive_of_months_is_one_table(tmp_path):
    swapped = "unit_price,quantity,order_id,ordered_at,product_id\n"
    swapped += "x,1,B,2025-04-01,p\n5,1,C,2025-04-02,p\n"
    (tmp_path / "orders.zip").write_bytes(zipped(a_csv=text(ROWS[:2]), b_csv=swapped))
    with pytest.raises(DataError, match=r"b\.csv, line 1 has no column 'channel'"):
        looked(tmp_path)
    swapped = swapped.replace("product_id", "product_id,channel").replace(",p\n", ",p,web\n")
    (tmp_path / "orders.zip").write_bytes(zipped(a_csv=text(ROWS[:2]), b_csv=swapped))
    used, result = looked(tmp_path)
    assert used.order_id.tolist() == ["17850", "3300000000000000001", "C"]
    example = result.rules[0].examples[0]
    assert (example["file"], example["line"], example["order_id"]) == ("orders.zip/b.csv", 2, "B")
    (tmp_path / "orders.zip").write_bytes(zipped())
    with pytest.raises(DataError, match="holds no CSV, JSON or workbook"):
        looked(tmp_path)


def test_names_of_columns_lose_their_blanks(tmp_path):
    (tmp_path / "orders.csv").write_text(
        " order_id,ordered_at ,\u00a0product_id\u00a0,quantity,\tunit_price\nA,2025-03-01,p,1,2\n"
    )
    used, _ = looked(tmp_path)
    assert used.product_id.tolist() == ["p"]


def test_json_keeps_every_digit_and_finds_every_key(tmp_path):
    (tmp_path / "orders.jsonl").write_text(
        '{"order_id": 12345678901234567890, "ordered_at": "2025-03-01", "unit_price": 1.10, '
        '"product_id": 7, "quantity": 1}\n'
        '{"order_id": "b", "ordered_at": "2025-03-01", "unit_price": 2, "product_id": null, '
        '"quantity": 1, "channel": ["a", {"b": 1}]}\n'
    )
    used, result = looked(tmp_path)
    assert used.order_id.tolist() == ["12345678901234567890"]
    assert (result.rules[0].rule, result.rules[0].examples[0]["line"]) == ("product_id_missing", 2)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("orders.json", b'[{"order_id": 1},\n {"order_id": }]', "is no JSON: line 2"),
        ("orders.jsonl", b'{"order_id": 1}\n[1]\n', "line 2 is no object"),
        ("orders.zip", b"PK no archive", "damaged inside"),
        ("orders.csv.gz", b"no archive", "damaged inside"),
        ("orders.xlsx", b"no workbook", "cannot be read as a workbook"),
        ("orders.csv", b"\n\n", "no header and no rows"),
    ],
)
def test_a_broken_file_is_named(tmp_path, name, data, words):
    if name == "orders.xlsx":
        pytest.importorskip("python_calamine")
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=words) as error:
        looked(tmp_path)
    assert name in str(error.value)
    assert error.value.remedy


def test_a_row_of_another_width_is_named_also_where_a_copy_is_read(tmp_path):
    (tmp_path / "orders.csv").write_bytes((text(ROWS[1:2]) + "\n\na,b\n").encode("gb18030"))
    (tmp_path / "shop.toml").write_text(
        '[tables.orders]\nfile = "orders.csv"\nencoding = "gb18030"\n'
    )
    with pytest.raises(DataError, match=r"orders.csv, line 5 has 2 of 6 columns"):
        looked(tmp_path / "shop.toml")


def test_copies_are_gone_when_the_source_is_closed(tmp_path):
    (tmp_path / "orders.jsonl").write_bytes(KINDS["orders.jsonl"]())
    spill = tmp_path / "spill"
    with open_source(load_config(tmp_path), temp_directory=spill) as opened:
        assert opened.table("orders").count().execute() == 4
        assert [path.suffix for path in spill.rglob("*") if path.is_file()] == [".csv"]
    assert not [path for path in spill.rglob("*") if path.is_file()]


def test_a_sql_reads_what_was_copied_and_nothing_else(tmp_path):
    (tmp_path / "raw.json").write_bytes(KINDS["orders.json"]())
    (tmp_path / "other.csv").write_text("a\n1\n")
    toml = tmp_path / "shop.toml"
    sql = "select * from raw where order_id <> 'x'"
    toml.write_text(f'[files]\nraw = "raw.json"\n[tables.orders]\nsql = "{sql}"\n')
    used, _ = looked(toml)
    assert len(used) == 3
    toml.write_text(toml.read_text().replace(sql, "select * from 'other.csv'"))
    with pytest.raises(UsageError, match="which \\[files\\] does not name"):
        looked(toml)


def test_a_column_without_any_value_is_empty_whatever_a_writer_calls_it(tmp_path):
    import pandas as pd

    pd.DataFrame(
        {"slot_id": ["a", "b"], "capacity": [1, 2], "starts_on": [None, None], "page": [None, None]}
    ).to_parquet(tmp_path / "slots.parquet")
    with open_source(load_config(tmp_path)) as source:
        rows = source.table("slots").execute()
    assert rows["starts_on"].isna().all() and rows["page"].isna().all()
    assert list(rows["capacity"]) == [1, 2]
