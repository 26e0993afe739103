"""A process that has everything ready, and copies itself whenever a kernel is asked for.

A kernel of its own takes two seconds of a processor to import what a page needs, a copy a tenth of
one, and it shares the memory. What the first pages will ask is answered here as well, once.

Run as ``python -m ops_widgets.publish.server.forkserver FD``: lines of JSON come in by the socket
``FD`` (``arguments`` of the kernel, its ``environment`` and ``folder``), and for each goes out the
id of the new process; 0: the system has none to give.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn


def main(channel: socket.socket) -> None:
    """Answer until the other end is closed; the copies end with this process."""
    # Kernels look whether their parent lives, by what stands here when they are imported.
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is meant for the server
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a copy: the system ends it
    from ipykernel.kernelapp import launch_new_instance

    from ops_widgets.publish.server.preheat import load

    load()
    _remember()
    with channel, channel.makefile("r", encoding="utf-8") as lines:
        for line in lines:
            _remember()  # the summaries may be other ones by now
            try:
                child = os.fork()
            except OSError:  # the copies that there are must not end for it
                channel.sendall(b"0\n")
                continue
            if not child:
                lines.close()
                channel.close()
                _become_kernel(launch_new_instance, **json.loads(line))
            with suppress(OSError):  # whichever is first: from here on a group of its own
                os.setpgid(child, child)
            channel.sendall(f"{child}\n".encode())


def _remember() -> None:
    from ops_widgets.errors import OpsError
    from ops_widgets.publish.server.preheat import remember, settle

    with suppress(OpsError):  # there may be nothing to read yet; each copy looks again
        remember()
    # A thread would be missing in the copies, with all that it holds.
    assert threading.active_count() == 1, threading.enumerate()
    settle()


def _become_kernel(
    launch: Callable[..., None], arguments: list[str], environment: dict[str, str], folder: str
) -> NoReturn:
    with suppress(OSError):
        os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    parent = os.environ["JPY_PARENT_PID"]
    os.environ.clear()
    os.environ.update(environment | {"JPY_PARENT_PID": parent})
    os.chdir(folder)
    sys.argv = ["ipykernel_launcher", *arguments]
    try:
        launch(argv=arguments)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
