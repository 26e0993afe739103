"""Measure what the workbook promises, and keep the last results in ``results.md``.

``python -m benchmarks.run --events 1 --events 10`` measures shops of 1 and 10 million events.
What is not measured keeps the figures of earlier runs.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import app, build, campaigns, filters, pages, questions, refresh, runs
from benchmarks.figures import RESULTS, Figure, Results
from benchmarks.processes import fresh
from benchmarks.shop import Shop, shop_of

TITLES = {
    build.PART: "Full build",
    refresh.PART: "Refresh",
    build.CHECKS: "Contract checks",
    filters.PART: f"Panels under {filters.FILTERS} random filters",
    questions.PART: "The same questions, asked of the raw files by pandas and polars",
    campaigns.PART: f"The campaign page with {campaigns.CAMPAIGNS:,} campaigns",
    pages.PART: "Pages and reports",
    app.PART: "The published workbook, and the same page in other frameworks",
    runs.PART: "Scheduled runs",
}


def main() -> None:
    """Measure, keep every part as soon as it is done, and print all figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--events", type=int, action="append", help="millions; repeatable")
    parser.add_argument("--keep", type=Path, help="folder for the generated shops (kept)")
    parser.add_argument("--only", choices=TITLES, action="append", help="one part; repeatable")
    options = parser.parse_args()
    chosen = options.only or list(TITLES)
    results = Results.load()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.keep or Path(temporary)).absolute()
        for millions in options.events or [1, 10]:
            parts = parts_of(millions, results)
            if wanted := [part for part in parts if part in chosen]:
                shop = shop_of(millions, folder)
            for part in wanted:
                measure(results, part, millions, parts[part](shop))
            if campaigns.PART in chosen and millions <= campaigns.MOST_MILLIONS:
                found = campaigns.campaign_figures(millions, folder)
                measure(results, campaigns.PART, millions, found)
    if pages.PART in chosen:
        measure(results, pages.PART, 0, pages.page_figures())
    if app.PART in chosen:
        measure(results, app.PART, 0, app.app_figures())
    if runs.PART in chosen:
        measure(results, runs.PART, 0, runs.run_figures())
    print(write(results))


def parts_of(millions: int, results: Results) -> dict[str, Callable[[Shop], Iterator[Figure]]]:
    """What is measured of a shop of so many million events, in order."""

    def full() -> dict[str, float]:
        of = {"seconds": build.FULL_SECONDS, "cpu": build.FULL_CPU}
        return {key: results.value(build.PART, what, millions) for key, what in of.items()}

    return {
        build.PART: lambda shop: build.build_figures(millions, shop),
        refresh.PART: lambda shop: refresh.refresh_figures(millions, shop, full()),
        build.CHECKS: lambda shop: build.check_figures(millions, shop),
        filters.PART: lambda shop: filters.filter_figures(millions, prepared(shop)),
        questions.PART: lambda shop: questions.question_figures(
            millions, prepared(shop), full()["seconds"]
        ),
    }


def prepared(shop: Shop) -> Shop:
    """The same shop, its summaries those of the code that is measured."""
    fresh(build.prepare_now, shop.folder)
    return shop


def measure(results: Results, part: str, millions: int, figures: Iterator[Figure]) -> None:
    """Measure one part, print its figures as they come, and keep them."""
    found = []
    for figure in figures:
        size = f"{millions} m" if millions else "samples"
        print(f"{part}, {size}: {figure.what}: {figure.cell()}", flush=True)
        found.append(figure)
    results.replace(part, millions, found)
    results.save()
    write(results)


def write(results: Results) -> str:
    """Write :data:`RESULTS` and return it."""
    text = results.render(TITLES, filters.growth)
    RESULTS.write_text(text, "utf-8")
    return text


if __name__ == "__main__":
    main()
