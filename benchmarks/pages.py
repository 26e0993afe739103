"""What a page imports before it can show anything, and three reports from nothing."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.processes import ROOT, clean_environment, fresh
from benchmarks.scan import median, spread

PART = "pages"


def import_page(live: bool) -> dict[str, Any]:
    """Seconds of the imports of a page; with its controls where it is ``live``."""
    start = time.perf_counter()
    from ops_widgets.analyses import ANALYSES
    from ops_widgets.widgets.page import open_page  # noqa: F401

    for analysis in ANALYSES.values():
        analysis.panels()
    if live:
        from ops_widgets.widgets import controls, live_panel  # noqa: F401
    return {"seconds": time.perf_counter() - start}


def page_figures() -> Iterator[Figure]:
    """Imports in fresh processes with compiled bytecode; reports on the samples."""
    for what, live in (("imports of a report's page", False), ("imports of a live page", True)):
        fresh(import_page, live)
        runs = [fresh(import_page, live) for _ in range(5)]
        yield Figure(PART, what, 0, median(runs), "s", 1.5, note=spread(runs))
    with tempfile.TemporaryDirectory() as folder:
        environment = clean_environment() | {"OPS_STORE": str(Path(folder) / "store"), "CI": "1"}
        ops = str(Path(sys.executable).with_name("ops"))
        command = [ops, "report", "all", "--source", "data/samples", "--runs", folder]
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        took = time.perf_counter() - start
    yield Figure(PART, "three reports, summaries built anew", 0, took, "s", 60)
