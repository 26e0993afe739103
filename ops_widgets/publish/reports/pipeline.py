"""One run from beginning to end: checked, made in a hidden folder, published whole, announced."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from ops_widgets.analyses import ANALYSES
from ops_widgets.contract import ORDERS
from ops_widgets.errors import BusyError, OpsError, StaleError, UsageError
from ops_widgets.progress import Progress
from ops_widgets.publish import NOTEBOOKS
from ops_widgets.publish.alerts.outbox import deliver, enqueue, outcomes
from ops_widgets.publish.reports.definition import Definition
from ops_widgets.publish.reports.execution import RunBuilder
from ops_widgets.publish.reports.expansion import RunSpec, views_of
from ops_widgets.publish.reports.index import write_index
from ops_widgets.publish.reports.key import notebook_sha256, run_key
from ops_widgets.publish.reports.manifest import FILE, RunManifest, folder_name
from ops_widgets.publish.reports.pdf import find_browser
from ops_widgets.publish.reports.prepared import PreparedSource
from ops_widgets.publish.reports.run_store import RunStore
from ops_widgets.publish.reports.watchdog import Watchdog
from ops_widgets.sources.access import access_of
from ops_widgets.summaries.pin import pin
from ops_widgets.summaries.seen import OF_SOURCE, Seen
from ops_widgets.summaries.store import open_store
from ops_widgets.views.base import View
from ops_widgets.views.choices import Choices
from ops_widgets.views.window import day_in_data

SAY_IT = (
    "Nothing was published. Run it again when the data have come; if they have, say so in the "
    'source: complete_to = "{day}", or lag_days = 1.'
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunOptions:
    """How a run is to be made.

    ``timeout`` is in seconds (None: the definition's), ``at_once`` kernels work side by side, and
    none may hold more than ``megabytes`` (0: any). ``again`` makes another attempt where there is
    a complete run already.
    """

    again: bool = False
    pdf: bool = False
    timeout: float | None = None
    at_once: int = 2
    megabytes: int = 0


@dataclass(frozen=True)
class RunResult:
    """A published run; ``made`` is False when it was there before."""

    run: RunManifest
    folder: str
    index: str
    made: bool
    exit_code: int


def run_report(
    definition: Definition,
    spec: RunSpec,
    runs: RunStore,
    source: PreparedSource,
    options: RunOptions = RunOptions(),
    progress: Progress | None = None,
) -> RunResult:
    """Make the run of ``spec``, or find that it is there.

    ``source`` are the summaries to read. Raises ``StaleError`` and ``UsageError`` for a day that
    the data do not reach, ``BusyError`` when the same run is being made elsewhere, ``OpsError``
    when it cannot be written: then nothing was published. A notebook that fails does not stop
    the others and is marked.
    """
    browser = find_browser() if options.pdf else ""
    manifest = source.manifest
    check_fresh(definition, spec.as_of, manifest)
    first, last = (date.fromisoformat(manifest[end]) for end in ("first_day", "last_day"))
    lags = definition.fresh.get(ORDERS, 0) > 0
    # Orders that may lag are looked at as of their own last day: nobody knows the days after it.
    day = day_in_data(min(spec.as_of, last) if lags else spec.as_of, first, last, source.name)
    views = views_of(definition, spec, source.path, day)
    _check_names(views, source)
    digests = {
        view.notebook: notebook_sha256(NOTEBOOKS / f"{view.notebook}.ipynb") for view in views
    }
    _check_same_source(runs, spec.name, manifest["source"]["name"])
    try:
        return _publish(definition, spec, runs, source, options, views, digests, browser, progress)
    except OSError as error:
        raise OpsError(
            f"The run could not be written to {runs.address()}: {error.strerror or error}.",
            "Nothing was published. Make room, or choose another folder by --runs.",
        ) from error


def _publish(
    definition: Definition,
    spec: RunSpec,
    runs: RunStore,
    source: PreparedSource,
    options: RunOptions,
    views: Sequence[View],
    digests: Mapping[str, str],
    browser: str,
    progress: Progress | None,
) -> RunResult:
    """:func:`run_report` after everything was checked that needs no folder."""
    key = run_key(definition, spec, views, digests, _content(source.manifest, spec.as_of))
    day_folder, access = f"{spec.name}/{spec.as_of}", access_of(source.config)
    runs.make_folder(day_folder, access)
    with runs.lock(f"{day_folder}/.{key}.lock", wait=0):
        before = attempts(runs, day_folder, key)
        if before and not options.again:
            folder, run = before[-1]
            if run is not None and run.status == "complete" and runs.is_intact(run, folder):
                _announce(runs, run)
                return RunResult(run, folder, runs.address(f"{folder}/index.html"), False, 0)
        with runs.draft(day_folder, key, access) as draft:
            pinned = pin(source.config, draft / ".pin")
            content = _content(pinned, spec.as_of)
            if content != _content(source.manifest, spec.as_of):  # replaced since it was looked at
                key = run_key(definition, spec, views, digests, content)
                before = attempts(runs, day_folder, key)
            builder = RunBuilder(
                definition=definition,
                spec=spec,
                runs=runs,
                views=views,
                notebook_digests=digests,
                key=key,
                attempt=1 + max((_nth(folder) for folder, _ in before), default=0),
                draft=draft,
                pinned=pinned,
                progress=progress or (lambda *_: None),
            )
            seconds = options.timeout or definition.seconds
            with Watchdog(seconds, options.megabytes) as watchdog:
                run = builder.build(watchdog, options.at_once, browser)
            folder = f"{day_folder}/{folder_name(key, run.attempt)}"
            # Messages are written down first: a kill in between forgets none.
            enqueue(
                runs, definition.deliver, spec.name, spec.as_of, f"{folder}/{FILE}", outcomes(run)
            )
            runs.publish(draft, folder, access)
    _announce(runs, run)
    return RunResult(run, folder, runs.address(f"{folder}/index.html"), True, builder.exit_code)


def _announce(runs: RunStore, run: RunManifest) -> None:
    """Let ``latest``, the index and the messages follow a publication.

    When it fails the run stays published; after a kill the next call does it.
    """
    try:
        runs.update_latest(run)
        if f"{quote(run.folder)}/" not in (runs.read_text("index.html") or ""):
            write_index(runs)
        deliver(runs, run.name, f"{run.folder}/{FILE}")
    except (OSError, BusyError) as error:
        log.warning("%s is published; what tells of it could not be written: %s", run.folder, error)


def _content(manifest: Mapping[str, Any], as_of: date) -> str:
    """What there is to read as of a day: the rows, and up to where they are complete."""
    days = {
        table: min(Seen.from_dict(seen).whole, as_of).isoformat()
        for table, seen in manifest["seen"].items()
    }
    return f"{manifest['content']} {sorted(days.items())}"


def attempts(runs: RunStore, day_folder: str, key: str) -> list[tuple[str, RunManifest | None]]:
    """The published attempts of a key, the first first; None for one that is damaged."""
    name, _, day = day_folder.rpartition("/")
    own = [
        folder
        for folder in runs.folders(name)
        if folder.split("/")[-2] == day and folder.split("/")[-1].partition(".")[0] == key
    ]
    return [(folder, runs.manifest(folder)) for folder in own]


def _nth(folder: str) -> int:
    text = folder.rsplit("/", 1)[-1].partition(".")[2]
    return int(text) if text.isdigit() else 1


def check_fresh(definition: Definition, as_of: date, manifest: Mapping[str, Any]) -> None:
    """Raise ``StaleError`` when a table is not complete up to the day that a report needs.

    A scheduled report needs its orders (without orders, its data) to the day it is as of, unless
    ``[fresh]`` lets them lag.
    """
    name, needed = manifest["source"]["name"], dict(definition.fresh)
    if definition.path:
        needed.setdefault(ORDERS if ORDERS in manifest["seen"] else OF_SOURCE, 0)
    for table, lag in needed.items():
        if table not in (OF_SOURCE, *manifest["check"]["tables"]):
            raise UsageError(
                f"{definition.name} asks for fresh {table}, which the source does not map.",
                "Map it, or take it out of [fresh].",
            )
        days = manifest["seen"].get(table)
        seen = Seen.from_dict(days) if days else None
        if seen is None or (as_of - seen.whole).days > lag:
            what = "The data" if table == OF_SOURCE else table
            wanted = f"{lag} days before" if lag else "that day"
            raise StaleError(
                f"{what} of {name} are complete to {seen.whole if seen else 'no day'}; the report "
                f"as of {as_of} needs them up to {wanted}.",
                SAY_IT.format(day=as_of - timedelta(days=lag)),
            )


def _check_names(views: Sequence[View], source: PreparedSource) -> None:
    """Raise ``UsageError`` for a name (a category, a campaign, ...) that the data do not have."""
    asking = [view for view in views if view.names_something()]
    if not asking:
        return
    store = open_store(source.config)
    try:
        for view in asking:
            Choices.of(ANALYSES[view.notebook], store).refuse(view)
    finally:
        store.close()


def _check_same_source(runs: RunStore, name: str, source: str) -> None:
    """Raise ``UsageError`` unless a report's runs are of one source: its history compares them."""
    latest = runs.latest(name)
    run = runs.manifest(str(latest["folder"])) if latest else None
    if run is not None and run.source and run.source != source:
        raise UsageError(
            f"The runs of {name} in {runs.address()} are of {run.source}, not of {source}.",
            "Choose another folder by --runs.",
        )


def absent(definition: Definition, as_of: date, runs: RunStore, error: OpsError, name: str) -> None:
    """Record why ``name`` has no run as of a day, and send the messages about it."""
    record = {
        "title": definition.words,
        "as_of": as_of.isoformat(),
        "reason": error.message.splitlines()[0],
        "exit_code": error.exit_code,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    path = runs.mark_absent(name, record)
    write_index(runs)
    enqueue(runs, definition.deliver, name, as_of, path, ["absent"])
    deliver(runs, name, path)
