"""What a notebook uses: a page of controls, headline numbers and panels around one view.

The same cells are live where a kernel serves a person and static where a report is made; only
:func:`rendering` knows which. Nothing here imports ipywidgets before a person needs it.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal

import pandas as pd
from altair.typing import ChartType

from ops_widgets.charts.formats import Number
from ops_widgets.charts.pieces import About, looking_at_html
from ops_widgets.errors import MissingDataError
from ops_widgets.views.base import View
from ops_widgets.widgets.parts import HeaderPart, NumbersPart, PanelPart, Part, Shown, in_words

Compute = Callable[[Any, Any], Any]
Rendering = Literal["static", "voila", "notebook"]
NUMBERS_TYPE = "application/vnd.ops-widgets.numbers+json"
#: Answers kept: enough to go back to a view just left, too few to fill a kernel's memory.
KEPT_ANSWERS = 64


def rendering() -> Rendering:
    """How this kernel's outputs will be seen: in a report, by Voilà's visitors, in a notebook."""
    if os.environ.get("OPS_RENDER") == "static":
        return "static"
    if os.environ.get("SERVER_SOFTWARE", "").lower().startswith("voila"):
        return "voila"
    return "notebook"


@dataclass(frozen=True)
class Failure:
    """What stands in the memory of answers for one that could not be given."""

    error: Exception
    traceback: TracebackType | None


class Page:
    """One view, the store it is answered from, and the parts that show the answers.

    ``about(store, view) -> About`` says what the page is and what its controls may offer.
    ``store`` is handed to the compute functions as it is; ``compute(store, view)`` is called
    at most once for each view, however many parts ask. A part whose compute raises says so in
    its own place, and the rest of the page works.
    """

    def __init__(self, view: View, store: Any, about: Callable[[Any, Any], About]) -> None:
        self.view = view
        self.store = store
        self.about = about
        self._parts: list[Part] = []
        self._answers: OrderedDict[tuple[Compute, str], Any] = OrderedDict()

    def header(self) -> Shown:
        """Title, source, freshness and quality; it also brings the page's style sheet."""
        return self._show(HeaderPart(self, self.about))

    def controls(self) -> Shown:
        """The control bar; in a report, what the controls were set to."""
        settings = Shown({"text/html": looking_at_html(in_words(self.view))})
        if rendering() == "static":
            return settings
        from ops_widgets.widgets.controls import ControlBar

        about = self.answer(self.about)
        bar = ControlBar(self.view, about.choices, about.bounds, link=rendering() == "voila")
        bar.on_view(self.look_at)
        return self._live(bar.bundle, settings.bundle["text/html"])

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
        may hold ``formats`` and ``labels`` by column, ``currency``, ``minor_digits``, ``note``.
        """
        return self._show(PanelPart(self, title, compute, chart, table, note))

    def record(self, compute: Callable[[Any, Any], list[Number]]) -> Shown:
        """The last cell: the headline numbers for machines (reports, alerts, tests).

        No machine reads an app: there the cell is empty.
        """
        if rendering() == "voila":
            return Shown({"text/html": ""})
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
        key = (compute, self.view.model_dump_json())
        if key not in self._answers:
            try:
                self._answers[key] = compute(self.store, self.view)
            except Exception as error:
                self._answers[key] = Failure(error, error.__traceback__)
            if len(self._answers) > KEPT_ANSWERS:
                self._answers.popitem(last=False)
        self._answers.move_to_end(key)
        answer = self._answers[key]
        if isinstance(answer, Failure):
            # The same error raised again would collect the frames of everyone who asked.
            raise answer.error.with_traceback(answer.traceback)
        return answer

    def look_at(self, view: View) -> None:
        """Show another view in every part that is on the page."""
        self.view = view
        for part in self._parts:
            part.refresh()

    def _show(self, part: Part) -> Shown:
        if rendering() == "static":
            return Shown({"text/html": part.static(failing=True)})
        self._parts.append(part)
        part.tell_reason = rendering() == "notebook"
        live = part.live()
        return self._live(live, "" if rendering() == "voila" else part.static(failing=False))

    def _live(self, widget: dict[str, Any], html: str) -> Shown:
        """The widget; in a notebook also HTML, for when the notebook is read without a kernel."""
        return Shown(widget if rendering() == "voila" else widget | {"text/html": html})
