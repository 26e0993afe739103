"""Parts that are measured one after the other, of which a failed one does not keep the next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from benchmarks.figures import Figure


async def attempt(
    part: str, what: str, measure: Callable[[], Awaitable[list[Figure]]]
) -> list[Figure]:
    """The figures of ``measure()``, else one that says that, and why, there are none.

    Whether it came to an end is a figure with a target as well: none of them may fail.
    """
    try:
        return await measure()
    except Exception as error:
        words = f"{type(error).__name__}: {error}".partition("\n")[0][:200].replace("|", "/")
        return [Figure(part, f"{what}: failed", 0, 1, "", 0, note=words)]
