"""The synthetic shop's files: bytes from a seed, the contract's types, counted mess, streaming."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ops_widgets.contract import TABLES
from ops_widgets.contract.table import EARLIEST, LATEST, Column, Rule, Table
from ops_widgets.errors import UsageError
from ops_widgets.samples import generate, plan
from ops_widgets.samples import tables as sample_tables
from ops_widgets.samples.registry import SAMPLED

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
TRUTH: dict[str, Any] = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
FILES = sorted([*(f"{name}.parquet" for name in SAMPLED), "source.toml", "truth.json"])
TODAY = "2030-01-01"


def sums(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {name: pd.read_parquet(SAMPLES / f"{name}.parquet") for name in SAMPLED}


def test_the_committed_shop_is_what_its_seed_gives(tmp_path):
    written_by = pq.read_metadata(SAMPLES / "orders.parquet").created_by
    if pa.__version__ not in written_by:
        pytest.skip(f"Parquet bytes differ: {written_by!r} wrote them, here is {pa.__version__}.")
    planted = generate(tmp_path)
    assert sums(tmp_path) == sums(SAMPLES)
    assert planted == TRUTH


#: What is decided and not drawn; a year must have passed before there are goals.
DECIDED = ["calendar.parquet", "decisions.parquet", "slots.parquet", "targets.parquet"]


def test_another_seed_is_another_shop(tmp_path):
    for seed in (1, 2):
        generate(tmp_path / str(seed), customers=40, months=4, seed=seed)
    one, two = sums(tmp_path / "1"), sums(tmp_path / "2")
    assert [name for name in FILES if one[name] == two[name]] == sorted([*DECIDED, "source.toml"])


def test_every_sample_module_is_of_a_table_of_the_contract_and_fills_it():
    stems = {path.stem for path in Path(sample_tables.__path__[0]).glob("[!_]*.py")}
    assert stems == set(SAMPLED) <= set(TABLES)
    assert list(SAMPLED) == [name for name in TABLES if name in SAMPLED]
    for name, sample in SAMPLED.items():
        assert [one for one in vars(sample) if one.startswith("rows")], name


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """A small shop of the tables that are shipped."""
    folder = tmp_path_factory.mktemp("small")
    generate(folder, customers=40, months=4)
    return folder


#: What a contributor writes for a table of goals.
GOALS = Table(
    "goals",
    row="one month's goal",
    columns=(
        Column("month", "date", "Any day of the month", required=True, unit="month"),
        Column("channel", "text", "Where orders come from"),
        Column("orders", "integer", "How many are hoped for", unit="orders"),
    ),
)


def goals(shop, rng):
    firsts = [date(2024, 1 + number, 1) for number in range(shop.months)]
    orders = rng.integers(100, 200, len(firsts))
    return {"month": firsts, "channel": ["app"] * len(firsts), "orders": orders}


def test_a_table_more_changes_no_byte_of_the_others(small, tmp_path, monkeypatch):
    monkeypatch.setitem(TABLES, "goals", GOALS)
    monkeypatch.setitem(SAMPLED, "goals", SimpleNamespace(rows=goals))
    planted = generate(tmp_path, customers=40, months=4)
    assert list(planted["rows"].items())[-1] == ("goals", 4)
    before, after = sums(small), sums(tmp_path)
    assert after.keys() - before.keys() == {"goals.parquet"}
    assert {file for file in before if before[file] != after[file]} == {"truth.json"}
    rows = pq.read_table(tmp_path / "goals.parquet").to_pylist()
    assert rows[0]["month"] == date(2024, 1, 1)
    assert len({row["orders"] for row in rows}) > 1


def test_a_table_more_is_drawn_from_the_seed_and_its_name(tmp_path, monkeypatch):
    for name in ("goals", "wishes"):
        monkeypatch.setitem(TABLES, name, replace(GOALS, name=name))
        monkeypatch.setitem(SAMPLED, name, SimpleNamespace(rows=goals))
    for shop, seed in (("one", 1), ("same", 1), ("other", 2)):
        generate(tmp_path / shop, customers=3, months=12, seed=seed)
    one, same, other = (sums(tmp_path / shop) for shop in ("one", "same", "other"))
    assert one == same
    assert one["goals.parquet"] != other["goals.parquet"]
    assert one["goals.parquet"] != one["wishes.parquet"]


@pytest.mark.parametrize("name", [name for name in SAMPLED if name != "products"])
def test_a_table_without_a_sample_is_absent_and_the_others_are_the_same(
    name, small, tmp_path, monkeypatch
):
    """(The products share a generator with the market.)"""
    monkeypatch.delitem(SAMPLED, name)
    planted = generate(tmp_path, customers=40, months=4)
    assert list(planted["rows"]) == list(SAMPLED)
    before, after = sums(small), sums(tmp_path)
    assert before.keys() - after.keys() == {f"{name}.parquet"}
    assert {file for file in after if before[file] != after[file]} == {"truth.json"}


def test_the_committed_shop_is_small():
    assert sum((SAMPLES / name).stat().st_size for name in FILES) < 8_000_000


@pytest.mark.parametrize("name", SAMPLED)
def test_columns_and_types_are_the_contracts(name):
    types = {
        "text": pa.types.is_string,
        "integer": pa.types.is_int64,
        "number": pa.types.is_float64,
        "boolean": pa.types.is_boolean,
        "timestamp": lambda kind: pa.types.is_timestamp(kind) and kind.tz is None,
        "date": pa.types.is_date32,
    }
    table = TABLES[name].extended(getattr(SAMPLED[name], "FAMILIES", ()))
    schema = pq.read_schema(SAMPLES / f"{name}.parquet")
    assert tuple(schema.names) == table.names
    for column in table.columns:
        assert types[column.type](schema.field(column.name).type), column.name
    assert not schema.metadata
    assert pq.read_metadata(SAMPLES / f"{name}.parquet").num_rows == TRUTH["rows"][name]


def test_money_has_two_decimals(tables):
    for name in SAMPLED:
        for column in (c.name for c in TABLES[name].columns if c.unit == "currency"):
            amount = tables[name][column]
            assert (amount.round(2) == amount).all(), (name, column)


def broken(rule: Rule, frame: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.Series:
    """Which rows break a rule of the contract, one flag a row, in plain pandas."""
    columns = list(rule.columns)
    first = frame[columns[0]] if columns else None
    match rule.kind:
        case "not_null":
            return first.isna()
        case "positive":
            return first <= 0
        case "not_negative":
            return first < 0
        case "one_of":
            table = next(t for t in TABLES.values() if rule in t.rules)
            return first.notna() & ~first.isin(table.column(columns[0]).choices)
        case "not_before":
            return pd.to_datetime(first) < pd.Timestamp(EARLIEST)
        case "not_after":
            return pd.to_datetime(first) > pd.Timestamp(LATEST)
        case "not_future":
            return pd.to_datetime(first) > pd.Timestamp(TODAY)
        case "ordered":
            return first > frame[columns[1]]
        case "span_ordered":
            days = first.str.extract("^(.+)/(.+)$")
            return days[0] > days[1]
        case "matches":
            return first.notna() & ~first.fillna("").str.contains(rule.pattern)
        case "avoids":
            return first.fillna("").str.contains(rule.pattern)
        case "below" | "at_most":
            column = next(t for t in TABLES.values() if rule in t.rules).column(columns[0])
            if rule.kind == "at_most":
                return first > column.at_most
            return first.abs() * (frame[column.times] if column.times else 1) >= column.limit
        case "own_currency" | "has_rate":  # the shop has no rates: its own currency alone
            return first.notna() & (first != plan.CURRENCY)
        case "unique":
            return frame.duplicated(columns)
        case "unique_row":
            return frame.duplicated()
        case "known_in":
            table_name, column = rule.reference.split(".")
            return first.notna() & ~first.isin(tables[table_name][column])


@pytest.mark.parametrize("name", SAMPLED)
def test_the_contract_finds_exactly_the_planted_mess(name, tables):
    """Rejected rows count for their first broken rule only; notes look at the rows that stay."""
    left, found = tables[name], {}
    for severity in ("reject", "note"):
        for rule in (r for r in TABLES[name].rules if r.severity == severity):
            bad = broken(rule, left, tables)
            if bad.any():
                found[rule.name] = int(bad.sum())
            if severity == "reject":
                left = left[~bad]
    assert found == TRUTH["mess"]["rules"].get(name, {})
    if name == "orders":
        assert left["status"].value_counts().to_dict() == TRUTH["mess"]["status"]


def test_no_row_is_in_two_kinds_of_trouble(tables):
    orders = tables["orders"]
    flags = [broken(rule, orders, tables).astype(int) for rule in TABLES["orders"].rules]
    assert sum(flags).max() == 1


def test_late_rows_stand_at_the_end_of_the_file(tables):
    local = tables["orders"]["ordered_at"] + pd.Timedelta(hours=8)
    late = TRUTH["mess"]["late"]
    clocks = 3
    tail = local.iloc[-sum(late.values()) - clocks : -clocks].dt.strftime("%Y-%m")
    assert tail.value_counts().to_dict() == late
    body = local.iloc[: -len(tail) - clocks]
    assert (body.cummax() - body).max() < pd.Timedelta(days=32)


def test_the_local_day_is_not_the_utc_day(tables):
    placed = tables["orders"]["ordered_at"]
    usual = placed[placed.between("2000-01-01", "2030-01-01")]
    local = usual + pd.Timedelta(hours=8)
    assert (usual.dt.normalize() != local.dt.normalize()).mean() > 0.05
    assert local.min().date() == date.fromisoformat(TRUTH["first_day"])
    assert local.max().date() == date.fromisoformat(TRUTH["last_day"])


def test_every_month_brings_new_customers_and_each_id_is_known_by_its_first_order(tables):
    known = tables["orders"].dropna(subset=["customer_id"])
    known = known[known["ordered_at"].between("2000-01-01", "2030-01-01")]
    first = known.groupby("customer_id")["ordered_at"].min() + pd.Timedelta(hours=8)
    assert len(first) == TRUTH["customers"]
    monthly = first.dt.to_period("M").value_counts()
    assert len(monthly) == 24
    assert monthly.min() >= 100


def test_visits_lead_to_orders(tables):
    """Every known customer's order follows events of the same customer within half an hour."""
    events = tables["events"].dropna(subset=["customer_id"]).sort_values("occurred_at")
    orders = tables["orders"].dropna(subset=["customer_id"])
    orders = orders[orders["status"] != "credited"].sort_values("ordered_at")
    orders = orders[orders["ordered_at"].between("2000-01-01", "2030-01-01")]
    followed = pd.merge_asof(
        orders,
        events[["occurred_at", "customer_id", "event"]],
        left_on="ordered_at",
        right_on="occurred_at",
        by="customer_id",
        tolerance=pd.Timedelta(minutes=30),
    )
    assert followed["event"].notna().all()
    assert set(events["event"]) == {"search", "view", "cart"}


def test_a_small_and_short_shop_can_be_written_and_tells_its_progress(tmp_path):
    told: list[tuple[str, int, int]] = []
    planted = generate(tmp_path, customers=3, months=1, progress=lambda *step: told.append(step))
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    assert planted["last_day"] == "2024-01-31"
    assert [done for _, done, _ in told] == sorted({done for _, done, _ in told})
    assert told[-1] == ("days", 31, 31)


def test_a_longer_shop_goes_on_after_the_planned_months(tmp_path):
    planted = generate(tmp_path, customers=200, months=26)
    assert planted["last_day"] == "2026-02-28"
    last = pq.read_table(tmp_path / "market.parquet")["month"].to_pylist()[-1]
    assert last == date(2026, 2, 1)


@pytest.mark.parametrize("wrong", [{"customers": 0}, {"months": 0}, {"seed": -1}])
def test_a_shop_without_rows_is_refused(tmp_path, wrong):
    with pytest.raises(UsageError, match="at least one customer"):
        generate(tmp_path / "shop", **wrong)
    assert not (tmp_path / "shop").exists()


PEAK = """
import sys
from pathlib import Path
from ops_widgets.samples import generate, plan
generate(Path(sys.argv[1]), customers=int(sys.argv[2]))
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_memory_does_not_grow_with_the_rows(tmp_path):
    """Ten times the customers: the peak grows by less than half of the rows' size in memory."""
    peaks = {}
    for count in (10_000, 100_000):
        command = [sys.executable, "-c", PEAK, str(tmp_path / str(count)), str(count)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks[count] = int(done.stdout) * 1024
    shop = tmp_path / "100000"
    size = sum(pq.read_table(shop / f"{name}.parquet").nbytes for name in ("events", "orders"))
    assert peaks[100_000] - peaks[10_000] < size / 2
    metadata = pq.read_metadata(shop / "events.parquet")
    groups = [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]
    assert len(groups) > 10
    assert min(groups[:-1]) >= 100_000
    assert max(groups) <= 1_000_000


def test_the_source_file_says_currency_time_zone_and_week():
    text = (SAMPLES / "source.toml").read_text(encoding="utf-8")
    assert 'currency = "CNY"' in text
    assert 'timezone = "Asia/Shanghai"' in text
    assert 'week_start = "monday"' in text
    assert datetime.fromisoformat(TRUTH["first_day"]).weekday() == 0
