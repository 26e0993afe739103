"""A run is complete when every cell ran and the numbers were recorded; nothing else counts."""

import os
import sys

import pytest

from ops_widgets.publish.notebooks.execute import execute_notebook
from tests.throwaway import write_notebook


def run(folder, *cells, record=True, **parameters):
    path = write_notebook(folder, "notebook", *cells, record=record)
    return execute_notebook(path, folder / "executed.ipynb", parameters)


def printed(result):
    return [
        output.text
        for cell in result.node.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream"
    ]


def test_a_complete_run_has_its_numbers_and_no_failure(tmp_path):
    result = run(tmp_path, "1 + 1")
    assert result.failure == ""
    assert result.title == "The notebook one"
    assert result.numbers[0]["value"] == 123_456_789


def test_leaving_early_with_success_is_a_failure(tmp_path):
    """``sys.exit(0)`` makes Papermill itself report success, with later cells never run."""
    result = run(tmp_path, "import sys; sys.exit(0)", "print('never')")
    assert result.failure.startswith("It stopped at step 2 of 4:")
    assert result.numbers == []


def test_an_exception_is_told_in_one_sentence(tmp_path):
    result = run(tmp_path, "1 / 0", code="y")
    assert result.failure == "It stopped at step 2 of 3: ZeroDivisionError: division by zero."


def test_our_own_errors_speak_for_themselves(tmp_path):
    result = run(
        tmp_path,
        "from ops_widgets.errors import DataError\n"
        "raise DataError('orders has no rows.', 'Map another file.')",
    )
    assert result.failure.endswith(": orders has no rows. Map another file.")


def test_a_killed_kernel_is_a_failure(tmp_path):
    result = run(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert "kernel died" in result.failure


def test_a_notebook_that_records_nothing_is_not_complete(tmp_path):
    assert run(tmp_path, "1 + 1", record=False).failure == (
        "Its last step recorded no headline numbers."
    )


def test_parameters_arrive_with_their_types(tmp_path):
    """On Papermill's own command line 007 becomes 7 and false a true text."""
    result = run(
        tmp_path,
        "print([code, strict, periods, channels])",
        code="007",
        strict=False,
        periods=3,
        channels=["app", "web"],
    )
    assert printed(result) == ["['007', False, 3, ['app', 'web']]\n"]


def test_the_kernel_is_this_python_renders_static_and_sees_no_visitor(tmp_path, monkeypatch):
    monkeypatch.setenv("OPS_SOURCE", "/elsewhere")
    monkeypatch.setenv("QUERY_STRING", "periods=3")
    before = dict(os.environ)
    result = run(
        tmp_path,
        "import os, sys\n"
        "wanted = ('OPS_RENDER', 'OPS_SOURCE', 'QUERY_STRING')\n"
        "print([sys.prefix, os.getcwd(), *map(os.environ.get, wanted)])",
    )
    assert printed(result) == [f"{[sys.prefix, str(tmp_path), 'static', None, None]}\n"]
    assert dict(os.environ) == before


@pytest.mark.parametrize("name", ["with {braces}", "{source}", "a b'c"])
def test_any_folder_name_will_do(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    assert run(folder, source="x").failure == ""


def test_a_run_is_silent(tmp_path, capfd):
    run(tmp_path, "import warnings; warnings.warn('hm')", "1 / 0")
    assert capfd.readouterr() == ("", "")
