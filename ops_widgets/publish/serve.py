"""Serve notebooks as apps with Voilà, to browsers on this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ops_widgets import charts, errors
from ops_widgets.errors import OpsError, UsageError
from ops_widgets.views.base import SOURCE_VARIABLE

#: A Jupyter data directory that holds the page template.
SHARE = Path(__file__).parent / "share" / "jupyter"
#: A kernel nobody is connected to holds 250 MB: seconds until it ends, and between looks.
IDLE_SECONDS, LOOK_SECONDS = 600, 60


def serve(
    notebooks: Path,
    *,
    source: str,
    port: int = 8866,
    host: str = "127.0.0.1",
    open_browser: bool = False,
    print: Callable[[str], None] = print,
) -> int:
    """Serve a notebook or a folder of them until interrupted; returns the exit code.

    Every kernel opens ``source``, whatever a visitor's link says. Raises ``UsageError`` for a
    host that other machines can reach, a port that is taken, or notebooks that are not there.
    """
    _only_here(host)
    if not notebooks.exists():
        raise UsageError(f"There is nothing at {notebooks}.", "Name a notebook or a folder.")
    _free(host, port)
    os.environ[SOURCE_VARIABLE] = source
    paths = [str(SHARE), os.environ.get("JUPYTER_PATH", "")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, paths))

    from traitlets.config import Config
    from voila.app import Voila  # a second, which nobody but a server should wait for

    class Apps(Voila):
        """Voilà with our style sheet within reach of its templates."""

        def setup_template_dirs(self) -> None:
            super().setup_template_dirs()
            self.template_paths.append(str(Path(charts.__file__).parent))

    print(f"Pages at http://{host}:{port}/ (stop with Ctrl+C)")
    config = Config(settings(host, port, open_browser))
    Apps.launch_instance(argv=[str(notebooks)], config=config)
    return 0


def settings(host: str, port: int, open_browser: bool) -> dict[str, dict[str, Any]]:
    """How Voilà is set up; whatever is not about the address keeps something out."""
    return {
        "Voila": {
            "ip": host,
            "port": port,
            "port_retries": 0,
            "open_browser": open_browser,
            "log_level": "WARN",
            # A configuration file of the folder or of the user could undo any line below.
            "config_file_paths": [],
        },
        "VoilaConfiguration": {
            "template": "ops",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "classic_tree": True,
            "progressive_rendering": False,
            "strip_sources": True,
            # The template needs the error's class to let our own sentences through; it shows
            # neither traceback nor the words of any other error.
            "show_tracebacks": True,
            "resources": {"spoken_errors": _spoken_errors()},
        },
        "MappingKernelManager": {
            "cull_idle_timeout": IDLE_SECONDS,
            "cull_interval": LOOK_SECONDS,
        },
    }


def _spoken_errors() -> list[str]:
    """Names of the errors that are written for the person who reads them."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    return sorted(kind.__name__ for kind in kinds if issubclass(kind, OpsError))


def _only_here(host: str) -> None:
    """Refuse an address that other machines can reach: nobody asks visitors who they are."""
    try:
        here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = False
    if not here:
        raise UsageError(
            f"Pages are not served on {host}: whoever can reach that address could read them.",
            "Leave out the host (127.0.0.1), and forward the port over SSH if need be.",
        )


def _free(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise UsageError(
            f"Port {port} cannot be opened: {error.strerror}.", "Choose another one with --port."
        ) from None
