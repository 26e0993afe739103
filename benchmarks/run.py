"""Measure what the workbook promises, and keep the last results in ``results.md``.

Times are medians; a build is given as a ratio to a scan of the same Parquet columns, timed in
the same run, because machines are noisy and differ. ``python benchmarks/run.py --events 1
--events 10`` measures shops of 1 and 10 million events.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.md"
#: Roughly how many events a customer of the synthetic shop leaves in 18 months.
EVENTS_A_CUSTOMER = 31
#: What forces a column to be decoded, by its DuckDB type.
DECODE = {"VARCHAR": "sum(strlen({c}))", "TIMESTAMP": "sum(epoch_us({c}))", "DATE": "max({c})"}


@dataclass(frozen=True)
class Figure:
    """One line of the results: what was measured, against which target."""

    what: str
    value: float
    unit: str
    target: float
    detail: str = ""

    def row(self) -> str:
        """The line of the results table, with its verdict."""
        verdict = "met" if self.value <= self.target else "**missed**"
        return (
            f"| {self.what} | {self.value:,.2f} {self.unit} | {self.target:g} {self.unit} "
            f"| {verdict} | {self.detail} |"
        )


def clean_environment() -> dict[str, str]:
    """The environment of a user: bytecode is written and used."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def in_new_process(code: str, *arguments: str) -> dict[str, float]:
    """Run ``code`` in a fresh interpreter; the JSON it prints last, with its peak memory."""
    tail = (
        "\nimport resource as _r, json as _j\n"
        "print(_j.dumps(result | {'peak_mb': _r.getrusage(_r.RUSAGE_SELF).ru_maxrss / 1024}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code + tail, *arguments],
        env=clean_environment(),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def seconds(work: Callable[[], object], repeats: int) -> list[float]:
    """Wall-clock seconds of each of ``repeats`` calls."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times


def scan(shop: Path) -> float:
    """Median seconds to read every column of every table into memory (pyarrow, all cores)."""
    files = sorted(shop.glob("*.parquet"))
    return statistics.median(seconds(lambda: [pq.read_table(file) for file in files], 3))


def decode(shop: Path) -> float:
    """Median seconds for DuckDB to decode the same columns and keep nothing: the least possible."""
    with duckdb.connect() as connection:

        def read_all() -> None:
            for file in sorted(shop.glob("*.parquet")):
                columns = connection.execute(f"describe select * from '{file}'").fetchall()
                sums = [DECODE.get(c[1], "sum({c})").format(c=f'"{c[0]}"') for c in columns]
                connection.execute(f"select {', '.join(sums)} from '{file}'").fetchall()

        return statistics.median(seconds(read_all, 3))


BUILD = """
import sys, time
from datetime import datetime
from ops_widgets.summaries.build import prepare
start = time.perf_counter()
prepare(sys.argv[1], now=datetime(2030, 1, 1), full=True)
result = {'seconds': time.perf_counter() - start}
"""


def build_figures(millions: int, shop: Path) -> Iterator[Figure]:
    """A full build in a process of its own, against a scan."""
    base, least = scan(shop), decode(shop)
    runs = [in_new_process(BUILD, str(shop)) for _ in range(3 if millions < 10 else 2)]
    took = statistics.median(run["seconds"] for run in runs)
    peak = max(run["peak_mb"] for run in runs) / 1024
    store = next((shop / ".ops").glob("summaries-*.duckdb")).stat().st_size / 1e6
    yield Figure(
        f"full build, {millions} m events",
        took / base,
        "× scan",
        8,
        f"{took:.2f} s; scan {base:.2f} s (DuckDB decodes in {least:.2f} s); "
        f"summaries {store:.0f} MB",
    )
    yield Figure(f"peak memory of that build, {millions} m events", peak, "GB", 2.5)


def filter_figures(millions: int, shop: Path) -> Iterator[Figure]:
    """Every panel under random filters: from the store to the tidy frame."""
    from ops_widgets.summaries.store import open_store
    from ops_widgets.views import campaign_performance as campaign
    from ops_widgets.views import category_opportunity as category
    from ops_widgets.views import cohort_activity as cohort

    panels = {
        category: (category.structure, category.monthly),
        campaign: (campaign.by_campaign, campaign.by_group, campaign.steps, campaign.weekly),
        cohort: (cohort.triangle, cohort.curve, cohort.weekly),
    }
    views = {
        category: category.CategoryOpportunityView,
        campaign: campaign.CampaignPerformanceView,
        cohort: cohort.CohortActivityView,
    }
    store, dice = open_store(shop), random.Random(1)
    for module, computes in panels.items():
        choices = module.choices(store)
        for compute in computes:
            times = []
            for _ in range(60):
                chosen = {
                    name: tuple(dice.sample(names, dice.randint(0, len(names))))
                    for name, names in choices.items()
                }
                if module is cohort:
                    chosen["activity"] = dice.choice(["purchase", "visit"])
                view = views[module](source=str(shop), **chosen)
                times += seconds(lambda: compute(store, view), 1)  # noqa: B023 - called at once
            times.sort()
            yield Figure(
                f"{module.__name__.rsplit('.', 1)[-1]}.{compute.__name__}, p95, {millions} m",
                1000 * times[int(0.95 * len(times))],
                "ms",
                50,
                f"median {1000 * statistics.median(times):.1f} ms, 60 random filters",
            )
    store.close()


PAGE_IMPORTS = """
import time
start = time.perf_counter()
from ops_widgets.charts import category, campaigns, cohorts
from ops_widgets.summaries.store import open_store
from ops_widgets.views import VIEWS
from ops_widgets.widgets.page import Page
{more}
result = {{'seconds': time.perf_counter() - start}}
"""


def import_figures() -> Iterator[Figure]:
    """What a page imports before it can show anything."""
    more = "from ops_widgets.widgets import controls, live_chart"
    for what, code in (("page's imports, report", ""), ("page's imports, live", more)):
        program = PAGE_IMPORTS.format(more=code)
        in_new_process(program)
        times = [in_new_process(program)["seconds"] for _ in range(5)]
        yield Figure(what, statistics.median(times), "s", 1.5, "fresh process, compiled bytecode")


def report_figure() -> Figure:
    """All three notebooks on the samples, summaries built anew."""
    ops = Path(sys.executable).with_name("ops")
    with tempfile.TemporaryDirectory() as folder:
        environment = clean_environment() | {"OPS_STORE": str(Path(folder) / "store"), "CI": "1"}
        command = [ops, "report", "all", "--source", "data/samples", "--out", folder]
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        return Figure("three reports on the samples", time.perf_counter() - start, "s", 60)


def machine() -> str:
    """One line that says what the figures were measured on."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    )


def main() -> None:
    """Measure everything, print the table and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, action="append", help="millions; repeatable")
    parser.add_argument("--keep", type=Path, help="folder for the generated shops (kept)")
    options = parser.parse_args()
    from ops_widgets.samples import generate

    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as temporary:
        for millions in options.events or [1, 10]:
            shop = (options.keep or Path(temporary)) / f"shop-{millions}m"
            if not (shop / "orders.parquet").exists():
                generate(shop, customers=millions * 1_000_000 // EVENTS_A_CUSTOMER)
            figures += build_figures(millions, shop)
            figures += filter_figures(millions, shop)
    figures += import_figures()
    figures.append(report_figure())
    table = [
        "| what | measured | target | verdict | detail |",
        "|---|---|---|---|---|",
        *(figure.row() for figure in figures),
    ]
    text = "\n".join(
        ["# Benchmarks", "", f"Written by `make bench` on {machine()}.", "", *table, ""]
    )
    RESULTS.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
