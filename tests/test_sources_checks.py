"""Rows in are rows used and rows set aside, each by the first rule it breaks; nothing is lost."""

import csv
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_widgets.contract import TABLES
from ops_widgets.contract.tables.orders import STATUSES
from ops_widgets.errors import DataError
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.validation.checks import check, require_usable, write_rejects
from ops_widgets.validation.report import as_text

NOW = datetime(2024, 6, 1, 12)
ORDERS = (
    *("order_id", "ordered_at", "customer_id", "product_id"),
    *("quantity", "unit_price", "discount", "status"),
)


def write(folder: Path, name: str, columns: tuple[str, ...], rows: list[tuple]) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([columns, *rows])


# --- every row is judged once, by the first rule it breaks -------------------------------------

PRODUCTS = ["p1", "p2"]
ORDER_ROWS = st.tuples(
    st.sampled_from(["o1", "o2", ""]),
    st.sampled_from(["2024-05-01 10:00", "2024-06-02T11:59", "1900-01-01", "2099-01-01", "soon"]),
    st.sampled_from(["c1", ""]),
    st.sampled_from([*PRODUCTS, "p9", ""]),
    st.sampled_from(["1", "2.0", "0", "-1", "1.5", "two", ""]),
    st.sampled_from(["3.5", "0", "-2", "nan", "inf", "3,5"]),
    st.sampled_from(["", "0", "-1"]),
    st.sampled_from(["", "completed", "returned", "gone"]),
)


def number(text: str) -> float | None:
    """The value of a text, None for none; raises ValueError where it is no finite number."""
    value = float(text) if text not in ("", "nan") else None
    if value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def judge(row: tuple[str, ...]) -> str | None:
    """The first rule that one order line breaks, written without the contract or an engine."""
    order, at, _, product, quantity, price, discount, status = row
    wrong: list[str] = []
    values: dict[str, float | None] = {}
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
        wrong.append("ordered_at_wrong_type")
    for name, text in (("quantity", quantity), ("unit_price", price), ("discount", discount)):
        try:
            values[name] = number(text)
            if name == "quantity" and values[name] and values[name] % 1:
                raise ValueError(text)
        except ValueError:
            wrong.append(f"{name}_wrong_type")
    if wrong:
        return wrong[0]
    broken = {
        "order_id_missing": not order,
        "product_id_missing": not product,
        "quantity_missing": values["quantity"] is None,
        "unit_price_missing": values["unit_price"] is None,
        "ordered_at_too_early": moment.year < 1990,
        "ordered_at_in_future": moment > NOW + timedelta(days=1),
        "quantity_not_positive": (values["quantity"] or 0) <= 0,
        "unit_price_not_positive": (values["unit_price"] or 0) <= 0,
        "discount_negative": (values["discount"] or 0) < 0,
        "status_unknown": status not in ("", *STATUSES),
    }
    return next((rule for rule, is_broken in broken.items() if is_broken), None)


def meaning(row: tuple[str, ...]) -> tuple:
    """What one good line says: two lines that say the same are copies."""
    return (*row[:4], float(row[4]), float(row[5]), row[6] and float(row[6]), row[7] or "completed")


@settings(max_examples=25, deadline=None)
@given(st.lists(ORDER_ROWS, max_size=25))
def test_rows_in_are_rows_used_and_rows_rejected(rows):
    # Quantities are in use here, so that equal lines are copies and not pieces.
    rows = rows + [(f"s{i}", "2024-05-01", "c1", "p1", "2", "3.5", "", "") for i in range(2)]
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, "orders", ORDERS, rows)
        write(folder, "products", ("product_id",), [(p,) for p in PRODUCTS])
        with open_source(load_config(folder)) as source:
            checked = check(source, now=NOW)
            result = checked.report.tables["orders"]
            used = checked.used["orders"].execute()
            written = write_rejects(checked, folder / "rejects")
            rejects = pd.read_parquet(written["orders"]) if written else pd.DataFrame()
    judged = [judge(row) for row in rows]
    good = [row for row, rule in zip(rows, judged, strict=True) if rule is None]
    kept = {meaning(row) for row in good}
    want = Counter(rule for rule in judged if rule) + Counter(
        {"exact_duplicate": len(good) - len(kept)}
    )
    got = {rule.rule: rule.count for rule in result.rules if rule.severity == "reject"}
    assert got == dict(want)
    assert result.rows_in == len(rows) == result.rows_used + result.rows_rejected
    assert (len(used), len(rejects)) == (result.rows_used, result.rows_rejected)
    assert Counter(rejects.get("rule", pd.Series(dtype=str))) == want
    notes = {rule.rule: rule.count for rule in result.rules if rule.severity == "note"}
    assert notes.get("customer_unknown", 0) == sum(not row[2] for row in kept)
    assert notes.get("product_unknown", 0) == sum(row[3] == "p9" for row in kept)
    assert all(0 < len(rule.examples) <= 5 for rule in result.rules)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["p1", "p2", "p3", ""]),
            st.sampled_from(["b", "a", ""]),
            st.sampled_from(["2", "1", "", "0"]),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_a_key_keeps_the_same_row_whatever_the_order_of_the_file(rows, random):
    kept = []
    for _ in range(2):
        with TemporaryDirectory() as name:
            write(Path(name), "products", ("product_id", "name", "list_price"), rows)
            with open_source(load_config(Path(name))) as source:
                checked = check(source, now=NOW)
                used = checked.used["products"].select("product_id", "name", "list_price")
                kept.append(sorted(map(repr, used.to_pyarrow().to_pylist())))
        random.shuffle(rows)
    good = [row for row in rows if row[0] and row[2] != "0"]
    assert kept[0] == kept[1]
    assert len(kept[0]) == len({row[0] for row in good})


# --- examples, rejects and the report ----------------------------------------------------------


def test_examples_name_the_file_row_line_and_values(tmp_path):
    good = ("o1", "2024-05-01", "c\nd", "p1", "1", "2", "", "")
    rows = [good, (*good[:4], "two", *good[5:]), *[(*good[:5], "0", *good[6:])] * 7]
    write(tmp_path, "orders", ORDERS, rows)
    with open_source(load_config(tmp_path)) as source:
        checked = check(source, now=NOW)
        rejects = pd.read_parquet(write_rejects(checked, tmp_path / "out")["orders"])
    rules = {rule.rule: rule for rule in checked.report.tables["orders"].rules}
    first = rules["quantity_wrong_type"].examples
    # The customer's name spans two lines, so the second row of data starts on the fourth.
    assert first == [
        {"file": "orders.csv", "row": 2, "line": 4, "order_id": "o1", "quantity": "two"}
    ]
    assert [e["row"] for e in rules["unit_price_not_positive"].examples] == [3, 4, 5, 6, 7]
    assert list(rejects.columns) == ["rule", *TABLES["orders"].names]
    assert rejects.set_index("rule").loc["quantity_wrong_type", "quantity"] == "two"
    text = as_text(checked.report)
    for word in ("orders.csv, line 4", "quantity = two", "Write a whole number", "88.89%"):
        assert word in text, text
    with pytest.raises(DataError, match="quantity_wrong_type") as stopped:
        require_usable(checked.report)
    assert stopped.value.exit_code == 65


def test_rows_of_parquet_parts_are_named_by_their_own_file(tmp_path):
    for month, quantity in (("2024-04", 1), ("2024-05", 0)):
        folder = tmp_path / "orders" / f"month={month}"
        folder.mkdir(parents=True)
        duckdb.sql(
            f"select 'o' || i as order_id, timestamp '{month}-02' as ordered_at, 'p' as product_id,"
            f" case when i = 7 then {quantity} else 1 end as quantity, 1.5 as unit_price"
            " from range(10) t(i)"
        ).write_parquet(str(folder / "part.parquet"))
    with open_source(load_config(tmp_path)) as source:
        (rule,) = check(source, now=NOW).report.tables["orders"].rules
    assert rule.examples == [
        {"file": "orders/month=2024-05/part.parquet", "row": 8, "order_id": "o7", "quantity": 0}
    ]


def test_the_report_is_json_and_knows_the_local_days(tmp_path):
    write(tmp_path, "orders", ORDERS, [("o", "2024-05-01 23:30", "c", "p", "1", "1", "", "")])
    (tmp_path / "source.toml").write_text('timezone = "Asia/Shanghai"\n')
    with open_source(load_config(tmp_path)) as source:
        report = check(source, now=NOW).report
    assert report.ok
    assert (report.first_day, report.last_day) == (date(2024, 5, 2), date(2024, 5, 2))
    plain = report.to_dict()
    assert plain["tables"]["orders"]["rows_used"] == 1
    missing = plain["tables"]["orders"]["missing_columns"]
    assert missing == tuple(name for name in TABLES["orders"].names if name not in ORDERS)
    assert missing[:4] == ("line_id", "unit_cost", "currency", "channel")


def test_the_allowed_share_of_rejects_is_the_authors_choice(tmp_path):
    bad = ("o", "2024-05-01", "c", "p", "0", "1", "", "")
    write(tmp_path, "orders", ORDERS, [bad, ("o", *bad[1:4], "1", *bad[5:])])
    for share, ok in ((0.49, False), (0.5, True)):
        (tmp_path / "source.toml").write_text(f"max_rejected_share = {share}\n")
        with open_source(load_config(tmp_path)) as source:
            assert check(source, now=NOW).report.ok is ok


def test_a_visit_without_visitor_is_set_aside_and_an_order_without_customer_is_kept(tmp_path):
    write(tmp_path, "orders", ORDERS, [("o", "2024-05-01", "", "p", "1", "1", "", "")])
    write(
        tmp_path,
        "events",
        ("occurred_at", "customer_id", "event"),
        [("2024-05-01", "", "view"), ("2024-05-01", "c", "view"), ("1900-01-01", "c", "view")],
    )
    with open_source(load_config(tmp_path)) as source:
        tables = check(source, now=NOW).report.tables
    kept, *_ = tables["orders"].rules
    assert (kept.rule, kept.severity, tables["orders"].rows_used) == ("customer_unknown", "note", 1)
    assert {rule.rule: rule.count for rule in tables["events"].rules} == {
        "customer_id_missing": 1,
        "occurred_at_too_early": 1,
    }
