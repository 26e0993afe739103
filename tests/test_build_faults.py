"""Whatever happens to a build, the summaries in force stay whole, and the next build is exact."""

import subprocess
import sys
import threading
from random import Random

import pytest

from ops_widgets.errors import BusyError, UsageError
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store

from .builds import NOW, Builder, gmv, in_full, sell
from .generations import contents
from .shops import random_shop, write_shop


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
        patch.setattr("ops_widgets.summaries.plan.chunk_rows", lambda _table: 1)
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
