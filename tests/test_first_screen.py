"""What ``ops check`` says first: what can be shown, what is lacking, and lines that add it."""

import json

import pytest
from typer.testing import CliRunner

from ops_widgets.analyses import ANALYSES
from ops_widgets.cli import app
from ops_widgets.cli.first_screen import as_data, first_screen, showings
from ops_widgets.contract import TABLES
from ops_widgets.errors import DataError, UsageError, together
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.summaries.build import prepare
from ops_widgets.validation.checks import check
from tests.any_table import KINDS
from tests.odd_shops import market, orders
from tests.tiny import NOW, write


def looked_at(source):
    config = load_config(source)
    with open_source(config) as opened:
        return config, showings(opened, check(opened, now=NOW).report)


def how_much(source):
    return {one.analysis.name: one.how_much for one in looked_at(source)[1]}


# --- what can be shown -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("market", {"category_opportunity": "in part"}),
        ("events", {"cohort_activity": "in part"}),
        ("ads", {"campaign_performance": "in part"}),
        ("audience", {"campaign_performance": "in part"}),
        ("sales", {"category_opportunity": "in part"}),
        ("products", {}),
    ],
)
def test_each_kind_of_source_is_told_what_it_can_show(tmp_path, kind, shown):
    found = how_much(write(tmp_path / "shop", **KINDS[kind]))
    assert found == dict.fromkeys(ANALYSES, "nothing yet") | shown


def test_what_is_declared_is_of_the_contract_and_no_analysis_reads_nothing():
    for analysis in ANALYSES.values():
        assert analysis.reads
        for one in (*analysis.reads, *analysis.adds):
            assert set(one.columns) <= set(TABLES[one.table].names)
            assert not one.shows.endswith(".")


def test_a_table_without_a_usable_row_shows_nothing(tmp_path):
    shop = write(tmp_path / "shop", orders=orders())
    (shop / "market.csv").write_text("month,category,brand,gmv\n")
    config, found = looked_at(shop)
    text = first_screen(found, config, 120)
    assert "  - market                      no usable row, else the size" in text


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("kind", ["market", "orders and ads"])
def test_the_screen_fits_and_is_aligned(tmp_path, width, kind):
    config, found = looked_at(write(tmp_path / "shop", **KINDS[kind]))
    text = first_screen(found, config, width)
    assert max(map(len, text.splitlines())) <= width
    marked = [line for line in text.splitlines() if line[:4] in ("  + ", "  - ")]
    assert marked
    assert {line[30:32] == "  " and line[32] != " " for line in marked} == {True}
    shown, lines = text.split("To add what is lacking")
    assert len(shown.splitlines()) < 32, "what can be shown is seen at once"
    assert len(lines.splitlines()) < 42


# --- the lines, followed literally -----------------------------------------------------------

LATER = {"orders": orders(), "market": market(), "events": KINDS["events"]["events"]}


def toml_of(text):
    """The indented lines below what is to be done."""
    text = text[text.index("To add what is lacking") :]
    return "\n".join(line[4:] for line in text.splitlines() if line.startswith("    ")) + "\n"


def add_files(shop, found):
    """A file of every table that is lacking, as its lines name it, with the wanted columns."""
    for need in (need for one in found for need in one.lacks if not need.columns):
        path = shop / f"{need.table}.csv"
        wanted = [*dict.fromkeys((*need.wanted, *TABLES[need.table].names))]
        if not path.exists():
            path.write_text(",".join(wanted) + "\n")


@pytest.mark.parametrize("kind", ["market", "orders and ads"])
@pytest.mark.parametrize("explicit", [True, False])
def test_all_lines_written_as_they_stand_map_everything(tmp_path, kind, explicit):
    tables = KINDS[kind]
    sections = "".join(f'[tables.{name}]\nfile = "{name}.csv"\n' for name in tables)
    shop = write(tmp_path / "shop", sections if explicit else "", **tables)
    config, found = looked_at(shop)
    text = first_screen(found, config, 80)
    add_files(shop, found)
    replaced = {need.table for one in found for need in one.lacks if need.columns}
    toml = (shop / "source.toml").read_text()
    for name in replaced:
        told = f"let these lines replace all of [tables.{name}]" if explicit else f"give {name}.csv"
        assert told in " ".join(text.split())
        rows = (shop / f"{name}.csv").read_text().splitlines()
        lacks = {c for one in found for n in one.lacks if n.table == name for c in n.columns}
        (shop / f"{name}.csv").write_text(
            "\n".join(
                [f"{rows[0]},{','.join(lacks)}", *(row + "," * len(lacks) for row in rows[1:])]
            )
        )
        toml = toml.replace(f'[tables.{name}]\nfile = "{name}.csv"\n', "")
    (shop / "source.toml").write_text(toml + toml_of(text))
    _, again = looked_at(shop)
    assert [one.lacks for one in again] == [()] * len(ANALYSES)


def test_json_holds_the_same_with_the_lines_of_each_thing(tmp_path):
    shop = write(tmp_path / "shop", market=market())
    done = CliRunner().invoke(app, ["check", str(shop), "--json"])
    assert done.exit_code == 0
    told = {one["name"]: one for one in json.loads(done.stdout)["analyses"]}
    assert told["category_opportunity"]["shows"][0]["table"] == "market"
    [orders_lack, *_] = told["cohort_activity"]["lacks"]
    assert (orders_lack["table"], orders_lack["columns"]) == ("orders", [])
    assert "[tables.orders]" in orders_lack["lines"]
    assert told == {one["name"]: one for one in as_data(*reversed(looked_at(shop)))}


def test_the_command_begins_with_it(tmp_path):
    shop = write(tmp_path / "shop", market=market())
    done = CliRunner().invoke(app, ["check", str(shop)])
    assert done.exit_code == 0
    assert done.stdout.startswith("What shop can show\n\nCategory opportunity: in part\n  + market")
    assert done.stdout.index("Cohort activity: nothing yet") < done.stdout.index("rows in")


# --- all errors at once ----------------------------------------------------------------------


def test_three_wrong_keys_are_said_together(tmp_path):
    path = tmp_path / "shop.toml"
    path.write_text(
        'currencey = "EUR"\ntimezone = "Berlin"\n'
        '[tables.order]\nfile = "orders.csv"\n'
        '[tables.products]\nfile = "p.csv"\ndelimitter = ";"\ncolumns = { product = "x" }\n'
        "[names.brnd]\n"
    )
    with pytest.raises(UsageError) as found:
        load_config(path)
    said = found.value.message
    for part in (
        "unknown key 'currencey' at the top level. Did you mean 'currency'?",
        "timezone 'Berlin' is unknown. Did you mean 'Europe/Berlin'?",
        "no table 'order'. Did you mean 'orders'?",
        "unknown key 'delimitter' at [tables.products]. Did you mean 'delimiter'?",
        "table 'products' has no column 'product'.",
        "names.brnd names nothing. Did you mean 'brand'?",
    ):
        assert part in said
    assert said.startswith("There are 6 things to correct:\n- ")
    done = CliRunner().invoke(app, ["check", str(path)])
    assert done.exit_code == 2


def test_unset_variables_are_said_together(tmp_path):
    path = tmp_path / "shop.toml"
    path.write_text('name = "${OPS_NOT_A}"\nstore = "${OPS_NOT_B}/${OPS_NOT_A}"\n')
    with pytest.raises(UsageError) as found:
        load_config(path)
    assert [part.remedy for part in found.value.parts] == [
        "Set it first: export OPS_NOT_A=...",
        "Set it first: export OPS_NOT_B=...",
    ]


def test_two_broken_tables_and_all_their_columns_are_said_together(tmp_path):
    shop = write(
        tmp_path / "shop",
        '[tables.orders]\nfile = "orders.csv"\ncolumns = { order_id = "nr", customer_id = "who" }\n'
        '[tables.products]\nfile = "products.csv"\n[tables.market]\nfile = "nowhere.csv"',
        products=[{"sku": "p"}],
    )
    (shop / "orders.csv").write_text("Nr,ordered_at\n1,2024-01-01\n")
    for ask in (lambda: looked_at(shop), lambda: prepare(shop, now=NOW)):
        with pytest.raises(DataError) as found:
            ask()
        said = [str(part) for part in found.value.parts]
        assert len(said) == 5
        assert "no column 'nr', named for order_id. Did you mean 'Nr'?" in said[0]
        assert "no column 'who', named for customer_id" in said[1]
        assert 'columns = { product_id = "...", quantity = "...", unit_price = "..." }' in said[2]
        assert "[tables.products]" in said[3]
        assert "nowhere.csv" in said[4]
    assert CliRunner().invoke(app, ["check", str(shop)]).exit_code == 65


def test_one_error_stays_itself_and_the_same_one_is_said_once():
    one, two = DataError("a.", "b."), DataError("c.")
    assert together([one]) is one and together([one, DataError("a.", "b.")]) is one
    both = together([one, together([two, one])])
    assert both.message == "There are 2 things to correct:\n- a. b.\n- c."
    assert (both.exit_code, both.parts) == (65, (one, two))
