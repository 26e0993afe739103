"""Runs go when they may, and nothing that something stands on does."""

import json
from datetime import timedelta

from ops_widgets.publish.reports.definition import Keep
from ops_widgets.publish.reports.retention import prune, superfluous
from ops_widgets.publish.reports.run_store import RunStore

from .manifests import DAY, publish


def test_old_days_go_and_the_last_ones_stay(runs):
    for n in range(10):
        publish(runs, DAY - timedelta(days=n), f"{n:016d}")
    gone = superfluous(runs, "daily", Keep(days=3, last=2))
    assert [folder.split("/")[1] for folder in gone] == [
        str(DAY - timedelta(days=n)) for n in range(9, 2, -1)
    ]
    assert superfluous(runs, "daily", Keep(days=3, last=9)) == [
        f"daily/{DAY - timedelta(days=9)}/{9:016d}"
    ]
    prune(runs, gone)
    assert len(runs.folders("daily")) == 3
    assert superfluous(runs, "daily", Keep(days=3, last=2)) == []


def test_attempts_that_a_later_complete_one_replaced_go(runs):
    publish(runs, status="failed", minute=1)
    publish(runs, attempt=2, minute=2)
    last = publish(runs, attempt=3, minute=3)
    later = publish(runs, attempt=4, status="partial", minute=4)
    kept = set(runs.folders("daily")) - set(superfluous(runs, "daily", Keep()))
    assert kept == {last.folder, later.folder}


def test_a_day_whose_runs_all_failed_keeps_them(runs):
    publish(runs, status="failed")
    publish(runs, status="partial", attempt=2)
    assert superfluous(runs, "daily", Keep()) == []


def test_what_latest_names_never_goes(runs):
    old = publish(runs, DAY - timedelta(days=400))
    runs.write_text("daily/latest.json", json.dumps({"as_of": "x", "folder": old.folder}))
    for n in range(3):
        publish(runs, DAY - timedelta(days=n), f"{n:016d}")
    assert superfluous(runs, "daily", Keep(days=1, last=1)) == [
        f"daily/{DAY - timedelta(days=n)}/{n:016d}" for n in (2, 1)
    ]


def test_prune_shows_and_removes_only_on_request(desk):
    desk.define("[keep]\ndays = 1\nlast = 1")
    for n in range(3):
        run = publish(desk.runs, DAY - timedelta(days=n), f"{n:016d}")
    desk.runs.update_latest(publish(desk.runs, DAY, "f" * 16, minute=9))
    shown = desk.ops("runs", "prune")
    assert shown.exit_code == 0
    assert len(shown.stdout.split()) == 3, "two old days, and the run that was replaced"
    assert run.folder in shown.stdout and "f" * 16 not in shown.stdout
    assert len(desk.runs.folders("daily")) == 4
    assert desk.ops("runs", "prune", "--delete").exit_code == 0
    assert desk.runs.folders("daily") == [f"daily/{DAY}/{'f' * 16}"]
    assert desk.ops("runs", "prune", "--delete").stdout == ""
    listed = json.loads(desk.ops("runs", "list", "--json").stdout)
    assert [row["as_of"] for row in listed] == [str(DAY)]


def test_prune_leaves_no_empty_days_behind(tmp_path):
    runs = RunStore(tmp_path)
    for n in range(3):
        publish(runs, DAY - timedelta(days=n), f"{n:016d}")
    prune(runs, superfluous(runs, "daily", Keep(days=1, last=1)))
    assert [path.name for path in (tmp_path / "daily").iterdir()] == [str(DAY)]
