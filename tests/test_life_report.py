"""The report's life: a page opened from disk, with no network, still answers a reader."""

from datetime import date

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.publish.notebooks.execute import execute_notebook
from ops_widgets.publish.notebooks.export import index_page, notebook_page
from ops_widgets.publish.reports.origin import Origin
from tests.throwaway import MANIFEST, write_notebook

CHART_AND_TABLE = """
import altair as alt
import pandas as pd
from IPython.display import HTML
from ops_widgets.charts.static import to_svg
from ops_widgets.charts.tables import to_html

brands = [f"Brand {i}" for i in range(12)]
frame = pd.DataFrame({"brand": brands, "gmv": range(12), "name": "<b>x</b>"})
chart = alt.Chart(frame).mark_bar().encode(x="gmv", y="brand")
HTML(to_svg(chart) + to_html(frame, caption="Brands"))
"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """The page of a notebook with a chart and a table of twelve rows."""
    folder = tmp_path_factory.mktemp("life")
    notebook = write_notebook(folder, "first", CHART_AND_TABLE)
    result = execute_notebook(notebook, folder / "executed.ipynb", {})
    assert result.failure == ""
    origin = Origin.of(MANIFEST, date(2024, 6, 30))
    (folder / "first.html").write_text(notebook_page(result, [result], origin), "utf-8")
    (folder / "index.html").write_text(index_page([result], origin), "utf-8")
    return folder / "first.html"


@pytest.fixture
def page(browser):
    """A page without network; ``page.tried`` lists what it asked of other hosts anyway."""
    context = browser.new_context(offline=True)
    opened = context.new_page()
    opened.tried = []
    opened.complaints = []
    opened.on(
        "request",
        lambda r: None if r.url.startswith(("file:", "data:")) else opened.tried.append(r.url),
    )
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    context.close()


def test_a_reader_filters_a_table_of_a_page_opened_from_disk(page, page_file):
    page.goto(page_file.as_uri())
    rows = page.locator(".ops-table tbody tr:visible")
    count = page.locator(".ops-filter output")
    assert count.inner_text() == "12 of 12 rows"
    page.get_by_label("Filter rows").fill("brand 1")
    assert count.inner_text() == "3 of 12 rows"
    assert rows.count() == 3
    assert page.locator(".ops-table b").count() == 0
    assert page.locator("svg").first.bounding_box()["width"] > 300
    assert page.tried == []
    assert page.complaints == []


def test_a_reader_goes_from_the_overview_to_a_page_and_back(page, page_file):
    page.goto(page_file.with_name("index.html").as_uri())
    assert page.locator("[data-number=gmv] .ops-value").inner_text() == "£1.23\u00a0m"
    page.get_by_role("heading", name="The first one").get_by_role("link").click()
    assert page.title().startswith("The first one")
    page.get_by_role("link", name="Overview").click()
    assert page.title().startswith("corner shop")
    assert page.tried == []


def test_a_script_from_data_cannot_run(page, page_file):
    """Should a name ever get through as markup, the page's policy stops it."""
    hostile = page_file.with_name("hostile.html")
    html = page_file.read_text("utf-8")
    bomb = "<img src=x onerror=\"document.title='gone'\"><script>document.title='gone'</script>"
    hostile.write_text(html.replace("</main>", f"{bomb}</main>"), "utf-8")
    page.goto(hostile.as_uri())
    page.wait_for_timeout(200)
    assert page.title().startswith("The first one")
    assert any("Content Security Policy" in complaint for complaint in page.complaints)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["index.html", "first.html"])
def test_no_page_is_wider_than_its_window(page, page_file, name, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(page_file.with_name(name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_follows_the_systems_dark_mode(page, page_file):
    page.goto(page_file.as_uri())
    colour = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="light")
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(colour) != light


@pytest.mark.parametrize("name", ANALYSES)
def test_every_real_page_opens_from_disk_whole(page, sample_report, name):
    file = sample_report / f"{name}.html"
    page.goto(file.as_uri())
    assert page.locator(".ops-panel svg:visible").count() >= 2
    assert page.locator(".ops-panel table").count() >= 2
    assert page.locator(".ops-numbers .ops-value").count() >= 5
    assert page.locator(".ops-notice").count() == 0
    assert "open_page" not in page.content(), "no code is shown"
    assert file.stat().st_size < 1_000_000
    assert page.tried == []
    assert page.complaints == []


def test_a_reader_of_the_real_report_looks_one_category_up(page, sample_report):
    page.goto((sample_report / "category_opportunity.html").as_uri())
    panel = page.locator(".ops-panel").first
    count = panel.locator(".ops-filter output")
    assert count.inner_text() == "12 of 12 rows"
    panel.get_by_label("Filter rows").fill("beauty")
    assert count.inner_text() == "1 of 12 rows"
    assert "14.0" in panel.locator("tbody tr:visible").inner_text()
    assert page.tried == []
