"""What a run costs beyond its code, reports of many categories, and a page's export."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.processes import ROOT, clean_environment, fresh
from benchmarks.scan import median, spread

PART = "runs"
SOURCE = ROOT / "data" / "samples"
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
#: The notebook whose run is held against its code alone, and how often both are taken.
CHOSEN, TIMES = "category_opportunity", 3
#: A run may take so many times the seconds of its code, and so many more.
FACTOR, EXTRA = 1.3, 1.5


def run_code(notebook: str) -> dict[str, Any]:
    """The code of a notebook in this process, everything drawn: no kernel, no pages, no records."""
    import os

    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    os.environ["OPS_RENDER"] = "static"
    os.chdir(ROOT / "notebooks")
    shell = InteractiveShell.instance()
    shown = 0
    cells = json.loads(Path(f"{notebook}.ipynb").read_text("utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            with capture_output() as captured:
                result = shell.run_cell("".join(cell["source"]))
            result.raise_error()
            shown += len(captured.outputs)
            if hasattr(result.result, "_repr_mimebundle_"):
                result.result._repr_mimebundle_()
    return {"shown": shown}


def export_page(notebook: str, folder: str) -> dict[str, Any]:
    """Seconds of the HTML of an executed notebook; imports are not in it."""
    import nbformat

    from ops_widgets.publish.notebooks.execute import NotebookResult
    from ops_widgets.publish.notebooks.export import notebook_page
    from ops_widgets.publish.reports.origin import Origin
    from ops_widgets.summaries.store import open_store

    store = open_store(SOURCE)
    start = time.perf_counter()
    node = nbformat.read(Path(folder, f"{notebook}.ipynb"), as_version=4)
    result = NotebookResult(notebook, notebook, node=node)
    page = notebook_page(result, [result], Origin.of(store.manifest, store.last_day))
    return {"seconds": time.perf_counter() - start, "bytes": len(page.encode())}


def run_figures() -> Iterator[Figure]:
    """Figures of runs on the samples, whose summaries are built before."""
    with tempfile.TemporaryDirectory() as folder:
        _ops("prepare", str(SOURCE))
        yield _overhead(folder)
        _, done = _timed("report", "all", "--source", str(SOURCE), "--runs", folder)
        executed = str(Path(done.stdout.strip()).parent)
        for notebook in NOTEBOOKS:
            pages = [fresh(export_page, notebook, executed) for _ in range(TIMES)]
            size = f"{pages[0]['bytes'] / 1e6:.1f} MB"
            yield Figure(PART, f"HTML of {notebook}", 0, median(pages), "s", 1.5, note=size)
        yield _categories(folder)


def _overhead(folder: str) -> Figure:
    """A run in a process of its own, against the same code in one; the data are checked by both."""
    command = ["report", CHOSEN, "--source", str(SOURCE), "--runs", f"{folder}/alone", "--force"]
    _timed(*command)
    scripts = [fresh(run_code, CHOSEN) for _ in range(TIMES)]
    runs = [{"seconds": _timed(*command)[0]} for _ in range(TIMES)]
    script = median(scripts, "process_seconds")
    note = f"the code alone {script:.2f} s; {spread(runs)}"
    allowed = round(FACTOR * script + EXTRA, 2)
    return Figure(PART, f"a run of {CHOSEN}", 0, median(runs), "s", allowed, note=note)


def _categories(folder: str) -> Figure:
    """The weekly report of every category, as a schedule makes it."""
    from ops_widgets.summaries.store import open_store

    last: date = open_store(SOURCE).last_day
    sunday = date.fromordinal(last.toordinal() - last.isoweekday() % 7)
    span = ["--from", str(sunday), "--to", str(sunday), "--jobs", "2"]
    took, _ = _timed(
        "report", "backfill", "weekly", *span, "--source", str(SOURCE), "--runs", folder
    )
    many = len([*Path(folder, "weekly").glob(f"*/{sunday}/*/manifest.json")])
    note = f"{many} categories of two notebooks in {took:.0f} s: the samples have no more"
    return Figure(PART, "category reports, --jobs 2, each", 0, took / many, "s", 6, note=note)


def _timed(*arguments: str) -> tuple[float, subprocess.CompletedProcess[str]]:
    start = time.perf_counter()
    done = _ops(*arguments)
    return time.perf_counter() - start, done


def _ops(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("ops")), *arguments],
        cwd=ROOT,
        env=clean_environment() | {"CI": "1"},
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
