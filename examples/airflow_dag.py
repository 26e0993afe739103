"""Reports by Airflow 3: one mapped task for each unit of work, on whatever workers there are.

`ops report plan` says what there is to do, `ops report run-unit` does one of it. Both are safe to
repeat: what is already published is not made again. Set two variables for the workers:
OPS_SOURCE_FILE (the source) and OPS_RUNS (the folder or address of all runs).
"""

from __future__ import annotations

import os
import subprocess
from datetime import datetime, timedelta

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

REPORT = "weekly"
#: Busy, or the data are not there yet: another attempt may find it otherwise.
LATER = 75


def ops(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `ops report ...` where the workers keep the source and the runs."""
    where = ["--source", os.environ["OPS_SOURCE_FILE"], "--runs", os.environ["OPS_RUNS"]]
    command = ["ops", "report", *arguments, *where]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True)


def judge(code: int) -> None:
    """What an exit code means to Airflow: done, try again, or failed for good."""
    if code == LATER:
        raise AirflowException("Busy, or the data do not reach the day yet.")
    if code != 0:
        raise AirflowFailException(f"ops ended with {code}: see docs/scheduling.md.")


@dag(
    schedule="0 6 * * 1",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 8, "retry_delay": timedelta(minutes=15)},
)
def ops_reports():
    """Plan once, then run the units side by side."""

    @task
    def plan(ds: str | None = None) -> list[str]:
        """One JSON line for each unit, as of the day before the run."""
        day = datetime.fromisoformat(ds).date() - timedelta(days=1)
        planned = ops("plan", REPORT, "--as-of", day.isoformat())
        judge(planned.returncode)
        return planned.stdout.splitlines()

    @task(max_active_tis_per_dagrun=2, execution_timeout=timedelta(hours=1))
    def run(unit: str) -> str:
        """One unit; the page's address is what the task returns."""
        done = ops("run-unit", unit)
        judge(done.returncode)
        return done.stdout.strip()

    run.expand(unit=plan())


ops_reports()
