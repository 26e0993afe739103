"""A store that remembers: each question of a view is computed once, with the SQL it took."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from ops_widgets.views.base import View

Compute = Callable[[Any, Any], Any]
#: Answers kept: enough to go back to a view just left, too few to fill a kernel's memory.
KEPT_ANSWERS = 96


@dataclass(frozen=True)
class Statement:
    """One SQL statement that was run, and the values of its parameters."""

    sql: str
    parameters: Mapping[str, Any]


@dataclass
class Answer:
    """What a question gave: a value or the error instead of it, and what was asked for it."""

    value: Any = None
    error: Exception | None = None
    traceback: TracebackType | None = None
    ran: list[Statement] = field(default_factory=list)

    def get(self) -> Any:
        """The value; the error is raised again with the frames it had at first."""
        if self.error is not None:
            raise self.error.with_traceback(self.traceback)
        return self.value


class Answers:
    """A store as compute functions see it (``query``, ``has``, ``source``, ...), with a memory.

    A function that starts from what another one computes asks for it by :func:`once`; then
    both share one computation, and both know the SQL of it.
    """

    def __init__(self, store: Any) -> None:
        self._store = store
        self._kept: OrderedDict[tuple[Compute, str], Answer] = OrderedDict()
        self._open: list[Answer] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """The store's rows of ``sql``; the statement is kept for whoever asked."""
        for answer in self._open:
            answer.ran.append(Statement(sql, dict(parameters or {})))
        return self._store.query(sql, parameters)

    def answer(self, compute: Compute, view: View) -> Answer:
        """``compute(store, view)``, from memory when it was asked before; its error likewise."""
        key = (compute, view.model_dump_json())
        known = self._kept.get(key)
        if known is None:
            known = self._ask(compute, view)
            self._kept[key] = known
            if len(self._kept) > KEPT_ANSWERS:
                self._kept.popitem(last=False)
        else:
            for waiting in self._open:
                waiting.ran.extend(known.ran)
        if key in self._kept:
            self._kept.move_to_end(key)
        return known

    def _ask(self, compute: Compute, view: View) -> Answer:
        answer = Answer()
        self._open.append(answer)
        try:
            answer.value = compute(self, view)
        except Exception as error:
            answer.error, answer.traceback = error, error.__traceback__
        finally:
            self._open.pop()
        return answer


def once(store: Any, compute: Compute, view: View) -> Any:
    """``compute(store, view)``; where the store has a memory, computed once for all who ask."""
    if isinstance(store, Answers):
        return store.answer(compute, view).get()
    return compute(store, view)
