"""The parameters cell of a view: valid Python that means this view, with the comments kept."""

import json
from datetime import date

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.views.parameters_cell import cell_among, parameters_cell
from tests.conftest import ROOT


def committed(name):
    """The parameters cell of a notebook as it is committed."""
    cells = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
    return "".join(cells[0]["source"])


def meant(text, kind):
    """The view that a cell means, run as a notebook runs it."""
    names = {}
    exec(text, names)
    return kind.from_parameters(names)


def comments(text):
    return [line.partition("  # ")[2] for line in text.splitlines()]


@pytest.mark.parametrize("name", ANALYSES)
def test_the_cell_of_the_default_view_is_the_one_that_is_committed(name):
    assert parameters_cell(ANALYSES[name].view(), committed(name)) == committed(name)


def test_a_turned_view_is_written_into_its_lines_and_nothing_else_changes():
    kind = ANALYSES["cohort_activity"].view
    view = kind(
        as_of=date(2025, 5, 31), periods=6, channels=("app",), cohort="2025-01", cohorts="month"
    )
    before = committed("cohort_activity").splitlines()
    after = parameters_cell(view, "\n".join(before)).splitlines()
    assert comments("\n".join(after)) == comments("\n".join(before))
    changed = [
        new.partition("  # ")[0] for old, new in zip(before, after, strict=True) if old != new
    ]
    assert changed == [
        'as_of = "2025-05-31"',
        "periods = 6",
        'channels = ["app"]',
        'cohort = "2025-01"',
    ]
    assert meant("\n".join(after), kind) == view


HOSTILE = [
    'a"b',
    "back\\slash",
    "new\nline",
    "名 前",
    "it's",
    "{x}",
    "# no comment",
    "\u2028",
    "🎉",
]


def test_any_name_comes_back_as_it_was():
    """Names come from the data: a quote in one of them must not end the text."""
    kind = ANALYSES["cohort_activity"].view
    view = kind(channels=tuple(HOSTILE), categories=("x",))
    for cell in ("", committed("cohort_activity")):
        assert meant(parameters_cell(view, cell), kind) == view


def test_the_source_stays_as_the_cell_has_it():
    """A server looks at a source of its own, whose path is nobody's business."""
    view = ANALYSES["cohort_activity"].view(source="/srv/secret", weeks=8)
    text = parameters_cell(view, 'source = "shop"  # ours\nweeks = 26\n')
    assert text.splitlines()[:2] == ['source = "shop"  # ours', "weeks = 8"]
    assert "/srv/secret" not in text


def test_lists_over_several_lines_types_and_other_code_are_left_in_place():
    kind = ANALYSES["cohort_activity"].view
    cell = (
        "# Ünser shop\nchannels = [\n    'app',\n    'web',\n]  # where\n"
        "weeks: int = 26  # help\nperiods = 3 * 4\n"
    )
    text = parameters_cell(kind(channels=("é",), weeks=9), cell)
    assert text.splitlines()[:4] == [
        "# Ünser shop",
        'channels = ["é"]  # where',
        "weeks: int = 9  # help",
        "periods = 3 * 4",
    ]


def test_without_a_cell_every_parameter_says_what_it_is():
    kind = ANALYSES["cohort_activity"].view
    lines = parameters_cell(kind(weeks=8)).splitlines()
    assert [line.split(" = ")[0] for line in lines] == list(kind.model_fields)
    assert "weeks = 8  # how many weeks of growth accounting" in lines


def test_the_parameters_cell_is_found_among_all_that_was_run():
    kind = ANALYSES["cohort_activity"].view
    own = "periods = 3\nweeks = 5"
    runs = ["", "weeks = 8", own, "%matplotlib inline", "x = 1", "page.header()", "weeks ="]
    assert cell_among(runs, kind) == own
    assert cell_among([*runs, "periods = 4\nweeks = 6"], kind) == "periods = 4\nweeks = 6"
    assert cell_among(["x = 1", "weeks = page"], kind) == ""
