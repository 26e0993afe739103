"""The app's life: a stakeholder opens a link, turns controls, clicks marks, reads the answer."""

import pandas as pd
import pytest

from tests.conftest import ROOT
from tests.live_page import KEPT, MARK, OTHER, drag_over, exact, number, panel

SAMPLES = ROOT / "data" / "samples"


@pytest.fixture
def category(live):
    return live("category_opportunity")


def market():
    rows = pd.read_parquet(SAMPLES / "market.parquet")
    return rows.assign(
        month=pd.to_datetime(rows["month"]), top=rows["category"].str.split(" / ").str[0]
    )


def test_choosing_beauty_shows_a_20_billion_market_of_which_14_are_open(category):
    """The planted truth: 5% of a platform of 400 billion, of which ten brands hold 30%."""
    assert number(category, "market_gmv").inner_text() == "¥400\u00a0bn"
    category.evaluate(MARK)
    category.get_by_label("Categories: all").click()
    category.get_by_role("checkbox", name="Beauty").check()
    category.get_by_text("¥20.0\u00a0bn").wait_for()
    assert number(category, "open_gmv").inner_text() == "¥14.0\u00a0bn"
    category.wait_for_function(OTHER)
    assert category.evaluate(KEPT) == [True] * 4, "data only: no chart is drawn anew"
    assert category.tried == []


def test_a_clicked_bar_filters_the_other_panels_and_leads_further_down(category):
    """Click Beauty's bar, look inside, come back by the breadcrumb; numbers as in the raw rows."""
    bars = panel(category, "no large brand holds").locator(".mark-rect path")
    labels = category.locator(".ops-view").first.locator(".mark-text.role-axis-label text")
    order = labels.all_text_contents()
    place = [text for text in order if text in set(market()["top"])].index("Beauty")
    bars.nth(2 * place).click(force=True)  # two parts a bar
    category.get_by_role("button", name="Clear Category: Beauty").wait_for()
    rows = market()
    rows = rows[(rows["top"] == "Beauty") & (rows["month"] >= "2024-07-01")]
    assert exact(category, "market_gmv") == pytest.approx(rows["gmv"].sum(), rel=1e-6)
    brand = rows.groupby("brand")["gmv"].sum().idxmax()
    assert brand in panel(category, "Who holds it?").locator(".ops-view").text_content()
    category.wait_for_url("**picked=Beauty")
    category.get_by_role("button", name="Look inside Beauty").click()
    category.wait_for_url("**?within=Beauty")
    assert "Beauty / Skin Care" in category.locator(".ops-view").first.text_content()
    category.get_by_role("button", name="All categories").click()
    category.wait_for_url(lambda url: "?" not in url)


def test_a_second_click_or_escape_clears_what_is_picked(category):
    category.get_by_text("Table", exact=True).first.click()
    pick = category.get_by_role("button", name="Toys", exact=True).first
    pick.click()
    category.get_by_role("button", name="Clear Category: Toys").wait_for()
    pick.click()
    category.locator(".ops-chip").wait_for(state="detached")
    pick.click()
    category.locator(".ops-chip").wait_for()
    category.keyboard.press("Escape")
    category.locator(".ops-chip").wait_for(state="detached")
    assert number(category, "market_gmv").inner_text() == "¥400\u00a0bn"


def test_months_dragged_over_are_what_the_other_panels_look_at(category):
    chart = panel(category, "Does the growth go on?").locator(".ops-view")
    drag_over(category, chart, 0.5, 0.7)
    category.locator(".ops-chip").wait_for()
    category.wait_for_url("**since=*")
    query = dict(pair.split("=") for pair in category.url.split("?")[1].split("&"))
    rows = market()
    inside = rows[rows["month"].between(query["since"], query["until"])]
    assert 2 <= inside["month"].nunique() <= 4
    assert exact(category, "market_gmv") == pytest.approx(inside["gmv"].sum(), rel=1e-6)
    assert category.locator(".ops-brush").count() == 1


def test_a_campaign_picked_in_the_chart_is_alone_in_every_other_panel(live):
    page = live("campaign_performance")
    page.get_by_text("Table", exact=True).first.click()
    page.get_by_role("button", name="Picnic Guide").click()
    page.get_by_role("button", name="Clear Campaign: Picnic Guide").wait_for()
    days = pd.read_parquet(SAMPLES / "campaign_days.parquet")
    names = pd.read_parquet(SAMPLES / "campaigns.parquet").set_index("campaign_id")["name"]
    mine = days[days["campaign_id"].map(names).eq("Picnic Guide")]
    mine = mine[pd.to_datetime(mine["day"]) > "2025-04-01"]
    assert exact(page, "cost") == pytest.approx(mine["cost"].sum(), abs=0.01)
    kinds = panel(page, "What does each content type earn?").locator("tbody tr")
    assert kinds.count() == 1
    drag_over(
        page,
        panel(page, "Did the shop sell more while campaigns ran?").locator(".ops-view"),
        0.55,
        0.8,
    )
    page.wait_for_url("**since=*campaign=Picnic+Guide")


def test_a_cohort_that_is_picked_has_the_curve_to_itself(live):
    page = live("cohort_activity", "?cohort=2024-10")
    lines = pd.read_parquet(SAMPLES / "orders.parquet").drop_duplicates()
    kept = lines["status"].fillna("completed").isin(["completed", "returned"])
    lines = lines[kept & lines["customer_id"].notna() & (lines["quantity"] > 0)]
    local = lines["ordered_at"].dt.tz_localize(None) + pd.Timedelta(hours=8)
    month = local[local.dt.year.between(2020, 2030)].dt.to_period("M")
    first = month.groupby(lines["customer_id"]).min()
    began = set(first[first == pd.Period("2024-10")].index)
    back = set(lines.loc[month[month == pd.Period("2024-11")].index, "customer_id"]) & began
    assert exact(page, "retention_1") == pytest.approx(100 * len(back) / len(began), abs=0.01)
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "?" not in url)


def test_the_address_is_the_link_to_what_is_shown(category, live):
    category.get_by_role("slider", name="Months").focus()
    category.keyboard.press("ArrowLeft")
    category.wait_for_url("**?months=11")
    category.get_by_text("Reset").click()
    category.wait_for_url(lambda url: "?" not in url)
    live("category_opportunity", "?categories=Beauty").get_by_text("¥20.0\u00a0bn").wait_for()


def test_back_and_forward_undo_and_redo(category):
    months = category.get_by_role("slider", name="Months")
    for step in ("11", "10"):
        months.focus()
        category.keyboard.press("ArrowLeft")
        category.wait_for_url(f"**?months={step}")
        category.wait_for_timeout(1100)  # a key pressed again within a second is the same turn
    category.go_back()
    category.wait_for_function("document.querySelector('input[type=range]').value === '11'")
    category.go_forward()
    category.wait_for_function("document.querySelector('input[type=range]').value === '10'")
    category.keyboard.press("Control+z")
    category.wait_for_url("**?months=11")
    category.keyboard.press("Control+Shift+Z")
    category.wait_for_url("**?months=10")


def test_copy_link_copies_the_address_of_what_is_shown(category):
    category.context.grant_permissions(["clipboard-read", "clipboard-write"])
    category.get_by_role("button", name="Copy link").click()
    category.get_by_role("button", name="Copied").wait_for()
    assert category.evaluate("navigator.clipboard.readText()") == category.url


def test_a_link_that_asks_for_nonsense_opens_the_nearest_view_and_says_so(live):
    page = live("category_opportunity", "?months=99&categories=Beuty")
    said = page.locator(".ops-refusal").inner_text()
    assert "'months' cannot be '99'" in said
    assert "Beuty" in said
    page.wait_for_url("**?months=36&categories=Beauty")


def test_of_many_turns_of_a_slider_only_the_last_answer_is_shown(category):
    """Wishes that come while one is on its way are one wish."""
    category.evaluate(
        """const slider = document.querySelector('input[type=range]');
        for (let value = 11; value >= 2; value -= 1) {
          slider.value = value;
          slider.dispatchEvent(new Event('change'));
        }"""
    )
    category.wait_for_url("**?months=2")
    rows = market()
    last = rows[rows["month"] >= "2025-05-01"]
    assert exact(category, "market_gmv") == pytest.approx(last["gmv"].sum(), rel=1e-6)
    assert category.locator(".ops-busy").count() == 0


def test_the_table_stays_open_while_its_rows_change(category):
    category.get_by_text("Table", exact=True).first.click()
    rows = category.locator("details[open] tbody tr")
    before = rows.count()
    category.get_by_label("Categories: all").click()
    category.get_by_role("checkbox", name="Beauty").check()
    category.get_by_text("¥20.0\u00a0bn").wait_for()
    category.wait_for_function("document.querySelectorAll('details[open] tbody tr').length === 1")
    assert before > 1


def test_numbers_money_and_days_follow_the_chosen_country(live):
    page = live("category_opportunity", "?locale=de&since=2025-01-01")
    assert number(page, "market_gmv").inner_text() == "202\u00a0Mrd.\u00a0¥"
    assert "1. Jan. 2025" in page.locator(".ops-chips").inner_text()
    assert page.tried == []


def test_charts_follow_the_systems_dark_mode_without_being_drawn_again(category):
    bar = "getComputedStyle(document.querySelector('.ops-view svg .mark-rect path')).fill"
    category.evaluate(MARK)
    category.emulate_media(color_scheme="light")
    light = category.evaluate(bar)
    category.emulate_media(color_scheme="dark")
    dark = category.evaluate(bar)
    assert dark != light
    assert category.evaluate(KEPT) == [True] * 4
    category.evaluate("document.querySelector('[data-ops-theme-switch]').click()")
    assert category.evaluate(bar) == light, "the choice wins over the system"


def test_nothing_jumps_when_data_change(category):
    """The places of all panels before and after a turn of a control that keeps the rows."""
    places = "[...document.querySelectorAll('.ops-panel')].map(p => p.getBoundingClientRect().top)"
    before = category.evaluate(places)
    category.get_by_role("slider", name="Leaders").focus()
    category.keyboard.press("ArrowLeft")
    category.wait_for_url("**?leaders=9")
    assert category.evaluate(places) == pytest.approx(before, abs=1)


def test_from_the_snapshot_the_address_around_the_frame_follows_and_leads_back(visitor, apps):
    visitor.goto(f"{apps}/apps/category_opportunity?months=6")
    visitor.get_by_role("button", name="Explore").first.click()
    frame = visitor.frame_locator("iframe")
    frame.get_by_role("slider", name="Months").focus()
    visitor.keyboard.press("ArrowLeft")
    visitor.wait_for_url("**/apps/category_opportunity?months=5")
    frame.get_by_text("Table", exact=True).first.click()
    frame.get_by_role("button", name="Beauty", exact=True).first.click()
    visitor.wait_for_url("**?months=5&picked=Beauty")
    visitor.go_back()
    frame.locator(".ops-chip").wait_for(state="detached")
    visitor.go_back()
    visitor.wait_for_url("**?months=6")
    frame.locator("output", has_text="6").first.wait_for()
    visitor.go_forward()
    frame.locator("output", has_text="5").first.wait_for()
    assert visitor.tried == []
