"""What a command about reports is about: the definition, the source, the days, the runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ops_widgets.cli.options import SAMPLES, parse_day, parse_pair
from ops_widgets.errors import DataError, UsageError, nearest

if TYPE_CHECKING:
    from ops_widgets.progress import Progress
    from ops_widgets.publish.reports.definition import Definition
    from ops_widgets.publish.reports.expansion import RunSpec
    from ops_widgets.publish.reports.prepared import PreparedSource
    from ops_widgets.sources.config import SourceConfig


@dataclass(frozen=True)
class Selection:
    """A report and the ``path`` of its source; ``config`` where the source was read already."""

    definition: Definition
    path: Path
    config: SourceConfig | None = None


def select(
    names: Sequence[str], source: Path | None, parameters: Sequence[str], folder: Path
) -> Selection:
    """What is asked for: a definition by its name, or notebooks.

    ``source`` wins over the definition's own; ``parameters`` are ``name=value`` for notebooks.
    """
    from ops_widgets.analyses import ANALYSES
    from ops_widgets.publish.reports.adhoc import adhoc
    from ops_widgets.publish.reports.definition_files import definition_files
    from ops_widgets.sources.config import load_config

    pairs = [parse_pair(text) for text in parameters]
    known = {path.stem: path for path in definition_files(folder)}
    others = [name for name in names if name not in ANALYSES and name != "all"]
    if not others:
        path = source or SAMPLES
        config = load_config(path)
        return Selection(adhoc(names, config.name, pairs), path, config)
    for name in others:
        if name not in known and not name.endswith(".toml"):
            hint = nearest(name, [*ANALYSES, "all", *known])
            raise UsageError(f"There is no notebook {name!r}, and no report.", hint)
    if len(names) > 1:
        raise UsageError("One report at a time.", f"Run them apart: {', '.join(names)}.")
    if pairs:
        raise UsageError("A report sets its parameters itself.", "Leave out -p, or change it.")
    return select_report(names[0], source, folder)


def select_report(name: str, source: Path | None, folder: Path) -> Selection:
    """The report ``name``; ``source`` wins over the definition's own."""
    from ops_widgets.publish.reports.definition_files import find_definition

    definition = find_definition(name, folder)
    return Selection(definition, source or source_of(definition))


def source_of(definition: Definition) -> Path:
    """The source that a definition names, beside its file; without one, the samples."""
    if definition.source and definition.path:
        return (definition.path.parent / Path(definition.source).expanduser()).absolute()
    return SAMPLES


def prepared(
    selection: Selection,
    as_of: str | None,
    runs: str,
    progress: Progress | None,
    name: str = "",
) -> tuple[PreparedSource, date]:
    """The summaries, up to date, and the day; broken data leave a record of that day.

    ``name`` is whose absence that is; without it, the report's.
    """
    from ops_widgets.publish.reports.pipeline import absent
    from ops_widgets.publish.reports.prepared import prepare_source, today
    from ops_widgets.publish.reports.run_store import RunStore
    from ops_widgets.sources.config import load_config

    definition = selection.definition
    now = datetime.now(UTC).replace(tzinfo=None)
    day = parse_day(as_of) if as_of else None
    try:
        config = selection.config or load_config(selection.path)
        if day is None and definition.as_of != "last-day-of-data":
            day = definition.day(today(config, now), date.min)
        source = prepare_source(selection.path, config, now=now, progress=progress)
    except DataError as error:
        if day and definition.path:
            absent(definition, day, RunStore(runs), error, name or definition.name)
        raise
    return source, day or source.last_day


def runs_of(definition: Definition, days: Sequence[date], source: PreparedSource) -> list[RunSpec]:
    """The runs of a report as of each of the days, in their order."""
    from ops_widgets.publish.reports.expansion import RunSpec, expand
    from ops_widgets.summaries.store import open_store

    if not definition.expand:
        return [RunSpec(report=definition.name, as_of=day) for day in days]
    store = open_store(source.config)
    try:
        return [spec for day in days for spec in expand(definition, day, store)]
    finally:
        store.close()


def days_of(definition: Definition, first: date, last: date) -> list[date]:
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
