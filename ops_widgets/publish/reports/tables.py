"""Every table of an executed notebook as a file of its own: what its pages offer as CSV."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from nbformat import NotebookNode

from ops_widgets.charts.download import csv_bytes, file_name
from ops_widgets.publish.notebooks.payloads import payloads
from ops_widgets.widgets.render import PANEL_TYPE

#: A file that a page holds, and the rows of a table that it holds as text.
_CSV_LINK = re.compile(
    r'(?P<head><a class="ops-tool" download="(?P<name>[^"]+)\.csv" )href="data:text/csv[^"]+"'
)
_HIDDEN_ROWS = re.compile(r'<pre class="ops-rest" hidden>[^<]*</pre>')


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


def within(page: str, notebook: str, most: int) -> str:
    """``page`` with less of its long lists in it, as far as that is needed to keep it short.

    First the files that it holds become links to those beside it, then the rows that it shows
    only to who leafs or searches are left to those files.
    """
    if len(page) > most:
        times: Counter[str] = Counter()

        def beside(found: re.Match[str]) -> str:
            name = found["name"]
            times[name] += 1
            nth = f"-{times[name]}" if times[name] > 1 else ""
            return f'{found["head"]}href="tables/{quote(notebook)}/{quote(name)}{nth}.csv"'

        page = _CSV_LINK.sub(beside, page)
    return _HIDDEN_ROWS.sub("", page) if len(page) > most else page


def _tables(node: NotebookNode) -> Iterator[tuple[str, bytes]]:
    for panel in payloads(node.cells, PANEL_TYPE):
        for table in panel.get("tables", ()):
            yield file_name(table["name"]), csv_bytes(table["csv"])
