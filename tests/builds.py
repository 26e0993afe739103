"""Builds that are killed in processes of their own, and what has come of them."""

import subprocess
import sys
from datetime import datetime

import pandas as pd
import pytest

from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store

from .generations import contents

NOW = datetime(2030, 1, 1)

#: Builds shops in processes of their own, a month at a time. Every line read, ``kind number
#: shop``, is a build that is killed after ``number`` seconds or at its step ``number``, without
#: any chance to clean up; -1 never. Answers how it ended and how long it took.
BUILDER = """
import os, signal, sys, time
from datetime import datetime
from ops_widgets.summaries import build, plan
import ibis.backends.duckdb, ibis.backends.sql.compilers
plan.chunk_rows = lambda table: 1
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
