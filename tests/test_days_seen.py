"""What the data have seen whole: said by the source, or taken from the rows with care."""

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import DataError, MissingDataError, UsageError
from ops_widgets.summaries.build import prepare
from ops_widgets.views.about import about

from .tiny import frame, numbers, opened, write


def orders(*moments):
    """An order of a customer of its own at each of these moments (UTC)."""
    return [
        {"order_id": f"o{i}", "ordered_at": moment, "customer_id": f"c{i}"}
        for i, moment in enumerate(moments)
    ]


def header(store, **view):
    analysis = ANALYSES["cohort_activity"]
    return about(analysis, store, analysis.view.parse(view)).freshness


HALF_A_MINUTE = orders("2026-10-01 09:00:00", "2026-10-20 09:00:00", "2026-10-31 00:00:30")


def test_the_last_day_that_has_a_row_is_still_running(tmp_path):
    """The last order came half a minute after midnight: October is not over."""
    store = opened(write(tmp_path / "shop", orders=HALF_A_MINUTE))
    seen = store.seen()
    assert (seen.first, seen.last, seen.whole) == (
        date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 30),
    )  # fmt: skip
    assert "31 Oct 2026 (still running)" in header(store)
    with pytest.raises(MissingDataError, match=r"No month of the data is over yet.*31 Oct 2026"):
        frame(store, "cohort_activity", "retention")


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ('complete_to = "2026-10-31"', date(2026, 10, 31)),
        ("complete_to = 2026-10-31", date(2026, 10, 31)),
        ("lag_days = 1", date(2026, 11, 4)),  # prepared on 5 November
        ("lag_days = 3", date(2026, 11, 2)),
    ],
)
def test_the_source_says_which_days_are_complete(tmp_path, said, whole):
    shop = write(tmp_path / "shop", said, orders=HALF_A_MINUTE)
    store = opened(shop, datetime(2026, 11, 5, 12))
    assert store.seen().whole == whole
    told = numbers(store, "cohort_activity")
    assert told["customers"].value == 3
    assert frame(store, "cohort_activity", "retention")["cohort"].tolist()[0] == "2026-10"


def test_a_lag_moves_on_without_any_new_row(tmp_path):
    shop = write(tmp_path / "shop", "lag_days = 1", orders=HALF_A_MINUTE)
    store = opened(shop, datetime(2026, 10, 31, 12))
    assert store.seen().whole == date(2026, 10, 30)
    again = prepare(shop, now=datetime(2026, 11, 1, 0, 0, 1))
    assert not again.rebuilt and again.manifest["seen"]["orders"]["whole"] == "2026-10-31"


def test_another_word_on_days_builds_nothing_anew(tmp_path):
    shop = write(tmp_path / "shop", 'complete_to = "2026-10-30"', orders=HALF_A_MINUTE)
    opened(shop)
    write(shop, 'complete_to = "2026-10-31"')
    again = prepare(shop, now=datetime(2030, 1, 1))
    assert not again.rebuilt and again.manifest["seen"]["orders"]["whole"] == "2026-10-31"


def test_a_column_says_when_the_rows_were_exported(tmp_path):
    """The newest export is of 2 November, 00:30 in Berlin: the first is over."""
    rows = [row | {"exported": "2026-11-01T23:30:00Z"} for row in HALF_A_MINUTE]
    toml = '''timezone = "Europe/Berlin"
        [tables.orders]
        file = "orders.csv"
        complete_column = "exported"'''
    shop = write(tmp_path / "shop", toml, orders=rows)
    assert opened(shop).seen().whole == date(2026, 11, 1)
    write(shop, toml.replace('"exported"', '"exportet"'))
    with pytest.raises(DataError, match=r"no column 'exportet'.*Did you mean 'exported'"):
        prepare(shop, now=datetime(2030, 1, 1))


def test_every_table_may_have_its_own_days(tmp_path):
    toml = '''complete_to = "2026-10-31"
        [tables.orders]
        file = "orders.csv"
        [tables.events]
        file = "events.csv"
        complete_to = "2026-10-29"'''
    events = [{"occurred_at": "2026-10-15 10:00:00", "customer_id": "c0", "event": "view"}]
    store = opened(write(tmp_path / "shop", toml, orders=HALF_A_MINUTE, events=events))
    assert store.seen("orders").whole == date(2026, 10, 31)
    assert store.seen("events").whole == date(2026, 10, 29)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('complete_to = "2026-11-05"', "today is 2026-11-05: a day is complete when it is over"),
        ('complete_to = "2026-10-31"\nlag_days = 1', "give one of complete_to and lag_days"),
        ("lag_days = 0", "lag_days"),
        ('complete_to = "2026-13-01"', "complete_to"),
        ('complete_from = "2026-10-31"\ncomplete_to = "2026-10-01"', "lies before complete_from"),
    ],
)
def test_words_that_cannot_be_true_are_refused(tmp_path, said, why):
    shop = write(tmp_path / "shop", said, orders=HALF_A_MINUTE)
    with pytest.raises(UsageError, match=why):
        prepare(shop, now=datetime(2026, 11, 5, 12))


def test_a_week_that_the_data_began_in_is_no_last_year(tmp_path):
    """One order on the Sunday on which the data begin, four in the same week a year later."""
    rows = orders("2024-01-07 09:00:00", "2024-06-03 09:00:00", *["2025-01-01 09:00:00"] * 4)
    store = opened(write(tmp_path / "shop", 'complete_to = "2025-01-05"', orders=rows))
    active = numbers(store, "cohort_activity")["weekly_active"]
    assert (active.value, active.last_year) == (4, None)
    assert active.last_year_detail == "the data do not reach back so far"
    store = opened(
        write(
            tmp_path / "known",
            'complete_to = "2025-01-05"\ncomplete_from = "2024-01-01"',
            orders=rows,
        )
    )
    assert numbers(store, "cohort_activity")["weekly_active"].last_year == 1


def test_visits_have_a_beginning_of_their_own(tmp_path):
    """Tracking begins in March: whoever visits then is seen, not new.

    Four customers have bought since January. All visit in March, one again in April; a fifth
    comes in April and again in May. Of the new cohorts, one of one comes back.
    """
    bought = orders(*(f"2024-01-0{day} 09:00:00" for day in (2, 3, 4)), "2024-02-01 09:00:00")
    visits = [("2024-03-05", c) for c in ("c0", "c1", "c2", "c3")]
    visits += [("2024-04-02", "c0"), ("2024-04-03", "c9"), ("2024-05-03", "c9")]
    events = [
        {"occurred_at": f"{day} 10:00:00", "customer_id": who, "event": "view"}
        for day, who in visits
    ]
    toml = 'complete_to = "2024-05-31"'
    store = opened(write(tmp_path / "shop", toml, orders=bought, events=events))
    by_visits = numbers(store, "cohort_activity", activity="visit")
    assert by_visits["retention_1"].value == 1.0
    assert by_visits["customers"].value == 5
    shown = frame(store, "cohort_activity", "retention", activity="visit")
    assert shown.attrs["oldest"] == "2024-03"
    assert "The cohort of 2024-03 is the first of the data" in shown.attrs["note"]


def test_visits_before_the_first_order_count(tmp_path):
    events = [
        {"occurred_at": f"{day} 10:00:00", "customer_id": who, "event": "view"}
        for day, who in (("2024-01-05", "a"), ("2024-03-05", "b"))
    ]
    bought = orders("2024-03-02 09:00:00")
    store = opened(
        write(tmp_path / "shop", 'complete_to = "2024-03-31"', orders=bought, events=events)
    )
    assert numbers(store, "cohort_activity", activity="visit")["customers"].value == 2


def test_a_young_shop_has_a_page_that_says_so(tmp_path):
    """Three days of orders: no period is over, and nothing is selected that could be cleared."""
    moments = ("2026-10-27 09:00:00", "2026-10-28 09:00:00", "2026-10-29 09:00:00")
    shop = write(tmp_path / "shop", orders=orders(*moments))
    store = opened(shop)
    told = numbers(store, "cohort_activity")
    assert [number.value for number in told.values()] == [None] * 5
    assert told["customers"].detail == (
        "No month of the data is over yet: the first one ends on 31 Oct 2026."
    )
    assert told["weekly_active"].detail == (
        "No week of the data is over yet: the first one ends on 8 Nov 2026."
    )
    for panel in ("retention", "curve", "lifecycle"):
        with pytest.raises(MissingDataError, match="is over yet") as refused:
            frame(store, "cohort_activity", panel)
        assert "Clear" not in refused.value.remedy
    ops = Path(sys.executable).with_name("ops")
    done = subprocess.run(
        [ops, "report", "all", "--source", shop, "--runs", tmp_path / "runs"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    page = (Path(done.stdout.strip()).parent / "cohort_activity.html").read_text("utf-8")
    assert "is over yet" in page and "Clear the selection" not in page


def test_cohorts_older_than_the_window_are_named_with_the_way_to_them(tmp_path):
    """Everybody began in January 2024; by the end of 2025 that is 24 months ago."""
    rows = orders("2024-01-02 09:00:00", "2024-01-03 09:00:00")
    rows.append({"order_id": "x", "ordered_at": "2025-12-02 09:00:00", "customer_id": "c0"})
    store = opened(write(tmp_path / "shop", 'complete_to = "2025-12-31"', orders=rows))
    with pytest.raises(MissingDataError) as refused:
        frame(store, "cohort_activity", "retention")
    assert refused.value.message == (
        "Nobody began in the last 12 months: the last cohort is of 2024-01."
    )
    assert refused.value.remedy == "Follow them 24 months."
    assert refused.value.ask == {"periods": 24}
    assert not frame(store, "cohort_activity", "retention", **refused.value.ask).empty
    back = numbers(store, "cohort_activity")["retention_1"]
    assert back.value is None and "the last cohort is of 2024-01" in back.detail


def test_the_first_week_does_not_know_who_is_new(tmp_path):
    """Data from a Monday on: five are active in the first week, nobody knows who of them is new."""
    rows = orders(*["2024-01-01 09:00:00"] * 5, "2024-01-09 09:00:00")
    first = opened(write(tmp_path / "one", 'complete_to = "2024-01-07"', orders=rows[:5]))
    told = numbers(first, "cohort_activity")
    assert (told["weekly_active"].value, told["weekly_new"].value) == (5, None)
    assert "first week of the data" in told["weekly_new"].detail
    second = opened(write(tmp_path / "two", 'complete_to = "2024-01-14"', orders=rows))
    told = numbers(second, "cohort_activity")
    assert (told["weekly_active"].value, told["weekly_active"].previous) == (1, 5)
    assert (told["weekly_new"].value, told["weekly_new"].previous) == (1, None)


def test_the_line_of_a_rate_is_of_the_cohorts_that_it_is_of(tmp_path):
    """January, the first of the data, is in neither; nobody began in February or April."""
    moments = [("c1", "01-01"), ("c1", "02-10"), ("c2", "03-10")]
    moments += [("c3", "05-10"), ("c3", "06-10"), ("c3", "06-30")]
    rows = [
        {"order_id": f"o{i}", "ordered_at": f"2024-{day} 10:00:00", "customer_id": who}
        for i, (who, day) in enumerate(moments)
    ]
    store = opened(write(tmp_path / "shop", 'complete_to = "2024-06-30"', orders=rows))
    back = numbers(store, "cohort_activity")["retention_1"]
    assert (back.value, back.trend) == (0.5, (0.0, None, 1.0))
    picked = numbers(store, "cohort_activity", cohort="2024-03")["retention_1"]
    assert (picked.value, picked.trend) == (0.0, (0.0,))
    elsewhere = numbers(store, "cohort_activity", cohort="2023-03")["retention_1"]
    assert elsewhere.value is None
    assert elsewhere.detail == (
        "The cohort of 2023-03 is none of those shown: they are 2024-01 to 2024-05."
    )


def test_the_way_to_older_cohorts_is_a_link_of_the_page(tmp_path, monkeypatch):
    from ops_widgets.widgets.panel import PanelComponent
    from ops_widgets.widgets.session import Session

    monkeypatch.setenv("OPS_RENDER", "static")
    rows = orders("2024-01-02 09:00:00", "2024-01-03 09:00:00")
    rows.append({"order_id": "x", "ordered_at": "2025-12-02 09:00:00", "customer_id": "c0"})
    store = opened(write(tmp_path / "shop", 'complete_to = "2025-12-31"', orders=rows))
    analysis = ANALYSES["cohort_activity"]
    session = Session(analysis, analysis.view.parse({}), store)
    html = PanelComponent(session, analysis.panel("retention")).static(failing=True)["text/html"]
    assert 'data-ask="{&quot;periods&quot;: 24}" data-query="periods=24">Follow them 24' in html


def test_a_served_page_is_stale_when_other_days_are_complete(tmp_path):
    """Nothing is built when a day passes; pages made before are of fewer days all the same."""
    from ops_widgets.publish import NOTEBOOKS
    from ops_widgets.publish.server.served_source import ServedSource
    from ops_widgets.sources.config import load_config

    shop = write(tmp_path / "shop", "lag_days = 1", orders=HALF_A_MINUTE)
    prepare(shop, now=datetime(2026, 10, 31, 12))
    names = []
    for moment in (datetime(2026, 10, 31, 13), datetime(2026, 11, 1, 12)):
        assert not prepare(shop, now=moment).rebuilt
        served = ServedSource(str(shop), load_config(shop), NOTEBOOKS, tmp_path)
        names.append(served.generation())
    assert names[0] != names[1]
