"""The published reports, as they were written."""

from __future__ import annotations

from tornado.web import HTTPError

from ops_widgets.publish.app.pages import ShopPage

#: A report says in itself which of its scripts may run; here it is kept from all else.
REPORT = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


class Reports(ShopPage):
    """``/reports/``: the days for which there is one."""

    def get(self) -> None:
        """The list, the latest first."""
        self.show("reports.html.j2", days=self.shop.report_days())


class Report(ShopPage):
    """``/reports/DAY/PAGE``: a page of a report; never its notebooks, which hold code."""

    policy = REPORT

    def get(self, day: str, page: str) -> None:
        """The file; a browser asks again whether it has changed."""
        content = self.shop.report_page(day, page or "index.html")
        if content is None:
            raise HTTPError(404)
        kind = "application/json" if page.endswith(".json") else "text/html"
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Cache-Control", "private, no-cache")
        self.finish(content)
