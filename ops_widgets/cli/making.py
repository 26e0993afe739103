"""How a command makes runs, in this process or in others, and with which code it ends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ops_widgets.cli.console import complain
from ops_widgets.errors import NotebookError, StaleError, UsageError

if TYPE_CHECKING:
    from ops_widgets.progress import Progress
    from ops_widgets.publish.reports.definition import Definition
    from ops_widgets.publish.reports.expansion import RunSpec
    from ops_widgets.publish.reports.pipeline import RunOptions, RunResult
    from ops_widgets.publish.reports.prepared import PreparedSource

ALERT = 10


def run_options(
    force: bool, pdf: bool, timeout: str | None, at_once: int, megabytes: int
) -> RunOptions:
    """The options as a run takes them; ``UsageError`` for a timeout that is no duration."""
    from ops_widgets.publish.reports.definition import seconds_of
    from ops_widgets.publish.reports.pipeline import RunOptions

    try:
        seconds = seconds_of(timeout) if timeout else None
    except ValueError as error:
        raise UsageError(f"--timeout: {error}.") from None
    return RunOptions(again=force, pdf=pdf, timeout=seconds, at_once=at_once, megabytes=megabytes)


def make_one(
    definition: Definition,
    spec: RunSpec,
    runs: str,
    source: PreparedSource,
    options: RunOptions,
    progress: Progress | None,
) -> RunResult:
    """Make a run in this process; a day that the data do not reach leaves a record."""
    from ops_widgets.publish.reports.pipeline import absent, run_report
    from ops_widgets.publish.reports.run_store import RunStore

    store = RunStore(runs)
    try:
        return run_report(definition, spec, store, source, options, progress)
    except StaleError as error:
        absent(definition, spec.as_of, store, error, spec.name)
        raise


def finish(done: RunResult, fail_on_alert: bool) -> None:
    """Print where the page is; end with the code that says what came of the run."""
    for notebook in done.run.notebooks:
        if notebook.failure:
            complain(
                NotebookError(
                    f"{notebook.name}: {notebook.failure}",
                    "The report is published and marked; failed/ holds what there is of it.",
                )
            )
        elif notebook.missing:
            typer.echo(f"{notebook.name}: {notebook.missing}", err=True)
    typer.echo(done.index)
    code = done.exit_code
    on = [alert for alert in done.run.alerts if alert.state in ("fired", "firing")]
    if not code and on and fail_on_alert:
        for alert in on:
            typer.echo(f"Alert: {alert.number} ({alert.rule}): {alert.words}", err=True)
        code = ALERT
    if code:
        raise typer.Exit(code)


def make_many(
    specs: Sequence[RunSpec], options: Sequence[str], runs: str, jobs: int, fail_on_alert: bool
) -> None:
    """Make the runs in processes of their own; the worst of their codes is the code."""
    from ops_widgets.publish.reports.backfill import ProcessResult, run_all, summary
    from ops_widgets.publish.reports.run_store import RunStore

    def show(one: ProcessResult) -> None:
        spec = one.spec
        how = "done" if one.is_complete else f"exit {one.exit_code}"
        typer.echo(f"{spec.name} as of {spec.as_of}: {how}, {one.seconds:.1f} s", err=True)

    options = [*options, "--fail-on-alert"] if fail_on_alert else list(options)
    done = run_all(specs, options, jobs=jobs, on_result=show)
    for line in summary(done):
        typer.echo(line, err=True)
    typer.echo(RunStore(runs).address("index.html"))
    codes = {one.exit_code for one in done if one.exit_code}
    worse = codes - {ALERT}
    if codes:
        raise typer.Exit(next(iter(worse)) if len(worse) == 1 else 1 if worse else ALERT)


def passed_on(
    source: Path,
    runs: str,
    definitions: Path,
    force: bool,
    pdf: bool,
    timeout: str | None,
    max_memory: int,
) -> list[str]:
    """The options of a run, for the processes that make many."""
    options = [f"--source={source}", f"--runs={runs}", f"--definitions={definitions}"]
    options += ["--force"] * force + ["--pdf"] * pdf
    options += [f"--timeout={timeout}"] if timeout else []
    return [*options, f"--max-memory={max_memory}"]
