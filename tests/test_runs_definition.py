"""Definitions are checked as a whole before anything runs, and a typo names what was meant."""

import json
from datetime import date
from pathlib import Path

import nbformat
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import UsageError
from ops_widgets.publish.notebooks.execute import execute_notebook
from ops_widgets.publish.reports.definition import (
    Definition,
    NotebookEntry,
    check_all,
    definition_files,
    find_definition,
    load_definition,
    seconds_of,
)
from ops_widgets.publish.reports.expansion import expand, slug_of
from ops_widgets.summaries.store import open_store
from tests.throwaway import FirstView, analysis_of

ROOT = Path(__file__).parents[1]
SHIPPED = definition_files(ROOT / "reports")
NOTEBOOKS = 'notebooks = ["cohort_activity"]\n'
CHANGE = NOTEBOOKS + '[[alert]]\nkind = "change"\ndrop = 0.1\n'
ANOMALY = NOTEBOOKS + '[[alert]]\nnumber = "cohort_activity.customers"\nkind = "anomaly"\n'
NUMBER = 'number = "cohort_activity.customers"\n'


def load(folder, text, name="daily"):
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return load_definition(path)


# --- typos -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (NOTEBOOKS + 'titel = "x"', ("'titel'", "'title'")),
        ('notboks = ["cohort_activity"]', ("'notboks'", "'notebooks'")),
        (NOTEBOOKS + 'evry = "day"', ("'evry'", "'every'")),
        (NOTEBOOKS + 'every = "dya"', ("every", "'dya'", "'day'")),
        (NOTEBOOKS + 'as_of = "yesterdy"', ("as_of", "'yesterdy'", "'yesterday'")),
        (NOTEBOOKS + 'timeout = "30 min"', ("timeout", "'30 min'", '"30m"')),
        (NOTEBOOKS + 'timeout = "0s"', ("timeout", "'0s'", '"90s"')),
        ('notebooks = ["cohort_activty"]', ("'cohort_activty'", "'cohort_activity'")),
        ('notebooks = ["../cohort_activity"]', ("no notebook", "'cohort_activity'")),
        ("notebooks = []", ("notebook",)),
        ("", ("names no notebook", "cohort_activity")),
        ('[[notebook]]\nnmae = "cohort_activity"', ("'nmae'", "'name'")),
        (
            '[[notebook]]\nname = "cohort_activity"\nparameters = {perids = 3}',
            ("'perids'", "'periods'"),
        ),
        (
            '[[notebook]]\nname = "cohort_activity"\nparameters = {cohorts = "weak"}',
            ("'cohorts'", "'weak'", "'week'"),
        ),
        (
            '[[notebook]]\nname = "cohort_activity"\nparameters = {periods = 99}',
            ("'periods'", "99", "26"),
        ),
        (
            '[[notebook]]\nname = "cohort_activity"\nparameters = {source = "/etc"}',
            ("'source'", "set by the run"),
        ),
        (
            '[[notebook]]\nname = "cohort_activity"\nparameters = {as_of = "2024-01-01"}',
            ("'as_of'", "set by the run"),
        ),
        (NOTEBOOKS + '[[notebook]]\nname = "cohort_activity"', ("notebooks", "[[notebook]]")),
        ('notebooks = ["cohort_activity", "cohort_activity"]', ("twice",)),
        (NOTEBOOKS + "[fresh]\nordrs = 0", ("'ordrs'", "'orders'")),
        (NOTEBOOKS + "[fresh]\nproducts = 0", ("'products'", "days")),
        (NOTEBOOKS + "[fresh]\norders = -1", ("fresh", "0")),
        (NOTEBOOKS + '[expand]\ncategoris = "categories"', ("'categoris'", "'categories'")),
        (NOTEBOOKS + '[expand]\nsource = "categories"', ("'source'",)),
        (NOTEBOOKS + "[keep]\ndayz = 3", ("'dayz'", "'days'")),
        (NOTEBOOKS + "[keep]\nlast = 0", ("keep.last",)),
        (
            NOTEBOOKS
            + '[[alert]]\nkind = "change"\ndrop = 0.1\nnumber = "cohort_activity.custmers"',
            ("'cohort_activity.custmers'", "'cohort_activity.customers'"),
        ),
        (
            NOTEBOOKS
            + '[[alert]]\nkind = "change"\ndrop = 0.1\nnumber = "campaign_performance.roas"',
            ("'campaign_performance.roas'",),
        ),
        (NOTEBOOKS + f'[[alert]]\n{NUMBER}kind = "anomly"', ("'anomly'", "'anomaly'")),
        (NOTEBOOKS + f'[[alert]]\n{NUMBER}kind = "threshold"', ("needs below or above",)),
        (
            NOTEBOOKS + f'[[alert]]\n{NUMBER}kind = "change"\nbelow = 3\ndrop = 0.1',
            ("'below'", "'threshold'"),
        ),
        (NOTEBOOKS + f'[[alert]]\n{NUMBER}kind = "change"\ndrp = 0.1', ("'drp'", "'drop'")),
        (NOTEBOOKS + f'[[alert]]\n{NUMBER}kind = "change"\ndrop = -1', ("alert.0.drop",)),
        (
            ANOMALY + 'promotions = ["2024-13-01"]',
            ("promotions",),
        ),
        (
            NOTEBOOKS
            + f'[[alert]]\n{NUMBER}kind = "anomaly"\npromotions = ["2024-02-02/2024-02-01"]',
            ("ends before it begins",),
        ),
        (
            NOTEBOOKS + '[[deliver]]\non = ["publishd"]\ncommand = ["true"]',
            ("'publishd'", "'published'"),
        ),
        (NOTEBOOKS + '[[deliver]]\non = ["partial"]', ("either command or url",)),
        (
            NOTEBOOKS + '[[deliver]]\non = ["partial"]\ncommand = ["true"]\nurl = "x"',
            ("either command or url",),
        ),
        (
            NOTEBOOKS + '[[deliver]]\non = ["partial"]\ncomand = ["true"]',
            ("'comand'", "'command'"),
        ),
        (NOTEBOOKS + 'name = "other"', ("'name'", "file's name")),
        (NOTEBOOKS + 'path = "/etc/passwd"', ("'path'",)),
        ('notebooks = = ["cohort_activity"]', ("not valid TOML", "line 1")),
        ("notebooks = 3", ("notebook",)),
        ('notebook = "cohort_activity"', ("notebook",)),
    ],
)
def test_a_definition_that_is_wrong_says_where_and_what_was_meant(tmp_path, text, words):
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    said = str(caught.value)
    assert str(tmp_path / "daily.toml") in said
    for word in words:
        assert word in said, said


@pytest.mark.parametrize("name", ["all", "check", "run-unit", "latest", ".hidden", "a b", "-x"])
def test_a_report_cannot_be_called_what_would_be_something_else(tmp_path, name):
    with pytest.raises(UsageError, match="cannot be a report's name"):
        load(tmp_path, NOTEBOOKS, name)


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "daily.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not valid TOML"):
        load_definition(tmp_path / "daily.toml")


def test_a_report_that_is_not_there_names_the_nearest(tmp_path):
    load(tmp_path, NOTEBOOKS)
    with pytest.raises(UsageError, match="Did you mean 'daily'"):
        find_definition("daly", tmp_path)
    assert find_definition(str(tmp_path / "daily.toml"), Path("/")).name == "daily"


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("30m", 1800), ("2h", 7200)])
def test_durations(text, seconds):
    assert seconds_of(text) == seconds


# --- rules -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "today", "day"),
    [
        ("yesterday", "2024-03-01", "2024-02-29"),
        ("last-sunday", "2024-03-04", "2024-03-03"),  # a Monday
        ("last-sunday", "2024-03-03", "2024-02-25"),  # on a Sunday, the one that has ended
        ("last-sunday", "2024-03-09", "2024-03-03"),
        ("last-month-end", "2024-03-01", "2024-02-29"),
        ("last-month-end", "2024-01-31", "2023-12-31"),
        ("last-day-of-data", "2024-03-01", "2024-02-17"),
    ],
)
def test_the_day_by_each_rule(tmp_path, rule, today, day):
    definition = load(tmp_path, f'{NOTEBOOKS}as_of = "{rule}"')
    found = definition.day(date.fromisoformat(today), date(2024, 2, 17))
    assert found == date.fromisoformat(day)


def test_what_is_said_to_whom_and_how_long_it_is_kept_makes_no_other_run(tmp_path):
    one = load(tmp_path, NOTEBOOKS)
    told = load(tmp_path, NOTEBOOKS + "[keep]\ndays = 3\n[[deliver]]\non=['alert']\nurl='x://y'")
    alert = load(tmp_path, NOTEBOOKS + f'[[alert]]\n{NUMBER}kind = "anomaly"')
    assert one.digest() == told.digest() != alert.digest()


def test_different_values_have_different_folders():
    values = ["Beauty", "beauty", "Home / Kitchen", "home-kitchen", "../..", "", "商店", "latest"]
    values += ["a" * 100, "a" * 101, "2024-01-01", "{}", "absent", "x\ny"]
    slugs = [slug_of({"categories": value}) for value in values]
    assert len(set(slugs)) == len(slugs)
    for slug in slugs:
        assert slug and "/" not in slug and not slug.startswith(".") and len(slug) < 80
        assert slug not in ("latest", "absent", "2024-01-01")


def test_an_expansion_has_the_values_of_every_notebook_that_knows_the_choice(monkeypatch):
    """The first one offers "web", which the last one has not; "app" both of them offer."""
    offered = {
        "first": {"channels": ["web", "app"]},
        "second": {"channels": ["app", "mail"]},
        "third": {},
    }
    for name, choices in offered.items():
        view = type("OwnView", (FirstView,), {"notebook": name})
        offering = analysis_of(view, choices=lambda _store, choices=choices: choices)
        monkeypatch.setitem(ANALYSES, name, offering)
    entries = [NotebookEntry(name=name) for name in offered]
    definition = Definition(name="d", notebook=entries, expand={"channels": "channels"})
    units = expand(definition, date(2024, 3, 31), store=None)
    assert [unit.values for unit in units] == [
        {"channels": "web"}, {"channels": "app"}, {"channels": "mail"}
    ]  # fmt: skip
    nothing = Definition(name="d", notebook=entries[2:], expand={"channels": "channels"})
    with pytest.raises(UsageError, match="nothing that can be chosen"):
        expand(nothing, date(2024, 3, 31), store=None)


# --- the command -----------------------------------------------------------------------------


def test_check_finds_every_wrong_one_and_runs_nothing(desk):
    desk.define(name="right")
    desk.define("titel = 'x'", name="typo")
    desk.define(name="nobody", notebooks=("cohort_activty",))
    desk.define(name="elsewhere").write_text(NOTEBOOKS + 'source = "../nowhere"')
    done = desk.ops("report", "check")
    assert done.exit_code == 2
    assert done.stdout.startswith(("elsewhere:", "right:")) and "right: every day" in done.stdout
    for words in ("typo.toml", "'title'", "nobody.toml", "'cohort_activity'", "../nowhere"):
        assert words in done.stderr
    assert not desk.root.exists(), "there is not even a notebook that could run"


def test_check_of_right_ones_ends_with_0(desk):
    desk.define(name="right")
    desk.define("titel = 'x'", name="typo")
    assert desk.ops("report", "check", "right").exit_code == 0
    assert desk.ops("report", "check", "typo").exit_code == 2
    assert "Did you mean 'typo'" in desk.ops("report", "check", "tpyo").stderr


def test_a_wrong_definition_stops_its_own_run_before_it_starts(desk):
    desk.define("titel = 'x'")
    done = desk.run()
    assert (done.exit_code, done.stdout) == (2, "")
    assert "'title'" in done.stderr and not desk.root.exists()


# --- what ships ------------------------------------------------------------------------------


def test_daily_weekly_and_monthly_reports_ship_and_are_right():
    right, wrong = check_all(SHIPPED)
    assert wrong == []
    assert {one.every for one in right} == {"day", "week", "month"}
    for one in right:
        assert one.title and one.fresh == {"orders": 0}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_ships_expands_on_a_shop(path, small_shop):
    definition = load_definition(path)
    store = open_store(small_shop)
    units = expand(definition, date(2024, 3, 31), store)
    store.close()
    assert len(units) == (1 if not definition.expand else len({u.slug for u in units}))
    assert len(units) > 1 or not definition.expand


@pytest.mark.parametrize("name", ANALYSES)
def test_a_view_names_exactly_the_numbers_that_its_notebook_records(name, small_shop, tmp_path):
    """Alerts are checked against the names; only the parameters and the last cell are run."""
    node = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    code = [cell for cell in node.cells if cell.cell_type == "code"]
    node.cells = [*code[:3], code[-1]]
    nbformat.write(node, tmp_path / f"{name}.ipynb")
    outcome = execute_notebook(
        tmp_path / f"{name}.ipynb", tmp_path / "executed.ipynb", {"source": str(small_shop)}
    )
    assert outcome.failure == ""
    assert sorted(number["name"] for number in outcome.numbers) == sorted(ANALYSES[name].records)
    assert json.dumps(outcome.numbers)
