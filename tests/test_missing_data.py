"""What a source lacks is said once a page: to a reader what is missing, to an analyst the lines."""

import re
from html import unescape

import duckdb
import pandas as pd
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import MissingDataError
from ops_widgets.sources.config import load_config
from ops_widgets.sources.mapping import how_to_map
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store
from ops_widgets.views.analysis import Panel
from ops_widgets.widgets.page import Page
from ops_widgets.widgets.render import NUMBERS_TYPE
from tests.test_widgets_page import life, notebook, static, voila  # noqa: F401
from tests.tiny import NOW, write

PANELS = ("open_market", "growth", "brands", "months")
DAYS = pd.date_range("2024-01-01", "2024-06-30")
ORDERS = [
    {"order_id": f"o{i}", "ordered_at": f"{day:%Y-%m-%d} 12:00", "customer_id": f"c{i % 7}"}
    for i, day in enumerate(DAYS)
]
MARKET = "month,category,brand,gmv\n" + "".join(
    f"{month:%Y-%m-%d},Toys,{brand},{100 * n}\n"
    for n, month in enumerate(pd.date_range("2022-07-01", "2024-06-30", freq="MS"))
    for brand in ("Lego", "Duplo")
)
EXPLICIT = '[tables.orders]\nfile = "orders.csv"\n'


@pytest.fixture(autouse=True)
def stores(tmp_path, monkeypatch):
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "stores"))


@pytest.fixture
def open_app(tmp_path):
    """``open_app(source, app) -> page`` of what is built of the source now."""
    opened = []

    def page(source, app="category_opportunity"):
        prepare(source, now=NOW)
        opened.append(open_store(source))
        return Page(ANALYSES[app], ANALYSES[app].view(source=str(source)), opened[-1])

    yield page
    for store in opened:
        store.close()


def shown(page, panels=PANELS):
    """The HTML of numbers and panels, in the order of a notebook."""
    parts = [page.numbers(), *(page.panel(name) for name in panels)]
    return [part.bundle["text/html"] for part in parts]


def lines(html):
    """What is there to be copied."""
    return unescape(re.search(r"<pre[^>]*>(.*?)</pre>", html, re.DOTALL)[1])


# --- once a page -----------------------------------------------------------------------------


def test_a_reader_is_told_once_and_in_words_and_the_panels_stand_aside(open_app, tmp_path, static):  # noqa: F811
    page = open_app(write(tmp_path / "shop", orders=ORDERS))
    first, *panels = shown(page)
    assert "Not shown: the size, growth and concentration of every category" in unescape(first)
    assert "Ask whoever prepares these data" in first
    assert "[tables." not in first, "a reader maps nothing"
    questions = [page.analysis.panel(name).question for name in PANELS]
    for html, question in zip(panels, questions, strict=True):
        assert "needs: market" in html and question in unescape(html)
        assert "ops-notice" not in html and "<h3" not in html


def test_the_live_page_says_it_once_again_for_every_view(open_app, tmp_path, voila):  # noqa: F811
    page = open_app(write(tmp_path / "shop", orders=ORDERS))
    page.numbers()
    for name in PANELS:
        page.panel(name)
    for months in (12, 6):
        page.look_at(page.view.replace(months=months))
        numbers, *panels = page._components
        assert "Not shown" in numbers._widget.html
        for panel in panels:
            assert panel._widget.head == "" and "needs: market" in panel._widget.body
            assert "Not shown" not in panel._widget.body
            assert "ops-collapsed" in panel._widget._dom_classes


def test_a_panel_that_has_its_data_again_is_a_panel_again(open_app, tmp_path, voila):  # noqa: F811
    def compute(store, view):
        if view.months == 12:
            store.require("market", shows="anything")
        return pd.DataFrame({"a": [view.months]})

    page = open_app(write(tmp_path / "shop", orders=ORDERS))
    page.panel(Panel("own", "What?", compute))
    [panel] = page._components
    assert "Not shown: anything." in panel._widget.body and "needs: market" in panel._widget.body
    page.look_at(page.view.replace(months=6))
    assert "What?" in panel._widget.head and ">6<" in panel._widget.body
    assert "ops-collapsed" not in panel._widget._dom_classes


def test_two_things_that_are_missing_are_two_reasons_each_said_once(open_app, tmp_path, static):  # noqa: F811
    def lacking(table, shows):
        return Panel(table, f"{table}?", lambda store, _: store.require(table, shows=shows))

    page = open_app(write(tmp_path / "shop", orders=ORDERS))
    panels = [lacking("market", "x"), lacking("events", "y"), lacking("market", "x")]
    html = [page.panel(panel).bundle["text/html"] for panel in panels]
    assert ["Not shown: x" in html[0], "Not shown: y" in html[1]] == [True, True]
    assert "Not shown" not in html[2] and "needs: market" in html[2]


def test_the_record_names_what_is_needed_and_how_far_the_data_reach(open_app, tmp_path, static):  # noqa: F811
    page = open_app(write(tmp_path / "shop", 'complete_to = "2024-06-29"', orders=ORDERS))
    record = page.record().bundle[NUMBERS_TYPE]
    assert (record["needs"], record["numbers"]) == ("market", [])
    assert record["missing"].startswith("Not shown: ")
    assert record["reaches"] == "2024-06-29"


def test_columns_are_asked_for_together(open_app, tmp_path):
    days = [{"campaign_id": "k", "day": "2024-05-01"}]
    page = open_app(write(tmp_path / "shop", orders=ORDERS, campaign_days=days))
    with pytest.raises(MissingDataError) as missing:
        page.store.require("campaign_days", "impressions", "clicks", shows="a funnel")
    assert missing.value.need.name == "campaign_days.impressions, campaign_days.clicks"
    assert "columns campaign_days.impressions, campaign_days.clicks" in missing.value.words


# --- the lines, followed literally -----------------------------------------------------------


def works(open_app, source):
    """The page has every part, and its sums are those of the file that was added."""
    page = open_app(source)
    html = "".join(shown(page))
    assert "ops-lacking" not in html and "ops-notice" not in html
    gmv = {n.name: n.value for n in page.analysis.headline(page.store, page.view)}["market_gmv"]
    assert gmv == 2 * 100 * sum(range(11, 23)) * 100, "June is not over yet"


def test_lines_added_to_a_source_that_names_its_tables(open_app, tmp_path, notebook):  # noqa: F811
    shop = write(tmp_path / "shop", EXPLICIT, orders=ORDERS)
    first, *panels = shown(open_app(shop))
    assert "Add these lines at the end of source.toml:" in first
    assert f"ops prepare {shop}" in first
    assert all("<pre" not in html for html in panels)
    with (shop / "source.toml").open("a") as file:
        file.write(lines(first))
    (shop / "market.csv").write_text(MARKET)
    works(open_app, shop)


def test_lines_added_to_a_source_whose_tables_are_found_by_name(open_app, tmp_path, notebook):  # noqa: F811
    """To write one table down ends the search for the others: all have to stand there."""
    shop = write(tmp_path / "shop", orders=ORDERS)
    html = shown(open_app(shop))[0]
    with (shop / "source.toml").open("a") as file:
        file.write(lines(html).replace("market.csv", "bought.csv"))
    (shop / "bought.csv").write_text(MARKET)
    works(open_app, shop)


def test_a_file_put_beside_the_others_is_found(open_app, tmp_path, notebook):  # noqa: F811
    shop = write(tmp_path / "shop", orders=ORDERS)
    assert "put market.csv or market.parquet beside the others" in shown(open_app(shop))[0]
    (shop / "market.csv").write_text(MARKET)
    works(open_app, shop)


def test_a_folder_without_a_toml_gets_one(open_app, tmp_path, notebook):  # noqa: F811
    shop = write(tmp_path / "shop", orders=ORDERS)
    (shop / "source.toml").unlink()
    html = shown(open_app(shop))[0]
    assert "into a new source.toml there" in html
    (shop / "source.toml").write_text(lines(html).replace("market.csv", "bought.csv"))
    (shop / "bought.csv").write_text(MARKET)
    works(open_app, shop)


def test_a_database_file_is_asked_for_a_table(open_app, tmp_path, notebook):  # noqa: F811
    folder, shop = write(tmp_path / "files", orders=ORDERS), tmp_path / "shop.duckdb"
    with duckdb.connect(shop) as database:
        database.execute(f"create table orders as from '{folder}/orders.csv'")
    html = shown(open_app(shop))[0]
    assert "Give shop.duckdb a table market with the columns month, category, brand, gmv" in html
    (folder / "market.csv").write_text(MARKET)
    with duckdb.connect(shop) as database:
        database.execute(f"create table market as from '{folder}/market.csv'")
    works(open_app, shop)


@pytest.mark.parametrize(
    "section",
    [
        '[tables.orders]\nfile = "orders.csv"\ncolumns = { order_id = "nr" }\n',
        '[tables.orders]\nfile = "orders.csv"\n\n[tables.orders.columns]\norder_id = "nr"\n',
    ],
)
def test_a_column_is_added_to_the_section_of_its_table(open_app, tmp_path, notebook, section):  # noqa: F811
    renamed = [{"nr": row["order_id"]} | row for row in ORDERS]
    for row in renamed:
        del row["order_id"]
    campaigns = [
        {"campaign_id": "k", "name": "K", "starts_on": "2024-06-01", "ends_on": "2024-06-30"}
    ]
    shop = write(
        tmp_path / "shop", f'{section}[tables.campaigns]\nfile = "campaigns.csv"',
        orders=renamed, campaigns=campaigns,
    )  # fmt: skip
    html = shown(open_app(shop, "campaign_performance"), ())[0]
    assert "let these lines replace all of [tables.orders]" in html
    toml = (shop / "source.toml").read_text()
    (shop / "source.toml").write_text(toml.replace(section, lines(html) + "\n"))
    orders = pd.read_csv(shop / "orders.csv").assign(campaign_id="k")
    orders.to_csv(shop / "orders.csv", index=False)
    html = shown(open_app(shop, "campaign_performance"), ("by_campaign",))
    assert "ops-notice" not in "".join(html)


def test_a_select_has_to_give_the_column_itself(open_app, tmp_path, notebook):  # noqa: F811
    sql = "select order_id, ordered_at, product_id, quantity, unit_price from raw"
    shop = write(
        tmp_path / "shop",
        f'[files]\nraw = "orders.csv"\n[tables.orders]\nsql = "{sql}"',
        orders=ORDERS,
    )
    html = shown(open_app(shop, "cohort_activity"), ())[0]
    assert "Let the sql of [tables.orders] select customer_id as well." in html
    assert "<pre" not in html


def test_tables_of_an_engine_are_tables_of_that_engine(tmp_path):
    path = tmp_path / "shop.toml"
    path.write_text('connect = "postgres://host/shop"\n[tables.orders]\ntable = "orders"\n')
    shop = write(tmp_path / "small", orders=ORDERS)
    prepare(shop, now=NOW)
    store = open_store(shop)
    with pytest.raises(MissingDataError) as missing:
        store.require("market", shows="x")
    store.close()
    _, text = how_to_map(load_config(path), missing.value.need)
    assert 'table = "market"' in text and "file" not in text
