"""The life of a table: sorted, searched and leafed through, by mouse and by keyboard."""

import time

import numpy as np
import pandas as pd
import pytest

from ops_widgets.charts.tables import frame_table, page_code, table_filter_script
from ops_widgets.charts.theme import css
from ops_widgets.widgets.one_way import script
from tests.test_charts_others import HOSTILE, campaigns

MISSING = "–"


def small(**attrs):
    """Four categories; two sizes look alike, one growth is unknown."""
    frame = pd.DataFrame(
        {
            "who": ["b", "c", "A 10", "a 9"],
            "size": [5_000_000_002, 3_000_000_000, 5_000_000_001, 40_000_000_000],
            "grown": [0.1, None, -0.25, 0.1],
            "day": pd.to_datetime(["2024-05-01", "2023-12-31", "2024-01-30", "2023-02-02"]),
        }
    )
    frame.attrs = {
        "labels": {"who": "Who", "size": "Size", "grown": "Growth", "day": "Since"},
        "formats": {"who": "text", "size": "money", "grown": "percent", "day": "date"},
        "totals": {"size": "sum"},
        "bars": {"size": {}},
        "currency": "CNY",
        "minor_digits": 2,
    } | attrs
    return frame


@pytest.fixture
def opened(browser, tmp_path):
    """``opened(frame, width) -> tab``: a page from disk with the frame's table."""
    contexts = []

    def open_page(frame, width=1280, scripts=True):
        html = frame_table(frame, "All", pickable="pick" in frame.attrs)
        path = tmp_path / "table.html"
        panel = f'<section class="ops-panel">{html}</section>'
        path.write_text(
            f"<!doctype html><html lang='en'><meta charset='utf-8'><style>{css()}</style>"
            f"<body class='ops-page'>{panel}{table_filter_script()}</body>",
            "utf-8",
        )
        context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=scripts
        )
        contexts.append(context)
        tab = context.new_page()
        tab.goto(path.as_uri())
        return tab

    yield open_page
    for context in contexts:
        context.close()


def names(tab):
    return tab.locator("tbody tr td:first-child").all_inner_texts()


def head(tab, name):
    return tab.get_by_role("columnheader", name=name)


def test_a_head_sorts_by_keyboard_and_says_so(opened):
    """By exact values: 5,000,000,002 before 5,000,000,001, which look alike; then back."""
    tab = opened(small())
    size = head(tab, "Size")
    assert size.get_attribute("aria-sort") is None
    size.get_by_role("button").focus()
    tab.keyboard.press("Enter")
    assert size.get_attribute("aria-sort") == "descending"
    assert names(tab) == ["a 9", "b", "A 10", "c"]
    tab.keyboard.press("Space")
    assert size.get_attribute("aria-sort") == "ascending"
    assert names(tab) == ["c", "A 10", "b", "a 9"]
    assert tab.evaluate("document.activeElement.className") == "ops-sort"
    tab.keyboard.press("Enter")
    assert size.get_attribute("aria-sort") is None
    assert names(tab) == ["b", "c", "A 10", "a 9"]


def test_missing_values_come_last_both_ways_and_equal_ones_keep_their_order(opened):
    tab = opened(small())
    button = head(tab, "Growth").get_by_role("button")
    button.click()
    assert names(tab) == ["b", "a 9", "A 10", "c"]
    button.click()
    assert names(tab) == ["A 10", "b", "a 9", "c"]
    assert tab.locator("tbody tr").last.locator("td").nth(2).inner_text() == MISSING


def test_names_sort_as_people_count_and_days_by_the_calendar(opened):
    tab = opened(small())
    head(tab, "Who").get_by_role("button").click()
    assert head(tab, "Who").get_attribute("aria-sort") == "ascending"
    assert names(tab) == ["a 9", "A 10", "b", "c"]
    head(tab, "Since").get_by_role("button").click()
    assert head(tab, "Who").get_attribute("aria-sort") is None, "one head at a time"
    assert names(tab) == ["b", "A 10", "c", "a 9"]


def test_a_short_table_sorts_but_has_nothing_to_search(opened):
    tab = opened(campaigns(11))
    assert tab.get_by_label("Filter rows").count() == 0
    assert tab.locator("th button.ops-sort").count() == 7
    tab = opened(campaigns(12))
    assert tab.get_by_label("Filter rows").count() == 1


def test_a_long_list_is_sorted_whole_searched_and_leafed_through_together(opened):
    """Campaign i of 900 has 900 - i clicks: the last one has the fewest, and came as text."""
    frame = campaigns(900)
    frame.attrs["bars"] = {"clicks": {}}
    tab = opened(frame)
    count = tab.locator(".ops-filter output")
    assert names(tab)[-1] == "850 others"
    clicks = head(tab, "Clicks").get_by_role("button")
    clicks.click()
    assert names(tab)[-1] == "850 others", "the same rows stand above it, the same are left out"
    clicks.click()
    assert names(tab)[:2] == ["Campaign 899", "Campaign 898"]
    assert len(names(tab)) == 50
    assert tab.locator("tr.ops-others").count() == 0, "others than these 50 were added up"
    assert tab.locator("tfoot").inner_text().split("\t")[:2] == ["All 900", "405,450"]
    first = tab.locator("tbody tr").first.locator("td").nth(1)
    assert first.inner_text() == "1"
    assert first.locator(".ops-inline i").get_attribute("style") == "left: 0%; width: 0.1%;"
    tab.get_by_role("button", name="Next").click()
    assert names(tab)[0] == "Campaign 849"
    tab.get_by_label("Filter rows").fill("campaign 1")
    assert count.inner_text() == "1 to 50 of 111 rows"
    assert names(tab)[0] == "Campaign 199"
    tab.get_by_label("Filter rows").fill("campaign 899")
    tab.locator("tbody button[data-value='Campaign 899']").wait_for()
    tab.get_by_label("Filter rows").fill("")
    clicks.click()
    assert names(tab)[0] == "Campaign 0"
    assert names(tab)[-1] == "850 others"
    assert head(tab, "Clicks").get_attribute("aria-sort") is None


def test_what_is_not_shown_of_a_row_is_not_found(opened):
    """A row's places and bars come with its text: nobody looks for those."""
    frame = campaigns(900)
    frame.attrs["bars"] = {"clicks": {}}
    tab = opened(frame)
    tab.get_by_label("Filter rows").fill("0,3")  # bars are written 0,33.3
    assert tab.locator(".ops-filter output").inner_text() == "0 of 900 rows"
    tab.get_by_label("Filter rows").fill("zz")  # places are written in letters, too
    assert tab.locator(".ops-filter output").inner_text() == "0 of 900 rows"


def test_hostile_names_stay_text_however_they_are_sorted(opened):
    frame = campaigns(900)
    frame.loc[896:, "name"] = HOSTILE
    tab = opened(frame)
    head(tab, "Clicks").get_by_role("button").click()
    head(tab, "Clicks").get_by_role("button").click()
    assert names(tab)[:3] == ["x" * 500, HOSTILE[2], "a b"]
    assert tab.locator("tbody b, tbody script").count() == 0
    assert tab.title() != "gone"
    tab.locator(f'button[data-value="{HOSTILE[0]}"]').wait_for()


def test_five_thousand_rows_are_made_and_sorted_at_once(opened):
    frame = campaigns(5_000)
    rng = np.random.default_rng(7)
    frame["impressions"] = rng.permutation(5_000) + 1
    began = time.perf_counter()
    frame_table(frame, "All", pickable=True)
    assert time.perf_counter() - began < 1.5
    tab = opened(frame)
    took = tab.evaluate(
        """() => { const began = performance.now();
        document.querySelector("th[data-column=impressions] button").click();
        return performance.now() - began; }"""
    )
    assert took < 300
    shown = [
        int(n.replace(",", "")) for n in tab.locator("tbody td:nth-child(3)").all_inner_texts()
    ]
    assert shown == list(range(5_000, 4_950, -1))


LIVE = """([first, second]) => {
  const listeners = [];
  const model = { get: (name) => (name === "html" ? globalThis.shown : ""),
                  on: (name, tell) => listeners.push([name, tell]), off() {} };
  globalThis.shown = first;
  renderHtml({ model, el: document.querySelector("main") });
  globalThis.change = () => { 
    globalThis.shown = second;
    for (const [name, tell] of listeners) if (name === "change:html") tell();
  };
}"""


def test_a_table_whose_rows_change_stays_sorted_and_searched(browser):
    before, after = campaigns(900), campaigns(800)
    after["clicks"] = after["clicks"].sample(frac=1, random_state=1).to_numpy()
    tab = browser.new_page()
    tab.set_content("<main></main>")
    code = page_code() + script("shared.js", "html_place.js", "live_html.js")
    tab.add_script_tag(
        content=code.replace("export default { render };", "globalThis.renderHtml = render;")
    )
    tab.evaluate(LIVE, [frame_table(before, "All"), frame_table(after, "All")])
    head(tab, "Clicks").get_by_role("button").click()
    head(tab, "Clicks").get_by_role("button").click()
    tab.get_by_label("Filter rows").fill("campaign 7")
    head(tab, "Clicks").get_by_role("button").focus()
    tab.evaluate("change()")
    assert head(tab, "Clicks").get_attribute("aria-sort") == "ascending"
    assert tab.evaluate("document.activeElement.className") == "ops-sort"
    mine = after[after["name"].str.startswith("Campaign 7")].sort_values("clicks")
    assert names(tab) == mine["name"].head(50).tolist()
    tab.close()


def test_names_stay_in_sight_and_a_shadow_says_where_the_table_goes_on(opened):
    tab = opened(campaigns(60), width=390)
    box = tab.locator(".ops-table")
    classes = lambda: set(box.get_attribute("class").split())  # noqa: E731
    tab.wait_for_function(
        "document.querySelector('.ops-table').classList.contains('ops-clipped-right')"
    )
    assert classes() == {"ops-table", "ops-clipped-right", "ops-clipped-below"}
    name = tab.locator("tbody td").first
    left = name.bounding_box()["x"]
    box.evaluate("box => box.scrollTo(box.scrollWidth, box.scrollHeight)")
    tab.wait_for_function(
        "!document.querySelector('.ops-table').classList.contains('ops-clipped-right')"
    )
    assert classes() == {"ops-table", "ops-clipped-left"}
    assert name.bounding_box()["x"] == pytest.approx(left, abs=1)
    assert tab.locator("tbody td").first.bounding_box()["width"] < 160, "half of a phone at most"
    wide = opened(small())
    assert wide.locator(".ops-table").get_attribute("class") == "ops-table"


def test_paper_gets_no_buttons_and_no_shadow(opened):
    tab = opened(campaigns(60), width=390)
    tab.emulate_media(media="print")
    style = "(e) => [getComputedStyle(e).boxShadow, getComputedStyle(e).position]"
    for selector in (".ops-table", ".ops-table thead th", ".ops-table tbody td"):
        assert tab.locator(selector).first.evaluate(style) == ["none", "static"]
    assert not tab.locator(".ops-filter-bar").is_visible()
    assert tab.locator("thead th").first.inner_text() == "Campaign"


def test_all_columns_are_there_for_whoever_asks_even_without_a_script(opened):
    tab = opened(small(first=["who", "size"]), scripts=False)
    assert tab.locator("thead th:visible").all_inner_texts() == ["Who", "Size (¥ m)"]
    tab.get_by_text("All columns").click()
    assert tab.locator("thead th:visible").count() == 4
    assert tab.locator("tbody tr").first.locator("td:visible").count() == 4
