"""A log that stays readable: what is said again and again is written once, with a count.

Whoever can make the server complain can make it complain a thousand times a second. The same
complaint is written once in a :data:`WHILE`, then the number of those that followed; so are
complaints beyond :data:`MOST` that one line of code makes in that time, whatever their words. What
other lines say is written meanwhile. The number of an incident always is: a visitor was told it.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

#: Seconds in which a complaint is written once, and most different ones of one line of code.
WHILE, MOST = 60.0, 100
#: Numbers, addresses in memory and drawn names tell two complaints apart, but no two causes.
_DRAWN = re.compile(r"0x[0-9a-f]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,}|\d+")
_BEYOND = "(other words)"


@dataclass
class _Place:
    """What one line of code said in the last while: its first words, and how often again."""

    began: float
    words: dict[str, str] = field(default_factory=dict)
    again: dict[str, int] = field(default_factory=dict)


class Repeats(logging.Filter):
    """Lets the first of equal records through and counts the others, for one handler."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._places: dict[tuple[str, int, str], _Place] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether ``record`` is written; of an incident that is like one before, a line is."""
        if hasattr(record, "is_count") or self._is_new(record):
            return True
        if not hasattr(record, "incident"):
            return False
        record.msg, record.args = f"{_first_line(record)} (as before)", None
        record.exc_info = record.exc_text = None
        return True

    def over(self, everything: bool = False) -> list[str]:
        """What was repeated in a while that has passed (or until now), with its count."""
        now, counts = self._clock(), []
        with self._lock:
            for key, place in list(self._places.items()):
                if everything or now - place.began >= WHILE:
                    del self._places[key]
                    counts += [f"{n} times more: {place.words[k]}" for k, n in place.again.items()]
        return counts

    def _is_new(self, record: logging.LogRecord) -> bool:
        words = _first_line(record)
        cause = _cause(record.exc_info[1] if record.exc_info else None)
        # With a traceback, it is where the error comes from that makes it the same.
        kind = cause or _DRAWN.sub("#", words)
        with self._lock:
            place = self._places.setdefault(
                (record.pathname, record.lineno, cause), _Place(self._clock())
            )
            if kind not in place.words and len(place.words) < MOST:
                place.words[kind] = words
                return True
            if kind not in place.words:
                kind = _BEYOND
                place.words[kind] = f"{words} {_BEYOND}"
            place.again[kind] = place.again.get(kind, 0) + 1
            return False


def calm(log: logging.Logger) -> Callable[..., None]:
    """Have every logger write as ``log`` does, each complaint once.

    Returns what writes the counts of the whiles that have passed, or with ``everything=True`` of
    all; it wants to be called now and then.
    """
    root = logging.getLogger()
    if not root.handlers:
        for handler in log.handlers:
            root.addHandler(handler)
        log.propagate = False
    filters = [(handler, Repeats()) for handler in {*root.handlers, *log.handlers}]
    for handler, repeats in filters:
        handler.addFilter(repeats)

    def count(everything: bool = False) -> None:
        for handler, repeats in filters:
            for words in repeats.over(everything):
                record = logging.LogRecord(
                    log.name, logging.WARNING, __file__, 0, words, None, None
                )
                record.is_count = True
                handler.handle(record)

    return count


def _first_line(record: logging.LogRecord) -> str:
    return record.getMessage().partition("\n")[0][:300]


def _cause(error: BaseException | None) -> str:
    """The kind of an error and the line it comes from; empty without one."""
    if error is None:
        return ""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "nowhere"
    return f"{type(error).__name__} at {where}"
