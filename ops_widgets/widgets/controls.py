"""The control bar: one labelled control for each field of a view, and the way back.

Plain form elements in one widget instead of a widget each: all of it arrives in one message,
works by keyboard and at 390 pixels. Whatever a browser asks for, be it by a control, a clicked
mark, a link or the back button, has a single way in, :meth:`ControlBar.ask` and its
neighbours, where the view's own types and what the page offers check it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets

from ops_widgets.charts.tables import page_code
from ops_widgets.errors import UsageError, shortened
from ops_widgets.views.base import View
from ops_widgets.views.choices import Choices
from ops_widgets.views.period import NAME, Window, no_window
from ops_widgets.views.settings import in_words
from ops_widgets.widgets.bar import bar_html, trail_html
from ops_widgets.widgets.fields import describe, state
from ops_widgets.widgets.one_way import OneWay, script

#: How many views back "undo" reaches, and the longest link that is read.
MOST_STEPS = 100
#: Wishes that are known again when a browser repeats them; each page has one under way at a time.
REMEMBERED = 32
LONGEST_LINK = 8_192


class ControlBar(OneWay):
    """Shows ``view`` and takes wishes for another one; ``view`` is always the last valid one.

    ``choices`` are what the data offer. A wish for anything else is refused with a sentence, and
    the control goes back. ``window(view)`` are the days of its period. ``link`` keeps the page's
    address a link to what is shown; ``complaints`` says what was wrong with the link that opened
    the page.
    """

    _esm = page_code() + script("shared.js", "history.js", "bar.js", "controls.js")
    #: The bar as it is drawn at first; what changes of it are the traits below.
    html = traitlets.Unicode().tag(sync=True)
    fields: Any = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    #: The values in a few words, by control, and the controls that are not at their default.
    said = traitlets.Dict().tag(sync=True)
    changed: Any = traitlets.List().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    query = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    #: The path and what is selected, as HTML.
    trail = traitlets.Unicode().tag(sync=True)
    #: What is looked at as labels and values: what is printed instead of controls.
    words: Any = traitlets.List().tag(sync=True)
    steps = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        view: View,
        choices: Choices | None = None,
        link: bool = False,
        page: str = "",
        complaints: Sequence[str] = (),
        window: Window = no_window,
    ) -> None:
        self._choices = choices or Choices()
        self._window = window
        fields = describe(type(view), self._choices)
        shown = [field for field in fields if field["kind"] != "pick"]
        form = {"fields": shown} | state(view, self._choices, window(view))
        super().__init__(html=bar_html(form, f"ops-{page or 'page'}"), fields=shown, page=page)
        self.view = view
        self._first = view
        self._link = link
        self._names = {field["name"] for field in fields} - {NAME}
        self._past: list[View] = []
        self._future: list[View] = []
        self._gesture: int | None = None
        self._granted: deque[str] = deque(maxlen=REMEMBERED)
        self._callbacks: list[Callable[[Any], None]] = []
        self._show(" ".join(complaints))
        self.on_msg(lambda _widget, content, _buffers: self._hear(content))

    def on_view(self, callback: Callable[[Any], None]) -> None:
        """Call ``callback(view)`` whenever another valid view is asked for."""
        self._callbacks.append(callback)

    def ask(self, changes: Mapping[str, Any], gesture: int | None = None) -> None:
        """Change some fields of the view, if that is a valid view; else say why not.

        Wishes of the same ``gesture`` (one drag of a slider, say) are one step to undo.
        """
        try:
            changes = self._in_fields(changes)
            if changes.keys() - self._names:
                raise UsageError("This page has no such control.", "Reload the page.")
            view = self.view.turned(changes)
            self._choices.check(view, [name for name in self._names if name in changes])
            view, said = self._choices.fitting(view)
        except UsageError as error:
            self._show(shortened(str(error)))
        else:
            self._go_to(view, shortened(" ".join(said)), gesture)

    def _in_fields(self, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        """A wish for a period from one day to another, as changes of the view's fields."""
        if NAME not in changes or self.view.period is None:
            return changes
        others = {name: value for name, value in changes.items() if name != NAME}
        bounds, start = self._choices.bounds["as_of"], self._choices.week_start
        asked = self.view.period.between(self.view, changes[NAME], bounds, start, self._window)
        return others | asked

    def go_to_link(self, query: str) -> None:
        """Show the view of a link as far as it can be shown; say what cannot."""
        base = type(self.view).parse({"source": self.view.source})
        view, complaints = self._choices.nearest_view(base, query[:LONGEST_LINK])
        self._go_to(view, shortened(" ".join(complaints)))

    def reset(self) -> None:
        """Back to the view that the page was opened with."""
        self._go_to(self._first)

    def clear(self) -> None:
        """Drop what is selected in the charts."""
        self._go_to(self.view.unselected())

    def undo(self) -> None:
        """Back to the view before the last change; nothing when there is none."""
        self._step(self._past, self._future)

    def redo(self) -> None:
        """Take the last undo back."""
        self._step(self._future, self._past)

    def _hear(self, content: Any) -> None:
        """What the browser sends: one of ``ask``, ``go`` (a link), or a plain word as true.

        Where the connection broke, a wish or its answer is lost, and the browser sends the wish
        again, with the same ``id``.
        """
        known = str(content.get("id", ""))[:40] if isinstance(content, dict) else ""
        if isinstance(content, dict) and known not in self._granted:
            gesture = content.get("gesture")
            if isinstance(content.get("ask"), dict):
                self.ask(content["ask"], gesture if type(gesture) is int else None)
            elif isinstance(content.get("go"), str):
                self.go_to_link(content["go"])
            else:
                for word in ("reset", "clear", "undo", "redo"):
                    if content.get(word) is True:
                        getattr(self, word)()
                        break
        if known:
            self._granted.append(known)
        self.send({"answered": known or True})

    def _step(self, taken: list[View], kept: list[View]) -> None:
        if taken:
            kept.append(self.view)
            self._gesture = None
            self._turn_to(taken.pop())

    def _go_to(self, view: View, message: str = "", gesture: int | None = None) -> None:
        if view != self.view:
            if gesture is None or gesture != self._gesture:
                self._past = [*self._past, self.view][-MOST_STEPS:]
            self._future = []
            self._gesture = gesture
        self._turn_to(view, message)

    def _turn_to(self, view: View, message: str = "") -> None:
        changed, self.view = view != self.view, view
        self._show(message)
        if changed:
            for callback in self._callbacks:
                callback(view)

    def _show(self, message: str = "") -> None:
        days = self._window(self.view)
        shown = state(self.view, self._choices, days)
        values = {field["name"]: shown["values"][field["name"]] for field in self.fields}
        steps = {"undo": len(self._past), "redo": len(self._future)}
        with self.hold_sync():
            self.values, self.said, self.changed = values, shown["said"], shown["changed"]
            self.message = message
            self.query = self.view.to_query() if self._link else None
            self.trail = trail_html(shown["breadcrumbs"])
            self.words = [list(pair) for pair in in_words(self.view, days).items()]
            self.steps = steps | {"reset": int(self.view != self._first)}
