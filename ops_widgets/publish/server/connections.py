"""Connections of visitors: bounded for each address and in all, and none is kept for nothing.

A connection on which the server waits for its visitor (for a request, or to have an answer read)
makes room for the next one when there are too many, and is closed after a time in any case. Thus
whoever opens thousands of them closes his own, and others are answered throughout.
"""

from __future__ import annotations

import errno
import ipaddress
import logging
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.iostream import IOStream

#: Connections at once, in all and of one address; and the descriptors that are left for the rest:
#: for files and snapshots, and for each kernel with the sockets of its page.
MOST, MOST_OF_ONE = 1000, 100
SPARE, SPARE_FOR_A_KERNEL = 100, 40
#: Fewer connections than this serve nobody.
LEAST = 16
#: Seconds that a connection may wait for a request, that a request may take from its first byte
#: to its last, that an answer may lie unread; and seconds between looks.
IDLE, ASKING, UNREAD, LOOK = 60.0, 15.0, 30.0, 5.0
#: The longest body of a request: a login, or the end of a kernel.
LONGEST_BODY = 64 * 1024
#: Seconds without new connections after the system had no descriptor for one.
PAUSE = 0.5
#: Connections that are taken in one turn of the loop.
AT_ONCE = 128
_NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bounds:
    """The most connections ``in_all`` and ``of_one`` address; ``exempt`` ones speak for many."""

    in_all: int = MOST
    of_one: int = MOST_OF_ONE
    exempt: frozenset[str] = frozenset()


class Connection(IOStream):
    """One connection, which knows whether its visitor is waited for, and since when."""

    def __init__(self, accepted: socket.socket, who: str, on_end: Callable[[Connection], None]):
        super().__init__(accepted, max_buffer_size=2 * LONGEST_BODY + 1024 * 1024)
        self.who = who
        self.moved = time.monotonic()
        self.is_asking = True
        self._began: float | None = None
        self._on_end = on_end

    def await_request(self) -> None:
        """What comes now belongs to the next request."""
        self.is_asking, self._began = True, None

    def read_from_fd(self, buf: bytearray | memoryview) -> int | None:
        """Read, and remember when."""
        count = super().read_from_fd(buf)
        if count:
            self.moved = time.monotonic()
            if self._began is None:
                self._began = self.moved
        return count

    def write_to_fd(self, data: memoryview) -> int:
        """Write, and remember when."""
        count = super().write_to_fd(data)
        if count:
            self.moved = time.monotonic()
        return count

    def close_fd(self) -> None:
        """Close, and say so."""
        super().close_fd()
        self._on_end(self)

    @property
    def can_go(self) -> bool:
        """Whether it is the visitor's turn: nothing that was asked for is being made."""
        return self.is_asking or self.writing()

    def is_overdue(self, now: float) -> bool:
        """Whether its visitor took more time than anybody needs."""
        if not self.is_asking:
            return self.writing() and now - self.moved > UNREAD
        if self._began is None:
            return now - self.moved > IDLE
        return now - self._began > ASKING


class BoundedServer(HTTPServer):
    """Tornado's HTTP server with :class:`Bounds` on its connections."""

    def initialize(self, application: Any, bounds: Bounds) -> None:  # type: ignore[override]
        """Serve ``application``."""
        super().initialize(application, max_body_size=LONGEST_BODY)
        self._bounds = bounds
        self._open: dict[Connection, None] = {}
        self._of: Counter[str] = Counter()
        self._listening: list[socket.socket] = []

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        """Take connections from ``sockets``."""
        self._listening += sockets
        self._take(True)
        PeriodicCallback(self._look, LOOK * 1000).start()

    def stop(self) -> None:
        """Take no more connections."""
        self._take(False)
        for listening in self._listening:
            listening.close()
        self._listening = []

    def start_request(self, server_conn: Any, request_conn: Any) -> HTTPMessageDelegate:
        """Notice where a request begins and where it ends."""
        delegate = super().start_request(server_conn, request_conn)
        server_conn.stream.await_request()
        return _Noticed(delegate, server_conn.stream)

    def _take(self, really: bool) -> None:
        loop = IOLoop.current()
        for listening in self._listening:
            if really:
                loop.add_handler(listening, self._accept, IOLoop.READ)
            else:
                loop.remove_handler(listening)

    def _accept(self, listening: socket.socket, _events: int) -> None:
        for _ in range(AT_ONCE):
            try:
                accepted, address = listening.accept()
            except BlockingIOError:
                return
            except ConnectionAbortedError:
                continue
            except OSError as error:
                if error.errno not in _NO_ROOM:
                    raise
                # The one that waits would call us again at once, and for ever.
                log.error("No connection can be taken: %s", error.strerror)
                self._make_room(self._open)
                self._take(False)
                IOLoop.current().call_later(PAUSE, self._take, True)
                return
            self._admit(accepted, address)

    def _admit(self, accepted: socket.socket, address: Any) -> None:
        who, bounds = group(address[0]), self._bounds
        own = self._of[who] >= bounds.of_one and address[0] not in bounds.exempt
        if own or len(self._open) >= bounds.in_all:
            rivals = [one for one in self._open if one.who == who] if own else self._open
            if not self._make_room(rivals):
                log.warning("Refused a connection of %s: all that it may have are in use", who)
                accepted.close()
                return
        connection = Connection(accepted, who, self._ended)
        self._open[connection] = None
        self._of[who] += 1
        self.handle_stream(connection, address)

    def _make_room(self, rivals: Iterable[Connection]) -> bool:
        """Close the one whose visitor has been waited for longest; False: there is none."""
        idle = min((one for one in rivals if one.can_go), key=lambda one: one.moved, default=None)
        if idle is not None:
            idle.close()
        return idle is not None

    def _ended(self, connection: Connection) -> None:
        del self._open[connection]
        self._of[connection.who] -= 1
        if not self._of[connection.who]:
            del self._of[connection.who]

    def _look(self) -> None:
        now = time.monotonic()
        for connection in [one for one in self._open if one.is_overdue(now)]:
            connection.close()


class _Noticed(HTTPMessageDelegate):
    """Hands a request on; once it is whole, it is no longer its visitor who is waited for."""

    def __init__(self, delegate: HTTPMessageDelegate, connection: Connection) -> None:
        self._delegate = delegate
        self._connection = connection

    def headers_received(self, start_line: Any, headers: HTTPHeaders) -> Any:
        return self._delegate.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Any:
        return self._delegate.data_received(chunk)

    def finish(self) -> None:
        self._connection.is_asking = False
        self._delegate.finish()

    def on_connection_close(self) -> None:
        self._delegate.on_connection_close()


def group(address: str) -> str:
    """Whom an address stands for: itself, or in IPv6 the network that one customer is given."""
    bare = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(bare, ipaddress.IPv4Address):
        return str(bare)
    mapped = bare.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((bare, 64), strict=False))


def room(wanted: int, jobs: int) -> int:
    """How many of the ``wanted`` connections the system lets this process have beside its kernels.

    The soft limit of open files is raised as far as that helps and is allowed.
    """
    spare = SPARE + SPARE_FOR_A_KERNEL * jobs
    try:
        import resource
    except ImportError:  # Windows bounds descriptors by memory alone
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    needed = wanted + spare
    if soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(wanted, soft - spare)
