"""Bounds on a run's time and on the memory of its processes, and how much they took."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import psutil

from ops_widgets.processes import peak_memory
from ops_widgets.publish.notebooks.execute import ReportKernel

#: The exit code of a run whose time was over.
TIMEOUT = 124
#: Seconds between two looks, and those that a run gets after its time for writing what there is.
AGAIN, GRACE = 0.25, 120.0


class Watchdog:
    """Watches a run from ``with`` to its end.

    Every kernel is ended when ``seconds`` are over, those that start later too: what the run has
    got by then is written and marked. A run that does not manage even that is ended as a whole,
    with exit code 124. A kernel that holds more than ``megabytes`` (0: any) is ended at once.
    """

    def __init__(self, seconds: float, megabytes: int = 0) -> None:
        self.seconds = seconds
        self.megabytes = megabytes
        self.is_over = False
        self.exceeded_memory = False
        self._peak = 0
        self._done = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._watch, daemon=True, name="watchdog").start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._done.set()

    @property
    def peak_memory(self) -> int:
        """The most bytes seen at once in this process and its kernels, shared pages included."""
        return max(self._peak, peak_memory())

    def _watch(self) -> None:
        passed = 0.0
        while not self._done.wait(AGAIN):
            passed += AGAIN
            self._check_memory()
            self.is_over = self.is_over or passed >= self.seconds
            if self.is_over:
                ReportKernel.kill_all()
            if passed >= self.seconds + GRACE:
                print("The run did not end in time, and was stopped.", file=sys.stderr, flush=True)
                os._exit(TIMEOUT)

    def _check_memory(self) -> None:
        total = 0
        for process in (psutil.Process(), *_kernels()):
            try:
                held = process.memory_info().rss
            except psutil.Error:
                continue  # it has just ended
            total += held
            if self.megabytes and held > self.megabytes << 20 and process.pid != os.getpid():
                self.exceeded_memory = True
                ReportKernel.kill(process.pid)
        self._peak = max(self._peak, total)


def _kernels() -> Iterator[psutil.Process]:
    """The kernels of this process; what their cells start is not counted."""
    for pid in ReportKernel.pids():
        try:
            yield psutil.Process(pid)
        except psutil.Error:
            continue
