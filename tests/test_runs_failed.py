"""What fails is marked, in words, and keeps nothing else from being published."""

import json
from pathlib import Path

import jsonschema
import pytest

from ops_widgets.publish.reports.manifest import FILE, schema

from .schedules import FIRST, LAST, SECOND, bytes_of, printed, status_of
from .throwaway import RECORD

THIRD = "category_opportunity"


def test_what_fails_is_marked_and_the_others_are_published(desk):
    desk.notebook(FIRST, "import sys; sys.exit(0)", "print('never')")
    desk.notebook(SECOND, "1 / 0")
    desk.notebook(THIRD)
    desk.define(notebooks=(FIRST, SECOND, THIRD))
    done = desk.run()
    run = desk.only()
    folder = desk.path(run)
    assert done.exit_code == 1
    assert done.stdout == f"{folder}/index.html\n"
    assert status_of(run) == {FIRST: "failed", SECOND: "failed", THIRD: "complete"}
    assert run.status == "partial"
    for words in ("sys.exit", "ZeroDivisionError: division by zero"):
        assert words in run.reason and words in done.stderr
        assert words in (folder / "index.html").read_text("utf-8")
    assert {path.name for path in folder.glob("*.ipynb")} == {f"{THIRD}.ipynb"}
    assert (folder / "failed" / f"{SECOND}.ipynb").is_file()
    traceback = (folder / "failed" / f"{SECOND}.txt").read_text("utf-8")
    assert "1 / 0" in traceback and "\x1b" not in traceback
    assert "never" not in printed(folder / "failed")
    jsonschema.validate(json.loads((folder / FILE).read_text()), json.loads(schema()))
    assert desk.runs.is_intact(run, run.folder)
    assert run.numbers().keys() == {f"{THIRD}.gmv"}


def test_the_next_run_after_a_failure_is_a_new_attempt(desk):
    """The notebook needs something that comes later; its key stays the same."""
    desk.notebook(FIRST, "from pathlib import Path", "assert Path('ready').exists()")
    desk.define()
    assert desk.run().exit_code == 1
    failed = desk.only()
    assert failed.status == "failed"
    before = bytes_of(desk.path(failed))
    (desk.notebooks / "ready").touch()
    done = desk.run()
    assert done.exit_code == 0, done.stderr
    first, second = desk.manifests()
    assert (first, second.key, second.attempt, second.status) == (failed, first.key, 2, "complete")
    assert bytes_of(desk.path(first)) == before
    assert desk.runs.latest("daily")["folder"] == second.folder
    assert second.previous is None, "a failed run is nothing to compare with"


@pytest.mark.parametrize(
    ("cell", "record", "code", "words"),
    [
        ("1 + 1", False, 1, "recorded no headline numbers"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", True, 138, "kernel died"),
        ("x = (", True, 1, "SyntaxError"),
        ("raise KeyboardInterrupt", True, 1, "KeyboardInterrupt"),
        ("import os; os._exit(0)", True, 138, "kernel died"),
    ],
)
def test_a_run_of_one_notebook_that_fails_has_failed(desk, cell, record, code, words):
    desk.notebook(FIRST, cell, record=record)
    desk.define()
    assert desk.run().exit_code == code
    assert desk.only().status == "failed"
    assert words in desk.only().reason
    assert words in (desk.path(desk.only()) / "index.html").read_text("utf-8")


def test_a_page_larger_than_3_mb_is_a_failure_not_a_page(desk):
    large = "from IPython.display import HTML\nHTML('<p>' + 'x' * 4_000_000)"
    desk.notebook(FIRST, large)
    desk.notebook(SECOND)
    desk.define(notebooks=(FIRST, SECOND))
    assert desk.run().exit_code == 1
    assert status_of(desk.only()) == {FIRST: "failed", SECOND: "complete"}
    assert "more than 3" in desk.only().reason
    folder = desk.path(desk.only())
    assert max(path.stat().st_size for path in folder.glob("*.html")) < 3_000_000
    assert (folder / "failed" / f"{FIRST}.ipynb").is_file()


def test_what_hangs_is_ended_with_all_that_it_started(desk):
    pids = desk.folder / "pids"
    desk.notebook(
        FIRST,
        "import os, subprocess, time\n"
        "nested = subprocess.Popen(['sh', '-c', 'sleep 987 & sleep 987 & wait'])\n"
        "time.sleep(0.5)\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{os.getpgid(0)}} {{nested.pid}}')\n"
        "time.sleep(3600)",
    )
    desk.notebook(SECOND)
    desk.define(notebooks=(FIRST, SECOND))
    done = desk.process("report", "daily", "--timeout", "10s")
    assert done.returncode == 124, done.stderr
    run = desk.only()
    assert status_of(run) == {FIRST: "failed", SECOND: "complete"}
    assert "10 seconds" in run.reason and run.status == "partial"
    _, group, _ = map(int, pids.read_text().split())
    assert not alive_in_group(group)


def alive_in_group(group):
    """Processes of a group that are not only waiting to be buried."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = path.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of) == group and state != "Z":
            found.append(int(path.parent.name))
    return found


def test_an_alert_ends_with_10_only_on_request(desk):
    desk.notebook(FIRST, RECORD.replace('"gmv"', '"customers"'), record=False)
    desk.define(f'[[alert]]\nnumber = "{FIRST}.customers"\nkind = "threshold"\nabove = 1')
    done = desk.run()
    assert done.exit_code == 0, done.stderr
    assert desk.run("--fail-on-alert").exit_code == 10, "also when it was there before"
    (alert,) = desk.only().alerts
    assert (alert.state, str(alert.since)) == ("fired", LAST)
    assert json.loads((desk.path(desk.only()) / "alerts.json").read_text())[0]["state"] == "fired"
    desk.notebook(FIRST, "1 / 0")
    assert desk.run("--fail-on-alert").exit_code == 1
