"""HTML that changes in place: headings, numbers, tables, notices."""

from __future__ import annotations

import traitlets

from ops_widgets.charts.tables import page_code
from ops_widgets.widgets.one_way import OneWay, script


class LiveHtml(OneWay):
    """Shows ``html`` (already escaped by whoever made it).

    When it changes, an open table stays open and filtered, and the focus where it was.
    ``spoken`` lets a screen reader read the change. ``link`` is what its button copies; empty: the
    address of the page.
    """

    _esm = page_code() + script("shared.js", "html_place.js", "live_html.js")
    html = traitlets.Unicode().tag(sync=True)
    link = traitlets.Unicode().tag(sync=True)
    spoken = traitlets.Bool(False).tag(sync=True)
