"""Pages that need no kernel: the gallery, snapshots, health."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from markupsafe import Markup
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.formats import format_value
from ops_widgets.charts.paper import paper_css
from ops_widgets.publish.notebooks.export import rules_table
from ops_widgets.publish.reports.index_page import link
from ops_widgets.publish.reports.origin import Origin
from ops_widgets.publish.server.cards import Card, card_of
from ops_widgets.publish.server.handler import VisitorHandler
from ops_widgets.publish.server.served_source import ServedSource
from ops_widgets.publish.server.snapshots import Snapshot
from ops_widgets.views.base import View
from ops_widgets.views.choices import Choices
from ops_widgets.views.settings import without_day

#: Where the numbers come into a page whose beginning has been sent.
NUMBERS_HERE = "<!-- numbers -->"


class SourcePage(VisitorHandler):
    """A page about the source that is served."""

    def initialize(self, served: ServedSource) -> None:
        """``served`` holds the source, its snapshots and its reports."""
        self.served = served


class Gallery(SourcePage):
    """``/``: the apps, how fresh and how good their data are, the latest report."""

    def get(self) -> None:
        """Everything comes from snapshots and the manifest."""
        manifest = self.served.manifest()
        latest = self.served.latest_report()
        origin = Origin.of(manifest, date.fromisoformat(manifest["last_day"]))
        self.show(
            "gallery.html.j2",
            cards=[self._card(name) for name in ANALYSES],
            origin=origin,
            rules=rules_table(origin),
            report=latest,
            report_link=link(latest) if latest else "",
        )

    def _card(self, name: str) -> Card:
        return card_of(ANALYSES[name], self.served.snapshot(self.served.default(name)))


class App(SourcePage):
    """``/apps/NAME?...``: the snapshot of a view, without a kernel."""

    async def head(self, name: str) -> None:
        """202 as long as the page is being made."""
        view, _, _ = self._asked(name)
        if self.served.snapshot(view) is None:
            self.set_status(self._status(view))

    async def get(self, name: str) -> None:
        """The page; the nearest valid one for a link that asks for what there is not."""
        view, complaints, offers = self._asked(name)
        snapshot = self.served.snapshot(view)
        if snapshot is None:
            await self._first_look(view, complaints, offers)
            return
        self.show(
            "app.html.j2",
            name=name,
            title=ANALYSES[name].title,
            query=view.to_query(),
            body=Markup(snapshot.body),
            complaints=complaints,
            stale=self.served.snapshots.is_stale(snapshot),
            made_at=snapshot.made_at,
            paper=Markup(_paper(view, snapshot)),
        )

    def _asked(self, name: str) -> tuple[View, list[str], Choices]:
        """The view that the link asks for, why it is not quite that one, and what there is."""
        if name not in ANALYSES:
            raise HTTPError(404)
        default = self.served.default(name)
        first = self.served.snapshot(default)
        fresh = first is not None and not self.served.snapshots.is_stale(first)
        offers = first.offers if first and fresh else self.served.offers(name)
        return *offers.nearest_view(default, self.request.query), offers

    def _status(self, view: View) -> int:
        return 500 if self.served.snapshots.failure(view) else 202

    async def _first_look(self, view: View, complaints: list[str], offers: Choices) -> None:
        """Header, form and the places of all parts at once, then the numbers in the same answer.

        A visitor whose page cannot be made yet, since many others are, has the numbers meanwhile.
        """
        snapshots, look = self.served.snapshots, self.served.first_look
        failure = snapshots.failure(view)
        self.set_status(self._status(view))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "private, no-cache")
        page = self.page(
            "waiting.html.j2",
            name=view.notebook,
            title=ANALYSES[view.notebook].title,
            query=view.to_query(),
            complaints=complaints,
            failure=failure,
            turned_away=not (failure or snapshots.is_wanted(view)),
            frame=Markup(await look.frame(view, offers)),
            numbers=Markup(NUMBERS_HERE),
        )
        before, after = page.split(NUMBERS_HERE)
        with suppress(StreamClosedError):
            self.write(before)
            await self.flush()
            self.write(await look.numbers(view))
            await self.finish(after)


def _paper(view: View, snapshot: Snapshot) -> str:
    """The head of every printed sheet of an app's page."""
    day = view.as_of or (date.fromisoformat(snapshot.reaches) if snapshot.reaches else None)
    as_of = f"As of {format_value(day, 'date')}" if day else ""
    return paper_css(ANALYSES[view.notebook].title, as_of, without_day(view))


class Health(SourcePage):
    """``/health``: for load balancers and for whoever watches."""

    @allow_unauthenticated
    def get(self) -> None:
        """Counts only; 503 while there are no summaries to read."""
        kernels = self.kernels
        made = sum(self.served.snapshot(self.served.default(name)) is not None for name in ANALYSES)
        answer: dict[str, Any] = {
            "status": "ok" if self.served.manifest() else "no summaries",
            "apps": len(ANALYSES),
            "snapshots": made,
            "kernels": {"taken": kernels.taken, "ready": kernels.ready, "most": kernels.jobs},
        }
        self.set_status(200 if self.served.manifest() else 503)
        self.set_header("Cache-Control", "no-store")
        self.finish(answer)
