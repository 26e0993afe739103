"""A shop whose rows arrive day by day, its daily report, and what can happen to one."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_notebook

from ops_widgets.publish import NOTEBOOKS
from ops_widgets.publish.reports.history import history
from ops_widgets.publish.reports.run_store import RunStore
from tests.schedules import generate_for_pages
from tests.shops import cents

SUN, MON, TUE, WED, THU, FRI, SAT = DAYS = [date(2024, 1, 28) + timedelta(days=n) for n in range(7)]
REVENUE, ACTIVE = "campaign_performance.net_revenue", "cohort_activity.weekly_active"
#: Nothing is credited to a campaign after Sunday: the revenue of seven days falls day by day.
BOUND = 25_000
#: Where the notebooks of the week lie, before anything else is imported.
COMMAND = """
import sys
from pathlib import Path
import ops_widgets.publish
ops_widgets.publish.NOTEBOOKS = Path(sys.argv.pop(1))
from ops_widgets.cli import app
app()
"""
HANG = "import os, time\ntime.sleep(3600 if os.environ.get('HANG') else 0)"


class Week:
    """A shop whose rows arrive day by day, its report, and the runs of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shop = folder, folder / "shop"
        generate_for_pages(self.shop, customers=2_000, months=2)
        self.all = {
            name: pd.read_parquet(self.shop / f"{name}.parquet") for name in ("orders", "events")
        }
        for name, column in (("orders", "ordered_at"), ("events", "occurred_at")):
            self.all[name] = self.all[name].assign(day=_local(self.all[name][column]))
        self.late = self._late_lines()
        self.runs = RunStore(folder / "runs")
        self.told = folder / "told.txt"
        self.days = 7
        (folder / "reports").mkdir()
        (folder / "notebooks").mkdir()
        self._write_notebook("campaign_performance")
        self._write_notebook("cohort_activity", HANG)

    def _late_lines(self) -> pd.DataFrame:
        """Which lines come late, and when: of Saturday on Wednesday, of Sunday on Saturday."""
        lines = self.all["orders"]
        credited = lines[(lines["campaign_id"].notna()) & (lines["status"] == "completed")]
        credited = credited[credited["unit_price"] > 0]
        saturday = credited[credited["day"] == pd.Timestamp(2024, 1, 27)].head(5)
        sunday = credited[credited["day"] == pd.Timestamp(SUN)].head(3)
        return pd.concat([saturday.assign(arrives=WED), sunday.assign(arrives=SAT)])

    def _write_notebook(self, name: str, *cells: str) -> None:
        """The committed notebook without its panels: the numbers are what the week is about."""
        node = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        code = [cell for cell in node.cells if cell.cell_type == "code"]
        thin = [*code[:3], *map(new_code_cell, cells), code[-1]]
        made = new_notebook(cells=thin, metadata=node.metadata)
        nbformat.write(made, self.folder / "notebooks" / f"{name}.ipynb")

    def known(self, table: str, day: date) -> pd.DataFrame:
        """The rows that have arrived by the end of ``day``."""
        rows = self.all[table]
        rows = rows[rows["day"] <= pd.Timestamp(day)]
        if table == "orders":
            rows = rows.drop(self.late.index[self.late["arrives"] > day])
        return rows.drop(columns="day")

    def arrive(self, day: date, broken: bool = False) -> None:
        """Write what the shop's systems deliver on the morning after ``day``."""
        for table in ("orders", "events"):
            rows = self.known(table, day)
            if broken and table == "orders":
                rows = rows.assign(quantity=rows["quantity"].where(rows.index % 2 == 0, 0))
            rows.to_parquet(self.shop / f"{table}.parquet", index=False)

    def define(self, timeout: str = "10m") -> None:
        """Write the report's definition."""
        tell = [sys.executable, "-S", "-c", TELL.format(path=str(self.told))]
        (self.folder / "reports" / "daily.toml").write_text(
            f"""
title = "Daily"
source = "../shop"
timeout = "{timeout}"
[[notebook]]
name = "campaign_performance"
parameters = {{days = {self.days}}}
[[notebook]]
name = "cohort_activity"
parameters = {{cohorts = "week"}}
[fresh]
orders = 0
[[alert]]
number = "{REVENUE}"
kind = "threshold"
below = {BOUND}
[[alert]]
number = "{ACTIVE}"
kind = "threshold"
below = 1000000
[[deliver]]
on = ["published", "partial", "failed", "absent", "alert", "recovered"]
command = {json.dumps(tell)}
"""
        )

    def start(self, day: date, hang: bool = False) -> subprocess.Popen:
        """Begin the run of a day, as a schedule does."""
        command = [sys.executable, "-c", COMMAND, str(self.folder / "notebooks")]
        command += ["report", "daily", "--runs", str(self.folder / "runs"), "--as-of", str(day)]
        own = os.environ | ({"HANG": "1"} if hang else {})
        return subprocess.Popen(
            command, env=own, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip

    def run(self, day: date, hang: bool = False) -> int:
        """The whole run of a day; its exit code."""
        self.define("15s" if hang else "10m")
        process = self.start(day, hang)
        _, said = process.communicate(timeout=280)
        self.said = said.decode()
        return process.returncode

    def of(self, day: date):
        """The manifest of a day's run."""
        return self.runs.manifest(history(self.runs, "daily").days[day].folder)

    # --- the same from raw rows --------------------------------------------------------------

    def revenue(self, as_of: date, days: int, known: date) -> int:
        """Net revenue credited to campaigns in ``days`` days, of the rows known then, in cents."""
        lines = self.known("orders", known).drop_duplicates()
        lines = lines.assign(day=_local(lines["ordered_at"]))
        first = pd.Timestamp(as_of) - pd.Timedelta(days=days - 1)
        inside = lines["day"].between(first, pd.Timestamp(as_of))
        valid = (lines["quantity"] > 0) & (lines["unit_price"] > 0)
        rows = lines[inside & valid & lines["campaign_id"].notna()]
        return sum(map(_net, rows.to_dict("records")))

    def came_late(self, arrives: date) -> int:
        """What the lines that arrived late on a day are worth, in cents."""
        lines = self.late[self.late["arrives"] == arrives]
        return sum(map(_net, lines.to_dict("records")))


TELL = (
    "import json, os, sys\n"
    "told = json.load(sys.stdin)\n"
    "with open({path!r}, 'a') as file:\n"
    "    print(told['as_of'], os.environ['OPS_OUTCOME'], file=file)\n"
)


def _local(moments: pd.Series) -> pd.Series:
    return (
        moments.dt.tz_localize("UTC")
        .dt.tz_convert("Asia/Shanghai")
        .dt.tz_localize(None)
        .dt.normalize()
    )


def _net(line: dict) -> int:
    sign = {"completed": 1, "credited": -1}.get(line["status"], 0)
    off = 0 if pd.isna(line["discount"]) else cents(line["discount"])
    return sign * (cents(line["quantity"] * line["unit_price"]) - off)


def killed(week: Week, day: date) -> list[str]:
    """Kill the run of a day, and all that it started, while its notebooks run; what is left."""
    week.define()
    process = week.start(day, hang=True)
    folder = week.folder / "runs" / "daily" / str(day)
    deadline = time.monotonic() + 120
    while not list(folder.glob(".*.draft/campaign_performance.ipynb")):
        assert process.poll() is None, process.communicate()[1].decode()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return [path.name for path in folder.iterdir() if not path.name.startswith(".")]
