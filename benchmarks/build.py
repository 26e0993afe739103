"""A full build and the contract checks, each in a fresh process, against a scan."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.figures import Figure
from benchmarks.processes import fresh
from benchmarks.scan import Scan, spread
from benchmarks.shop import NOW, Shop

PART, FULL_SECONDS = "build", "full build, seconds"
CHECKS = "checks"
TIGHT = "1.5GB"


def prepare_now(folder: str, full: bool = False, **options: Any) -> dict[str, Any]:
    """Seconds of one ``prepare`` with the settings of a newcomer and ``options``; what it did."""
    from ops_widgets.summaries.build import prepare

    start = time.perf_counter()
    done = prepare(folder, now=NOW, full=full, **options)
    return {
        "seconds": time.perf_counter() - start,
        "rebuilt": done.rebuilt,
        "reasons": done.reasons,
    }


def check_now(folder: str) -> dict[str, Any]:
    """Seconds of the contract checks of every table."""
    from ops_widgets.sources.checks import check
    from ops_widgets.sources.config import load_config
    from ops_widgets.sources.connect import open_source

    start = time.perf_counter()
    with open_source(load_config(folder)) as source:
        check(source, now=NOW)
    return {"seconds": time.perf_counter() - start}


def build_figures(millions: int, shop: Shop) -> Iterator[Figure]:
    """Full builds with the settings of a newcomer, and one that may use less memory."""

    def figure(*rest: Any, **named: Any) -> Figure:
        return Figure(PART, rest[0], millions, *rest[1:], **named)

    scan = Scan(shop)
    scan.take()
    runs = [fresh(prepare_now, shop.folder, full=True) for _ in range(3 if millions < 10 else 2)]
    scan.take()
    times = [run["seconds"] for run in runs]
    took = statistics.median(times)
    yield figure("full build", took / scan.seconds, "× scan", 8, 5)
    yield figure("its peak memory", max(run["peak_mb"] for run in runs) / 1024, "GB", 2.5)
    store, parts = shop.store()
    yield figure("summaries", store.stat().st_size / 1e6, "MB", 60)
    yield figure("partials of all months", parts.stat().st_size / 1e6, "MB")
    yield figure(FULL_SECONDS, took, "s", note=spread(times))
    yield figure("scan by pyarrow, nothing kept", scan.seconds, "s", note=spread(scan.times))
    least = statistics.median(scan.decoded)
    yield figure("the same columns decoded by DuckDB", least, "s", note=spread(scan.decoded))
    tight = fresh(prepare_now, shop.folder, full=True, memory=TIGHT)
    yield figure(f"full build, --memory {TIGHT}", tight["seconds"], "s")
    yield figure("its peak memory, then", tight["peak_mb"] / 1024, "GB", 2.5)


def check_figures(millions: int, shop: Shop) -> Iterator[Figure]:
    """The contract checks alone."""
    scan = Scan(shop)
    scan.take()
    runs = [fresh(check_now, shop.folder) for _ in range(3)]
    scan.take()
    times = [run["seconds"] for run in runs]
    took = statistics.median(times)
    yield Figure(CHECKS, "contract checks", millions, took / scan.seconds, "× scan", 1.5)
    yield Figure(
        CHECKS, "their peak memory", millions, max(run["peak_mb"] for run in runs), "MB", 500
    )
    yield Figure(CHECKS, "contract checks, seconds", millions, took, "s", note=spread(times))
    yield Figure(CHECKS, "scan, seconds", millions, scan.seconds, "s", note=spread(scan.times))
