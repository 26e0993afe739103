"""One report for each value of a choice; the reports that ship, and what they expand to."""

import json
from datetime import date
from pathlib import Path

import nbformat
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.errors import UsageError
from ops_widgets.publish.notebooks.execute import execute_notebook
from ops_widgets.publish.reports.definition import Definition, NotebookEntry
from ops_widgets.publish.reports.definition_files import (
    check_all,
    definition_files,
    load_definition,
)
from ops_widgets.publish.reports.expansion import expand, slug_of
from ops_widgets.summaries.store import open_store
from tests.throwaway import FirstView, analysis_of

ROOT = Path(__file__).parents[1]
SHIPPED = definition_files(ROOT / "reports")


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
    specs = expand(definition, date(2024, 3, 31), store=None)
    assert [spec.values for spec in specs] == [
        {"channels": "web"}, {"channels": "app"}, {"channels": "mail"}
    ]  # fmt: skip
    nothing = Definition(name="d", notebook=entries[2:], expand={"channels": "channels"})
    with pytest.raises(UsageError, match="nothing that can be chosen"):
        expand(nothing, date(2024, 3, 31), store=None)


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
    specs = expand(definition, date(2024, 3, 31), store)
    store.close()
    assert len(specs) == (1 if not definition.expand else len({s.slug for s in specs}))
    assert len(specs) > 1 or not definition.expand


@pytest.mark.parametrize("name", ANALYSES)
def test_a_notebook_records_exactly_the_numbers_of_its_headline(name, small_shop, tmp_path):
    """Alerts are checked against all that may be; only the parameters and the last cell are run.

    That each of these is recorded of some source is shown in ``test_any_table``.
    """
    node = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    code = [cell for cell in node.cells if cell.cell_type == "code"]
    node.cells = [*code[:3], code[-1]]
    nbformat.write(node, tmp_path / f"{name}.ipynb")
    result = execute_notebook(
        tmp_path / f"{name}.ipynb", tmp_path / "executed.ipynb", {"source": str(small_shop)}
    )
    assert result.failure == ""
    recorded = [number["name"] for number in result.numbers]
    store = open_store(small_shop)
    assert recorded == [one.name for one in ANALYSES[name].headline(store, ANALYSES[name].view())]
    store.close()
    assert set(recorded) <= set(ANALYSES[name].records)
    assert len(set(recorded)) == len(recorded)
    assert json.dumps(result.numbers)
