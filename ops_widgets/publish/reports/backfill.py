"""Many runs, each in a process of its own, a few at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from ops_widgets.errors import UsageError
from ops_widgets.publish.reports.expansion import RunSpec

#: Exit code of a process that was ended by a signal, as shells give it.
SIGNALLED = 128


@dataclass(frozen=True)
class ProcessResult:
    """What came of one run: its exit code, seconds, the page's address or the reason."""

    spec: RunSpec
    exit_code: int
    seconds: float
    message: str

    @property
    def is_complete(self) -> bool:
        """Whether the run is published and complete."""
        return self.exit_code == 0


def run_all(
    specs: Sequence[RunSpec],
    options: Sequence[str],
    *,
    jobs: int,
    on_result: Callable[[ProcessResult], None],
) -> list[ProcessResult]:
    """Make every run by ``ops report run-unit``, ``jobs`` at a time; one failing stops no other.

    Runs of one name follow each other in the order given: each is compared with the one before.
    What is published already takes only a look: a backfill that was stopped goes on where it
    was. ``on_result`` is called with each as it ends. Ctrl-C ends those that are being made and
    starts no more.
    """
    if jobs < 1:
        raise UsageError("There must be at least one job.", "Give --jobs 1 or more.")
    processes = _Processes(options)
    chains: dict[str, list[RunSpec]] = {}
    for spec in specs:
        chains.setdefault(spec.name, []).append(spec)

    def run_chain(chain: Sequence[RunSpec]) -> list[ProcessResult]:
        done = []
        for spec in chain:
            done.append(processes.run(spec))
            on_result(done[-1])
        return done

    found: list[ProcessResult] = []
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(run_chain, chain) for chain in chains.values()]
        try:
            for one in as_completed(waiting):
                found += one.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            processes.stop()
            raise
    order = {spec.to_json(): nth for nth, spec in enumerate(specs)}
    return sorted(found, key=lambda done: order[done.spec.to_json()])


class _Processes:
    """The processes of the runs that are being made."""

    def __init__(self, options: Sequence[str]) -> None:
        self._options = options
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, spec: RunSpec) -> ProcessResult:
        started = time.monotonic()
        command = [sys.executable, "-m", "ops_widgets.cli", "report", "run-unit"]
        with self._lock:
            if self._stopped:
                return ProcessResult(spec, 130, 0.0, "It was not begun.")
            process = subprocess.Popen(
                [*command, spec.to_json(), *self._options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            self._running.add(process)
        output, errors = process.communicate()
        self._running.discard(process)
        code = process.returncode if process.returncode >= 0 else SIGNALLED - process.returncode
        message = output.strip() if code == 0 else (errors.strip() or output.strip())
        return ProcessResult(spec, code, time.monotonic() - started, message)

    def stop(self) -> None:
        """End them by SIGTERM, which leaves nothing half published."""
        with self._lock:
            self._stopped = True
            for process in list(self._running):
                process.terminate()


def summary(done: Sequence[ProcessResult]) -> Iterator[str]:
    """Lines on what came of all runs: those that are not complete, then the count."""
    for one in done:
        if not one.is_complete:
            line = one.message.splitlines()[0] if one.message else ""
            yield f"{one.spec.name} as of {one.spec.as_of}: exit {one.exit_code}. {line}"
    complete = sum(one.is_complete for one in done)
    yield f"{complete} of {len(done)} runs are published and complete."
