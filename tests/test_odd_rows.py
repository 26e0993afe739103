"""One odd row costs itself and changes no other; zones by name are refused, not guessed."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.validation.checks import check

from .tiny import write

NOW = datetime(2030, 1, 1)
CASES = Path(__file__).parents[2] / "shared" / "cases"


def case(folder, name):
    """A copy of a small input of a public report."""
    if not (CASES / name).is_dir():
        pytest.skip(f"{CASES / name} is not there")
    return Path(shutil.copytree(CASES / name, folder / name))


def moments(folder):
    """Order -> its moment (naive UTC), and how many rows each rule set aside."""
    with open_source(load_config(folder)) as source:
        checked = check(source, now=NOW)
        rows = checked.used["orders"].execute()
    found = dict(zip(rows.order_id, rows.ordered_at.dt.to_pydatetime(), strict=True))
    return found, {rule.rule: rule.count for rule in checked.report.tables["orders"].rules}


def test_a_row_with_a_zone_moves_no_other(tmp_path):
    found, rules = moments(case(tmp_path, "zone_leak"))
    assert found == dict.fromkeys(("A1", "A3", "A4"), datetime(2025, 3, 31, 22))
    assert rules == {"ordered_at_wrong_type": 1}


def test_a_file_with_a_zone_moves_no_other(tmp_path):
    found, rules = moments(case(tmp_path, "leak2"))
    assert found == dict.fromkeys("BC", datetime(2025, 3, 31, 20))
    assert rules["ordered_at_wrong_type"] == 1


def test_zones_by_name_are_set_aside(tmp_path):
    found, rules = moments(case(tmp_path, "named") / "n.toml")
    assert not found
    assert rules["ordered_at_wrong_type"] == 4


ODD = [
    *("2025-03-31 20:00:00 PDT", "2025-03-31 20:00:00 America/New_York", "2025-03-31 20:00 CST"),
    *("2025-03-31 20:00:00 IST", "2025-03-31T20:00:00+08:00[Asia/Shanghai]", "soon", "45661.67"),
    *("20:00", "31/03/2025", "2025-02-30 10:00:00", "infinity", "epoch", "2025-03-31 20:00 MESZ"),
]
PLAIN = [
    ("2025-03-31 20:00:00", datetime(2025, 3, 31, 20)),
    ("2025-03-31", datetime(2025, 3, 31)),
    ("2025/3/31 20:00", datetime(2025, 3, 31, 20)),
    ("2025-03-31T20:00:00Z", datetime(2025, 3, 31, 20)),
    ("2025-03-31 20:00:00 +0530", datetime(2025, 3, 31, 14, 30)),
    ("2025-03-31 20:00:00.5", datetime(2025, 3, 31, 20, 0, 0, 500_000)),
]
ROWS = st.lists(
    st.one_of(st.sampled_from(ODD).map(lambda text: (text, None)), st.sampled_from(PLAIN)),
    min_size=1,
    max_size=40,
)


@settings(deadline=None, max_examples=6)
@given(ROWS)
def test_every_row_means_what_it_means_alone(tmp_path_factory, drawn):
    lines = [{"order_id": str(i), "ordered_at": text} for i, (text, _) in enumerate(drawn)]
    found, rules = moments(write(tmp_path_factory.mktemp("odd"), orders=lines))
    assert found == {str(i): moment for i, (_, moment) in enumerate(drawn) if moment}
    assert rules.get("ordered_at_wrong_type", 0) == len(drawn) - len(found)


def test_an_odd_value_of_any_column_costs_its_row_alone(tmp_path):
    plain = {"ordered_at": "2025-03-31 20:00:00", "customer_id": "c", "currency": "EUR"}
    odd = {
        "ordered_at": "2025-03-31 20:00:00 CST",
        "quantity": "1.5e0x",
        "unit_price": "3,50",
        "discount": "EUR 3",
        "customer_id": "3.3E+18",
        "currency": "USD",
    }
    lines = [{"order_id": name} | plain | {name: value} for name, value in odd.items()]
    with_them = [*lines, *({"order_id": f"good{i}"} | plain for i in range(3))]
    with open_source(load_config(write(tmp_path / "odd", orders=with_them))) as source:
        kept = check(source, now=NOW).used["orders"].execute().sort_values("order_id")
    with open_source(load_config(write(tmp_path / "plain", orders=with_them[-3:]))) as source:
        alone = check(source, now=NOW).used["orders"].execute().sort_values("order_id")
    shared = list(alone.columns)
    assert kept[shared].reset_index(drop=True).equals(alone.reset_index(drop=True))
