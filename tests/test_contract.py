"""Tables of the contract are found by name, and their names keep them apart."""

import re
from pathlib import Path

import pytest

from ops_widgets import contract
from ops_widgets.contract import TABLES, tables

MODULES = sorted(path.stem for path in Path(tables.__path__[0]).glob("[a-z]*.py"))


def test_every_module_declares_the_table_of_its_name():
    assert sorted(TABLES) == MODULES
    for name, table in TABLES.items():
        assert table.name == name


def test_tables_keep_the_order_in_which_people_know_them():
    assert [name for name in TABLES if TABLES[name].place < 100] == [
        *("orders", "products", "events"),
        *("campaigns", "campaign_days", "campaign_audience", "market"),
        *("customers", "stock", "shipments", "offers", "placements"),
        *("calendar", "targets", "slots", "slot_requests", "slot_plan", "decisions"),
    ]


def test_a_new_table_needs_no_place_and_comes_last_by_name(tmp_path, monkeypatch):
    for name in ("z_new", "y_new"):
        (tmp_path / f"{name}.py").write_text(
            "from ops_widgets.contract.table import Table\n"
            f"TABLE = Table({name!r}, row='one thing', columns=())\n"
        )
    monkeypatch.setattr(tables, "__path__", [*tables.__path__, str(tmp_path)])
    assert list(contract._found())[-2:] == ["y_new", "z_new"]


@pytest.mark.parametrize("name", TABLES)
def test_a_file_of_one_table_is_never_taken_for_a_part_of_another(name):
    """`orders_2024.csv` is a part of `orders`: no table may be called `orders_...`."""
    assert not [other for other in TABLES if re.match(f"{name}[-_0-9]", other)]


@pytest.mark.parametrize("name", TABLES)
def test_rules_name_what_is_there(name):
    for rule in TABLES[name].rules:
        if rule.reference:
            table, column = rule.reference.split(".")
            assert column in TABLES[table].names
        if rule.kind == "one_of":
            assert TABLES[name].column(rule.columns[0]).choices
    for column in TABLES[name].columns:
        assert column.default is None or column.default in column.choices
