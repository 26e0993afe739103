"""Where nothing can be written, nothing is published, nothing is lost, and the error says where."""

import os
import resource
import shutil

import pytest

from .schedules import BEFORE, FIRST, LAST, bytes_of


@pytest.fixture
def two_days(desk):
    """A desk whose report has a run, and another to be made."""
    desk.notebook(FIRST)
    desk.define()
    assert desk.run("--as-of", BEFORE).exit_code == 0
    return desk


def published(desk):
    return {name: value for name, value in bytes_of(desk.root).items() if "latest" not in name}


@pytest.mark.parametrize(
    ("limit", "code"), [(0, 2), (20_000, 1)], ids=["of the summaries", "of the runs"]
)
def test_a_disk_that_is_full(two_days, limit, code):
    before = published(two_days)

    def bound():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    failed = two_days.process("report", "daily", preexec_fn=bound)
    assert failed.returncode == code, failed.stderr
    assert "Traceback" not in failed.stderr
    where = two_days.root if code == 1 else two_days.shop
    assert "Error:" in failed.stderr and str(where) in failed.stderr
    assert published(two_days) == before
    assert not list(two_days.root.rglob("*.draft"))
    assert two_days.runs.latest("daily")["as_of"] == BEFORE
    assert two_days.run().exit_code == 0
    assert two_days.runs.latest("daily")["as_of"] == LAST


def test_a_folder_that_cannot_be_written(two_days):
    wrapper = ()
    if os.geteuid() == 0:
        if not (setpriv := shutil.which("setpriv")):
            pytest.skip("root may write everywhere, and there is no setpriv to give that up")
        wrapper = (setpriv, "--bounding-set", "-dac_override,-dac_read_search")
    before = bytes_of(two_days.root)
    folders = [path for path in [two_days.root, *two_days.root.rglob("*")] if path.is_dir()]
    for path in folders:
        path.chmod(0o555)
    try:
        failed = two_days.process("report", "daily", wrapper=wrapper)
        present = two_days.process("report", "daily", "--as-of", BEFORE, wrapper=wrapper)
        listed = two_days.process("runs", "list", wrapper=wrapper)
    finally:
        for path in folders:
            path.chmod(0o755)
    assert failed.returncode == 1, failed.stderr
    assert "Traceback" not in failed.stderr + present.stderr
    assert str(two_days.root) in failed.stderr and "--runs" in failed.stderr
    assert present.returncode in (0, 1)
    assert listed.returncode == 0 and BEFORE in listed.stdout
    assert bytes_of(two_days.root) == before
    assert two_days.run().exit_code == 0


def test_a_place_that_is_no_folder(two_days):
    (two_days.folder / "file").write_text("x")
    failed = two_days.run("--runs", two_days.folder / "file")
    assert failed.exit_code == 1, failed.stderr
    assert "file" in failed.stderr
    assert (two_days.folder / "file").read_text() == "x"
