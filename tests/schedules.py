"""A desk of scheduled reports: a small shop, small notebooks, definitions, runs, and ``ops``."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

import ops_widgets
from ops_widgets.publish.notebooks.execute import ReportKernel
from ops_widgets.publish.reports import execution, pipeline
from ops_widgets.publish.reports.run_store import RunStore
from ops_widgets.samples import generate
from ops_widgets.summaries.build import prepare
from tests.throwaway import write_notebook

PACKAGE = Path(ops_widgets.__file__).parent
#: The last days of the small shop's orders, the last first.
LAST, BEFORE, EARLIER = "2024-03-31", "2024-03-30", "2024-03-29"
#: Names of committed notebooks, in whose place the desk has small ones.
FIRST, SECOND = "cohort_activity", "campaign_performance"
#: A cell that waits until it may go on.
WAIT = (
    "import pathlib, time\n"
    "pathlib.Path('begun').touch()\n"
    "while not pathlib.Path('go').exists(): time.sleep(0.05)"
)


class Desk:
    """A folder with ``notebooks``, ``reports`` and ``reports/runs``; the shop lies elsewhere."""

    def __init__(self, folder: Path, shop: Path) -> None:
        self.folder, self.shop = folder, shop
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir(parents=True)
        (folder / "reports").mkdir()
        self.root = folder / "reports" / "runs"
        self.runs = RunStore(self.root)

    def notebook(self, name: str, *cells: str, record: bool = True) -> Path:
        """Write one of the notebooks anew."""
        return write_notebook(self.notebooks, name, *cells, record=record)

    def define(self, text: str = "", name: str = "daily", notebooks: tuple[str, ...] = (FIRST,)):
        """Write a definition of these notebooks, with ``text`` after them."""
        path = self.folder / "reports" / f"{name}.toml"
        path.write_text(
            f'source = {json.dumps(str(self.shop))}\nas_of = "last-day-of-data"\n'
            f"notebooks = {json.dumps(notebooks)}\n{text}\n",
            "utf-8",
        )
        return path

    def own_shop(self) -> Path:
        """Let the reports be of a copy of the shop that a test may change."""
        copy = self.folder / "shop"
        shutil.copytree(self.shop, copy, ignore=shutil.ignore_patterns(".ops"))
        self.shop = copy
        return copy

    def ops(self, *arguments: object):
        """``ops`` in this process: ``exit_code``, ``stdout`` and ``stderr``."""
        from ops_widgets.cli import app

        handler = signal.getsignal(signal.SIGTERM)
        try:
            done = CliRunner().invoke(app, [str(a) for a in arguments])
        finally:
            signal.signal(signal.SIGTERM, handler)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    def run(self, *arguments: object, name: str = "daily"):
        """``ops report NAME`` in this process."""
        return self.ops("report", name, *arguments)

    def start(self, *arguments: object, wrapper: tuple[str, ...] = (), **options):
        """Begin ``ops`` as a schedule does, in a process and session of its own.

        The package is copied beside the desk's notebooks: to that process, and to all that it
        starts, those are the committed ones.
        """
        if not (self.folder / "ops_widgets").exists():
            shutil.copytree(PACKAGE, self.folder / "ops_widgets")
        command = [sys.executable, "-m", "ops_widgets.cli", *map(str, arguments)]
        return subprocess.Popen(
            [*wrapper, *command],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )

    def process(self, *arguments: object, **options):
        """The same to its end: ``returncode``, ``stdout`` and ``stderr``."""
        process = self.start(*arguments, **options)
        try:
            said, complaint = process.communicate(timeout=200)
        finally:
            process.kill()
        return subprocess.CompletedProcess(process.args, process.returncode, said, complaint)

    def manifests(self, name: str = "daily"):
        """The manifests of all published runs, the earliest day first."""
        return [self.runs.manifest(folder) for folder in self.runs.folders(name)]

    def only(self, name: str = "daily"):
        """The manifest of the one run there is."""
        (found,) = self.manifests(name)
        return found

    def path(self, run) -> Path:
        """Where a run lies."""
        return self.root / run.folder


#: The tables of which the pages make their numbers.
ON_PAGES = frozenset(
    {"orders", "products", "events", "campaigns", "campaign_days", "campaign_audience", "market"}
)


def generate_for_pages(folder: Path, **size: int) -> None:
    """A generated shop with the tables that pages read: each costs a part of every build."""
    generate(folder, **size)
    for file in folder.glob("*.parquet"):
        if file.stem not in ON_PAGES:
            file.unlink()


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory):
    """A prepared shop of 200 customers and three months; nobody changes it."""
    folder = tmp_path_factory.mktemp("small") / "shop"
    generate_for_pages(folder, customers=200, months=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OPS_STORE", raising=False)
        prepare(folder, now=datetime(2030, 1, 1))
    return folder


@pytest.fixture
def desk(tmp_path, small_shop, monkeypatch):
    """An empty desk, and this process at work there."""
    made = Desk(tmp_path / "desk", small_shop)
    monkeypatch.chdir(made.folder)
    monkeypatch.delenv("OPS_STORE", raising=False)
    for module in (pipeline, execution):
        monkeypatch.setattr(module, "NOTEBOOKS", made.notebooks)
    return made


@pytest.fixture
def daily(desk):
    """A desk with a daily report of one small notebook."""
    desk.notebook(FIRST)
    desk.define()
    return desk


@pytest.fixture
def no_kernels(monkeypatch):
    """``no_kernels()``: from then on no kernel can be started."""

    async def refuse(self, **options):
        raise AssertionError("a kernel was started")

    return lambda: monkeypatch.setattr(ReportKernel, "start_kernel", refuse)


def printed(folder, name=FIRST):
    """What the cells of an executed notebook have printed."""
    node = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    outputs = [o for c in node.cells if c.cell_type == "code" for o in c.outputs]
    return "".join(o.text for o in outputs if o.output_type == "stream")


def status_of(run):
    """The status of every notebook of a run."""
    return {notebook.name: notebook.status for notebook in run.notebooks}


def wait_for(condition, seconds=60):
    """Until ``condition()`` is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def bytes_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below ``folder``: when it was written, and what is in it."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
