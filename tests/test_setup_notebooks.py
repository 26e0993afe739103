"""Notebooks are committed thin: parameters first, no outputs, no definitions, numbers last."""

import ast
from pathlib import Path

import nbformat
import pytest

from ops_widgets.analyses import ANALYSES

ROOT = Path(__file__).parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def parameters_cells(notebook):
    return [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]


def parameters(notebook):
    """Name and value of each assignment of the parameters cell."""
    [cell] = parameters_cells(notebook)
    body = ast.parse(cell.source).body
    assert all(isinstance(line, ast.Assign) for line in body)
    return {line.targets[0].id: ast.literal_eval(line.value) for line in body}


def test_every_analysis_has_its_notebook_and_every_notebook_its_analysis():
    assert {path.stem for path in PATHS} == set(ANALYSES)


def test_it_is_committed_without_outputs(notebook):
    for cell in code_cells(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
    assert "widgets" not in notebook.metadata


def test_its_parameters_are_those_of_its_view_with_the_same_defaults(path, notebook):
    """Papermill only warns of a parameter that the notebook does not know."""
    assert parameters(notebook) == ANALYSES[path.stem].view.parse({}).parameters()


def test_every_parameter_is_a_literal_with_a_comment(notebook):
    """Papermill injects after this cell: what is derived here would go stale."""
    assert parameters(notebook)
    [cell] = parameters_cells(notebook)
    assert all("  # " in line for line in cell.source.splitlines())


def test_code_lives_beside_it(notebook):
    for cell in code_cells(notebook):
        nodes = ast.walk(ast.parse(cell.source))
        assert not any(isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Lambda) for n in nodes)


def test_it_is_short(notebook):
    lengths = sorted(len(cell.source.splitlines()) for cell in code_cells(notebook))
    # Most panels ask one question each; the campaigns' eighteen are the most that one page has.
    assert 5 <= len(lengths) <= 25
    assert lengths[len(lengths) // 2] <= 5


def test_it_ends_with_how_this_is_calculated_and_the_record(notebook):
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert "how this is calculated" in prose[-1].lower()
    assert notebook.cells[-1].source.startswith("page.record(")


def test_it_has_the_title_of_its_analysis(path, notebook):
    assert notebook.metadata.title == ANALYSES[path.stem].title


def test_its_wiring_is_one_line(path, notebook):
    [wiring] = [c.source for c in code_cells(notebook) if "import" in c.source]
    assert wiring.splitlines()[-1] == f'page = open_page("{path.stem}", globals())'
    assert len(wiring.splitlines()) == 3


def test_it_shows_every_panel_of_its_analysis_once(path, notebook):
    shown = [c.source for c in code_cells(notebook) if c.source.startswith("page.panel(")]
    assert sorted(shown) == sorted(f'page.panel("{p}")' for p in ANALYSES[path.stem].panels())
