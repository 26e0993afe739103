"""A panel on the page: its question or finding, a chart, and the table of the same frame."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import pandas as pd

from ops_widgets.charts.columns import LONGEST_PICK
from ops_widgets.charts.download import file_name, frame_csv
from ops_widgets.charts.drawing import Drawing, outline, specified
from ops_widgets.charts.marks import drawable
from ops_widgets.charts.menu import head_html, menu_html
from ops_widgets.charts.others import for_drawing, left_out
from ops_widgets.charts.pieces import lacking_html, note_html, notice_html
from ops_widgets.charts.static import drawings
from ops_widgets.charts.tables import for_reading, frame_table
from ops_widgets.charts.words import in_a_sentence
from ops_widgets.errors import MissingDataError
from ops_widgets.views.analysis import Panel
from ops_widgets.views.settings import selections
from ops_widgets.widgets.component import Component
from ops_widgets.widgets.render import PANEL_TYPE
from ops_widgets.widgets.session import Session

NOTHING = notice_html("No rows match this selection.", "Choose a longer period or fewer filters.")


class PanelComponent(Component):
    """A title, a chart and the table of the same frame.

    ``frame.attrs`` may hold ``formats``, ``labels`` and ``more`` (for its definitions) by column,
    ``currency``, ``minor_digits``, ``note``, and what can be picked (``pick``) or selected in time
    (``brush``) in the chart.
    """

    def __init__(self, session: Session, panel: Panel) -> None:
        super().__init__(session, panel.compute)
        self.panel = panel

    def _bundle(self, answer: pd.DataFrame) -> dict[str, Any]:
        """HTML, and beside it for machines the table as CSV."""
        title = self._title(answer)
        drawn: list[str] = []
        if self.panel.chart is not None and not answer.empty:
            chart = self.panel.chart(_for_chart(answer))
            pick = answer.attrs.get("pick", {})
            link = cache(partial(self._link, pick)) if pick else None
            drawn = drawings(chart, in_a_sentence(answer, title), pick.get("column", ""), link)
        shown = f'<div class="ops-chart">{"".join(drawn)}</div>' if drawn else ""
        tables = (
            [] if answer.empty else [{"name": file_name(self.panel.question), "csv": _csv(answer)}]
        )
        return {
            "text/html": self._section(
                self._title_and_menu(answer, title), shown + self._below(answer, title)
            ),
            PANEL_TYPE: {"title": title, "tables": tables},
        }

    def _link(self, pick: Mapping[str, str], value: str) -> str | None:
        """The query of the view in which a mark is picked, or no longer is; None: of no view."""
        if len(value) > LONGEST_PICK:
            return None
        chosen = "" if value == pick["value"] else value
        return self.session.view.turned({pick["field"]: chosen}).to_query()

    def _notice(self, notice: str) -> str:
        return self._section(head_html(self._title(None)), notice)

    def _lacking(self, error: MissingDataError) -> str:
        return self._section(*self._instead(error))

    def _instead(self, error: MissingDataError) -> tuple[str, str, bool]:
        """Heading and body where there is nothing to draw, and whether they are but a line.

        Why is said once on a page; a panel whose data the source lacks stands aside for it.
        """
        why = super()._lacking(error)
        if why and not error.need:
            return head_html(self._title(None)), why, False
        return (
            "",
            why + lacking_html(self._title(None), error.need.name if error.need else ""),
            True,
        )

    def _section(self, heading: str, body: str, is_line: bool = False) -> str:
        aside = " ops-collapsed" if is_line else ""
        return f'<section class="ops-panel{aside}">{heading}{body}</section>'

    def _title(self, frame: pd.DataFrame | None) -> str:
        """The finding where there is one; without rows, the question that waits for them."""
        if self.panel.finding is None or frame is None or frame.empty:
            return self.panel.question
        return self.panel.finding(frame)

    def _below(self, frame: pd.DataFrame, title: str, live: bool = False) -> str:
        """The table, closed where a chart says it all, the definitions, and the small print."""
        if frame.empty:
            return NOTHING
        table = frame_table(frame, caption=title, pickable=live)
        said = [frame.attrs.get("note", ""), *self._unfiltered(frame)]
        if self.panel.chart is None:
            return table + note_html(*said) + self._how(frame)
        twin = f'<details class="ops-twin"><summary>Table</summary>{table}</details>'
        return note_html(left_out(frame), *said) + twin + self._how(frame)

    def _how(self, frame: pd.DataFrame) -> str:
        return self.how(frame.attrs.get("labels", {}), frame.attrs.get("more"))

    def _title_and_menu(self, frame: pd.DataFrame, title: str) -> str:
        if frame.empty:
            return head_html(title)
        drawn = self.panel.chart is not None
        how = bool(self._how(frame))
        menu = menu_html(title, self.panel.question, _csv(frame), drawn, drawn, how)
        return head_html(title, menu)

    def _unfiltered(self, frame: pd.DataFrame) -> list[str]:
        """What is selected on the page but leaves this panel whole, in sentences.

        That is what was selected in it, and what it says it ignores.
        """
        pick, brush = frame.attrs.get("pick", {}), frame.attrs.get("brush")
        own = {pick.get("field"), *(("since", "until") if brush else ()), *self.panel.ignores}
        chosen = [one for one in selections(self.session.view) if own & one.ask.keys()]
        return [f"Not filtered by {one}." for one in chosen]

    def live(self) -> dict[str, Any]:
        """Heading, chart (once there is something to draw), table and notes in one widget."""
        from ops_widgets.widgets.live_panel import LivePanel

        self._widget = LivePanel(self.panel.chart, self.session.name)
        self._widget.add_class("ops-panel")
        self._widget.add_class(f"ops-of-{self.session.name}")
        self.redraw()
        self.refresh()
        return self._widget.bundle

    def ask(self) -> None:
        """Let the store answer, and the drawing be specified, before anybody looks."""
        frame, chart = self.session.answer(self.compute), self.panel.chart
        if isinstance(chart, Drawing) and not frame.empty:
            specified(chart, outline(chart.frames(_for_chart(frame))))

    def redraw(self) -> None:
        """Show the current view in the chart: data only, where there is one already."""
        self._undrawn: Exception | None = None
        if self.panel.chart is None:
            return
        try:
            frame = self.session.answer(self.compute)
            if not frame.empty:
                label = in_a_sentence(frame, self._title(frame))
                marks = {n: frame.attrs[n] for n in ("pick", "brush") if n in frame.attrs}
                self._widget.draw(_for_chart(frame), label, marks)
        except Exception as error:
            self._undrawn = error  # said instead of the table

    def refresh(self) -> None:
        """Show the current view in heading, table and notes."""
        is_line = drawn = False
        try:
            frame = self.session.answer(self.compute)
            if self._undrawn:
                raise self._undrawn
            title = self._title(frame)
            head, body = self._title_and_menu(frame, title), self._below(frame, title, live=True)
            drawn = self.panel.chart is not None and not frame.empty
        except MissingDataError as error:
            head, body, is_line = self._instead(error)
        except Exception as error:
            head, body = head_html(self._title(None)), self._explain(error)
        widget = self._widget
        (widget.add_class if is_line else widget.remove_class)("ops-collapsed")
        with widget.hold_sync():
            widget.head, widget.body, widget.drawn = head, body, drawn

    @property
    def draws(self) -> bool:  # type: ignore[override]
        """Whether a chart of it stands on the page."""
        return self._widget.drawn


def _for_chart(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that a chart is drawn from, with names that it has room for."""
    return drawable(for_drawing(frame))


def _csv(frame: pd.DataFrame) -> str:
    """The rows that the table shows, as the file of them; without rows there is none."""
    return "" if frame.empty else frame_csv(for_reading(frame))
