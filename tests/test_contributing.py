"""CONTRIBUTING's worked examples, tried as a new contributor would: copied, built, looked at."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.conftest import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
#: A line that is a path alone, then the file.
FILES = dict(
    re.findall(r"^`([\w/.]+\.py)`\n\n```python\n(.*?)```$", PAGE, re.MULTILINE | re.DOTALL)
)
NAME = "channel_sales"
COPIED = ("ops_widgets", "notebooks", "docs", "tests", "examples")
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
COMMENT = "  # what a newcomer would want to know of it"
#: Prints what a notebook's parameters cell holds, and its title.
DEFAULTS = """
import json, sys
from ops_widgets.analyses import ANALYSES
one = ANALYSES[sys.argv[1]]
print(json.dumps({"parameters": one.view.parse({}).parameters(), "title": one.title}))
"""


def files_of(folder):
    return {path: text for path, text in FILES.items() if folder in path}


@pytest.fixture(scope="module")
def clone(tmp_path_factory, ready_home):
    """A copy of the project with the example in it; ``clone.run(...)`` runs Python there."""
    return Clone(tmp_path_factory.mktemp("clone"), ready_home)


class Clone:
    """A copy of the project to which a newcomer adds."""

    def __init__(self, folder, environment):
        self.folder = folder
        without = shutil.ignore_patterns("__pycache__", "images")
        for name in COPIED:
            shutil.copytree(ROOT / name, folder / name, ignore=without)
        (folder / "reports").mkdir()
        for path in (ROOT / "reports").glob("*.*"):
            shutil.copy(path, folder / "reports" / path.name)
        for path in filter(Path.is_file, ROOT.iterdir()):
            shutil.copy(path, folder / path.name)
        (folder / "docs" / "images").symlink_to(ROOT / "docs" / "images")
        (folder / "benchmarks").symlink_to(ROOT / "benchmarks")
        shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns(".ops"))
        self.environment = environment | {
            "PYTHONPATH": str(folder),
            "OPS_STORE": str(folder / "store"),
        }

    def add(self, files):
        """Write new files; none of them may be there."""
        for path, text in files.items():
            target = self.folder / path
            assert not target.exists(), f"{path} is an edit, not a new file"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")

    def add_notebook(self, name, panels):
        """The notebook as the page describes it."""
        said = json.loads(self.run("-c", DEFAULTS, name))
        lines = [f"{k} = {v!r}{COMMENT}" for k, v in said["parameters"].items()]
        wiring = ["from ops_widgets.widgets.page import open_page", ""]
        wiring += [f'page = open_page("{name}", globals())']
        cells = [
            new_code_cell("\n".join(lines), metadata={"tags": ["parameters"]}),
            new_code_cell("\n".join(wiring)),
            *map(new_code_cell, ("page.header()", "page.controls()", "page.numbers()")),
        ]
        for panel in panels:
            cells += [new_markdown_cell("A sentence."), new_code_cell(f'page.panel("{panel}")')]
        cells += [new_markdown_cell("**How this is calculated.**"), new_code_cell("page.record()")]
        notebook = new_notebook(cells=cells, metadata=KERNEL | {"title": said["title"]})
        nbformat.write(notebook, self.folder / "notebooks" / f"{name}.ipynb")

    def run(self, *arguments):
        """What Python prints in the clone."""
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def renew_docs(self):
        """The pages that are written from code."""
        for module, page in (
            ("ops_widgets.analyses.terms_page", "terms"),
            ("ops_widgets.contract.dictionary", "data-dictionary"),
        ):
            (self.folder / "docs" / f"{page}.md").write_text(self.run("-m", module), "utf-8")


@pytest.fixture(scope="module")
def with_notebook(clone):
    """The clone with the example's notebook."""
    clone.add(files_of(f"analyses/{NAME}"))
    clone.add_notebook(NAME, ["by_channel", "by_day"])
    clone.renew_docs()
    return clone


def test_an_analysis_takes_three_files_a_panel_one_and_a_table_three():
    assert sorted(FILES) == sorted(
        [
            f"ops_widgets/analyses/{NAME}/__init__.py",
            f"ops_widgets/analyses/{NAME}/view.py",
            f"ops_widgets/analyses/{NAME}/by_channel.py",
            f"ops_widgets/analyses/{NAME}/by_day.py",
            "ops_widgets/contract/tables/stockouts.py",
            "ops_widgets/summaries/tables/stockout_month.py",
            "ops_widgets/samples/tables/stockouts.py",
        ]
    )


def test_the_tests_that_read_the_registry_are_content(with_notebook):
    files = ("setup_notebooks", "floors", "docs", "views", "answers")
    with_notebook.run("-m", "pytest", "-q", *(f"tests/test_{name}.py" for name in files))


def test_it_is_a_report(with_notebook):
    page = with_notebook.run(
        "-m", "ops_widgets.cli", "report", NAME, "--source", "data/samples", "-p", "days=14"
    ).strip()
    text = Path(page).with_name(f"{NAME}.html").read_text("utf-8")
    assert "Which channel sells most?" in text
    assert "<svg" in text
    assert (Path(page).parent / "tables" / NAME / "which-channel-sells-most.csv").is_file()


def test_it_is_an_app(with_notebook, start, visitor):
    code = "from ops_widgets.cli import app; app()"
    samples = str(with_notebook.folder / "data" / "samples")
    apps = start(
        ["-c", code, "serve", "--source", samples, "--port", "{port}"],
        with_notebook.environment,
        with_notebook.folder,
    )
    visitor.goto(apps)
    visitor.get_by_role("link", name="Channel sales").wait_for()
    visitor.goto(f"{apps}/apps/{NAME}/live?days=14")
    visitor.wait_for_function("document.documentElement.dataset.opsReady === 'yes'", timeout=90_000)
    assert visitor.locator(".ops-panel svg").count() >= 1
    assert visitor.get_by_text("Which channel sells most?").first.is_visible()
    assert visitor.tried == []


def test_it_is_alive_in_jupyterlab(with_notebook, start, visitor, tmp_path):
    from ops_widgets.publish.lab import lab_environment

    arguments = ["-m", "jupyterlab", "--no-browser", "--port={port}", "--allow-root"]
    arguments += ["--ServerApp.ip=127.0.0.1", "--IdentityProvider.token="]
    arguments += [f"--ServerApp.root_dir={with_notebook.folder}"]
    arguments += [f"--LabApp.workspaces_dir={tmp_path}"]
    source = lab_environment(with_notebook.folder / "data" / "samples")
    lab = start(arguments, with_notebook.environment | source, with_notebook.folder)
    visitor.set_viewport_size({"width": 1280, "height": 2000})
    visitor.goto(f"{lab}/lab/tree/notebooks/{NAME}.ipynb?reset")
    visitor.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    visitor.get_by_role("menuitem", name="Run", exact=True).click()
    visitor.get_by_text("Run All Cells", exact=True).click()
    visitor.wait_for_function("document.querySelector('.ops-view svg')", timeout=60_000)
    visitor.locator("form.ops-controls .ops-pill", has_text="Period").first.wait_for()


@pytest.fixture(scope="module")
def with_table(with_notebook):
    """The clone with the example's table as well, and what is written from it renewed."""
    with_notebook.add(files_of("stockout"))
    with_notebook.renew_docs()
    with_notebook.run("-m", "tests.test_summary_versions")
    with_notebook.run("-m", "ops_widgets.cli", "sample", "--out", "data/samples")
    return with_notebook


def test_a_table_is_checked_sampled_summarized_and_documented(with_table):
    with_table.run("-m", "ops_widgets.cli", "prepare", "data/samples")
    said = with_table.run(
        "-c",
        "from ops_widgets.summaries.store import open_store\n"
        "found = open_store('data/samples').query('select sum(days) as n from stockout_month')\n"
        "print(int(found['n'][0]))",
    )
    assert said.split()[-1] == "30"
    assert "## stockouts" in (with_table.folder / "docs" / "data-dictionary.md").read_text("utf-8")
    changed = [
        path.name
        for path in filter(Path.is_file, (ROOT / "data" / "samples").iterdir())
        if path.read_bytes() != (with_table.folder / "data" / "samples" / path.name).read_bytes()
    ]
    assert changed == ["truth.json"], "no other table of the shop is another one"


def test_the_tests_of_tables_are_content(with_table):
    files = ("docs", "contract", "sources_examples", "summary_versions", "summaries_portable")
    # Of facts and checks, which the new table has no part in, those of the project itself are run.
    chosen = ("-k", "not partials_compile and not checks_compile")
    with_table.run("-m", "pytest", "-q", *chosen, *(f"tests/test_{name}.py" for name in files))
