"""Small notebooks and a small shop's manifest, for tests of what runs and publishes notebooks."""

from pathlib import Path
from typing import Any, ClassVar

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from pydantic import Field

from ops_widgets.analyses import ANALYSES
from ops_widgets.views.analysis import Analysis
from ops_widgets.views.base import Names, View
from ops_widgets.views.comparison import Headline

PARAMETERS = 'source = ""\nas_of = ""\ncode = "x"\nperiods = 12\nstrict = True\nchannels = []'
RECORD = """
from IPython.display import display
display({"application/vnd.ops-widgets.numbers+json": {"missing": "", "numbers": [
    {"name": "gmv", "label": "GMV", "value": 123_456_789, "format": "money",
     "currency": "GBP", "minor_digits": 2, "detail": "12 months"}]}}, raw=True)
"""
MANIFEST = {
    "source": {"name": "corner shop", "currency": "GBP"},
    "first_day": "2023-01-05",
    "last_day": "2024-06-30",
    "built_at": "2024-07-01T04:05:06",
    "check": {
        "tables": {
            "orders": {
                "rows_in": 1000,
                "rows_rejected": 12,
                "rules": [
                    {
                        "rule": "exact_duplicate",
                        "severity": "reject",
                        "count": 12,
                        "remedy": "One copy is used.",
                    },
                    {
                        "rule": "customer_unknown",
                        "severity": "note",
                        "count": 40,
                        "remedy": "Map an id.",
                    },
                ],
            },
            "products": {"rows_in": 50, "rows_rejected": 0, "rules": []},
        }
    },
}


class FirstView(View):
    notebook: ClassVar[str] = "first"

    code: str = Field("x", title="Code")
    periods: int = Field(12, ge=2, le=26, title="Periods")
    strict: bool = Field(True, title="Strict")
    channels: Names = Field((), title="Channels")


class SecondView(View):
    notebook: ClassVar[str] = "second"

    weeks: int = Field(26, ge=4, le=104, title="Weeks")


def no_numbers(_store: Any, _view: View) -> list[Any]:
    """The headline of an analysis that has none."""
    return []


def analysis_of(view: type[View], **fields: Any) -> Analysis:
    """An analysis that has a view, and of the rest what ``fields`` say."""
    usual = {
        "title": view.notebook.capitalize(),
        "question": "",
        "headline": Headline((), no_numbers),
    }
    return Analysis(package=f"tests.{view.notebook}", view=view, **(usual | fields))


def only_analyses(monkeypatch: pytest.MonkeyPatch, *analyses: Analysis) -> None:
    """Let these be all analyses there are, until the test ends."""
    for name in reversed(list(ANALYSES)):  # what is undone last first comes back in its order
        monkeypatch.delitem(ANALYSES, name)
    for one in analyses:
        monkeypatch.setitem(ANALYSES, one.name, one)


def write_notebook(folder: Path, name: str, *cells: str, record: bool = True) -> Path:
    """A notebook of a parameters cell, ``cells`` (Markdown when they begin with #) and a record."""
    made = [new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    made += [new_markdown_cell(c) if c.startswith("#") else new_code_cell(c) for c in cells]
    made += [new_code_cell(RECORD)] if record else []
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=made, metadata={"title": f"The {name} one"}), path)
    return path
