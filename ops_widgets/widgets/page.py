"""What a notebook uses: a page of controls, headline numbers and panels around one view.

The same cells are live where a kernel serves a person, static where a report is made, and silent
where only the headline numbers are asked for; only :func:`~.render.rendering` knows which. Nothing
here imports ipywidgets before a person needs it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import pandas as pd

from ops_widgets.analyses import analysis_of
from ops_widgets.charts.locales import speaking
from ops_widgets.charts.pieces import looking_at_html
from ops_widgets.charts.tables import for_reading
from ops_widgets.errors import MissingDataError
from ops_widgets.summaries.store import open_store
from ops_widgets.views.analysis import Analysis, Panel
from ops_widgets.views.base import View
from ops_widgets.views.frames import in_whole_currency
from ops_widgets.views.parameters_cell import cell_among, parameters_cell
from ops_widgets.views.settings import in_words, selections
from ops_widgets.widgets.component import Component, Found, Header, Numbers, Shown
from ops_widgets.widgets.fields import form_data
from ops_widgets.widgets.panel import PanelComponent
from ops_widgets.widgets.render import (
    CONTROLS_TYPE,
    LINK_VARIABLE,
    NUMBERS_TYPE,
    rendering,
)
from ops_widgets.widgets.session import Session, remembering, source_of_kernel


def open_page(name: str, parameters: Mapping[str, Any]) -> Page:
    """The page of the notebook ``name``; ``parameters`` are the notebook's ``globals()``.

    Of those only the fields of its view are taken. Raises ``UsageError`` for an ill-typed
    parameter, an unknown notebook, and a source without summaries.
    """
    analysis = analysis_of(name)
    view = analysis.view.from_parameters(parameters)
    store = remembering(open_store(source_of_kernel(view.source)))
    # What IPython has run: the parameters cell is among it, with its comments.
    return Page(analysis, view, store, parameters.get("In", ()))


class Page:
    """One view of an analysis, and the components that show what the store answers to it.

    A component whose answer fails says so in its own place, and the rest of the page works. In
    an app the visitor's link changes ``view`` as far as it can be shown; ``complaints`` say what
    could not. ``inputs`` are the cells that were run, as text.
    """

    def __init__(
        self, analysis: Analysis, view: View, store: Any, inputs: Sequence[str] = ()
    ) -> None:
        self.session = Session(analysis, view, store)
        self.complaints: list[str] = []
        self._inputs = inputs
        self._components: list[Component] = []
        self._bars = 0
        link = os.environ.get(LINK_VARIABLE, "")
        if link and rendering() == "voila":
            choices = self.session.choices()
            view, self.complaints = choices.nearest_view(self.session.view, link)
            self.session.view = view

    @property
    def analysis(self) -> Analysis:
        """What the notebook means."""
        return self.session.analysis

    @property
    def view(self) -> View:
        """What is looked at now."""
        return self.session.view

    @property
    def store(self) -> Any:
        """What answers: the summaries of the source."""
        return self.session.store

    def header(self) -> Shown:
        """Title, source, freshness and quality; it also brings the page's style sheet."""
        return self._show(Header(self.session))

    def controls(self) -> Shown:
        """The control bar; in a report, what the controls were set to."""
        if rendering() == "numbers":
            return Shown({})
        choices = self.session.choices()
        days = self.session.window(self.view)
        with speaking(self.view.locale):
            selected = [one.label for one in selections(self.view)]
            settings = looking_at_html(in_words(self.view, days), selected)
            if rendering() == "static":
                form = form_data(self.view, choices, days)
                return Shown({"text/html": settings, CONTROLS_TYPE: form})
        from ops_widgets.widgets.controls import ControlBar

        with speaking(self.view.locale):
            bar = ControlBar(
                self.view,
                choices,
                link=rendering() == "voila",
                page=self.session.name,
                complaints=self.complaints,
                window=self.session.window,
            )
        bar.on_view(self.look_at)
        self._bars += 1
        return self._live(bar.bundle, {"text/html": settings})

    def findings(self) -> Shown:
        """What is found in this view and what to do about it: at most three findings."""
        return self._show(Found(self.session))

    def numbers(self) -> Shown:
        """The row of headline numbers."""
        return self._show(Numbers(self.session))

    def panel(self, panel: str | Panel) -> Shown:
        """A panel of the analysis by its name, or one of your own."""
        own = self.analysis.panel(panel) if isinstance(panel, str) else panel
        return self._show(PanelComponent(self.session, own))

    def frame(self, name: str) -> pd.DataFrame:
        """The rows of a panel as they are now, with money in whole currency.

        What a panel of your own is computed from, see ``docs/your-own-panel.md``.
        """
        found = self.session.answer(self.analysis.panel(name).compute)
        return in_whole_currency(for_reading(found))

    def link(self) -> str:
        """The address of the app that shows this view, to be sent to somebody.

        Relative to the gallery, unless ``OPS_APPS_URL`` says where that is. A link never says
        which source: the app shows its own.
        """
        return self.session.link()

    def parameters(self) -> str:
        """The notebook's parameters cell as it would be for the view shown now."""
        return parameters_cell(self.view, cell_among(self._inputs, type(self.view)))

    def write_parameters(self) -> None:
        """Turn the cell that calls this into :meth:`parameters`.

        Called in the parameters cell, the notebook opens with the view shown now from then on. No
        kernel can write into another cell. Where nobody can take the text, it is printed.
        """
        from IPython import get_ipython

        shell = get_ipython()
        if shell is None or rendering() != "notebook":
            print(self.parameters())
        else:
            shell.set_next_input(self.parameters(), replace=True)

    def record(self) -> Shown:
        """The last cell: headline numbers and findings for machines (reports, alerts, tests).

        No machine reads an app: there it marks the page's end, and says how many charts and
        control bars have to be there before the page is.
        """
        if rendering() == "voila":
            charts = sum(component.draws for component in self._components)
            due = f'data-charts="{charts}" data-bars="{self._bars}"'
            return Shown({"text/html": f'<div class="ops-end" {due} hidden></div>'})
        try:
            numbers = [vars(number) for number in self.session.answer(self.analysis.headline)]
            missing, needs = "", ""
        except MissingDataError as error:
            numbers, missing = [], error.words
            needs = error.need.name if error.need else ""
        payload = {
            "notebook": self.view.notebook,
            "parameters": self.view.parameters(),
            "numbers": numbers,
            "missing": missing,
            **self._found(),
            "needs": needs,
            "reaches": "" if rendering() == "numbers" else self.store.seen().whole.isoformat(),
        }
        html = f'<p class="ops-note">{len(numbers)} headline numbers recorded.</p>'
        return Shown({NUMBERS_TYPE: payload, "text/html": html})

    def _found(self) -> dict[str, Any]:
        """What is found; where nobody reads it, or the data cannot say, nothing."""
        nothing: dict[str, Any] = {"findings": [], "looked_at": []}
        if rendering() == "numbers":
            return nothing
        try:
            found: dict[str, Any] = self.session.answer(self.session.found)
        except MissingDataError:
            return nothing
        return found

    def ask(self) -> None:
        """Let the store answer all that the page of this view shows, and show nothing.

        What fails fails again, and is said in its place, when somebody looks.
        """
        session = self.session
        session.choices()
        session.window(self.view)
        asked: list[Callable[[], Any]] = [
            PanelComponent(session, one).ask for one in self.analysis.panels().values()
        ]
        for question in (session.about, self.analysis.headline, session.found):
            asked.append(partial(session.answer, question))
        for ask in asked:
            with suppress(Exception):
                ask()

    def look_at(self, view: View) -> None:
        """Show another view in every component that is on the page: charts first, words after."""
        self.session.view = view
        with speaking(view.locale):
            for component in self._components:
                component.redraw()
            # Findings are on top, and begin with what all below them ask.
            for component in sorted(self._components, key=lambda one: isinstance(one, Found)):
                component.refresh()

    def _show(self, component: Component) -> Shown:
        if rendering() == "numbers":
            return Shown({})
        with speaking(self.view.locale):
            if rendering() == "static":
                return Shown(component.static(failing=True))
            self._components.append(component)
            component.tell_reason = rendering() == "notebook"
            live = component.live()
            return self._live(
                live, {} if rendering() == "voila" else component.static(failing=False)
            )

    def _live(self, widget: dict[str, Any], static: dict[str, Any]) -> Shown:
        """The widget; in a notebook also HTML, for when the notebook is read without a kernel."""
        if rendering() == "voila":
            return Shown(widget)
        return Shown(widget | {"text/html": static["text/html"]})
