"""The server: Voilà's application with our handlers instead of its own."""

from __future__ import annotations

import gc
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.web import RedirectHandler
from traitlets.config import Config
from voila._version import __version__ as voila_version
from voila.app import Voila
from voila.static_file_handler import MultiStaticFileHandler

from ops_widgets import charts
from ops_widgets.analyses import ANALYSES
from ops_widgets.publish.server import assets, identity, live, pages, reports, sockets
from ops_widgets.publish.server.forks import fork_kernels
from ops_widgets.publish.server.handler import NotFound
from ops_widgets.publish.server.kernels import known_to_kernels
from ops_widgets.publish.server.middleware import STRICT, GuardedApplication
from ops_widgets.publish.server.options import ServeOptions
from ops_widgets.publish.server.repeats import calm
from ops_widgets.publish.server.served_source import ServedSource
from ops_widgets.publish.server.settings import SHARE, locked, suggested
from ops_widgets.sources.config import SourceConfig, load_config
from ops_widgets.views.base import SOURCE_VARIABLE

KERNEL = r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
#: The folder of a run: the report (of an expansion, with its unit), the day, the key.
RUN = r"[\w.%-]+(?:/[\w.%-]+)?/\d{4}-\d{2}-\d{2}/[\w.]+"
#: Seconds between looks whether the summaries have changed.
LOOK = 20
#: A widget's message is some hundred bytes; a view with every name chosen some ten thousand.
LONGEST_MESSAGE = 256 * 1024


def serve(options: ServeOptions, config: SourceConfig | None = None) -> int:
    """Serve until interrupted; returns the exit code.

    ``config`` is the source where it was read already. Raises ``UsageError`` for what cannot be
    served, or not safely.
    """
    options.check()
    os.environ[SOURCE_VARIABLE] = options.source
    paths = [str(SHARE), os.environ.get("JUPYTER_PATH", "")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, paths))
    shown = f"[{options.host}]" if ":" in options.host else options.host
    print(f"Pages at http://{shown}:{options.port}{options.base_url} (stop with Ctrl+C)")
    Server.options, Server.source_config = options, config or load_config(options.source)
    Server.launch_instance(argv=[str(options.notebooks)], config=Config(suggested(options)))
    return 0


class Server(Voila):
    """Voilà, as far as it renders a notebook; what visitors reach is ours."""

    options: ServeOptions
    source_config: SourceConfig

    def load_config_file(self, *args: Any, **kwargs: Any) -> None:
        """Voilà's own configuration counts, but for what keeps visitors safe."""
        super().load_config_file(*args, **kwargs)
        self.update_config(Config(locked(self.options)))

    def setup_template_dirs(self) -> None:
        """Put our style sheet within reach of Voilà's templates."""
        super().setup_template_dirs()
        self.template_paths.append(str(Path(charts.__file__).parent))

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings, with what all handlers share."""
        options = self.options
        self.served = ServedSource(
            options.source, self.source_config, options.notebooks, options.reports
        )
        self.static = url_path_join(self.base_url, "static", self._static_digest())
        return super().init_settings() | {
            "assets": assets.own_assets(),
            "compress_response": True,
            "default_handler_class": NotFound,
            "headers": {"Content-Security-Policy": STRICT},
            "mathjax_url": "",
            "static_immutable_cache": [self.static],
            "websocket_max_message_size": LONGEST_MESSAGE,
            "login_url": url_path_join(self.base_url, "login"),
            "websocket_ping_interval": 20,  # a laptop that was shut closes nothing
            "xsrf_cookies": False,  # JupyterHandler checks each request itself
        }

    def init_handlers(self) -> list[Any]:
        """Every address there is."""
        served = {"served": self.served}
        names = "|".join(ANALYSES)
        kernel = rf"api/kernels/{KERNEL}"
        handlers: list[Any] = [
            ("", pages.Gallery, served),
            (rf"apps/({names})", pages.App, served),
            (rf"apps/({names})/live", live.Live, {"voila": self, "static": self.static}),
            (r"reports/?(?:index\.html)?", reports.Reports, served),
            (rf"reports/({RUN})/((?:tables/[\w-]+/)?[\w.-]*)", reports.Report, served),
            ("health", pages.Health, served),
            (r"assets/([\w.-]+)", assets.Asset),
            ("login", identity.Login),
            ("logout", identity.Logout),
            (kernel, sockets.Model),
            (rf"{kernel}/channels", sockets.Channel),
            (rf"{kernel}/status", sockets.KernelStatus),
            (rf"voila/api/shutdown/{KERNEL}", sockets.Shutdown),
        ]
        # Joined with nothing, a path loses its last slash: the gallery of /shop/ would be at /shop.
        base = [(self.base_url, *handlers[0][1:])]
        base += [(url_path_join(self.base_url, path), *rest) for path, *rest in handlers[1:]]
        bare = self.base_url.rstrip("/") or "/"
        return [
            *base,
            (rf"{self.static}/voila/(.*)", Unchanging, {"paths": self.static_paths}),
            (
                rf"{self.static}/labextensions/(.*)",
                FileFindHandler,
                {"path": self.labextensions_path},
            ),
            *(
                (way, RedirectHandler, {"url": self.base_url})
                for way in {"/", bare} - {self.base_url}
            ),
        ]

    def start(self) -> None:
        """Listen, with every request checked first; make snapshots and kernels meanwhile."""
        self.connection_dir = tempfile.mkdtemp(prefix="ops_", dir=self.connection_dir_root)
        self.app = GuardedApplication(self.options, **self.init_settings())
        self.app.settings.update(self.tornado_settings)
        self.app.add_handlers(".*$", self.init_handlers())
        self.forks = fork_kernels(known_to_kernels())
        self.count_repeats = calm(self.log)
        PeriodicCallback(self.count_repeats, LOOK * 1000).start()
        IOLoop.current().add_callback(self._look)
        IOLoop.current().add_callback(self.kernel_manager.fill)
        PeriodicCallback(self._look, LOOK * 1000).start()
        # What was imported stays: with it out of the way, what a visit leaves is found in no time.
        gc.collect()
        gc.freeze()
        self.listen()

    def stop(self) -> None:
        """End kernels and makers of snapshots."""
        self.served.close()
        self.count_repeats(everything=True)
        super().stop()
        if self.forks:
            self.forks.close()

    def _look(self) -> None:
        """Have the first view of every app made, if there is none of these summaries."""
        for name in ANALYSES:
            self.served.snapshot(self.served.default(name))

    def _static_digest(self) -> str:
        """A name for all scripts of Voilà and its widgets, as they are installed."""
        digest = hashlib.sha256(voila_version.encode())
        for folder in map(Path, self.labextensions_path):
            for path in sorted([*folder.glob("*/package.json"), *folder.glob("@*/*/package.json")]):
                digest.update(path.read_bytes())
        return digest.hexdigest()[:16]


class Unchanging(MultiStaticFileHandler):
    """Voilà's scripts, under an address that changes with them."""

    def set_extra_headers(self, path: str) -> None:
        """A browser never asks twice."""
        self.set_header("Cache-Control", assets.FOREVER)
