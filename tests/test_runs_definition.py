"""Definitions are checked as a whole before anything runs, and a typo names what was meant."""

from datetime import date
from pathlib import Path

import pytest

from ops_widgets.errors import UsageError
from ops_widgets.publish.reports.definition import seconds_of
from ops_widgets.publish.reports.definition_files import (
    find_definition,
    load_definition,
)

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
