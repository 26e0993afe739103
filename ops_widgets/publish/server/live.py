"""The live page: the notebook in a kernel of the visitor's own, drawn by Voilà's template."""

from __future__ import annotations

import asyncio
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError
from voila.notebook_renderer import NotebookRenderer
from voila.utils import get_page_config

from ops_widgets.analyses import ANALYSES
from ops_widgets.publish.notebooks.places import places
from ops_widgets.publish.server.handler import THEME, THEME_HASH, VisitorHandler
from ops_widgets.publish.server.incidents import incident
from ops_widgets.publish.server.kernels import FullError

#: Vega compiles expressions and widgets come as modules in blobs: only here, never elsewhere.
LIVE = (
    "default-src 'none'; "
    f"script-src 'self' 'unsafe-eval' blob: 'sha256-{THEME_HASH}'; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)


class Live(VisitorHandler):
    """``/apps/NAME/live?...``: takes a kernel, if there is one to take."""

    policy = LIVE

    def initialize(self, voila: Any, static: str) -> None:
        """``voila`` is the application, ``static`` the address of the scripts it serves."""
        self.voila = voila
        self.static = static

    async def get(self, name: str) -> None:
        """Stream the page; without a free kernel, 503 and a notice."""
        if name not in ANALYSES:
            raise HTTPError(404)
        if not self.identity_provider.get_user_cookie(self) and not self._was_named():
            # Who never saw a page of ours (a crawler, a preview of a link) gets the snapshot.
            query = f"?{self.request.query}" if self.request.query else ""
            self.redirect(f"{self.base_url}apps/{name}{query}")
            return
        try:
            kernel_id = await self.kernels.claim(self.visitor, self._variables())
        except FullError as full:
            self.set_status(503)
            self.set_header("Retry-After", "30")
            self.show("full.html.j2", name=name, query=self.request.query, own=full.own)
            return
        try:
            await self._stream(name, kernel_id)
        except StreamClosedError:
            await self.kernels.shutdown_kernel(kernel_id)
        finally:
            asyncio.get_running_loop().call_later(1, self.kernels.fill)

    def _was_named(self) -> bool:
        return bool(getattr(self.request, "behind_proxy", False) and self.visitor[:6] == "proxy:")

    def _variables(self) -> dict[str, str]:
        """What Voilà would hand the kernel of a request; the query is all that it reads."""
        return {"QUERY_STRING": self.request.query, "SCRIPT_NAME": self.request.path}

    async def _stream(self, name: str, kernel_id: str) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        renderer = await self._renderer(f"{name}.ipynb")
        kernel = self.kernels.get_kernel(kernel_id)
        async for text, _ in renderer.generate_content_generator(kernel_id, kernel):
            self.write(text)
            await self.flush()

    async def _renderer(self, notebook: str) -> NotebookRenderer:
        configuration = self.voila.voila_configuration
        page = get_page_config(self.base_url, self.settings, self.log, configuration)
        page["fullStaticUrl"] = f"{self.static}/voila"
        page["fullLabextensionsUrl"] = f"{self.static}/labextensions"
        page["fullMathjaxUrl"] = f"{self.base_url}assets/{self.settings['assets']['nomath.js']}"
        renderer = NotebookRenderer(
            voila_configuration=configuration,
            traitlet_config=self.voila.config,
            notebook_path=notebook,
            template_paths=self.voila.template_paths,
            config_manager=self.voila.config_manager,
            contents_manager=self.contents_manager,
            kernel_spec_manager=self.voila.kernel_spec_manager,
            base_url=self.base_url,
            page_config=page,
            mathjax_config="",
            mathjax_url="",
        )
        await renderer.initialize()
        renderer.resources |= {
            "assets": self.settings["assets"],
            "first_script": THEME,
            "incident": lambda output: _incident(notebook, output),
            "places": places,
        }
        return renderer


def _incident(notebook: str, output: Any) -> str:
    """The number of a cell's failure; its traceback goes to the log."""
    words = "\n".join([f"{output.ename}: {output.evalue}", *output.get("traceback", [])])
    return incident(notebook, words)
