"""``ops init``: what it says, what it asks, what it refuses, and that a small owner gets there."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ops_widgets.cli import app
from ops_widgets.contract import TABLES
from ops_widgets.exports.folder import initial, write_source
from ops_widgets.exports.listing import page
from ops_widgets.exports.ready import ready_sources
from ops_widgets.exports.written import Signs, dates, signs
from ops_widgets.exports.zones import zone_of_offsets
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.validation.checks import check
from tests.export_files import BOM, CASES, amazon_orders, meta_ads, shopify, table
from tests.test_exports_ready import checked, fill, totals

SHARED = Path(__file__).parents[2] / "shared" / "cases"
ROOT = Path(__file__).parents[1]


def ops(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


def write(folder: Path, **files: str) -> Path:
    return fill(folder, {name.replace("__", "."): text.encode() for name, text in files.items()})


def test_a_folder_becomes_a_source_that_is_checked(tmp_path: Path):
    shop = fill(tmp_path / "shop", shopify().files | meta_ads().files)
    code, said = ops("init", shop)
    assert code == 0, said
    assert "bestellungen.csv: Shopify orders." in said
    assert "Ads.csv: Meta Ads campaigns by day." in said
    assert "The currency is EUR (from bestellungen.csv)." in said
    assert "Campaigns that the orders name: 1, of the ads beside: 1." in said
    assert 'timezone = "Europe/Berlin": the times of bestellungen.csv have its offsets' in said
    assert "campaign_days" in said and "set aside" in said  # the check's own table
    assert load_config(shop).campaign_days_complete
    assert ops("check", shop)[0] == 0


def test_a_toml_that_is_there_is_never_lost(tmp_path: Path):
    shop = fill(tmp_path / "shop", shopify().files)
    (shop / "source.toml").write_text('currency = "GBP"\n')
    code, said = ops("init", shop)
    assert code == 2 and "is there already" in said
    assert (shop / "source.toml").read_text() == 'currency = "GBP"\n'
    other = re.search(r"--out (\S+)", said)
    assert other is not None
    code, said = ops("init", shop, "--out", other[1])
    assert code == 0, said
    assert "is no name of a TOML" in ops("init", shop, "--out", tmp_path / "x")[1]
    code, said = ops("init", shop, "--out", tmp_path / "elsewhere.toml")
    assert code == 0, said  # its files are found from there
    assert (shop / "source.toml").read_text() == 'currency = "GBP"\n'
    assert load_config(other[1]).currency == "EUR"
    assert ops("init", shop, "--force")[0] == 0
    assert load_config(shop).currency == "EUR"


def test_what_no_file_says_can_be_said(tmp_path: Path):
    shop = fill(tmp_path / "shop", CASES["woocommerce_analytics"].files)
    assert 'currency = "USD"  # CONFIRM' in initial(shop).toml
    code, said = ops("init", shop, "--currency", "SEK", "--timezone", "Europe/Stockholm")
    assert code == 0, said
    text = (shop / "source.toml").read_text()
    assert 'currency = "SEK"  # as you said' in text
    assert "CONFIRM" not in text.split("\n", 2)[2]


@pytest.mark.parametrize(
    ("files", "words", "remedy"),
    [
        ({}, "holds no data file, but nothing", "ops init --list"),
        ({"readme.md": b"hello"}, "holds no data file, but readme.md", "ops init --list"),
        ({"a.csv": b""}, "a.csv is empty (0 bytes)", "Export"),
        ({"a.csv": b"x,y\n1,2\n"}, "a.csv: not understood", "ops init --list"),
        ({"a.xlsx": b"no book"}, "a.xlsx cannot be read as a table", "save it as CSV"),
    ],
)
def test_a_folder_with_nothing_to_understand_is_refused(
    tmp_path: Path, files: dict[str, bytes], words: str, remedy: str
):
    code, said = ops("init", fill(tmp_path / "shop", files))
    assert code in (2, 65)
    assert words in said and remedy in said
    assert not (tmp_path / "shop" / "source.toml").exists()


def test_a_folder_that_is_none_is_refused(tmp_path: Path):
    assert "is not there" in ops("init", tmp_path / "nowhere")[1]
    file = tmp_path / "a.csv"
    file.write_text("x")
    assert "is no folder" in ops("init", file)[1]
    code, said = ops("init")
    assert code == 2 and "ops init my-exports/" in said


def test_a_folder_that_may_not_be_written_to_is_said(tmp_path: Path, monkeypatch):
    shop = fill(tmp_path / "shop", shopify().files)

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root, as which tests may run, may write anywhere.
    monkeypatch.setattr("ops_widgets.exports.folder.write_atomically", refused)
    code, said = ops("init", shop)
    assert code == 2 and "cannot be written" in said and "folder of your own" in said


def test_one_file_that_cannot_be_read_costs_only_itself(tmp_path: Path):
    shop = fill(tmp_path / "shop", shopify().files | {"old.xls": b"broken", "none.csv": b""})
    found = initial(shop)
    assert any("old.xls: left out" in line for line in found.said)
    assert any("none.csv: left out" in line for line in found.said)
    assert "[tables.orders]" in found.toml


def test_parts_of_one_export_are_read_as_one(tmp_path: Path):
    header, *lines = shopify().files["bestellungen.csv"].decode().split("\r\n#")
    first = [line for line in lines if line.startswith(("1,", "2,", "3,"))]
    last = [line for line in lines if not line.startswith(("1,", "2,", "3,"))]
    shop = write(
        tmp_path / "shop",
        export_1__csv="\r\n#".join([header, *first]) + "\r\n",
        export_2__csv="\r\n#".join([header, *last]),
    )
    assert 'file = "export_*.csv"' in initial(shop).toml
    assert totals(checked(shop)[0]["orders"])["net"] == 80.83


def test_parts_with_other_columns_or_names_come_together_in_the_select(tmp_path: Path):
    whole = shopify().files["bestellungen.csv"].decode()
    header, *lines = whole.split("\r\n#")
    names = header.removeprefix(BOM).split(",")
    without = names.index("Note Attributes")
    shop = write(tmp_path / "shop", march__csv="\r\n#".join([header, *lines[:5]]) + "\r\n")
    rows = [("#" + line).rstrip("\r\n").split(",") for line in lines[5:]]
    cut = [[value for i, value in enumerate(row) if i != without] for row in [names, *rows]]
    (shop / "later.csv").write_text(table(cut))
    found = initial(shop)
    assert "[files.shopify_orders_1]" in found.toml and "[files.shopify_orders_2]" in found.toml
    assert totals(checked(shop)[0]["orders"])["net"] == 80.83


def test_the_same_orders_twice_are_refused_and_the_remedy_works(tmp_path: Path):
    files = shopify().files
    shop = fill(tmp_path / "shop", files | {"copy (1).csv": files["bestellungen.csv"]})
    code, said = ops("init", shop)
    assert code == 2 and "both hold 6 of the same" in said and "#1, #2, #3" in said
    (shop / "copy (1).csv").rename(tmp_path / "copy.csv")
    assert ops("init", shop)[0] == 0


def test_two_shops_are_united_and_their_channels_tell_them_apart(tmp_path: Path):
    shop = fill(tmp_path / "shop", shopify().files | amazon_orders().files)
    orders = checked(shop)[0]["orders"]
    assert totals(orders)["net"] == pytest.approx(80.83 + 77.55)
    by_channel = orders[orders["status"] != "cancelled"].groupby("channel")["order_id"].nunique()
    assert by_channel.to_dict() == {"Amazon": 3, "facebook": 1, "web": 4}


def test_ads_of_several_platforms_become_one_table(tmp_path: Path):
    files = {**meta_ads().files, **CASES["google_ads"].files}
    days = checked(fill(tmp_path / "shop", files))[0]["campaign_days"]
    assert round(days["cost"].sum(), 2) == round(18.60 + 1245.00, 2)


def test_the_lines_win_over_another_export_of_the_same_orders(tmp_path: Path):
    files = CASES["woocommerce_packed"].files | CASES["woocommerce_analytics"].files
    shop = fill(tmp_path / "shop", files)
    assert any("wc-orders.csv: left out" in line for line in initial(shop).said)
    assert totals(checked(shop)[0]["orders"])["net"] == 24.99


def test_a_table_under_the_contracts_name_wins_over_what_an_export_knows_of_it(tmp_path: Path):
    products = "product_id,name,category\nKZ-1,Kerze,Haus / Licht\n"
    shop = fill(tmp_path / "shop", shopify().files | {"products.csv": products.encode()})
    assert "products: from products.csv and not from the exports." in initial(shop).said
    used, _ = checked(shop)
    assert used["products"]["category"].tolist() == ["Haus / Licht"]
    assert totals(used["orders"])["net"] == 80.83


def test_campaigns_that_do_not_meet_are_not_mapped_and_said(tmp_path: Path):
    files = meta_ads().files["Ads.csv"].replace(b"777", b"888")
    shop = fill(tmp_path / "shop", shopify().files | {"Ads.csv": files})
    found = initial(shop)
    assert any("none of those of the ads" in line and "777" in line for line in found.said)
    orders = checked(shop)[0]["orders"]
    assert orders["campaign_id"].isna().all()
    assert "facebook" in set(orders["channel"])


def test_an_export_that_lacks_its_days_says_how_to_make_it(tmp_path: Path):
    rows: list[list[object]] = [
        [
            "Campaign name",
            "Reporting starts",
            "Reporting ends",
            "Amount spent (EUR)",
            "Impressions",
        ],
        ["Spring", "2025-01-01", "2025-01-31", "20.00", "300"],
    ]
    code, said = ops("init", fill(tmp_path / "shop", {"meta.csv": table(rows).encode()}))
    assert code == 2
    assert "looks like Meta Ads campaigns by day, but has no column 'Day'" in said
    assert "Breakdown > By time > Day" in said


def test_an_unknown_file_is_proposed_with_how_sure_each_line_is(tmp_path: Path):
    rows: list[list[object]] = [
        ["Bestellnummer", "Bestelldatum", "Kundennummer", "Artikel", "Menge", "Preis", "Rabatt",
         "Bestellstatus"],
        ["B1", "31.01.2025 18:30", "K1", "Tasse", "2", "1.250,50", "0,00", "Versandt"],
        ["B2", "01.02.2025 09:00", "K2", "Öl", "1", "3,50", "1,00", "Storniert"],
    ]  # fmt: skip
    shop = fill(tmp_path / "shop", {"verkauf.csv": table(rows, ";").encode("cp1252")})
    found = initial(shop, currency="EUR", timezone="Europe/Berlin")
    for line in (
        r'order_id = "Bestellnummer"  # CONFIRM: likely',
        r'ordered_at = "Bestelldatum"  # CONFIRM: likely',
        r'quantity = "Menge"  # CONFIRM: likely',
        r'unit_price = "Preis"  # CONFIRM: likely',
        'values = { Storniert = "cancelled", Versandt = "completed" }',
        'decimal = ","',
        'date_format = "%d.%m.%Y %H:%M"',
        'timezone = "Europe/Berlin"',
    ):
        assert line in found.toml, line
    used, _ = checked_with(shop, found.toml)
    assert totals(used["orders"])["gross"] == 2501.00
    assert used["orders"]["ordered_at"].min().isoformat() == "2025-01-31T17:30:00"


def checked_with(folder: Path, text: str):  # type: ignore[no-untyped-def]
    write_source(text, folder / "source.toml")
    with open_source(load_config(folder)) as source:
        found = check(source, now=datetime(2026, 1, 1))
        return {n: source.run(r, n).to_pandas() for n, r in found.used.items()}, found.report


def test_what_is_only_a_guess_or_lacks_stands_as_a_comment(tmp_path: Path):
    rows: list[list[object]] = [
        ["Order Number", "Created", "SKU", "Note", "Discount"],
        ["1", "2025-01-01", "A", "gift", "0.2"],
    ]
    found = initial(fill(tmp_path / "shop", {"sales.csv": table(rows).encode()}))
    assert "\n# quantity = { value = 1 }  # CONFIRM" in found.toml
    assert '\n# discount = "Discount"  # CONFIRM: guess' in found.toml
    assert any("quantity, unit_price" in line for line in found.needed)


def test_the_contracts_own_names_need_no_word(tmp_path: Path):
    text = "order_id,ordered_at,product_id,quantity,unit_price\n1,2025-01-01 10:00:00Z,A,1,2.5\n"
    found = initial(write(tmp_path / "shop", orders__csv=text), currency="EUR", timezone="UTC")
    assert "CONFIRM" not in found.toml.split("\n", 2)[2]
    assert found.needed == ()


def test_every_word_of_a_written_source_is_read(tmp_path: Path):
    """Quotes, backslashes and line ends in the names of columns do no harm."""
    files = meta_ads().files["Ads.csv"].decode().replace("Ad name", 'Ad "name"\\')
    shop = fill(tmp_path / "shop", {'it\'s "ads".csv': files.encode()})
    assert checked(shop)[0]["campaign_days"]["cost"].sum() == pytest.approx(18.60)


def test_the_list_names_every_export_and_where_it_is_made():
    code, said = ops("init", "--list")
    assert code == 0
    for one in ready_sources():
        assert one.name in said and one.made_in in said
    assert "Lineitem quantity" in said


def test_the_page_is_that_of_the_ready_sources():
    assert (ROOT / "docs" / "ready-sources.md").read_text("utf-8") == page()


def test_ready_sources_fill_columns_and_tables_that_exist():
    whole_contract = "shipments" in TABLES
    for export in ready_sources():
        assert export.unknown
        for table_name, selects in export.tables.items():
            if whole_contract:
                assert table_name in TABLES, export.name
            for one in selects:
                files = {need.split(".")[0] for need in one.needs}
                assert files <= export.files.keys(), export.name


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["2025-01-31 10:00", "2025/2/1"], ()),
        (["31.01.2025", "01.02.2025"], ("%d.%m.%Y",)),
        (["01/31/2025", "02/01/2025"], ("%m/%d/%Y",)),
        (["01/02/2025", "03/04/2025"], ("%d/%m/%Y", "%m/%d/%Y")),
        (["Jan 5, 2025", "Total: account"] * 2 + ["Jan 6, 2025"], ("%b %d, %Y",)),
        (["13 Mar 2025 10:05"], ("%d %b %Y %H:%M",)),
    ],
)
def test_forms_of_dates(values: list[str], formats: tuple[str, ...]):
    found = dates(values)
    assert found.are_dates
    assert found.formats == formats


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["1.50", "20"], Signs()),
        (["2,951", "9.31"], Signs(".", ",")),
        (["1.234,56"], Signs(",", ".")),
        (["3,5", "10"], Signs(",")),
        (["125.000", "50.000"], Signs(",", ".", False)),
        (["1.250.000"], Signs(",", ".")),
        (["1.2500", "3.0000"], Signs()),
    ],
)
def test_signs_of_numbers(values: list[str], found: Signs):
    assert signs(values) == found


def test_a_zone_needs_to_fit_the_offsets_of_summer_and_winter():
    both = ["2025-01-04 16:09:00 -0800", "2025-06-04 16:09:00 -0700"]
    assert zone_of_offsets(both, ("CAD", "")) == "America/Vancouver"
    assert zone_of_offsets(both, ("", "")) == "America/Los_Angeles"
    assert zone_of_offsets(["2025-01-04T16:09:00+00:00"], ("GBP", "")) == ""
    assert zone_of_offsets(["2025-07-04T16:09:00+05:45"], ("", "")) == ""


@pytest.mark.skipif(not SHARED.is_dir(), reason="the cases are not here")
class TestCases:
    """The totals that these exports are known to have."""

    @pytest.fixture
    def shop(self, tmp_path: Path) -> Path:
        folder = tmp_path / "shop"
        folder.mkdir()
        for path in ("shopify/orders_export.csv", "ads/meta.csv", "ads/google_utf16.csv"):
            shutil.copy(SHARED / path, folder)
        return folder

    def test_a_shopify_export_and_ads_are_exact(self, shop: Path):
        used, _ = checked(shop)
        truth = json.loads((SHARED / "shopify" / "truth.json").read_text())
        found = totals(used["orders"])
        for mine, theirs in (
            ("net", "net"), ("gross", "gross"), ("discount", "discount"), ("refunds", "refunded"),
            ("orders", "orders"), ("customers", "customers"),
        ):  # fmt: skip
            assert found[mine] == pytest.approx(truth[theirs]), mine
        days = used["campaign_days"].merge(used["campaigns"], on="campaign_id")
        counted = days.groupby("channel")["cost"].agg(["size", "sum"]).round(2)
        assert counted.loc["Google"].tolist() == [150, 3161.97]
        assert counted.loc["Meta"].tolist() == [300, 2255.42]

    def test_three_commands_make_the_pages(self, shop: Path, tmp_path: Path, monkeypatch):
        """What a small owner types: init, prepare; the pages follow from a source that builds."""
        monkeypatch.setenv("OPS_STORE", str(tmp_path / "store"))
        assert ops("init", shop)[0] == 0
        code, said = ops("prepare", shop)
        assert code == 0 and "data to 2025-05-25" in said, said
