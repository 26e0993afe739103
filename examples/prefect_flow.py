"""Reports by Prefect 3: one mapped task for each unit of work, on whatever workers there are.

`ops report plan` says what there is to do, `ops report run-unit` does one of it. Both are safe to
repeat: what is already published is not made again. Set two variables for the workers:
OPS_SOURCE_FILE (the source) and OPS_RUNS (the folder or address of all runs). Deploy it, for every
Monday at six:

    prefect deploy examples/prefect_flow.py:ops_reports --cron "0 6 * * 1"
"""

from __future__ import annotations

import os
import subprocess

from prefect import flow, task
from prefect.task_runners import ThreadPoolTaskRunner

REPORT = "weekly"
#: Busy, or the data are not there yet: another attempt may find it otherwise.
LATER = 75


class Later(Exception):
    """Not now, but perhaps in a quarter of an hour."""


def ops(*arguments: str) -> str:
    """Run `ops report ...` where the workers keep the source and the runs; what it printed."""
    where = ["--source", os.environ["OPS_SOURCE_FILE"], "--runs", os.environ["OPS_RUNS"]]
    command = ["ops", "report", *arguments, *where]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode == LATER:
        raise Later("Busy, or the data do not reach the day yet.")
    if done.returncode != 0:
        raise RuntimeError(f"ops ended with {done.returncode}: see docs/scheduling.md.")
    return done.stdout


def is_later(_task, _run, state) -> bool:
    """Only what may go better next time is tried again."""
    return isinstance(state.result(raise_on_failure=False), Later)


@task(retries=8, retry_delay_seconds=900, retry_condition_fn=is_later)
def plan(as_of: str) -> list[str]:
    """One JSON line for each unit; without a day, the definition's own rule chooses it."""
    return ops("plan", REPORT, *(["--as-of", as_of] if as_of else [])).splitlines()


@task(retries=8, retry_delay_seconds=900, retry_condition_fn=is_later)
def run(unit: str) -> str:
    """One unit; the page's address is what the task returns."""
    return ops("run-unit", unit).strip()


@flow(task_runner=ThreadPoolTaskRunner(max_workers=2))
def ops_reports(as_of: str = "") -> list[str]:
    """Plan once, then run the units side by side; the addresses of their pages."""
    return run.map(plan(as_of)).result()


if __name__ == "__main__":
    ops_reports()
