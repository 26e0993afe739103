"""The reports that ship say what they have said before: units, links, numbers; old runs are read.

``shipped_numbers.json`` holds what they recorded of the sample shop. Where a number is meant to
change, correct it there by hand, with the reason in the commit.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.publish.changes.chain import between
from ops_widgets.publish.reports.definition_files import load_definition
from ops_widgets.publish.reports.expansion import expand, views_of
from ops_widgets.publish.reports.manifest import RunManifest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "data" / "samples"
SHIPPED = json.loads((Path(__file__).parent / "shipped_numbers.json").read_text("utf-8"))
REPORTS = sorted((ROOT / "reports").glob("*.toml"))


def specs_of(path, store):
    """The runs of a shipped report as of the day that is on record."""
    days = {run["as_of"] for name, run in SHIPPED.items() if name.split("/")[0] == path.stem}
    [day] = days
    definition = load_definition(path)
    return definition, expand(definition, date.fromisoformat(day), store)


def test_every_report_that_ships_is_on_record():
    assert {name.split("/")[0] for name in SHIPPED} == {path.stem for path in REPORTS}


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_shipped_report_has_the_same_runs_links_and_numbers(path, store):
    definition, specs = specs_of(path, store)
    recorded = {n: run for n, run in SHIPPED.items() if n.split("/")[0] == path.stem}
    assert {spec.name: spec.values for spec in specs} == {
        name: run["unit"] for name, run in recorded.items()
    }
    for spec in specs:
        known = recorded[spec.name]["notebooks"]
        views = {view.notebook: view for view in views_of(definition, spec, SAMPLES)}
        assert {n: view.to_query() for n, view in views.items()} == {
            n: one["link"] for n, one in known.items()
        }
        for name, view in views.items():
            numbers = {n.name: n for n in ANALYSES[name].headline(store, view)}
            assert list(numbers) == list(known[name]["numbers"])
            for key, want in known[name]["numbers"].items():
                got = {
                    field: json.loads(json.dumps(getattr(numbers[key], field))) for field in want
                }
                assert got == near(want), f"{spec.name}, {name}.{key}"


def near(recorded):
    """The same values, but for the last bits of a float."""
    return {
        field: pytest.approx(value, rel=1e-9)
        if isinstance(value, float) or (isinstance(value, list) and None not in value)
        else value
        for field, value in recorded.items()
    }


def holds(new, old):
    """Whether all of ``old`` is in ``new``, which may know of more."""
    if isinstance(old, dict):
        return all(name in new and holds(new[name], value) for name, value in old.items())
    if isinstance(old, list):
        return len(new) == len(old) and all(map(holds, new, old))
    return new == old


def test_a_run_of_an_earlier_version_is_read_and_compared():
    text = (Path(__file__).parent / "old_run.json").read_text("utf-8")
    old = RunManifest.model_validate_json(text)
    assert (old.name, old.status, old.as_of) == ("weekly/beauty", "complete", date(2025, 6, 29))
    assert holds(json.loads(old.to_json()), json.loads(text)), "nothing of it is lost"
    found = between(old, [old.model_copy(update={"as_of": date(2025, 7, 6)})])
    assert {number.number for number in found.numbers} == old.numbers().keys()
    assert all(number.total == 0 for number in found.numbers if number.old is not None)
