"""A week of daily reports on generated data, without a hand on it, and what it must have come to.

Rows arrive as they do in shops: some late, one day broken. One notebook hangs, one run is killed,
one definition is changed. What the reports say is compared with the raw rows, added up one by one.
"""

import json
import subprocess
import sys

import pytest

from ops_widgets.publish.reports.history import history
from tests.week import ACTIVE, BOUND, DAYS, FRI, MON, REVENUE, SAT, SUN, THU, TUE, WED, Week, killed


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """The week, lived through."""
    made = Week(tmp_path_factory.mktemp("week"))
    made.codes = {}
    for day in DAYS:
        made.arrive(day, broken=day == TUE)
        if day == SAT:
            made.days = 14
        if day == FRI:
            made.killed = killed(made, day)
        made.codes[day] = made.run(day, hang=day == THU)
    return made


def total(week, day):
    (found,) = [n for n in week.of(day).difference.numbers if n.number == REVENUE]
    return found


# --- every day -------------------------------------------------------------------------------


def test_every_day_is_published_partial_or_absent_with_its_reason(week):
    assert week.codes == {SUN: 0, MON: 0, TUE: 65, WED: 0, THU: 124, FRI: 0, SAT: 0}
    found = history(week.runs, "daily")
    assert {day: row.status for day, row in found.days.items()} == {
        SUN: "complete", MON: "complete", WED: "complete", THU: "partial", FRI: "complete",
        SAT: "complete",
    }  # fmt: skip
    (absence,) = found.absences
    assert (absence["as_of"], absence["exit_code"]) == (str(TUE), 65)
    assert "orders" in absence["reason"]
    assert "cohort_activity" in week.of(THU).reason


def test_the_index_says_so(week):
    page = (week.folder / "runs" / "index.html").read_text("utf-8")
    assert page.count("Published") >= 5 and "Incomplete" in page and "Absent" in page
    latest = json.loads((week.folder / "runs" / "daily" / "latest.json").read_text("utf-8"))
    assert latest["as_of"] == str(SAT)


def test_a_kill_left_nothing_half_published(week):
    assert week.killed == []
    assert week.of(FRI).attempt == 1


def test_nothing_hidden_is_left_but_locks_and_receipts(week):
    kept = [path for path in (week.folder / "runs").rglob(".*.draft")]
    assert kept == []


# --- numbers and differences -----------------------------------------------------------------


def test_every_number_is_what_the_raw_rows_say(week):
    for day in (SUN, MON, WED, THU, FRI, SAT):
        days = 14 if day == SAT else 7
        assert week.of(day).numbers()[REVENUE].value == week.revenue(day, days, known=day), day


def test_on_an_ordinary_day_only_the_shop_moved(week):
    found = total(week, MON)
    moved = week.revenue(MON, 7, known=MON) - week.revenue(SUN, 7, known=SUN)
    assert moved < 0
    assert (found.total, found.moved, found.late, found.redefined) == (moved, moved, 0, 0)


def test_what_came_late_is_worth_what_the_late_lines_are(week):
    """Tuesday is absent: Wednesday is compared with Monday."""
    found = total(week, WED)
    assert week.of(WED).previous.as_of == MON
    assert found.late == week.came_late(WED) > 0
    assert found.redefined == 0
    assert found.moved == week.revenue(WED, 7, known=WED) - week.revenue(MON, 7, known=WED)
    assert found.total == found.moved + found.late


def test_after_the_kill_the_day_is_compared_with_the_incomplete_one_before(week):
    found = total(week, FRI)
    moved = week.revenue(FRI, 7, known=FRI) - week.revenue(THU, 7, known=THU)
    assert (found.total, found.moved, found.late, found.redefined) == (moved, moved, 0, 0)
    unknown = [n for n in week.of(FRI).difference.numbers if n.number == ACTIVE]
    assert unknown[0].reason == "It is missing in the run before."


def test_a_changed_definition_and_late_rows_are_told_apart(week):
    found = total(week, SAT)
    redefined = week.revenue(FRI, 14, known=SAT) - week.revenue(FRI, 7, known=SAT)
    moved = week.revenue(SAT, 14, known=SAT) - week.revenue(FRI, 14, known=SAT)
    assert found.late == week.came_late(SAT) > 0
    assert found.redefined == redefined > 0
    assert found.moved == moved
    assert found.total == moved + redefined + found.late
    said = [r for r in week.of(SAT).difference.redefinitions if r.what == "parameter"]
    assert [(r.name, r.old, r.new) for r in said] == [("days", 7, 14)]


def diff(week, old, new):
    command = [sys.executable, "-m", "ops_widgets.cli", "runs", "diff", "--json"]
    command += [f"daily@{old}", f"daily@{new}", "--runs", str(week.folder / "runs")]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return next(n for n in said["numbers"] if n["number"] == REVENUE)


def test_two_steps_add_up_to_the_whole_way(week):
    found = diff(week, SUN, WED)
    assert found["total"] == week.revenue(WED, 7, known=WED) - week.revenue(SUN, 7, known=SUN)
    assert (found["late"], found["redefined"]) == (week.came_late(WED), 0)
    assert found["moved"] + found["late"] == found["total"]


def test_beyond_the_incomplete_day_only_the_total_is_known(week):
    found = diff(week, WED, FRI)
    assert found["total"] == week.revenue(FRI, 7, known=FRI) - week.revenue(WED, 7, known=WED)
    assert found["moved"] is None and "between the two" in found["reason"]


def test_every_page_says_what_changed(week):
    folder = week.folder / "runs" / week.of(SAT).folder
    for name in ("index", "campaign_performance"):
        page = (folder / f"{name}.html").read_text("utf-8")
        assert "What changed since 2 Feb 2024" in page
        assert "days was 7 and is now 14" in page


# --- alerts ----------------------------------------------------------------------------------


def states(week, number):
    days = [day for day in DAYS if day != TUE]
    return {
        day: alert.state for day in days for alert in week.of(day).alerts if alert.number == number
    }


def test_the_alert_fired_once_and_recovered_once(week):
    values = {d: week.revenue(d, 14 if d == SAT else 7, known=d) for d in DAYS if d != TUE}
    below = [day for day, value in values.items() if value < BOUND * 100]
    assert below == [THU, FRI]  # by the raw rows
    assert states(week, REVENUE) == {
        SUN: "ok", MON: "ok", WED: "ok", THU: "fired", FRI: "firing", SAT: "recovered",
    }  # fmt: skip


def test_a_number_that_is_missing_neither_fires_again_nor_recovers(week):
    assert list(states(week, ACTIVE).values()) == ["fired"] + ["firing"] * 5
    (alert,) = [a for a in week.of(THU).alerts if a.number == ACTIVE]
    assert alert.value is None and "missing" in alert.words


def test_everybody_was_told_once_of_everything(week):
    assert sorted(week.told.read_text().splitlines()) == sorted(
        [
            f"{SUN} published",
            f"{SUN} alert",
            f"{MON} published",
            f"{TUE} absent",
            f"{WED} published",
            f"{THU} partial",
            f"{THU} alert",
            f"{FRI} published",
            f"{SAT} published",
            f"{SAT} recovered",
        ]
    )
