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
from ops_widgets.sources.config import SourceConfig, load_config
from ops_widgets.summaries.build import Prepared, prepare
from ops_widgets.summaries.memory import DEFAULT_MEMORY

#: Seconds to wait for somebody else's build of the same summaries.
PATIENCE = 600.0


@dataclass(frozen=True)
class PreparedSource:
    """A source whose summaries are up to date; ``manifest`` is theirs."""

    source: Path
    config: SourceConfig
    manifest: dict[str, Any]

    @property
    def last_day(self) -> date:
        """The last day of its orders."""
        return date.fromisoformat(self.manifest["last_day"])


def ready(
    source: str | Path,
    *,
    now: datetime,
    memory: str = DEFAULT_MEMORY,
    progress: Progress | None = None,
    patience: float = PATIENCE,
) -> PreparedSource:
    """Bring the summaries of ``source`` up to date; ``now`` is naive UTC.

    Waits while somebody else builds them. Raises what
    :func:`~ops_widgets.summaries.build.prepare` raises, ``BusyError`` after ``patience`` seconds.
    """

    def build() -> Prepared:
        return prepare(source, now=now, memory=memory, progress=progress)

    done = _patiently(build, patience)
    return PreparedSource(Path(source).resolve(), load_config(source), done.manifest)


def _patiently(build: Callable[[], Prepared], patience: float) -> Prepared:
    deadline = time.monotonic() + patience
    while True:
        try:
            return build()
        except BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def today(source: str | Path, now: datetime) -> date:
    """The day it is where the shop is; ``now`` is naive UTC. A clock that is off shows here."""
    zone = ZoneInfo(load_config(source).timezone)
    return now.replace(tzinfo=UTC).astimezone(zone).date()
