"""A complete run holds what its manifest says, and is made once."""

import hashlib
import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.publish.reports import execution
from ops_widgets.publish.reports.manifest import FILE, RunManifest, schema

from .schedules import BEFORE, FIRST, LAST, bytes_of

ROOT = Path(__file__).parents[1]
THIRD = "category_opportunity"


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


def test_the_committed_notebooks_make_whole_pages_below_3_mb(sample_report, store):
    run = RunManifest.model_validate_json((sample_report / FILE).read_text("utf-8"))
    assert run.status == "complete"
    for name in ANALYSES:
        page = (sample_report / f"{name}.html").read_text("utf-8")
        assert page.rstrip().endswith("</html>") and len(page.encode()) < 3_000_000
        assert "<svg" in page and "<table" in page, "readable without JavaScript"
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)
        assert [*(sample_report / "tables" / name).glob("*.csv")]
        headline = ANALYSES[name].headline(store, ANALYSES[name].view())
        assert run.numbers().keys() >= {f"{name}.{number.name}" for number in headline}


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
