"""What a source says of its rows: constants, expressions, meanings, blanks, rows left out."""

import json
from datetime import date, datetime

import ibis
import pytest
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

from ops_widgets.contract import TABLES
from ops_widgets.errors import DataError, UsageError
from ops_widgets.sources.clock import to_utc
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.sources.date_formats import DateFormat
from ops_widgets.sources.moments import moments
from ops_widgets.sources.reading import Reading
from ops_widgets.sources.table_config import Mapped
from ops_widgets.sources.written import Written
from ops_widgets.summaries.build import prepare
from ops_widgets.validation.checks import check

NOW = datetime(2026, 1, 1, 12)
HEADER = "order_id,ordered_at,product_id,quantity,unit_price"


@pytest.fixture
def shop(tmp_path):
    """``shop(options, text) -> TOML`` of orders in one file."""

    def write(options, text, more="", name="o.csv"):
        (tmp_path / name).write_text(text)
        toml = tmp_path / "shop.toml"
        toml.write_text(f'{more}[tables.orders]\nfile = "o*.csv"\n{options}\n')
        return toml

    return write


def looked(source):
    with open_source(load_config(source)) as opened:
        found = check(opened, now=NOW)
        return found.used["orders"].order_by("order_id", "product_id").execute(), found.report


# --- columns -----------------------------------------------------------------------------------


def test_constants_expressions_and_meanings_of_values(shop):
    toml = shop(
        """
        types = { cents = "number" }
        [tables.orders.columns]
        order_id = "Order"
        ordered_at = { value = 2025-03-01 }
        product_id = { value = "gift" }
        quantity = { value = 1 }
        unit_price = { sql = "cents / 100" }
        status.values = { Shipped = "completed", " CANCELLED " = "cancelled", "*" = "returned" }
        channel = { column = "from", values = { a = "App" } }
        """,
        "Order,cents,status,from\n1,150,shipped ,a\n2,250,Cancelled,A \n3,350,odd,web\n4,450,,\n",
    )
    used, report = looked(toml)
    assert used.unit_price.tolist() == [1.5, 2.5, 3.5, 4.5]
    assert used.status.tolist() == ["completed", "cancelled", "returned", "completed"]
    assert used.channel.fillna("").tolist() == ["App", "App", "web", ""]
    assert set(used.product_id) == {"gift"} and set(used.quantity) == {1}
    assert {str(one) for one in used.ordered_at} == {"2025-03-01 00:00:00"}
    assert report.tables["orders"].rules == []


def test_a_value_that_is_no_number_is_set_aside_by_its_own_text(shop):
    """A type is for expressions: a column that is mapped as it stands keeps its text."""
    text = f"{HEADER}\n1,2025-03-01,p,1,abc\n2,2025-03-01,p,1,2\n"
    _, report = looked(shop(['types = { unit_price = "number" }', " = 1"][0], text))
    (rule,) = report.tables["orders"].rules
    assert (rule.rule, rule.examples[0]["unit_price"]) == ("unit_price_wrong_type", "abc")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("(select 1)", "not one expression"),
        ("1); drop table x; select (1", "not one expression"),
        ("count(*)", "not one expression"),
        ("1, 2", "not one expression"),
        ("nothing + 1", "cannot run"),
        ("unit_price / 100", "types = { price"),
    ],
)
@pytest.mark.parametrize("place", ["column", "drop"])
def test_an_expression_is_one_and_reads_its_row_only(shop, said, words, place):
    options = f'columns = {{ quantity = {{ sql = "{said}" }} }}'
    if place == "drop":
        options = f'drop = {{ some = "{said}" }}'
    with pytest.raises(UsageError, match=words) as error:
        looked(shop(options, f"{HEADER}\n1,2025-03-01,p,1,2\n"))
    assert "[tables.orders]" in str(error.value)


def test_an_expression_opens_no_file(shop, tmp_path):
    (tmp_path / "x.csv").write_text("a\n1\n")
    options = """columns = { channel = { sql = "(select a from 'x.csv')" } }"""
    with pytest.raises(UsageError, match="not one expression"):
        looked(shop(options, f"{HEADER}\n1,2025-03-01,p,1,2\n"))


@pytest.mark.parametrize("compiler", [PostgresCompiler, PySparkCompiler])
def test_forms_and_meanings_compile_for_other_engines(compiler, monkeypatch):
    from types import SimpleNamespace

    options = SimpleNamespace(pyspark=SimpleNamespace(treat_nan_as_null=False))
    monkeypatch.setattr("ibis.backends.sql.compilers.pyspark.options", options)
    forms = tuple(map(DateFormat, ("%d.%m.%Y %H:%M", "%b %d, %Y %I:%M %p", "%d/%m/%y")))
    written = Written(",", ".", forms, "Europe/Berlin")
    raw = ibis.table({name: "string" for name in TABLES["orders"].names}, name="orders")
    mapping = {
        "status": Mapped(column="status", values={"Shipped": "completed", "*": "returned"}),
        "quantity": Mapped(value=1),
    }
    reading = Reading.of(TABLES["orders"], mapping, raw, "", ibis.duckdb.connect(), written)
    typed = reading.typed(reading.rows)
    if compiler is PostgresCompiler:
        # It has no cast that may fail: texts are refused before. The forms are asked of it all
        # the same, and the zone of a typed moment.
        raw = raw.mutate(moment=ibis.null("timestamp(6)"))
        typed = raw.select(
            written=moments(written, raw.ordered_at, raw.ordered_at),
            utc=to_utc(raw.moment, "Europe/Berlin"),
        )
    assert compiler().to_sqlglot(typed).sql(compiler.dialect)


# --- rows --------------------------------------------------------------------------------------

LINES = """Name,Email,Created at,Total,Lineitem
#1,a@x,2025-03-01,30,p
#1,,,,q
#2,,2025-03-02,10,p
#2,b@x,,,q
#1,,,,r
#3,c@x,2025-03-03,5,p
"""
FILLED = """
fill_down = ["Email", "Created at"]
[tables.orders.columns]
order_id = "Name"
ordered_at = "Created at"
customer_id = "Email"
product_id = "Lineitem"
quantity = { value = 1 }
unit_price = { value = 2.5 }
"""


def test_blanks_take_the_value_above_within_their_order(shop):
    used, report = looked(shop(FILLED, LINES))
    found = list(zip(used.order_id, used.product_id, used.customer_id.fillna(""), strict=True))
    assert found == [
        ("#1", "p", "a@x"), ("#1", "q", "a@x"), ("#1", "r", "a@x"),
        ("#2", "p", ""), ("#2", "q", "b@x"), ("#3", "p", "c@x"),
    ]  # fmt: skip
    assert [str(one)[:10] for one in used.ordered_at] == [
        *["2025-03-01"] * 3, *["2025-03-02"] * 2, "2025-03-03",
    ]  # fmt: skip
    assert report.tables["orders"].rows_rejected == 0


def test_the_order_itself_may_stand_on_its_first_line_only(shop):
    lines = LINES.replace("#1,,,,r\n", "").replace("#1,,", ",,").replace("#2,b", ",b")
    options = FILLED.replace('["Email"', '["Name", "Email"')
    used, _ = looked(shop(options, lines))
    assert used.order_id.tolist() == ["#1", "#1", "#2", "#2", "#3"]
    assert used.customer_id.fillna("").tolist() == ["a@x", "a@x", "", "b@x", "c@x"]


def test_files_fill_down_in_the_order_of_their_rows_each_alone(shop, tmp_path):
    many = "".join(
        f"#{n // 3},{'' if n % 3 else f'c{n // 3}'},2025-03-01,1,p{n}\n" for n in range(30_000)
    )
    toml = shop(FILLED, "Name,Email,Created at,Total,Lineitem\n" + many)
    (tmp_path / "o2.csv").write_text("Name,Email,Created at,Total,Lineitem\n#0,,2025-03-01,1,x\n")
    used, _ = looked(toml)
    known = used[used.customer_id.notna()]
    assert (known.customer_id.str[1:] == known.order_id.str[1:]).all()
    assert (len(used), len(known)) == (30_001, 30_000)


def test_fill_down_and_drop_under_files(tmp_path):
    (tmp_path / "raw.csv").write_text(LINES + "Total,,,999,\n")
    (tmp_path / "shop.toml").write_text(
        """
        [files.raw]
        file = "raw.csv"
        fill_down = ["Created at", "Total"]
        fill_within = "Name"
        types = { Total = "integer", "Created at" = "date" }
        drop = { totals = "Name = 'Total'" }
        [tables.orders]
        sql = '''select Name as order_id, "Created at" as ordered_at, Lineitem as product_id,
                 1 as quantity, Total * 2 as unit_price from raw'''
        """
    )
    used, report = looked(tmp_path / "shop.toml")
    assert used.unit_price.tolist() == [60, 60, 60, 20, 20, 10]
    (rule,) = report.tables["orders"].rules
    assert (rule.table, rule.rule, rule.count) == ("files.raw", "totals", 1)


def test_what_a_sql_does_not_see_is_counted(tmp_path):
    (tmp_path / "raw.csv").write_text(
        f"{HEADER}\n1,2025-03-01,p,1,abc\n2,2025-03-01,p,1,2\n3,,,,\n"
    )
    (tmp_path / "shop.toml").write_text(
        '[files]\nraw = { file = "raw.csv", types = { unit_price = "number" } }\n'
        "[tables.orders]\nsql = 'select * from raw where order_id <> 3'\n"
    )
    _, report = looked(tmp_path / "shop.toml")
    found = {(rule.table, rule.rule): rule.count for rule in report.tables["orders"].rules}
    assert found["files.raw", "unit_price_wrong_type"] == 1


DROPPED = "drop = { totals = \"order_id LIKE 'Total%'\", early = \"ordered_at < '2025'\" }"
ROWS = f"""{HEADER}
1,2025-03-01,p,1,2
Total: all,,,1,2
2,2024-03-01,p,1,2
3,2025-03-02,p,x,2
4,2025-03-02,p,1,2
4,2025-03-02,p,1,2
"""


def test_rows_left_out_are_counted_by_their_name_and_are_no_mess(shop):
    used, report = looked(shop(DROPPED, ROWS))
    result = report.tables["orders"]
    assert (result.rows_in, result.rows_used, result.rows_rejected, result.rows_left_out) == (
        6,
        2,
        2,
        2,
    )
    assert result.rejected_share == 2 / 4
    assert used.order_id.tolist() == ["1", "4"]
    left = {rule.rule: rule for rule in result.rules if rule.severity == "left_out"}
    assert {name: rule.count for name, rule in left.items()} == {"totals": 1, "early": 1}
    assert left["totals"].examples[0]["line"] == 3
    assert left["early"].examples[0] | {"unit_price": "2"} == left["early"].examples[0]
    assert report.to_dict()["tables"]["orders"]["rows_left_out"] == 2
    assert json.dumps(report.to_dict())


def test_a_refresh_counts_what_is_left_out_as_a_new_build_does(shop, tmp_path, monkeypatch):
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "store"))
    shop(DROPPED, ROWS, "max_rejected_share = 1.0\n")
    first = prepare(tmp_path / "shop.toml", now=NOW).manifest["check"]["tables"]["orders"]
    assert first["rows_left_out"] == 2
    (tmp_path / "o2.csv").write_text(
        f"{HEADER}\n5,2025-04-01,p,1,2\nTotal,,,,\n6,2023-04-01,p,1,2\n"
    )
    again = prepare(tmp_path / "shop.toml", now=NOW).manifest["check"]["tables"]["orders"]
    assert (again["rows_in"], again["rows_left_out"], again["rows_used"]) == (9, 4, 3)
    counts = {rule["rule"]: rule["count"] for rule in again["rules"]}
    assert counts == {"quantity_wrong_type": 1, "exact_duplicate": 1, "totals": 2, "early": 2}
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "other"))
    whole = prepare(tmp_path / "shop.toml", now=NOW).manifest["check"]["tables"]["orders"]
    assert again == whole


def test_options_are_part_of_what_a_source_means(shop):
    toml = shop("", ROWS)
    seen = set()
    for options in ("", "skip = 0", 'decimal = ","', 'timezone = "Asia/Shanghai"', DROPPED):
        toml.write_text(f'[tables.orders]\nfile = "o*.csv"\n{options}\n')
        with open_source(load_config(toml)) as opened:
            seen.add(opened.fingerprint())
    assert len(seen) == 4, "what is the default anyway changes nothing"


def test_typed_moments_without_a_zone_are_local_too(tmp_path):
    import duckdb

    duckdb.sql(
        "select 'a' as order_id, timestamp '2025-07-01 12:00' as ordered_at, 'p' as product_id, "
        "1 as quantity, 2.0 as unit_price"
    ).write_parquet(str(tmp_path / "o.parquet"))
    (tmp_path / "shop.toml").write_text(
        '[tables.orders]\nfile = "o.parquet"\ntimezone = "America/Vancouver"\n'
    )
    used, _ = looked(tmp_path / "shop.toml")
    assert str(used.ordered_at.iloc[0]) == "2025-07-01 19:00:00"


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ('quote = "ab"', "quote must be one character"),
        ('decimal = ";"', 'decimal must be "." or ","'),
        ('thousands = "x"', "thousands must be"),
        ('decimal = ","\nthousands = ","', "decimal and thousands are both ','"),
        ('encoding = "gzip"', "encoding 'gzip' is none"),
        ('encoding = "base64"', "encoding 'base64' is none"),
        ("skip = -1", "skip"),
        ('date_format = "%d.%m"', "lacks %Y or %y"),
        ('date_format = ["%d/%m/%Y", "%m/%d/%Y"]', "fit the same values"),
        ('timezone = "Europe/Berlim"', "Did you mean 'Europe/Berlin'"),
        ('types = { a = "money" }', "types"),
        ('fill_within = "a"', "fill_within needs fill_down"),
        ('drop = { "a b" = "x" }', "drop.a b must be letters"),
        ("columns = { quantity = { value = 1, sql = '2' } }", "give one of column, value and sql"),
        ("columns = { quantity = '' }", "columns.quantity says nothing"),
        ("columns = { quantity = { vale = 1 } }", "'value'"),
        ('columns = { status = { values = { a = "x", "A " = "y" } } }', "more than once"),
    ],
)
def test_an_option_that_has_no_meaning_is_refused_by_name(shop, options, words):
    with pytest.raises(UsageError) as error:
        load_config(shop(options, ROWS))
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("[files.raw]\nskip = 1", "give the file"),
        ('[files]\nraw = { file = "a", decimal = "," }', "decimal needs types"),
        ('[files]\nraw = { file = "a", colums = "," }', "unknown key 'colums'"),
        ('[tables.orders]\nsql = "select 1"\nskip = 2', "[files] raw = { file"),
        ('[tables.orders]\ntable = "t"\ndrop = { a = "b" }', "drop is for a file"),
    ],
)
def test_an_option_in_the_wrong_place_is_refused(tmp_path, section, words):
    (tmp_path / "shop.toml").write_text(section)
    with pytest.raises(UsageError) as error:
        load_config(tmp_path / "shop.toml")
    assert words in str(error.value)


@pytest.mark.parametrize("option", ['types = { no = "number" }', 'fill_down = ["no"]'])
def test_an_option_that_names_no_column_says_so(shop, option):
    with pytest.raises(DataError, match="no column 'no', named in"):
        looked(shop(option, ROWS))


def test_a_constant_day_is_one_on_every_day_column():
    assert Mapped(value=date(2025, 3, 1)).value == date(2025, 3, 1)
    assert Mapped.of("A", "x").column == "A" and Mapped.of(Mapped(value=1), "x").column == ""
