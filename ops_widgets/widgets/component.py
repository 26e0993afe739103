"""The components of a page that show answers: each knows its static form and its live one."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ops_widgets.charts.figures import figures_html
from ops_widgets.charts.findings import findings_html
from ops_widgets.charts.fonts import font_css
from ops_widgets.charts.formats import Number
from ops_widgets.charts.kpi import numbers_html
from ops_widgets.charts.pieces import (
    QUALITY,
    header_html,
    how_html,
    lines_html,
    notice_html,
)
from ops_widgets.charts.theme import css
from ops_widgets.errors import MissingDataError, Need, OpsError, incident_number
from ops_widgets.sources.mapping import how_to_map
from ops_widgets.views.settings import PART, selections
from ops_widgets.widgets.render import rendering
from ops_widgets.widgets.session import Session, source_of_kernel


@dataclass(frozen=True)
class Shown:
    """What a cell shows, by MIME type: the last expression of a cell displays itself."""

    bundle: dict[str, Any]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return self.bundle


class Component:
    """One place on the page: ``static`` HTML, or a ``live`` widget that ``refresh`` updates."""

    #: Whether a screen reader reads a change out.
    spoken = False
    #: Whether the page waits for a chart of it.
    draws = False

    def __init__(self, session: Session, compute: Callable[[Any, Any], Any]) -> None:
        self.session = session
        self.compute = compute
        #: Whether who looks is an analyst, no visitor: sees SQL, and why something failed.
        self.tell_reason = False

    def static(self, failing: bool) -> dict[str, Any]:
        """The component by MIME type, as HTML and as what machines read of it.

        ``failing``: let an unexpected error pass, since a report must fail.
        """
        try:
            return self._bundle(self.session.answer(self.compute))
        except MissingDataError as error:
            return {"text/html": self._lacking(error)}
        except Exception as error:
            if failing:
                raise
            return {"text/html": self._notice(self._explain(error))}

    def live(self) -> dict[str, Any]:
        """Make the widget, showing the current view; returns its display by MIME type."""
        from ops_widgets.widgets.live_html import LiveHtml

        self._widget = LiveHtml(
            html=self._static_html(), spoken=self.spoken, page=self.session.name
        )
        return self._widget.bundle

    def redraw(self) -> None:
        """Let the widget's chart show the page's current view: what is looked at while turning."""

    def refresh(self) -> None:
        """Let the widget show the page's current view."""
        self._widget.html = self._static_html()

    def how(self, labels: Mapping[str, str], more: Mapping[str, str] | None = None) -> str:
        """The definitions of what is shown (name -> label), and ``more`` of it (by name); for an
        analyst also the SQL.
        """
        ran = {(one.sql, str(one.parameters)): one for one in self.session.ran(self.compute)}
        terms = self.session.analysis.definitions(labels, more)
        shown = ran.values() if self.tell_reason else ()
        return how_html(terms, [(one.sql, one.parameters) for one in shown])

    def _static_html(self) -> str:
        return str(self.static(failing=False)["text/html"])

    def _bundle(self, answer: Any) -> dict[str, Any]:
        return {"text/html": self._html(answer)}

    def _html(self, answer: Any) -> str:
        raise NotImplementedError

    def _notice(self, notice: str) -> str:
        return notice

    def _lacking(self, error: MissingDataError) -> str:
        """Why there is nothing here, unless another component of the page says it already."""
        return self._explain(error) if self.session.explains(error, self) else ""

    def _explain(self, error: Exception) -> str:
        if isinstance(error, MissingDataError) and error.need:
            return self._explain_need(error.message, error.need)
        if isinstance(error, OpsError):
            query = self.session.view.turned(error.ask).to_query() if error.ask else ""
            return notice_html(error.message, error.remedy, error.ask, query)
        text = "".join(traceback.format_exception(error))
        if self.tell_reason:
            reason = f"<details><summary>Traceback</summary><pre>{escape(text)}</pre></details>"
            return notice_html(f"{type(error).__name__}: {error}") + reason
        number = incident_number(error)
        # Not sys.stderr: a kernel sends that to the visitor's page.
        print(f"incident {number} {text}", file=sys.__stderr__, flush=True)
        return notice_html(
            f"This part could not be computed (incident {number}).",
            "The rest of the page works. The reason is in the server's log under that number.",
        )

    def _explain_need(self, message: str, need: Need) -> str:
        """For who can map it the lines to write; for others what is missing, and whom to ask."""
        if not self.tell_reason:
            return notice_html(need.gap, need.step)
        config = source_of_kernel(self.session.view.source)
        after = f"Then build again: ops prepare {self.session.view.source}, and run this notebook."
        return lines_html(message, *how_to_map(config, need), after)


class Header(Component):
    """What the page is, where its numbers come from; it also brings the style sheet."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.about)

    def _html(self, answer: Any) -> str:
        # In a report and in an app it is known where the quality of the data can be read.
        quality = {"static": QUALITY, "voila": "../../#quality"}.get(rendering(), "")
        # Reports and apps have the fonts themselves: a hundred kilobytes are not said twice.
        fonts = font_css() if rendering() == "notebook" else ""
        return f"<style>{fonts}{css()}</style>{header_html(answer, quality)}"

    def live(self) -> dict[str, Any]:
        """The widget, whose button copies the link of what is shown."""
        bundle = super().live()
        self._follow()
        return bundle

    def refresh(self) -> None:
        """Let the button copy the link of the current view."""
        super().refresh()
        self._follow()

    def _follow(self) -> None:
        # A notebook's own address shows nobody else this view: that of the app does. It is apart
        # from the HTML, which brings the fonts: they are sent once.
        if rendering() == "notebook":
            self._widget.link = self.session.link()


class Found(Component):
    """What is found, and what to do about it."""

    spoken = True

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.found)

    def _html(self, answer: Any) -> str:
        return findings_html(answer["findings"], answer["looked_at"])

    def _lacking(self, error: MissingDataError) -> str:
        """Where data are missing, numbers and panels say so: that is no finding."""
        return ""

    def _explain(self, error: Exception) -> str:
        return "" if isinstance(error, OpsError) else super()._explain(error)


class Numbers(Component):
    """The row of headline numbers."""

    spoken = True

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.analysis.headline)

    def _html(self, answer: Any) -> str:
        how = self.how({number.name: number.label for number in answer})
        row = numbers_html(answer, self.session.view.compare, self._unfiltered(answer))
        return f'<div class="ops-headline">{row}{figures_html(answer)}{how}</div>'

    def _unfiltered(self, numbers: Sequence[Number]) -> list[str]:
        """What of the numbers does not follow what is selected, in sentences."""
        said = []
        for one in selections(self.session.view):
            ignoring = self.session.analysis.headline.ignores.get(next(iter(one.ask)), ())
            labels = [number.label for number in numbers if number.name in ignoring]
            if labels:
                said.append(f"Not filtered by {one}: {', '.join(labels)}.")
            if one.label == PART and any(number.trend for number in numbers):
                said.append(f"The small lines also show time outside of {one}.")
        return said
