"""Many units: each in its own process, one failing stops no other, and what is there stays."""

import json

import pandas as pd
import pytest

from ops_widgets.errors import UsageError
from ops_widgets.publish.reports.expansion import RunSpec

from .schedules import BEFORE, EARLIER, FIRST, LAST, SECOND, bytes_of


@pytest.fixture
def weekly(desk):
    """A report of one small notebook for each of some categories."""
    shop = desk.own_shop()
    names = ["..", "Home {x} 'y'"]
    products = pd.read_parquet(shop / "products.parquet")
    products["category"] = [f"{names[n % 2]} / Other" for n in range(len(products))]
    products.to_parquet(shop / "products.parquet", index=False)
    (shop / "market.parquet").unlink()  # it has the categories, too
    desk.notebook(FIRST, "print(categories)")
    desk.define('[expand]\ncategories = "categories"', name="weekly")
    desk.categories = {*names, "(unknown)"}  # orders of products that nobody knows
    return desk


def units_of(desk, *arguments):
    done = desk.ops("report", "plan", "weekly", *arguments)
    assert done.exit_code == 0, done.stderr
    return done.stdout.splitlines()


def test_a_plan_is_a_line_for_each_value_and_makes_nothing(weekly):
    lines = units_of(weekly, "--as-of", LAST)
    found = [json.loads(line) for line in lines]
    assert {one["values"]["categories"] for one in found} == weekly.categories
    assert {one["as_of"] for one in found} == {LAST}
    assert all("/" not in one["slug"] and "." not in one["slug"][:1] for one in found)
    assert lines == units_of(weekly, "--as-of", LAST)
    assert not weekly.root.exists()
    assert [RunSpec.from_json(line).to_json() for line in lines] == lines


def test_days_and_categories_beside_each_other_and_only_a_look_the_second_time(weekly):
    """One category fails; its days and all others are made. What hurts is done again, only that."""
    failing = weekly.folder / "notebooks" / "ready"
    weekly.notebook(
        FIRST,
        "from pathlib import Path",
        "assert categories != ['..'] or Path('ready').exists(), 'not yet'",
    )
    span = ("backfill", "weekly", "--from", BEFORE, "--to", LAST, "--jobs", "2")
    first = weekly.process("report", *span)
    assert first.returncode == 1, first.stderr
    assert first.stdout == f"{weekly.root}/index.html\n"
    assert "4 of 6 runs are published and complete." in first.stderr
    assert first.stderr.count("not yet") >= 2
    names = weekly.runs.names()
    assert len(names) == 3
    by_status = [run.status for name in names for run in weekly.manifests(name)]
    assert sorted(by_status) == ["complete"] * 4 + ["failed"] * 2
    for name in names:
        days = [run for run in weekly.manifests(name) if run.status == "complete"]
        if days:
            assert days[1].previous.as_of == days[0].as_of, "days follow each other"
        assert all(run.unit["categories"] in weekly.categories for run in days)
        assert weekly.runs.latest(name)["as_of"] == LAST
    before = {run.folder: bytes_of(weekly.path(run)) for n in names for run in weekly.manifests(n)}
    failing.touch()
    second = weekly.process("report", *span)
    assert second.returncode == 0, second.stderr
    assert "6 of 6 runs are published and complete." in second.stderr
    assert {folder: bytes_of(weekly.root / folder) for folder in before} == before
    attempts = [run.attempt for name in names for run in weekly.manifests(name)]
    assert sorted(attempts) == [1] * 6 + [2] * 2
    assert sorted(p.name for p in weekly.folder.iterdir() if p.is_dir()) == [
        "notebooks", "ops_widgets", "reports", "shop",
    ]  # fmt: skip


def test_a_planned_unit_is_run_elsewhere(weekly):
    line = next(one for one in units_of(weekly, "--as-of", EARLIER) if '".."' in one)
    done = weekly.ops("report", "run-unit", line)
    assert done.exit_code == 0, done.stderr
    (name,) = weekly.runs.names()
    run = weekly.only(name)
    assert (run.unit, str(run.as_of)) == ({"categories": ".."}, EARLIER)
    assert run.notebooks[0].parameters["categories"] == [".."]
    assert done.stdout == f"{weekly.path(run)}/index.html\n"
    assert weekly.path(run).parents[2].parent == weekly.root
    again = weekly.ops("report", "run-unit", line)
    assert (again.exit_code, again.stdout) == (0, done.stdout)


def test_a_unit_whose_day_has_not_come_is_absent_under_its_own_name(weekly):
    line = units_of(weekly, "--as-of", LAST)[0].replace(LAST, "2024-04-02")
    assert weekly.ops("report", "run-unit", line).exit_code == 75
    unit = RunSpec.from_json(line)
    assert [one["as_of"] for one in weekly.runs.absences(unit.name)] == ["2024-04-02"]
    assert weekly.runs.absences("weekly") == []


@pytest.mark.parametrize(
    "line",
    [
        "", "x", "[]", "null", "{}", "{" * 10_000,
        '{"report": "weekly"}',
        '{"report": "weekly", "as_of": "2024-03-31", "extra": 1}',
        '{"report": "weekly", "as_of": "../.."}',
        '{"report": "weekly", "as_of": "2024-03-31", "slug": "../../x"}',
        '{"report": "weekly", "as_of": "2024-03-31", "values": {"categories": "Beauty"}, '
        '"slug": "../beauty"}',
        '{"report": "weekly", "as_of": "2024-03-31", "values": {"categories": ["a"]}}',
        '{"report": "../../etc", "as_of": "2024-03-31"}',
        '{"report": "/etc/passwd", "as_of": "2024-03-31"}',
        '{"report": "nosuch", "as_of": "2024-03-31"}',
        '{"report": "weekly", "as_of": "2024-03-31"}',
        '{"report": "weekly", "as_of": "2024-03-31", "values": {"source": "/etc"}, "slug": "x"}',
    ],
)  # fmt: skip
def test_what_is_no_unit_of_this_report_is_refused(desk, line):
    desk.notebook(FIRST)
    desk.define('[expand]\ncategories = "categories"', name="weekly")
    done = desk.ops("report", "run-unit", line)
    assert done.exit_code == 2, done.stderr
    assert done.stderr.startswith("Error:") and not desk.root.exists()


def test_an_unknown_expansion_names_what_there_is(desk):
    desk.notebook(FIRST)
    desk.define('[expand]\ncategories = "categoris"', name="weekly")
    done = desk.ops("report", "plan", "weekly")
    assert done.exit_code == 2 and "'categories'" in done.stderr


def test_a_greedy_notebook_fails_alone(desk):
    desk.notebook(FIRST, "x = bytearray(3_000_000_000)")
    desk.notebook(SECOND)
    desk.define(name="greedy")
    desk.define(name="both", notebooks=(FIRST, SECOND))
    alone = desk.process("report", "backfill", "both", "--from", LAST, "--to", LAST)
    assert alone.returncode in (1, 138), alone.stderr
    run = desk.only("both")
    assert {n.name: n.status for n in run.notebooks} == {FIRST: "failed", SECOND: "complete"}
    assert "memory" in run.reason.lower()
    assert 50_000_000 < run.peak_memory_bytes < 3_000_000_000


@pytest.mark.parametrize(
    ("every", "first", "last", "words"),
    [
        ("day", LAST, BEFORE, "before it begins"),
        ("week", "2024-03-25", "2024-03-30", "No week ends"),
        ("month", "2024-03-01", "2024-03-30", "No month ends"),
        ("day", "2024-3-1x", LAST, "no day"),
    ],
)
def test_a_span_without_a_day(desk, every, first, last, words):
    desk.define(f'every = "{every}"')
    done = desk.ops("report", "backfill", "daily", "--from", first, "--to", last)
    assert done.exit_code == 2 and words in done.stderr
    assert not desk.root.exists()


def test_a_slug_must_belong_to_its_values():
    with pytest.raises(UsageError, match="slug"):
        RunSpec.from_json('{"report": "a", "as_of": "2024-03-31", "slug": "b"}')


def test_a_backfill_that_was_stopped_goes_on(weekly):
    span = ("backfill", "weekly", "--from", LAST, "--to", LAST, "--jobs", "1")
    process = weekly.start("report", *span)
    try:
        for line in process.stderr:
            if ": done" in line:
                break
        process.terminate()
        process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 143
    assert 1 <= len(weekly.runs.names()) < 3
    assert not list(weekly.root.rglob("*.draft"))
    done = weekly.process("report", *span)
    assert done.returncode == 0, done.stderr
    assert [len(weekly.manifests(name)) for name in weekly.runs.names()] == [1, 1, 1]
