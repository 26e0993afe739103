"""A week of daily reports on generated data, without a hand on it, and what it must have come to.

Rows arrive as they do in shops: some late, one day broken. One notebook hangs, one run is killed,
one definition is changed. What the reports say is compared with the raw rows, added up one by one.
"""

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
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from ops_widgets.publish import NOTEBOOKS
from ops_widgets.publish.runs.folder import Runs
from ops_widgets.publish.runs.history import history
from ops_widgets.samples import generate
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
        generate(self.shop, customers=2_000, months=2)
        self.all = {
            name: pd.read_parquet(self.shop / f"{name}.parquet") for name in ("orders", "events")
        }
        for name, column in (("orders", "ordered_at"), ("events", "occurred_at")):
            self.all[name] = self.all[name].assign(day=_local(self.all[name][column]))
        self.late = self._late_lines()
        self.runs = Runs(folder / "runs")
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
        self.define("30s" if hang else "10m")
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


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """The week, lived through."""
    made = Week(tmp_path_factory.mktemp("week"))
    made.codes = {}
    for day in DAYS:
        made.arrive(day, broken=day == TUE)
        if day == SAT:
            made.days = 14
        if day == FRI:
            made.killed = _killed(made, day)
        made.codes[day] = made.run(day, hang=day == THU)
    return made


def _killed(week: Week, day: date) -> list[str]:
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


def total(week, day):
    (found,) = [n for n in week.of(day).difference.numbers if n.number == REVENUE]
    return found


# --- every day -------------------------------------------------------------------------------


def test_every_day_is_published_partial_or_absent_with_its_reason(week):
    assert week.codes == {SUN: 0, MON: 0, TUE: 65, WED: 0, THU: 124, FRI: 0, SAT: 0}
    found = history(week.runs, "daily")
    assert {day: row.status for day, row in found.days.items()} == {
        SUN: "complete", MON: "complete", WED: "complete", THU: "partial", FRI: "complete",
        SAT: "complete",
    }  # fmt: skip
    (absence,) = found.absences
    assert (absence["as_of"], absence["exit_code"]) == (str(TUE), 65)
    assert "orders" in absence["reason"]
    assert "cohort_activity" in week.of(THU).reason


def test_the_index_says_so(week):
    page = (week.folder / "runs" / "index.html").read_text("utf-8")
    assert page.count("Published") >= 5 and "Incomplete" in page and "Absent" in page
    latest = json.loads((week.folder / "runs" / "daily" / "latest.json").read_text("utf-8"))
    assert latest["as_of"] == str(SAT)


def test_a_kill_left_nothing_half_published(week):
    assert week.killed == []
    assert week.of(FRI).attempt == 1


def test_nothing_hidden_is_left_but_locks_and_receipts(week):
    kept = [path for path in (week.folder / "runs").rglob(".*.draft")]
    assert kept == []


# --- numbers and differences -----------------------------------------------------------------


def test_every_number_is_what_the_raw_rows_say(week):
    for day in (SUN, MON, WED, THU, FRI, SAT):
        days = 14 if day == SAT else 7
        assert week.of(day).numbers()[REVENUE].value == week.revenue(day, days, known=day), day


def test_on_an_ordinary_day_only_the_shop_moved(week):
    found = total(week, MON)
    moved = week.revenue(MON, 7, known=MON) - week.revenue(SUN, 7, known=SUN)
    assert moved < 0
    assert (found.total, found.moved, found.late, found.redefined) == (moved, moved, 0, 0)


def test_what_came_late_is_worth_what_the_late_lines_are(week):
    """Tuesday is absent: Wednesday is compared with Monday."""
    found = total(week, WED)
    assert week.of(WED).previous.as_of == MON
    assert found.late == week.came_late(WED) > 0
    assert found.redefined == 0
    assert found.moved == week.revenue(WED, 7, known=WED) - week.revenue(MON, 7, known=WED)
    assert found.total == found.moved + found.late


def test_after_the_kill_the_day_is_compared_with_the_incomplete_one_before(week):
    found = total(week, FRI)
    moved = week.revenue(FRI, 7, known=FRI) - week.revenue(THU, 7, known=THU)
    assert (found.total, found.moved, found.late, found.redefined) == (moved, moved, 0, 0)
    unknown = [n for n in week.of(FRI).difference.numbers if n.number == ACTIVE]
    assert unknown[0].reason == "It is missing in the run before."


def test_a_changed_definition_and_late_rows_are_told_apart(week):
    found = total(week, SAT)
    redefined = week.revenue(FRI, 14, known=SAT) - week.revenue(FRI, 7, known=SAT)
    moved = week.revenue(SAT, 14, known=SAT) - week.revenue(FRI, 14, known=SAT)
    assert found.late == week.came_late(SAT) > 0
    assert found.redefined == redefined > 0
    assert found.moved == moved
    assert found.total == moved + redefined + found.late
    said = [r for r in week.of(SAT).difference.redefinitions if r.what == "parameter"]
    assert [(r.name, r.old, r.new) for r in said] == [("days", 7, 14)]


def diff(week, old, new):
    command = [sys.executable, "-m", "ops_widgets.cli", "runs", "diff", "--json"]
    command += [f"daily@{old}", f"daily@{new}", "--runs", str(week.folder / "runs")]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return next(n for n in said["numbers"] if n["number"] == REVENUE)


def test_two_steps_add_up_to_the_whole_way(week):
    found = diff(week, SUN, WED)
    assert found["total"] == week.revenue(WED, 7, known=WED) - week.revenue(SUN, 7, known=SUN)
    assert (found["late"], found["redefined"]) == (week.came_late(WED), 0)
    assert found["moved"] + found["late"] == found["total"]


def test_beyond_the_incomplete_day_only_the_total_is_known(week):
    found = diff(week, WED, FRI)
    assert found["total"] == week.revenue(FRI, 7, known=FRI) - week.revenue(WED, 7, known=WED)
    assert found["moved"] is None and "between the two" in found["reason"]


def test_every_page_says_what_changed(week):
    folder = week.folder / "runs" / week.of(SAT).folder
    for name in ("index", "campaign_performance"):
        page = (folder / f"{name}.html").read_text("utf-8")
        assert "What changed since 2 Feb 2024" in page
        assert "days was 7 and is now 14" in page


# --- alerts ----------------------------------------------------------------------------------


def states(week, number):
    days = [day for day in DAYS if day != TUE]
    return {
        day: alert.state for day in days for alert in week.of(day).alerts if alert.number == number
    }


def test_the_alert_fired_once_and_recovered_once(week):
    values = {d: week.revenue(d, 14 if d == SAT else 7, known=d) for d in DAYS if d != TUE}
    below = [day for day, value in values.items() if value < BOUND * 100]
    assert below == [THU, FRI]  # by the raw rows
    assert states(week, REVENUE) == {
        SUN: "ok", MON: "ok", WED: "ok", THU: "fired", FRI: "firing", SAT: "recovered",
    }  # fmt: skip


def test_a_number_that_is_missing_neither_fires_again_nor_recovers(week):
    assert list(states(week, ACTIVE).values()) == ["fired"] + ["firing"] * 5
    (alert,) = [a for a in week.of(THU).alerts if a.number == ACTIVE]
    assert alert.value is None and "missing" in alert.words


def test_everybody_was_told_once_of_everything(week):
    assert sorted(week.told.read_text().splitlines()) == sorted(
        [
            f"{SUN} published",
            f"{SUN} alert",
            f"{MON} published",
            f"{TUE} absent",
            f"{WED} published",
            f"{THU} partial",
            f"{THU} alert",
            f"{FRI} published",
            f"{SAT} published",
            f"{SAT} recovered",
        ]
    )
