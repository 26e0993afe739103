"""Other currencies are refused, or converted by the rate of their day; they are never summed."""

import random
import re
import shutil
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_widgets.errors import DataError
from ops_widgets.periods import day_number
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store
from ops_widgets.validation.checks import check, require_usable
from ops_widgets.validation.currencies import Currencies

from .engines import ENGINES, checked_counts, wanted
from .tiny import write

NOW = datetime(2030, 1, 1)
CASE = Path(__file__).parents[2] / "shared" / "cases" / "currency"
ZONE = "Asia/Tokyo"
LINE = {"order_id": "o", "ordered_at": "2025-03-01 10:00:00", "customer_id": "c"}


def checked(folder):
    """The rules that orders broke, by name; and the report."""
    with open_source(load_config(folder)) as source:
        report = check(source, now=NOW).report
    return {rule.rule: rule for rule in report.tables["orders"].rules}, report


# --- refused, with a remedy -----------------------------------------------------------------------


@pytest.fixture
def three_currencies(tmp_path):
    """The case of a public report: euros, crowns and yens in one column."""
    if not CASE.is_dir():
        pytest.skip(f"{CASE} is not there")
    return Path(shutil.copytree(CASE, tmp_path / "shop"))


def test_several_currencies_are_refused_by_name_and_number(three_currencies):
    rules, report = checked(three_currencies)
    with pytest.raises(DataError, match="2 of 3 rows"):
        require_usable(report)
    rule = rules["currency_other"]
    assert (rule.count, rule.severity) == (2, "reject")
    assert "JPY 1, SEK 1 beside EUR" in rule.remedy
    assert {row["currency"] for row in rule.examples} == {"JPY", "SEK"}


RATES = "day,currency,rate\n2025-02-28,SEK,0.0912\n2025-03-02,JPY,0.0061\n"


@pytest.mark.parametrize("by_lines", [False, True])
def test_rates_convert_them_when_the_remedy_is_followed(three_currencies, monkeypatch, by_lines):
    rule = checked(three_currencies)[0]["currency_other"]
    assert "day, currency, rate" in rule.remedy and "rates.csv" in rule.remedy
    (three_currencies / "rates.csv").write_text(RATES)
    if by_lines:
        with (three_currencies / "source.toml").open("a") as toml:
            toml.write(f"\n{rule.lines}\n")
    assert not checked(three_currencies)[0]
    monkeypatch.setenv("OPS_STORE", str(three_currencies.parent / "stores"))
    prepare(three_currencies, now=NOW)
    store = open_store(three_currencies)
    assert (
        store.query("select sum(gmv)::int cents from sales_day").cents[0] == 100_00 + 91_20 + 103_70
    )


def test_a_source_of_each_is_the_other_way_out(three_currencies):
    remedy = checked(three_currencies)[0]["currency_other"].remedy
    where, code = re.search(
        r"(WHERE currency = '\w+') in the one with currency = \"(\w+)\"", remedy
    ).groups()
    source = three_currencies / f"{code}.toml"
    source.write_text(
        f'currency = "{code}"\n[files]\nraw = "orders.csv"\n'
        f'[tables.orders]\nsql = "SELECT * FROM raw {where}"\n'
    )
    rules, report = checked(source)
    assert not rules and report.tables["orders"].rows_used == 1


def test_what_is_no_code_is_not_taken_for_the_shops_own(tmp_path):
    codes = ["", " eur ", "EUR", "US$", "NULL", "Euro", "usd"]
    lines = [LINE | {"order_id": str(i), "currency": code} for i, code in enumerate(codes)]
    rules, report = checked(write(tmp_path, orders=lines))
    assert report.tables["orders"].rows_used == 3
    assert "no code 3, USD 1 beside EUR" in rules["currency_other"].remedy


def test_a_source_without_a_column_for_currencies_is_asked_as_before(tmp_path):
    folder = write(
        tmp_path, orders=[LINE], rates=[{"day": "2025-03-01", "currency": "USD", "rate": 2}]
    )
    with open_source(load_config(folder)) as source:
        currencies, reading = Currencies(source, NOW), source.reading("orders")
        currencies.take(source.table("rates"))
        assert currencies.converted(reading) is reading
        assert currencies.mark(reading, [1]) == ""


# --- converted: a naive model ---------------------------------------------------------------------


def local_day(moment, zone=ZONE):
    return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()


def naive_rate(rates, code, day):
    """The latest rate of the 7 days before ``day``, or of it; None where there is none."""
    if code.strip().upper() in ("", "EUR"):
        return Decimal(1)
    held = [(one, rate) for one, other, rate in rates if other == code.strip().upper()]
    held = [(one, rate) for one, rate in held if timedelta(0) <= day - one <= timedelta(7)]
    return max(held)[1] if held else None


def converted(amount, rate):
    """To the 15 digits that a 64-bit float tells apart."""
    return Context(prec=15, rounding=ROUND_HALF_EVEN).multiply(amount, rate)


def cents(amount):
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_EVEN))


START = datetime(2024, 12, 20)
CODES = ["", "EUR", "eur", "USD", " usd", "JPY", "SEK"]
PRICES = st.decimals(Decimal("0.01"), Decimal(99999), places=2)
LINES = st.tuples(
    st.integers(0, 40 * 24), st.sampled_from(CODES), PRICES, st.integers(1, 9), PRICES
)
DAYS = st.dictionaries(
    st.tuples(st.integers(-5, 40), st.sampled_from(["USD", "JPY"])),
    st.decimals(Decimal("0.0001"), Decimal(200), places=4),
    max_size=12,
)


@settings(deadline=None, max_examples=8)
@given(st.lists(LINES, min_size=1, max_size=60), DAYS)
def test_every_amount_is_worth_what_it_was_on_its_day(tmp_path_factory, drawn, told):
    folder = tmp_path_factory.mktemp("rates")
    rates = [(START.date() + timedelta(day), code, rate) for (day, code), rate in told.items()]
    expected, aside = {}, 0
    orders = []
    for i, (hour, code, price, quantity, discount) in enumerate(drawn):
        moment = START + timedelta(hours=hour)
        line = {"order_id": str(i), "ordered_at": moment, "currency": code}
        orders.append(line | {"unit_price": price, "quantity": quantity, "discount": discount})
        rate = naive_rate(rates, code, local_day(moment))
        aside += rate is None
        if rate is not None:
            expected[str(i)] = [float(converted(one, rate)) for one in (price, discount)]
    table = [dict(zip(("day", "currency", "rate"), one, strict=True)) for one in rates]
    table = table or [{"day": "2020-01-01", "currency": "USD", "rate": 1}]
    write(folder, f'timezone = "{ZONE}"', orders=orders, rates=table)
    with open_source(load_config(folder)) as source:
        found = check(source, now=NOW)
        rows = found.used["orders"].execute().set_index("order_id")
    rules = {rule.rule: rule.count for rule in found.report.tables["orders"].rules}
    assert rules.get("rate_missing", 0) == aside
    assert set(rows.index) == set(expected)
    for order, amounts in expected.items():
        assert rows.loc[order, ["unit_price", "discount"]].tolist() == pytest.approx(
            amounts, rel=5e-16
        )


# --- the same on every engine, to the last cent ---------------------------------------------------


def random_money(seed):
    """Orders, campaign days and rates of half a year, some without a rate."""
    rng = random.Random(seed)
    start = datetime(2024, 1, 1)
    rates = {
        (start.date() + timedelta(rng.randrange(180)), rng.choice(["USD", "JPY", "KWD"])): Decimal(
            rng.randrange(1, 30000)
        )
        / 10_000
        for _ in range(60)
    }
    orders = [
        {
            "order_id": f"o{i}",
            "ordered_at": start + timedelta(seconds=rng.randrange(180 * 86400)),
            "customer_id": f"c{i % 7}",
            "product_id": "p",
            "quantity": rng.randrange(1, 9),
            "unit_price": Decimal(rng.randrange(1, 100_000)) / 1000,
            "discount": Decimal(rng.randrange(100)) / 100,
            "currency": rng.choice([None, "EUR", "USD", "usd", "JPY", "KWD", "SEK"]),
        }
        for i in range(300)
    ]
    days = [
        {
            "campaign_id": f"k{i % 3}",
            "day": start.date() + timedelta(i // 3),
            "cost": Decimal(rng.randrange(100_000)) / 1000,
            "currency": rng.choice([None, "USD", "JPY"]),
        }
        for i in range(400)
    ]
    table = [{"day": d, "currency": c, "rate": rate} for (d, c), rate in sorted(rates.items())]
    return {"orders": orders, "campaign_days": days, "rates": table}


def naive_sums(tables):
    """Local day -> net revenue in cents, and the cents that campaigns cost by day and campaign."""
    rates = [(row["day"], row["currency"], row["rate"]) for row in tables["rates"]]
    net, cost = {}, {}
    for row in tables["orders"]:
        day = local_day(row["ordered_at"])
        if (rate := naive_rate(rates, row["currency"] or "", day)) is not None:
            gross = cents(converted(row["unit_price"], rate) * row["quantity"])
            value = gross - cents(converted(row["discount"], rate))
            net[day_number(day)] = net.get(day_number(day), 0) + value
    for row in tables["campaign_days"]:
        if (rate := naive_rate(rates, row["currency"] or "", row["day"])) is not None:
            cost[row["campaign_id"], day_number(row["day"])] = cents(converted(row["cost"], rate))
    return net, cost


TYPES = {"ordered_at": "timestamp", "day": "date", "quantity": "bigint"}
NUMBERS = ("unit_price", "discount", "cost", "rate")


@pytest.fixture(params=ENGINES)
def on_engine(request, tmp_path):
    """Writes tables to an engine; gives the source that reads them there."""

    def written(tables):
        toml = f'currency = "EUR"\ntimezone = "{ZONE}"\nmax_rejected_share = 1.0\n'
        if request.param == "duckdb":
            return write(tmp_path / "shop", toml.split("\n", 1)[1], **tables)
        if request.param == "postgres":
            connect = _to_postgres(request.getfixturevalue("postgres_port"), tables)
        else:
            session = request.getfixturevalue("spark_session")
            connect = "pyspark://"
            for name, rows in tables.items():
                frame = pd.DataFrame(rows).astype({n: float for n in NUMBERS if n in rows[0]})
                frame.to_parquet(tmp_path / f"{name}.parquet", coerce_timestamps="us")
                rows = session.read.parquet(str(tmp_path / f"{name}.parquet"))
                rows.createOrReplaceTempView(f"money_{name}")
        mapped = "".join(f'[tables.{name}]\ntable = "money_{name}"\n' for name in tables)
        source = tmp_path / "shop.toml"
        source.write_text(f'connect = "{connect}"\n{toml}{mapped}')
        return source

    return written


def _to_postgres(port, tables):
    psycopg = wanted("psycopg")
    with psycopg.connect(f"host=127.0.0.1 port={port} user=postgres", autocommit=True) as server:
        for name, rows in tables.items():
            kinds = {
                n: "double precision" if n in NUMBERS else TYPES.get(n, "text") for n in rows[0]
            }
            columns = ", ".join(f"{column} {kind}" for column, kind in kinds.items())
            server.execute(f"drop table if exists money_{name}")
            server.execute(f"create table money_{name} ({columns})")
            with server.cursor() as cursor, cursor.copy(f"copy money_{name} from stdin") as into:
                for row in rows:
                    into.write_row(tuple(row.values()))
    return f"postgres://postgres@127.0.0.1:{port}/postgres"


def test_sums_are_exact_on_every_engine(on_engine, tmp_path, monkeypatch):
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "stores"))
    tables = random_money(7)
    source = on_engine(tables)
    done = prepare(source, now=NOW)
    store = open_store(source)
    net, cost = naive_sums(tables)
    found = store.query("select day, sum(net_revenue)::bigint net from sales_day group by day")
    assert dict(zip(found.day, found.net, strict=True)) == net
    found = store.query("select campaign_id, day, cost from campaign_day")
    assert (
        dict(zip(zip(found.campaign_id, found.day, strict=True), found.cost, strict=True)) == cost
    )
    store.close()
    counts = checked_counts(done.manifest["check"]["tables"])
    lost = len(tables["campaign_days"]) - len(cost)
    assert counts["campaign_days"] == (400, {"rate_missing": lost})
    assert 0 < counts["orders"][1]["rate_missing"] < 300


# --- refreshed ------------------------------------------------------------------------------------


def test_new_rates_build_the_months_that_they_touch(tmp_path, monkeypatch):
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "stores"))
    tables = random_money(3)
    folder = tmp_path / "shop"

    def refreshed():
        write(folder, f'timezone = "{ZONE}"\nmax_rejected_share = 1.0', **tables)
        reasons = prepare(folder, now=NOW).reasons
        store = open_store(folder)
        found = store.query("select day, sum(net_revenue)::bigint net from sales_day group by day")
        costs = store.query("select campaign_id, day, cost from campaign_day")
        store.close()
        net, cost = naive_sums(tables)
        assert dict(zip(found.day, found.net, strict=True)) == net
        keys = zip(costs.campaign_id, costs.day, strict=True)
        assert dict(zip(keys, costs.cost, strict=True)) == cost
        return reasons

    refreshed()
    # A rate of February is corrected: no row changes, and none is set aside or comes back.
    usd = next(r for r in tables["rates"] if r["currency"] == "USD" and r["day"].month == 2)
    usd["rate"] *= 2
    february = [reason for reason in refreshed() if "its rates changed" in reason]
    assert february and all("2024-02" in reason for reason in february)
    assert not any("2024-04" in reason for reason in february)
    # One of March is lost: some rows have none any more.
    tables["rates"] = [r for r in tables["rates"] if r["day"].month != 3]
    assert any("2024-03" in reason for reason in refreshed())
    # A currency that no order has touches nothing but the months that are always read again.
    assert not any("rates" in reason for reason in refreshed())
