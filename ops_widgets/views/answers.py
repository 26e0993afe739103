"""A store that remembers: each question of a view is computed once, with the SQL it took.

So is each query: many questions of many views begin with the same one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from ops_widgets.views.base import View

Compute = Callable[[Any, Any], Any]
#: Answers kept: enough to go back to a view just left, too few to fill a kernel's memory. Of the
#: frames that queries give, only those of few rows: these are most, and the largest are asked once.
KEPT_ANSWERS, KEPT_FRAMES, KEPT_ROWS = 96, 256, 20_000


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


@dataclass
class Memory:
    """What was asked of a store: the answers to questions, and the frames of queries."""

    answers: OrderedDict[tuple[Compute, str], Answer] = field(default_factory=OrderedDict)
    frames: OrderedDict[str, Any] = field(default_factory=OrderedDict)


class Answers:
    """A store as compute functions see it (``query``, ``has``, ``source``, ...), with a memory.

    A function that starts from what another one computes asks for it by :func:`once`; then
    both share one computation, and both know the SQL of it.
    """

    def __init__(self, store: Any, memory: Memory | None = None) -> None:
        self._store = store
        self._memory = memory or Memory()
        self._open: list[Answer] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """The store's rows of ``sql``, which never change; the statement is kept for whoever
        asked.
        """
        values = dict(parameters or {})
        for answer in self._open:
            answer.ran.append(Statement(sql, values))
        key = f"{sql}{values}"
        found = self._memory.frames.get(key)
        if found is None:
            found = self._store.query(sql, parameters)
            if len(found) > KEPT_ROWS:
                return found
            _keep(self._memory.frames, key, found, KEPT_FRAMES)
        self._memory.frames.move_to_end(key)
        return found.copy(deep=False)  # what is written into it stays with whoever asked

    def answer(self, compute: Compute, view: View) -> Answer:
        """``compute(store, view)``, from memory when it was asked before; its error likewise."""
        key = (compute, view.model_dump_json())
        known = self._memory.answers.get(key)
        if known is None:
            known = self._ask(compute, view)
            _keep(self._memory.answers, key, known, KEPT_ANSWERS)
        else:
            for waiting in self._open:
                waiting.ran.extend(known.ran)
        if key in self._memory.answers:
            self._memory.answers.move_to_end(key)
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


def _keep(kept: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)


def once(store: Any, compute: Compute, view: View) -> Any:
    """``compute(store, view)``; where the store has a memory, computed once for all who ask."""
    if isinstance(store, Answers):
        return store.answer(compute, view).get()
    return compute(store, view)
