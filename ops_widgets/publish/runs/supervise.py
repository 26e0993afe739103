"""A bound on a run's time, and how much memory its processes took."""

from __future__ import annotations

import os
import resource
import sys
import threading
from types import TracebackType
from typing import Self

from ops_widgets.publish.run import ReportKernel

#: The exit code of a run whose time was over.
TIMEOUT = 124
#: Seconds between two attempts to end kernels, and those that the rest of a run gets after its
#: time for writing what there is.
AGAIN, GRACE = 0.5, 120.0


class Deadline:
    """Ends every kernel of this process when ``seconds`` are over, those that start later too.

    What the run has got by then is written and marked. A run that does not manage even that is
    ended as a whole, with exit code 124.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._passed = threading.Event()
        self._done = threading.Event()

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return self._passed.is_set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._watch, daemon=True, name="deadline").start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._done.set()

    def _watch(self) -> None:
        if self._done.wait(self.seconds):
            return
        self._passed.set()
        left = GRACE
        while left > 0:
            ReportKernel.kill_all()
            if self._done.wait(AGAIN):
                return
            left -= AGAIN
        print("The run did not end in time, and was stopped.", file=sys.stderr, flush=True)
        os._exit(TIMEOUT)


def peak_memory() -> int:
    """The most bytes that any one process of this run has held, as far as they have ended."""
    unit = 1 if sys.platform == "darwin" else 1024
    sizes = [
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return max(sizes) * unit


def limit_memory(megabytes: int) -> None:
    """Let this process, and each that it starts, take at most so much memory of its own."""
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
