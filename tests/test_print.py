"""On paper: nothing to turn or open, two charts a row, rows that stay whole, light colours."""

import re

import pytest

from ops_widgets.charts.formats import Number
from ops_widgets.charts.kpi import numbers_html
from ops_widgets.charts.paper import paper_css
from ops_widgets.charts.theme import css
from ops_widgets.publish.notebooks.export import own_css
from ops_widgets.publish.reports.pdf import find_browser, print_page

SVG = '<svg viewBox="0 0 324 240" width="324" height="240"><rect width="324" height="240"/></svg>'
PROSE = '<section class="page-prose"><p>What it means.</p></section>'


def item(body, name):
    panel = f'<h3 class="ops-heading">{name}?</h3>{body}'
    return (
        f'<div class="ops-item span-12">{PROSE}<section class="page-output">'
        f'<section class="ops-panel" id="{name}">{panel}</section></section></div>'
    )


def chart(name):
    twin = '<details class="ops-twin"><summary>Table</summary><p>rows</p></details>'
    menu = '<div class="ops-menu"><button>...</button></div>'
    return item(f'{menu}<div class="ops-chart">{SVG}</div>{twin}', name)


def table(rows):
    listed = "".join(f"<tr><td>row {i}</td></tr>" for i in range(rows))
    head = "<thead><tr><th>Name</th></tr></thead>"
    return f'<div class="ops-table"><table>{head}<tbody>{listed}</tbody></table></div>'


TABLE = table(200)
FOUND = "".join(f'<article class="ops-finding"><p>Finding {i}.</p></article>' for i in range(3))
NUMBERS = numbers_html(
    [Number(f"n{i}", f"A number {i}", 1234567.0, "money", currency="CNY") for i in range(8)]
)
FORM = '<form class="ops-controls"><input name="a"><select></select><button>Explore</button></form>'
END = '<div>end<div class="ops-end" hidden></div></div>'
FOLD = '<details class="page-fold"><summary>All rows were used.</summary><p>rules</p></details>'
PAGE = (
    "<!doctype html><html data-ops-theme='dark'><head><meta charset='utf-8'><style>{css}</style>"
    "</head><body class='ops-page'><main><h1 class='ops-title'>Shop</h1>{form}"
    "<div class='ops-findings'>{found}</div>{numbers}"
    "<div class='ops-grid'>{items}</div>{fold}{end}</main></body></html>"
)


@pytest.fixture
def html(tmp_path):
    names = [f"chart{i}" for i in range(6)]
    items = [*map(chart, names[:4]), item(TABLE, "table"), *map(chart, names[4:])]
    head = paper_css("Shop", "As of 30 Jun 2024", {"Months": "6"})
    style = f"{css()}\n{own_css()}\n{head}"
    path = tmp_path / "page.html"
    parts = {"form": FORM, "items": "\n".join(items), "fold": FOLD}
    parts |= {"found": FOUND, "numbers": NUMBERS, "end": END}
    path.write_text(PAGE.format(css=style, **parts), "utf-8")
    return path


@pytest.fixture
def sheet(visitor, html):
    """The page as it is laid out for paper, as wide as A4 between its margins."""
    visitor.set_viewport_size({"width": round(186 / 25.4 * 96), "height": 1000})
    visitor.emulate_media(media="print", color_scheme="dark")
    visitor.goto(html.as_uri())
    return visitor


def box(page, name):
    return page.locator(f"#{name}").bounding_box()


def test_two_charts_stand_in_a_row_and_a_table_has_a_row_of_its_own(sheet):
    width = sheet.evaluate("document.querySelector('main').getBoundingClientRect().width")
    for left, right in (("chart0", "chart1"), ("chart2", "chart3"), ("chart4", "chart5")):
        a, b = box(sheet, left), box(sheet, right)
        assert a["y"] == pytest.approx(b["y"], abs=1)
        assert a["x"] + a["width"] < b["x"]
        assert b["x"] + b["width"] == pytest.approx(width, abs=2), (
            "both edges are those of the page"
        )
    assert box(sheet, "table")["width"] == pytest.approx(width, abs=1)
    assert box(sheet, "chart2")["y"] > box(sheet, "chart0")["y"] + box(sheet, "chart0")["height"]


def test_the_last_of_an_odd_number_of_charts_has_a_row_of_its_own(sheet):
    sheet.evaluate("document.querySelector('#chart5').closest('.ops-item').remove()")
    width = sheet.evaluate("document.querySelector('main').getBoundingClientRect().width")
    assert box(sheet, "chart4")["width"] == pytest.approx(width, abs=2)
    assert box(sheet, "chart3")["width"] < width / 2


def test_findings_stand_side_by_side_and_all_numbers_in_one_row(sheet):
    for selector, many in ((".ops-finding", 3), (".ops-numbers > div", 8)):
        boxes = [one.bounding_box() for one in sheet.locator(selector).all()]
        assert len(boxes) == many
        assert {one["y"] for one in boxes} == {boxes[0]["y"]}, selector
        assert boxes[-1]["x"] + boxes[-1]["width"] <= 704
    cut = "all => all.some(one => one.scrollWidth > one.clientWidth + 1)"
    assert not sheet.locator(".ops-numbers > div").evaluate_all(cut)


def avoids_breaks(page, selector):
    style = "one => getComputedStyle(one).breakInside"
    return page.locator(selector).evaluate(style) == "avoid"


def test_only_a_long_table_breaks_over_sheets(sheet):
    """A panel and the item that holds it: if either must stay whole, the table goes with it."""
    assert not avoids_breaks(sheet, "#table") and not avoids_breaks(sheet, ".ops-item:has(#table)")
    style = "one => getComputedStyle(one).display"
    holder = sheet.locator(".ops-item:has(#table)")
    assert holder.evaluate(style) == "block", "else its caption lies on its last rows"
    assert avoids_breaks(sheet, "#chart0") and avoids_breaks(sheet, ".ops-item:has(#chart0)")
    sheet.evaluate(
        "document.querySelectorAll('#table tbody tr').forEach((row, i) => i < 12 || row.remove())"
    )
    assert avoids_breaks(sheet, ".ops-item:has(#table)")
    display = "getComputedStyle(document.querySelector('thead')).display"
    assert sheet.evaluate(display) == "table-header-group", "repeated on each sheet"


def test_the_head_of_a_sheet_says_only_the_filters_that_leave_something_out():
    said = paper_css("Shop", "As of 1 May", {"Months": "6", "Filters": "None", "Where": "All"})
    assert "Months" in said
    first = said.partition("@page :first")[2]
    assert first.count("content: none") == 2, "it begins with the page's own header"
    assert "Filters" not in said and "Where" not in said


def test_nothing_can_be_turned_opened_or_saved(sheet):
    # The cell that ends a live page would begin a sheet of its own.
    assert (
        sheet.locator(".ops-end").count() and not sheet.locator("div:has(> .ops-end)").is_visible()
    )
    for selector in ("form", "input", "select", "button", "details.ops-twin"):
        found = sheet.locator(selector)
        assert found.count() and not any(one.is_visible() for one in found.all()), selector
    assert sheet.get_by_text("All rows were used.").is_visible()
    assert not sheet.get_by_text("rules").is_visible()


def test_a_table_has_all_its_rows(sheet):
    held = sheet.evaluate(
        "(box => [box.scrollHeight, box.clientHeight])(document.querySelector('.ops-table'))"
    )
    assert held[0] <= held[1] + 1


def test_paper_is_light_whatever_the_screen_is(sheet):
    colour = sheet.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert max(map(int, re.findall(r"\d+", colour)[:3])) < 80


def test_it_is_printed_on_a4_with_a_head_and_the_number_of_each_sheet(html, browser):
    printed = print_page(find_browser(), html).read_bytes()
    sheets = len(re.findall(rb"/Type /Page\b[^s]", printed))
    sizes = {tuple(map(float, s.split())) for s in re.findall(rb"/MediaBox \[([^]]+)\]", printed)}
    assert sheets >= 3
    assert [round(s) for s in sizes.pop()] == [0, 0, 595, 842] and not sizes
