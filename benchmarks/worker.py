"""Calls one function and prints what it returns as JSON: see :func:`benchmarks.processes.fresh`."""

import time

START = time.perf_counter()

import importlib  # noqa: E402 - imports are part of what is measured
import json  # noqa: E402
import sys  # noqa: E402

from ops_widgets.processes import peak_memory  # noqa: E402

if __name__ == "__main__":
    module, function, given = sys.argv[1:]
    arguments, named = json.loads(given)
    result = getattr(importlib.import_module(module), function)(*arguments, **named)
    taken = {"process_seconds": time.perf_counter() - START, "peak_mb": peak_memory() / (1 << 20)}
    print(json.dumps(result | taken))
