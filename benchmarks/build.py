"""A full build and the contract checks, each in a fresh process, against a scan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.figures import Figure, number
from benchmarks.processes import fresh
from benchmarks.scan import Scan, median, spread, timed
from benchmarks.shop import NOW, Shop

PART, FULL_SECONDS, FULL_CPU = "build", "full build, seconds", "full build, CPU seconds"
CHECKS = "checks"
TIGHT = "1.5GB"


def prepare_now(folder: str, full: bool = False, **options: Any) -> dict[str, Any]:
    """Seconds of one ``prepare`` with the settings of a newcomer and ``options``; what it did."""
    from ops_widgets.summaries.build import prepare

    done = []
    taken = timed(lambda: done.append(prepare(folder, now=NOW, full=full, **options)))
    return taken | {"rebuilt": done[0].rebuilt, "reasons": done[0].reasons}


def check_now(folder: str) -> dict[str, Any]:
    """The contract checks of every table."""
    from ops_widgets.sources.config import load_config
    from ops_widgets.sources.connect import open_source
    from ops_widgets.validation.checks import check

    def work() -> None:
        with open_source(load_config(folder)) as source:
            check(source, now=NOW)

    return timed(work)


def build_figures(millions: int, shop: Shop) -> Iterator[Figure]:
    """Full builds with the settings of a newcomer, and one that may use less memory."""

    def figure(*rest: Any, **named: Any) -> Figure:
        return Figure(PART, rest[0], millions, *rest[1:], **named)

    scan = Scan(shop)
    scan.take()
    runs = [fresh(prepare_now, shop.folder, full=True) for _ in range(3 if millions < 10 else 2)]
    scan.take()
    cpu = f"{number(scan.ratio(runs, 'cpu'))} × in CPU seconds"
    yield figure("full build", scan.ratio(runs), "× scan", 8, 5, note=cpu)
    yield figure("its peak memory", max(run["peak_mb"] for run in runs) / 1024, "GB", 2.5)
    store, parts = shop.store()
    yield figure("summaries", store.stat().st_size / 1e6, "MB", 60)
    yield figure("partials of all months", parts.stat().st_size / 1e6, "MB")
    for what, of in (
        (FULL_SECONDS, runs),
        ("scan by pyarrow, nothing kept", scan.runs),
        ("the same columns decoded by DuckDB", scan.decoded),
    ):
        yield figure(what, median(of), "s", note=spread(of))
    yield figure(FULL_CPU, median(runs, "cpu"), "s", note=spread(runs, "cpu"))
    tight = fresh(prepare_now, shop.folder, full=True, memory=TIGHT)
    yield figure(f"full build, --memory {TIGHT}", tight["seconds"], "s")
    yield figure("its peak memory, then", tight["peak_mb"] / 1024, "GB", 2.5)


def check_figures(millions: int, shop: Shop) -> Iterator[Figure]:
    """The contract checks alone."""
    scan = Scan(shop)
    scan.take()
    runs = [fresh(check_now, shop.folder) for _ in range(3)]
    scan.take()
    cpu = f"{number(scan.ratio(runs, 'cpu'))} × in CPU seconds"
    yield Figure(CHECKS, "contract checks", millions, scan.ratio(runs), "× scan", 1.5, note=cpu)
    peak = max(run["peak_mb"] for run in runs)
    yield Figure(CHECKS, "their peak memory", millions, peak, "MB", 500)
    for what, of in (("contract checks, seconds", runs), ("scan, seconds", scan.runs)):
        yield Figure(CHECKS, what, millions, median(of), "s", note=spread(of))
