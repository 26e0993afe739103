"""What every request passes before anything answers it, and what every answer carries.

Handlers of Voilà, Jupyter and ours all sit behind this one application, so that none of them
can forget the check of the host or a header.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import partial
from typing import Any

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import Application, OutputTransform, RequestHandler

from ops_widgets.publish.server.connections import BoundedServer
from ops_widgets.publish.server.options import ServeOptions

#: Nothing from anywhere; pages that need more say so themselves.
STRICT = "default-src 'none'; base-uri 'none'; form-action 'self'"


class GuardedApplication(Application):
    """Believes a proxy only where one was named, and answers only to its own names."""

    def __init__(self, options: ServeOptions, **settings: Any) -> None:
        super().__init__(**settings)
        self.proxies = frozenset(options.proxies)
        self.names = frozenset({"localhost", options.host, *options.names}) - {""}
        self.bounds = options.bounds()
        self.add_transform(partial(SafeHeaders, options.frame_ancestors))  # type: ignore[arg-type]

    def listen(self, port: int, address: str | None = None, **options: Any) -> BoundedServer:
        """Take connections, as many as there may be."""
        server = BoundedServer(self, self.bounds)
        server.listen(port, address or "", **options)
        return server

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> Any:
        """The handler of a request; for a foreign host name one that refuses."""
        if request.remote_ip in self.proxies:
            _believe(request, self.proxies)
            request.behind_proxy = True  # type: ignore[attr-defined]
        if not _is_ours(request.host_name, self.names):
            return self.get_handler_delegate(request, Misdirected)
        return super().find_handler(request, **kwargs)


class Misdirected(RequestHandler):
    """Another name that was made to point here (DNS rebinding) is no way in."""

    def prepare(self) -> None:
        """Refuse, whatever is asked."""
        self.set_status(421)
        self.finish("This server does not go by that name.")


class SafeHeaders(OutputTransform):
    """Headers that no answer goes without."""

    def __init__(self, frame_ancestors: str, request: HTTPServerRequest) -> None:
        self.frame_ancestors = frame_ancestors

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add what is missing, and take away what says which software this is."""
        policy = headers.get("Content-Security-Policy", STRICT)
        headers["Content-Security-Policy"] = f"{policy}; frame-ancestors {self.frame_ancestors}"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        old = {"'self'": "SAMEORIGIN", "'none'": "DENY"}.get(self.frame_ancestors)
        if old:
            headers["X-Frame-Options"] = old
        headers.pop("Server", None)
        return status_code, headers, chunk


def _believe(request: HTTPServerRequest, proxies: Iterable[str]) -> None:
    """Take from a proxy who asked it and how; the last address that is no proxy's is the one."""
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    for address in reversed(chain):
        if address not in proxies:
            if _is_address(address):
                request.remote_ip = address
            break
    scheme = request.headers.get("X-Forwarded-Proto", "").split(",")[-1].strip()
    if scheme in ("http", "https"):
        request.protocol = scheme


def _is_ours(host: str, names: Iterable[str]) -> bool:
    """An address cannot be made to point elsewhere, as a name can."""
    bare = host.strip("[]")
    return _is_address(bare) or bare.lower() in names


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
