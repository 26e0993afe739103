"""Runs killed at random moments, two at a time: what is listed is whole, and all goes on."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

import pytest

from .schedules import BEFORE, FIRST, LAST, Desk

#: Runs in processes of their own, forked from one that has imported everything. Every line read,
#: ``signal seconds attempt``, is a run that gets the signal (0: none) after so many seconds.
#: Answers how it ended, and how long it took.
RUNNER = """
import os, sys, time
from datetime import date, datetime
from pathlib import Path
from ops_widgets.publish.reports import execution, pipeline
from ops_widgets.cli import app
from ops_widgets.cli import selection
from ops_widgets.publish.reports import definition_files, index, prepared
pipeline.NOTEBOOKS = execution.NOTEBOOKS = Path("notebooks").resolve()
for line in sys.stdin:
    number, seconds, day, mark = line.split()
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        os.environ["MARK"] = mark
        os.setsid()
        try:
            app(["report", "daily", "--as-of", day, "--force"])
        except SystemExit as end:
            os._exit(end.code or 0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(99)
    if int(number):
        time.sleep(float(seconds))
        os.kill(child, int(number))
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print("ENDED", ended, time.monotonic() - start, flush=True)
"""


class Runner:
    """Runs of one desk in other processes, which can be killed."""

    def __init__(self, desk: Desk) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", RUNNER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(desk.folder / "log").open("w"),
            cwd=desk.folder,
            text=True,
        )

    def run(self, number: int, seconds: float, day: str, mark: str) -> tuple[int, float]:
        """Exit code (negative: the signal that ended it) and seconds."""
        self._process.stdin.write(f"{number} {seconds} {day} {mark}\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("ENDED"):
                _, code, took = line.split()
                return int(code), float(took)
        raise AssertionError("the runner died")

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)


def alive(mark: str) -> list[int]:
    """Processes with this mark in their environment that are not only waiting to be buried."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if f"MARK={mark}\0".encode() not in (path / "environ").read_bytes():
                continue
            if (path / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found.append(int(path.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def check_whole(desk: Desk) -> list[str]:
    """Every run that is listed is whole, and ``latest`` names one of them."""
    folders = desk.runs.folders("daily")
    for folder in folders:
        run = desk.runs.manifest(folder)
        assert run is not None and run.status == "complete", folder
        assert desk.runs.is_intact(run, folder), folder
        assert run.folder == folder
    latest = desk.runs.latest("daily")
    if latest is not None:
        assert latest["folder"] in folders
    link = desk.root / "daily" / "latest"
    if link.is_symlink():
        assert (link / "manifest.json").is_file()
    return folders


def kill_many(desk: Desk, seed: int, kills: int, found: list) -> None:
    random, runner = Random(seed), Runner(desk)
    try:
        for nth in ("first", "second"):  # the first builds the summaries: it takes longer
            code, whole = runner.run(0, 0, LAST, f"{seed}-{nth}")
            assert code == 0, (desk.folder / "log").read_text()[-2000:]
        for nth in range(kills):
            mark = f"{seed}-{nth}"
            number = random.choice([signal.SIGTERM, signal.SIGKILL])
            day = random.choice([BEFORE, LAST])
            before = check_whole(desk)
            code, _ = runner.run(number, random.uniform(0, whole * 1.05), day, mark)
            deadline = time.monotonic() + 15
            while left := alive(mark):
                assert time.monotonic() < deadline, f"{mark}: {left} are alive"
                time.sleep(0.05)
            after = check_whole(desk)
            assert set(before) <= set(after), "no run is ever lost"
            assert len(after) <= len(before) + 1
            found.append((int(number), code))
        code, _ = runner.run(0, 0, LAST, f"{seed}-last")
        assert code == 0, (desk.folder / "log").read_text()[-2000:]
        folders = check_whole(desk)
        assert desk.runs.latest("daily")["folder"] in [f for f in folders if LAST in f]
        assert not list(desk.root.rglob("*.draft/*"))
        assert json.loads(desk.runs.read_text("daily/latest.json"))["as_of"] == LAST
        assert LAST[-2:] in (desk.root / "index.html").read_text("utf-8")
    finally:
        runner.close()


# The first twelve are three times SIGKILL and nine times SIGTERM, from the first tenth of a run to
# its end: of each, some have to come before the run has ended.
@pytest.mark.parametrize("kills", [12, pytest.param(52, marks=pytest.mark.long)])
@pytest.mark.timeout(600)
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are looked at in /proc")
def test_kills_at_random_moments(tmp_path, small_shop, monkeypatch, kills):
    monkeypatch.delenv("OPS_STORE", raising=False)
    found, errors, threads = [], [], []

    def work(desk, seed):
        try:
            kill_many(desk, seed, kills // 2, found)
        except BaseException as error:
            errors.append(error)

    for seed in (1, 2):
        desk = Desk(tmp_path / str(seed), small_shop)
        desk.notebook(FIRST)
        desk.define()
        threads.append(threading.Thread(target=work, args=(desk, seed)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    assert len(found) == kills
    ends = {code for _, code in found}
    assert ends <= {0, 143, -signal.SIGTERM, -signal.SIGKILL}
    assert sum(code != 0 for _, code in found) >= kills * 0.6, "most were killed before they ended"
    assert 143 in ends and -signal.SIGKILL in ends
