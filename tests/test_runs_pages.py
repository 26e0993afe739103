"""The index over all runs says of every day what became of it, without a script."""

from datetime import date, datetime, timedelta

import pytest

from ops_widgets.publish.reports.history import FILE, History, history
from ops_widgets.publish.reports.index_page import alerts_html, index_of_runs
from ops_widgets.publish.reports.manifest import AlertState, NotebookRecord, RecordedNumber
from ops_widgets.publish.reports.run_store import RunStore
from tests.manifests import run_manifest

FIRST = date(2025, 6, 2)


def manifest(n=0, *, value=100, status="complete", attempt=1, name="daily", alerts=(), reason=""):
    numbers = [] if value == "gone" else [
        RecordedNumber(name="gmv", label="Sales <&>", value=value, format="integer")
    ]  # fmt: skip
    return run_manifest(
        FIRST + timedelta(days=n),
        name=name,
        attempt=attempt,
        status=status,
        reason=reason,
        ended_at=datetime(2025, 6, 20, attempt),
        seconds=12.3,
        notebooks=[NotebookRecord(name="shop", title="The shop", numbers=numbers)],
        alerts=list(alerts),
    )


def published(runs, *manifests):
    for one in manifests:
        runs.write_text(f"{one.folder}/manifest.json", one.to_json())
    return history(runs, manifests[0].name)


@pytest.fixture
def runs(tmp_path):
    return RunStore(str(tmp_path))


def absent(found, n, reason):
    record = {"as_of": (FIRST + timedelta(days=n)).isoformat(), "reason": reason}
    return History(found.name, found.rows, found.numbers, [*found.absences, record])


# --- what is remembered ----------------------------------------------------------------------


def test_the_last_attempt_of_a_day_counts(runs):
    found = published(
        runs, manifest(0, status="partial", value=1), manifest(0, attempt=2, value=2), manifest(1)
    )
    assert [(d, r.attempt, r.values["shop.gmv"]) for d, r in found.days.items()] == [
        (FIRST, 2, 2),
        (FIRST + timedelta(days=1), 1, 100),
    ]


def test_memory_changes_nothing_but_the_time_it_takes(runs, tmp_path):
    published(runs, manifest(0))
    warm = published(runs, manifest(1), manifest(2, value="gone"))
    (tmp_path / "daily" / FILE).unlink()
    assert history(runs, "daily") == warm
    (tmp_path / "daily" / FILE).write_text("{torn")
    assert history(runs, "daily") == warm


def test_a_pruned_run_is_forgotten(runs, tmp_path):
    published(runs, manifest(0), manifest(1))
    (tmp_path / "daily" / FIRST.isoformat() / "0123456789abcdef" / "manifest.json").unlink()
    assert list(history(runs, "daily").days) == [FIRST + timedelta(days=1)]


def test_a_damaged_run_is_a_failed_day_and_no_reason_to_fail(runs):
    published(runs, manifest(0))
    runs.write_text("daily/2025-06-03/0123456789abcdef/manifest.json", '{"name": "da')
    found = history(runs, "daily")
    assert [row.status for row in found.rows] == ["complete", "failed"]
    assert "cannot be read" in index_of_runs([found])


def test_values_of_earlier_days_alone_are_a_past(runs):
    found = published(runs, manifest(0, value=1), manifest(1, value=2), manifest(2, value=3))
    past = found.values(before=FIRST + timedelta(days=2))
    assert [values["shop.gmv"] for _, values in past] == [1, 2]


# --- what is shown ---------------------------------------------------------------------------


def test_every_day_says_what_became_of_it(runs):
    found = published(
        runs,
        manifest(0),
        manifest(1, status="partial", value="gone", reason="The shop hung & was ended."),
        manifest(3, value=140),
    )
    page = index_of_runs([absent(found, 2, "orders have no order_id")])
    rows = page.split('<ol class="run-days">')[1].split("</li>")
    assert [("Published" in r, "Incomplete" in r, "Absent" in r) for r in rows[:4]] == [
        (True, False, False),
        (False, False, True),
        (False, True, False),
        (True, False, False),
    ]
    assert "orders have no order_id" in rows[1] and "href" not in rows[1]
    assert "The shop hung &amp; was ended." in rows[2]
    assert 'href="daily/2025-06-05/0123456789abcdef/index.html"' in rows[0]


def test_a_day_that_was_absent_and_then_published_is_published(runs):
    page = index_of_runs([absent(published(runs, manifest(0)), 0, "too early")])
    assert "Absent" not in page


def test_an_absent_last_day_stands_first(runs):
    page = index_of_runs([absent(published(runs, manifest(0)), 1, "orders stop on 2 June")])
    assert page.index("Absent") < page.index("Published")
    assert page.index("orders stop on 2 June") < page.index("<details")


def test_a_number_is_a_line_over_the_runs_with_gaps(runs):
    found = published(runs, *(manifest(n, value=v) for n, v in enumerate([1, 5, "gone", 3, 4])))
    page = index_of_runs([found])
    line = page.split('<ul class="run-lines">')[1].split("</ul>")[0]
    assert "Sales &lt;&amp;&gt;" in line and "<b>4</b>" in line
    assert line.split(' d="')[1].split('"')[0].count("M") == 2  # two strokes around the gap
    assert "over the last 5 runs" in line


def test_a_number_that_the_last_run_did_not_know_is_a_dash(runs):
    page = index_of_runs([published(runs, manifest(0), manifest(1, value="gone"))])
    assert "<b>–</b>" in page


def test_an_alert_that_goes_on_stands_above_the_days(runs):
    alert = AlertState(
        number="shop.gmv", kind="threshold", rule="below 5", state="firing",
        since=FIRST, words="4 is below 5.",
    )  # fmt: skip
    page = index_of_runs([published(runs, manifest(1, alerts=[alert]))])
    assert "Alert since 2 Jun 2025" in page
    assert "Sales &lt;&amp;&gt;: 4 is below 5." in page


def test_it_needs_nothing_from_anywhere_and_no_script(runs):
    page = index_of_runs([published(runs, manifest(0))])
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page


def test_nothing_yet_is_said_with_what_to_do():
    page = index_of_runs([])
    assert "No report has been run" in page and "ops report" in page


def test_the_alerts_of_a_run_begin_with_the_new_ones():
    states = ["ok", "recovered", "firing", "fired"]
    alerts = [
        AlertState(number=f"shop.{s}", kind="threshold", rule="below 5", state=s, words="<b>")
        for s in states
    ]
    section = alerts_html(alerts, {"shop.fired": "Sales"})
    marks = [section.index(word) for word in ("New", "Still on", "Recovered", "Quiet")]
    assert marks == sorted(marks)
    assert "Sales" in section and "&lt;b&gt;" in section
    assert alerts_html([], {}) == ""


def alert(state, **fields):
    return AlertState(
        number=f"shop.{state}", kind="threshold", rule="below 5", state=state, **fields
    )


def test_quiet_rules_are_folded_behind_those_that_ask_for_somebody():
    section = alerts_html([alert("ok"), alert("fired")], {})
    before, folded = section.split("<details")
    assert "shop.fired" in before and "shop.ok" not in before
    assert "shop.ok" in folded and "1 rule holds" in folded
    assert "No alert is on" in alerts_html([alert("ok")], {})


def test_alerts_of_one_state_begin_with_the_oldest():
    days = [FIRST, FIRST - timedelta(days=3)]
    section = alerts_html([alert("firing", since=day, words=str(day)) for day in days], {})
    assert section.index("since 30 May 2025") < section.index("since 2 Jun 2025")


def test_a_rule_on_a_week_stands_there_when_it_closed_or_while_its_alert_is_on():
    assert alerts_html([alert("ok", waits="week"), alert("recovered", waits="week")], {}) == ""
    section = alerts_html([alert("firing", waits="week"), alert("ok", waits="week")], {})
    assert "shop.firing" in section and "shop.ok" not in section
