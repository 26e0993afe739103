"""A run is complete, marked as partial, or absent with its reason; whatever its notebooks do."""

import hashlib
import importlib
import json
import re
import shutil
import signal
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar

import jsonschema
import nbformat
import pandas as pd
import pytest
from pydantic import Field

from ops_widgets.analyses import ANALYSES
from ops_widgets.publish.notebooks.execute import ReportKernel
from ops_widgets.publish.reports import adhoc, definition, execution, expansion
from ops_widgets.publish.reports.definition import load_definition
from ops_widgets.publish.reports.expansion import RunSpec, views_of
from ops_widgets.publish.reports.key import notebook_sha256, run_key
from ops_widgets.publish.reports.manifest import FILE, RunManifest, schema
from ops_widgets.summaries.build import prepare
from ops_widgets.views.base import View

from .schedules import BEFORE, FIRST, LAST, SECOND, bytes_of
from .throwaway import RECORD, write_notebook

ROOT = Path(__file__).parents[1]
THIRD = "category_opportunity"
NOW = datetime(2030, 1, 1)


@pytest.fixture
def daily(desk):
    """A desk with a daily report of one small notebook."""
    desk.notebook(FIRST)
    desk.define()
    return desk


@pytest.fixture
def no_kernels(monkeypatch):
    """``no_kernels()``: from then on no kernel can be started."""

    async def refuse(self, **options):
        raise AssertionError("a kernel was started")

    return lambda: monkeypatch.setattr(ReportKernel, "start_kernel", refuse)


def printed(folder, name=FIRST):
    """What the cells of an executed notebook have printed."""
    node = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    outputs = [o for c in node.cells if c.cell_type == "code" for o in c.outputs]
    return "".join(o.text for o in outputs if o.output_type == "stream")


def said_to_be(run):
    return {notebook.name: notebook.status for notebook in run.notebooks}


# --- complete --------------------------------------------------------------------------------


def test_a_complete_run_holds_what_its_manifest_says(daily):
    done = daily.run()
    run = daily.only()
    folder = daily.path(run)
    assert (done.exit_code, done.stdout) == (0, f"{folder}/index.html\n")
    raw = json.loads((folder / FILE).read_text("utf-8"))
    jsonschema.validate(raw, json.loads(schema()))
    assert (run.status, run.attempt, str(run.as_of)) == ("complete", 1, LAST)
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    told = {f"{FIRST}.html", f"{FIRST}.ipynb", "index.html", "numbers.json", "alerts.json"}
    assert {o.path for o in run.outputs} == told == files - {FILE}
    for output in run.outputs:
        content = (folder / output.path).read_bytes()
        assert output.bytes == len(content)
        assert output.sha256 == hashlib.sha256(content).hexdigest()
    for table in run.inputs:
        assert table.rows_in == table.rows_used + table.rows_rejected
    assert [cell.step for cell in run.notebooks[0].cells] == [1, 2]
    assert run.numbers()[f"{FIRST}.gmv"].value == 123_456_789
    numbers = json.loads((folder / "numbers.json").read_text("utf-8"))
    assert numbers["notebooks"][FIRST]["numbers"][0]["value"] == 123_456_789
    latest = json.loads((daily.root / "daily" / "latest.json").read_text("utf-8"))
    assert latest["folder"] == run.folder
    assert (daily.root / "daily" / "latest").resolve() == folder
    assert "daily" in (daily.root / "index.html").read_text("utf-8").lower()
    assert not list(daily.root.rglob("*.draft"))


def test_the_same_again_does_nothing(daily, no_kernels):
    daily.run()
    before = bytes_of(daily.root)
    no_kernels()
    again = daily.run()
    assert (again.exit_code, again.stdout) == (0, f"{daily.path(daily.only())}/index.html\n")
    assert bytes_of(daily.root) == before


def test_another_attempt_leaves_the_first_as_it_is_even_if_the_clock_went_back(daily, monkeypatch):
    daily.run()
    first = daily.path(daily.only())
    before = bytes_of(first)

    class Past(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2001, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(execution, "datetime", Past)
    done = daily.run("--force")
    assert done.exit_code == 0
    assert done.stdout == f"{first}.2/index.html\n"
    assert bytes_of(first) == before
    assert daily.runs.latest("daily")["folder"].endswith(".2")
    assert [run.attempt for run in daily.manifests()] == [1, 2]
    assert daily.manifests()[1].seconds > 0


def test_what_counts_for_the_key_and_what_does_not(daily, tmp_path):
    def key(as_of=LAST, text="", content="abc", source="shop", name="daily", cell="1"):
        parsed = load_definition(daily.define(text, name))
        unit = RunSpec(report=name, as_of=date.fromisoformat(as_of))
        path = write_notebook(tmp_path, "n", cell)
        digests = {FIRST: notebook_sha256(path)}
        return run_key(parsed, unit, views_of(parsed, unit, source), digests, content)

    daily.define()
    one = key()
    assert re.fullmatch("[0-9a-f]{16}", one)
    assert one == key(source="moved/shop") == key(text="[keep]\ndays = 3")
    anomaly = f'[[alert]]\nnumber = "{FIRST}.customers"\nkind = "anomaly"'
    others = [
        key(as_of=BEFORE), key(content="abd"), key(cell="2"), key(text=anomaly), key(name="other")
    ]  # fmt: skip
    assert len({one, *others}) == 6


def test_a_parameter_makes_another_key_however_it_is_written(daily, tmp_path):
    keys = set()
    for parameters in ("periods = 6", "periods = 7", 'periods = "7"'):
        path = daily.folder / "reports" / "daily.toml"
        path.write_text(f'[[notebook]]\nname = "{FIRST}"\nparameters = {{{parameters}}}')
        parsed = load_definition(path)
        unit = RunSpec(report="daily", as_of=date(2024, 3, 31))
        keys.add(run_key(parsed, unit, views_of(parsed, unit, "shop"), {}, ""))
    assert len(keys) == 2


def test_a_changed_notebook_and_another_day_are_other_runs(daily):
    daily.run()
    daily.notebook(FIRST, "1 + 1")
    daily.run()
    daily.run("--as-of", BEFORE)
    runs = daily.manifests()
    assert len({run.key for run in runs}) == 3
    assert [str(run.as_of) for run in runs] == [BEFORE, LAST, LAST]
    assert daily.runs.latest("daily")["as_of"] == LAST
    assert runs[0].previous is None


def test_the_committed_notebooks_make_whole_pages_below_3_mb(sample_report):
    run = RunManifest.model_validate_json((sample_report / FILE).read_text("utf-8"))
    assert run.status == "complete"
    for name in (FIRST, SECOND, THIRD):
        page = (sample_report / f"{name}.html").read_text("utf-8")
        assert page.rstrip().endswith("</html>") and len(page.encode()) < 3_000_000
        assert "<svg" in page and "<table" in page, "readable without JavaScript"
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)
        assert [*(sample_report / "tables" / name).glob("*.csv")]
        assert run.numbers().keys() >= {f"{name}.{n}" for n in ANALYSES[name].records}


@pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium to print with")
def test_pages_are_printed_on_request(daily):
    done = daily.run("--pdf")
    assert done.exit_code == 0, done.stderr
    for name in ("index", FIRST):
        assert (daily.path(daily.only()) / f"{name}.pdf").read_bytes().startswith(b"%PDF-")
    assert f"{FIRST}.pdf" in {output.path for output in daily.only().outputs}


def test_without_a_browser_pdf_is_refused_before_anything_runs(daily, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    done = daily.run("--pdf")
    assert done.exit_code == 2 and "chromium" in done.stderr
    assert daily.manifests() == []


# --- partial and failed ----------------------------------------------------------------------


def test_what_fails_is_marked_and_the_others_are_published(desk):
    desk.notebook(FIRST, "import sys; sys.exit(0)", "print('never')")
    desk.notebook(SECOND, "1 / 0")
    desk.notebook(THIRD)
    desk.define(notebooks=(FIRST, SECOND, THIRD))
    done = desk.run()
    run = desk.only()
    folder = desk.path(run)
    assert done.exit_code == 1
    assert done.stdout == f"{folder}/index.html\n"
    assert said_to_be(run) == {FIRST: "failed", SECOND: "failed", THIRD: "complete"}
    assert run.status == "partial"
    for words in ("sys.exit", "ZeroDivisionError: division by zero"):
        assert words in run.reason and words in done.stderr
        assert words in (folder / "index.html").read_text("utf-8")
    assert {path.name for path in folder.glob("*.ipynb")} == {f"{THIRD}.ipynb"}
    assert (folder / "failed" / f"{SECOND}.ipynb").is_file()
    traceback = (folder / "failed" / f"{SECOND}.txt").read_text("utf-8")
    assert "1 / 0" in traceback and "\x1b" not in traceback
    assert "never" not in printed(folder / "failed")
    jsonschema.validate(json.loads((folder / FILE).read_text()), json.loads(schema()))
    assert desk.runs.is_intact(run, run.folder)
    assert run.numbers().keys() == {f"{THIRD}.gmv"}


def test_the_next_run_after_a_failure_is_a_new_attempt(desk):
    """The notebook needs something that comes later; its key stays the same."""
    desk.notebook(FIRST, "from pathlib import Path", "assert Path('ready').exists()")
    desk.define()
    assert desk.run().exit_code == 1
    failed = desk.only()
    assert failed.status == "failed"
    before = bytes_of(desk.path(failed))
    (desk.notebooks / "ready").touch()
    done = desk.run()
    assert done.exit_code == 0, done.stderr
    first, second = desk.manifests()
    assert (first, second.key, second.attempt, second.status) == (failed, first.key, 2, "complete")
    assert bytes_of(desk.path(first)) == before
    assert desk.runs.latest("daily")["folder"] == second.folder
    assert second.previous is None, "a failed run is nothing to compare with"


@pytest.mark.parametrize(
    ("cell", "record", "code", "words"),
    [
        ("1 + 1", False, 1, "recorded no headline numbers"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", True, 138, "kernel died"),
        ("x = (", True, 1, "SyntaxError"),
        ("raise KeyboardInterrupt", True, 1, "KeyboardInterrupt"),
        ("import os; os._exit(0)", True, 138, "kernel died"),
    ],
)
def test_a_run_of_one_notebook_that_fails_has_failed(desk, cell, record, code, words):
    desk.notebook(FIRST, cell, record=record)
    desk.define()
    assert desk.run().exit_code == code
    assert desk.only().status == "failed"
    assert words in desk.only().reason
    assert words in (desk.path(desk.only()) / "index.html").read_text("utf-8")


def test_a_page_larger_than_3_mb_is_a_failure_not_a_page(desk):
    large = "from IPython.display import HTML\nHTML('<p>' + 'x' * 4_000_000)"
    desk.notebook(FIRST, large)
    desk.notebook(SECOND)
    desk.define(notebooks=(FIRST, SECOND))
    assert desk.run().exit_code == 1
    assert said_to_be(desk.only()) == {FIRST: "failed", SECOND: "complete"}
    assert "more than 3" in desk.only().reason
    folder = desk.path(desk.only())
    assert max(path.stat().st_size for path in folder.glob("*.html")) < 3_000_000
    assert (folder / "failed" / f"{FIRST}.ipynb").is_file()


def test_what_hangs_is_ended_with_all_that_it_started(desk):
    pids = desk.folder / "pids"
    desk.notebook(
        FIRST,
        "import os, subprocess, time\n"
        "nested = subprocess.Popen(['sh', '-c', 'sleep 987 & sleep 987 & wait'])\n"
        "time.sleep(0.5)\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{os.getpgid(0)}} {{nested.pid}}')\n"
        "time.sleep(3600)",
    )
    desk.notebook(SECOND)
    desk.define(notebooks=(FIRST, SECOND))
    done = desk.process("report", "daily", "--timeout", "10s")
    assert done.returncode == 124, done.stderr
    run = desk.only()
    assert said_to_be(run) == {FIRST: "failed", SECOND: "complete"}
    assert "10 seconds" in run.reason and run.status == "partial"
    _, group, _ = map(int, pids.read_text().split())
    assert not alive_in_group(group)


def alive_in_group(group):
    """Processes of a group that are not only waiting to be buried."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = path.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of) == group and state != "Z":
            found.append(int(path.parent.name))
    return found


# --- absent ----------------------------------------------------------------------------------


def test_stale_data_publish_nothing_and_leave_the_reason(desk, no_kernels):
    desk.notebook(FIRST)
    desk.define("[fresh]\norders = 0")
    no_kernels()
    done = desk.run("--as-of", "2024-04-01")
    assert (done.exit_code, done.stdout) == (75, "")
    assert LAST in done.stderr and "2024-04-01" in done.stderr
    assert desk.manifests() == []
    (absence,) = desk.runs.absences("daily")
    assert (absence["as_of"], absence["exit_code"]) == ("2024-04-01", 75)
    assert LAST in absence["reason"]
    assert "Absent" in (desk.root / "index.html").read_text("utf-8")
    assert "absent" in desk.ops("runs", "list").stdout


def test_a_report_is_never_as_of_a_day_that_has_not_come(desk, no_kernels):
    """Whatever lag it allows, and also if it asks for no freshness at all."""
    desk.notebook(FIRST)
    no_kernels()
    for fresh in ("[fresh]\norders = 3", ""):
        desk.define(fresh)
        assert desk.run("--as-of", "2024-04-01").exit_code == 75
    assert [absence["as_of"] for absence in desk.runs.absences("daily")] == ["2024-04-01"]
    assert desk.ops("report", FIRST, "--source", desk.shop, "--as-of", "2024-04-01").exit_code == 2


def test_data_may_lag_as_much_as_the_report_says(desk):
    shop = desk.own_shop()
    events = pd.read_parquet(shop / "events.parquet")
    events = events[events["occurred_at"] < pd.Timestamp("2024-03-28")]
    events.to_parquet(shop / "events.parquet", index=False)
    desk.notebook(FIRST)
    desk.define("[fresh]\norders = 0\nevents = 3")
    late = desk.run()
    assert late.exit_code == 75 and "events of shop reach 2024-03-27" in late.stderr
    desk.define("[fresh]\norders = 0\nevents = 4")
    done = desk.run()
    assert done.exit_code == 0, done.stderr


def test_a_broken_contract_publishes_nothing(daily):
    shop = daily.own_shop()
    daily.define()
    orders = pd.read_parquet(shop / "orders.parquet")
    orders.assign(quantity=0).to_parquet(shop / "orders.parquet", index=False)
    done = daily.run("--as-of", LAST)
    assert (done.exit_code, done.stdout) == (65, "")
    assert "orders" in done.stderr
    assert daily.manifests() == []
    (absence,) = daily.runs.absences("daily")
    assert (absence["as_of"], absence["exit_code"]) == (LAST, 65)


@pytest.mark.parametrize(
    ("now", "code", "as_of"),
    [
        (datetime(2024, 4, 1, 6, tzinfo=UTC), 0, LAST),
        (datetime(2031, 5, 6, tzinfo=UTC), 75, "2031-05-05"),
        (datetime(1999, 5, 6, tzinfo=UTC), 65, "1999-05-05"),  # every order is in the future
    ],
)
def test_a_clock_that_is_years_off_publishes_nothing_wrong(desk, monkeypatch, now, code, as_of):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return now

    monkeypatch.setattr(importlib.import_module("ops_widgets.cli.report"), "datetime", Clock)
    desk.notebook(FIRST)
    path = desk.define("[fresh]\norders = 0")
    path.write_text(path.read_text().replace("last-day-of-data", "yesterday"))
    assert desk.run().exit_code == code
    assert [str(run.as_of) for run in desk.manifests()] == ([as_of] if code == 0 else [])
    absent = [absence["as_of"] for absence in desk.runs.absences("daily")]
    assert absent == ([as_of] if code else [])


def test_a_day_before_the_data_begin_is_a_usage_error(daily):
    done = daily.run("--as-of", "2023-01-01")
    assert done.exit_code == 2 and "2024-01-01" in done.stderr
    assert daily.run("--as-of", "yesterday").exit_code == 2
    assert daily.manifests() == []


# --- two at once, and what changes in mid-run ------------------------------------------------


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


WAIT = (
    "import pathlib, time\n"
    "pathlib.Path('begun').touch()\n"
    "while not pathlib.Path('go').exists(): time.sleep(0.05)"
)


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


# --- what is damaged or hostile --------------------------------------------------------------


def test_a_damaged_run_is_said_to_be_and_the_next_day_works(daily):
    daily.run("--as-of", BEFORE)
    manifest = daily.path(daily.only()) / FILE
    manifest.write_text(manifest.read_text()[:500])
    done = daily.run("--as-of", LAST)
    assert done.exit_code == 0, done.stderr
    damaged, whole = daily.manifests()
    assert damaged is None and whole.status == "complete" and whole.previous is None
    shown = daily.ops("runs", "show", str(manifest.parent))
    assert shown.exit_code == 2 and "no run" in shown.stderr
    (daily.root / "daily" / ".history.json").unlink()  # what was read of it while it was whole
    assert "damaged" in daily.ops("runs", "list").stdout
    assert daily.run("--as-of", BEFORE).exit_code == 0
    assert len(daily.manifests()) == 3, "the damaged one stays, a new attempt stands beside it"
    assert daily.manifests()[1].attempt == 2


def test_a_run_whose_page_was_changed_is_not_taken_for_complete(daily):
    daily.run()
    page = daily.path(daily.only()) / f"{FIRST}.html"
    page.write_text("<p>all is well")
    assert daily.run().exit_code == 0
    assert [run.attempt for run in daily.manifests()] == [1, 2]
    assert "changed since" in daily.ops("runs", "show", str(page.parent)).stdout


HOSTILE = [
    "it's \"quoted\"",
    "two\nlines\r\n\ttab",
    "{}", "{source}", "{{0.__class__}}", "%s%n", "$HOME `id`",
    "__import__('os').system('touch canary')",
    "'); __import__('os').system('touch canary'); ('",
    '""" + open("canary", "w").name + """',
    "../..", "/etc/passwd", "..\\..\\x",
    "<script>alert(1)</script>", "a" * 200, "\u202e\u0000x", "商店 🛒", "\\", "#",
]  # fmt: skip


def test_hostile_values_stay_values(daily):
    daily.notebook(FIRST, "import json", "print(json.dumps(channels))")
    given = [text.replace("\x00", "") for text in HOSTILE]
    daily.define()
    path = daily.folder / "reports" / "daily.toml"
    path.write_text(
        f'source = {json.dumps(str(daily.shop))}\nas_of = "last-day-of-data"\n[[notebook]]\n'
        f'name = "{FIRST}"\nparameters = {{channels = {json.dumps(given, ensure_ascii=False)}}}\n',
        "utf-8",
    )
    done = daily.run()
    assert done.exit_code == 0, done.stderr
    folder = daily.path(daily.only())
    assert json.loads(printed(folder)) == given
    assert daily.only().notebooks[0].parameters["channels"] == given
    assert not list(daily.folder.rglob("canary"))
    assert sorted(p.name for p in daily.folder.iterdir()) == ["notebooks", "reports"]
    assert "<script>alert(1)" not in (folder / f"{FIRST}.html").read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ("-p", f"channels={'x' * 10_000}"),
        ("-p", "periods=__import__('os')"),
        ("-p", "periods=1e9"),
        ("-p", "__class__=x"),
        ("-p", "../x=1"),
        ("-p", "novalue"),
        ("-p", "source=/etc"),
        ("--as-of", "../../x"),
        ("--timeout", "forever"),
    ],
)
def test_what_is_no_value_at_all_is_refused(daily, no_kernels, arguments):
    no_kernels()
    done = daily.ops("report", FIRST, "--source", daily.shop, *arguments)
    assert done.exit_code == 2 and done.stderr.startswith("Error:")
    assert len(done.stderr) < 1_000 + 10_000
    assert not daily.root.exists()


class SecretView(View):
    notebook: ClassVar[str] = "first"
    records: ClassVar[tuple[str, ...]] = ("gmv",)
    api_token: str = Field("", title="Token")


def test_secrets_are_not_told(desk, monkeypatch):
    for module in (adhoc, definition, expansion):
        monkeypatch.setattr(module, "VIEWS", {"first": SecretView})
    desk.notebook("first", "api_token = ''", "print(len(api_token))")
    path = desk.define(notebooks=("first",))
    text = path.read_text().replace('notebooks = ["first"]', "")
    path.write_text(
        f'{text}[[notebook]]\nname = "first"\nparameters = {{api_token = "hush-hush"}}\n'
    )
    done = desk.run()
    assert done.exit_code == 0, done.stderr
    assert desk.only().notebooks[0].parameters["api_token"] == "***"
    told = [p for p in desk.root.rglob("*") if p.is_file() and p.suffix != ".ipynb"]
    assert [p.name for p in told if b"hush-hush" in p.read_bytes()] == []


# --- alerts and other outcomes ---------------------------------------------------------------


def test_an_alert_ends_with_10_only_on_request(desk):
    desk.notebook(FIRST, RECORD.replace('"gmv"', '"customers"'), record=False)
    desk.define(f'[[alert]]\nnumber = "{FIRST}.customers"\nkind = "threshold"\nabove = 1')
    done = desk.run()
    assert done.exit_code == 0, done.stderr
    assert desk.run("--fail-on-alert").exit_code == 10, "also when it was there before"
    (alert,) = desk.only().alerts
    assert (alert.state, str(alert.since)) == ("fired", LAST)
    assert json.loads((desk.path(desk.only()) / "alerts.json").read_text())[0]["state"] == "fired"
    desk.notebook(FIRST, "1 / 0")
    assert desk.run("--fail-on-alert").exit_code == 1


def test_a_report_has_one_shop(daily):
    daily.run()
    daily.own_shop()
    toml = daily.shop / "source.toml"
    toml.write_text('name = "another"\n' + toml.read_text())
    done = daily.ops("report", "daily", "--source", daily.shop)
    assert done.exit_code == 2 and "another" in done.stderr
    assert len(daily.manifests()) == 1


def test_runs_in_an_object_store_are_the_same(daily):
    done = daily.run("--runs", "memory://perform/runs")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("memory://") and done.stdout.endswith("/index.html\n")
    again = daily.run("--runs", "memory://perform/runs")
    assert (again.exit_code, again.stdout) == (0, done.stdout)
    listed = json.loads(
        daily.ops("runs", "list", "--runs", "memory://perform/runs", "--json").stdout
    )
    assert [(row["as_of"], row["status"]) for row in listed] == [(LAST, "complete")]
    assert not daily.root.exists()


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
