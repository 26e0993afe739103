"""The way from a page to its kernel: its own kernel, the messages of widgets, nothing else."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.web import HTTPError
from tornado.websocket import WebSocketHandler

from ops_widgets.publish.server.bounded_socket import UNDONE, BoundedSocket, Undone
from ops_widgets.publish.server.handler import VisitorHandler

#: What widgets send, and what a page gets to know of its kernel.
ACCEPTED = frozenset(
    {"comm_open", "comm_msg", "comm_close", "comm_info_request", "kernel_info_request"}
)
SHOWN = frozenset(
    {"comm_open", "comm_msg", "comm_close", "comm_info_reply", "kernel_info_reply", "status"}
)
#: The one kind of channel that a page opens: it asks for the state of all widgets. To open
#: ``jupyter.widget`` would be to make any widget of any library in the kernel.
TARGETS = frozenset({"jupyter.widget.control"})
#: A widget's message has its four parts and some buffers.
LONGEST_LIST = 64


class Owned(VisitorHandler):
    """A handler for one kernel, which must be the visitor's own."""

    def check_owner(self, kernel_id: str) -> None:
        """Raise 404 for the kernel of somebody else, as for one that is not there."""
        if self.kernels.owner(kernel_id) != self.visitor:
            raise HTTPError(404)


class Model(Owned):
    """What the page asks before it connects: is my kernel there?"""

    def get(self, kernel_id: str) -> None:
        """The kernel as Jupyter's clients expect it."""
        self.check_owner(kernel_id)
        self.finish(json.dumps(self.kernels.kernel_model(kernel_id)))


class Shutdown(Owned):
    """What a page asks for when it is closed."""

    def check_xsrf_cookie(self) -> None:
        """A beacon carries no token; the cookie that names the owner stays with our pages."""
        if not self.check_origin():
            raise HTTPError(404)

    async def post(self, kernel_id: str) -> None:
        """End the visitor's own kernel."""
        self.check_owner(kernel_id)
        await self.kernels.shutdown_kernel(kernel_id)
        self.set_status(204)


class Channel(Owned, BoundedSocket, KernelWebsocketHandler):
    """The socket of widgets."""

    def initialize(self) -> None:
        """Nothing was asked yet."""
        self._undone = Undone()

    async def prepare(self) -> None:  # type: ignore[override]
        """Ask who it is, without a way to the login page: a socket cannot go there."""
        await KernelWebsocketHandler.prepare(self)

    async def get(self, kernel_id: str) -> None:
        """Open the socket to the visitor's own kernel."""
        self.check_owner(kernel_id)
        await super().get(kernel_id)

    #: Tornado's own pings, as :class:`KernelStatus` has them, instead of Jupyter Server's.
    ping_interval = WebSocketHandler.ping_interval
    ping_timeout = WebSocketHandler.ping_timeout

    async def open(self, kernel_id: str) -> None:
        """Let the messages through."""
        self.take_place()
        await self.connection.connect()

    def on_message(self, message: Any) -> None:
        """Hand a message on, if it is one that widgets send; else log it and drop it."""
        if self.is_over:
            return
        try:
            channel, header, content = self._read(message)
            refusal = _refusal(channel, header, content)
        except Exception as error:
            refusal = f"a message that cannot be read ({type(error).__name__})"
        if refusal:
            self.log.warning("Refused from %s: %s", self.request.remote_ip, refusal)
        elif self._undone.size > UNDONE:
            self.give_up("asks faster than its kernel works")
        else:
            self._undone.ask(header.get("msg_id"), len(message))
            super().on_message(message)

    def write_message(self, message: Any, binary: bool = False) -> Any:
        """Send the page what it needs; tracebacks, output and code stay here."""
        if self.is_over:
            return None
        if isinstance(message, bytes):
            header, parent = _sent_part(message, 1), _sent_part(message, 2)
        else:
            parsed = json.loads(message) if isinstance(message, str) else message
            header, parent = parsed.get("header"), parsed.get("parent_header")
        if not header or header.get("msg_type") not in SHOWN:
            return None
        if header["msg_type"] == "status":
            # Of the two of a question, busy and idle, the first says that it was taken up.
            self._undone.done((parent or {}).get("msg_id"))
        return super().write_message(message, binary)

    def _read(self, message: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
        if self.connection.subprotocol == "v1.kernel.websocket.jupyter.org":
            channel, header, _, _, content = parts(message)[:5]
            return channel.decode(), json.loads(header), json.loads(content)
        if isinstance(message, bytes):
            raise ValueError("the old protocol's binary form is not used")
        parsed = json.loads(message)
        return parsed["channel"], parsed["header"], parsed["content"]


def _refusal(channel: Any, header: dict[str, Any], content: dict[str, Any]) -> str:
    """Why a message is not handed on; empty: it is."""
    kind = header["msg_type"]
    if channel != "shell" or kind not in ACCEPTED:
        return f"{str(kind)[:60]!r} on {str(channel)[:60]!r}"
    if kind == "comm_open" and content.get("target_name") not in TARGETS:
        return f"comm_open to {str(content.get('target_name'))[:60]!r}"
    return ""


def _sent_part(message: bytes, number: int) -> Any:
    """The header (1) or the parent's header (2) of a message that Jupyter Server has put together.

    The content may have megabytes: it is left as it is.
    """
    start, end = (
        int.from_bytes(message[8 * i : 8 * i + 8], "little") for i in (number + 1, number + 2)
    )
    return json.loads(message[start:end])


def parts(message: bytes) -> list[bytes]:
    """The channel, the four parts and the buffers of a message, by the offsets it begins with.

    Raises ``ValueError`` for offsets that lead nowhere: Jupyter Server's own reader believes
    whatever number of them a message claims to have, and counts up to it.
    """
    count = int.from_bytes(message[:8], "little")
    if not (6 <= count <= LONGEST_LIST and 8 * (count + 1) <= len(message)):
        raise ValueError("a message with a wrong number of parts")
    ends = [int.from_bytes(message[8 * i : 8 * i + 8], "little") for i in range(1, count + 1)]
    if ends != sorted(ends) or ends[0] != 8 * (count + 1) or ends[-1] != len(message):
        raise ValueError("a message whose parts are not one after the other")
    return [message[start:end] for start, end in itertools.pairwise(ends)]


class KernelStatus(Owned, BoundedSocket):
    """Reports the end of a kernel to its page; as long as it is open, the page is, too."""

    _stop: Callable[[], None] | None = None

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse strangers, without a way to the login page."""
        await super().prepare(_redirect_to_login=False)

    async def get(self, kernel_id: str) -> None:
        """Open the socket for the visitor's own kernel."""
        self.check_owner(kernel_id)
        await super().get(kernel_id)

    def open(self, kernel_id: str) -> None:
        """Wait for the end."""
        self.take_place()
        self._stop = self.kernels.watch(kernel_id, self._report_end)

    def on_message(self, message: Any) -> None:
        """Nothing is expected."""

    def on_close(self) -> None:
        """The page is gone."""
        super().on_close()
        if self._stop:
            self._stop()

    def _report_end(self, reason: str) -> None:
        self.write_message(json.dumps({"kernel": reason}))
        self.close()
