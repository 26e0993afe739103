"""``ops runs``: what was published, what changed in between, and what may go."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops_widgets.cli.console import Commands
from ops_widgets.cli.options import DEFINITIONS, RUNS, DefinitionsOption, RunsOption
from ops_widgets.errors import OpsError, UsageError, nearest

if TYPE_CHECKING:
    from ops_widgets.publish.reports.manifest import RunManifest
    from ops_widgets.publish.reports.run_store import RunStore

runs = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    help="Look at published runs. A run is named NAME (the latest), NAME@2025-06-30, or by its "
    "folder.",
    epilog="Example: ops runs diff daily@2025-06-29 daily@2025-06-30",
)

JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]
NameArgument = Annotated[str | None, typer.Argument(help="A report; else all.")]


@runs.command("list")
def list_runs(
    name: NameArgument = None, at: RunsOption = RUNS, as_json: JsonOption = False
) -> None:
    """List runs and the days without one, the latest first."""
    from ops_widgets.publish.reports.history import history

    store = _store(at)
    rows = []
    for one in _names(store, name):
        known = history(store, one)
        taken = {row.as_of for row in known.rows}
        rows += [
            {
                "name": one,
                "as_of": row.as_of,
                "status": row.status,
                "attempt": row.attempt,
                "reason": row.reason,
                "folder": row.folder,
            }
            for row in known.rows
        ]
        rows += [
            {"name": one, "status": "absent", "attempt": 0, "folder": ""}
            | {key: absence[key] for key in ("as_of", "reason")}
            for absence in known.absences
            if absence["as_of"] not in taken
        ]
    rows.sort(key=lambda row: (row["as_of"], row["attempt"]), reverse=True)
    rows.sort(key=lambda row: str(row["name"]))
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        detail = row["reason"] or row["folder"]
        typer.echo(f"{row['name']:24} {row['as_of']}  {row['status']:9} {detail}")
    if not rows:
        typer.echo(f"There is no run in {store.address()} yet.")


@runs.command()
def show(
    run: Annotated[str, typer.Argument(help="A run.")],
    at: RunsOption = RUNS,
    as_json: JsonOption = False,
) -> None:
    """Show what a run says of itself."""
    from ops_widgets.charts.formats import format_value

    store = _store(at)
    found = _run(store, run)
    if as_json:
        typer.echo(found.to_json())
        return
    values = f": {', '.join(found.unit.values())}" if found.unit else ""
    intact = "" if store.is_intact(found, found.folder) else "  (files were changed since)"
    typer.echo(f"{found.title}{values}, as of {found.as_of}: {found.status}")
    typer.echo(f"{store.address(found.folder)}{intact}")
    typer.echo(f"{found.source}, data to {found.last_day}; {found.seconds:.1f} s")
    for notebook in found.notebooks:
        typer.echo(f"\n{notebook.name}: {notebook.failure or notebook.status}")
        for number in notebook.numbers:
            value = format_value(number.value, number.format, number.currency, number.minor_digits)
            typer.echo(f"  {number.label}: {value}")
    for alert in found.alerts:
        typer.echo(f"\nAlert {alert.number} ({alert.rule}): {alert.state}. {alert.words}")


@runs.command(epilog="Example: ops runs diff daily@2025-06-29 daily@2025-06-30")
def diff(
    old: Annotated[str, typer.Argument(help="The earlier run.")],
    new: Annotated[str, typer.Argument(help="The later run.")],
    at: RunsOption = RUNS,
    as_json: JsonOption = False,
) -> None:
    """Say what moved, what came late and what was redefined between two runs of a report."""
    from ops_widgets.publish.changes.chain import between
    from ops_widgets.publish.changes.render import difference_text

    store = _store(at)
    first, last = _run(store, old), _run(store, new)
    if first.name != last.name:
        raise UsageError(
            f"{first.name} and {last.name} are two reports.", "Choose two runs of one report."
        )
    if (last.as_of, last.ended_at) <= (first.as_of, first.ended_at):
        raise UsageError(f"{new} is not later than {old}.", "Exchange the two.")
    chain = [last]
    while chain[0].previous and (chain[0].previous.as_of, chain[0].previous.folder) != (
        first.as_of,
        first.folder,
    ):
        before = store.manifest(chain[0].previous.folder)
        if before is None or before.as_of < first.as_of:
            chain = [last]
            break
        chain.insert(0, before)
    found = between(first, chain)
    typer.echo(found.model_dump_json(indent=1) if as_json else difference_text(found))


@runs.command()
def prune(
    name: NameArgument = None,
    at: RunsOption = RUNS,
    definitions: DefinitionsOption = DEFINITIONS,
    delete: Annotated[
        bool, typer.Option("--delete", help="Do it; without, it is only shown.")
    ] = False,
) -> None:
    """Show which runs the reports' retention does not keep, and remove them on request."""
    from ops_widgets.publish.reports.definition import Keep
    from ops_widgets.publish.reports.definition_files import check_all, definition_files
    from ops_widgets.publish.reports.index import write_index
    from ops_widgets.publish.reports.retention import prune as remove
    from ops_widgets.publish.reports.retention import superfluous

    store = _store(at)
    right, wrong = check_all(definition_files(definitions))
    if wrong:
        raise wrong[0]
    keeps = {definition.name: definition.keep for definition in right}
    gone = []
    for one in _names(store, name):
        keep = keeps.get(one.partition("/")[0], Keep())
        with store.lock(f"{one}/.lock"):
            folders = superfluous(store, one, keep)
            if delete:
                remove(store, folders)
        gone += folders
    for folder in gone:
        typer.echo(folder)
    what = "Removed" if delete else "Would remove"
    typer.echo(f"{what} {len(gone)} runs.{'' if delete else ' Do it by --delete.'}", err=True)
    if delete and gone:
        write_index(store)


@runs.command()
def deliver(name: NameArgument = None, at: RunsOption = RUNS) -> None:
    """Tell again what could not be told; ends with 1 when something still cannot."""
    from ops_widgets.publish.alerts.outbox import deliver as deliver_pending

    store = _store(at)
    tried = [message for one in _names(store, name) for message in deliver_pending(store, one)]
    for one in tried:
        typer.echo(f"{one.name} as of {one.as_of}, {one.outcome}: {one.state}. {one.said}".strip())
    typer.echo(f"{len(tried)} deliveries were due.", err=True)
    failed = [one for one in tried if one.state == "failed"]
    if failed:
        raise OpsError(f"{len(failed)} could not be delivered.", "They are kept for another try.")


def _store(at: str) -> RunStore:
    from ops_widgets.publish.reports.run_store import RunStore

    return RunStore(at)


def _names(store: RunStore, name: str | None) -> list[str]:
    known = store.names()
    if name is None:
        return known
    found = [one for one in known if one == name or one.startswith(f"{name}/")]
    if not found:
        raise UsageError(f"There is no run of {name!r} in {store.address()}.", nearest(name, known))
    return found


def _run(store: RunStore, text: str) -> RunManifest:
    """The run that a person means by ``text``."""
    base = store.base
    path = str(Path(text).absolute()) if store.is_local and Path(text).is_dir() else text
    folder = path.removeprefix(f"{base}/").strip("/")
    name, _, day = folder.partition("@")
    if day:
        try:
            as_of = date.fromisoformat(day)
        except ValueError:
            raise UsageError(f"{day!r} is no day.", "Write NAME@2025-06-30.") from None
        found = store.previous(name, as_of)
        if found is not None and found.as_of == as_of:
            return found
        raise UsageError(f"There is no run of {name} as of {as_of}.", "See `ops runs list`.")
    latest = store.latest(folder)
    run = store.manifest(str(latest["folder"]) if latest else folder)
    if run is None:
        hint = nearest(folder, store.names()) or "See `ops runs list`."
        raise UsageError(f"There is no run {text!r} in {store.address()}.", hint)
    return run
