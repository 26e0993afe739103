"""Every table that a panel hands on becomes a file that a spreadsheet opens."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from ops_widgets.publish.reports.tables import write_tables
from ops_widgets.widgets.render import PANEL_TYPE


def notebook(*panels):
    """A notebook whose panels hand on the ``(name, csv)`` of their tables."""
    cells = [
        new_code_cell(
            "",
            outputs=[
                new_output(
                    "display_data",
                    {
                        "text/html": "<p>shown</p>",
                        PANEL_TYPE: {
                            "title": "A panel",
                            "tables": [{"name": name, "csv": csv} for name, csv in tables],
                        },
                    },
                )
            ],
        )
        for tables in panels
    ]
    return new_notebook(cells=[new_markdown_cell("prose"), *cells])


def test_a_table_is_written_byte_for_byte_after_the_mark_of_utf_8(tmp_path):
    text = 'Month,商店\r\n2024-01,"1,5"\r\n'
    (path,) = write_tables(notebook([("who-came", text)]), tmp_path / "tables")
    assert path == tmp_path / "tables" / "who-came.csv"
    assert path.read_bytes() == b"\xef\xbb\xbf" + text.encode()


def test_tables_of_one_name_get_numbers_and_none_is_lost(tmp_path):
    node = notebook([("who", "a"), ("who", "b")], [], [("what", "c"), ("who", "d")])
    paths = write_tables(node, tmp_path)
    assert [path.name for path in paths] == ["who.csv", "who-2.csv", "what.csv", "who-3.csv"]
    assert [path.read_text("utf-8-sig") for path in paths] == ["a", "b", "c", "d"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/x", "a/b", "..", "", "x" * 500])
def test_a_name_never_leaves_the_folder(tmp_path, name):
    (path,) = write_tables(notebook([(name, "a")]), tmp_path / "tables")
    assert path.parent == tmp_path / "tables" and path.is_file()


def test_outputs_without_data_leave_no_folder(tmp_path):
    html = new_output("display_data", {"text/html": '<a download="x.csv" href="data:,">CSV</a>'})
    node = new_notebook(cells=[new_code_cell("", outputs=[html])])
    assert write_tables(node, tmp_path / "tables") == []
    assert not (tmp_path / "tables").exists()
