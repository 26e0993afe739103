"""The summaries that a run reads, brought up to date first."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ops_widgets.errors import BusyError
from ops_widgets.progress import Progress
from ops_widgets.sources.config import SourceConfig
from ops_widgets.summaries.build import Prepared, prepare
from ops_widgets.summaries.memory import DEFAULT_MEMORY
from ops_widgets.summaries.seen import Seen, seen_of

#: Seconds to wait for somebody else's build of the same summaries.
PATIENCE = 600.0


@dataclass(frozen=True)
class PreparedSource:
    """A source whose summaries are up to date; ``manifest`` is theirs.

    ``path`` is the folder or file that it was asked for by, absolute; notebooks get it.
    """

    path: Path
    config: SourceConfig
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        """What the source is called."""
        return str(self.manifest["source"]["name"])

    @property
    def last_day(self) -> date:
        """The last day that is over in its data; where none is, the last there is."""
        seen = seen_of({n: Seen.from_dict(one) for n, one in self.manifest["seen"].items()})
        return seen.whole if seen.whole >= seen.first else seen.last


def prepare_source(
    path: str | Path,
    config: SourceConfig,
    *,
    now: datetime,
    memory: str = DEFAULT_MEMORY,
    progress: Progress | None = None,
    patience: float = PATIENCE,
) -> PreparedSource:
    """Bring the summaries of a source up to date; ``now`` is naive UTC.

    Waits while somebody else builds them. Raises what
    :func:`~ops_widgets.summaries.build.prepare` raises, ``BusyError`` after ``patience`` seconds.
    """

    def build() -> Prepared:
        return prepare(config, now=now, memory=memory, progress=progress)

    done = _patiently(build, patience)
    return PreparedSource(Path(path).absolute(), config, done.manifest)


def _patiently(build: Callable[[], Prepared], patience: float) -> Prepared:
    deadline = time.monotonic() + patience
    while True:
        try:
            return build()
        except BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def today(config: SourceConfig, now: datetime) -> date:
    """The day it is where the shop is; ``now`` is naive UTC. A clock that is off shows here."""
    return now.replace(tzinfo=UTC).astimezone(ZoneInfo(config.timezone)).date()
