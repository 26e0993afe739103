"""A day without a run has its reason, and nothing is published that is not known."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from ops_widgets.cli import selection

from .schedules import FIRST, LAST


def test_stale_data_publish_nothing_and_leave_the_reason(desk, no_kernels):
    desk.notebook(FIRST)
    desk.define("[fresh]\norders = 0")
    no_kernels()
    done = desk.run("--as-of", "2024-04-01")
    assert (done.exit_code, done.stdout) == (75, "")
    assert LAST in done.stderr and "2024-04-01" in done.stderr
    assert desk.manifests() == []
    (absence,) = desk.runs.absences("daily")
    assert (absence["as_of"], absence["exit_code"]) == ("2024-04-01", 75)
    assert LAST in absence["reason"]
    assert "Absent" in (desk.root / "index.html").read_text("utf-8")
    assert "absent" in desk.ops("runs", "list").stdout


def test_a_report_is_never_as_of_a_day_that_has_not_come(desk, no_kernels):
    """Unless it says how far its orders may lag."""
    desk.notebook(FIRST)
    no_kernels()
    desk.define("")
    done = desk.run("--as-of", "2024-04-01")
    assert done.exit_code == 75 and "orders of shop are complete to 2024-03-31" in done.stderr
    assert [absence["as_of"] for absence in desk.runs.absences("daily")] == ["2024-04-01"]
    assert desk.ops("report", FIRST, "--source", desk.shop, "--as-of", "2024-04-01").exit_code == 2


def test_orders_may_lag_as_much_as_the_report_says(desk):
    """Seven days are allowed, and the run of that day shows the data as far as they reach."""
    desk.notebook(FIRST)
    desk.define("[fresh]\norders = 7")
    done = desk.run("--as-of", "2024-04-07")
    assert done.exit_code == 0, done.stderr
    run = desk.only()
    assert (run.as_of.isoformat(), run.notebooks[0].parameters["as_of"]) == ("2024-04-07", LAST)
    assert desk.run("--as-of", "2024-04-08").exit_code == 75


def _without_word_on_days(shop):
    path = shop / "source.toml"
    lines = path.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("complete_to")]
    assert len(kept) == len(lines) - 1
    path.write_text("\n".join(kept), "utf-8")


def test_tables_may_lag_as_much_as_the_report_says(desk):
    shop = desk.own_shop()
    events = pd.read_parquet(shop / "events.parquet")
    events = events[events["occurred_at"] < pd.Timestamp("2024-03-28")]
    events.to_parquet(shop / "events.parquet", index=False)
    _without_word_on_days(shop)  # so that 27 March is still running in the events, 31 in the orders
    desk.notebook(FIRST)
    desk.define("[fresh]\norders = 1\nevents = 4")
    late = desk.run("--as-of", LAST)
    assert late.exit_code == 75 and "events of shop are complete to 2024-03-26" in late.stderr
    desk.define("[fresh]\norders = 1\nevents = 5")
    done = desk.run("--as-of", LAST)
    assert done.exit_code == 0, done.stderr


def test_a_day_that_may_still_run_waits_until_the_source_says_that_it_is_over(desk):
    """A schedule gets the quiet last day of the month once somebody vouches for it."""
    shop = desk.own_shop()
    quiet = pd.read_parquet(shop / "orders.parquet")
    quiet = quiet[quiet["ordered_at"] < pd.Timestamp("2024-03-20")]
    quiet.to_parquet(shop / "orders.parquet", index=False)
    _without_word_on_days(shop)
    desk.notebook(FIRST)
    desk.define("[fresh]\norders = 0")
    waits = desk.run("--as-of", LAST)
    assert waits.exit_code == 75 and f'complete_to = "{LAST}"' in waits.stderr
    with (shop / "source.toml").open("a", encoding="utf-8") as file:
        file.write(f'\ncomplete_to = "{LAST}"\n')
    done = desk.run("--as-of", LAST)
    assert done.exit_code == 0, done.stderr
    assert desk.only().notebooks[0].parameters["as_of"] == LAST


def test_a_broken_contract_publishes_nothing(daily):
    shop = daily.own_shop()
    daily.define()
    orders = pd.read_parquet(shop / "orders.parquet")
    orders.assign(quantity=0).to_parquet(shop / "orders.parquet", index=False)
    done = daily.run("--as-of", LAST)
    assert (done.exit_code, done.stdout) == (65, "")
    assert "orders" in done.stderr
    assert daily.manifests() == []
    (absence,) = daily.runs.absences("daily")
    assert (absence["as_of"], absence["exit_code"]) == (LAST, 65)


@pytest.mark.parametrize(
    ("now", "code", "as_of"),
    [
        (datetime(2024, 4, 1, 6, tzinfo=UTC), 0, LAST),
        (datetime(2031, 5, 6, tzinfo=UTC), 75, "2031-05-05"),
        (datetime(1999, 5, 6, tzinfo=UTC), 65, "1999-05-05"),  # every order is in the future
    ],
)
def test_a_clock_that_is_years_off_publishes_nothing_wrong(desk, monkeypatch, now, code, as_of):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return now

    monkeypatch.setattr(selection, "datetime", Clock)
    desk.notebook(FIRST)
    path = desk.define("[fresh]\norders = 0")
    path.write_text(path.read_text().replace("last-day-of-data", "yesterday"))
    assert desk.run().exit_code == code
    assert [str(run.as_of) for run in desk.manifests()] == ([as_of] if code == 0 else [])
    absent = [absence["as_of"] for absence in desk.runs.absences("daily")]
    assert absent == ([as_of] if code else [])


def test_a_day_before_the_data_begin_is_a_usage_error(daily):
    done = daily.run("--as-of", "2023-01-01")
    assert done.exit_code == 2 and "2024-01-01" in done.stderr
    assert daily.run("--as-of", "yesterday").exit_code == 2
    assert daily.manifests() == []
