"""Ids that exports and spreadsheets left behind are named or refused, and never merged."""

import re
import shutil
from collections import Counter
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ops_widgets.contract import TABLES
from ops_widgets.contract.table import ID
from ops_widgets.errors import DataError
from ops_widgets.sources.config import TableConfig, load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store
from ops_widgets.validation.checks import check, require_usable
from ops_widgets.validation.report import as_text

from .tiny import write

NOW = datetime(2030, 1, 1)
CASES = Path(__file__).parents[2] / "shared" / "cases"
LINE = {"order_id": "o", "ordered_at": "2025-03-01 10:00:00", "customer_id": "c"}

NOTHING = [
    *("NULL", "null", "nan", "NaN", "None", "N/A", "n/a", "#N/A", "undefined", "-", "--", "—"),
    *("<NA>", "(null)", "NaT", "nil", "\\N", "#REF!", "unknown", "?", "(not set)", " NULL "),
]
RUINED = ["3.3E+18", "1.23457E+11", "6,90123E+12", "1E+18", "3.3e18", "2.5e+20", " 3.3E+18 "]
AS_NUMBERS = ["17850.0", "17850.00", "0.0"]
ROUNDED = ["330012345678901000", "6901234567890120000"]
#: Ids that look like some of these, and are good ones.
GOOD = [
    *("3E10", "1e5", "E+18", "10.5", "17850", "007", "A-1", "nullable", "Nancy", "N", "0", "-1"),
    *("330012345678901230", "100000000000000000x", "12000", "1.0.0", "2025-W01", "x/y", "无", "É"),
]


def used_and_noted(folder, **tables):
    with open_source(load_config(write(folder, **tables))) as source:
        checked = check(source, now=NOW)
        rows = {name: checked.used[name].execute() for name in tables}
    rules = {
        name: {rule.rule: rule.count for rule in table.rules}
        for name, table in checked.report.tables.items()
    }
    return rows, rules, checked.report


def test_every_column_that_is_called_an_id_is_one():
    for table in TABLES.values():
        for column in table.columns:
            assert (column.unit == ID) == column.name.endswith("_id"), column.name


# --- one by one --------------------------------------------------------------------------------


def test_each_form_is_taken_for_what_it_is(tmp_path):
    texts = [*NOTHING, *RUINED, *AS_NUMBERS, *ROUNDED, *GOOD]
    lines = [LINE | {"order_id": f"o{i}", "customer_id": text} for i, text in enumerate(texts)]
    lines += [LINE | {"order_id": text, "customer_id": "c"} for text in (NOTHING[0], RUINED[0])]
    rows, rules, report = used_and_noted(tmp_path, orders=lines)
    assert set(rows["orders"].customer_id.dropna()) == {*AS_NUMBERS, *ROUNDED, *GOOD}
    assert rows["orders"].customer_id.isna().sum() == len(NOTHING)
    assert rules["orders"] == {
        "order_id_ruined": 1,
        "customer_id_ruined": len(RUINED),
        "order_id_missing": 1,
        "customer_unknown": len(NOTHING),
        "customer_id_placeholder": len(NOTHING),
        "customer_id_as_number": len(AS_NUMBERS),
        "customer_id_rounded": len(ROUNDED),
    }
    first = {rule.rule: rule.examples[0] for rule in report.tables["orders"].rules}
    assert first["order_id_missing"]["order_id"] == NOTHING[0]
    assert first["customer_id_placeholder"]["customer_id"] == NOTHING[0]
    assert first["order_id_ruined"]["order_id"] == RUINED[0]
    assert first["customer_id_ruined"]["customer_id"] == RUINED[0]


# --- all together, against a reader that knows nothing of it ------------------------------------

TEXTS = st.sampled_from([*NOTHING, *RUINED, *AS_NUMBERS, *ROUNDED, *GOOD, "", "  "])


def naive(text):
    """What the documentation says of an id: ``ruined``, ``nothing``, ``placeholder`` or ``id``."""
    plain = text.strip()
    if not plain:
        return "nothing"
    if text in NOTHING:
        return "placeholder"
    mantissa, sign, exponent = re.split("([eE])", plain + "e")[:3]
    if sign and re.fullmatch(r"\+?\d{1,3}", exponent.removesuffix("e")):
        number = re.fullmatch(r"\d+([.,]\d*)?", mantissa)
        if number and (number[1] or exponent.startswith("+")):
            return "ruined"
    return "id"


@settings(deadline=None, max_examples=8)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=60))
def test_every_row_is_used_or_named_whatever_its_ids(tmp_path_factory, drawn):
    folder = tmp_path_factory.mktemp("ids")
    # A price of its own keeps rows from being copies.
    orders = [
        LINE | {"order_id": order, "customer_id": who, "product_id": what, "unit_price": i + 1}
        for i, (order, who, what) in enumerate(drawn)
    ]
    rows, rules, report = used_and_noted(folder, orders=orders)
    expected, used = Counter(), []
    for i, texts in enumerate(drawn):
        kinds = [naive(text) for text in texts]
        names = ("order_id", "customer_id", "product_id")
        ruined = [n for n, kind in zip(names, kinds, strict=True) if kind == "ruined"]
        lost = [n for n, kind in zip(names, kinds, strict=True) if kind != "id"]
        if ruined:
            expected[f"{ruined[0]}_ruined"] += 1
        elif missing := [name for name in ("order_id", "product_id") if name in lost]:
            expected[f"{missing[0]}_missing"] += 1
        else:
            used.append((i + 1, texts[0], None if "customer_id" in lost else texts[1], texts[2]))
            expected["customer_unknown"] += "customer_id" in lost
            expected["customer_id_placeholder"] += kinds[1] == "placeholder"
            for name, text in zip(names, texts, strict=True):
                expected[f"{name}_as_number"] += text in AS_NUMBERS
                expected[f"{name}_rounded"] += text in ROUNDED
    frame = rows["orders"].sort_values("unit_price")
    found = [
        (price, order, None if who != who or who is None else who, what)
        for price, order, who, what in zip(
            frame.unit_price, frame.order_id, frame.customer_id, frame.product_id, strict=True
        )
    ]
    assert found == used
    assert rules["orders"] == dict(+expected)
    table = report.tables["orders"]
    assert table.rows_in == table.rows_used + table.rows_rejected == len(drawn)


# --- typed columns -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "good", "lost"),
    [("double", 2**53 - 1, 2**53), ("float", 2**24 - 1, 2**24), ("decimal(38, 0)", 10**20, None)],
)
def test_a_column_of_fractions_holds_ids_as_far_as_it_is_exact(tmp_path, kind, good, lost):
    values = [good, *([] if lost is None else [lost, lost * 2])]
    select = " union all ".join(
        f"select '{i}' as order_id, timestamp '2025-03-01' as ordered_at, 'p' as product_id, "
        f"1 as quantity, 1.0 as unit_price, {value}::{kind} as customer_id"
        for i, value in enumerate(values)
    )
    duckdb.sql(select).write_parquet(str(tmp_path / "orders.parquet"))
    with open_source(load_config(tmp_path)) as source:
        checked = check(source, now=NOW)
        assert checked.used["orders"].customer_id.execute().tolist() == [str(good)]
    found = {rule.rule: rule.count for rule in checked.report.tables["orders"].rules}
    assert found == ({} if lost is None else {"customer_id_ruined": 2})


# --- every reader reads the same ----------------------------------------------------------------


def test_summaries_and_refresh_take_a_word_for_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "stores"))
    orders = [
        LINE | {"order_id": f"o{i}", "customer_id": who, "ordered_at": f"2025-0{i % 3 + 1}-05"}
        for i, who in enumerate(["c1", "NULL", "nan", "-", "c1", "NULL", "#N/A", "c2"])
    ]
    audience = [
        {"campaign_id": "k", "customer_id": who, "arm": "treatment", "assigned_at": "2025-01-01"}
        for who in ("c1", "NULL", "nan")
    ]
    campaigns = [{"campaign_id": "k", "starts_on": "2025-01-01", "ends_on": "2025-03-31"}]
    shop = write(
        tmp_path / "shop",
        "max_rejected_share = 1.0",
        orders=orders,
        campaign_audience=audience,
        campaigns=campaigns,
    )
    for _ in range(2):
        prepare(shop, now=NOW)
        store = open_store(shop)
        unknown = store.query(
            "select sum(orders)::int n, sum(orders_of_unknown)::int u from orders_day"
        )
        assert unknown.iloc[0].tolist() == [8, 5]
        assert store.query("select customers from campaign_arm").customers.tolist() == [1]
        store.close()
        # The second time a month is read anew, and the others are reused.
        write(
            tmp_path / "shop",
            "max_rejected_share = 1.0",
            orders=[*orders[:-1], orders[-1] | {"unit_price": 11}],
            campaign_audience=audience,
            campaigns=campaigns,
        )


# --- the remedies, followed to the letter --------------------------------------------------------


def test_the_case_of_a_spreadsheet_is_refused_and_named(tmp_path):
    if not (CASES / "sci").is_dir():
        pytest.skip(f"{CASES} is not there")
    shutil.copytree(CASES / "sci", tmp_path / "sci")
    with open_source(load_config(tmp_path / "sci")) as source:
        report = check(source, now=NOW).report
    with pytest.raises(DataError, match="no usable row"):
        require_usable(report)
    (rule,) = report.tables["orders"].rules
    assert (rule.rule, rule.count) == ("order_id_ruined", 6)
    for value in ("3.3E+18", "1.23457E+11", "6.90123E+12"):
        assert value in as_text(report)


def customers(source):
    with open_source(load_config(source)) as opened:
        checked = check(opened, now=NOW)
        found = set(checked.used["orders"].customer_id.execute())
    return found, {rule.rule: rule for rule in checked.report.tables["orders"].rules}


TWO_FORMS = "order_id,ordered_at,{},product_id,quantity,unit_price\n" + "".join(
    f"{i},2025-03-01,{who},p,1,5\n" for i, who in enumerate(["17850.0", "17850", "17851.00"])
)


def test_two_forms_of_an_id_become_one_by_the_select_that_is_told(tmp_path):
    (tmp_path / "sales.csv").write_text(TWO_FORMS.format("customer_id"))
    source = tmp_path / "shop.toml"
    sql = "SELECT order_id, ordered_at, customer_id, product_id, quantity, unit_price FROM raw"
    toml = "[files]\nraw = 'sales.csv'\n[tables.orders]\nsql = '''%s'''\n"
    source.write_text(toml % sql)
    found, rules = customers(source)
    assert found == {"17850.0", "17850", "17851.00"}
    told = re.search("select (.* AS customer_id)", rules["customer_id_as_number"].remedy)
    source.write_text(toml % sql.replace("customer_id", told[1], 1))
    assert customers(source) == ({"17850", "17851"}, {})


def takes_expressions():
    """Whether a column of a table may be an expression over the columns of its file."""
    columns = {"columns": {"customer_id": {"sql": "x"}}}
    try:
        TableConfig.model_validate({"file": "x.csv"} | columns)
    except ValidationError:
        return False
    return True


@pytest.mark.skipif(not takes_expressions(), reason="columns take no expressions yet")
@pytest.mark.parametrize("column", ["customer_id", "Customer ID"])
def test_two_forms_of_an_id_become_one_by_the_lines_that_are_told(tmp_path, column):
    (tmp_path / "orders.csv").write_text(TWO_FORMS.format(column))
    source = tmp_path / "shop.toml"
    mapped = "" if column == "customer_id" else f"columns = {{ customer_id = '{column}' }}\n"
    source.write_text(f"[tables.orders]\nfile = 'orders.csv'\n{mapped}")
    found, rules = customers(source)
    assert found == {"17850.0", "17850", "17851.00"}
    source.write_text(rules["customer_id_as_number"].lines)
    assert customers(source) == ({"17850", "17851"}, {})
