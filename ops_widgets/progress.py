"""How long work tells who watches what it is doing."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with what is being done, and how much is done of how much where that is known."""

    def __call__(self, what: str, done: int | None = None, total: int | None = None) -> object:
        """Tell it."""
