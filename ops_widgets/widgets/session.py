"""What all components of one page share: the view looked at, and the store that answers it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ops_widgets.charts.locales import speaking
from ops_widgets.errors import MissingDataError, OpsError
from ops_widgets.sources.config import SOURCE_FILE, SourceConfig, load_config
from ops_widgets.summaries.store import Store
from ops_widgets.views.about import about
from ops_widgets.views.analysis import Analysis
from ops_widgets.views.answers import Answers, Compute, Memory, Statement
from ops_widgets.views.base import View
from ops_widgets.views.choices import Choices
from ops_widgets.views.finding import recorded
from ops_widgets.views.period import Days
from ops_widgets.widgets.render import APPS_VARIABLE


@dataclass(frozen=True)
class Question:
    """What is asked of any analysis; all pages of one share the answer, as they do a panel's."""

    ask: Callable[[Analysis, Any, View], Any]
    analysis: Analysis

    def __call__(self, store: Any, view: View) -> Any:
        """The answer."""
        return self.ask(self.analysis, store, view)


def _found(analysis: Analysis, store: Any, view: View) -> dict[str, Any]:
    """What the page has found, as it is recorded: ``findings`` and what it ``looked_at``.

    Raises ``MissingDataError`` where the data can answer nothing of it.
    """
    rules = analysis.findings
    if rules is None:
        return {"findings": [], "looked_at": []}
    found = rules(store, view)
    return {
        "findings": [recorded(one, view) for one in found],
        "looked_at": rules.looked_at(store, view),
    }


def _choices(analysis: Analysis, store: Any, _view: View) -> Choices:
    return Choices.of(analysis, store)


class Session:
    """One page of one person: ``view`` changes, everything else stays.

    ``compute(store, view)`` is called at most once for each view, however many components ask;
    the store it gets is the given one with a memory. ``name`` tells the widgets of one notebook
    from those of another in the same window.
    """

    def __init__(self, analysis: Analysis, view: View, store: Any) -> None:
        self.analysis = analysis
        self.store = store if isinstance(store, Answers) else Answers(store)
        self.about = Question(about, analysis)
        self.found = Question(_found, analysis)
        self._choices = Question(_choices, analysis)
        self.name = secrets.token_hex(4)
        self._explaining: dict[str, object] = {}
        self.view = analysis.opening(self.store, view)

    @property
    def view(self) -> View:
        """What is looked at. Raises ``UsageError`` for a name that the data do not have."""
        return self._view

    @view.setter
    def view(self, view: View) -> None:
        if view.names_something():
            self.choices(type(view)).refuse(view)
        self._view = view
        self._explaining.clear()

    def explains(self, error: MissingDataError, component: object) -> bool:
        """Whether ``component`` is the one that says why: of all that lack the same, the first."""
        return self._explaining.setdefault(error.reason, component) is component

    def answer(self, compute: Compute) -> Any:
        """``compute(store, view)``, from memory when it was asked before; its error likewise."""
        with speaking(self.view.locale):
            return self.store.answer(compute, self.view).get()

    def ran(self, compute: Compute) -> list[Statement]:
        """The SQL that :meth:`answer` took for the current view."""
        return self.store.answer(compute, self.view).ran

    def link(self) -> str:
        """The address of the app that shows the current view; see ``Page.link``."""
        base = os.environ.get(APPS_VARIABLE, "").rstrip("/")
        query = self.view.to_query()
        path = f"apps/{self.analysis.name}" + (f"?{query}" if query else "")
        return f"{base}/{path}" if base else path

    def window(self, view: View) -> Days | None:
        """First and last day of a view's window; None: the data have none, which a panel says."""
        if self.analysis.window is None:
            return None
        answer = self.store.answer(self.analysis.window, view.unselected())
        if isinstance(answer.error, OpsError):
            return None
        found: Days = answer.get()
        return found

    def choices(self, kind: type[View] | None = None) -> Choices:
        """What the data offer; asked once, whatever is looked at."""
        found: Choices = self.store.answer(self._choices, (kind or type(self.view))()).get()
        return found


def source_of_kernel(source: str) -> SourceConfig:
    """The parsed source; a kernel reads it once, and again only when its file has changed."""
    path = Path(source).expanduser()
    file = path / SOURCE_FILE if (path / SOURCE_FILE).is_file() else path
    return _read(source, file.stat().st_mtime_ns if file.is_file() else 0)


@lru_cache(maxsize=4)
def _read(source: str, _changed: int) -> SourceConfig:
    return load_config(source)


_memories: dict[str, Memory] = {}


def remembering(store: Store) -> Answers:
    """``store`` with the memory that all pages of this process share of the same summaries."""
    if not is_remembered(store):
        _memories.clear()  # those of earlier summaries: nobody asks them any more
        _memories[_summaries(store)] = Memory()
    return Answers(store, _memories[_summaries(store)])


def is_remembered(store: Store) -> bool:
    """Whether a page of these summaries was opened in this process, and of none since."""
    return _summaries(store) in _memories


def _summaries(store: Store) -> str:
    return f"{store.folder}/{store.manifest['store']}"
