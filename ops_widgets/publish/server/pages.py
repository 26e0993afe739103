"""Pages that need no kernel: the gallery, snapshots, health."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from markupsafe import Markup
from tornado.web import HTTPError

from ops_widgets.analyses import ANALYSES
from ops_widgets.publish.notebooks.export import rules_table
from ops_widgets.publish.reports.index_page import link
from ops_widgets.publish.reports.origin import Origin
from ops_widgets.publish.server.handler import VisitorHandler
from ops_widgets.publish.server.served_source import ServedSource
from ops_widgets.views.base import View


class SourcePage(VisitorHandler):
    """A page about the source that is served."""

    def initialize(self, served: ServedSource) -> None:
        """``served`` holds the source, its snapshots and its reports."""
        self.served = served


@dataclass(frozen=True)
class Card:
    """One app in the gallery."""

    name: str
    title: str
    drawing: Markup
    made_at: datetime | None


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
        title = ANALYSES[name].title
        snapshot = self.served.snapshot(self.served.default(name))
        if snapshot is None:
            return Card(name, title, Markup(), None)
        return Card(name, title, Markup(snapshot.drawing), snapshot.made_at)


class App(SourcePage):
    """``/apps/NAME?...``: the snapshot of a view, without a kernel."""

    def head(self, name: str) -> None:
        """202 as long as the page is being made."""
        self.get(name)

    def get(self, name: str) -> None:
        """The page; the nearest valid one for a link that asks for what there is not."""
        if name not in ANALYSES:
            raise HTTPError(404)
        default = self.served.default(name)
        first = self.served.snapshot(default)
        fresh = first is not None and not self.served.snapshots.is_stale(first)
        offers = first.offers if first and fresh else self.served.offers(name)
        view, complaints = offers.nearest_view(default, self.request.query)
        snapshot = self.served.snapshot(view)
        if snapshot is None:
            self._wait(view, complaints)
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
        )

    def _wait(self, view: View, complaints: list[str]) -> None:
        failure = self.served.snapshots.failure(view)
        self.set_status(500 if failure else 202)
        self.show(
            "waiting.html.j2",
            name=view.notebook,
            title=ANALYSES[view.notebook].title,
            query=view.to_query(),
            complaints=complaints,
            failure=failure,
            turned_away=not (failure or self.served.snapshots.is_wanted(view)),
        )


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
