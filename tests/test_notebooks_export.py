"""A published page needs nothing but itself, shows no code, and takes no name for markup."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import nbformat
import pytest
from markupsafe import Markup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from ops_widgets.charts.fonts import font_css
from ops_widgets.publish.notebooks.execute import NotebookResult
from ops_widgets.publish.notebooks.export import body_html, index_page, notebook_page
from ops_widgets.publish.reports.origin import Origin
from tests.throwaway import MANIFEST

HOSTILE = "<img src=x onerror=alert(1)>\"'"
ORIGIN = Origin.of(MANIFEST, date(2024, 6, 30))
NUMBER = {
    "name": "gmv",
    "label": "GMV",
    "value": 974_774_793,
    "format": "money",
    "currency": "GBP",
    "minor_digits": 2,
    "detail": "",
}


class Page(HTMLParser):
    """Tags with their attributes, and the visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._hidden += tag in ("style", "script")

    def handle_endtag(self, tag):
        self._hidden -= tag in ("style", "script")

    def handle_data(self, data):
        self.text += "" if self._hidden else data


def notebook(*outputs, markdown="Some *prose*."):
    cell = new_code_cell("secret_code()", execution_count=1, outputs=list(outputs))
    return new_notebook(cells=[new_markdown_cell(markdown), cell])


def shown(data):
    return new_output("display_data", data=data)


def result(*outputs, **changes):
    made = NotebookResult("shop", "The shop", numbers=[NUMBER], node=notebook(*outputs))
    return replace(made, **changes)


def both_pages(made, origin=ORIGIN):
    return notebook_page(made, [made], origin), index_page([made], origin)


def test_pages_name_no_other_host():
    for html in both_pages(result(shown({"text/html": "<b>done</b>"}))):
        page = Page(html)
        links = [a[k] for _, a in page.tags for k in ("src", "href", "action") if k in a]
        assert all(re.match(r"(data:|#|index\.html|shop\.html)", link) for link in links), links
        assert not re.search(r"url\((?!#|data:)|@import", html)


def test_only_our_script_may_run_and_nothing_be_fetched():
    for html in both_pages(result(shown({"text/html": "<script>alert(1)</script>"}))):
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)[1]
        policy = policy.replace("&#39;", "'")
        assert "default-src 'none'" in policy
        allowed = re.findall(r"'sha256-([^']+)'", policy)
        scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
        assert allowed == hashes[-1:]
        assert "'unsafe-inline'" not in policy.split("script-src")[1]


def test_readers_see_prose_and_results_but_no_code():
    made = result(
        new_output("stream", name="stdout", text="a line\n"),
        new_output("stream", name="stderr", text="a warning\n"),
        shown({"text/plain": "1.5"}),
        shown({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "VBox(children=())"}),
        new_output("error", ename="KeyError", evalue="x", traceback=["Traceback", "  in code"]),
    )
    text = Page(both_pages(made)[0]).text
    assert "Some prose." in text
    assert "a line" in text
    assert "1.5" in text
    for unwanted in ("secret_code", "In [", "a warning", "VBox", "Traceback", "KeyError"):
        assert unwanted not in text


def test_the_record_for_machines_is_not_shown():
    record = {"application/vnd.ops-widgets.numbers+json": {"numbers": []}, "text/html": "<p>7</p>"}
    assert "<p>7</p>" not in body_html(notebook(shown(record)))


def test_html_in_prose_stays_text():
    body = body_html(notebook(markdown=f"Hello {HOSTILE} and [here](javascript:alert(1))"))
    assert "<img" not in body
    assert 'href="javascript' not in body


def test_hostile_names_stay_text():
    origin = replace(ORIGIN, source=HOSTILE)
    number = NUMBER | {"label": HOSTILE, "detail": HOSTILE}
    made = result(
        title=HOSTILE,
        failure=HOSTILE,
        missing=HOSTILE,
        numbers=[number],
        parameters={"code": HOSTILE},
        changed={"code": [HOSTILE]},
    )
    for html in both_pages(made, origin):
        page = Page(html)
        assert "img" not in [tag for tag, _ in page.tags]
        assert not any("onerror" in attributes for _, attributes in page.tags)
        assert HOSTILE in page.text


def test_a_page_has_a_language_a_title_and_a_viewport():
    for html in both_pages(result()):
        page = Page(html)
        assert ("html", {"lang": "en"}) in page.tags
        assert any(tag == "meta" and a.get("name") == "viewport" for tag, a in page.tags)
        assert re.search(r"<title>[^<]*corner shop[^<]*</title>", html)


def test_every_page_says_where_its_numbers_come_from():
    for html in both_pages(result(parameters={"source": "/home/me/shop", "periods": 6})):
        text = " ".join(Page(html).text.split())
        assert "corner shop" in text
        assert "30 Jun 2024" in text
        assert "built 1 Jul 2024, 04:05 UTC, from 1,038 rows; 12 set aside" in text
        assert "/home/me" not in text
    assert "periods = 6" in both_pages(result(parameters={"periods": 6}))[0]


def test_the_index_shows_numbers_failures_gaps_and_broken_rules():
    made = result(failure="It stopped at step 2 of 3.", missing="No table `market`.")
    text = Page(both_pages(made)[1]).text
    for wanted in ("£9.75", "It stopped at step 2 of 3.", "No table `market`.", "exact_duplicate"):
        assert wanted in text


@pytest.mark.parametrize("mime", ["image/png", "image/jpeg"])
def test_pictures_are_inside_the_page(mime):
    assert f'src="data:{mime};base64,AAAA"' in body_html(notebook(shown({mime: "AAAA"})))


def test_an_empty_page_is_light():
    """Beside the font that it brings for its drawings."""
    assert len(font_css()) < 56_000
    for html in both_pages(result()):
        assert html.count(font_css()) == 1
        assert len(html) - len(font_css()) < 48_000


def test_a_notebook_survives_the_export_unchanged():
    made = result(shown({"text/html": "<b>done</b>"}))
    before = nbformat.writes(made.node)
    both_pages(made)
    assert nbformat.writes(made.node) == before


def test_the_index_begins_with_what_was_found_and_ends_with_one_line_of_quality():
    finding = {"kind": "warning", "claim": f"Sales halved {HOSTILE}", "because": "Fewer came."}
    finding |= {"do": "Ask why.", "overturned_by": "More come.", "link": {}, "query": ""}
    html = index_page([result(findings=[finding])], ORIGIN, [Markup('<p id="alerts"></p>')])
    places = [
        html.index(f) for f in ("Sales halved", "Ask why.", 'id="alerts"', "£9.75", "1,038 of")
    ]
    assert places == sorted(places)
    assert HOSTILE in Page(html).text
    fold = html.split('id="quality"')[1]
    assert "1,038 of 1,050 rows were used; 12 were set aside" in Page(fold).text
    assert "<summary>" in fold.split("exact_duplicate")[0], "the rules are folded"


def test_without_findings_nothing_is_said_of_them():
    assert "ops-finding" not in re.sub(
        r"<style>.*?</style>", "", index_page([result()], ORIGIN), flags=re.DOTALL
    )


# --- paper -----------------------------------------------------------------------------------


def margins(html):
    """The texts in the margin of a sheet, as a browser reads them."""
    found = re.findall(r'@top-(?:left|right) { content: "([^"]*)" }', html)
    return [re.sub(r"\\([0-9a-f]+) ", lambda m: chr(int(m[1], 16)), text) for text in found]


def test_every_sheet_is_headed_by_title_filters_and_day():
    parameters = {"months": 6, "detail": "full path", "categories": ["Toys"], "as_of": "2024-06-30"}
    made = result(notebook="category_opportunity", parameters=parameters)
    page, index = both_pages(made)
    assert margins(page) == [
        "The shop\nPeriod: 6 months to 30 Jun 2024 · Compare with: Last year · Detail: Full path "
        "· Leaders: 10 · Categories: Toys",
        "As of 30 Jun 2024",
    ]
    assert margins(index) == ["corner shop", "As of 30 Jun 2024"]


def test_a_name_in_the_margin_is_no_code():
    hostile = '"} body { display: none } </style><script>alert(1)</script>\\'
    made = result(
        notebook="category_opportunity", title=hostile, parameters={"categories": [hostile]}
    )
    page = notebook_page(made, [made], ORIGIN)
    style = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)[0]
    assert "display: none }" not in style.split("@top-left { content:")[-1]
    assert margins(page)[0].startswith(hostile)


def test_parameters_that_are_no_view_are_no_reason_to_have_no_page():
    made = result(notebook="category_opportunity", parameters={"months": "***"})
    assert margins(notebook_page(made, [made], ORIGIN)) == ["The shop", "As of 30 Jun 2024"]
