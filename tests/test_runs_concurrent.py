"""Two runs at once, data that change meanwhile, and runs that are stopped."""

import signal
import threading
from datetime import datetime

import pandas as pd
import pytest

from ops_widgets.summaries.build import prepare

from .schedules import FIRST, WAIT, printed, wait_for

NOW = datetime(2030, 1, 1)


def test_the_second_of_two_runs_of_one_key_gives_way(desk):
    desk.notebook(FIRST, WAIT)
    desk.define()
    first = desk.start("report", "daily")
    try:
        wait_for((desk.notebooks / "begun").exists)
        second = desk.process("report", "daily")
        assert (second.returncode, second.stdout) == (75, "")
        assert "another run" in second.stderr
        assert desk.manifests() == desk.runs.absences("daily") == []
        (desk.notebooks / "go").touch()
        said, complaint = first.communicate(timeout=120)
        assert first.returncode == 0, complaint
        assert said == f"{desk.path(desk.only())}/index.html\n"
    finally:
        first.kill()


def test_a_run_keeps_reading_the_summaries_it_began_with(desk):
    """They are replaced twice while the notebook runs: the generation that it began with is gone.

    ``reads`` is what a fresh process of the run finds, as every notebook is one.
    """
    shop = desk.own_shop()
    prepare(shop, now=NOW)
    reads = (
        "from ops_widgets.summaries.store import open_store\n"
        "store = open_store(source)\n"
        "print(store.manifest['content'], store.query('select sum(lines) n from sales_day').n[0])"
    )
    desk.notebook(FIRST, reads, WAIT, reads)
    desk.define()
    orders = pd.read_parquet(shop / "orders.parquet")
    contents = []

    def replace():
        wait_for((desk.notebooks / "begun").exists)
        for n in (20, 40):
            orders.iloc[:-n].to_parquet(shop / "orders.parquet", index=False)
            contents.append(prepare(shop, now=NOW).manifest["content"])
        (desk.notebooks / "go").touch()

    thread = threading.Thread(target=replace)
    thread.start()
    done = desk.run()
    thread.join()
    assert done.exit_code == 0, done.stderr
    before, after = printed(desk.path(desk.only())).splitlines()
    assert before == after
    assert desk.only().content == before.split()[0] not in contents
    assert len(set(contents)) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_publishes_nothing_and_leaves_no_kernel(desk, number):
    pid = desk.notebooks / "begun"
    desk.notebook(FIRST, WAIT + "\n", "1")
    desk.define()
    process = desk.start("report", "daily")
    try:
        wait_for(pid.exists)
        process.send_signal(number)
        _, complaint = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == (143 if number == signal.SIGTERM else 130), complaint
    assert "Traceback" not in complaint
    assert desk.manifests() == []
    assert not list(desk.root.rglob("*.draft"))
