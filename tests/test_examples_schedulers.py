"""The examples for Airflow and Prefect run, where those can be imported.

Both pin other versions of what this project uses: they live in environments of their own, and
OPS_AIRFLOW_PYTHON and OPS_PREFECT_PYTHON name their Pythons (CONTRIBUTING.md says how).
"""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
#: What `ops report` does for a scheduler, without a notebook: it notes what it was asked.
STAND_IN = """#!{python}
import json, pathlib, sys
asked = sys.argv[2:]
with open({log!r}, "a") as log:
    print(json.dumps(asked), file=log)
if asked[0] == "plan":
    for name in ("A 'x' \\"y\\"", "B"):
        print({units!r}[name])
    sys.exit(0)
broken = pathlib.Path({broken!r})
if broken.exists() and asked[1] == {units!r}["B"]:
    sys.exit(int(broken.read_text()))
print(asked[1] + ".html")
"""
UNITS = {
    "A 'x' \"y\"": '{"within": "A \'x\' \\"y\\""}',
    "B": '{"within": "B"}',
}
AIRFLOW = """
import sys
sys.path.insert(0, sys.argv[1])
import datetime, airflow_dag
done = airflow_dag.ops_reports().test(
    logical_date=datetime.datetime(2025, 6, 2, tzinfo=datetime.timezone.utc)
)
sys.exit(str(done.state) != "success")
"""


def python_with(package):
    """A Python that can import ``package``."""
    named = os.environ.get(f"OPS_{package.upper()}_PYTHON", sys.executable)
    found = subprocess.run(
        [
            named,
            "-c",
            f"import importlib.util, sys; sys.exit(not importlib.util.find_spec({package!r}))",
        ]
    )
    if found.returncode:
        pytest.skip(
            f"{package} is not installed; OPS_{package.upper()}_PYTHON names no Python with it"
        )
    return named


class Ops:
    """A stand-in for the command ``ops``, first on the path of whoever runs an example."""

    def __init__(self, folder):
        self.log, self.broken = folder / "log.txt", folder / "broken"
        command = folder / "bin" / "ops"
        command.parent.mkdir()
        command.write_text(
            STAND_IN.format(
                python=sys.executable, log=str(self.log), broken=str(self.broken), units=UNITS
            )
        )
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
        self.environment = os.environ | {
            "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
            "OPS_SOURCE_FILE": "/srv/shop",
            "OPS_RUNS": "memory://runs",
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "AIRFLOW_HOME": str(folder / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(EXAMPLES),
        }

    @property
    def asked(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def units(self):
        return sorted(asked[1] for asked in self.asked if asked[0] == "run-unit")


@pytest.fixture
def ops(tmp_path):
    return Ops(tmp_path)


def run_prefect(ops):
    python = python_with("prefect")
    command = [python, str(EXAMPLES / "prefect_flow.py")]
    return subprocess.run(command, env=ops.environment, capture_output=True, text=True)


def run_airflow(ops):
    python = python_with("airflow")
    subprocess.run(
        [python, "-m", "airflow", "db", "migrate"],
        env=ops.environment, check=True, capture_output=True,
    )  # fmt: skip
    return subprocess.run(
        [python, "-c", AIRFLOW, str(EXAMPLES)], env=ops.environment, capture_output=True, text=True
    )


@pytest.mark.parametrize("run", [run_prefect, run_airflow])
def test_every_unit_of_the_plan_is_run_as_it_was_planned(ops, run):
    done = run(ops)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert ops.units() == sorted(UNITS.values())
    where = ["--source", "/srv/shop", "--runs", "memory://runs"]
    assert all(asked[-4:] == where for asked in ops.asked)
    assert ops.asked[0][:2] == ["plan", "weekly"]


@pytest.mark.parametrize("run", [run_prefect, run_airflow])
def test_a_unit_that_fails_for_good_is_not_tried_again_and_the_other_is_run(ops, run):
    ops.broken.write_text("65")
    assert run(ops).returncode != 0
    assert ops.units() == sorted(UNITS.values())
