"""What a build tells while it runs: progress for who watches, a line a step for the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ops_widgets.processes import peak_memory
from ops_widgets.progress import Progress

log = logging.getLogger("ops_widgets.prepare")


@dataclass
class Step:
    """The rows that a step read, wrote and set aside; filled in while it runs."""

    rows: int = 0
    out: int = 0
    rejected: int = 0


class Steps:
    """Runs the steps of a build and tells of each."""

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self._done: int | None = None
        self._total: int | None = None

    def expect(self, rows: int | None) -> None:
        """From now on ``rows`` are to be read; None: nobody knows."""
        self._done, self._total = (None, None) if rows is None else (0, rows)

    @contextmanager
    def step(self, what: str) -> Iterator[Step]:
        """One step; its line is logged when it has ended well."""
        if self._progress:
            self._progress(what, self._done, self._total)
        start, step = time.perf_counter(), Step()
        yield step
        if self._done is not None:
            self._done += step.rows
        log.info(
            "%s: %s rows in, %s out, %s rejected, %.1f s, peak %.0f MB",
            what,
            f"{step.rows:,}",
            f"{step.out:,}",
            f"{step.rejected:,}",
            time.perf_counter() - start,
            peak_memory() / (1 << 20),
        )
