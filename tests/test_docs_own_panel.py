"""A panel of your own: the page's cells as they stand there, as a report and alive; links and views
as Python.
"""

import csv
import io
import re
from contextlib import suppress

import nbformat
import pandas as pd
import pytest
from nbformat.reader import NotJSONError

from ops_widgets.analyses import ANALYSES
from ops_widgets.periods import day_number
from ops_widgets.publish.lab import lab_environment
from ops_widgets.publish.notebooks.execute import execute_notebook
from ops_widgets.views.frames import in_whole_currency
from ops_widgets.widgets.page import Page
from ops_widgets.widgets.render import PANEL_TYPE
from tests.conftest import ROOT, SAMPLES

NAME = "campaign_performance"
TEXT = (ROOT / "docs" / "your-own-panel.md").read_text("utf-8")
CELLS = re.findall(r"^```python\n(.*?)```$", TEXT, re.MULTILINE | re.DOTALL)
DEAR, SOLD = "Which dear campaigns brought least?", "What sold in these days?"


def with_cells(path):
    """The campaign notebook with the page's cells before the one that records; written to path."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{NAME}.ipynb", as_version=4)
    notebook.cells[-1:-1] = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def page(store, monkeypatch):
    """The campaign page in a notebook that a person looks at."""
    for name in ("OPS_RENDER", "SERVER_SOFTWARE", "OPS_APPS_URL"):
        monkeypatch.delenv(name, raising=False)
    return Page(ANALYSES[NAME], ANALYSES[NAME].view(), store)


def test_the_first_panel_takes_three_lines():
    lines = [line for line in CELLS[0].splitlines() if line and "import" not in line]
    assert len(lines) == 4, "a function of two lines with its head, and the panel"


def test_the_cells_are_panels_of_a_report(ready_home, store, tmp_path, monkeypatch):
    monkeypatch.setenv("OPS_STORE", ready_home["OPS_STORE"])
    path = with_cells(tmp_path / f"{NAME}.ipynb")
    parameters = {"source": str(SAMPLES), "days": 365}
    result = execute_notebook(path, tmp_path / "done.ipynb", parameters)
    assert result.failure == ""
    shown = {}
    for cell in result.node.cells:
        for output in cell.get("outputs", ()):
            if PANEL_TYPE in output.get("data", {}):
                panel = output["data"][PANEL_TYPE]
                shown[panel["title"]] = panel | {"html": output["data"]["text/html"]}
    dear = list(csv.DictReader(io.StringIO(shown[DEAR]["tables"][0]["csv"])))
    everything = ANALYSES[NAME].panel("by_campaign").compute(store, ANALYSES[NAME].view(days=365))
    expected = everything[everything["cost"] > 500_000].sort_values("roas")
    assert 0 < len(expected) < len(everything)
    assert [row["Campaign"] for row in dear] == list(expected["name"])
    assert [float(row["Cost (CNY)"]) for row in dear] == pytest.approx(list(expected["cost"] / 100))
    assert "<svg" in shown[SOLD]["html"]


def test_the_cells_follow_the_controls(page):
    names = {"page": page}
    for cell in CELLS:
        exec(cell, names)
    dear, sold = page._components
    before = dear._widget.body, sold._widget.body
    assert "A Quiet Winter" in before[0]
    page.look_at(page.view.replace(days=365))
    assert "Picnic Guide" not in dear._widget.body, "it is cheap"
    assert dear._widget.body.count("<tr") > before[0].count("<tr")
    # Of the 731 days of the data a view looks at 730.
    first = {"first": day_number(page.store.first_day)}
    sums = page.store.query(
        "select sum(net_revenue)::double as n from sales_day where day > $first", first
    )
    rows = names["by_category"](page.store, page.view.replace(days=730))
    assert rows["sold"].sum() == pytest.approx(sums["n"][0] / 100)
    assert names["by_category"](page.store, page.view)["sold"].sum() < rows["sold"].sum()
    assert sold._widget.body != before[1]


def test_whole_currency_is_money_divided_once_and_says_so():
    frame = pd.DataFrame({"name": ["a", "b"], "cost": [150.0, None], "clicks": [7, 8]})
    frame.attrs = {
        "labels": {"name": "Campaign", "cost": "Cost", "clicks": "Clicks"},
        "formats": {"name": "text", "cost": "money", "clicks": "integer"},
        "currency": "JPY",
        "minor_digits": 0,
    }
    yen = in_whole_currency(frame)
    assert yen["cost"][0] == 150.0
    frame.attrs["currency"], frame.attrs["minor_digits"] = "EUR", 2
    euros = in_whole_currency(frame)
    assert euros["cost"][0] == 1.5 and pd.isna(euros["cost"][1])
    assert list(euros["clicks"]) == [7, 8]
    assert euros.attrs["labels"]["cost"] == "Cost (EUR)"
    assert euros.attrs["formats"]["cost"] == "decimal"
    assert in_whole_currency(euros)["cost"][0] == 1.5, "only once"
    assert (frame["cost"][0], frame.attrs["formats"]["cost"]) == (150.0, "money")


def test_the_frame_of_a_panel_is_that_of_the_view_now(page):
    first = page.frame("by_campaign")
    assert not [name for name in first.columns if name.startswith("ops_")]
    page.look_at(page.view.replace(days=365))
    assert len(page.frame("by_campaign")) > len(first)
    raw = ANALYSES[NAME].panel("by_campaign").compute(page.store, page.view)
    assert page.frame("by_campaign")["cost"].sum() == pytest.approx(raw["cost"].sum() / 100)


def test_what_is_picked_is_python(page):
    assert page.view.selection == {}
    picked = page.view.replace(campaign="Spring Coupons", since="2025-06-01")
    assert picked.selection == {"campaign": "Spring Coupons", "since": picked.since}


def test_the_link_is_that_of_the_app_and_says_no_source(page, monkeypatch):
    assert page.link() == f"apps/{NAME}"
    page.look_at(page.view.replace(days=28, source="/srv/secret", campaign="Spring Coupons"))
    assert page.link() == f"apps/{NAME}?days=28&campaign=Spring+Coupons"
    monkeypatch.setenv("OPS_APPS_URL", "https://shop.example/ops/")
    assert page.link() == f"https://shop.example/ops/apps/{NAME}?days=28&campaign=Spring+Coupons"


def test_where_nobody_can_take_the_parameters_they_are_printed(page, capsys):
    page.look_at(page.view.replace(days=28))
    page.write_parameters()
    assert "days = 28  # " in capsys.readouterr().out


def test_in_jupyterlab_they_follow_the_controls_and_the_view_goes_into_its_cell(
    start, ready_home, visitor, tmp_path
):
    (tmp_path / "notebooks").mkdir()
    with_cells(tmp_path / "notebooks" / "own.ipynb")
    arguments = ["-m", "jupyterlab", "--no-browser", "--port={port}", "--allow-root"]
    arguments += ["--ServerApp.ip=127.0.0.1", "--IdentityProvider.token="]
    arguments += [f"--ServerApp.root_dir={tmp_path}", f"--LabApp.workspaces_dir={tmp_path / 'w'}"]
    lab = start(arguments, ready_home | lab_environment(SAMPLES))
    visitor.set_viewport_size({"width": 1280, "height": 9000})  # JupyterLab draws what is seen
    visitor.goto(f"{lab}/lab/tree/notebooks/own.ipynb?reset")
    visitor.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
    visitor.get_by_role("menuitem", name="Run", exact=True).click()
    visitor.get_by_text("Run All Cells", exact=True).click()
    own = visitor.locator(".ops-panel.lm-Widget").filter(has_text=DEAR)
    own.locator("table tbody tr").first.wait_for(state="attached", timeout=90_000)
    rows = own.locator("table tbody tr").count()
    code = "page.look_at(page.view.replace(days=365))\npage.write_parameters()"
    cell = visitor.locator(".jp-CodeCell").first
    assert "days = 90" in cell.inner_text()
    cell.locator(".cm-content").click()
    visitor.keyboard.press("ControlOrMeta+a")
    visitor.keyboard.insert_text(code)
    visitor.keyboard.press("ControlOrMeta+Enter")
    visitor.wait_for_function(
        "document.querySelector('.jp-CodeCell .cm-content').innerText.includes('days = 365')",
        timeout=90_000,
    )
    text = cell.locator(".cm-content").inner_text()
    assert "source = " in text and "  # " in text and "write_parameters" not in text
    own.locator("table tbody tr").nth(rows).wait_for(state="attached", timeout=60_000)
    visitor.keyboard.press("ControlOrMeta+s")
    saved = tmp_path / "notebooks" / "own.ipynb"
    first = None
    for _ in range(100):
        # While JupyterLab writes it, the file may be empty.
        with suppress(NotJSONError):
            first = nbformat.read(saved, as_version=4).cells[0]
            if "days = 365" in first.source:
                break
        visitor.wait_for_timeout(100)
    assert "days = 365  # " in first.source
    assert first.metadata["tags"] == ["parameters"]
