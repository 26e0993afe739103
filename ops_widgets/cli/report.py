"""``ops report``: reports made now, or for a schedule."""

from __future__ import annotations

from typing import Annotated

import typer

from ops_widgets.cli.console import Commands, complain, end_gently, progress_bar
from ops_widgets.cli.making import finish, make_many, make_one, passed_on, run_options
from ops_widgets.cli.options import (
    DEFINITIONS,
    MEMORY,
    RUNS,
    AlertOption,
    AsOfOption,
    DefinitionsOption,
    ForceOption,
    JobsOption,
    MemoryOption,
    PdfOption,
    RunsOption,
    SourceOption,
    TimeoutOption,
    parse_day,
)
from ops_widgets.cli.selection import days_of, prepared, runs_of, select, select_report, source_of
from ops_widgets.errors import UsageError


class Reports(Commands):
    """``ops report NAME`` is ``ops report run NAME``."""

    def parse_args(self, ctx, args):  # type: ignore[no-untyped-def]
        """Take the first word for a name where it is no command."""
        own = ("--help", *self.commands)
        return super().parse_args(ctx, args if args and args[0] in own else ["run", *args])


report = typer.Typer(
    cls=Reports,
    help="Run notebooks and publish them as pages: `ops report NAME` is `ops report run NAME`.",
    epilog="Example: ops report cohort_activity --source data/samples -p periods=6",
)


@report.command(
    epilog="Example: ops report cohort_activity --source data/samples -p periods=6 "
    "-p channels=app -p channels=search"
)
def run(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="A report of --definitions, or notebooks, or all.", metavar="NAME|all"),
    ] = None,
    source: SourceOption = None,
    as_of: AsOfOption = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("-p", metavar="KEY=VALUE", help="A parameter; repeat a key to choose more."),
    ] = None,
    runs: RunsOption = RUNS,
    definitions: DefinitionsOption = DEFINITIONS,
    force: ForceOption = False,
    pdf: PdfOption = False,
    timeout: TimeoutOption = None,
    jobs: JobsOption = 1,
    max_memory: MemoryOption = 0,
    fail_on_alert: AlertOption = False,
) -> None:
    """Make a report; prints the path of the page to open."""
    end_gently()
    selection = select(names or [], source, parameter or [], definitions)
    definition = selection.definition
    options = run_options(force, pdf, timeout, 2, max_memory)
    with progress_bar() as progress:
        found, day = prepared(selection, as_of, runs, progress)
        specs = runs_of(definition, [day], found)
        if not definition.expand:
            done = make_one(definition, specs[0], runs, found, options, progress)
    if definition.expand:
        texts = passed_on(selection.path, runs, definitions, force, pdf, timeout, max_memory)
        make_many(specs, texts, runs, jobs, fail_on_alert)
    else:
        finish(done, fail_on_alert)


@report.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Reports; else all.")] = None,
    definitions: DefinitionsOption = DEFINITIONS,
) -> None:
    """Check definitions without running anything; ends with 2 if one is wrong."""
    from ops_widgets.publish.reports.definition_files import (
        check_all,
        definition_files,
        find_definition,
    )

    paths = [find_definition(n, definitions).path for n in names or []]
    right, wrong = check_all([p for p in paths if p] or definition_files(definitions))
    for definition in right:
        notebooks = ", ".join(entry.name for entry in definition.notebook)
        typer.echo(f"{definition.name}: every {definition.every}, {notebooks}")
        if definition.source and not source_of(definition).exists():
            wrong.append(UsageError(f"{definition.path}: there is no source {definition.source}."))
    for error in wrong:
        complain(error)
    if wrong:
        raise typer.Exit(UsageError.exit_code)
    if not right:
        raise UsageError(f"There is no report in {definitions}.", "Write one as NAME.toml.")


@report.command(epilog="Example: ops report plan weekly --as-of 2025-06-29")
def plan(
    name: Annotated[str, typer.Argument(help="A report.")],
    as_of: AsOfOption = None,
    source: SourceOption = None,
    runs: RunsOption = RUNS,
    definitions: DefinitionsOption = DEFINITIONS,
) -> None:
    """Print the units of work of a report, one line of JSON each, for `run-unit`."""
    selection = select_report(name, source, definitions)
    found, day = prepared(selection, as_of, runs, None)
    for spec in runs_of(selection.definition, [day], found):
        typer.echo(spec.to_json())


@report.command("run-unit", epilog="The line is one that `ops report plan` has printed.")
def run_unit(
    line: Annotated[str, typer.Argument(help="A unit of work as JSON.", metavar="UNIT")],
    source: SourceOption = None,
    runs: RunsOption = RUNS,
    definitions: DefinitionsOption = DEFINITIONS,
    force: ForceOption = False,
    pdf: PdfOption = False,
    timeout: TimeoutOption = None,
    max_memory: MemoryOption = MEMORY,
    fail_on_alert: AlertOption = False,
) -> None:
    """Make one unit of work; prints the path of its page."""
    from ops_widgets.publish.reports.expansion import RunSpec

    end_gently()
    spec = RunSpec.from_json(line)
    selection = select_report(spec.report, source, definitions)
    definition = selection.definition
    if set(spec.values) != set(definition.expand):
        raise UsageError(f"The unit does not belong to {definition.name}.", "Plan it again.")
    options = run_options(force, pdf, timeout, 1, max_memory)
    found, _ = prepared(selection, spec.as_of.isoformat(), runs, None, spec.name)
    finish(make_one(definition, spec, runs, found, options, None), fail_on_alert)


@report.command(epilog="Example: ops report backfill daily --from 2025-06-01 --to 2025-06-30")
def backfill(
    name: Annotated[str, typer.Argument(help="A report.")],
    first: Annotated[str, typer.Option("--from", help="First day, as 2025-06-01.")],
    last: Annotated[str, typer.Option("--to", help="Last day.")],
    source: SourceOption = None,
    runs: RunsOption = RUNS,
    definitions: DefinitionsOption = DEFINITIONS,
    force: ForceOption = False,
    pdf: PdfOption = False,
    timeout: TimeoutOption = None,
    jobs: JobsOption = 1,
    max_memory: MemoryOption = MEMORY,
    fail_on_alert: AlertOption = False,
) -> None:
    """Make a report for every day, week or month of a span; what is there already stays.

    Days of one report follow each other, since each is compared with the one before; the units
    of an expansion run side by side.
    """
    end_gently()
    selection = select_report(name, source, definitions)
    days = days_of(selection.definition, parse_day(first), parse_day(last))
    with progress_bar() as progress:
        found, _ = prepared(selection, days[-1].isoformat(), runs, progress)
    specs = runs_of(selection.definition, days, found)
    options = passed_on(selection.path, runs, definitions, force, pdf, timeout, max_memory)
    make_many(specs, options, runs, jobs, fail_on_alert)
