"""What a campaign cost is known where a row, the source or the plan says it, and only there."""

from __future__ import annotations

from datetime import date
from itertools import count

import pandas as pd
import pytest

from ops_widgets.analyses.campaign_performance.view import choices

from .campaign_shop import campaign, line, may, numbers, panel, ran, shop

COMPLETE = "campaign_days_complete = true\n"


@pytest.fixture(scope="module")
def shop_with(tmp_path_factory):
    """Opens a shop with these tables; one that was asked for before is not built again."""
    stores, places = {}, count()

    def opened(source="", **tables):
        key = repr((source, tables))
        if key not in stores:
            folder = tmp_path_factory.mktemp("cost") / f"shop{next(places)}"
            stores[key] = shop(folder, source, **tables)
        return stores[key]

    yield opened
    for store in stores.values():
        store.close()


def sold(*days, by="k", first=1, last=31):
    """An order of the campaign on each day, and others that carry none at both ends of the data."""
    rows = [line(f"{by}{day}", day, campaign_id=by) for day in days]
    return [line("begin", first), *rows, line("end", last)]


def cost(store, **view):
    return numbers(store, **view)["cost"]


def test_before_the_first_recorded_day_it_is_not_known(shop_with):
    """Sales from the 5th, rows from the 10th: what was spent before is not 0."""
    store = shop_with(orders=sold(5, 12), campaign_days=ran("k", *range(10, 15)))
    found = numbers(store)
    assert found["cost"].value is None
    assert found["cost"].detail == "cost of this campaign is not known on 1 day"
    assert found["cac"].value is None and found["roas"].value is None
    assert cost(store, since=may(10)).value == 2500
    before = numbers(store, until=may(9))
    assert (before["cac"].value, before["cost"].value) == (None, None)


def test_before_the_first_recorded_day_of_one_of_two(shop_with):
    rows = [*ran("a", *range(1, 15)), *ran("b", *range(10, 15))]
    orders = [*sold(5, by="a"), *sold(5, by="b")[1:-1]]
    store = shop_with(orders=orders, campaign_days=rows)
    assert cost(store).detail == "cost of 1 of 2 campaigns is not known on 1 day"
    assert cost(store, campaign="a").value == 7000
    assert cost(store, campaign="b").value is None


def test_the_plan_says_that_it_began_before_its_rows(shop_with):
    """Nine days from the 1st to the 9th, without a sale on any of them."""
    tables = {"orders": sold(12), "campaign_days": ran("k", *range(10, 15))}
    store = shop_with(**tables, campaigns=[campaign("k", 1, 14)])
    assert cost(store).detail == "cost of this campaign is not known on 9 days"
    assert cost(store, since=may(10)).value == 2500


def test_the_plan_says_that_it_had_not_begun(shop_with):
    """A sale before the day it was planned to start cost nothing."""
    tables = {"orders": sold(9, 12), "campaign_days": ran("k", *range(10, 15))}
    store = shop_with(**tables, campaigns=[campaign("k", 10, 14)])
    assert cost(store).value == 2500


def test_after_its_last_day_a_campaign_costs_nothing(shop_with):
    store = shop_with(orders=sold(12, 20), campaign_days=ran("k", *range(10, 15)))
    assert cost(store).value == 2500
    late = numbers(store, since=may(16))
    assert (late["cost"].value, late["roas"].value) == (0, None)


def test_a_planned_campaign_without_rows_is_seen_in_the_total(shop_with):
    tables = {"orders": sold(12), "campaign_days": ran("k", *range(10, 15))}
    store = shop_with(**tables, campaigns=[campaign("k", 10, 14), campaign("planned", 20, 23)])
    assert cost(store).detail == "cost of 1 of 2 campaigns is not known on 4 days"
    assert cost(store, until=may(19)).value == 2500
    table = panel(store, "by_campaign").set_index("name")
    assert table["orders"].to_dict() == {"k": 1, "planned": 0}
    assert table["cost"].isna().to_dict() == {"k": False, "planned": True}


def test_a_planned_campaign_without_rows_is_unknown_in_both_readings(shop_with):
    tables = {"orders": sold(12), "campaign_days": ran("k", *range(10, 15))}
    plans = [campaign("k", 10, 14), campaign("planned", 20, 23)]
    store = shop_with(COMPLETE, **tables, campaigns=plans)
    assert cost(store).detail == "cost of 1 of 2 campaigns is not known on 4 days"


@pytest.mark.parametrize("ends", [date(2099, 12, 31), date(2034, 1, 1), 31])
def test_however_late_it_is_planned_to_end(shop_with, ends):
    """Rows on the 10th and 11th, an end in the far future: from the 12th to the 31st unknown."""
    tables = {"orders": sold(10), "campaign_days": ran("k", 10, 11)}
    store = shop_with(**tables, campaigns=[campaign("k", 10, ends)])
    assert cost(store).detail == "cost of this campaign is not known on 20 days"
    assert cost(store, until=may(11)).value == 1000


def test_a_day_after_the_last_of_the_data_is_no_day_without_knowledge(shop_with):
    tables = {"orders": sold(10), "campaign_days": ran("k", *range(10, 32))}
    store = shop_with(**tables, campaigns=[campaign("k", 10, date(2099, 12, 31))])
    assert cost(store).value == 22 * 500


IDLE = {"orders": sold(3, 8), "campaign_days": ran("k", 3, 5, 8)}


def test_a_day_without_a_row_is_unknown_unless_the_source_says_more(shop_with):
    store = shop_with(**IDLE)
    assert cost(store).detail == "cost of this campaign is not known on 3 days"
    note = panel(store, "by_campaign").attrs["note"]
    assert "without a row in campaign_days count as unknown" in note
    assert "cost of this campaign is not known on 3 days" in note
    assert "`campaign_days_complete = true` at the top of the source's TOML" in note


def test_a_source_may_say_that_no_row_is_nothing_spent(shop_with):
    """Ad platforms write no row for a day without delivery."""
    store = shop_with(COMPLETE, **IDLE)
    found = numbers(store)
    assert found["cost"].value == 1500
    assert found["roas"].value == pytest.approx(2000 / 1500)
    table = panel(store, "by_campaign")
    assert table[["impressions", "clicks"]].iloc[0].tolist() == [3000, 30]
    for name in ("by_campaign", "by_group", "funnel", "weekly"):
        said = panel(store, name).attrs
        assert "count as nothing spent, as the source says" in " ".join(said["more"].values()), name


def test_what_the_docs_tell_to_write_makes_it_known(shop_with):
    """The remedy of the note, followed literally, in a plan that is wider than the rows."""
    plan = [campaign("k", 2, 10)]
    assert cost(shop_with(**IDLE, campaigns=plan)).value is None
    assert cost(shop_with(COMPLETE, **IDLE, campaigns=plan)).value == 1500


def test_an_empty_field_is_unknown_in_both_readings(shop_with):
    rows = [*ran("k", 3, 8), *ran("k", 5, cost=None)]
    store = shop_with(COMPLETE, orders=sold(3), campaign_days=rows)
    assert cost(store).detail == "cost of this campaign is not known on 1 day"
    assert panel(store, "by_campaign")["clicks"].iloc[0] == 30


def test_complete_does_not_reach_before_the_first_row(shop_with):
    """Nothing says when the campaign began: a sale of the 2nd shows that it ran before its rows."""
    store = shop_with(COMPLETE, orders=sold(2, 8), campaign_days=ran("k", 5, 8))
    assert cost(store).detail == "cost of this campaign is not known on 1 day"


def test_a_column_that_is_not_mapped_is_unknown_on_every_day(shop_with):
    rows = [{k: v for k, v in row.items() if k != "cost"} for row in ran("k", 3, 4)]
    store = shop_with(COMPLETE, orders=sold(3, 20), campaign_days=rows)
    for view in ({}, {"since": may(10)}):
        found = numbers(store, **view)
        assert found["cost"].value is None
        assert found["roas"].detail == "what campaigns cost is not in the data"


def test_the_page_says_where_the_table_ends(shop_with):
    store = shop_with(orders=sold(12), campaign_days=ran("k", *range(10, 15)))
    assert "the table ends on 14 May 2024" in panel(store, "by_group").attrs["note"]


@pytest.mark.parametrize("name", ["by_campaign", "by_group", "funnel", "weekly"])
def test_how_a_day_without_a_row_is_read_stands_below_the_panel_only_where_it_matters(
    shop_with, name
):
    """The rows of a whole month; rows that end before the data do; rows with gaps."""
    rule = "without a row in campaign_days count as unknown"
    whole = panel(shop_with(orders=sold(3, 8), campaign_days=ran("k", *range(1, 32))), name).attrs
    assert rule not in whole["note"]
    assert rule in " ".join(whole["more"].values())
    for days in ((1, 2, 3, 4, 5, 6, 7, 8), (1, 3, 8, 31)):
        shown = panel(shop_with(orders=sold(3, 8), campaign_days=ran("k", *days)), name).attrs
        assert rule in shown["note"]


def test_a_week_lacks_a_cost_or_a_campaign(shop_with):
    """Weeks of the 6th (rows of all days), the 13th (one missing), and seven in which none ran."""
    rows = ran("k", *range(6, 13), 13, 15, 16, 17, 18, 19)
    store = shop_with(orders=sold(6, 13, last=69), campaign_days=rows)
    frame = panel(store, "weekly", until=None).set_index("week")
    assert [str(day.date()) for day in frame.index[[0, 1, 8]]] == [
        "2024-05-06",
        "2024-05-13",
        "2024-07-01",
    ]
    assert frame["cost"].fillna(-1).tolist() == [3500, -1, *[-1] * 7]
    assert frame["net_revenue"].fillna(-1).tolist() == [1000, 1000, *[-1] * 7]
    assert frame["shop_revenue"].tolist() == [1000, 1000, *[0] * 7]
    assert frame["running"].fillna("").tolist() == ["k", "k", *[""] * 7]
    note = frame.attrs["note"]
    assert "The cost of 1 week lacks a day of a campaign that ran." in note
    assert "No campaign ran in 7 weeks." in note


def test_in_a_short_window_it_is_days_and_the_whole_shop(shop_with):
    """The line is everything that was sold, the rest is of the campaigns looked at."""
    days = [*ran("k", 6, 7), *ran("l", 7)]
    store = shop_with(orders=[*sold(6, 7), line("else", 7), *sold(8, by="l")], campaign_days=days)
    frame = panel(store, "weekly", campaign="k").set_index("week").loc["2024-05-06":"2024-05-08"]
    assert frame["shop_revenue"].tolist() == [1000, 2000, 1000]
    assert frame["net_revenue"].fillna(-1).tolist() == [1000, 1000, -1]
    assert frame["cost"].fillna(-1).tolist() == [500, 500, -1]
    assert frame["running"].fillna("").tolist() == ["k", "k, l", ""]
    assert frame.attrs["labels"]["week"] == "Day"
    strength = {band["name"]: band["opacity"] for band in frame.attrs["bands"]}
    assert strength["k"] > strength["l"] > 0


def test_a_band_is_all_days_of_a_campaign_cut_to_the_window(shop_with):
    """The last day is within; what began before the window begins with it."""
    tables = {"orders": sold(12), "campaign_days": ran("k", 8, 9), "campaigns": []}
    plans = [campaign("k", 5, 10, name="K"), campaign("gone", 1, 2)]
    store = shop_with(**tables | {"campaigns": plans})
    [band] = panel(store, "weekly", as_of=may(14), days=7).attrs["bands"]
    assert (band["name"], band["label"]) == ("K", "K")
    assert (band["since"], band["until"]) == (pd.Timestamp(may(8)), pd.Timestamp(may(11)))
    assert (band["from"], band["to"]) == (pd.Timestamp(may(5)), pd.Timestamp(may(10)))


def test_names_of_campaigns_that_begin_together_do_not_stand_on_each_other(shop_with):
    plans = [campaign(name, begins, 20) for name, begins in (("a", 3), ("b", 4), ("c", 9))]
    store = shop_with(orders=sold(12, by="a"), campaigns=plans)
    bands = panel(store, "weekly").attrs["bands"]
    assert [band["label"] for band in bands] == ["a", "", "c"]
    assert [band["name"] for band in bands] == ["a", "b", "c"]


def test_a_campaign_that_the_table_of_campaigns_does_not_list_can_be_picked(shop_with):
    tables = {"orders": sold(12), "campaign_days": ran("k", *range(10, 15))}
    store = shop_with(**tables, campaigns=[campaign("id", 20, 23, name="a name")])
    assert choices(store)["campaign"] == ["a name", "k"]
    assert cost(store, campaign="k").value == 2500
