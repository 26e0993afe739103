"""How Voilà is set up: what a configuration file may change, and what none can."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ops_widgets import errors
from ops_widgets.errors import OpsError
from ops_widgets.publish.server.client import Client
from ops_widgets.publish.server.identity import Visitors
from ops_widgets.publish.server.kernels import Kernels
from ops_widgets.publish.server.options import ServeOptions

#: A Jupyter data directory that holds the page template.
SHARE = Path(__file__).parents[1] / "share" / "jupyter"
#: Seconds until a kernel that nobody uses ends, though its page is open, and between looks.
IDLE_SECONDS, LOOK_SECONDS = 1200, 60


def suggested(options: ServeOptions) -> dict[str, dict[str, Any]]:
    """What a configuration file of Voilà may change."""
    return {
        "Voila": {"log_level": "WARN"},
        "Kernels": {
            "jobs": options.jobs,
            "share": options.share,
            "spares": min(2, options.jobs),
            "cull_idle_timeout": IDLE_SECONDS,
            "cull_interval": LOOK_SECONDS,
        },
    }


def locked(options: ServeOptions) -> dict[str, dict[str, Any]]:
    """What keeps visitors safe, or was given on the command line."""
    return {
        "Voila": {
            "ip": options.host,
            "port": options.port,
            "port_retries": 0,
            "base_url": options.base_url,
            "server_url": options.base_url,
            "open_browser": False,
            "token": options.token,
            "identity_provider_class": Visitors,
            "notebook_path": None,
        },
        "VoilaConfiguration": {
            "template": "ops",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "preheat_kernel": False,  # the kernels below are ready for any notebook
            "progressive_rendering": False,
            "strip_sources": True,
            # The template needs the error's class to let our own sentences through; it shows
            # neither traceback nor the words of any other error.
            "show_tracebacks": True,
            "multi_kernel_manager_class": Kernels,
            "resources": {"spoken_errors": _spoken_errors()},
        },
        "Kernels": {"cull_connected": True, "buffer_offline_messages": False},
        # Sockets in a folder of the server's own, where the system has them: no ports to listen at.
        **({"ServerKernelManager": {"transport": "ipc"}} if os.name == "posix" else {}),
        "KernelManager": {"client_factory": Client},
        # A kernel that died and came back would know nothing of the page: it stays dead.
        "KernelRestarter": {"restart_limit": 0},
        "Visitors": {
            "token": options.token,
            "hashed_password": options.password_hash,
            "user_header": options.user_header,
            "cookie_options": {"samesite": "Lax"},
        },
    }


def _spoken_errors() -> list[str]:
    """Names of the errors that are written for the person who reads them."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    return sorted(kind.__name__ for kind in kinds if issubclass(kind, OpsError))
