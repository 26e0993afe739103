"""Everything that is promised is told once; a failure is told later and changes no run."""

import json
import sys
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_widgets.publish.alerts.definition import Hook
from ops_widgets.publish.alerts.message import VERBS, compose
from ops_widgets.publish.alerts.outbox import deliver, enqueue, outcomes
from ops_widgets.publish.reports.manifest import AlertState, NotebookRecord, RecordedNumber
from ops_widgets.publish.reports.run_store import RunStore
from tests.manifests import run_manifest

DAY = date(2025, 6, 3)
FILE = "daily/2025-06-03/0123456789abcdef/manifest.json"


def manifest(status="complete", *states):
    return run_manifest(
        DAY,
        status=status,
        reason="" if status == "complete" else "cohort_activity stopped.",
        alerts=[
            AlertState(
                number=f"shop.n{n}", kind="threshold", rule="below 5", state=state, words="4 <5."
            )
            for n, state in enumerate(states)
        ],
        notebooks=[
            NotebookRecord(
                name="shop",
                title="The shop",
                numbers=[
                    RecordedNumber(
                        name="gmv", label="GMV", value=123_456, format="money", currency="GBP"
                    )
                ],
            )
        ],
    )


class Desk:
    """Runs in a folder, a command that notes what it is told, and a switch that breaks it."""

    def __init__(self, folder):
        self.runs = RunStore(str(folder / "runs"))
        self.log, self.broken = folder / "log.txt", folder / "broken"
        code = (
            "import os, pathlib, sys\n"
            f"if pathlib.Path({str(self.broken)!r}).exists(): sys.exit('the wire is cut')\n"
            f"with open({str(self.log)!r}, 'a') as log:\n"
            "    print(os.environ['OPS_OUTCOME'], os.environ['OPS_RUN'],\n"
            "          sys.stdin.read().replace('\\n', ' '), sep='|', file=log)\n"
        )
        self.command = [sys.executable, "-S", "-c", code]

    def hook(self, *on):
        return Hook(on=list(on), command=self.command)

    def publish(self, run=None, file=FILE):
        self.runs.write_text(file, (run or manifest()).to_json())

    @property
    def told(self):
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line.split("|")[0] for line in lines]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def promised(desk, told, *hooks, file=FILE):
    return enqueue(desk.runs, hooks, "daily", DAY, file, told)


# --- what is told ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (manifest(), ["published"]),
        (manifest("partial"), ["partial"]),
        (manifest("failed"), ["failed"]),
        (manifest("complete", "firing", "ok"), ["published"]),
        (manifest("complete", "fired", "fired"), ["published", "alert"]),
        (manifest("partial", "recovered", "fired"), ["partial", "alert", "recovered"]),
    ],
)
def test_news_is_told_and_what_goes_on_is_not(run, told):
    assert outcomes(run) == told


def test_a_hook_is_told_what_it_asked_for_with_the_manifest(desk):
    promised(desk, ["partial", "alert"], desk.hook("published", "partial"), desk.hook("failed"))
    desk.publish(manifest("partial"))
    (receipt,) = deliver(desk.runs, "daily")
    assert (receipt.state, receipt.outcome, receipt.attempts) == ("delivered", "partial", 1)
    outcome, where, text = desk.log.read_text().split("|")
    assert outcome == "partial"
    assert where.endswith("0123456789abcdef/manifest.json")
    assert json.loads(text)["reason"] == "cohort_activity stopped."


def test_nothing_is_told_of_a_run_that_was_never_published(desk):
    promised(desk, ["published"], desk.hook("published"))
    assert deliver(desk.runs, "daily") == []
    desk.publish()
    assert len(deliver(desk.runs, "daily")) == 1


def test_one_report_is_told_of_alone(desk):
    other = FILE.replace("2025-06-03", "2025-06-02")
    for file in (FILE, other):
        promised(desk, ["published"], desk.hook("published"), file=file)
        desk.publish(file=file)
    assert [r.file for r in deliver(desk.runs, "daily", FILE)] == [FILE]
    assert [r.file for r in deliver(desk.runs, "daily")] == [other]


# --- once, and again after a failure ---------------------------------------------------------


def test_what_was_delivered_is_never_delivered_again(desk):
    for _ in range(3):
        promised(desk, ["published"], desk.hook("published"))
        desk.publish()
        deliver(desk.runs, "daily")
    assert desk.told == ["published"]


def test_a_failure_is_kept_with_its_words_and_tried_again(desk):
    desk.broken.touch()
    promised(desk, ["published"], desk.hook("published"))
    desk.publish()
    (failed,) = deliver(desk.runs, "daily")
    assert failed.state == "failed" and "the wire is cut" in failed.said
    assert desk.runs.read_text(FILE) is not None
    desk.broken.unlink()
    (done,) = deliver(desk.runs, "daily")
    assert (done.state, done.attempts) == ("delivered", 2)
    assert deliver(desk.runs, "daily") == []
    assert desk.told == ["published"]


def test_one_broken_hook_keeps_no_other_from_being_told(desk):
    missing = Hook(on=["published"], command=["no-such-command"])
    promised(desk, ["published"], missing, desk.hook("published"))
    desk.publish()
    assert sorted(r.state for r in deliver(desk.runs, "daily")) == ["delivered", "failed"]
    assert desk.told == ["published"]


def test_while_somebody_else_delivers_a_run_loses_nothing(desk, monkeypatch):
    promised(desk, ["published"], desk.hook("published"))
    desk.publish()
    wait = desk.runs.lock
    monkeypatch.setattr(desk.runs, "lock", lambda path: wait(path, wait=0))
    with wait("daily/.deliveries/.lock"):
        assert deliver(desk.runs, "daily") == []
    assert [r.state for r in deliver(desk.runs, "daily")] == ["delivered"]


@settings(deadline=None, max_examples=15)
@given(st.lists(st.booleans(), min_size=1, max_size=4))
def test_however_often_it_fails_it_is_told_once(tmp_path_factory, cuts):
    desk = Desk(tmp_path_factory.mktemp("desk"))
    promised(desk, ["published"], desk.hook("published"))
    desk.publish()
    for cut in [*cuts, False, False]:
        desk.broken.touch() if cut else desk.broken.unlink(missing_ok=True)
        deliver(desk.runs, "daily")
    assert desk.told == ["published"]


def test_an_absent_day_is_told_once_however_often_it_is_tried(desk):
    file = "daily/absent/2025-06-03.json"
    for reason in ("orders stop on 2025-06-01", "orders stop on 2025-06-02"):
        promised(desk, ["absent"], desk.hook("absent"), file=file)
        record = {"name": "daily", "as_of": "2025-06-03", "reason": reason, "exit_code": 75}
        desk.runs.write_text(file, json.dumps(record))
        deliver(desk.runs, "daily")
    assert desk.told == ["absent"]


def test_a_secret_is_in_no_receipt(desk, monkeypatch, tmp_path):
    secret = "json://127.0.0.1:9/token-5f4e3d2c"
    monkeypatch.setenv("OPS_CHAT_URL", secret)
    promised(desk, ["published"], Hook(on=["published"], url="${OPS_CHAT_URL}"))
    desk.publish()
    (receipt,) = deliver(desk.runs, "daily")
    assert receipt.state == "failed"
    kept = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) >= 2
    assert not any("5f4e3d2c" in text for text in kept)


# --- the message -----------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", VERBS)
def test_a_message_says_what_when_and_where(outcome):
    run = manifest("partial", "fired", "recovered").model_dump(mode="json")
    title, body = compose(outcome, run, "/srv/runs/daily")
    assert title == f"Daily: what changed, 2025-06-03: {VERBS[outcome]}"
    assert body.splitlines()[0] == "cohort_activity stopped."
    assert "GMV: £1,235" in body
    assert body.endswith("/srv/runs/daily")
    assert ("shop.n0" in body) is (outcome != "recovered")
    assert ("shop.n1" in body) is (outcome != "alert")


def test_a_message_of_an_absent_day_says_why():
    record = {"name": "daily", "as_of": "2025-06-03", "reason": "orders stop on 2025-06-01."}
    title, body = compose("absent", record, "/srv/runs/daily")
    assert title == "daily, 2025-06-03: absent"
    assert body.splitlines()[0] == "orders stop on 2025-06-01."
