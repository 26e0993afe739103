"""HTML that changes in place: headings, numbers, tables, notices."""

from __future__ import annotations

from pathlib import Path

import traitlets

from ops_widgets import charts
from ops_widgets.widgets.one_way import OneWay

_FILTER = Path(charts.__file__).parent / "table_filter.js"
_HERE = Path(__file__).parent


class LiveHtml(OneWay):
    """Shows ``html`` (already escaped by whoever made it).

    When it changes, an open table stays open and filtered. ``spoken`` lets a screen reader
    read the change.
    """

    _esm = _FILTER.read_text("utf-8") + (_HERE / "live_html.js").read_text("utf-8")
    html = traitlets.Unicode().tag(sync=True)
    spoken = traitlets.Bool(False).tag(sync=True)
