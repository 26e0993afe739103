"""Numbers for other parameters: the same that a whole run would have recorded, without drawing."""

import time

import nbformat
import pytest

from ops_widgets.charts.formats import Number
from ops_widgets.publish.changes.recompute import Request, recompute
from ops_widgets.publish.notebooks.execute import execute_notebook
from ops_widgets.views.analysis import Panel
from ops_widgets.views.comparison import Headline
from ops_widgets.widgets.page import Page
from ops_widgets.widgets.render import NUMBERS_TYPE
from tests.throwaway import FirstView, analysis_of, write_notebook

COUNTING = """
from IPython.display import display
display({"application/vnd.ops-widgets.numbers+json": {"missing": "", "numbers": [
    {"name": "doubled", "label": "Doubled", "value": 2 * periods, "format": "integer"},
    {"name": "code", "label": "Code", "value": len(code), "format": "integer"}]}}, raw=True)
"""


def counting(folder, name="counting", *cells):
    return write_notebook(folder, name, *cells, COUNTING, record=False)


def test_parameters_take_the_place_of_the_notebooks_own(tmp_path):
    path = counting(tmp_path)
    own, other = recompute([Request(path, {}), Request(path, {"periods": 7})], folder=tmp_path)
    assert (own.value("doubled"), other.value("doubled")) == (24, 14)
    assert own.value("nothing of that name") is None


def test_what_an_earlier_run_injected_stays_unless_it_is_asked_for(tmp_path):
    path, executed = counting(tmp_path), tmp_path / "executed.ipynb"
    execute_notebook(path, executed, {"periods": 20, "code": "long"})
    first, second = recompute(
        [Request(executed, {}), Request(executed, {"periods": 3})], folder=tmp_path
    )
    assert (first.value("doubled"), first.value("code")) == (40, 4)
    assert (second.value("doubled"), second.value("code")) == (6, 4)


def test_a_record_that_is_the_cells_last_expression_counts(tmp_path):
    shown = COUNTING.replace("from IPython.display import display\ndisplay(", "shown(").replace(
        ", raw=True)", ")"
    )
    told = "from ops_widgets.widgets.component import Shown as shown"
    path = write_notebook(tmp_path, "shown", told, shown, record=False)
    assert recompute([Request(path, {})], folder=tmp_path)[0].value("doubled") == 24


def test_one_request_knows_nothing_of_the_one_before(tmp_path):
    first = counting(tmp_path, "first", "left_behind = 1")
    second = counting(tmp_path, "second", "left_behind")
    answers = recompute([Request(first, {}), Request(second, {})], folder=tmp_path)
    assert answers[0].reason == ""
    assert "NameError" in answers[1].reason


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("this is no Python", "SyntaxError"),
        ("raise ValueError('one\\ntwo')", "ValueError: one two"),
    ],
)
def test_an_error_is_told_and_the_next_request_is_answered(tmp_path, cell, says):
    bad, good = counting(tmp_path, "bad", cell), counting(tmp_path, "good")
    answers = recompute([Request(bad, {}), Request(good, {})], folder=tmp_path)
    assert says in answers[0].reason and "\n" not in answers[0].reason
    assert answers[0].numbers == []
    assert answers[1].value("doubled") == 24


def test_what_cells_print_is_no_answer(tmp_path):
    path = counting(tmp_path, "loud", "print('[]')", "import os; os.system('echo []')")
    assert recompute([Request(path, {})], folder=tmp_path)[0].value("doubled") == 24


def test_a_parameter_is_a_value_and_never_code(tmp_path):
    trap = '"); raise SystemExit("' + "'''\n${HOME}{periods}"
    (answer,) = recompute([Request(counting(tmp_path), {"code": trap})], folder=tmp_path)
    assert answer.value("code") == len(trap)


def test_a_cell_that_hangs_costs_its_own_answer_and_those_after_it(tmp_path):
    good = counting(tmp_path, "good")
    hung = counting(tmp_path, "hung", "import subprocess; subprocess.run(['sleep', '3600'])")
    began = time.monotonic()
    answers = recompute(
        [Request(good, {}), Request(hung, {}), Request(good, {})], folder=tmp_path, timeout=8
    )
    assert time.monotonic() - began < 200  # not the hour that the cell asked for
    assert answers[0].value("doubled") == 24
    assert "time" in answers[1].reason and "time" in answers[2].reason


def test_a_process_that_dies_leaves_a_reason(tmp_path):
    path = counting(tmp_path, "dying", "import os; os._exit(0)")
    (answer,) = recompute([Request(path, {})], folder=tmp_path)
    assert "ended early" in answer.reason


def test_a_file_that_is_no_notebook_is_told(tmp_path):
    path = tmp_path / "torn.ipynb"
    path.write_text("{")
    assert "torn.ipynb cannot be read" in recompute([Request(path, {})], folder=tmp_path)[0].reason


def test_a_notebook_without_a_parameters_cell_takes_parameters_too(tmp_path):
    path = tmp_path / "bare.ipynb"
    cells = [nbformat.v4.new_code_cell(COUNTING)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    (answer,) = recompute([Request(path, {"periods": 5, "code": ""})], folder=tmp_path)
    assert answer.value("doubled") == 10


def test_nothing_is_asked_of_nobody():
    assert recompute([]) == []


def test_a_page_that_is_asked_for_numbers_alone_computes_nothing_else(monkeypatch):
    monkeypatch.setenv("OPS_RENDER", "numbers")
    asked = []

    def compute(_store, _view):
        asked.append(compute)
        return [Number("orders", "Orders", 3, "integer")]

    analysis = analysis_of(FirstView, headline=Headline((), compute))
    page = Page(analysis, FirstView(), None)
    panel = Panel("sales", "Sales?", compute)
    for shown in (page.header(), page.controls(), page.numbers(), page.panel(panel)):
        assert shown._repr_mimebundle_() == {}
    assert asked == []
    assert page.record().bundle[NUMBERS_TYPE]["numbers"][0]["value"] == 3
