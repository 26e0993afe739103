"""The app's life: a stakeholder opens a link, turns a control and reads the answer."""

import nbformat
import pytest

from tests.conftest import ROOT

MARK = "for (const svg of document.querySelectorAll('.ops-view svg')) svg.kept = svg.innerHTML"
KEPT = "[...document.querySelectorAll('.ops-view svg')].map(svg => 'kept' in svg)"
OTHER = "[...document.querySelectorAll('.ops-view svg')].every(svg => svg.kept !== svg.innerHTML)"
SERVE = "from pathlib import Path; from ops_widgets.publish.serve import serve; "


@pytest.fixture(scope="module")
def apps(start, quiet_home):
    """The address of the committed notebooks, served on the sample shop."""
    samples = str(ROOT / "data" / "samples")
    command = "from ops_widgets.cli import app; app()"
    return start(["-c", command, "serve", "--source", samples, "--port", "{port}"], quiet_home)


@pytest.fixture
def category(visitor, apps):
    """The category page with all its charts drawn."""
    visitor.goto(f"{apps}/voila/render/category_opportunity.ipynb")
    visitor.wait_for_function("document.querySelectorAll('.ops-view svg').length === 3")
    return visitor


def number(page, name):
    return page.locator(f"[data-number={name}] .ops-value")


def test_choosing_beauty_shows_a_20_billion_market_of_which_14_are_open(category):
    """The planted truth: 5% of a platform of 400 billion, of which ten brands hold 30%."""
    assert number(category, "market_gmv").inner_text() == "¥400\u00a0bn"
    category.evaluate(MARK)
    category.get_by_label("Categories: all").click()
    category.get_by_role("checkbox", name="Beauty").check()
    category.get_by_text("¥20.0\u00a0bn").wait_for()
    assert number(category, "open_gmv").inner_text() == "¥14.0\u00a0bn"
    category.wait_for_function(OTHER)
    assert category.evaluate(KEPT) == [True, True, True], "data only: no chart is drawn anew"
    assert category.tried == []


def test_the_address_is_the_link_to_what_is_shown(category, apps):
    category.get_by_role("slider", name="Months").focus()
    category.keyboard.press("ArrowLeft")
    category.wait_for_url("**?months=11")
    category.get_by_text("Reset").click()
    category.wait_for_url(lambda url: "?" not in url)
    category.goto(f"{apps}/voila/render/category_opportunity.ipynb?categories=Beauty")
    category.get_by_text("¥20.0\u00a0bn").wait_for()


def test_a_link_that_asks_for_nonsense_is_answered_with_a_sentence(visitor, apps):
    visitor.goto(f"{apps}/voila/render/category_opportunity.ipynb?months=99")
    visitor.get_by_text("Parameter 'months' cannot be '99'.").wait_for()
    assert visitor.get_by_text("Traceback").count() == 0


def test_the_table_stays_open_while_its_rows_change(category):
    category.get_by_text("Table", exact=True).first.click()
    rows = category.locator("details[open] tbody tr")
    before = rows.count()
    category.get_by_label("Categories: all").click()
    category.get_by_role("checkbox", name="Beauty").check()
    category.get_by_text("¥20.0\u00a0bn").wait_for()
    category.wait_for_function("document.querySelectorAll('details[open] tbody tr').length === 1")
    assert before > 1


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_window(visitor, apps, width):
    visitor.set_viewport_size({"width": width, "height": 800})
    for address in ("/", "/voila/render/campaign_performance.ipynb"):
        visitor.goto(apps + address)
        visitor.locator(".ops-header").wait_for()
        visitor.wait_for_timeout(500)
        assert visitor.evaluate("document.documentElement.scrollWidth") <= width
    assert visitor.tried == []


def test_charts_follow_the_systems_dark_mode_without_being_drawn_again(category):
    bar = "getComputedStyle(document.querySelector('.ops-view svg .mark-rect path')).fill"
    category.evaluate(MARK)
    category.emulate_media(color_scheme="light")
    light = category.evaluate(bar)
    category.emulate_media(color_scheme="dark")
    assert category.evaluate(bar) != light
    assert category.evaluate(KEPT) == [True, True, True]


def test_the_gallery_leads_to_every_notebook(visitor, apps):
    visitor.goto(apps)
    names = visitor.locator(".ops-gallery a").all_inner_texts()
    assert names == ["Campaign performance", "Category opportunity", "Cohort activity"]
    visitor.get_by_text("Cohort activity").click()
    visitor.locator("h1", has_text="Cohort activity").wait_for()
    assert visitor.evaluate("document.documentElement.lang") == "en"
    assert visitor.locator("main pre, .jp-InputArea-editor").count() == 0, "no code"
    assert visitor.tried == []


def test_a_visitor_learns_no_secrets_from_a_page_that_breaks(visitor, start, quiet_home, tmp_path):
    cell = nbformat.v4.new_code_cell("raise ValueError('the password is 1234')")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata.kernelspec = {"name": "python3", "language": "python", "display_name": "P"}
    nbformat.write(notebook, tmp_path / "broken.ipynb")
    code = SERVE + f"serve(Path({str(tmp_path)!r}), source='x', port={{port}})"
    address = start(["-c", code], quiet_home)
    visitor.goto(f"{address}/voila/render/broken.ipynb")
    visitor.get_by_text("This page stopped here.").wait_for()
    assert "1234" not in visitor.content()
    assert "Traceback" not in visitor.content()
