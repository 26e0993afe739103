"""What the outputs of an executed notebook hand on as data, beside what a reader sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from nbformat import NotebookNode


def payloads(cells: Iterable[NotebookNode], mime: str) -> Iterator[dict[str, Any]]:
    """The JSON objects of the type ``mime`` in the outputs of cells, in their order."""
    for cell in cells:
        for output in cell.get("outputs", []):
            found = output.get("data", {}).get(mime)
            if isinstance(found, dict):
                yield dict(found)
