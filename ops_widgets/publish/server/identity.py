"""Who a visitor is: by token, by password, or by the word of a proxy that has asked already."""

from __future__ import annotations

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, cast

from jupyter_server.auth.identity import PasswordIdentityProvider, User
from jupyter_server.auth.login import LoginFormHandler
from jupyter_server.auth.logout import LogoutHandler
from tornado.web import HTTPError
from traitlets import Instance, Unicode

from ops_widgets.publish.server.handler import VisitorHandler

#: Wrong guesses that are free, and the seconds after which one more is forgiven.
FREE_GUESSES, FORGIVEN_AFTER = 5, 30.0
#: Addresses remembered; the one that guessed longest ago is forgotten first.
REMEMBERED = 10_000


class Throttle:
    """Counts wrong guesses by address: after some, each further one has to wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: OrderedDict[str, float] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds until ``address`` may guess again; 0 for now."""
        debt = self._until.get(address, 0.0) - self._clock()
        return max(0.0, debt - (FREE_GUESSES - 1) * FORGIVEN_AFTER)

    def wrong(self, address: str) -> None:
        """Remember one wrong guess."""
        now = self._clock()
        self._until[address] = max(self._until.pop(address, now), now) + FORGIVEN_AFTER
        if len(self._until) > REMEMBERED:
            self._until.popitem(last=False)

    def check(self, address: str) -> None:
        """Raise 429 while ``address`` has to wait."""
        if self.wait(address):
            raise HTTPError(429, reason="Too many wrong guesses: wait a minute")


class Visitors(PasswordIdentityProvider):
    """Jupyter Server's token and password login, throttled, and a proxy's word for who it is.

    Without any of them everybody is let in under a name drawn for the browser, which says
    whose kernel is whose.
    """

    user_header = Unicode(help="Header in which a trusted proxy names the user").tag(config=True)
    throttle = Instance(Throttle, ())

    @property
    def auth_enabled(self) -> bool:
        """Whether anybody is asked who he is."""
        return bool(self.token or self.hashed_password or self.user_header)

    @property
    def login_available(self) -> bool:
        """Whether there is something to type on a login page."""
        return bool(self.token or self.hashed_password)

    async def _get_user(self, handler: Any) -> User | None:
        if self.user_header and getattr(handler.request, "behind_proxy", False):
            name = handler.request.headers.get(self.user_header, "").strip()
            if name:
                return User(f"proxy:{name[:200]}", name=name[:200])
        user: User | None = await super()._get_user(handler)
        return user

    async def get_user_token(self, handler: Any) -> User | None:
        """The user that a token in the address or in a header stands for."""
        given = self.get_token(handler)
        if not given or not self.token:
            return None
        address = handler.request.remote_ip
        self.throttle.check(address)
        if not _same(given, self.token):
            self.throttle.wrong(address)
            self.log.warning("A wrong token from %s", address)
            return None
        known = cast("User | None", self.get_user_cookie(handler))
        return known or self.generate_anonymous_user(handler)

    def is_token_authenticated(self, handler: Any) -> bool:
        """Never: a token is no reason to leave out the checks of origin and of forgery."""
        return False

    def process_login_form(self, handler: Any) -> User | None:
        """The user of a right password or token, else None; too many guesses raise 429."""
        address = handler.request.remote_ip
        self.throttle.check(address)
        typed = handler.get_argument("password", default="")
        if self.token and _same(typed, self.token):
            return self.generate_anonymous_user(handler)
        if self.hashed_password and self.passwd_check(typed):
            return self.generate_anonymous_user(handler)
        self.throttle.wrong(address)
        self.log.warning("A wrong password from %s", address)
        return None


class Login(VisitorHandler, LoginFormHandler):
    """The login page, in our own clothes."""

    def _render(self, message: dict[str, str] | None = None) -> None:
        self.show(
            "login.html.j2",
            next=self.get_argument("next", default=self.base_url),
            wrong=message is not None,
            field=self.xsrf_form_html(),
        )


class Logout(VisitorHandler, LogoutHandler):
    """Forgets who the visitor is, and shows the login page again."""

    def get(self) -> None:
        """Clear the cookie."""
        self.identity_provider.clear_login_cookie(self)
        self.redirect(f"{self.base_url}login" if self.login_available else self.base_url)


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
