"""Runs appear whole and are found again: in a folder, and where there is no rename."""

import os
from datetime import timedelta
from uuid import uuid4

import pytest
from filelock import FileLock

from ops_widgets.errors import BusyError, UsageError
from ops_widgets.publish.reports.manifest import FILE
from ops_widgets.publish.reports.run_store import RunStore

from .manifests import DAY, publish
from .schedules import bytes_of


def test_what_is_published_is_found_with_every_file(runs):
    run = publish(runs)
    assert runs.names() == ["daily"]
    assert runs.folders("daily") == [run.folder] == [f"daily/{DAY}/{'a' * 16}"]
    assert runs.manifest(run.folder) == run
    assert {o.path for o in run.outputs} == {"index.html", "tables/t.csv"}
    assert runs.is_intact(run, run.folder)
    assert runs.read_text(f"{run.folder}/tables/t.csv") == "a\r\n1\r\n"
    with runs.local_copy(run.folder, ["index.html", "nothing"]) as folder:
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
    runs.update_latest(later)
    runs.update_latest(earlier)
    assert runs.latest("daily")["folder"] == later.folder
    again = publish(runs, attempt=2)
    runs.update_latest(again)
    assert runs.latest("daily") == {"as_of": str(DAY), "key": "a" * 16, "folder": again.folder}
    if runs.is_local:
        link = os.path.join(runs.base, "daily", "latest")
        assert os.readlink(link) == f"{DAY}/{'a' * 16}.2"
        assert os.path.isfile(f"{link}/index.html")


def test_previous_is_the_last_readable_one_up_to_a_day(runs):
    two = DAY - timedelta(days=2)
    publish(runs, two, minute=1)
    forced = publish(runs, two, attempt=2, minute=2)
    publish(runs, DAY - timedelta(days=1), "c" * 16, status="failed")
    assert runs.previous("daily", DAY) == forced
    assert runs.previous("daily", two - timedelta(days=1)) is None
    partial = publish(runs, DAY, "d" * 16, status="partial")
    assert runs.previous("daily", DAY) == partial


def test_a_day_without_a_run_has_its_reason(runs):
    record = {"as_of": str(DAY), "reason": "orders reach 30 March", "exit_code": 75}
    runs.mark_absent("daily", record)
    runs.mark_absent("daily", record | {"reason": "still"})
    assert runs.absences("daily") == [record | {"name": "daily", "reason": "still"}]
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
