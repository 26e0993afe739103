"""Many units of work, each in a process of its own, a few at a time."""

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
class Done:
    """What came of one unit: its exit code, seconds, the page's address or the reason."""

    unit: RunSpec
    exit_code: int
    seconds: float
    said: str

    @property
    def is_well(self) -> bool:
        """Whether the unit is published and complete."""
        return self.exit_code == 0


def run_units(
    units: Sequence[RunSpec], options: Sequence[str], *, jobs: int, tell: Callable[[Done], None]
) -> list[Done]:
    """Run every unit by ``ops report run-unit``, ``jobs`` at a time; one failing stops no other.

    Units of one name follow each other in the order given: each is compared with the one before.
    What is published already takes only a look: a backfill that was stopped goes on where it
    was. ``tell`` hears of each as it ends. Ctrl-C ends those that run and starts no more.
    """
    if jobs < 1:
        raise UsageError("There must be at least one job.", "Give --jobs 1 or more.")
    crew = _Crew(options)
    chains: dict[str, list[RunSpec]] = {}
    for unit in units:
        chains.setdefault(unit.name, []).append(unit)

    def work_off(chain: Sequence[RunSpec]) -> list[Done]:
        done = []
        for unit in chain:
            done.append(crew.run(unit))
            tell(done[-1])
        return done

    found: list[Done] = []
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(work_off, chain) for chain in chains.values()]
        try:
            for one in as_completed(waiting):
                found += one.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            crew.stop()
            raise
    order = {unit.to_json(): nth for nth, unit in enumerate(units)}
    return sorted(found, key=lambda done: order[done.unit.to_json()])


class _Crew:
    """The processes that are at work."""

    def __init__(self, options: Sequence[str]) -> None:
        self._options = options
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, unit: RunSpec) -> Done:
        started = time.monotonic()
        command = [sys.executable, "-m", "ops_widgets.cli", "report", "run-unit"]
        with self._lock:
            if self._stopped:
                return Done(unit, 130, 0.0, "It was not begun.")
            process = subprocess.Popen(
                [*command, unit.to_json(), *self._options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            self._running.add(process)
        said, complaint = process.communicate()
        self._running.discard(process)
        code = process.returncode if process.returncode >= 0 else SIGNALLED - process.returncode
        words = said.strip() if code == 0 else (complaint.strip() or said.strip())
        return Done(unit, code, time.monotonic() - started, words)

    def stop(self) -> None:
        """End what runs by SIGTERM, which leaves nothing half published."""
        with self._lock:
            self._stopped = True
            for process in list(self._running):
                process.terminate()


def summary(done: Sequence[Done]) -> Iterator[str]:
    """Lines on what came of all units: those that are not well, then the count."""
    for one in done:
        if not one.is_well:
            line = one.said.splitlines()[0] if one.said else ""
            yield f"{one.unit.name} as of {one.unit.as_of}: exit {one.exit_code}. {line}"
    well = sum(one.is_well for one in done)
    yield f"{well} of {len(done)} runs are published and complete."
