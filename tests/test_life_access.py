"""The page for everybody: by keyboard, by ear, in the dark, on a phone, on paper, as a file."""

import csv
import io
import struct
import xml.etree.ElementTree as ET

import pytest
from axe_playwright_python.sync_playwright import Axe

from ops_widgets.analyses import ANALYSES
from tests.live_page import chosen_in_menu, drag_over, exact, panel

#: The page of a notebook is Voilà's document; what it puts around our cells is not judged here.
RULES = {"resultTypes": ["violations"]}


def worst(page):
    """What axe-core finds to be serious or critical: rule, and where."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        (one["id"], [node["target"] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("name", ANALYSES)
def test_axe_finds_nothing_serious(live, visitor, name):
    """With everything open that can be opened, by day and by night."""
    page = live(name)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for scheme in ("light", "dark"):
        visitor.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_timeout(300)
        assert worst(page) == [], scheme


def test_everything_is_reached_by_keyboard_and_the_focus_is_seen(live):
    """Tab through the page: every control, save button, summary and table is met, and marked."""
    page = live("category_opportunity")
    wanted = "main :is(button, input, select, summary, a[href], [tabindex='0'])"
    count = page.evaluate(
        f"[...document.querySelectorAll(`{wanted}`)].filter(e => e.getClientRects().length"
        " && e.checkVisibility()).length"
    )
    page.evaluate("document.activeElement.blur()")
    met = set()
    for _ in range(3 * count):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const e = document.activeElement; if (!e.closest('main')) return null;
            const own = getComputedStyle(e), next = e.nextElementSibling;
            const mark = [own, next && getComputedStyle(next)].some(
              s => s && s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1);
            window.order ??= new Map(); if (!order.has(e)) order.set(e, order.size);
            return [order.get(e), mark, e.outerHTML.slice(0, 80)]; }"""
        )
        if seen:
            met.add(seen[0])
            assert seen[1], f"no focus to be seen on {seen[2]}"
        if len(met) >= count - 1:
            break
    assert len(met) >= count - 1, "of two radio buttons Tab meets one"


def test_a_mark_is_picked_and_cleared_by_keyboard_alone(live):
    page = live("category_opportunity")
    page.get_by_role("button", name="Beauty", exact=True).first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Clear Category: Beauty").wait_for()
    focused = page.evaluate("document.activeElement.dataset.value")
    assert focused == "Beauty", "the focus stays where it was"
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    page.keyboard.press("Escape")
    page.locator(".ops-chip").wait_for(state="detached")


def test_every_chart_says_in_words_what_it_shows(live):
    page = live("category_opportunity")
    said = page.locator(".ops-live-chart").evaluate_all(
        "all => all.map(e => [e.getAttribute('role'), e.getAttribute('aria-label')])"
    )
    assert [role for role, _ in said] == ["img"] * 4
    assert "Market size from ¥4.00\u00a0bn (Books) to ¥110\u00a0bn (Fashion)" in said[0][1]
    assert all("rows, in the table below" in label for _, label in said)


@pytest.mark.parametrize("name", ANALYSES)
def test_no_page_is_wider_than_its_window(live, visitor, name):
    """Opened on a phone, and in a window that is drawn larger and made narrow again."""
    visitor.set_viewport_size({"width": 390, "height": 900})
    page = live(name)
    for width in (390, 1280, 2560, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
    assert page.tried == []


def save(page, where, kind):
    with page.expect_download() as download:
        chosen_in_menu(where, kind)
    path = download.value.path()
    return download.value.suggested_filename, path.read_bytes()


def test_a_panel_is_saved_as_numbers_and_as_pictures(live):
    page = live("category_opportunity")
    who = panel(page, "Who holds it?")
    name, data = save(page, who, "CSV")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert (name, rows[0]) == ("who-holds-it.csv", ["Brand", "Sales (CNY)", "Share"])
    assert len(rows) > 200, "every brand, not the few that are drawn"
    assert float(rows[1][1]) > float(rows[2][1]) > 1e9, "in whole currency"
    name, data = save(page, who, "SVG")
    assert name == "who-holds-it.svg"
    assert rows[1][0].encode() in data
    assert b"var(" not in data, "a file has no style sheet"
    assert ET.fromstring(data).tag.endswith("svg")
    name, data = save(page, who, "PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert data.startswith(b"\x89PNG")
    assert width > 1500 and height > 500
    assert page.tried == []


def test_the_definition_of_a_panel_is_in_it_and_its_sql_is_for_analysts(live):
    page = live("category_opportunity")
    how = page.locator(".ops-panel .ops-how").first
    assert not how.is_visible()
    chosen_in_menu(page.locator(".ops-panel").first, "Definitions")
    assert "1 − share of the leaders" in how.inner_text()
    assert page.locator(".ops-sql").count() == 0
    assert "market_month" not in page.content()


def test_the_menu_of_a_panel_is_closed_by_escape_and_by_a_click_beside_it(live):
    page = live("category_opportunity")
    menu = page.locator("details.ops-menu").first
    menu.locator("summary").click()
    assert menu.locator(".ops-tools").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert not menu.locator(".ops-tools").is_visible()
    assert page.evaluate("document.activeElement.parentElement.className") == "ops-menu"
    menu.locator("summary").click()
    page.locator(".ops-heading").last.click()
    assert not menu.locator(".ops-tools").is_visible()


def test_what_is_open_stays_open_when_the_page_changes(live):
    page = live("category_opportunity")
    who = panel(page, "Who holds it?")
    chosen_in_menu(who, "Table")
    before = exact(page, "market_gmv")
    panel(page, "no large brand holds").get_by_role("button", name="Beauty").evaluate(
        "button => button.click()"
    )
    page.wait_for_function(f"!document.body.innerText.includes('{before}')")
    page.locator(".ops-chip").wait_for()
    assert who.locator(".ops-twin").evaluate("one => one.open")


def test_paper_gets_the_numbers_and_charts_and_no_controls(live):
    page = live("campaign_performance")
    page.emulate_media(media="print")
    for selector in (".ops-controls input", ".ops-menu", ".ops-how"):
        assert not page.locator(selector).first.is_visible()
    assert page.locator(".ops-view svg").first.is_visible()
    width = 680  # of a sheet of A4 within its margins
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = page.locator(".ops-table").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0, "no table is cut at the edge"
    assert len(page.pdf(format="A4")) > 20_000


def test_the_choice_of_light_or_dark_is_remembered(live, visitor):
    page = live("cohort_activity")
    button = page.locator("[data-ops-theme-switch]").first
    button.click()
    button.click()
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    page = live("cohort_activity")
    assert page.evaluate(paper) == dark
    assert dark != "rgb(255, 255, 255)"


def test_a_finger_may_scroll_over_a_chart_that_can_be_brushed(live):
    page = live("cohort_activity")
    chart = panel(page, "Do more come than go?").locator(".ops-view")
    assert chart.evaluate("e => getComputedStyle(e).touchAction") == "pan-y"
    before = exact(page, "weekly_active")
    drag_over(page, chart, 0.3, 0.6)
    page.locator(".ops-chip").wait_for()
    assert exact(page, "weekly_active") != before
