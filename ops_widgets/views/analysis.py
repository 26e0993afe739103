"""An analysis as the rest of the workbook sees it: one value that says all there is to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from ops_widgets.errors import UsageError, nearest
from ops_widgets.views.base import View
from ops_widgets.views.comparison import Headline
from ops_widgets.views.finding import Findings
from ops_widgets.views.period import Days
from ops_widgets.views.reads import Reads
from ops_widgets.views.terms import Terms

if TYPE_CHECKING:
    import pandas as pd


def no_choices(_store: Any) -> dict[str, list[str]]:
    """What can be chosen where there is nothing to choose."""
    return {}


def as_it_is(_store: Any, view: View) -> View:
    """The view itself."""
    return view


@dataclass(frozen=True, eq=False)
class Panel:
    """One panel: the ``question`` it answers, what answers it, and how the answer is drawn.

    ``finding(frame)`` says the answer as its title; None: the question is all the title says.
    ``ignores`` are the fields of the view that it does not follow, which its page says.
    """

    name: str
    question: str
    compute: Callable[[Any, Any], pd.DataFrame]
    chart: Callable[[pd.DataFrame], Any] | None = None
    finding: Callable[[pd.DataFrame], str] | None = None
    ignores: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Analysis:
    """The only door to what a notebook means.

    ``package`` is where its modules are: one for each panel, which has ``QUESTION``,
    ``compute(store, view)`` and, unless a table says it all, ``chart(frame)``; ``IGNORES`` names
    the fields of the view that it does not follow. ``terms`` say what its columns and headline
    numbers are, ``titles`` the answer to the question of a panel, by its name, as a sentence from
    the panel's own frame. ``findings`` are what the whole page has found and what to do about it;
    None: nothing is looked for. Nothing here imports what draws until a panel is asked for.
    """

    package: str
    view: type[View]
    title: str
    question: str
    headline: Headline
    terms: Terms = field(default_factory=dict)
    choices: Callable[[Any], dict[str, list[str]]] = no_choices
    #: First and last day of a view's window, before a part of it is selected; None: not known.
    window: Callable[[Any, Any], Days] | None = None
    titles: Mapping[str, Callable[[pd.DataFrame], str]] = field(default_factory=dict)
    findings: Findings | None = None
    #: What it can say something from, each by itself; see :class:`Reads`.
    reads: tuple[Reads, ...] = ()
    #: What it reads beside one of these, and what that adds.
    adds: tuple[Reads, ...] = ()
    #: A view as a source can show it, when nobody has chosen otherwise: ``opening(store, view)``.
    opening: Callable[[Any, Any], View] = as_it_is
    #: Its place in the gallery and in reports of all notebooks; ties by name.
    place: int = 100

    @property
    def name(self) -> str:
        """The file stem of its notebook."""
        return self.package.rsplit(".", 1)[-1]

    @property
    def records(self) -> tuple[str, ...]:
        """The names of its headline numbers, as reports record them."""
        return self.headline.names

    def definitions(
        self, labels: Mapping[str, str], more: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Label -> meaning of those of the ``labels`` (by column or number) that have a term.

        ``more`` (by column) follows the meaning: what is true of it in one view.
        """
        said = more or {}
        return {
            label: f"{self.terms[n].meaning} {said.get(n, '')}".rstrip()
            for n, label in labels.items()
            if n in self.terms
        }

    def panel(self, name: str) -> Panel:
        """The panel of one name; ``UsageError`` names the nearest where there is none."""
        try:
            module = import_module(f"{self.package}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{self.package}.{name}":
                raise
            hint = nearest(name, self.panels())
            raise UsageError(f"{self.title} has no panel {name!r}.", hint) from None
        return Panel(
            name,
            module.QUESTION,
            module.compute,
            getattr(module, "chart", None),
            self.titles.get(name),
            getattr(module, "IGNORES", ()),
        )

    def panels(self) -> dict[str, Panel]:
        """All panels by name."""
        path = import_module(self.package).__path__
        names = sorted(found.name for found in iter_modules(path))
        modules = {name: import_module(f"{self.package}.{name}") for name in names}
        return {n: self.panel(n) for n, module in modules.items() if hasattr(module, "QUESTION")}
