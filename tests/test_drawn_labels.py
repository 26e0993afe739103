"""What is written in a drawing can be read: nothing is cut, and nothing lies over another."""

import base64
from datetime import date
from itertools import pairwise

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts import fonts
from ops_widgets.charts.theme import WIDTHS
from ops_widgets.publish.notebooks.execute import execute_notebook
from ops_widgets.publish.notebooks.export import notebook_page
from ops_widgets.publish.reports.origin import Origin
from tests.conftest import ROOT, SAMPLES
from tests.throwaway import MANIFEST
from tests.tiny import opened, with_long_names

#: What is looked at in the shops of long names: all of their time, by names of the shop's own.
VIEWS = {
    "campaign_performance": {"by": "channel", "days": 365},
    "category_opportunity": {"months": 12},
    "cohort_activity": {"periods": 12},
}
#: A stand-in for the Chinese font of a reader, which a machine of tests need not have: every
#: character that the page's own lacks is one em wide.
WIDE = base64.b64encode((fonts._FOLDER / "ops-sans-400.ttf").read_bytes()).decode()
READER = (
    f'@font-face {{ font-family: "Reader"; src: url("data:font/ttf;base64,{WIDE}"); }}'
    ':root { --ops-font: "Ops Sans", "Reader", sans-serif !important; }'
)
#: Faults of the drawings that are shown: a text that leaves its drawing, a drawing that leaves its
#: box, two texts that share more than a pixel. Slanted ones are compared as they lie.
FAULTS = """() => {
  const isShown = (one) => one.getClientRects().length > 0;
  const corners = (text) => {
    const { x, y, width, height } = text.getBBox(), m = text.getScreenCTM();
    // Of a line's height, letters take the middle.
    const [left, right, top, bottom] = [x + 1, x + width - 1, y + 0.22 * height, y + 0.78 * height];
    return [[left, top], [right, top], [right, bottom], [left, bottom]].map(
      ([a, b]) => [m.a * a + m.c * b + m.e, m.b * a + m.d * b + m.f]);
  };
  // Two convex shapes are apart where an edge of one has the other wholly beyond it.
  const apart = (one, other) => [one, other].some((shape) => shape.some(([x, y], i) => {
    const [nx, ny] = shape[(i + 1) % 4], axis = [y - ny, nx - x];
    const along = (points) => points.map(([a, b]) => a * axis[0] + b * axis[1]);
    const [p, q] = [along(one), along(other)];
    return Math.max(...p) <= Math.min(...q) || Math.max(...q) <= Math.min(...p);
  }));
  const words = (text) => [...text.childNodes]
    .filter((one) => one.nodeName !== "title").map((one) => one.textContent).join("");
  const faults = [];
  let drawings = 0, texts = 0;
  for (const box of document.querySelectorAll(".ops-chart, .ops-view")) {
    const all = [...box.querySelectorAll(":scope > svg")].filter(isShown);
    if (all.length !== 1) faults.push(`${all.length} drawings are shown in one place`);
    if (!all.length) continue;
    const [svg] = all;
    const [place, frame] = [box, svg].map((one) => one.getBoundingClientRect());
    if (frame.right > place.right + 0.5) faults.push(`${frame.width} wide in ${place.width}`);
    const written = [...svg.querySelectorAll("text")].filter((text) => words(text).trim()
      && isShown(text) && text.getAttribute("opacity") !== "0");
    drawings += 1;
    texts += written.length;
    const shapes = written.map(corners);
    const inside = ([x, y]) => x > frame.left - 0.5 && x < frame.right + 0.5
      && y > frame.top - 0.5 && y < frame.bottom + 0.5;
    shapes.forEach((shape, i) => {
      if (!shape.every(inside)) faults.push(`cut: ${words(written[i])}`);
      for (let j = 0; j < i; j += 1)
        if (!apart(shape, shapes[j]))
          faults.push(`over each other: ${words(written[j])} | ${words(written[i])}`);
    });
  }
  return { faults, drawings, texts };
}"""


@pytest.fixture(scope="module", params=["samples", "long", "chinese"])
def pages(request, ready_home, tmp_path_factory):
    """Notebook -> the file of its page, of the sample shop and of shops with long names."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPS_STORE", ready_home["OPS_STORE"])
        source = SAMPLES
        if request.param != "samples":
            source = with_long_names(folder / "shop", chinese=request.param == "chinese")
            opened(source).close()
        made = {}
        for name in ANALYSES:
            chosen = {} if source == SAMPLES else VIEWS[name]
            parameters = {"source": str(source)} | chosen
            notebook = ROOT / "notebooks" / f"{name}.ipynb"
            result = execute_notebook(notebook, folder / f"{name}.ipynb", parameters)
            assert result.failure == ""
            made[name] = folder / f"{name}.html"
            origin = Origin.of(MANIFEST, date(2024, 6, 30))
            made[name].write_text(notebook_page(result, [result], origin), "utf-8")
    return made


def drawn_at(browser, path, width):
    """The page in a window of ``width`` pixels, with the fonts of a reader in China."""
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(path.as_uri())
    page.add_style_tag(content=READER)
    page.evaluate("document.fonts.load('12px Reader').then(() => document.fonts.ready)")
    return page


def test_every_notebook_is_looked_at():
    assert set(VIEWS) == set(ANALYSES)


@pytest.mark.parametrize("width", [390, 1280, 1920])
@pytest.mark.parametrize("name", ANALYSES)
def test_no_text_is_cut_and_none_lies_over_another(browser, pages, name, width):
    page = drawn_at(browser, pages[name], width)
    found = page.evaluate(FAULTS)
    page.context.close()
    charts = sum(panel.chart is not None for panel in ANALYSES[name].panels().values())
    assert found["faults"] == []
    assert found["drawings"] == charts
    assert found["texts"] > 5 * charts


@pytest.mark.parametrize("name", ANALYSES)
def test_a_live_chart_keeps_to_it_at_every_width(live, visitor, name):
    """Opened on a phone, then in wider windows: as when a tablet is turned."""
    visitor.set_viewport_size({"width": 390, "height": 900})
    page = live(name)
    for width in (390, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(1000)
        found = page.evaluate(FAULTS)
        assert found["faults"] == [], width
        assert found["drawings"] == page.locator(".ops-view").count() >= 3


def test_the_style_sheet_shows_the_widths_that_are_drawn(browser, pages):
    """Each at its width exactly, and one pixel before it the next smaller one."""
    page = drawn_at(browser, pages["cohort_activity"], 1280)
    shown = """(width) => {
      const box = document.querySelector(".ops-chart");
      box.style.width = `${width}px`;
      const seen = [...box.children].filter((one) => one.getClientRects().length);
      return seen.map((one) => [Number(one.dataset.width), one.getBoundingClientRect().width]);
    }"""
    for smaller, width in pairwise(WIDTHS):
        assert page.evaluate(shown, width) == [[width, width]]
        assert page.evaluate(shown, width - 1) == [[smaller, smaller]]
    assert page.evaluate(shown, 300) == [[WIDTHS[0], 300]], "scaled only below the smallest"
    page.context.close()
