"""What all handlers for visitors have in common: who it is, cookies, headers, words for errors."""

from __future__ import annotations

import base64
import hashlib
from http import HTTPStatus
from typing import Any, cast

from jupyter_server.base.handlers import JupyterHandler
from markupsafe import Markup
from tornado.web import HTTPError

from ops_widgets.charts.pieces import actions_html
from ops_widgets.publish.notebooks.export import environment
from ops_widgets.publish.server.incidents import incident
from ops_widgets.publish.server.kernels import Kernels

#: Runs before anything is drawn, so that a chosen theme never flashes the other one.
THEME = (
    'try{const t=localStorage.getItem("ops-theme");'
    'if(t==="dark"||t==="light")document.documentElement.dataset.opsTheme=t}catch{}'
)
THEME_HASH = base64.b64encode(hashlib.sha256(THEME.encode()).digest()).decode()
#: A page of ours: its own style sheet and script, drawings inside, frames of ours.
PAGE = (
    f"default-src 'none'; script-src 'self' 'sha256-{THEME_HASH}'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'"
)
SENTENCES = {
    403: "You may not see this.",
    404: "There is no page of this name.",
    405: "That is not how this page is asked for.",
    429: "Too many wrong guesses. Wait a minute, then try again.",
    503: "All places are taken at this moment.",
}


class VisitorHandler(JupyterHandler):
    """A page or a socket that a visitor reaches."""

    policy = PAGE
    _incident = ""

    @property
    def content_security_policy(self) -> str:
        """What the page may load and run."""
        return self.policy

    @property
    def kernels(self) -> Kernels:
        """The kernels of all visitors."""
        return cast(Kernels, self.kernel_manager)

    @property
    def visitor(self) -> str:
        """Who it is: a name that is drawn for every browser, or the user's own."""
        return str(self.current_user.username)

    @property
    def _is_known(self) -> bool:
        """Whether it was asked who it is, and somebody answered.

        An error page is shown as well when that very question went wrong; to ask again would fail.
        """
        return getattr(self, "_jupyter_current_user", None) is not None

    async def prepare(self, **options: Any) -> None:
        """Ask who it is; a token in the address becomes a cookie and is taken off."""
        await super().prepare(**options)
        if self._finished or self.request.method != "GET" or not self.current_user:
            return
        if "token" in self.request.query_arguments and "Upgrade" not in self.request.headers:
            pairs = [part for part in self.request.query.split("&") if part[:6] != "token="]
            self.redirect(self.request.path + (f"?{'&'.join(pairs)}" if any(pairs) else ""))

    def set_cookie(self, name: str, value: str | bytes, **options: Any) -> None:  # type: ignore[override]
        """A cookie that no script reads, that no other site sends, and never in the clear."""
        options |= {"httponly": True, "samesite": "Lax"}
        if self.request.protocol == "https":
            options["secure"] = True
        super().set_cookie(name, value, **options)

    def show(self, template: str, **content: Any) -> None:
        """Answer with one of our pages."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "private, no-cache")
        self.finish(self.page(template, **content))

    def page(self, template: str, **content: Any) -> str:
        """One of our pages as text."""
        common = {
            "base": self.base_url,
            "assets": self.settings["assets"],
            "theme": Markup(THEME),
            "actions": Markup(actions_html()),
            "can_leave": self.login_available and self._is_known,
        }
        return environment().get_template(f"server/{template}").render(common | content)

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """What nobody foresaw goes to the log under a number, which the visitor learns."""
        if isinstance(error, HTTPError):
            super().log_exception(kind, error, trace)
        else:
            self._incident = incident(self.request.path, (kind, error, trace))

    def write_error(self, status_code: int, **_options: Any) -> None:
        """A sentence, and the number of the incident if it is one."""
        if not 400 <= status_code < 500:
            self._incident = self._incident or incident(f"{self.request.path}: {status_code}")
        self.set_header("Content-Security-Policy", self.policy)
        if status_code == 429:
            self.set_header("Retry-After", "60")
        title = HTTPStatus(status_code).phrase
        sentence = SENTENCES.get(status_code, "This page could not be shown.")
        self.show("error.html.j2", title=title, sentence=sentence, incident=self._incident)


class NotFound(VisitorHandler):
    """Every address that is nothing."""

    async def prepare(self, **_options: Any) -> None:
        """Say so to whoever asks, without asking who it is."""
        self.current_user = self._jupyter_current_user = None
        self.send_error(404)
