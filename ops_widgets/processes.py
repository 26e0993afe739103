"""What a process has taken of its machine."""

from __future__ import annotations

import resource
import sys


def peak_memory() -> int:
    """The most bytes of memory that this process ever held, shared pages included."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) * (1 if sys.platform == "darwin" else 1024)
