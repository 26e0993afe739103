"""Every table of an executed notebook as a file of its own: what its pages offer as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from ops_widgets.charts.download import csv_bytes, file_name
from ops_widgets.publish.notebooks.payloads import payloads
from ops_widgets.widgets.render import PANEL_TYPE


def write_tables(node: NotebookNode, folder: Path) -> list[Path]:
    """Write the tables of a notebook's panels to ``folder``; two of one name get a number."""
    written: list[Path] = []
    for name, content in _tables(node):
        path = folder / f"{name}.csv"
        for nth in range(2, len(written) + 2):
            if path not in written:
                break
            path = folder / f"{name}-{nth}.csv"
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


def _tables(node: NotebookNode) -> Iterator[tuple[str, bytes]]:
    for panel in payloads(node.cells, PANEL_TYPE):
        for table in panel.get("tables", ()):
            yield file_name(table["name"]), csv_bytes(table["csv"])
