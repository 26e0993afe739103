"""Holidays, make-up days and days of commerce, against dates that were published."""

from datetime import date, timedelta

import holidays as library
import pandas as pd
import pytest

from ops_widgets.errors import UsageError
from ops_widgets.occasions.commerce import LUNAR_NEW_YEAR, OCCASIONS, RAMADAN, commerce_days
from ops_widgets.occasions.events import COLUMNS, OWN_CALENDAR, events, world_events
from ops_widgets.sources.config import load_config
from tests.campaign_shop import shop

YEAR = date(2025, 1, 1), date(2025, 12, 31)


def of(frame, name):
    """The days of the events of that name."""
    found = frame[frame["name"] == name]
    return list(zip(found["starts_on"], found["ends_on"], strict=True))


def test_china_rests_and_works_as_the_state_council_said_for_2025():
    """State Council, notice on the holidays of 2025 (12 November 2024)."""
    found = world_events(["CN"], *YEAR)
    worked = [date(2025, *day) for day in ((1, 26), (2, 8), (4, 27), (9, 28), (10, 11))]
    assert of(found, "Make-up work day") == [(day, day) for day in worked]
    assert of(found, "National Day") == [(date(2025, 10, 1), date(2025, 10, 3))]
    free = [
        day
        for first, last in found[found["kind"] == "holiday"][["starts_on", "ends_on"]].values
        for day in pd.date_range(first, last).date
    ]
    assert {date(2025, 1, 28), date(2025, 2, 3), date(2025, 2, 4), date(2025, 10, 8)} <= set(free)
    assert not set(worked) & set(free)
    assert len(free) == len(set(free)), "no day is a holiday twice"


@pytest.mark.parametrize(
    ("country", "name", "days"),
    [
        ("US", "Black Friday", {2023: (11, 24), 2024: (11, 29), 2025: (11, 28), 2030: (11, 29)}),
        ("DE", "Cyber Monday", {2023: (11, 27), 2024: (12, 2), 2025: (12, 1)}),
        ("CN", "11.11", {2009: (11, 11), 2025: (11, 11)}),
        ("US", "Prime Day", {2020: (10, 13), 2024: (7, 16), 2025: (7, 8)}),
        ("SA", "Ramadan", {2024: (3, 11), 2025: (3, 1), 2026: (2, 18)}),
        ("CN", "Spring Festival travel season", {2024: (1, 26), 2025: (1, 14)}),
        ("ID", "12.12", {2012: (12, 12)}),
        ("GB", "Boxing Day sales", {2025: (12, 26)}),
    ],
)
def test_days_of_commerce_are_those_that_were(country, name, days):
    for year, day in days.items():
        found = commerce_days(country, date(year, 1, 1), date(year, 12, 31))
        starts = [span[0] for one, span in found if one.name == name]
        assert starts[:1] == [date(year, *day)], year


def test_what_had_not_begun_or_is_elsewhere_is_none():
    names = {one.name for one, _ in commerce_days("DE", date(2008, 1, 1), date(2008, 12, 31))}
    assert names == {"Black Friday", "Cyber Monday", "Valentine's Day"}
    assert not [
        o for o, _ in commerce_days("CN", date(2008, 11, 1), date(2008, 11, 30)) if "11" in o.name
    ]


def test_tables_of_ours_agree_with_those_of_others():
    for year, day in LUNAR_NEW_YEAR.items():
        told = library.country_holidays("CN", years=year, language="en_US")
        assert "Chinese New Year" in told[date(year, *day)], year
        assert "Spring Festival" not in told.get(date(year, *day) - timedelta(days=1), ""), year
    feasts = library.country_holidays("SA", years=range(2015, 2031), language="en_US")
    for first, after in RAMADAN:
        assert 29 <= (date(*after) - date(*first)).days <= 30
        if after[0] <= 2030:
            near = [date(*after) + timedelta(days=shift) for shift in (-1, 0, 1)]
            assert any("Eid al-Fitr" in feasts.get(day, "") for day in near), after
    for one in OCCASIONS:
        assert one.source
        for year in range(2015, 2031):
            assert all(first <= last for first, last in one.days(year))


def test_what_began_before_the_first_day_and_lasts_is_there():
    found = world_events(["CN"], date(2025, 6, 10), date(2025, 6, 10))
    assert of(found, "618") == [(date(2025, 6, 1), date(2025, 6, 18))]
    new_year = world_events(["SA"], date(2031, 1, 2), date(2031, 1, 2))
    assert of(new_year, "Ramadan") == [(date(2030, 12, 26), date(2031, 1, 23))]


def test_the_shops_own_calendar_is_among_them(tmp_path):
    orders = [
        {
            "order_id": "o",
            "ordered_at": pd.Timestamp("2025-06-01 10:00"),
            "product_id": "p",
            "quantity": 1,
            "unit_price": 1.0,
        }
    ]
    calendar = [
        {
            "starts_on": date(2025, 6, 5),
            "ends_on": None,
            "name": "Checkout down",
            "kind": "incident",
            "scope": "channel=app",
        },
        {
            "starts_on": date(2025, 1, 5),
            "ends_on": date(2025, 1, 6),
            "name": "Long ago",
            "kind": "price",
            "scope": None,
        },
    ]
    source = 'countries = ["CN", "GB"]\n'
    store = shop(tmp_path / "s", source, orders=orders, calendar=calendar)
    found = events(store, date(2025, 6, 1), date(2025, 6, 30))
    own = found[found["source"] == OWN_CALENDAR]
    assert own[COLUMNS[:6]].values.tolist() == [
        [date(2025, 6, 5), date(2025, 6, 5), "Checkout down", "incident", "channel=app", ""]
    ]
    assert list(found.columns) == COLUMNS
    assert set(found["country"]) == {"", "CN"}, "nothing is in June in Great Britain"
    assert len(found) == len(own) + len(world_events(["CN"], *span))
    store.close()


span = (date(2025, 6, 1), date(2025, 6, 30))


@pytest.mark.parametrize(
    ("code", "said"),
    [("UK", "'GB'"), ("china", "'CN'"), ("CHN", "'CN'"), ("Germny", "germany"), ("ZZ", "ISO 3166")],
)
def test_a_country_that_is_none_is_refused_with_the_right_one(tmp_path, code, said):
    (tmp_path / "orders.csv").write_text("order_id\n")
    (tmp_path / "source.toml").write_text(f'countries = ["{code}"]\n')
    with pytest.raises(UsageError, match="countries") as refused:
        load_config(tmp_path)
    assert said in str(refused.value)
