"""The published reports, as they were written."""

from __future__ import annotations

from tornado.web import HTTPError

from ops_widgets.publish.reports.index_page import page_context
from ops_widgets.publish.server.pages import SourcePage

#: A report says in itself which of its scripts may run; here it is kept from all else.
REPORT = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
TYPES = {"html": "text/html", "json": "application/json", "csv": "text/csv"}


class Reports(SourcePage):
    """``/reports/``: every report with its runs; the index of a run leads back here."""

    def get(self) -> None:
        """The list; its links are relative to this address."""
        if not self.request.path.endswith("/"):
            self.redirect(f"{self.base_url}reports/")
            return
        self.show("reports.html.j2", **page_context(self.served.reports()))


class Report(SourcePage):
    """``/reports/NAME/DAY/KEY/PAGE``: a page of a run; never its notebooks, which hold code."""

    policy = REPORT

    def get(self, folder: str, page: str) -> None:
        """The file; a browser asks again whether it has changed."""
        page = page or "index.html"
        content = self.served.report_page(folder, page)
        if content is None:
            raise HTTPError(404)
        kind = TYPES[page.rsplit(".", 1)[1]]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Cache-Control", "private, no-cache")
        self.finish(content)
