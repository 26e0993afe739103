"""Work in an interpreter of its own: nobody else's imports, caches or memory are in its figures."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class Died(Exception):
    """The process was killed before it answered; in a benchmark that is a want of memory."""


def clean_environment() -> dict[str, str]:
    """The environment of a user: bytecode is written and used, summaries lie beside the data."""
    ours = ("PYTHONDONTWRITEBYTECODE", "OPS_STORE")
    return {name: value for name, value in os.environ.items() if name not in ours}


def fresh(
    function: Callable[..., dict[str, Any]], *arguments: object, **named: object
) -> dict[str, Any]:
    """What ``function`` (of a module's top level) returns in a new process.

    Arguments go as JSON, paths as text. Added to the result are ``peak_mb``, the most memory
    that the process ever held, and ``process_seconds``, its time with all imports.
    """
    given = json.dumps([arguments, named], default=str)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.worker", function.__module__, function.__name__, given],
        env=clean_environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode == -signal.SIGKILL:
        raise Died(f"{function.__module__}.{function.__name__} was killed")
    done.check_returncode()
    return dict(json.loads(done.stdout.splitlines()[-1]))
