"""What ``ops serve`` was asked for, checked before anything starts."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass, field
from pathlib import Path

from ops_widgets.errors import UsageError
from ops_widgets.publish.server.connections import LEAST, MOST, MOST_OF_ONE, Bounds, room

#: Kernels at once; each holds some 250 MB.
JOBS = 6


@dataclass(frozen=True)
class ServeOptions:
    """``host`` and ``port`` to listen on, ``jobs`` the most kernels at once.

    ``jobs_of_one`` are the most kernels of one visitor; None: half of them, so that nobody takes
    all. ``connections`` are the most at once, ``connections_of_one`` those of one address, which
    may be any number for a proxy.

    ``names`` are the host names by which visitors reach the server through a proxy. ``token``
    or ``password_hash`` ask visitors who they are; with ``user_header`` one of ``proxies``
    (addresses) has done so and says who it is. ``frame_ancestors`` says who may show the pages
    in a frame of theirs, as in a content security policy.
    """

    notebooks: Path
    source: str
    host: str = "127.0.0.1"
    port: int = 8866
    base_url: str = "/"
    jobs: int = JOBS
    jobs_of_one: int | None = None
    connections: int = MOST
    connections_of_one: int = MOST_OF_ONE
    reports: Path = field(default_factory=lambda: Path("reports"))
    token: str = ""
    password_hash: str = ""
    user_header: str = ""
    proxies: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    frame_ancestors: str = "'self'"
    insecure: bool = False

    @property
    def guarded(self) -> bool:
        """Whether visitors must say who they are."""
        return bool(self.token or self.password_hash or self.user_header)

    @property
    def share(self) -> int:
        """The most kernels of one visitor."""
        return min(self.jobs, self.jobs_of_one or (self.jobs + 1) // 2)

    def bounds(self) -> Bounds:
        """The bounds of connections, with enough open files left for the kernels.

        Raises ``UsageError`` where the system lets this process open too few.
        """
        in_all = room(self.connections, self.jobs)
        if in_all < LEAST:
            raise UsageError(
                f"This process may not open enough files for {self.jobs} kernels and their "
                "visitors.",
                "Raise the limit (ulimit -n 4096), or take fewer kernels with --jobs.",
            )
        return Bounds(in_all, self.connections_of_one, frozenset(self.proxies))

    def check(self) -> None:
        """Raise ``UsageError`` for the first thing that cannot be served, or not safely."""
        if not self.notebooks.is_dir():
            raise UsageError(f"There is nothing at {self.notebooks}.", "Name a folder.")
        if not re.fullmatch(r"/([\w~@-][\w.~@-]*/)*", self.base_url):
            raise UsageError(
                f"The base address {self.base_url!r} is no path.", "Write it as /shop/."
            )
        if not re.fullmatch(r"[\w:/.*'\- ]+", self.frame_ancestors):
            raise UsageError(
                f"{self.frame_ancestors!r} names no frame ancestors.",
                "Write 'self', 'none', or addresses such as https://intranet.example.",
            )
        if self.password_hash and not re.fullmatch(r"(argon2|sha\d+):.+", self.password_hash):
            raise UsageError(
                "The password is not hashed.",
                'Hash it: python -c "from jupyter_server.auth import passwd; print(passwd())"',
            )
        if self.user_header and not self.proxies:
            raise UsageError(
                f"Whoever sends {self.user_header!r} would be believed.",
                "Name the address of the proxy that sets it: --proxy 127.0.0.1",
            )
        for proxy in self.proxies:
            _address(proxy)
        if not (is_loopback(self.host) or self.guarded or self.insecure):
            raise UsageError(
                f"Pages are not served on {self.host or 'every address'}: whoever can reach it "
                "could read them.",
                "Ask visitors who they are (--token, --password-hash or --user-header), leave "
                "out the host, or spell out --insecure.",
            )
        _free(self.host, self.port)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address; a name other than localhost: it may not."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise UsageError(f"{text!r} is no address of a proxy.", "Write it as 10.0.0.7.") from None


def _free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            pass
    except OSError as error:
        raise UsageError(
            f"Port {port} cannot be opened: {error.strerror}.", "Choose another one with --port."
        ) from None
