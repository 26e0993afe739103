"""What a socket keeps for a page: little of what is not read, little of what is not done yet.

A page that asks for everything and reads nothing would have the server keep all of the answers;
one that asks faster than its kernel works would have it keep all of the questions. Both are closed.
A page that is gone, on the other hand, is nothing to complain about.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, ClassVar

from tornado.websocket import WebSocketClosedError, WebSocketHandler

#: Bytes that may lie unread before one more message, and bytes of questions that a kernel has not
#: dealt with. A question counts as much more than it is long, for the sake of its answer: there are
#: 128 at most, where a page has one or two.
UNREAD, UNDONE, EACH = 16 * 1024 * 1024, 8 * 1024 * 1024, 64 * 1024
#: Sockets of one kind for a kernel: its page's, and one that a lost connection left behind.
SOCKETS = 2
#: The code by which a page learns that it asked for too much.
TOO_MUCH = 1008


class BoundedSocket(WebSocketHandler):
    """A socket of a kernel's page; the path names the kernel first."""

    _places: ClassVar[dict[tuple[str, str], list[BoundedSocket]]] = {}
    _unread = 0

    def take_place(self) -> None:
        """Be one of the few of its kernel; an older one that was left behind has to go."""
        rivals = self._places.setdefault(self._key, [])
        rivals.append(self)
        for older in rivals[:-SOCKETS]:
            rivals.remove(older)
            older.close(TOO_MUCH, "a newer socket has taken this place")

    def on_close(self) -> None:
        """Leave the place."""
        rivals = self._places.get(self._key, [])
        if self in rivals:
            rivals.remove(self)
        if not rivals:
            self._places.pop(self._key, None)
        super().on_close()

    def write_message(self, message: Any, binary: bool = False) -> Any:
        """Send it, unless the page is gone or reads nothing."""
        if self._unread > UNREAD:
            self.give_up("leaves unread what it asks for")
        try:
            sent = super().write_message(message, binary)
        except WebSocketClosedError:
            return None
        size = len(message)
        self._unread += size

        def leave(sent: asyncio.Future[None]) -> None:
            self._unread -= size
            if not sent.cancelled():
                sent.exception()  # of a page that went away: somebody has to look at it

        sent.add_done_callback(leave)
        return sent

    def give_up(self, why: str) -> None:
        """Close the socket of a page that asks for too much."""
        if not self.is_over:
            self.log.warning("Closed a socket of %s, which %s", self.request.remote_ip, why)  # type: ignore[attr-defined]
            self.close(TOO_MUCH, why)

    @property
    def is_over(self) -> bool:
        """Whether either side has begun to close it; the last messages may still be under way."""
        return self.ws_connection is None or self.ws_connection.is_closing()

    @property
    def _key(self) -> tuple[str, str]:
        return type(self).__name__, self.path_args[0]


class Undone:
    """What a kernel was asked and has not dealt with; ``size`` in bytes."""

    def __init__(self) -> None:
        self._asked: deque[tuple[Any, int]] = deque()
        self.size = 0

    def ask(self, message_id: Any, length: int) -> None:
        """One more question, which is ``length`` bytes long."""
        self._asked.append((message_id, length + EACH))
        self.size += length + EACH

    def done(self, message_id: Any) -> None:
        """The kernel is through with a question, and so with all that were asked before it."""
        if any(known == message_id for known, _ in self._asked):
            known = None
            while known != message_id:
                known, size = self._asked.popleft()
                self.size -= size
