"""Who gets in: tokens, passwords, a proxy's word, and how often one may guess."""

import re
from urllib.parse import quote

import pytest
from websockets.exceptions import InvalidStatus

from ops_widgets.publish.server.identity import FORGIVEN_AFTER, FREE_GUESSES, Throttle
from tests.conftest import PASSWORD, TOKEN
from tests.visitors import Visitor

CLOSED = ["/", "/apps/category_opportunity", "/apps/category_opportunity/live", "/reports/"]


def log_in(visitor, word, **headers):
    """Fill in the login form as a browser does."""
    form = visitor.ask("/login").text
    field = re.search(r'name="_xsrf" value="([^"]+)"', form)[1]
    body = f"_xsrf={quote(field)}&password={quote(word)}".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"} | headers
    return visitor.ask("/login?next=%2F", "POST", headers, body)


@pytest.mark.parametrize("path", CLOSED)
def test_a_stranger_is_led_to_the_login_page(guarded, path):
    answer = Visitor(guarded).ask(path)
    assert answer.status == 302
    assert answer.headers["Location"].startswith("/login?next=")


def test_a_stranger_reaches_no_kernel(guarded):
    unknown = "00000000-0000-4000-8000-000000000000"
    for method, path in (
        ("GET", f"/api/kernels/{unknown}"),
        ("POST", f"/voila/api/shutdown/{unknown}"),
    ):
        assert Visitor(guarded).ask(path, method, body=b"").status in (302, 403, 404)


def test_health_needs_no_login_and_says_nothing_of_the_data(guarded):
    answer = Visitor(guarded).ask("/health")
    assert answer.status == 200
    assert "samples" not in answer.text


@pytest.mark.parametrize("word", [TOKEN, PASSWORD])
def test_token_and_password_open_the_page(guarded, word):
    visitor = Visitor(guarded)
    answer = log_in(visitor, word)
    assert (answer.status, answer.headers["Location"]) == (302, "/")
    assert visitor.ask("/").status == 200
    visitor.ask("/logout")
    assert visitor.ask("/").status == 302


def test_a_token_in_the_address_becomes_a_cookie_and_leaves_the_address(guarded):
    visitor = Visitor(guarded)
    answer = visitor.ask(f"/apps/category_opportunity?months=6&token={TOKEN}")
    assert answer.headers["Location"] == "/apps/category_opportunity?months=6"
    assert visitor.ask("/").status == 200


def test_a_token_in_a_header_is_for_programs(guarded):
    assert Visitor(guarded).ask("/", headers={"Authorization": f"token {TOKEN}"}).status == 200


def test_login_leads_to_no_other_site(guarded):
    visitor = Visitor(guarded)
    log_in(visitor, TOKEN)
    for goal in (
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
    ):
        answer = visitor.ask(f"/login?next={quote(goal, safe='')}")
        assert answer.headers["Location"] in ("/", "/%5Cevil.example")


def test_a_login_form_of_another_site_is_refused(guarded):
    visitor = Visitor(guarded)
    body = f"password={TOKEN}".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://evil.example"}
    assert visitor.ask("/login", "POST", headers, body).status in (403, 404)


def test_guessing_is_slowed_down_and_the_right_word_waits_too(serve):
    address = serve("--jobs", "1", OPS_TOKEN=TOKEN)
    visitor = Visitor(address)
    answers = [log_in(visitor, f"guess {i}").status for i in range(FREE_GUESSES + 1)]
    assert answers == [401] * FREE_GUESSES + [429]
    assert log_in(visitor, TOKEN).status == 429
    unknown = "00000000-0000-4000-8000-000000000000"
    for path in (
        "/",
        "/apps/category_opportunity",
        "/reports/",
        "/login",
        f"/api/kernels/{unknown}",
    ):
        for asked in (f"{path}?token={TOKEN}", f"{path}?token=guess"):
            answer = Visitor(address).ask(asked)
            assert answer.status == 429
            assert "Too many wrong guesses. Wait a minute, then try again." in answer.text
            assert "incident" not in answer.text, "nothing went wrong here"
            assert answer.headers["Retry-After"] == "60"
    assert "Too many wrong guesses" in log_in(visitor, TOKEN).text
    for path in ("channels", "status"):
        with pytest.raises(InvalidStatus) as refused:
            Visitor(address).socket(f"/api/kernels/{unknown}/{path}?token={TOKEN}").close()
        assert refused.value.response.status_code == 429
    assert Visitor(address).ask("/health").status == 200


def test_a_token_that_is_no_text_is_told_so(guarded):
    """It is found out while it is asked who the visitor is; the page must not ask again."""
    answer = Visitor(guarded).ask("/?token=%ff%fe")
    assert answer.status == 400
    assert "This page could not be shown." in answer.text


def test_one_guess_is_forgiven_after_a_while():
    now = 0.0
    throttle = Throttle(lambda: now)
    for _ in range(FREE_GUESSES):
        assert not throttle.wait("a")
        throttle.wrong("a")
    assert throttle.wait("a") == FORGIVEN_AFTER
    assert not throttle.wait("b"), "others are not held up"
    now = FORGIVEN_AFTER
    assert not throttle.wait("a")


class TestBehindAProxy:
    @pytest.fixture(scope="class")
    def proxied(self, serve):
        user = ["--user-header", "X-Remote-User", "--proxy", "127.0.0.1"]
        return serve("--jobs", "1", *user, "--name", "shop.example")

    def test_its_word_counts(self, proxied):
        headers = {"X-Remote-User": "ada", "Host": "shop.example"}
        assert Visitor(proxied).ask("/", headers=headers).status == 200

    def test_without_it_nobody_gets_in(self, proxied):
        assert Visitor(proxied).ask("/").status in (302, 403)

    def test_cookies_stay_on_https(self, proxied):
        headers = {"X-Remote-User": "ada", "X-Forwarded-Proto": "https"}
        lines = Visitor(proxied).ask("/login", headers=headers).headers.get_all("Set-Cookie") or []
        assert all("secure" in line.lower() for line in lines)


def test_a_header_from_anybody_but_the_proxy_is_nothing(serve):
    user = ["--user-header", "X-Remote-User", "--proxy", "10.9.8.7"]
    address = serve("--jobs", "1", *user)
    headers = {"X-Remote-User": "root", "X-Forwarded-For": "10.9.8.7"}
    assert Visitor(address).ask("/", headers=headers).status in (302, 403)
