"""How much memory a build may take, and how its two engines share it."""

from __future__ import annotations

import re

from ops_widgets.errors import UsageError

#: What a build takes without being asked: months are read a few at a time, so that this is
#: enough for any size; what does not fit is spilled to disk.
DEFAULT_MEMORY = "1.75GB"
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_UNITS |= {f"{unit}I": 1 << 10 * power for power, unit in enumerate("KMGT", 1)}
#: The least with which DuckDB gets anywhere.
_LEAST = 100 * 10**6


def memory_share(size: str, share: float) -> str:
    """``share`` (0 to 1) of a ``size`` such as ``2GB`` or ``512MiB``, as DuckDB reads it.

    Raises :class:`UsageError` for what is no size, or less than 100 MB.

    >>> memory_share("2GB", 0.5)
    '1000000000B'
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?I?)B?\s*", size.upper())
    count = float(found[1]) * _UNITS.get(found[2], 0) if found else 0
    if count < _LEAST:
        raise UsageError(
            f"{size!r} is no amount of memory that a build can work with.",
            "Write it as 2GB or 500MB; 100MB is the least.",
        )
    return f"{int(count * share)}B"
