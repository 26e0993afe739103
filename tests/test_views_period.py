"""A period: one thing to a person, the same fields as ever to parameters and links."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.locales import speaking
from ops_widgets.errors import UsageError
from ops_widgets.views.choices import Choices
from ops_widgets.views.period import range_text
from ops_widgets.views.words import few, option, worded
from ops_widgets.widgets.controls import ControlBar
from ops_widgets.widgets.session import Session

CAMPAIGNS = ANALYSES["campaign_performance"]
CATEGORIES = ANALYSES["category_opportunity"]
COHORTS = ANALYSES["cohort_activity"]
BOUNDS = (date(2024, 1, 1), date(2025, 6, 30))


def bar_of(analysis, store, **fields):
    """The bar of an analysis on the sample shop, which knows the days of its window."""
    view = analysis.view(**fields)
    session = Session(analysis, view, store)
    return ControlBar(view, session.choices(), window=session.window)


@pytest.mark.parametrize(
    ("analysis", "labels"),
    [
        (
            CAMPAIGNS,
            ["7 days", "28 days", "90 days", "365 days"]
            + [f"Last whole {name}" for name in ("month", "quarter", "year")],
        ),
        (CATEGORIES, ["1 month", "3 months", "6 months", "12 months", "24 months"]),
        (COHORTS, ["13 weeks", "26 weeks", "52 weeks", "104 weeks"]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_presets_are_of_the_unit_of_the_analysis_and_each_is_a_view(analysis, labels):
    presets = analysis.view.period.presets(analysis.view)
    assert [one["label"] for one in presets] == labels
    queries = {analysis.view().turned(one["ask"]).to_query() for one in presets}
    assert len(queries) == len(labels)


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.sampled_from(["month", "quarter", "year"])
)
def test_a_calendar_preset_is_the_last_whole_one_as_of_the_day(day, whole):
    """By naive arithmetic: the latest one that ends on the day or before."""
    view = CAMPAIGNS.view(calendar=whole)
    months = {"month": 1, "quarter": 3, "year": 12}[whole]
    ends = [
        date(year, month, monthrange(year, month)[1])
        for year in range(2018, 2031)
        for month in range(months, 13, months)
    ]
    last = max(end for end in ends if end <= day)
    first = max(end for end in ends if end < last) + timedelta(days=1)
    assert view.period.span(view, day) == (first, last)


def test_a_calendar_preset_rolls_with_the_day_and_ends_with_another_length(store):
    bar = bar_of(CAMPAIGNS, store)
    bar.ask({"calendar": "month"})
    assert bar.said["period"] == "1 Dec to 31 Dec 2025"
    bar.ask({"as_of": "2025-12-30"})
    assert bar.said["period"] == "1 Nov to 30 Nov 2025"
    assert bar.view.to_query() == "as_of=2025-12-30&calendar=month"
    bar.ask({"days": 28})
    assert bar.view.calendar == ""
    assert bar.said["period"] == "3 Dec to 30 Dec 2025"


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
def test_from_one_day_to_another_shows_no_other_days(analysis, store):
    """Whole units inside of what was asked for, and no unit more would fit."""
    bar = bar_of(analysis, store)
    first, last = date(2024, 9, 10), date(2025, 3, 17)
    bar.ask({"period": {"from": first.isoformat(), "to": last.isoformat()}})
    assert bar.message == ""
    begins, ends = analysis.window(store, bar.view)
    unit = timedelta(days={"day": 1, "week": 7, "month": 31}[bar.view.period.unit])
    assert first <= begins < first + unit
    assert last - unit < ends <= last
    assert bar.values["period"]["from"] == begins.isoformat()
    assert bar.said["period"] == range_text(begins, ends, months=analysis is CATEGORIES)


def test_a_last_day_that_nobody_sets_stays_the_latest_one(store):
    bar = bar_of(CAMPAIGNS, store, as_of=date(2025, 3, 1))
    bar.ask({"period": {"from": "2025-12-02", "to": ""}})
    assert (bar.view.as_of, bar.view.days) == (None, 30)
    bar.ask({"period": {"from": "", "to": "2025-11-30"}})
    assert (bar.view.as_of, bar.view.days) == (date(2025, 11, 30), 30)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"from": "2025-06-10", "to": "2025-06-01"}, "before it begins on 10 Jun 2025"),
        ({"from": "2023-12-31", "to": "2025-06-01"}, "The data have no 31 Dec 2023."),
        ({"from": "2025-01-01", "to": "2026-01-01"}, "The data have no 1 Jan 2026."),
        ({"from": "2025-06-01", "to": "2025-06-03"}, "That is 3 days. A period has 7 to 730 days."),
        ({"from": "yesterday", "to": ""}, "'yesterday' is no day"),
        ({"from": 5, "to": ["x"]}, "'5' is no day"),
        ("2025", "'2025' is no day"),
        ([], "is no day"),
    ],
)
def test_days_that_make_no_period_are_refused_with_a_sentence(store, asked, said):
    bar = bar_of(CAMPAIGNS, store)
    before = bar.view
    bar._hear({"ask": {"period": asked}})
    assert bar.view == before
    assert said in bar.message
    assert bar.steps["undo"] == 0


def test_a_view_without_a_period_has_no_such_wish():
    from tests.test_widgets_controls import ShopView

    bar = ControlBar(ShopView(source="shop"), Choices({}, {"as_of": BOUNDS}))
    bar.ask({"period": {"from": "2024-02-01", "to": "2024-03-01"}})
    assert "no such control" in bar.message


def test_a_window_before_the_data_is_said_and_not_shown(store):
    bar = bar_of(CAMPAIGNS, store, as_of=date(2024, 1, 20), calendar="month")
    assert bar.said["period"] == "Last whole month to 20 Jan 2024"
    with pytest.raises(Exception, match="hold no day of the period"):
        CAMPAIGNS.window(store, bar.view)


def test_a_range_is_written_as_people_write_it():
    first, last = date(2025, 4, 1), date(2025, 6, 29)
    assert range_text(first, last) == "1 Apr to 29 Jun 2025"
    assert range_text(first.replace(year=2024), last) == "1 Apr 2024 to 29 Jun 2025"
    assert range_text(first, last, months=True) == "Apr to Jun 2025"
    assert range_text(last, last) == "29 Jun 2025"
    with speaking("de"):
        assert range_text(first, last) == "1. Apr. 2025 to 29. Juni 2025"


def test_values_are_said_in_plain_words_and_names_as_they_are_written():
    assert worded("marketing_copy") == "Marketing copy"
    assert option("last_year") == "Last year"
    assert option("before") == "Period before"
    assert (option("it"), worded("it")) == ("italiano", "It"), "a channel is no language"
    assert worded("iPhone / 3C") == "iPhone / 3C"
    assert worded("618 Finale") == "618 Finale"
    assert (few(()), few(("a_b",)), few(("a", "b", "c"))) == ("All", "A b", "3 chosen")


def test_limits_of_a_length_are_those_of_its_field():
    assert CAMPAIGNS.view.period.limits(CAMPAIGNS.view) == (7, 730)
    with pytest.raises(UsageError):
        CAMPAIGNS.view().replace(days=6)
