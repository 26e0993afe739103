"""The command line says what happened by its exit code, in words, and never by a traceback."""

import json
import re
from pathlib import Path

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from ops_widgets import __version__
from ops_widgets.cli import app
from ops_widgets.errors import BusyError, DataError, NotebookError, OpsError, UsageError
from ops_widgets.sources.config import load_config

ROOT = Path(__file__).parents[1]
COMMANDS = sorted(typer.main.get_command(app).commands)
ORDERS = "order_id,ordered_at,product_id,quantity,unit_price\n"


def ops(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def report_raises(monkeypatch, error):
    def prepare_source(*_, **__):
        raise error

    monkeypatch.setattr("ops_widgets.publish.reports.prepared.prepare_source", prepare_source)


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    lines = "".join(f"o{i},2024-05-{i + 1:02} 10:00:00,p1,1,9.95\n" for i in range(20))
    (folder / "orders.csv").write_text(ORDERS + lines)
    return folder


def test_the_version_is_told():
    assert ops("--version").output == f"ops {__version__}\n"


def test_a_good_shop_passes_the_check(shop):
    result = ops("check", shop)
    assert result.exit_code == 0
    assert "orders" in result.stdout


def test_programs_get_the_check_as_json(shop):
    report = json.loads(ops("check", shop, "--json").stdout)
    assert report["tables"]["orders"]["rows_used"] == 20


@pytest.mark.parametrize("command", ["check", "prepare"])
def test_data_that_break_the_contract_end_with_65(shop, command):
    (shop / "orders.csv").write_text(ORDERS + "o1,2024-05-01 10:00:00,p1,1,-3\n" * 20)
    result = ops(command, shop)
    assert result.exit_code == 65
    assert "orders" in result.stderr
    said = result.stdout + result.stderr
    for once in ("What was found", "for example", "no usable row of 20"):
        assert said.count(once) == 1, said


def test_json_stays_json_when_the_contract_is_broken(shop):
    (shop / "orders.csv").write_text(ORDERS + "o1,2024-05-01 10:00:00,p1,1,-3\n" * 20)
    result = ops("check", shop, "--json")
    assert result.exit_code == 65
    assert json.loads(result.stdout)["ok"] is False


def test_prepare_says_what_it_did_and_why(shop):
    assert "Built the summaries of shop" in ops("prepare", shop).stdout
    assert "nothing changed" in ops("prepare", shop).stdout
    assert "full build" in ops("prepare", shop, "--full").stdout


@pytest.mark.parametrize("memory", ["lots", "-2GB", "2 apples", "0GB", "5MB", ""])
def test_no_amount_of_memory_ends_with_2_and_says_how_to_write_one(shop, memory):
    result = ops("prepare", shop, "--memory", memory)
    assert result.exit_code == 2
    assert f"{memory!r} is no amount of memory" in result.stderr
    assert "2GB or 500MB" in result.stderr
    assert not (shop / ".ops" / "manifest.json").exists()


def test_memory_and_a_folder_to_spill_into_are_chosen(shop, tmp_path):
    result = ops("prepare", shop, "--memory", "500 MiB", "--spill", tmp_path / "spill")
    assert result.exit_code == 0
    assert not list((tmp_path / "spill").glob("*"))


def test_a_folder_to_spill_into_is_no_file(shop):
    result = ops("prepare", shop, "--spill", shop / "orders.csv")
    assert result.exit_code == 2
    assert "--spill" in result.stderr


STEP = (
    r"[-\d]+ [:,\d]+ (.+): ([\d,]+) rows in, ([\d,]+) out, ([\d,]+) rejected, [\d.]+ s, peak \d+ MB"
)


def test_where_nobody_watches_every_step_of_a_build_is_a_line_on_standard_error(shop):
    with (shop / "orders.csv").open("a") as orders:
        orders.write("o99,2024-05-03 10:00:00,p1,-1,9.95\n")
    lines = ops("prepare", shop).stderr.splitlines()
    steps = [re.fullmatch(STEP, line) for line in lines]
    assert all(steps), lines
    assert [step.groups()[1:] for step in steps if step[1] == "orders 2024-05"] == [
        ("21", steps[1][3], "1")
    ]
    assert steps[-1][1] == "summaries of purchases by month"
    assert ops("prepare", shop).stderr == ""


def test_a_second_build_at_the_same_time_ends_with_75(shop):
    from filelock import FileLock

    ops("prepare", shop)
    with FileLock(shop / ".ops" / ".lock"):
        result = ops("prepare", shop)
    assert result.exit_code == 75
    assert "being built by somebody else" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chekc", "shop"], "check"),
        (["check", "nowhere"], "There is no source"),
        (["report", "cohort_activty"], "Did you mean 'cohort_activity'"),
        (["report", "-p", "perids=6"], "Did you mean 'periods'"),
        (["report", "cohort_activity", "-p", "periods=many"], "'periods' cannot be 'many'"),
        (["report", "-p", "periods"], "name=value"),
        (["report", "--as-of", "yesterday"], "is no day"),
        (["sample", "--out", "x", "--customers", "none"], "customers"),
    ],
)
def test_what_has_no_meaning_ends_with_2_and_a_next_step(arguments, words):
    result = ops(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("kind", [UsageError, DataError, BusyError, NotebookError])
def test_every_error_is_a_message_and_a_remedy(monkeypatch, kind):
    report_raises(monkeypatch, kind("This happened.", "Do that."))
    result = ops("report")
    assert result.exit_code == kind.exit_code
    assert result.stderr == "Error: This happened.\n  Do that.\n"


def test_exit_codes_are_the_documented_ones():
    kinds = [kind for kind in OpsError.__subclasses__() if kind.__module__ == OpsError.__module__]
    codes = {kind.__name__: kind.exit_code for kind in kinds}
    assert codes == {
        "UsageError": 2,
        "DataError": 65,
        "MissingDataError": 65,
        "NotebookError": 1,
        "BusyError": 75,
        "StaleError": 75,
    }


def test_a_day_that_the_data_do_not_reach_ends_with_2_and_publishes_nothing(shop, tmp_path):
    out = tmp_path / "runs"
    result = ops("report", "all", "--source", shop, "--as-of", "2024-06-30", "--runs", out)
    assert result.exit_code == 2
    assert "from 2024-05-01 to 2024-05-20" in result.output
    assert not out.exists()


def test_ctrl_c_ends_with_130(monkeypatch):
    report_raises(monkeypatch, KeyboardInterrupt())
    assert ops("report").exit_code == 130


def test_ctrl_c_in_the_middle_of_a_query_ends_with_130_too(monkeypatch):
    """DuckDB has its own word for it, which a reader of tables takes for a broken table."""
    error = DataError("The table cannot be read: interrupted.", "Correct the source.")
    error.__cause__ = duckdb.InterruptException("interrupted")
    report_raises(monkeypatch, error)
    result = ops("report")
    assert result.exit_code == 130
    assert "Correct the source" not in result.stderr


def test_values_reach_the_report_as_they_were_typed(monkeypatch):
    asked = []

    def adhoc(*arguments):
        asked.extend(arguments)
        raise NotebookError("Seen enough.")

    monkeypatch.setattr("ops_widgets.publish.reports.adhoc.adhoc", adhoc)
    ops("report", "all", "-p", "code=007", "-p", "channels=a=b", "-p", "channels=")
    assert asked == [["all"], "samples", [("code", "007"), ("channels", "a=b"), ("channels", "")]]


def test_lab_opens_the_notebooks_on_the_prepared_source(shop, monkeypatch):
    started = {}

    def execve(path, command, environment):
        started.update(command=command, source=environment["OPS_SOURCE"])

    monkeypatch.setattr("os.execve", execve)
    assert ops("lab", "--source", shop, "--port", 9999).exit_code == 0
    assert started["source"] == str(shop)
    assert "--port=9999" in started["command"]
    assert f"--notebook-dir={ROOT / 'notebooks'}" in started["command"]
    assert (shop / ".ops" / "manifest.json").exists()


def test_serve_hands_the_prepared_source_to_the_server(shop, monkeypatch):
    served = []
    monkeypatch.setattr("ops_widgets.publish.server.server.serve", lambda *a: served.extend(a))
    done = ops("serve", "--source", shop, "--port", 9999, "--proxy", "10.0.0.7", "--jobs", 2)
    assert done.exit_code == 0
    options, config = served
    assert config == load_config(shop)
    assert options.notebooks == ROOT / "notebooks"
    assert (options.source, options.port, options.jobs) == (str(shop), 9999, 2)
    assert options.proxies == ("10.0.0.7",)


def test_serve_refuses_the_whole_network_before_it_prepares_anything(shop):
    done = ops("serve", "--source", shop, "--host", "0.0.0.0")
    assert done.exit_code == 2
    assert "--insecure" in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command):
    text = ops(command, "--help").output
    assert f"Example: ops {command}" in " ".join(text.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    text = "\n".join(page.read_text("utf-8") for page in pages)
    assert re.search(rf"\bops {command}\b", text), f"ops {command} is in no documentation"
