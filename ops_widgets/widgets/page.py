"""What a notebook uses: a page of controls, headline numbers and panels around one view.

The same cells are live where a kernel serves a person, static where a report is made, and silent
where only the headline numbers are asked for; only :func:`~.render.rendering` knows which. Nothing
here imports ipywidgets before a person needs it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from typing import Any

import pandas as pd
from altair.typing import ChartType

from ops_widgets.charts.formats import Number
from ops_widgets.charts.locales import speaking
from ops_widgets.charts.pieces import About, looking_at_html
from ops_widgets.errors import MissingDataError
from ops_widgets.views.answers import Answers, Compute, Statement
from ops_widgets.views.base import View
from ops_widgets.views.choices import Choices
from ops_widgets.widgets.components import HeaderPart, NumbersPart, PanelPart, Part, Shown, in_words
from ops_widgets.widgets.render import (
    CONTROLS_TYPE,
    LINK_VARIABLE,
    NUMBERS_TYPE,
    rendering,
)


class Page:
    """One view, the store it is answered from, and the parts that show the answers.

    ``about(store, view) -> About`` says what the page is and what its controls may offer.
    ``compute(store, view)`` is called at most once for each view, however many parts ask; the
    store it gets is the given one with a memory. A part whose compute raises says so in its own
    place, and the rest of the page works.

    In an app the visitor's link changes ``view`` as far as it can be shown; ``complaints`` say
    what could not.
    """

    def __init__(self, view: View, store: Any, about: Callable[[Any, Any], About]) -> None:
        self.view = view
        self.store = Answers(store)
        self.about = about
        self.name = secrets.token_hex(4)
        self.complaints: list[str] = []
        self._parts: list[Part] = []
        link = os.environ.get(LINK_VARIABLE, "")
        if link and rendering() == "voila":
            told = self.answer(self.about)
            offers = Choices(told.choices, told.bounds)
            self.view, self.complaints = offers.nearest_view(view, link)

    def header(self) -> Shown:
        """Title, source, freshness and quality; it also brings the page's style sheet."""
        return self._show(HeaderPart(self, self.about))

    def controls(self) -> Shown:
        """The control bar; in a report, what the controls were set to."""
        if rendering() == "numbers":
            return Shown({})
        with speaking(self.view.locale):
            settings = looking_at_html(in_words(self.view))
        from ops_widgets.widgets.fields import describe

        about = self.answer(self.about)
        if rendering() == "static":
            fields = describe(type(self.view), about.choices, about.bounds)
            form = {"fields": fields, "values": self.view.parameters()}
            return Shown({"text/html": settings, CONTROLS_TYPE: form})
        from ops_widgets.widgets.controls import ControlBar

        with speaking(self.view.locale):
            bar = ControlBar(
                self.view,
                about.choices,
                about.bounds,
                link=rendering() == "voila",
                page=self.name,
                complaints=self.complaints,
            )
        bar.on_view(self.look_at)
        return self._live(bar.bundle, settings)

    def numbers(self, compute: Callable[[Any, Any], list[Number]]) -> Shown:
        """A row of headline numbers: ``compute(store, view) -> list[Number]``."""
        return self._show(NumbersPart(self, compute))

    def panel(
        self,
        title: str | Callable[[pd.DataFrame], str],
        compute: Callable[[Any, Any], pd.DataFrame],
        chart: Callable[[pd.DataFrame], ChartType] | None = None,
        table: bool = True,
        note: str = "",
    ) -> Shown:
        """A titled chart and its table twin, both of the frame ``compute(store, view)``.

        ``title`` may be a function of the frame, so that it can be the finding. ``frame.attrs``
        may hold ``formats`` and ``labels`` by column, ``currency``, ``minor_digits``, ``note``,
        ``terms`` (definitions by label), and what can be picked (``pick``) or selected in time
        (``brush``) in the chart.
        """
        return self._show(PanelPart(self, title, compute, chart, table, note))

    def record(self, compute: Callable[[Any, Any], list[Number]]) -> Shown:
        """The last cell: the headline numbers for machines (reports, alerts, tests).

        No machine reads an app: there it marks the page's end, and how many charts it has.
        """
        if rendering() == "voila":
            charts = sum(part.draws for part in self._parts)
            return Shown(
                {"text/html": f'<div class="ops-end" data-charts="{charts}" hidden></div>'}
            )
        try:
            numbers = [vars(number) for number in self.answer(compute)]
            missing = ""
        except MissingDataError as error:
            numbers, missing = [], str(error)
        payload = {
            "notebook": self.view.notebook,
            "parameters": self.view.parameters(),
            "numbers": numbers,
            "missing": missing,
        }
        html = f'<p class="ops-note">{len(numbers)} headline numbers recorded.</p>'
        return Shown({NUMBERS_TYPE: payload, "text/html": html})

    def answer(self, compute: Compute) -> Any:
        """``compute(store, view)``, from memory when it was asked before; its error likewise."""
        with speaking(self.view.locale):
            return self.store.answer(compute, self.view).get()

    def ran(self, compute: Compute) -> list[Statement]:
        """The SQL that :meth:`answer` took for the current view."""
        return self.store.answer(compute, self.view).ran

    def look_at(self, view: View) -> None:
        """Show another view in every part that is on the page."""
        self.view = view
        with speaking(view.locale):
            for part in self._parts:
                part.refresh()

    def _show(self, part: Part) -> Shown:
        if rendering() == "numbers":
            return Shown({})
        with speaking(self.view.locale):
            return self._shown(part)

    def _shown(self, part: Part) -> Shown:
        if rendering() == "static":
            return Shown({"text/html": part.static(failing=True)})
        self._parts.append(part)
        part.tell_reason = rendering() == "notebook"
        live = part.live()
        return self._live(live, "" if rendering() == "voila" else part.static(failing=False))

    def _live(self, widget: dict[str, Any], html: str) -> Shown:
        """The widget; in a notebook also HTML, for when the notebook is read without a kernel."""
        return Shown(widget if rendering() == "voila" else widget | {"text/html": html})
