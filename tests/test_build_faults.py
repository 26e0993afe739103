"""Whatever happens to a build, the summaries in force stay whole, and the next build is exact."""

import os
import resource
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from ops_widgets.errors import BusyError, UsageError
from ops_widgets.samples import generate
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store

from .generations import contents
from .shops import random_shop, write_shop

NOW = datetime(2030, 1, 1)
ROOT = Path(__file__).parents[1]

#: Builds shops in processes of their own, a month at a time. Every line read, ``kind number
#: shop``, is a build that is killed after ``number`` seconds or at its step ``number``, without
#: any chance to clean up; -1 never. Answers how it ended and how long it took.
BUILDER = """
import os, signal, sys, time
from datetime import datetime
from ops_widgets.summaries import build, refresh
import ibis.backends.duckdb, ibis.backends.sql.compilers
refresh.CHUNK_ROWS = {"orders": 1, "events": 1}
for line in sys.stdin:
    kind, number, shop = line.strip().split(" ", 2)
    number, start = float(number), time.monotonic()
    child = os.fork()
    if child == 0:
        steps = 0
        def die(*step):
            global steps
            steps += 1
            if kind == "step" and steps == number:
                os.kill(os.getpid(), signal.SIGKILL)
        try:
            build.prepare(shop, now=datetime(2030, 1, 1), progress=die)
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    if kind == "seconds" and number >= 0:
        time.sleep(number)
        os.kill(child, signal.SIGKILL)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(ended, time.monotonic() - start, flush=True)
"""


class Builder:
    """Builds in other processes, which can be killed."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-c", BUILDER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def build(self, shop, seconds=-1.0):
        """Exit code and seconds; -9 if it was killed after ``seconds``."""
        return self._ask(f"seconds {seconds} {shop}")

    def build_until(self, step, shop):
        """The same, killed at a step by number."""
        return self._ask(f"step {step} {shop}")

    def _ask(self, line):
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        code, took = self._process.stdout.readline().split()
        return int(code), float(took)

    def close(self):
        self._process.stdin.close()
        self._process.wait(60)


@pytest.fixture(scope="module")
def builder():
    made = Builder()
    yield made
    made.close()


@pytest.fixture
def frames():
    return random_shop(5, lines=60)


@pytest.fixture
def shop(tmp_path, frames):
    return write_shop(tmp_path / "shop", frames)


def gmv(shop):
    store = open_store(shop)
    total = store.query("select sum(gmv)::bigint as n from sales_day")["n"][0]
    store.close()
    return int(total)


def in_full(shop, folder):
    """What a full build of the same files into another place gives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPS_STORE", str(folder))
        done = prepare(shop, now=NOW, full=True)
    return contents(done.folder, done.manifest)


def sell(frames, amount):
    """One more line, worth ``amount`` whole units of money, in the third month."""
    line = frames["orders"].iloc[[0]].assign(
        order_id=f"x{amount}", ordered_at=pd.Timestamp("2024-03-10"), customer_id="c1",
        quantity=1, unit_price=float(amount), discount=0.0, status="completed",
    )  # fmt: skip
    return frames | {"orders": pd.concat([frames["orders"], line])}


# The first eight moments lie between 3 and 72 hundredths of a build: each of them is a kill.
@pytest.mark.parametrize("kills", [8, pytest.param(30, marks=pytest.mark.long)])
@pytest.mark.timeout(900)
def test_kills_at_random_moments(builder, shop, frames, tmp_path, kills):
    """After each, whoever reads sees the old summaries or the new ones, whole."""
    random = Random(30)
    code, _ = builder.build(shop)
    assert code == 0
    in_force = first = gmv(shop)
    code, whole = builder.build(write_shop(shop, sell(frames, 1)))
    in_force, ends = gmv(shop), []
    assert (code, in_force) == (0, first + 100)
    for amount in range(2, kills + 2):
        write_shop(shop, sell(frames, amount))
        code, _ = builder.build(shop, seconds=random.uniform(0, whole * 1.1))
        ends.append(code)
        assert gmv(shop) in (in_force, first + 100 * amount)
        in_force = gmv(shop)
    assert set(ends) <= {0, -9}
    assert ends.count(-9) >= kills / 2, "most builds were killed before they ended"
    done = prepare(shop, now=NOW)
    assert gmv(shop) == first + 100 * (kills + 1)
    assert contents(done.folder, done.manifest) == in_full(shop, tmp_path / "full")
    assert len([*done.folder.glob("summaries-*.duckdb")]) <= 2, "what killed builds left is gone"
    assert not [*done.folder.glob("*spill*")]


def test_a_killed_build_is_resumed_from_the_months_it_finished(builder, frames, tmp_path):
    """Killed at the fifth month: four are there, and no summaries yet."""
    shop = write_shop(tmp_path / "shop", {"orders": frames["orders"]})
    steps = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPS_STORE", str(tmp_path / "counted"))
        patch.setattr("ops_widgets.summaries.refresh.CHUNK_ROWS", {"orders": 1, "events": 1})
        prepare(shop, now=NOW, progress=lambda what, *_: steps.append(what))
    months = [step for step in steps if step.startswith("orders 20")]
    killed_at = steps.index(months[4]) + 1
    assert builder.build_until(killed_at, shop)[0] == -9
    with pytest.raises(UsageError, match="no summaries"):
        open_store(shop)
    done = prepare(shop, now=NOW)
    assert f"{len(months)} months" not in " ".join(done.reasons)
    assert "4 months of orders reused" in done.reasons
    assert contents(done.folder, done.manifest) == in_full(shop, tmp_path / "full")


def test_two_builds_at_once(shop):
    """The second says at once that somebody builds; when the first has died, it can build."""
    waits = (
        "import sys, time; from datetime import datetime;"
        "from ops_widgets.summaries.build import prepare;"
        "prepare(sys.argv[1], now=datetime(2030, 1, 1),"
        "        progress=lambda *_: (print('building', flush=True), time.sleep(600)))"
    )
    first = subprocess.Popen([sys.executable, "-c", waits, shop], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout.readline() == "building\n"
        with pytest.raises(BusyError, match="somebody else") as busy:
            prepare(shop, now=NOW)
        assert busy.value.exit_code == 75
    finally:
        first.kill()
        first.wait(30)
    assert prepare(shop, now=NOW).rebuilt


def test_readers_see_one_version_or_the_next_while_builds_replace_them(shop, frames):
    prepare(shop, now=NOW)
    first, seen, done = gmv(shop), [], threading.Event()

    def read():
        while not done.is_set():
            seen.append(gmv(shop))

    keeper = open_store(shop)
    reader = threading.Thread(target=read)
    reader.start()
    for amount in (1, 2, 3):
        prepare(write_shop(shop, sell(frames, amount)), now=NOW)
    done.set()
    reader.join()
    versions = [first, *(first + 100 * amount for amount in (1, 2, 3))]
    assert set(seen) <= set(versions)
    assert seen == sorted(seen), "nobody went back to an older version"
    assert len(set(seen)) > 1
    assert keeper.query("select sum(gmv)::bigint as n from sales_day")["n"][0] == first
    keeper.close()


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
    ("memory", "limit", "words"),
    [("100MB", None, "--memory"), ("130MB", 4_000_000, "--spill")],
    ids=["memory", "disk"],
)
def test_too_little_memory_or_disk_is_no_fault_of_the_data(large, tmp_path, memory, limit, words):
    store = tmp_path / "store"
    failed = ops(
        "prepare",
        large,
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
