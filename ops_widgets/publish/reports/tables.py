"""Every table of an executed notebook as a file of its own: what its pages offer as CSV."""

from __future__ import annotations

import base64
import binascii
from html.parser import HTMLParser
from pathlib import Path

from nbformat import NotebookNode

_MARK = "data:text/csv;charset=utf-8;base64,"


class _Links(HTMLParser):
    """Collects the CSV files that a page holds in its links."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[tuple[str, bytes]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One link: its ``download`` is the name, its ``href`` the content."""
        values = dict(attrs)
        name, href = Path(values.get("download") or "").name, values.get("href") or ""
        if tag == "a" and name.endswith(".csv") and href.startswith(_MARK):
            try:
                self.files.append((name, base64.b64decode(href[len(_MARK) :], validate=True)))
            except (binascii.Error, ValueError):
                return  # not one of ours


def write_tables(node: NotebookNode, folder: Path) -> list[Path]:
    """Write the tables of a notebook to ``folder``; two of one name get a number."""
    written: list[Path] = []
    for name, content in _tables(node):
        path = folder / name
        for nth in range(2, len(written) + 2):
            if path not in written:
                break
            path = folder / f"{name.removesuffix('.csv')}-{nth}.csv"
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


def _tables(node: NotebookNode) -> list[tuple[str, bytes]]:
    links = _Links()
    for cell in node.cells:
        for output in cell.get("outputs", []):
            links.feed(output.get("data", {}).get("text/html", ""))
    links.close()
    return links.files
