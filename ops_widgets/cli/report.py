"""``ops report``: reports made now, or for a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops_widgets.cli.console import Commands, complain, end_gently, progress
from ops_widgets.errors import DataError, NotebookError, StaleError, UsageError, nearest

if TYPE_CHECKING:
    from ops_widgets.progress import Progress
    from ops_widgets.publish.reports.definition import Definition
    from ops_widgets.publish.reports.expansion import RunSpec
    from ops_widgets.publish.reports.pipeline import RunOptions, RunResult
    from ops_widgets.publish.reports.prepared import PreparedSource

SAMPLES = Path("data/samples")
ALERT = 10


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

SourceOption = Annotated[
    Path | None,
    typer.Option(help="A source: a folder or a TOML file; else the report's own, else samples."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(help="Last day looked at, as 2024-05-31; else by the report's rule."),
]
RunsOption = Annotated[
    str, typer.Option("--runs", help="Folder of all runs, or an address such as s3://bucket/runs.")
]
DefinitionsOption = Annotated[
    Path, typer.Option(help="Folder of the reports' definitions.", file_okay=False)
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Make another attempt of what is there; nothing is lost.")
]
PdfOption = Annotated[bool, typer.Option("--pdf", help="Print the pages, too (needs Chromium).")]
TimeoutOption = Annotated[
    str | None, typer.Option(help="Time of a whole run, as 90s, 30m or 2h; else the report's own.")
]
JobsOption = Annotated[int, typer.Option(min=1, help="Runs at once, each in its own process.")]
MemoryOption = Annotated[
    int, typer.Option(min=0, help="Megabytes that each kernel may take; 0: any.")
]
AlertOption = Annotated[
    bool, typer.Option("--fail-on-alert", help="End with 10 when an alert is on.")
]
RUNS, DEFINITIONS = "reports/runs", Path("reports")
#: Megabytes that a kernel may take where several runs share a machine.
MEMORY = 1500


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
    definition = _definition(names or [], source, parameter or [], definitions)
    where = _source(definition, source)
    wish = _wish(force, pdf, timeout, 2, max_memory)
    with progress() as say:
        ready, day = _ready(definition, where, as_of, runs, say)
        units = _units(definition, day, ready)
        if not definition.expand:
            done = _one(definition, units[0], runs, ready, wish, say)
    if definition.expand:
        options = _passed_on(where, runs, definitions, force, pdf, timeout, max_memory)
        _many(units, options, runs, jobs, fail_on_alert)
    else:
        _finish([done], done.index, fail_on_alert)


@report.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Reports; else all.")] = None,
    definitions: DefinitionsOption = DEFINITIONS,
) -> None:
    """Check definitions without running anything; ends with 2 if one is wrong."""
    from ops_widgets.publish.reports.definition import check_all, definition_files, find_definition

    paths = [find_definition(n, definitions).path for n in names or []]
    right, wrong = check_all([p for p in paths if p] or definition_files(definitions))
    for definition in right:
        notebooks = ", ".join(entry.name for entry in definition.notebook)
        typer.echo(f"{definition.name}: every {definition.every}, {notebooks}")
        if definition.source and not _source(definition, None).exists():
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
    from ops_widgets.publish.reports.definition import find_definition

    definition = find_definition(name, definitions)
    ready, day = _ready(definition, _source(definition, source), as_of, runs, None)
    for unit in _units(definition, day, ready):
        typer.echo(unit.to_json())


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
    from ops_widgets.publish.reports.definition import find_definition
    from ops_widgets.publish.reports.expansion import RunSpec

    end_gently()
    unit = RunSpec.from_json(line)
    definition = find_definition(unit.report, definitions)
    if set(unit.values) != set(definition.expand):
        raise UsageError(f"The unit does not belong to {definition.name}.", "Plan it again.")
    ready, _ = _ready(
        definition, _source(definition, source), unit.as_of.isoformat(), runs, None, unit.name
    )
    done = _one(definition, unit, runs, ready, _wish(force, pdf, timeout, 1, max_memory), None)
    _finish([done], done.index, fail_on_alert)


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
    from ops_widgets.publish.reports.definition import find_definition

    end_gently()
    definition = find_definition(name, definitions)
    where = _source(definition, source)
    days = _days(definition, _day(first), _day(last))
    with progress() as say:
        ready, _ = _ready(definition, where, days[-1].isoformat(), runs, say)
    units = [unit for day in days for unit in _units(definition, day, ready)]
    options = _passed_on(where, runs, definitions, force, pdf, timeout, max_memory)
    _many(units, options, runs, jobs, fail_on_alert)


# --- steps -----------------------------------------------------------------------------------


def _definition(
    names: Sequence[str], source: Path | None, parameters: Sequence[str], folder: Path
) -> Definition:
    """What is asked for: a definition by its name, or notebooks."""
    from ops_widgets.analyses import ANALYSES
    from ops_widgets.publish.reports.adhoc import adhoc
    from ops_widgets.publish.reports.definition import definition_files, find_definition
    from ops_widgets.sources.config import load_config

    pairs = [_pair(text) for text in parameters]
    known = {path.stem: path for path in definition_files(folder)}
    others = [name for name in names if name not in ANALYSES and name != "all"]
    if not others:
        return adhoc(names, load_config(source or SAMPLES).name, pairs)
    for name in others:
        if name not in known and not name.endswith(".toml"):
            hint = nearest(name, [*ANALYSES, "all", *known])
            raise UsageError(f"There is no notebook {name!r}, and no report.", hint)
    if len(names) > 1:
        raise UsageError("One report at a time.", f"Run them apart: {', '.join(names)}.")
    if pairs:
        raise UsageError("A report sets its parameters itself.", "Leave out -p, or change it.")
    return find_definition(names[0], folder)


def _source(definition: Definition, asked: Path | None) -> Path:
    if asked is not None:
        return asked
    if definition.source and definition.path:
        return (definition.path.parent / Path(definition.source).expanduser()).resolve()
    return SAMPLES


def _ready(
    definition: Definition,
    source: Path,
    as_of: str | None,
    runs: str,
    say: Progress | None,
    name: str = "",
) -> tuple[PreparedSource, date]:
    """The summaries, up to date, and the day; broken data leave a record of that day."""
    from ops_widgets.publish.reports.pipeline import absent
    from ops_widgets.publish.reports.prepared import ready, today
    from ops_widgets.publish.reports.run_store import RunStore

    now = datetime.now(UTC).replace(tzinfo=None)
    day = _day(as_of) if as_of else None
    if day is None and definition.as_of != "last-day-of-data":
        day = definition.day(today(source, now), date.min)
    try:
        found = ready(source, now=now, progress=say)
    except DataError as error:
        if day and definition.path:
            absent(definition, day, RunStore(runs), error, name or definition.name)
        raise
    return found, day or found.last_day


def _units(definition: Definition, day: date, ready: PreparedSource) -> list[RunSpec]:
    from ops_widgets.publish.reports.expansion import RunSpec, expand
    from ops_widgets.summaries.store import open_store

    if not definition.expand:
        return [RunSpec(report=definition.name, as_of=day)]
    store = open_store(ready.source)
    try:
        return expand(definition, day, store)
    finally:
        store.close()


def _one(
    definition: Definition,
    unit: RunSpec,
    runs: str,
    ready: PreparedSource,
    wish: RunOptions,
    say: Progress | None,
) -> RunResult:
    from ops_widgets.publish.reports.pipeline import absent, run_report
    from ops_widgets.publish.reports.run_store import RunStore

    place = RunStore(runs)
    try:
        return run_report(definition, unit, place, ready, wish, say)
    except StaleError as error:
        absent(definition, unit.as_of, place, error, unit.name)
        raise


def _finish(done: Sequence[RunResult], page: str, fail_on_alert: bool) -> None:
    """Say where the page is; end with the code that says what came of it."""
    for one in done:
        for notebook in one.run.notebooks:
            if notebook.failure:
                complain(
                    NotebookError(
                        f"{notebook.name}: {notebook.failure}",
                        "The report is published and marked; failed/ holds what there is of it.",
                    )
                )
    typer.echo(page)
    code = next((one.exit_code for one in done if one.exit_code), 0)
    on = [a for one in done for a in one.run.alerts if a.state in ("fired", "firing")]
    if not code and on and fail_on_alert:
        for alert in on:
            typer.echo(f"Alert: {alert.number} ({alert.rule}): {alert.words}", err=True)
        code = ALERT
    if code:
        raise typer.Exit(code)


def _many(
    units: Sequence[RunSpec], options: Sequence[str], runs: str, jobs: int, fail_on_alert: bool
) -> None:
    """Run the units in processes of their own; the worst of their codes is the code."""
    from ops_widgets.publish.reports.backfill import Done, run_units, summary
    from ops_widgets.publish.reports.run_store import RunStore

    def tell(one: Done) -> None:
        unit = one.unit
        how = "done" if one.is_well else f"exit {one.exit_code}"
        typer.echo(f"{unit.name} as of {unit.as_of}: {how}, {one.seconds:.1f} s", err=True)

    options = [*options, "--fail-on-alert"] if fail_on_alert else list(options)
    done = run_units(units, options, jobs=jobs, tell=tell)
    for line in summary(done):
        typer.echo(line, err=True)
    typer.echo(RunStore(runs).address("index.html"))
    codes = {one.exit_code for one in done if one.exit_code}
    worse = codes - {ALERT}
    if codes:
        raise typer.Exit(next(iter(worse)) if len(worse) == 1 else 1 if worse else ALERT)


def _passed_on(
    source: Path,
    runs: str,
    definitions: Path,
    force: bool,
    pdf: bool,
    timeout: str | None,
    max_memory: int,
) -> list[str]:
    """The options of a run, for the processes of its units."""
    options = [f"--source={source}", f"--runs={runs}", f"--definitions={definitions}"]
    options += ["--force"] * force + ["--pdf"] * pdf
    options += [f"--timeout={timeout}"] if timeout else []
    return [*options, f"--max-memory={max_memory}"]


def _wish(force: bool, pdf: bool, timeout: str | None, at_once: int, megabytes: int) -> RunOptions:
    from ops_widgets.publish.reports.definition import seconds_of
    from ops_widgets.publish.reports.pipeline import RunOptions

    try:
        seconds = seconds_of(timeout) if timeout else None
    except ValueError as error:
        raise UsageError(f"--timeout: {error}.") from None
    return RunOptions(again=force, pdf=pdf, timeout=seconds, at_once=at_once, megabytes=megabytes)


def _days(definition: Definition, first: date, last: date) -> list[date]:
    """The days of a span for which the report's cadence wants a run."""
    if last < first:
        raise UsageError(f"The span ends on {last}, before it begins.", "Exchange --from and --to.")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if definition.every == "week":
        days = [day for day in days if day.isoweekday() == 7]
    if definition.every == "month":
        days = [day for day in days if (day + timedelta(days=1)).day == 1]
    if not days:
        raise UsageError(
            f"No {definition.every} ends between {first} and {last}.", "Choose a longer span."
        )
    return days


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day.", "Write it as 2025-06-30.") from None


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"-p {text} is no parameter.", "Write it as -p name=value.")
    return name, value
