"""How the server talks to a kernel: like Jupyter's own client, without waiting for silence."""

from __future__ import annotations

import time
from contextlib import suppress
from math import inf
from queue import Empty

from jupyter_client.asynchronous.client import AsyncKernelClient


class Client(AsyncKernelClient):
    """A client that is ready as soon as its kernel answers and is heard.

    Jupyter's own then listens until nothing comes for 0.2 seconds, twice for each page. Whoever
    asks knows answers by their question: what is left of an earlier one disturbs nobody.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return once both channels work; ``RuntimeError``: the kernel died, or took too long."""
        until = time.monotonic() + (inf if timeout is None else timeout)
        while True:
            self.kernel_info()
            with suppress(Empty):
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.2)
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before it answered")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel did not answer in {timeout} seconds")
