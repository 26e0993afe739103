"""Periods and scopes: what is read, what is refused, and that rules and readers agree."""

import re
from calendar import monthrange
from datetime import date, timedelta

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.contract import TABLES
from ops_widgets.contract.period import PATTERN, period_days, period_rules
from ops_widgets.contract.scope import DIMENSIONS, scope_of, scope_rules
from ops_widgets.sources.reading import Reading
from ops_widgets.validation.rules import row_rules
from tests.test_contract_shop import NOW


def naive_period(text):
    """First and last day by counting days, or None; written without the contract's patterns."""
    if found := re.fullmatch(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)", text):
        try:
            first, last = (date.fromisoformat(one) for one in found.groups())
        except ValueError:
            return None
        return (first, last) if first <= last and first.year >= 1990 and last.year <= 2100 else None
    if not (found := re.fullmatch(r"(\d{4})(?:-(Q|W)?(\d+))?", text)):
        return None
    year, kind, number = int(found[1]), found[2], found[3]
    if not 1990 <= year <= 2100:
        return None
    days = [date(year, 1, 1) + timedelta(days=i) for i in range(-7, 380)]
    if number is None:
        inside = [d for d in days if d.year == year]
    elif kind == "W":
        inside = [d for d in days if d.isocalendar()[:2] == (year, int(number))]
    elif kind == "Q":
        inside = [d for d in days if d.year == year and (d.month + 2) // 3 == int(number)]
    else:
        inside = [d for d in days if d.year == year and d.month == int(number)]
    if not inside or len(number or "00") != (1 if kind == "Q" else 2):
        return None
    return inside[0], inside[-1]


def read_period(text):
    try:
        return period_days(text)
    except ValueError:
        return None


YEARS = st.integers(1988, 2102)
DAYS = st.builds("{:04}-{:02}-{:02}".format, YEARS, st.integers(0, 13), st.integers(0, 32))
TEXTS = st.one_of(
    YEARS.map(str),
    st.builds("{}-Q{}".format, YEARS, st.integers(0, 5)),
    st.builds("{}-W{:02}".format, YEARS, st.integers(0, 54)),
    st.builds("{}-{:02}".format, YEARS, st.integers(0, 13)),
    st.builds("{}/{}".format, DAYS, DAYS),
    DAYS,
    st.sampled_from(
        ["", "2025 ", "2025-W5", "2025-q2", "2025-6", "2025-W053", "2025/2026", "20255"]
    ),
)


@given(TEXTS)
def test_a_period_has_the_days_of_a_calendar_and_no_others(text):
    assert read_period(text) == naive_period(text)


def test_every_day_that_exists_may_end_a_period_and_no_other():
    for year in (1990, 2000, 2023, 2024, 2100):
        for month in range(1, 13):
            for day in range(1, 32):
                text = f"1990-01-01/{year}-{month:02}-{day:02}"
                assert bool(re.search(PATTERN, text)) == (day <= monthrange(year, month)[1]), text


def naive_scope(text):
    """Dimension -> value, or None; by cutting the text."""
    found = {}
    if not text.strip(" "):
        return found
    parts = text.split(";")
    if len(parts) > 1 and not parts[-1].strip(" "):
        parts.pop()
    for part in parts:
        name, sign, value = part.partition("=")
        name = name.strip(" ")
        if not sign or not value.strip(" ") or name not in DIMENSIONS or name in found:
            return None
        found[name] = value.strip(" ")
    return found


def read_scope(text):
    try:
        return scope_of(text)
    except ValueError:
        return None


PIECES = st.sampled_from(
    [
        "channel",
        "category",
        "colour",
        "Channel",
        "product",
        "=",
        "==",
        ";",
        "; ",
        " ",
        "app",
        "A / B",
    ]
)


@given(st.lists(PIECES, max_size=9).map("".join))
def test_a_scope_is_cut_at_its_semicolons_and_each_dimension_is_once(text):
    assert read_scope(text) == naive_scope(text)


@given(
    st.lists(
        st.tuples(st.sampled_from(DIMENSIONS), st.sampled_from(["a", "x = y", "1"])), max_size=4
    )
)
def test_what_is_written_by_rule_is_read_back(pairs):
    text = "; ".join(f"{name}={value}" for name, value in pairs)
    once = len(dict(pairs)) == len(pairs)
    assert read_scope(text) == (dict(pairs) if once else None)


def test_no_scope_is_the_whole_shop():
    assert scope_of(None) == scope_of("") == scope_of("  ") == {}


@pytest.mark.parametrize(
    ("column", "read", "texts"),
    [
        (
            "period",
            read_period,
            [
                *("2025", "2025-Q4", "2025-Q5", "2026-W53", "2025-W53", "2025-W00", "1989", "2101"),
                *("2024-02-29/2024-03-01", "2025-02-29/2025-03-01", "2025-02-02/2025-02-01"),
                *("2025-13", "2025-1", "2025-06-31/2025-07-01", "next year"),
            ],
        ),
        (
            "scope",
            read_scope,
            [
                *("", "channel=app", "channel=app;", "channel=app;;", ";channel=app", "app"),
                *("channel=", "channel= ;brand=x", "brand=a;brand=b", "brand = a; channel = b; "),
                *("brand=a;channel=b;brand=c", "brand=x brand=y", "seller=1=2"),
            ],
        ),
    ],
)
def test_the_rules_of_a_check_refuse_what_the_reader_refuses(column, read, texts):
    """On the engine, by the expressions that a check runs."""
    rows = ibis.memtable({column: texts, "n": list(range(len(texts)))})
    table = TABLES["targets"]
    con = ibis.duckdb.connect()
    if column == "period":
        filed = rows.select("period", _file=ibis.null("string"))
    else:
        filed = rows.select("scope", period=ibis.literal("2025"), _file=ibis.null("string"))
    reading = Reading(table, filed.drop("_file"), filed, filed, "")
    names = {rule.name for rule in (*period_rules("period"), *scope_rules())}
    rules = [one for one in row_rules(reading, filed, NOW) if one.rule.name in names]
    assert len(rules) == (2 if column == "period" else 4)
    refused = ibis.or_(*(one.where.fill_null(False) for one in rules))
    found = con.to_pyarrow(filed.select(text=filed[column], refused=refused)).to_pylist()
    assert {row["text"]: row["refused"] for row in found} == {
        text: read(text) is None for text in texts
    }
