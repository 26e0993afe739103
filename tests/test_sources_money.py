"""A line's total is the decimal product as written, rounded once, half to even: on every engine."""

from decimal import ROUND_HALF_EVEN, Decimal
from random import Random

import ibis
import pyarrow as pa
import pytest

from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.sources.money import line_total, minor_units

from .engines import ENGINES


def exactly(price, quantity, digits):
    """The same in Python's decimals, from the text of the price."""
    return int((Decimal(price) * quantity).scaleb(digits).quantize(Decimal(1), ROUND_HALF_EVEN))


def lines(count, seed, digits):
    """Random prices of 0 to 12 decimals as text with quantities; every third one a half case."""
    random = Random(seed)
    found = []
    while len(found) < count:
        quantity = random.choice([1, 1, 2, 3, 7, 12, 999, random.randrange(1, 100_000_000)])
        places = random.randrange(13)
        whole = random.randrange(10 ** random.randrange(1, 12))
        price = Decimal(whole) + Decimal(random.randrange(10**places)).scaleb(-places)
        if len(found) % 3 == 0:
            # A total that ends in exactly half a minor unit, or a hair beside it.
            half = Decimal(2 * random.randrange(10**6) + 1).scaleb(-digits) / 2
            hair = random.choice([0, 0, 1, -1]) * Decimal(1).scaleb(-random.randrange(5, 10))
            price, quantity = abs(half + hair), random.choice([1, 1, 3, 5])
        text = format(price, "f")
        fits = len(text.replace(".", "").strip("0")) <= 15 and len(text.partition(".")[2]) <= 12
        if price > 0 and fits and price * quantity < 10**11:
            found.append((text, quantity))
    return found


def totals(con, given, digits):
    table = pa.table(
        {
            "n": list(range(len(given))),
            "price": [float(price) for price, _ in given],
            "quantity": [quantity for _, quantity in given],
        }
    )
    rows = ibis.memtable(table)
    found = con.to_pyarrow(rows.select("n", total=line_total(rows.price, rows.quantity, digits)))
    return [row["total"] for row in sorted(found.to_pylist(), key=lambda row: row["n"])]


@pytest.mark.parametrize("digits", [0, 2, 3, 4])
def test_thousands_of_lines_are_what_decimals_give(digits):
    given = lines(6_000, seed=digits, digits=digits)
    expected = [exactly(price, quantity, digits) for price, quantity in given]
    assert totals(ibis.duckdb.connect(), given, digits) == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_agree_to_the_last_unit(engine, request):
    shop = request.getfixturevalue(f"samples_on_{engine}")
    with open_source(load_config(shop)) as source:
        for digits in (0, 2, 3):
            given = lines(300, seed=10 + digits, digits=digits)
            expected = [exactly(price, quantity, digits) for price, quantity in given]
            assert totals(source.con, given, digits) == expected


@pytest.mark.parametrize(
    ("price", "quantity", "digits", "units"),
    [
        ("1.0050004", 1, 2, 101),  # nearer to 1.01: it was rounded to 1.005 first, then to 1.00
        ("1.005", 1, 2, 100),  # a half goes to the even one
        ("1.015", 1, 2, 102),
        ("2.675", 1, 2, 268),  # 2.67499999999999982 in binary
        ("0.285", 1, 2, 28),
        ("0.3333333", 3, 2, 100),
        ("0.0000001", 100_000_000, 2, 1000),
        ("0.335", 3, 2, 100),  # 1.005
        ("1000000000.005", 1, 2, 100_000_000_000),
        ("1000000000.015", 1, 2, 100_000_000_002),
        ("99999999999.99", 1, 2, 9_999_999_999_999),
        ("0.5", 1, 0, 0),
        ("1.5", 1, 0, 2),
        ("2.5", 3, 0, 8),  # 7.5
        ("0.0005", 1, 3, 0),
        ("0.0015", 1, 3, 2),
    ],
)
def test_known_totals(price, quantity, digits, units):
    assert totals(ibis.duckdb.connect(), [(price, quantity)], digits) == [units]
    assert exactly(price, quantity, digits) == units


def test_nothing_is_worth_nothing_and_unknown_stays_unknown():
    rows = ibis.memtable(pa.table({"a": [0.0, None, 1e13 + 0.25, 0.1 + 0.2]}))
    found = ibis.duckdb.connect().to_pyarrow(rows.select(a=minor_units(rows.a, 2)))
    assert found["a"].to_pylist() == [0, None, 1_000_000_000_000_025, 30]
