"""What the manifest of a run says: its notebooks, its inputs, its verdict, its files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ops_widgets import __version__
from ops_widgets.files import code_digest
from ops_widgets.publish import NOTEBOOKS, PACKAGE
from ops_widgets.publish.notebooks.execute import NotebookResult
from ops_widgets.publish.reports.key import git_revision, python_version, versions
from ops_widgets.publish.reports.manifest import (
    FILE,
    CellTime,
    Input,
    NotebookRecord,
    Output,
    RecordedFinding,
    RecordedNumber,
    RunManifest,
    Status,
)


def run_manifest(
    results: Sequence[NotebookResult],
    notebook_digests: Mapping[str, str],
    pinned: Mapping[str, Any],
    **of_run: Any,
) -> RunManifest:
    """The manifest of a run whose notebooks have been executed, as far as that says it.

    ``pinned`` is the manifest of the summaries that they read; ``of_run`` are the fields that
    say which run it is.
    """
    return RunManifest(
        source=pinned["source"]["name"],
        notebooks=[_notebook(result, notebook_digests) for result in results],
        inputs=[
            Input(
                table=name,
                rows_in=table["rows_in"],
                rows_used=table["rows_in"] - table["rows_rejected"] - table.get("rows_left_out", 0),
                rows_rejected=table["rows_rejected"],
                rows_left_out=table.get("rows_left_out", 0),
                last_day=table.get("last_day"),
            )
            for name, table in pinned["check"]["tables"].items()
        ],
        content=str(pinned["content"]),
        first_day=date.fromisoformat(pinned["first_day"]),
        last_day=date.fromisoformat(pinned["last_day"]),
        contract_version=pinned["contract_version"],
        package_version=__version__,
        code_sha256=code_digest(PACKAGE),
        python=python_version(),
        dependencies=versions(),
        git_revision=git_revision(NOTEBOOKS),
        **of_run,
    )


def _notebook(result: NotebookResult, digests: Mapping[str, str]) -> NotebookRecord:
    return NotebookRecord(
        name=result.notebook,
        title=result.title,
        status="failed" if result.failure else "complete",
        failure=result.failure,
        seconds=round(result.seconds, 3),
        cells=[
            CellTime(step=step, seconds=round(seconds, 3))
            for step, seconds in enumerate(result.cells, start=1)
        ],
        parameters=result.parameters,
        source_sha256=digests[result.notebook],
        numbers=[RecordedNumber(**number) for number in result.numbers],
        missing=result.missing,
        findings=[RecordedFinding(**finding) for finding in result.findings],
        looked_at=result.looked_at,
    )


def with_verdict(run: RunManifest, results: Sequence[NotebookResult]) -> RunManifest:
    """``run`` with its status, from what every notebook and every page has become."""
    reasons = {result.notebook: result.failure for result in results if result.failure}
    status: Status = "complete"
    if reasons:
        status = "failed" if len(reasons) == len(results) else "partial"
    notebooks = [
        one.model_copy(update={"status": "failed", "failure": reasons[one.name]})
        if one.name in reasons
        else one
        for one in run.notebooks
    ]
    reason = " ".join(f"{name}: {why}" for name, why in reasons.items())
    return run.model_copy(update={"status": status, "reason": reason, "notebooks": notebooks})


def outputs_of(folder: Path) -> list[Output]:
    """Every file of a run but the manifest, with its size and digest."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != FILE)
    return [
        Output(
            path=path.relative_to(folder).as_posix(),
            bytes=path.stat().st_size,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in files
    ]
