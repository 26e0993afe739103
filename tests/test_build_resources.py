"""A build with little disk, little memory, or more files than it needs."""

import os
import resource
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from ops_widgets.samples import generate
from ops_widgets.summaries.build import prepare

from .builds import NOW, gmv, in_full, sell
from .generations import contents
from .shops import random_shop, write_shop


@pytest.fixture
def frames():
    return random_shop(5, lines=60)


@pytest.fixture
def shop(tmp_path, frames):
    return write_shop(tmp_path / "shop", frames)


# --- disks -------------------------------------------------------------------------------------


def ops(*arguments, limit=None, wrapper=(), store=""):
    """``ops`` in a process that cannot write files larger than ``limit`` bytes."""

    def bound():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [*wrapper, Path(sys.executable).with_name("ops"), *arguments]
    environment = os.environ | ({"OPS_STORE": str(store)} if store else {})
    return subprocess.run(
        command, capture_output=True, text=True, preexec_fn=bound, env=environment
    )


def test_a_disk_that_is_full_leaves_the_old_summaries(shop, frames):
    """Full at once, at the first commit, at the partials, and at the summaries."""
    prepare(shop, now=NOW)
    before = gmv(shop)
    write_shop(shop, sell(frames, 7))
    for limit, full in [(0, []), (5_000, []), (400_000, []), (300_000, ["--full"]), (900_000, [])]:
        failed = ops("prepare", shop, *full, limit=limit)
        assert failed.returncode == 2, failed.stderr
        assert "Traceback" not in failed.stderr
        assert "could not be built" in failed.stderr
        assert "Make room there" in failed.stderr
        assert gmv(shop) == before
    assert prepare(shop, now=NOW).rebuilt
    assert gmv(shop) == before + 700


def test_a_folder_that_cannot_be_written_is_named_and_still_read(shop, frames):
    done = prepare(shop, now=NOW)
    before = gmv(shop)
    write_shop(shop, sell(frames, 7))
    wrapper = []
    if os.geteuid() == 0:
        if not (setpriv := shutil.which("setpriv")):
            pytest.skip("root may write everywhere, and there is no setpriv to give that up")
        wrapper = [setpriv, "--bounding-set", "-dac_override,-dac_read_search"]
    for path in [*done.folder.rglob("*"), done.folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    failed = ops("prepare", shop, wrapper=wrapper)
    read = ops("report", "--help", wrapper=wrapper)
    for path in [done.folder, *done.folder.rglob("*")]:
        path.chmod(0o755)
    assert failed.returncode == 2, failed.stderr
    assert str(done.folder) in failed.stderr
    assert "OPS_STORE" in failed.stderr
    assert read.returncode == 0
    assert gmv(shop) == before


# --- files and memory --------------------------------------------------------------------------


def test_rows_out_of_order_and_files_delivered_twice(shop, frames, tmp_path):
    """Three files of shuffled rows, each there twice, are the shop that one file holds."""
    store = prepare(shop, now=NOW)
    once = contents(store.folder, store.manifest)
    again = tmp_path / "again"
    write_shop(again, frames)
    (again / "orders.parquet").unlink()
    shuffled = frames["orders"].sample(frac=1.0, random_state=3)
    for number in range(3):
        for copy in "ab":
            path = again / f"orders_{number}{'' if copy == 'a' else '_2'}.parquet"
            shuffled.iloc[number::3].to_parquet(path, index=False)
    with (again / "source.toml").open("a") as toml:
        toml.write("max_rejected_share = 0.5\n")
    done = prepare(again, now=NOW)
    twice = contents(done.folder, done.manifest)
    tables = [name for name in once if name not in ("rejects", "manifest", "check")]
    assert {name: twice[name] for name in tables} == {name: once[name] for name in tables}
    counts = done.manifest["check"]["tables"]["orders"]
    assert counts["rows_in"] == 2 * len(frames["orders"])
    assert counts["rows_rejected"] == len(frames["orders"])
    assert counts["rules"][0]["rule"] == "exact_duplicate"


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A shop of almost two million events."""
    folder = tmp_path_factory.mktemp("large") / "shop"
    generate(folder, customers=60_000, months=18)
    return folder


def test_little_memory_spills_into_the_chosen_folder_and_changes_nothing(large, tmp_path):
    spill, largest, done = tmp_path / "spill", 0, threading.Event()

    def watch():
        nonlocal largest
        while not done.wait(0.01):
            largest = max(largest, size(spill))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        little = prepare(large, now=NOW, memory="130MB", spill=spill)
    finally:
        done.set()
        watcher.join()
    assert little.manifest["check"]["tables"]["events"]["rows_in"] > 1_500_000
    assert largest > 1_000_000, "megabytes were spilled"
    assert not [*spill.glob("*")]
    assert not [*little.folder.glob("*spill*")]
    assert contents(little.folder, little.manifest) == in_full(large, tmp_path / "full")


def size(folder):
    """Bytes in a folder whose files come and go."""
    found = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                found += os.stat(os.path.join(parent, name)).st_size
    return found


@pytest.mark.parametrize(
    ("customers", "memory", "limit", "words"),
    # A third of these customers gets through with the least memory, once in many times.
    [(200_000, "100MB", None, "--memory"), (60_000, "130MB", 4_000_000, "--spill")],
    ids=["memory", "disk"],
)
def test_too_little_memory_or_disk_is_no_fault_of_the_data(
    tmp_path, customers, memory, limit, words
):
    shop, store = tmp_path / "shop", tmp_path / "store"
    generate(shop, customers=customers, months=18)
    failed = ops(
        "prepare",
        shop,
        "--memory",
        memory,
        "--spill",
        tmp_path / "spill",
        limit=limit,
        store=store,
    )
    assert failed.returncode == 2, failed.stderr
    assert words in failed.stderr
    assert "Correct the source" not in failed.stderr
    assert not [*(tmp_path / "spill").glob("*")]
