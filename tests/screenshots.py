"""Pictures of every page and report, for the README and for whoever changes how things look.

``make screenshots`` writes them to docs/images; no test collects this file.
"""

import subprocess

import pytest

from ops_widgets.analyses import ANALYSES
from tests.conftest import ROOT
from tests.live_page import come_near

OUT = ROOT / "docs" / "images"
#: 1280 x 800 is the first screen that most people see.
SIZES = {1280: 800, 390: 844, 1920: 1080}
#: A sheet of A4 at 96 pixels an inch.
SHEET = {"width": 794, "height": 1123}
ONE = "category_opportunity"


@pytest.fixture(scope="module", autouse=True)
def folder():
    OUT.mkdir(parents=True, exist_ok=True)


def tab(browser, width, scheme, height=None):
    size = {"width": width, "height": height or SIZES[width]}
    return browser.new_context(viewport=size, color_scheme=scheme).new_page()


def keep(page, name):
    """A picture of what is seen first, without scrolling."""
    page.wait_for_timeout(700)
    page.screenshot(path=OUT / f"{name}.jpg", type="jpeg", quality=70)
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("name", ["index", *ANALYSES])
def test_report(browser, sample_report, name, width, scheme):
    page = tab(browser, width, scheme)
    page.goto((sample_report / f"{name}.html").as_uri())
    keep(page, f"report-{name.replace('_', '-')}-{width}-{scheme}")


@pytest.mark.parametrize("name", ["index", *ANALYSES])
def test_print(browser, sample_report, name, tmp_path):
    """The sheets as Chromium prints them, the first of each."""
    page = browser.new_page(viewport=SHEET)
    page.goto((sample_report / f"{name}.html").as_uri())
    printed = tmp_path / "sheet.pdf"
    page.pdf(path=printed, prefer_css_page_size=True, print_background=True)
    page.context.close()
    first = OUT / f"print-{name.replace('_', '-')}"
    done = ["pdftoppm", "-jpeg", "-r", "80", "-f", "1", "-l", "1", "-singlefile", printed, first]
    subprocess.run(done, check=True)


@pytest.fixture(scope="module")
def served(apps, browser):
    """The apps, each of whose first pages has been made."""
    page = browser.new_page()
    page.goto(f"{apps}/health")
    while f'"snapshots": {len(ANALYSES)}' not in page.inner_text("body"):
        page.wait_for_timeout(500)
        page.reload()
    page.close()
    return apps


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("name", ["gallery", *ANALYSES])
def test_app(browser, served, name, width, scheme):
    page = tab(browser, width, scheme)
    page.goto(f"{served}/" if name == "gallery" else f"{served}/apps/{name}")
    if name == ONE:
        come_near(page)
    keep(page, f"{name.replace('_', '-')}-{width}-{scheme}")


@pytest.mark.parametrize("width", [1280, 1920])
def test_lab(browser, lab, width):
    page = tab(browser, 1280, "light")
    page.goto(f"{lab}/lab/tree/notebooks/{ONE}.ipynb?reset")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    page.keyboard.press("Control+b")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_timeout(9_000)
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    page.wait_for_timeout(1_500)
    page.evaluate("document.querySelector('.ops-header').scrollIntoView({block: 'start'})")
    keep(page, f"lab-{width}-light")
