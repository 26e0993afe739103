"""The files of a run: pages and tables for readers, numbers for programs, failures for authors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ops_widgets.publish.changes.render import difference_html
from ops_widgets.publish.notebooks.execute import NotebookResult
from ops_widgets.publish.notebooks.export import index_page, notebook_page
from ops_widgets.publish.reports.index_page import alerts_html
from ops_widgets.publish.reports.manifest import RunManifest
from ops_widgets.publish.reports.origin import Origin
from ops_widgets.publish.reports.tables import within, write_tables

#: A larger page is no page: something printed its data.
LARGEST_PAGE = 3_000_000


def write_results(draft: Path, result: NotebookResult) -> None:
    """The tables of a notebook; what there is of one that failed lies apart, for its author."""
    if not result.failure:
        if result.node is not None:
            write_tables(result.node, draft / "tables" / result.notebook)
        return
    folder = draft / "failed"
    folder.mkdir(exist_ok=True)
    executed = draft / f"{result.notebook}.ipynb"
    if executed.exists():
        executed.rename(folder / executed.name)
    text = f"{result.failure}\n\n{result.traceback}".rstrip()
    (folder / f"{result.notebook}.txt").write_text(text + "\n", "utf-8")


def write_pages(
    draft: Path, results: Sequence[NotebookResult], run: RunManifest, origin: Origin
) -> list[NotebookResult]:
    """Every page; a notebook whose page cannot be written has failed as well."""
    written, up = [], "../" * (run.folder.count("/") + 1)
    for result in results:
        sections = [difference_html(run.difference, result.notebook)] if run.difference else []
        try:
            page = notebook_page(result, results, origin, sections, up)
            page = within(page, result.notebook, LARGEST_PAGE)
            if len(page.encode()) > LARGEST_PAGE:
                raise ValueError(f"it has {len(page.encode()) / 1e6:.1f} MB, more than 3")
            (draft / f"{result.notebook}.html").write_text(page, "utf-8")
        except OSError:
            raise
        except Exception as error:  # whatever a notebook put into its outputs
            why = f"Its page could not be written: {error}."
            result = replace(result, failure=result.failure or why, node=None)
            write_results(draft, result)
            page = notebook_page(result, results, origin, up=up)
            (draft / f"{result.notebook}.html").write_text(page, "utf-8")
        written.append(result)
    labels = {name: number.label for name, number in run.numbers().items()}
    sections = [alerts_html(run.alerts, labels), difference_html(run.difference)]
    unit = ", ".join(map(str, run.unit.values()))
    title = f"{run.title}: {unit}" if unit else run.title
    page = index_page(written, origin, [s for s in sections if s != Markup()], up, title)
    (draft / "index.html").write_text(page, "utf-8")
    return written


def write_numbers(
    draft: Path, results: Sequence[NotebookResult], run: RunManifest, pinned: Mapping[str, Any]
) -> None:
    """``numbers.json`` and ``alerts.json``: programs read them, so their names stay."""
    origin = Origin.of(pinned, run.as_of)
    numbers = {
        "source": origin.source,
        "as_of": origin.as_of.isoformat(),
        "built_at": pinned["built_at"],
        "rows": {"in": origin.rows, "used": origin.used, "rejected": origin.rejected},
        "notebooks": {
            result.notebook: {
                "complete": not result.failure,
                "failure": result.failure,
                "parameters": result.parameters,
                "numbers": result.numbers,
                "findings": result.findings,
            }
            for result in results
        },
    }
    alerts = [alert.model_dump(mode="json") for alert in run.alerts]
    for name, value in (("numbers.json", numbers), ("alerts.json", alerts)):
        (draft / name).write_text(json.dumps(value, indent=1) + "\n", "utf-8")
