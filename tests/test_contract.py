"""Tables of the contract are found by name, and their names keep them apart."""

import re
from datetime import date
from pathlib import Path

import pytest

from ops_widgets import contract
from ops_widgets.contract import TABLES, tables
from ops_widgets.contract.table import LATEST, Column, Table
from ops_widgets.errors import DataError, UsageError
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.sources.reading import Reading
from ops_widgets.validation.checks import in_order

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


# --- columns that only the source knows --------------------------------------------------------

AUDIENCE = TABLES["campaign_audience"]
KEYS = ("campaign_id", "customer_id")


def test_a_family_has_any_number_of_columns_and_the_table_stays_as_it_is():
    more = AUDIENCE.extended(["pre_z", "pre_a", "pre_", "spend", "arm", "PRE_b"])
    assert more.names == (*AUDIENCE.names, "pre_a", "pre_z")
    assert more.column("pre_a").type == "number"
    assert AUDIENCE.column("pre_a") == more.column("pre_a"), "pages may ask for it"
    assert "pre_a" not in AUDIENCE.names
    assert more.extended(["pre_a"]) is more
    assert AUDIENCE.extended(["spend"]) is AUDIENCE
    for name in ("pre_", "spend", "pre"):
        assert not AUDIENCE.knows(name)
        with pytest.raises(KeyError):
            AUDIENCE.column(name)


def test_a_column_of_a_family_is_found_by_its_name_or_mapped():
    held = [*KEYS, "pre_spend", "visits", "other"]
    found = Reading.match(AUDIENCE, {"pre_visits": "visits"}, held, "it", "it")
    assert {name: one.column for name, one in found.items()} == dict(
        zip(KEYS, KEYS, strict=True)
    ) | {
        "pre_spend": "pre_spend",
        "pre_visits": "visits",
    }
    renamed = Reading.match(AUDIENCE, {"pre_spend_90d": "pre_spend"}, held, "it", "it")
    assert list(renamed) == [*KEYS, "pre_spend_90d"], "what is mapped has one name"
    with pytest.raises(DataError, match="pre_spent"):
        Reading.match(AUDIENCE, {"pre_spend": "pre_spent"}, held, "it", "it")


def test_a_source_maps_columns_of_a_family_and_no_others(tmp_path):
    (tmp_path / "orders.csv").write_text("order_id,ordered_at,product_id,quantity,unit_price\n")
    (tmp_path / "arms.csv").write_text("campaign_id,customer_id,was\nk,c, 2.5 \n")
    toml = '[tables.orders]\nfile = "orders.csv"\n[tables.campaign_audience]\nfile = "arms.csv"\n'
    (tmp_path / "source.toml").write_text(toml + 'columns = { pre_spend = "was" }\n')
    with open_source(load_config(tmp_path)) as source:
        assert source.present("campaign_audience") == (*KEYS, "pre_spend")
        reading = source.reading("campaign_audience")
        assert reading.typed(reading.rows).execute()["pre_spend"].tolist() == [2.5]
    (tmp_path / "source.toml").write_text(toml + 'columns = { post_spend = "was" }\n')
    with pytest.raises(UsageError, match="no column 'post_spend'"):
        load_config(tmp_path)


def test_tables_are_read_after_those_that_they_refer_to():
    names = in_order(list(reversed(TABLES)))
    assert sorted(names) == sorted(TABLES)
    for name in names:
        for rule in TABLES[name].rules:
            if rule.reference:
                assert names.index(rule.reference.split(".")[0]) < names.index(name)
    assert in_order(["slot_plan", "orders"]) == ["slot_plan", "orders"], (
        "what is absent is no reason"
    )


def test_a_table_refers_to_none_that_is_never_held_at_once():
    """Checks have all tables at hand, builds only those that are read whole: both must agree."""
    from ops_widgets.summaries.plan import needed_whole

    for table in TABLES.values():
        for rule in table.rules:
            if rule.reference:
                assert rule.reference.split(".")[0] in needed_whole() - {"orders", "events"}


def test_the_last_day_of_plans_is_one():
    assert date.fromisoformat(LATEST) > date(2099, 12, 31)
    assert Table("t", "row", (Column("a", "text", "A"),)).knows("a")
