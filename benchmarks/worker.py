"""Calls one function and prints what it returns as JSON: see :func:`benchmarks.processes.fresh`."""

import time

START = time.perf_counter()

import importlib  # noqa: E402 - imports are part of what is measured
import json  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402


def peak_mb() -> float:
    """The most memory that this process ever held, in MB.

    Linux says it of this very program; the usage counters that other systems have as well may
    begin with what the parent held when it started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return int(next(one for one in lines if one.startswith("VmHWM")).split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    module, function, given = sys.argv[1:]
    arguments, named = json.loads(given)
    result = getattr(importlib.import_module(module), function)(*arguments, **named)
    taken = {"process_seconds": time.perf_counter() - START, "peak_mb": peak_mb()}
    print(json.dumps(result | taken))
