"""The parts of a page that show answers: each knows its static form and its live one."""

from __future__ import annotations

import secrets
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd
from altair.typing import ChartType
from altair.utils.schemapi import debug_mode

from ops_widgets.charts.download import csv_link, file_name
from ops_widgets.charts.formats import format_value
from ops_widgets.charts.kpi import numbers_html
from ops_widgets.charts.marks import drawable
from ops_widgets.charts.pieces import header_html, how_html, note_html, notice_html
from ops_widgets.charts.static import drawn_twice
from ops_widgets.charts.tables import for_reading, frame_table
from ops_widgets.charts.theme import css
from ops_widgets.charts.words import in_a_sentence
from ops_widgets.errors import MissingDataError, OpsError
from ops_widgets.metrics.glossary import definitions
from ops_widgets.views.base import View

if TYPE_CHECKING:
    from ops_widgets.widgets.page import Page

NOTHING = notice_html("No rows match this selection.", "Choose a longer period or fewer filters.")


@dataclass(frozen=True)
class Shown:
    """What a cell shows, by MIME type: the last expression of a cell displays itself."""

    bundle: dict[str, Any]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return self.bundle


#: What goes without saying while it is as usual.
UNSAID = frozenset({"locale", "targets"})


def in_words(view: View) -> dict[str, str]:
    """Label and value of every field of a view that a person can choose."""
    words = {}
    for name, field in type(view).model_fields.items():
        value = getattr(view, name)
        unsaid = name in UNSAID or name in view.selected or (isinstance(value, str) and not value)
        if name in view.not_in_links or (unsaid and value == field.default):
            continue
        if isinstance(value, tuple):
            shown = ", ".join(map(str, value)) or "all"
        elif isinstance(value, bool):
            shown = "yes" if value else "no"
        elif value is None:
            shown = "latest"
        else:
            shown = format_value(value, "date" if isinstance(value, date) else "text")
            shown = shown.replace("_", " ")
        words[field.title or name.replace("_", " ").capitalize()] = shown
    return words


class Part:
    """One place on the page: ``static`` HTML, or a ``live`` widget that ``refresh`` updates."""

    #: Whether a screen reader reads a change out.
    spoken = False
    #: Whether the page waits for a chart of it.
    draws = False

    def __init__(self, page: Page, compute: Callable[[Any, Any], Any]) -> None:
        self.page = page
        self.compute = compute
        #: Whether the person who looks may see why something failed (an analyst, no visitor).
        self.tell_reason = False

    def static(self, failing: bool) -> str:
        """The part as HTML. ``failing``: let an unexpected error pass, a report must fail."""
        try:
            return self._html(self.page.answer(self.compute))
        except MissingDataError as error:
            return self._notice(notice_html(error.message, error.remedy))
        except Exception as error:
            if failing:
                raise
            return self._notice(self._explain(error))

    def live(self) -> dict[str, Any]:
        """Make the widget, showing the current view; returns its display by MIME type."""
        from ops_widgets.widgets.live_html import LiveHtml

        self._widget = LiveHtml(
            html=self.static(failing=False), spoken=self.spoken, page=self.page.name
        )
        return self._widget.bundle

    def refresh(self) -> None:
        """Let the widget show the page's current view."""
        self._widget.html = self.static(failing=False)

    def how(self, terms: Mapping[str, str]) -> str:
        """The definitions of what is shown, and the SQL that was run for it."""
        found = {(one.sql, str(one.parameters)): one for one in self.page.ran(self.compute)}
        return how_html(terms, [(one.sql, one.parameters) for one in found.values()])

    def _html(self, answer: Any) -> str:
        raise NotImplementedError

    def _notice(self, notice: str) -> str:
        return notice

    def _explain(self, error: Exception) -> str:
        if isinstance(error, OpsError):
            return notice_html(error.message, error.remedy)
        text = "".join(traceback.format_exception(error))
        if self.tell_reason:
            reason = f"<details><summary>Traceback</summary><pre>{escape(text)}</pre></details>"
            return notice_html(f"{type(error).__name__}: {error}") + reason
        number = incident(error)
        # Not sys.stderr: a kernel sends that to the visitor's page.
        print(f"incident {number} {text}", file=sys.__stderr__, flush=True)
        return notice_html(
            f"This part could not be computed (incident {number}).",
            "The rest of the page works. The reason is in the server's log under that number.",
        )


def incident(error: Exception) -> str:
    """The number of an error, the same wherever it is shown: eight hexadecimal digits."""
    number: str = getattr(error, "ops_incident", "") or secrets.token_hex(4)
    error.ops_incident = number  # type: ignore[attr-defined]
    return number


class HeaderPart(Part):
    """What the page is, where its numbers come from; it also brings the style sheet."""

    def _html(self, answer: Any) -> str:
        return f"<style>{css()}</style>{header_html(answer)}"


class NumbersPart(Part):
    """A row of headline numbers."""

    spoken = True

    def _html(self, answer: Any) -> str:
        terms = definitions(number.name for number in answer)
        labels = {number.name: number.label for number in answer}
        how = {labels[name]: text for name, text in terms.items()}
        return numbers_html(answer) + self.how(how)


class PanelPart(Part):
    """A title, a chart and the table of the same frame."""

    def __init__(
        self,
        page: Page,
        title: str | Callable[[pd.DataFrame], str],
        compute: Callable[[Any, Any], pd.DataFrame],
        chart: Callable[[pd.DataFrame], ChartType] | None,
        table: bool,
        note: str,
    ) -> None:
        super().__init__(page, compute)
        self.title = title
        self.chart = chart
        self.table = table
        self.note = note

    def _html(self, answer: Any) -> str:
        title = self._title(answer)
        drawn = ""
        if self.chart is not None and not answer.empty:
            drawn = drawn_twice(self.chart(drawable(answer)), label=in_a_sentence(answer, title))
        return self._section(_heading(title), drawn + self._below(answer, title))

    def _notice(self, notice: str) -> str:
        return self._section(_heading(self._title(None)), notice)

    def _section(self, heading: str, body: str) -> str:
        return f'<section class="ops-panel">{heading}{body}</section>'

    def _title(self, frame: pd.DataFrame | None) -> str:
        """The title; one that is a finding has nothing to say without rows."""
        if isinstance(self.title, str):
            return self.title
        return "" if frame is None or frame.empty else self.title(frame)

    def _below(self, frame: pd.DataFrame, title: str, live: bool = False) -> str:
        if frame.empty:
            return NOTHING
        table = frame_table(frame, caption=title, pickable=live) if self.table else ""
        if table and self.chart is not None:
            table = f'<details class="ops-twin"><summary>Table</summary>{table}</details>'
        note = note_html(self.note, frame.attrs.get("note", ""))
        return self._tools(frame, title) + table + self.how(frame.attrs.get("terms", {})) + note

    def _tools(self, frame: pd.DataFrame, title: str) -> str:
        """What can be taken away: the numbers as a file, the chart as a picture."""
        pictures = "".join(
            f'<button type="button" class="ops-tool" data-save="{kind}">{kind.upper()}</button>'
            for kind in (("png", "svg") if self.chart is not None else ())
        )
        name = file_name(title)
        return (
            f'<div class="ops-tools" role="group" aria-label="Save" data-file="{name}">'
            f"<span>Save as</span> {csv_link(for_reading(frame), name)}{pictures}</div>"
        )

    def live(self) -> dict[str, Any]:
        """Heading, chart (once there is something to draw), table and notes in a column."""
        import ipywidgets

        from ops_widgets.widgets.live_html import LiveHtml

        self._head, self._body = (LiveHtml(page=self.page.name) for _ in range(2))
        self._live_chart: Any = None
        self._box = ipywidgets.VBox([self._head, self._body])
        self._box.add_class("ops-panel")
        self._box.add_class(f"ops-of-{self.page.name}")
        self.refresh()
        return dict(self._box._repr_mimebundle_())

    def refresh(self) -> None:
        """Show the current view: data only into the chart, HTML into the rest."""
        try:
            frame = self.page.answer(self.compute)
            title = self._title(frame)
            if self.chart is not None and not frame.empty:
                # Altair checks every part of a chart against its schema, each time: once is enough.
                with debug_mode(self._live_chart is None):
                    self._draw(self.chart(drawable(frame)), frame, title)
            body = self._below(frame, title, live=True)
            drawn = not frame.empty
        except Exception as error:
            title, body, drawn = self._title(None), self._explain(error), False
        self._head.html, self._body.html = _heading(title), body
        if self._live_chart is not None:
            self._live_chart.layout.display = None if drawn else "none"

    @property
    def draws(self) -> bool:  # type: ignore[override]
        """Whether a chart of it stands on the page."""
        return self._live_chart is not None and self._live_chart.layout.display != "none"

    def _draw(self, chart: ChartType, frame: pd.DataFrame, title: str) -> None:
        from ops_widgets.widgets.live_chart import LiveChart

        label = in_a_sentence(frame, title)
        marks = {str(name): frame.attrs[name] for name in ("pick", "brush") if name in frame.attrs}
        if self._live_chart is None:
            self._live_chart = LiveChart(chart, label, self.page.name, marks)
            self._box.children = (self._head, self._live_chart, self._body)
        else:
            self._live_chart.show(chart, label, marks)


def _heading(title: str) -> str:
    return f'<h3 class="ops-heading">{escape(title)}</h3>' if title else ""
