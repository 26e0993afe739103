"""The app's life: a stakeholder opens a link, turns controls, clicks marks, reads the answer."""

import pandas as pd
import pytest

from tests.conftest import ROOT
from tests.live_page import (
    KEPT,
    MARK,
    OTHER,
    chosen_in_menu,
    come_near,
    drag_over,
    exact,
    number,
    opened,
    panel,
    slider,
)

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
    opened(category, "Categories").get_by_role("checkbox", name="Beauty").check()
    category.get_by_text("¥20.0\u00a0bn", exact=True).wait_for()
    assert number(category, "open_gmv").inner_text() == "¥14.0\u00a0bn"
    category.wait_for_function(OTHER)
    assert category.evaluate(KEPT) == [True] * 4, "data only: no chart is drawn anew"
    assert category.tried == []


def test_a_clicked_dot_filters_the_other_panels_and_leads_further_down(category):
    """Click Beauty's dot, look inside, come back by the breadcrumb; numbers as in the raw rows."""
    ranking = panel(category, "no large brand holds").first
    ranking.get_by_role("button", name="Open market").click()
    by_open = ranking.locator("tbody tr td:first-child").all_text_contents()
    assert by_open[0] == "Fashion"
    dots = (
        panel(category, "Is it growing, and is it still open?")
        .locator(".mark-symbol")
        .nth(1)
        .locator("path")
    )
    dots.nth(by_open.index("Beauty")).click(force=True)  # drawn from the most open one on
    category.get_by_role("button", name="Clear Category: Beauty").wait_for()
    rows = market()
    rows = rows[(rows["top"] == "Beauty") & (rows["month"] >= "2025-01-01")]
    assert exact(category, "market_gmv") == pytest.approx(rows["gmv"].sum(), rel=1e-6)
    brand = rows.groupby("brand")["gmv"].sum().idxmax()
    assert brand in panel(category, "Who holds it?").locator(".ops-view").text_content()
    category.wait_for_url("**picked=Beauty")
    category.get_by_role("button", name="Look inside Beauty").click()
    category.wait_for_url("**?within=Beauty")
    assert "Beauty / Skin Care" in ranking.locator("tbody").text_content()
    category.get_by_role("button", name="All categories").click()
    category.wait_for_url(lambda url: "?" not in url)


def test_a_second_click_or_escape_clears_what_is_picked(category):
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
    chosen_in_menu(page.locator(".ops-panel").first, "Table")
    page.get_by_role("button", name="A Quiet Winter", exact=True).first.click()
    page.get_by_role("button", name="Clear Campaign: A Quiet Winter").wait_for()
    days = pd.read_parquet(SAMPLES / "campaign_days.parquet")
    names = pd.read_parquet(SAMPLES / "campaigns.parquet").set_index("campaign_id")["name"]
    mine = days[days["campaign_id"].map(names).eq("A Quiet Winter")]
    mine = mine[pd.to_datetime(mine["day"]) > "2025-10-02"]
    assert exact(page, "cost") == pytest.approx(mine["cost"].sum(), abs=0.01)
    kinds = panel(page, "What does each kind earn?").locator("tbody tr")
    assert kinds.count() == 1
    drag_over(
        page,
        panel(page, "Did the shop sell more while campaigns ran?").locator(".ops-view"),
        0.55,
        0.8,
    )
    page.wait_for_url("**since=*campaign=A+Quiet+Winter")


def test_a_cohort_that_is_picked_has_a_line_of_its_own(live):
    page = live("cohort_activity", "?cohort=2025-10")
    lines = pd.read_parquet(SAMPLES / "orders.parquet").drop_duplicates()
    kept = lines["status"].fillna("completed").isin(["completed", "returned"])
    lines = lines[kept & lines["customer_id"].notna() & (lines["quantity"] > 0)]
    local = lines["ordered_at"].dt.tz_localize(None) + pd.Timedelta(hours=8)
    month = local[local.dt.year.between(2020, 2030)].dt.to_period("M")
    first = month.groupby(lines["customer_id"]).min()
    began = set(first[first == pd.Period("2025-10")].index)
    back = set(lines.loc[month[month == pd.Period("2025-11")].index, "customer_id"]) & began
    assert exact(page, "retention_1") == pytest.approx(100 * len(back) / len(began), abs=0.01)
    own = page.locator(".ops-view .mark-line path[stroke='var(--ops-series-2)']")
    assert own.count() == 1
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "?" not in url)
    own.wait_for(state="detached")


def test_the_address_is_the_link_to_what_is_shown(category, live):
    slider(category, "Months").press("ArrowLeft")
    category.wait_for_url("**?months=11")
    category.keyboard.press("Escape")
    category.get_by_text("Reset").click()
    category.wait_for_url(lambda url: "?" not in url)
    live("category_opportunity", "?categories=Beauty").get_by_text(
        "¥20.0\u00a0bn", exact=True
    ).wait_for()


def test_back_and_forward_undo_and_redo(category):
    for step in ("11", "10"):
        slider(category, "Months").press("ArrowLeft")
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
    last = rows[rows["month"] >= "2025-11-01"]
    assert exact(category, "market_gmv") == pytest.approx(last["gmv"].sum(), rel=1e-6)
    assert category.locator(".ops-busy").count() == 0


def test_a_drag_repaints_on_its_way_and_is_one_step_to_undo(category):
    """With the button still down, what is shown follows the slider."""
    months = slider(category, "Months")
    box = months.bounding_box()

    def drag_to(value, steps=1):
        """The middle of the thumb, 16 pixels wide, to where the slider has this value."""
        share = (value - 1) / 35
        x = box["x"] + 8 + share * (box["width"] - 16)
        category.mouse.move(x, box["y"] + box["height"] / 2, steps=steps)

    drag_to(12)
    category.mouse.down()
    drag_to(6, steps=4)
    category.locator(".ops-set", has_text="Jul to Dec 2025").wait_for()
    rows = market()
    half = rows[rows["month"] >= "2025-07-01"]
    assert exact(category, "market_gmv") == pytest.approx(half["gmv"].sum(), rel=1e-6)
    drag_to(3, steps=3)
    category.locator(".ops-set", has_text="Oct to Dec 2025").wait_for()
    category.mouse.up()
    category.keyboard.press("Escape")
    category.get_by_role("button", name="Undo").click()
    category.locator(".ops-set", has_text="Jan to Dec 2025").wait_for()
    assert category.get_by_role("button", name="Undo").get_attribute("aria-disabled") == "true"


def test_a_popover_pushes_nothing_and_closes_as_people_expect(category):
    places = "[...document.querySelectorAll('main > *')].map(e => e.getBoundingClientRect().top)"
    before = category.evaluate(places)
    period = opened(category, "Period")
    assert category.evaluate(places) == before
    categories = opened(category, "Categories")
    assert categories.is_visible() and period.is_hidden(), "another one was opened"
    categories.get_by_label("Find in Categories").fill("beau")
    assert categories.get_by_role("checkbox").count() == 1
    category.keyboard.press("Escape")
    assert categories.is_hidden()
    assert "Categories" in category.evaluate("document.activeElement.innerText")
    category.keyboard.press("Enter")
    assert categories.is_visible()
    # A browser tells of an opened popover in a task of its own, which may come after the question.
    category.wait_for_function("document.activeElement.className === 'ops-find'")  # by a key
    category.mouse.click(1000, 400)
    assert categories.is_hidden()


def test_from_one_day_to_another_and_what_is_chosen_has_its_own_way_back(live):
    page = live("campaign_performance")
    period = opened(page, "Period")
    period.get_by_label("From", exact=True).fill("2025-03-01")
    period.get_by_label("To", exact=True).fill("2025-02-01")
    period.get_by_role("button", name="Apply").click()
    page.locator(".ops-refusal", has_text="before it begins").wait_for()
    period.get_by_label("To", exact=True).fill("2025-03-31")
    period.get_by_role("button", name="Apply").click()
    page.wait_for_url("**?as_of=2025-03-31&days=31")
    assert page.locator(".ops-refusal").is_hidden()
    period.get_by_role("button", name="Last whole month").click()
    page.wait_for_url("**&calendar=month")
    page.keyboard.press("Escape")
    opened(page, "Content types").get_by_role("checkbox", name="Shopping guide").check()
    page.wait_for_url("**content_types=shopping_guide")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear Content types").click()
    page.wait_for_url(lambda url: "content_types" not in url)
    assert "All" in page.locator(".ops-pill", has_text="Content types").inner_text()


def test_a_phone_has_one_button_with_a_count_and_all_fields_behind_it(live):
    page = live("cohort_activity", "?weeks=13&activity=visit")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Filters (2)").click()
    sheet = page.locator(".ops-fields")
    for label in ("Period", "Active means", "First came by", "Numbers as in"):
        assert sheet.locator(".ops-pop-head", has_text=label).first.is_visible(), label
    sheet.get_by_role("radio", name="Purchase").check()
    page.wait_for_url("**?weeks=13")
    sheet.get_by_role("button", name="Done").click()
    assert sheet.is_hidden()
    assert page.get_by_role("button", name="Filters (1)").is_visible()


def test_the_table_stays_open_while_its_rows_change(category):
    chosen_in_menu(category.locator(".ops-panel").nth(1), "Table")
    rows = category.locator("details[open] tbody tr")
    before = rows.count()
    opened(category, "Categories").get_by_role("checkbox", name="Beauty").check()
    category.get_by_text("¥20.0\u00a0bn", exact=True).wait_for()
    category.wait_for_function("document.querySelectorAll('details[open] tbody tr').length === 1")
    assert before > 1


def test_numbers_money_and_days_follow_the_chosen_country(live):
    page = live("category_opportunity", "?locale=de&since=2025-07-01")
    assert number(page, "market_gmv").inner_text() == "206\u00a0Mrd.\u00a0¥"
    assert "1. Juli 2025" in page.locator(".ops-chips").inner_text()
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
    slider(category, "Leaders", "Leaders").press("ArrowLeft")
    category.wait_for_url("**?leaders=9")
    assert category.evaluate(places) == pytest.approx(before, abs=1)


def test_from_the_snapshot_the_address_around_the_frame_follows_and_leads_back(visitor, apps):
    visitor.goto(f"{apps}/apps/category_opportunity?months=6")
    frame = come_near(visitor)
    slider(frame, "Months").press("ArrowLeft")
    visitor.wait_for_url("**/apps/category_opportunity?months=5")
    visitor.keyboard.press("Escape")
    frame.get_by_role("button", name="Beauty", exact=True).first.click()
    visitor.wait_for_url("**?months=5&picked=Beauty")
    visitor.go_back()
    frame.locator(".ops-chip").wait_for(state="detached")
    visitor.go_back()
    visitor.wait_for_url("**?months=6")
    frame.locator(".ops-set", has_text="Jul to Dec 2025").wait_for()
    visitor.go_forward()
    frame.locator(".ops-set", has_text="Aug to Dec 2025").wait_for()
    assert visitor.tried == []
