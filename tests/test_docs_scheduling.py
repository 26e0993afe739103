"""The recipes of docs/scheduling.md do what they say, with a stand-in for the command ``ops``."""

import configparser
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "scheduling.md").read_text("utf-8")


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def codes():
    """The exit codes of the page's table, and what it tells a scheduler to do."""
    rows = re.findall(r"^\| ([\d, ]+) \|[^|]*\| ([^|]*) \|$", PAGE, re.MULTILINE)
    return {int(code): told for many, told in rows for code in many.split(", ")}


@pytest.fixture
def stand_in(tmp_path):
    """A folder with a command ``ops`` that notes its arguments, and what it needs to be slow."""
    command = tmp_path / "bin" / "ops"
    command.parent.mkdir()
    (tmp_path / "logs").mkdir()
    command.write_text(
        f'#!/bin/sh\necho "$@" >> {shlex.quote(str(tmp_path / "asked"))}\n'
        f"while [ -e {shlex.quote(str(tmp_path / 'wait'))} ]; do sleep 0.1; done\n"
        'echo "/srv/page.html"\nexit "${EXIT_WITH:-0}"\n'
    )
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def asked(folder):
    path = folder / "asked"
    return path.read_text().splitlines() if path.exists() else []


def environment(folder):
    return os.environ | {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}


# --- exit codes ------------------------------------------------------------------------------


def test_the_codes_are_those_of_the_errors():
    from ops_widgets import errors

    kinds = [k for k in vars(errors).values() if isinstance(k, type)]
    known = {k.exit_code for k in kinds if issubclass(k, errors.OpsError)}
    assert known <= set(codes())
    assert codes()[75] == "**tries again later**"


# --- cron ------------------------------------------------------------------------------------


def cron_lines():
    (block,) = blocks("cron")
    lines = [line for line in block.splitlines() if line and not line.startswith("#")]
    return [line for line in lines if not re.match(r"[A-Z_]+=", line)]


@pytest.mark.skipif(not shutil.which("flock"), reason="flock is not installed")
@pytest.mark.parametrize("line", cron_lines())
def test_a_line_of_cron_runs_a_report_and_never_two_at_once(stand_in, line):
    *times, command = line.split(None, 5)
    assert len(times) == 5 and all(re.fullmatch(r"[\d*/,-]+", t) for t in times)
    assert "%" not in command  # cron reads it as the end of a line
    command = command.replace("/srv/shop", shlex.quote(str(stand_in)))
    (stand_in / "wait").touch()
    slow = subprocess.Popen(["sh", "-c", command], env=environment(stand_in))
    while not asked(stand_in):
        assert slow.poll() is None
    second = subprocess.run(["sh", "-c", command], env=environment(stand_in))
    assert second.returncode != 0 and len(asked(stand_in)) == 1
    (stand_in / "wait").unlink()
    assert slow.wait(60) == 0
    assert asked(stand_in)[0].startswith("report ")
    subprocess.run(["sh", "-c", command], env=environment(stand_in), check=True)
    assert len(asked(stand_in)) == 2


# --- systemd ---------------------------------------------------------------------------------


def units():
    found = {}
    for name, text in zip(("ops-daily.service", "ops-daily.timer"), blocks("ini"), strict=True):
        assert f"/etc/systemd/system/{name}" in PAGE
        parser = configparser.ConfigParser(delimiters="=")
        parser.optionxform = str
        parser.read_string(text)
        found[name] = parser
    return found


def test_systemd_tries_again_what_may_go_better_and_nothing_else():
    service = units()["ops-daily.service"]["Service"]
    never = {int(code) for code in service["RestartPreventExitStatus"].split()}
    told = codes()
    assert service["Restart"] == "on-failure"
    assert never == {code for code, what in told.items() if what == "tells somebody"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_accepts_both_units(tmp_path):
    for name, parser in units().items():
        text = "\n".join(
            f"[{section}]\n" + "\n".join(f"{k}={v}" for k, v in parser[section].items())
            for section in parser.sections()
        )
        text = text.replace("/srv/shop/.venv/bin/ops", sys.executable).replace("User=ops", "")
        (tmp_path / name).write_text(text + "\n")
    files = [str(tmp_path / name) for name in units()]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "ops-daily" in line]
    assert ours == [] and done.returncode == 0, done.stderr
    when = units()["ops-daily.timer"]["Timer"]["OnCalendar"]
    subprocess.run(["systemd-analyze", "calendar", when], check=True, stdout=subprocess.DEVNULL)


# --- Jupyter Scheduler -----------------------------------------------------------------------


@pytest.fixture
def job(stand_in, monkeypatch):
    """``job(**parameters)`` runs the notebook as Jupyter Scheduler does."""
    path = ROOT / "examples" / "scheduled_report.ipynb"
    text = path.read_text("utf-8").replace(
        'Path(sys.executable).with_name(\\"ops\\")', f'\\"{stand_in}/bin/ops\\"'
    )
    (stand_in / "job.ipynb").write_text(text)

    def run(**parameters):
        papermill.execute_notebook(
            stand_in / "job.ipynb",
            stand_in / "done.ipynb",
            parameters={"folder": str(stand_in)} | parameters,
            kernel_name="python3",
            progress_bar=False,
        )
        return nbformat.read(stand_in / "done.ipynb", as_version=4)

    return run


def test_a_notebook_job_runs_the_report_and_shows_where_it_is(job, stand_in):
    done = job(report="weekly", source="my shop", as_of="2025-06-03")
    assert asked(stand_in) == ["report weekly --source my shop --as-of 2025-06-03"]
    assert "/srv/page.html" in str(done.cells)


def test_a_run_that_is_not_whole_is_a_failed_job(job, monkeypatch):
    monkeypatch.setenv("EXIT_WITH", "65")
    with pytest.raises(PapermillExecutionError, match="ops ended with 65"):
        job()


def test_the_notebook_is_committed_without_outputs():
    node = nbformat.read(ROOT / "examples" / "scheduled_report.ipynb", as_version=4)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in node.cells)


# --- a shell ---------------------------------------------------------------------------------


def test_a_shell_runs_every_line_of_a_plan_as_it_is(stand_in):
    (line,) = re.findall(r"`ops report plan \S+ --as-of \S+ \| (xargs [^`]*)`", PAGE)
    units = ['{"values": {"within": "A \'b\' \\"c\\" $d"}}', '{"values": {"within": "E"}}']
    subprocess.run(["sh", "-c", line], input="\n".join(units) + "\n", text=True, check=True,
                   env=environment(stand_in))  # fmt: skip
    assert sorted(asked(stand_in)) == sorted(f"report run-unit {unit}" for unit in units)
