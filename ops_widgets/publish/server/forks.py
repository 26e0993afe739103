"""Kernels as copies of one prepared process, where the system can do that; else as Jupyter does."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

LAUNCHER = "ipykernel_launcher"
#: Seconds without an answer after which the prepared process is given up.
PATIENCE = 120


class Forked:
    """A process that is nobody's child here, as :class:`subprocess.Popen` shows one."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """None as long as it runs; nobody knows with which code it ended."""
        return 0 if select.select([self._handle], [], [], 0)[0] else None

    def wait(self) -> int:
        """Wait for its end."""
        select.select([self._handle], [], [])
        return 0

    def send_signal(self, number: int) -> None:
        """Send a signal; ``ProcessLookupError`` when it has ended."""
        signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def __del__(self) -> None:
        if hasattr(self, "_handle"):
            os.close(self._handle)


class Forks:
    """The prepared process (:mod:`.forkserver`) and what asks it for copies.

    ``environment`` is what it knows, and all of its copies could find out.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._asking = threading.Lock()  # pages and makers of snapshots have loops of their own

    async def fork(self, arguments: list[str], env: Mapping[str, str], cwd: str) -> Forked | None:
        """A copy that has become a kernel; None: there is none to be had this time."""
        asked = {"arguments": arguments, "environment": dict(env), "folder": cwd}
        return await asyncio.to_thread(self._fork, f"{json.dumps(asked)}\n".encode())

    def close(self) -> None:
        """End the process; its copies end with it."""
        if self._process is not None:
            self._replies.close()
            self._socket.close()
            self._process.kill()
            self._process.wait()
            self._process = None

    def _fork(self, asked: bytes) -> Forked | None:
        with self._asking:
            if self._process is None or self._process.poll() is not None:
                self._start()
            try:
                self._socket.sendall(asked)
                pid = int(self._replies.readline())
            except (OSError, ValueError):  # it has ended, or hangs
                self.close()
                return None
        with suppress(OSError):  # the copy may have ended already
            return Forked(pid) if pid else None
        return None

    def _start(self) -> None:
        self.close()
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(PATIENCE)
        self._replies = self._socket.makefile("r")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.forkserver", str(theirs.fileno())],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )


class Provisioner(LocalProvisioner):
    """Starts a kernel as a copy of the prepared process; where there is none, as a new one."""

    forks: Forks

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Start the kernel of the command ``cmd``; returns how to connect to it."""
        at = cmd.index(LAUNCHER) if LAUNCHER in cmd else 0
        folder = str(options.get("cwd") or Path.cwd())
        forked = at and await self.forks.fork(cmd[at + 1 :], options["env"], folder)
        if not forked:
            return await super().launch_kernel(cmd, **options)
        self.process, self.cwd = forked, Path(folder)  # type: ignore[assignment]
        self.pid = self.pgid = forked.pid
        return self.connection_info


class Provisioners(KernelProvisionerFactory):
    """Gives every kernel of this process our provisioner."""

    def create_provisioner_instance(self, kernel_id: str, kernel_spec: Any, parent: Any) -> Any:
        """The provisioner of one kernel."""
        return Provisioner(kernel_id=kernel_id, kernel_spec=kernel_spec, parent=parent)


def fork_kernels(environment: Mapping[str, str]) -> Forks | None:
    """Let all kernels of this process be copies from now on; None: the system cannot."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return None
    Provisioner.forks = Forks(environment)
    Provisioners.instance()
    return Provisioner.forks
