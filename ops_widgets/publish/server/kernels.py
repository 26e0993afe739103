"""Kernels for visitors: some ready before anybody asks, never more than a bound, none left over.

A kernel belongs to the visitor who claimed it. It ends soon after the last of its sockets was
closed, after a time without any use, or when it dies; whoever watches it is called back.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import Integer
from voila._version import __version__ as voila_version

from ops_widgets.publish.notebooks.execute import FORGETFUL
from ops_widgets.widgets.bundle import VEGA_VARIABLE

#: Seconds that a kernel outlives its last socket (a page that is loaded again comes back), and
#: that a page may take from its first byte to its socket.
GRACE, ARRIVAL = 20.0, 60.0
#: Seconds before a kernel that could not be heated is tried again.
AGAIN = 15.0
#: What a kernel has no business to know.
SECRETS = ("OPS_TOKEN", "OPS_PASSWORD_HASH", "JUPYTER_TOKEN", "OPS_RENDER", "QUERY_STRING")
PREHEAT = "from ops_widgets.publish.server.preheat import preheat\npreheat()\ndel preheat"

OnEnd = Callable[[str], None]


class FullError(Exception):
    """As many kernels as may be are taken; ``own`` is their number where they are the asker's."""

    def __init__(self, own: int = 0) -> None:
        super().__init__(own)
        self.own = own


class Kernels(AsyncMappingKernelManager):
    """Jupyter Server's kernels, with owners, a bound and spares that have imported everything."""

    jobs = Integer(6, min=1, help="Most kernels at once, spares among them").tag(config=True)
    share = Integer(3, min=1, help="Most kernels of one visitor").tag(config=True)
    spares = Integer(2, min=0, help="Kernels that wait for the next visitors").tag(config=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._owners: dict[str, str] = {}
        self._arriving: list[str] = []  # owners who wait for their kernel
        self._heating: list[asyncio.Task[str]] = []
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._watchers: dict[str, list[OnEnd]] = {}
        self._left: dict[str, None] = {}  # kernels whose page was closed, the longest ago first
        self._closing = False
        self._rests = False  # after a kernel that could not be heated

    @property
    def taken(self) -> int:
        """Kernels that belong to a visitor."""
        return len(self._owners) + len(self._arriving)

    @property
    def ready(self) -> int:
        """Spares that could be claimed at once."""
        return sum(_is_ready(task) for task in self._heating)

    def owner(self, kernel_id: str) -> str | None:
        """Whose kernel it is; None: nobody's, or there is none."""
        return self._owners.get(kernel_id)

    async def claim(self, owner: str, variables: Mapping[str, str]) -> str:
        """The id of a kernel for ``owner`` that has ``variables`` in its environment.

        Raises ``FullError`` when all that there are, or that one visitor may have, are taken by
        pages that are open; of a closed page, which might still come back, the kernel is ended
        for its sake. A spare is ready at once; without one the visitor waits until a kernel has
        started.
        """
        left = self._to_end(owner)
        self._arriving.append(owner)
        try:
            if left:
                await self.shutdown_kernel(left)
            kernel_id = await self._spare()
            code = f"import os\nos.environ.update({dict(variables)!r})\ndel os"
            await self._execute(kernel_id, code)
            self._owners[kernel_id] = owner
        finally:
            self._arriving.remove(owner)
        self._end_after(kernel_id, ARRIVAL)
        return kernel_id

    def _to_end(self, owner: str) -> str:
        """The kernel that has to end before ``owner`` gets another one; empty: none has to."""
        own = [*self._owners.values(), *self._arriving].count(owner)
        if own < self.share and self.taken < self.jobs:
            return ""
        for kernel_id in self._left:
            if own < self.share or self._owners[kernel_id] == owner:
                return kernel_id
        raise FullError(own if own >= self.share else 0)

    def fill(self) -> None:
        """Heat as many spares as are missing and still allowed."""
        if self._rests or any(map(_has_failed, self._heating)):
            return  # what kept one from being heated will keep the next one
        missing = min(self.spares, self.jobs - self.taken) - len(self._heating)
        for _ in range(0 if self._closing else missing):
            task = asyncio.get_running_loop().create_task(self._heat())
            task.add_done_callback(self._heated)
            self._heating.append(task)

    def watch(self, kernel_id: str, on_end: OnEnd) -> Callable[[], None]:
        """Call ``on_end(reason)`` when the kernel ends; returns how to stop watching."""
        watchers = self._watchers.setdefault(kernel_id, [])
        watchers.append(on_end)
        return lambda: watchers.remove(on_end) if on_end in watchers else None

    def notify_connect(self, kernel_id: str) -> None:
        """Somebody looks at the page of this kernel."""
        super().notify_connect(kernel_id)
        self._left.pop(kernel_id, None)
        if timer := self._timers.pop(kernel_id, None):
            timer.cancel()

    def notify_disconnect(self, kernel_id: str) -> None:
        """The page was closed, or is being loaded again."""
        super().notify_disconnect(kernel_id)
        if kernel_id in self._owners and not self._kernel_connections.get(kernel_id):
            self._left[kernel_id] = None
            self._end_after(kernel_id, GRACE)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a visitor's kernel that nobody used for long; spares wait as long as it takes."""
        if kernel_id in self._owners:
            await super().cull_kernel_if_idle(kernel_id)

    async def shutdown_kernel(  # type: ignore[override]
        self, kernel_id: str, now: bool = True, restart: bool = False
    ) -> None:
        """End a kernel at once: it holds nothing that would have to be written."""
        self._forget(kernel_id, "ended")
        await super().shutdown_kernel(kernel_id, now=now, restart=restart)
        gc.collect()  # a page that was rendered is a web of references to each other
        self.fill()

    async def shutdown_all(self, now: bool = True) -> None:  # type: ignore[override]
        """End all kernels, those that are being heated among them."""
        self._closing = True
        for task in self._heating:
            task.cancel()
        for timer in self._timers.values():
            timer.cancel()
        await super().shutdown_all(now=now)

    def _handle_kernel_died(self, kernel_id: str) -> None:
        self._forget(kernel_id, "died")
        super()._handle_kernel_died(kernel_id)
        self._heating = [task for task in self._heating if not _is(task, kernel_id)]
        self.fill()

    def _forget(self, kernel_id: str, reason: str) -> None:
        self._owners.pop(kernel_id, None)
        self._left.pop(kernel_id, None)
        if timer := self._timers.pop(kernel_id, None):
            timer.cancel()
        for on_end in self._watchers.pop(kernel_id, []):
            on_end(reason)

    def _end_after(self, kernel_id: str, seconds: float) -> None:
        if timer := self._timers.pop(kernel_id, None):
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[kernel_id] = loop.call_later(seconds, self._end, kernel_id)

    def _end(self, kernel_id: str) -> None:
        if kernel_id in self:
            task = asyncio.get_running_loop().create_task(self.shutdown_kernel(kernel_id))
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception():
            self.log.warning("A kernel did not end: %r", task.exception())

    async def _spare(self) -> str:
        """The spare that is ready, else the one that will be first, else a new one."""
        while self._heating:
            task = min(self._heating, key=lambda task: not _is_ready(task))
            self._heating.remove(task)
            try:
                kernel_id = await task
            except Exception:
                continue  # it was logged; the next one may be better
            if kernel_id in self and await self.is_alive(kernel_id):
                return kernel_id
        return await self._heat()

    async def _heat(self) -> str:
        kernel_id: str = await self.start_kernel(
            kernel_name="python3", env=known_to_kernels(), extra_arguments=[FORGETFUL]
        )
        await self._execute(kernel_id, PREHEAT)
        return kernel_id

    def _heated(self, task: asyncio.Task[str]) -> None:
        if task.cancelled() or not task.exception():
            return
        self.log.error("No kernel could be heated", exc_info=task.exception())
        self._heating = [task for task in self._heating if not _has_failed(task)]
        self._rests = True
        asyncio.get_running_loop().call_later(AGAIN, self._try_again)

    def _try_again(self) -> None:
        self._rests = False
        self.fill()

    async def _execute(self, kernel_id: str, code: str) -> None:
        """Execute ``code`` in the kernel; raises ``RuntimeError`` with its words when it fails."""
        client = self.get_kernel(kernel_id).client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)  # type: ignore[misc]
            reply = await client.execute(
                code, silent=True, store_history=False, reply=True, timeout=120
            )
        finally:
            client.stop_channels()
        if reply["content"]["status"] != "ok":
            await self.shutdown_kernel(kernel_id)
            raise RuntimeError(reply["content"].get("evalue", "the kernel gave up"))


def known_to_kernels() -> dict[str, str]:
    """The environment of a kernel, without anybody's secrets."""
    known = {name: value for name, value in os.environ.items() if name not in SECRETS}
    return known | {"SERVER_SOFTWARE": f"voila/{voila_version}", VEGA_VARIABLE: "yes"}


def _has_failed(task: asyncio.Task[str]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _is_ready(task: asyncio.Task[str]) -> bool:
    return task.done() and not _has_failed(task)


def _is(task: asyncio.Task[str], kernel_id: str) -> bool:
    return _is_ready(task) and task.result() == kernel_id
