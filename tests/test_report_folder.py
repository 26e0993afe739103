"""A report is published whole or not at all, and says itself what is missing."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from ops_widgets.errors import BusyError, UsageError
from ops_widgets.publish import report
from ops_widgets.publish.report import check_parameters, run_report
from tests.throwaway import MANIFEST, FirstView, SecondView, write_notebook


@dataclass
class Workbook:
    """Two throw-away notebooks over a shop whose summaries exist."""

    notebooks: Path
    out: Path
    prepared: list[str]

    def write(self, first: str = "1 + 1", second: str = "1 + 1") -> None:
        write_notebook(self.notebooks, "first", first)
        write_notebook(self.notebooks, "second", second)

    def run(self, *names, source="shop", **options):
        return run_report(names, source=source, out=self.out, **options)

    @property
    def folder(self) -> Path:
        return self.out / "corner-shop" / "2024-06-30"


@pytest.fixture
def workbook(tmp_path, monkeypatch):
    made = Workbook(tmp_path / "notebooks", tmp_path / "reports", [])
    made.notebooks.mkdir()
    made.write()

    def prepare(source, **_):
        made.prepared.append(str(source))
        return type("Prepared", (), {"manifest": MANIFEST})

    monkeypatch.setattr(report, "NOTEBOOKS", made.notebooks)
    monkeypatch.setattr(report, "VIEWS", {"first": FirstView, "second": SecondView})
    monkeypatch.setattr(report, "prepare", prepare)
    return made


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_report_is_one_folder_by_source_and_last_day(workbook):
    result = workbook.run("all")
    assert result.index == workbook.folder / "index.html"
    assert result.failed == []
    assert visible(workbook.folder) == [
        "first.html",
        "first.ipynb",
        "index.html",
        "numbers.json",
        "second.html",
        "second.ipynb",
    ]


def test_numbers_are_kept_for_programs(workbook):
    workbook.run("first", as_of="2024-05-31", parameters=[("code", "007")])
    folder = workbook.out / "corner-shop" / "2024-05-31"
    numbers = json.loads((folder / "numbers.json").read_text("utf-8"))
    assert numbers["source"] == "corner shop"
    assert numbers["rows"] == {"in": 1050, "used": 1038, "rejected": 12}
    first = numbers["notebooks"]["first"]
    assert first["complete"] is True
    assert first["parameters"]["code"] == "007"
    assert first["parameters"]["as_of"] == "2024-05-31"
    assert first["numbers"][0]["name"] == "gmv"


def test_one_failure_is_marked_and_the_others_run(workbook):
    workbook.write(first="1 / 0")
    result = workbook.run("all")
    assert [failed.notebook for failed in result.failed] == ["first"]
    index = result.index.read_text("utf-8")
    assert "ZeroDivisionError: division by zero." in index
    assert "Traceback" not in index
    numbers = json.loads((workbook.folder / "numbers.json").read_text("utf-8"))
    verdicts = {name: page["complete"] for name, page in numbers["notebooks"].items()}
    assert verdicts == {"first": False, "second": True}
    assert "This page is incomplete" in (workbook.folder / "first.html").read_text("utf-8")


def test_the_old_report_stays_until_the_new_one_is_whole(workbook, monkeypatch):
    workbook.run("all")
    before = (workbook.folder / "index.html").read_bytes()

    def stopped(*_):
        assert (workbook.folder / "index.html").read_bytes() == before
        raise KeyboardInterrupt

    monkeypatch.setattr(report, "index_page", stopped)
    with pytest.raises(KeyboardInterrupt):
        workbook.run("all")
    assert (workbook.folder / "index.html").read_bytes() == before
    assert visible(workbook.folder.parent) == ["2024-06-30"]


def test_ctrl_c_ends_the_running_kernels_and_publishes_nothing(workbook):
    workbook.write(second="import time; time.sleep(3600)")

    def watch(what):
        if what.startswith("first"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workbook.run("all", progress=watch)
    assert visible(workbook.folder.parent) == []


def test_a_report_of_the_same_day_is_replaced_as_a_whole(workbook):
    workbook.run("all")
    workbook.run("first")
    assert "second.html" not in visible(workbook.folder)
    assert visible(workbook.folder.parent) == ["2024-06-30"]


def test_what_a_killed_run_left_is_put_right(workbook):
    """Killed between its two renames, a run leaves the old report under a hidden name."""
    workbook.run("all")
    workbook.folder.rename(workbook.folder.with_name(".2024-06-30.old"))
    workbook.folder.with_name(".2024-06-30.new").mkdir()
    with report._published(workbook.folder) as draft:
        assert visible(workbook.folder)
        (draft / "index.html").write_text("new")
    assert visible(workbook.folder) == ["index.html"]


def test_two_runs_of_one_report_do_not_meet(workbook):
    workbook.folder.parent.mkdir(parents=True)
    with (
        FileLock(workbook.folder.with_name(".2024-06-30.lock")),
        pytest.raises(BusyError, match="being made by somebody else"),
    ):
        workbook.run("all")


def test_a_source_may_be_called_anything(workbook, monkeypatch):
    manifest = MANIFEST | {"source": {"name": "../<b>A/B</b>"}}
    prepared = type("Prepared", (), {"manifest": manifest})
    monkeypatch.setattr(report, "prepare", lambda *_, **__: prepared)
    result = workbook.run("first")
    assert result.folder.parent.parent == workbook.out
    assert "<b>" not in result.index.read_text("utf-8")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ([("perids", "3")], "Did you mean 'periods'?"),
        ([("token", "3")], "no notebook of this report has a parameter 'token'"),
        ([("periods", "many")], "'periods' cannot be 'many'"),
        ([("periods", "99")], "'periods' cannot be '99'"),
        ([("strict", "perhaps")], "'strict' cannot be 'perhaps'"),
        ([("source", "/etc")], "--source"),
        ([("as_of", "2024-01-01")], "--as-of"),
    ],
)
def test_a_wrong_parameter_stops_everything_before_it_begins(workbook, parameters, message):
    with pytest.raises(UsageError, match=f"(?i){message.replace('?', '[?]')}"):
        workbook.run("all", parameters=parameters)
    assert workbook.prepared == []
    assert not workbook.out.exists()


@pytest.mark.parametrize(
    ("names", "message"), [(["frist"], "Did you mean 'first'"), (["../first"], "no notebook")]
)
def test_an_unknown_notebook_is_refused(workbook, names, message):
    with pytest.raises(UsageError, match=message):
        workbook.run(*names)


def test_an_ill_written_day_is_refused(workbook):
    with pytest.raises(UsageError, match="as_of"):
        workbook.run("all", as_of="30/06/2024")
    assert workbook.prepared == []


def test_each_parameter_goes_where_it_belongs(workbook):
    first, second = check_parameters(
        ["all"],
        source="shop",
        as_of=None,
        parameters=[
            ("code", "007"),
            ("strict", "false"),
            ("channels", "app"),
            ("channels", "a, b"),
            ("weeks", "8"),
        ],
    )
    assert (first.code, first.strict, first.channels) == ("007", False, ("app", "a, b"))
    assert second.weeks == 8
    assert Path(first.source).is_absolute()
