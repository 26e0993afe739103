"""Long lists: the first rows, all others as one, every row in the file and within reach."""

import csv
import io
import math
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from ops_widgets.analyses import ANALYSES
from ops_widgets.analyses.category_opportunity import months
from ops_widgets.charts.download import frame_csv
from ops_widgets.charts.others import MOST_MARKS, MOST_ROWS, PLACE, for_drawing, left_out, parts
from ops_widgets.charts.tables import for_reading, frame_table
from ops_widgets.publish.reports.tables import within
from ops_widgets.views.frames import described, pickable
from ops_widgets.views.terms import Term

TERMS = {
    "name": Term("Campaign", "text", "."),
    "clicks": Term("Clicks", "integer", ".", total="sum"),
    "impressions": Term("Impressions", "integer", ".", total="sum"),
    "ctr": Term("CTR", "percent", ".", total=("clicks", "impressions")),
    "cost": Term("Cost", "money", ".", total="sum"),
    "orders": Term("Orders", "integer", "."),
    "kind": Term("Kind", "text", "."),
}


class Shop:
    source: ClassVar = {"currency": "EUR", "minor_digits": 2}


def campaigns(count, picked="", unknown_at=None):
    """Campaign i has count - i clicks of 1,000 impressions; each costs 1.50."""
    view = ANALYSES["campaign_performance"].view(campaign=picked)
    clicks = [count - i for i in range(count)]
    frame = pd.DataFrame(
        {
            "name": [f"Campaign {i}" for i in range(count)],
            "clicks": clicks,
            "impressions": 1_000,
            "ctr": [c / 1_000 for c in clicks],
            "cost": [math.nan if i == unknown_at else 150 for i in range(count)],
            "orders": 1,
            "kind": "push",
        }
    )
    return pickable(described(Shop, frame, TERMS), "name", "campaign", view)


def cells(html, selector="tbody tr"):
    rows = BeautifulSoup(html, "html.parser").select(selector)
    return [[cell.get_text() for cell in row("td")] for row in rows]


def test_a_list_shows_its_first_rows_and_all_others_as_sums_and_ratios_of_sums():
    rows = cells(frame_table(campaigns(900)))
    assert len(rows) == MOST_ROWS + 1 == 51
    assert rows[0][:2] == ["Campaign 0", "900"]
    # Those from the 51st on have 850, 849, ... 1 clicks: 361,675 of 850,000 impressions.
    assert rows[-1] == ["850 others", "361,675", "850,000", "42.55%", "1,275.00", "–", ""]


def test_what_is_unknown_of_one_of_the_others_is_unknown_of_them():
    rows = cells(frame_table(campaigns(900, unknown_at=800)))
    assert rows[-1][4] == "–"
    rows = cells(frame_table(campaigns(900, unknown_at=3)))
    assert (rows[-1][4], rows[3][4]) == ("1,275.00", "–")


def test_the_file_holds_every_row():
    frame = campaigns(900)
    lines = list(csv.reader(io.StringIO(frame_csv(for_reading(frame)))))
    assert len(lines) == 901
    assert lines[-1][:2] == ["Campaign 899", "1"]


def test_the_others_cannot_be_picked_and_what_is_picked_is_always_there():
    html = frame_table(campaigns(900, picked="Campaign 700"), pickable=True)
    rows = cells(html)
    assert rows[50][0] == "Campaign 700"
    assert rows[51][0] == "849 others"
    soup = BeautifulSoup(html, "html.parser")
    assert soup.select_one("tr.ops-others button") is None
    assert len(soup.select("button[data-pick]")) == 51


def test_a_list_that_fits_is_whole_and_one_more_row_is_no_other():
    for count in (3, 50, 51):
        assert len(cells(frame_table(campaigns(count)))) == count
        assert not parts(campaigns(count)).others


def test_a_triangle_is_no_list():
    """Nothing of a frame without one name a row is added up; it is read whole."""
    frame = pd.DataFrame({"cohort": np.repeat([f"c{i}" for i in range(26)], 13), "age": 1.0})
    frame.attrs = {"labels": {"cohort": "Cohort", "age": "Age"}, "formats": {"cohort": "text"}}
    assert len(cells(frame_table(frame))) == 338
    assert len(for_drawing(frame)) == 338


def test_a_chart_draws_the_first_rows_and_says_so():
    drawn = for_drawing(campaigns(900, picked="Campaign 700"))
    assert list(drawn["name"]) == [*(f"Campaign {i}" for i in range(MOST_MARKS)), "Campaign 700"]
    assert list(drawn[PLACE]) == list(range(26))
    assert left_out(campaigns(900)) == "The first 25 of 900 are drawn; the table has all of them."
    assert left_out(campaigns(26)) == ""
    assert len(for_drawing(campaigns(26))) == 26


def test_the_months_of_many_categories_hold_all_of_the_market():
    sold = pd.DataFrame(
        [(f"c{c:02}", m, 100.0 - c) for c in range(20) for m in (1, 2)],
        columns=["category", "month_index", "gmv"],
    )
    rows = months._with_others(sold)
    assert sorted(set(rows["category"])) == ["12 others", *(f"c{c:02}" for c in range(8))]
    # The others of a month: 92 + 91 + ... + 81.
    assert rows[rows["category"] == "12 others"]["gmv"].tolist() == [1038.0, 1038.0]
    assert rows["gmv"].sum() == sold["gmv"].sum()


def test_a_page_of_five_thousand_rows_stays_small_and_keeps_them():
    frame = campaigns(5_000)
    html = frame_table(frame, pickable=True)
    assert len(html) < 500_000
    rest = BeautifulSoup(html, "html.parser").select_one("pre.ops-rest").get_text().split("\n")
    assert len(rest) == 4_950
    assert rest[-1].split("\t")[:4] == ["Campaign 4999", "1", "1,000", "0.10%"]


def test_a_page_that_is_too_long_leaves_its_lists_to_the_files_beside_it():
    link = '<a class="ops-tool" download="who.csv" href="data:text/csv;charset=utf-8;base64,{}">'
    twice = link.format("A" * 600) + link.format("B" * 600)
    rest = '<pre class="ops-rest" hidden>' + "row&lt;\n" * 300 + "</pre>"
    page = f"<p>Seen</p>{twice}{rest}"
    assert within(page, "shop", 10_000) == page
    fits = within(page, "shop", 3_000)
    assert 'download="who.csv" href="tables/shop/who.csv">' in fits
    assert 'download="who.csv" href="tables/shop/who-2.csv">' in fits
    assert rest in fits
    assert "ops-rest" not in within(page, "shop", 1_000)
    assert "<p>Seen</p>" in within(page, "shop", 1_000)


HOSTILE = ["<b>bold</b>", "a\tb", "</pre><script>document.title='gone'</script>", "x" * 500]


@pytest.fixture
def long_page(browser, tmp_path):
    """A page from disk with a list of 900, four of whose last names are an attack."""
    frame = campaigns(900)
    frame.loc[896:, "name"] = HOSTILE
    html = frame_table(frame, "All", pickable=True)
    from ops_widgets.charts.tables import table_filter_script
    from ops_widgets.charts.theme import css

    path = tmp_path / "list.html"
    path.write_text(f"<style>{css()}</style>{html}{table_filter_script()}", "utf-8")
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(path.as_uri())
    yield tab
    context.close()


def test_a_reader_leafs_and_finds_what_is_not_shown(long_page):
    count = long_page.locator(".ops-filter output")
    rows = long_page.locator("tbody tr")
    assert count.inner_text() == "1 to 50 of 900 rows"
    assert rows.count() == 51
    long_page.get_by_role("button", name="Next").click()
    assert count.inner_text() == "51 to 100 of 900 rows"
    assert rows.first.inner_text().split("\t")[:2] == ["Campaign 50", "850"]
    assert long_page.locator("tr.ops-others").count() == 0
    long_page.get_by_label("Filter rows").fill("campaign 700")
    assert count.inner_text() == "1 of 900 rows"
    assert rows.first.locator("button").get_attribute("data-value") == "Campaign 700"
    assert rows.first.locator("td").nth(1).get_attribute("class") == "ops-number"
    long_page.get_by_label("Filter rows").fill("")
    assert count.inner_text() == "1 to 50 of 900 rows"
    assert rows.last.inner_text().startswith("850 others")


def test_names_of_hidden_rows_stay_text(long_page):
    long_page.get_by_label("Filter rows").fill("script")
    assert long_page.locator("tbody tr").count() == 1
    assert long_page.locator("tbody b, tbody script").count() == 0
    assert long_page.title() != "gone"
    long_page.get_by_label("Filter rows").fill("xxxx")
    assert long_page.locator("tbody button").count() == 0


OPTIONS = [f"Category {n:04}" for n in range(5_000)]


def form_of_five_thousand(**more):
    """A bar of one field with five thousand names, of which one that is not near is chosen."""
    from ops_widgets.widgets.bar import bar_html

    field = {"name": "categories", "label": "Categories", "help": "", "kind": "many"}
    form = {
        "fields": [field | {"options": OPTIONS, "seldom": False}],
        "values": {"categories": ["Category 4321"]},
        "said": {"categories": "Category 4321"},
        "changed": ["categories"],
        "breadcrumbs": {"path": [], "chips": [], "inside": []},
    }
    return bar_html(form, **more)


def bar_of_five_thousand(tab, fields):
    """That bar with its script, which knows as many names as ``fields`` hold."""
    from ops_widgets.charts.theme import css
    from ops_widgets.widgets.one_way import script

    tab.set_content(f"<style>{css()}</style><main>{form_of_five_thousand()}</main>")
    tab.add_script_tag(content=script("bar.js") + "globalThis.makeBar = makeBar;")
    tab.evaluate(
        """(fields) => {
            globalThis.wishes = [];
            makeBar(document.querySelector("form"), fields, ({ ask }) => wishes.push(ask));
        }""",
        fields,
    )
    tab.locator(".ops-pill", has_text="Categories").click()
    return tab.get_by_role("checkbox")


def test_a_control_of_five_thousand_names_shows_some_and_finds_the_rest(browser):
    tab = browser.new_page()
    boxes = bar_of_five_thousand(tab, [{"name": "categories", "options": OPTIONS}])
    assert boxes.count() == 101
    assert tab.get_by_role("checkbox", name="Category 4321").is_checked()
    assert tab.locator(".ops-note").inner_text() == "4900 more: type a part of a name."
    tab.get_by_label("Find in Categories").fill("4999")
    assert boxes.count() == 2  # what is found, and what is chosen
    tab.get_by_role("checkbox", name="Category 4999").check()
    assert tab.evaluate("wishes") == [{"categories": ["Category 4321", "Category 4999"]}]
    tab.close()


def test_a_snapshot_of_five_thousand_names_says_how_many_only_the_live_page_has(browser):
    tab = browser.new_page()
    boxes = bar_of_five_thousand(tab, [])
    tab.get_by_label("Find in Categories").fill("000")
    assert boxes.count() == 11  # ten of the first hundred, and what is chosen
    assert tab.locator(".ops-note").inner_text() == "4899 more: type a part of a name."
    tab.close()


def test_a_form_of_five_thousand_names_stays_short_and_keeps_what_is_chosen():
    soup = BeautifulSoup(form_of_five_thousand(linked=True), "html.parser")
    assert len(soup.select("input[type=checkbox]")) == 101
    assert [box["value"] for box in soup.select("input[checked]")] == ["Category 4321"]
