"""Equal lines of an order: pieces are kept, a delivery made twice is set aside."""

from datetime import date, datetime, timedelta
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from ops_widgets.periods import day_number
from ops_widgets.publish.reports.origin import Origin
from ops_widgets.sources.clock import month_of
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store
from ops_widgets.validation.checks import check
from ops_widgets.validation.pieces import EqualLines, one_row_a_piece
from ops_widgets.validation.report import as_text

from .builds import in_full
from .generations import contents

NOW = datetime(2024, 12, 1)
LAZADA = Path(__file__).parents[2] / "shared" / "cases" / "lazada" / "orders.csv"


def line(order, day, product="TOWEL", quantity=1, price=6.0, status="completed", **more):
    return {
        "order_id": order,
        "ordered_at": f"2024-{day} 10:00:00",
        "customer_id": f"c{order}",
        "product_id": product,
        "quantity": quantity,
        "unit_price": price,
        "status": status,
    } | more


def write(folder, rows, name="orders"):
    folder.mkdir(exist_ok=True)
    pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
    (folder / "source.toml").write_text('max_rejected_share = 0.9\ncurrency = "EUR"\n')
    return folder


def found(folder):
    """Lines and money sold, and rule -> (rows, money at stake): checked and built alike."""
    with open_source(load_config(folder)) as source:
        report = check(source, now=NOW).report
    done = prepare(folder, now=NOW)
    store = open_store(folder)
    sold = store.query("select sum(lines)::bigint n, sum(net_revenue)::bigint v from sales_day")
    store.close()
    checked, built = report.to_dict()["tables"], done.manifest["check"]["tables"]
    rules = [
        {rule["rule"]: (rule["count"], rule["amount"]) for rule in one["orders"]["rules"]}
        for one in (checked, built)
    ]
    assert rules[0] == rules[1]
    rules[0].pop("customer_unknown", None)
    return int(sold.n[0]), int(sold.v[0]), rules[0]


#: A shop that writes a row a piece: five orders a day, every second one of two or three towels.
PIECES = [
    line(f"o{day}-{i}", f"{3 + day // 28:02}-{1 + day % 28:02}", product=f"P{i}")
    for day in range(56)
    for i in range(5)
    for _ in range((1, 2, 1, 3, 1)[i])
]


def test_one_row_a_piece_is_kept(tmp_path):
    lines, net, rules = found(write(tmp_path / "s", PIECES))
    assert (lines, net) == (56 * 8, 56 * 8 * 600)
    assert rules == {"equal_lines": (56 * 3, 56 * 3 * 6.0)}


def test_three_rows_of_four_are_three_pieces(tmp_path):
    rows = [line("L1", "03-01")] * 3 + [line("L2", "03-02")]
    folder = write(tmp_path / "s", rows)
    assert found(folder) == (4, 2400, {"equal_lines": (2, 12.0)})
    with open_source(load_config(folder)) as source:
        text = as_text(check(source, now=NOW).report)
    assert "12.00" in text and "EUR" in text
    assert "map line_id" in " ".join(text.replace("│", " ").split())
    shown = Origin.of(prepare(folder, now=NOW).manifest, date(2024, 3, 2)).rules
    assert [(rule.rows, rule.what_happened, rule.at_stake) for rule in shown] == [
        (2, "kept", "12.00 EUR")
    ]


def test_the_reported_file_of_pieces(tmp_path):
    if not LAZADA.exists():
        pytest.skip("the shared cases are not here")
    (tmp_path / "orders.csv").write_bytes(LAZADA.read_bytes())
    with open_source(load_config(tmp_path)) as source:
        report = check(source, now=datetime(2026, 1, 1)).report
    assert report.tables["orders"].rows_used == 4


@pytest.mark.parametrize("times", [2, 3])
def test_a_file_that_was_delivered_again_is_set_aside(tmp_path, times):
    once = [line(f"o{i}", f"03-{1 + i % 28:02}", product=f"P{i % 3}") for i in range(100)]
    lines, net, rules = found(write(tmp_path / "s", once * times))
    assert (lines, net) == (100, 100 * 600)
    extra = 100 * (times - 1)
    assert rules == {"exact_duplicate": (extra, extra * 6.0)}


def test_some_days_that_were_delivered_again_are_set_aside(tmp_path):
    """Two exports overlap by a week."""
    once = [line(f"o{i}", f"03-{1 + i % 28:02}") for i in range(280)]
    again = [row for row in once if "03-20" <= row["ordered_at"][5:10] <= "03-26"]
    assert found(write(tmp_path / "s", once + again)) == (
        280,
        280 * 600,
        {"exact_duplicate": (len(again), len(again) * 6.0)},
    )


def test_pieces_that_were_delivered_again_are_not_kept_twice(tmp_path):
    lines, _, rules = found(write(tmp_path / "s", PIECES * 2))
    assert lines == 56 * 5
    assert rules["exact_duplicate"][0] == 56 * 11


def test_where_quantities_say_how_many_equal_lines_are_copies(tmp_path):
    rows = [line(f"o{i}", f"03-{1 + i % 28:02}", quantity=1 + i % 3) for i in range(100)]
    rows += [rows[0], rows[0], rows[3], rows[7]]
    lines, _, rules = found(write(tmp_path / "s", rows))
    assert lines == 100
    assert rules["exact_duplicate"] == (4, (1 + 1 + 1 + 2) * 6.0)


def test_one_equal_line_is_not_again_and_again(tmp_path):
    rows = [line(f"o{i}", f"03-{1 + i:02}") for i in range(20)]
    assert found(write(tmp_path / "s", [*rows, rows[4]]))[2] == {"exact_duplicate": (1, 6.0)}


def test_a_line_number_tells_lines_apart(tmp_path):
    rows = [
        line("o1", "03-01", line_id="1"),
        line("o1", "03-01", line_id="2"),
        line("o1", "03-01", line_id="2"),  # delivered twice
        line("o1", "03-09", line_id="1", status="returned"),  # and once as it became later
        line("o2", "03-01", line_id="1"),
        line("o2", "03-01", line_id="3", quantity=4, status="credited"),
        line("o2", "03-01", line_id="3", quantity=4, status="credited"),
        line("o3", "03-01"),
        line("o3", "03-01"),  # no number: an exact copy
        line("o1", "04-01", line_id="1"),  # a number that begins anew in another month
    ]
    lines, _, rules = found(write(tmp_path / "s", rows))
    assert lines == 6
    # Set aside: a towel, a return (worth 0), four credited towels (-24), a towel.
    assert rules == {"exact_duplicate": (4, 6.0 + 0 - 24.0 + 6.0)}


def test_a_cancelled_line_needs_neither_price_nor_quantity(tmp_path):
    rows = [line(f"o{i}", f"03-{1 + i:02}") for i in range(17)]
    odd = [(0, None), (None, 0), (None, None), (0, -1), (-2, 5)]
    rows += [
        line(f"x{i}", "03-05", quantity=quantity, price=price, status="cancelled")
        for i, (quantity, price) in enumerate(odd)
    ]
    folder = write(tmp_path / "s", rows)
    assert found(folder) == (22, 17 * 600, {})
    store = open_store(folder)
    assert store.query("select sum(orders)::int n from orders_day")["n"][0] == 17
    assert store.query("select sum(units)::int n from sales_day")["n"][0] == 17
    store.close()


# --- the decision is the whole table's, however it was refreshed -------------------------------


def test_a_refresh_says_what_a_full_build_says(tmp_path, monkeypatch):
    """Pieces month by month; then quantities come into use; then they are taken back."""
    monkeypatch.setattr("ops_widgets.summaries.plan.chunk_rows", lambda table: 1)
    folder = tmp_path / "s"
    months = {
        month: [line(**_args(row, month)) for row in PIECES[:100]] for month in ("03", "04", "05")
    }
    many = [line(f"m{i}", f"06-{1 + i % 28:02}", quantity=3) for i in range(80)]
    steps = [(m, months[m]) for m in months] + [("06", many), ("06", many[:1])]
    kept = []
    for nth, (month, rows) in enumerate(steps):
        write(folder, rows, f"orders_{month}")
        done = prepare(folder, now=NOW)
        assert contents(done.folder, done.manifest) == in_full(folder, tmp_path / f"full{nth}")
        kept.append(
            "equal_lines"
            in [r["rule"] for r in done.manifest["check"]["tables"]["orders"]["rules"]]
        )
        if nth in (3, 4):
            assert any("taken for pieces" in reason for reason in done.reasons), done.reasons
            assert prepare(folder, now=NOW).reasons == ["nothing changed"]
    assert kept == [True, True, True, False, True]


def _args(row, month):
    return {
        "order": f"{month}{row['order_id']}",
        "day": f"{month}{row['ordered_at'][7:10]}",
        "product": row["product_id"],
    }


# --- the parts ---------------------------------------------------------------------------------

ONCE, TWICE = EqualLines(5, 0, 0, 0, 0), EqualLines(0, 5, 5, 0, 5)
MIXED, LONE = EqualLines(3, 2, 3, 1, 1), EqualLines(0, 1, 2, 1, 0)


@pytest.mark.parametrize(
    ("days", "several", "is_pieces"),
    [
        ([MIXED] * 3, 0, True),
        ([MIXED] * 10 + [TWICE], 2, True),
        ([MIXED] * 10, 3, False),  # 20 equal lines are not nine times 3
        ([TWICE] * 3, 0, False),
        ([ONCE] * 20 + [TWICE] * 3 + [MIXED], 0, False),
        ([LONE, ONCE], 0, True),  # three equal rows beside a day as usual
        ([LONE, LONE], 0, False),  # every day is there three times
        ([LONE], 0, False),  # so is the only one
        ([ONCE] * 100 + [MIXED], 0, False),  # two lines of 505
        ([], 0, False),
    ],
)
def test_what_decides(days, several, is_pieces):
    assert one_row_a_piece(several, dict(enumerate(days))) is is_pieces


def test_the_month_of_a_day_by_whole_numbers():
    days = [date(1969, 12, 31) + timedelta(days=n) for n in range(0, 50_000, 13)]
    days += [date(2000, 2, 29), date(2024, 2, 29), date(2024, 3, 1), date(2100, 3, 1)]
    rows = ibis.memtable(pa.table({"day": [day_number(day) for day in days]}))
    found = ibis.duckdb.connect().to_pyarrow(rows.select("day", m=month_of(rows.day))).to_pylist()
    assert {r["day"]: r["m"] for r in found} == {
        day_number(day): day.year * 12 + day.month - 1 for day in days
    }
