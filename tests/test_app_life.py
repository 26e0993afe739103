"""The app as a stakeholder meets it: gallery, page, explore, and what happens when things break."""

import json
import os
import re
import shutil
import signal

import nbformat
import pytest

from tests.conftest import ROOT
from tests.live_page import LIVE, come_near, opened, slider
from tests.test_app_kernels import children, kernels, wait_for
from tests.visitors import KERNEL

SAMPLES = str(ROOT / "data" / "samples")


@pytest.fixture(scope="module")
def apps(apps):
    """The committed notebooks on the sample shop, with every first page made."""
    return made(apps)


def made(address):
    """Wait until the first page of every app has been made."""
    import time

    from tests.visitors import Visitor

    deadline = time.monotonic() + 120
    while json.loads(Visitor(address).ask("/health").text)["snapshots"] < 3:
        assert time.monotonic() < deadline, "no snapshots were made"
        time.sleep(0.3)
    return address


def test_from_the_gallery_to_a_page_without_a_kernel(visitor, apps):
    wait_for(lambda: kernels(apps)["taken"] == 0)  # of pages that other tests have closed
    visitor.goto(apps)
    assert visitor.locator(".shop-card", has_text="Do:").count() == 3
    assert visitor.get_by_text("rows set aside").is_visible()
    visitor.get_by_role("link", name="Category opportunity").click()
    visitor.locator("h1", has_text="Category opportunity").wait_for()
    assert visitor.get_by_text("¥400\u00a0bn").count() >= 1
    assert visitor.locator(".ops-chart svg").count() >= 3
    visitor.wait_for_timeout(1000)
    health = json.loads(visitor.request.get(f"{apps}/health").text())
    assert health["kernels"]["taken"] == 0
    assert visitor.tried == []


def test_a_page_without_scripts_is_whole_and_its_form_is_a_link(browser, apps):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{apps}/apps/category_opportunity")
    opened(page, "Period").get_by_label("Months").fill("6")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show").click()
    assert "months=6" in page.url
    page.locator("h1", has_text="Category opportunity").wait_for()
    assert "Jul to Dec 2025" in page.locator(".ops-pill", has_text="Period").inner_text()
    opened(page, "Period").get_by_role("link", name="3 months").click()
    assert page.url.endswith("?months=3")
    context.close()


def test_turning_a_control_makes_the_page_live_where_it_stood(visitor, apps):
    visitor.set_viewport_size({"width": 1280, "height": 500})
    visitor.goto(f"{apps}/apps/category_opportunity")
    visitor.evaluate("scrollTo(0, 150)")
    top = "document.querySelector('main .ops-panel').getBoundingClientRect().top"
    before = visitor.evaluate(top)
    pill = visitor.locator(".ops-pill", has_text="Period").bounding_box()
    visitor.mouse.click(pill["x"] + 9, pill["y"] + 9)  # click() would scroll
    slider(visitor, "Months").press("ArrowLeft")
    visitor.wait_for_selector(LIVE, timeout=60_000)
    live = visitor.frames[1]
    assert live.evaluate("scrollY") > 0
    assert live.evaluate(top) == pytest.approx(before, abs=1), "what is looked at stays in place"
    assert live.locator(".ops-view svg").count() >= 3, "it was shown before it was drawn"
    months = live.get_by_role("slider", name="Months")
    assert months.input_value() == "11", "its popover is open, as it was"
    assert months.evaluate("e => e === document.activeElement")
    visitor.wait_for_url("**?months=11")
    assert visitor.url.endswith("?months=11")
    assert visitor.tried == []


def test_a_pointer_that_passes_takes_no_kernel_and_one_that_rests_does_once(visitor, apps):
    wait_for(lambda: kernels(apps)["taken"] == 0)
    visitor.goto(f"{apps}/apps/category_opportunity")
    bar = visitor.locator("form.ops-controls").bounding_box()
    visitor.mouse.move(bar["x"] + 300, bar["y"] + 20)
    visitor.mouse.move(bar["x"] + 300, 5)
    visitor.wait_for_timeout(600)
    assert len(visitor.frames) == 1
    come_near(visitor)
    assert kernels(apps)["taken"] == 1
    assert visitor.url.endswith("/apps/category_opportunity"), "nothing was turned"


def test_nearness_that_finds_no_place_says_nothing_and_a_wish_does(visitor, apps):
    asked = []

    def full(route):
        asked.append(route.request.url)
        page = "<body data-is-full='All places are taken.'><script src='{}'></script>"
        route.fulfill(body=page.format(script), content_type="text/html")

    visitor.goto(f"{apps}/apps/category_opportunity")
    script = visitor.evaluate("document.querySelector('script[src*=app-]').src")
    visitor.route("**/live*", full)
    with visitor.expect_request("**/live*"):
        visitor.locator("form.ops-controls").hover()
    visitor.wait_for_selector("iframe", state="detached")
    assert visitor.locator(".shop-full").is_hidden()
    visitor.mouse.move(5, 5)
    visitor.locator("form.ops-controls").hover()
    visitor.wait_for_timeout(600)
    assert len(asked) == 1, "nearness asks once"
    slider(visitor, "Months").press("ArrowLeft")
    visitor.locator(".shop-full").wait_for()
    assert len(asked) == 2


@pytest.mark.parametrize(
    "name", ["category_opportunity", "campaign_performance", "cohort_activity"]
)
def test_the_bar_is_one_line_of_44_pixels_and_stays_in_sight(visitor, apps, name):
    for width in (1280, 900, 390):
        visitor.set_viewport_size({"width": width, "height": 800})
        visitor.goto(f"{apps}/apps/{name}")
        visitor.wait_for_timeout(200)
        boxes = visitor.locator("form.ops-controls > :visible").evaluate_all(
            "all => all.map(e => e.getBoundingClientRect()).map(b => [b.top, b.bottom, b.right])"
        )
        bar = visitor.locator("form.ops-controls").bounding_box()
        assert bar["height"] == 44, width
        for top, bottom, right in boxes:
            assert bar["y"] <= top and bottom <= bar["y"] + 44, width
            assert right <= bar["x"] + bar["width"] + 1, width
        header = visitor.locator(".ops-line").bounding_box()
        assert header["height"] == 48 or width < 1280
        visitor.evaluate("scrollTo(0, 600)")
        visitor.wait_for_timeout(100)
        assert visitor.locator("form.ops-controls").bounding_box()["y"] == 0, width
    assert visitor.get_by_role("button", name="Filters").is_visible()


def test_what_can_be_read_of_the_rows_that_were_set_aside_is_one_press_away(visitor, apps):
    visitor.goto(f"{apps}/apps/cohort_activity")
    visitor.locator(".ops-badge a").click()
    visitor.wait_for_url(f"{apps}/#quality")
    assert visitor.get_by_role("heading", name="Data quality").is_visible()
    assert visitor.get_by_role("table", name="Rules that rows broke").is_visible()


def test_back_and_forward_go_through_what_was_looked_at(visitor, apps):
    visitor.goto(f"{apps}/apps/category_opportunity")
    live = come_near(visitor)
    slider(live, "Months").press("ArrowLeft")
    visitor.wait_for_url("**?months=11")
    visitor.go_back()
    visitor.wait_for_url(lambda url: "months" not in url)
    live.wait_for_function("document.querySelector('input[type=range]').value === '12'")
    visitor.go_forward()
    visitor.wait_for_url("**?months=11")


def test_a_link_opens_what_its_sender_saw(visitor, apps):
    visitor.goto(f"{apps}/apps/category_opportunity?categories=Beauty")
    visitor.get_by_text("¥20.0\u00a0bn", exact=True).first.wait_for(timeout=60_000)
    assert visitor.get_by_role("checkbox", name="Beauty", include_hidden=True).is_checked()


def test_a_link_that_asks_for_nonsense_opens_the_nearest_page_and_says_what_was_wrong(
    visitor, apps
):
    visitor.goto(f"{apps}/apps/category_opportunity?months=99&colour=red")
    visitor.get_by_text("'months' cannot be '99'").wait_for()
    visitor.get_by_text("no parameter 'colour'").wait_for()
    visitor.wait_for_url("**months=99**")
    visitor.locator("form.ops-controls").wait_for(timeout=60_000)
    assert visitor.locator("input[name=months]").input_value() == "36"


def test_a_dead_kernel_is_said_and_the_page_can_be_opened_again(visitor, apps):
    with visitor.expect_response(re.compile("/live")) as answer:
        visitor.goto(f"{apps}/apps/category_opportunity")
        live = come_near(visitor)
    (kernel_id,) = set(KERNEL.findall(answer.value.text()))
    for pid in children(kernel_id):
        os.kill(pid, signal.SIGKILL)
    live.get_by_text("has ended unexpectedly").wait_for(timeout=30_000)
    live.get_by_role("button", name="Open it again").click()
    visitor.wait_for_selector(".shop-is-live", state="detached")
    visitor.wait_for_selector(LIVE, timeout=60_000)
    assert visitor.frames[-1].get_by_text("has ended unexpectedly").count() == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_window(visitor, apps, width):
    visitor.set_viewport_size({"width": width, "height": 800})
    for path in ("/", "/reports/", "/apps/campaign_performance", "/nowhere"):
        visitor.goto(apps + path)
        assert visitor.evaluate("document.documentElement.scrollWidth") <= width, path
    visitor.goto(f"{apps}/apps/campaign_performance")
    live = come_near(visitor)
    assert live.evaluate("document.documentElement.scrollWidth") <= width
    assert visitor.tried == []


def test_a_second_visit_loads_next_to_nothing(browser, apps):
    sizes = "performance.getEntries().reduce((sum, one) => sum + (one.transferSize ?? 0), 0)"
    visitor = (
        browser.new_page()
    )  # without watching what it asks for, which would turn its cache off
    visitor.goto(f"{apps}/apps/cohort_activity")
    visitor.wait_for_selector(".ops-panel", timeout=60_000)
    assert 50_000 < visitor.evaluate(sizes) < 1_500_000
    visitor.goto(f"{apps}/apps/cohort_activity")
    assert visitor.evaluate(sizes) < 1_000
    visitor.context.close()


class TestWhatBreaks:
    @pytest.fixture(scope="class")
    def broken(self, start, ready_home, tmp_path_factory):
        """A notebook that fails after its header, with a secret in the error."""
        folder = tmp_path_factory.mktemp("broken") / "notebooks"
        shutil.copytree(ROOT / "notebooks", folder)
        path = folder / "cohort_activity.ipynb"
        notebook = nbformat.read(path, as_version=4)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        cells[3].source = "raise ValueError('the password is 1234')"
        nbformat.write(notebook, path)
        code = (
            "from pathlib import Path; "
            "from ops_widgets.publish.server.options import ServeOptions; "
            "from ops_widgets.publish.server.server import serve; "
            f"serve(ServeOptions(Path({str(folder)!r}), {SAMPLES!r}, port={{port}}))"
        )
        return start(["-c", code], ready_home)

    def test_a_page_that_cannot_be_made_says_so_with_a_number(self, visitor, broken):
        visitor.goto(f"{broken}/apps/cohort_activity")
        visitor.get_by_text(re.compile("incident [0-9a-f]{8}")).wait_for(timeout=60_000)
        assert "1234" not in visitor.content() and "ValueError" not in visitor.content()

    def test_a_visitor_learns_no_secrets_from_a_live_page_that_breaks(self, visitor, broken):
        visitor.goto(broken)
        visitor.goto(f"{broken}/apps/cohort_activity/live")
        visitor.get_by_text("This page stopped here.").wait_for(timeout=30_000)
        visitor.get_by_text(re.compile("incident [0-9a-f]{8}")).wait_for()
        for secret in ("1234", "ValueError", "Traceback", str(ROOT)):
            assert secret not in visitor.content()
