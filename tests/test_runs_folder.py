"""Runs appear whole, are found again, and go when they may: in a folder, and where no rename is."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from filelock import FileLock

from ops_widgets.errors import BusyError, UsageError
from ops_widgets.publish.reports.definition import Keep
from ops_widgets.publish.reports.execution import _outputs
from ops_widgets.publish.reports.manifest import FILE, RunManifest
from ops_widgets.publish.reports.retention import prune, superfluous
from ops_widgets.publish.reports.run_store import RunStore

from .schedules import bytes_of

DAY = date(2024, 3, 31)


@pytest.fixture(params=["folder", "file", "memory"])
def runs(request, tmp_path):
    """The same runs in a folder, at its address, and in an object store without renames."""
    root = {
        "folder": str(tmp_path / "runs"),
        "file": f"file://{tmp_path / 'runs'}",
        "memory": f"memory://{uuid4().hex}/runs",
    }[request.param]
    return RunStore(root)


def publish(runs, day=DAY, key="a" * 16, attempt=1, status="complete", name="daily", minute=0):
    """Publish a run of one page; its manifest."""
    ended = datetime(2024, 4, 1, 0, minute, tzinfo=UTC)
    run = RunManifest(
        name=name, as_of=day, key=key, attempt=attempt, status=status, started_at=ended,
        ended_at=ended, first_day=date(2024, 1, 1), last_day=DAY,
    )  # fmt: skip
    with runs.draft(f"{name}/{day}", key) as draft:
        (draft / "index.html").write_text(f"<p>{key} {attempt}")
        (draft / "tables").mkdir()
        (draft / "tables" / "t.csv").write_text("a\r\n1\r\n")
        run = run.model_copy(update={"outputs": _outputs(draft)})
        (draft / FILE).write_text(run.to_json())
        runs.publish(draft, run.folder)
    return run


def test_what_is_published_is_found_with_every_file(runs):
    run = publish(runs)
    assert runs.names() == ["daily"]
    assert runs.folders("daily") == [run.folder] == [f"daily/{DAY}/{'a' * 16}"]
    assert runs.manifest(run.folder) == run
    assert {o.path for o in run.outputs} == {"index.html", "tables/t.csv"}
    assert runs.is_intact(run, run.folder)
    assert runs.read_text(f"{run.folder}/tables/t.csv") == "a\r\n1\r\n"
    with runs.at_hand(run.folder, ["index.html", "nothing"]) as folder:
        assert (folder / "index.html").read_text().startswith("<p>")


def test_before_the_first_run_there_is_nothing_and_no_error(runs):
    assert runs.names() == runs.folders("daily") == runs.absences("daily") == []
    assert runs.latest("daily") is runs.previous("daily", DAY) is None
    assert runs.manifest("daily/2024-01-01/x") is None


def test_units_of_an_expansion_are_reports_of_their_own(runs):
    publish(runs, name="weekly/beauty")
    publish(runs, name="weekly/home-1a2b3c")
    runs.mark_absent("weekly/toys", {"as_of": str(DAY), "reason": "no data"})
    assert runs.names() == ["weekly/beauty", "weekly/home-1a2b3c", "weekly/toys"]
    assert runs.folders("weekly") == []


def test_latest_moves_only_forward(runs):
    later, earlier = publish(runs), publish(runs, DAY - timedelta(days=1), "b" * 16)
    runs.point(later)
    runs.point(earlier)
    assert runs.latest("daily")["folder"] == later.folder
    again = publish(runs, attempt=2)
    runs.point(again)
    assert runs.latest("daily") == {"as_of": str(DAY), "key": "a" * 16, "folder": again.folder}
    if runs.is_local:
        link = os.path.join(runs.base, "daily", "latest")
        assert os.readlink(link) == f"{DAY}/{'a' * 16}.2"
        assert os.path.isfile(f"{link}/index.html")


def test_previous_is_the_last_readable_one_up_to_a_day(runs):
    two = DAY - timedelta(days=2)
    first = publish(runs, two, minute=1)
    forced = publish(runs, two, attempt=2, minute=2)
    publish(runs, DAY - timedelta(days=1), "c" * 16, status="failed")
    assert runs.previous("daily", DAY) == forced
    assert runs.previous("daily", DAY, but=forced.folder) == first
    assert runs.previous("daily", two - timedelta(days=1)) is None
    partial = publish(runs, DAY, "d" * 16, status="partial")
    assert runs.previous("daily", DAY) == partial


def test_a_day_without_a_run_has_its_reason(runs):
    told = {"as_of": str(DAY), "reason": "orders reach 30 March", "exit_code": 75}
    runs.mark_absent("daily", told)
    runs.mark_absent("daily", told | {"reason": "still"})
    assert runs.absences("daily") == [told | {"name": "daily", "reason": "still"}]
    assert runs.names() == ["daily"]


@pytest.mark.parametrize("damage", ["", "{", "null", "[]", '{"schema": 2}', "\x00" * 40])
def test_a_damaged_manifest_is_no_error_and_no_run_to_build_on(runs, damage):
    whole = publish(runs, DAY - timedelta(days=1))
    broken = publish(runs, DAY, "b" * 16)
    runs.write_text(f"{broken.folder}/{FILE}", damage)
    assert runs.manifest(broken.folder) is None
    assert runs.folders("daily") == [whole.folder, broken.folder], "it is still listed"
    assert runs.previous("daily", DAY) == whole
    runs.write_text("daily/latest.json", damage)
    assert runs.latest("daily") is None
    runs.write_text(f"daily/absent/{DAY}.json", damage)
    assert runs.absences("daily") == []


@pytest.mark.parametrize("change", ["other", None])
def test_a_file_that_was_changed_or_removed_is_noticed(runs, change):
    run = publish(runs)
    if change is None:
        runs.remove(f"{run.folder}/tables/t.csv")
    else:
        runs.write_text(f"{run.folder}/tables/t.csv", change)
    assert not runs.is_intact(run, run.folder)


def test_what_has_no_manifest_yet_is_no_run(runs):
    """So looks an upload that was killed half-way."""
    runs.write_text(f"daily/{DAY}/{'a' * 16}/index.html", "<p>")
    assert runs.folders("daily") == []
    assert runs.previous("daily", DAY) is None
    publish(runs, DAY, "b" * 16)
    assert [folder[-16:] for folder in runs.folders("daily")] == ["b" * 16]


def test_an_upload_that_breaks_off_is_no_run_and_can_be_made_again():
    runs = RunStore(f"memory://{uuid4().hex}/runs")
    put, done = runs.fs.put_file, []

    def broken(source, target):
        if len(done) == 2:
            raise OSError("connection lost")
        done.append(target)
        put(source, target)

    runs.fs.put_file = broken
    try:
        with pytest.raises(OSError, match="connection lost"):
            publish(runs)
    finally:
        del runs.fs.put_file
    assert len(done) == 2 and runs.folders("daily") == []
    run = publish(runs)
    assert runs.is_intact(runs.manifest(run.folder), run.folder)


def test_nothing_is_ever_published_over_a_run(tmp_path):
    runs = RunStore(tmp_path)
    run = publish(runs)
    before = bytes_of(tmp_path / run.folder)
    with pytest.raises(OSError, match="not empty"):
        publish(runs)
    assert bytes_of(tmp_path / run.folder) == before
    assert not list(tmp_path.rglob("*.draft"))


def test_what_a_killed_run_left_is_cleared_away_but_not_what_is_at_work(tmp_path):
    runs = RunStore(tmp_path)
    folder = tmp_path / "daily" / str(DAY)
    for key in ("a", "b", "c"):
        (folder / f".{key * 16}.draft" / "x").mkdir(parents=True)
    with FileLock(folder / f".{'b' * 16}.lock"):
        publish(runs, key="a" * 16)
    left = {path.name for path in folder.glob(".*.draft")}
    assert left == {f".{'b' * 16}.draft"}


def test_two_at_once_is_one_too_many(runs):
    with runs.lock("daily/.x.lock"):
        other = RunStore(runs.address())
        with pytest.raises(BusyError, match="another run"), other.lock("daily/.x.lock", wait=0):
            pass
    with runs.lock("daily/.x.lock", wait=0):
        pass


def test_an_address_that_nobody_knows_is_a_usage_error():
    with pytest.raises(UsageError, match="Runs cannot be kept"):
        RunStore("nosuch://bucket/runs")


# --- retention -------------------------------------------------------------------------------


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
    desk.runs.point(publish(desk.runs, DAY, "f" * 16, minute=9))
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
