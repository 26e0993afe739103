"""Attacks on the pages of the app server: addresses, names, links, and one visitor too many."""

import json
import time

import pytest

from tests.conftest import ROOT
from tests.visitors import Visitor


@pytest.fixture(scope="module")
def address(attacked):
    return attacked[0]


@pytest.fixture(scope="module")
def visitor(address):
    return Visitor(address)


@pytest.mark.parametrize(
    "path",
    [
        "/api/kernels",
        "/api/sessions",
        "/api/contents",
        "/api/contents/category_opportunity.ipynb",
        "/api/kernelspecs",
        "/api/terminals",
        "/api/config/notebook",
        "/api/me",
        "/api/status",
        "/api/nbconvert/html",
        "/files/category_opportunity.ipynb",
        "/tree",
        "/lab",
        "/notebooks/category_opportunity.ipynb",
        "/voila/render/category_opportunity.ipynb",
        "/voila/files/category_opportunity.ipynb",
        "/voila/tree/",
        "/voila/api/contents/",
        "/voila/query/00000000-0000-0000-0000-000000000000",
        "/metrics",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_the_doors_of_jupyter_are_closed(visitor, path, method):
    answer = visitor.ask(path, method, body=b"{}" if method in ("POST", "PUT") else None)
    assert answer.status in (403, 404)
    assert "ops_widgets" not in answer.text


def static(visitor):
    """The address of Voilà's own scripts."""
    page = visitor.explore()[1] if not hasattr(visitor, "page") else visitor.page
    visitor.page = page
    return json.loads(
        page.split('id="jupyter-config-data" type="application/json">')[1].split("</script>")[0]
    )["fullStaticUrl"]


UP = ["..", "%2e%2e", "..%2f", "%2e%2e%2f", "....//", "..%5c", "..%252f", "%c0%ae%c0%ae"]


@pytest.mark.parametrize("up", UP)
def test_no_path_leads_out_of_what_is_served(visitor, up):
    goal = f"{'/'.join([up] * 12)}/etc/passwd"
    prefixes = [
        "",
        "/apps",
        "/reports",
        "/reports/2025-06-30",
        "/assets",
        "/static",
        static(visitor),
    ]
    prefixes += [static(visitor).replace("/voila", "/labextensions")]
    for prefix in prefixes:
        for path in (
            f"{prefix}/{goal}",
            f"{prefix}/{up}/{up}/notebooks/category_opportunity.ipynb",
        ):
            answer = visitor.ask(path)
            assert answer.status in (302, 400, 403, 404), path
            assert "root:" not in answer.text and "from_parameters" not in answer.text


@pytest.mark.parametrize(
    "name", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.example", "x:99999", ""]
)
def test_another_name_for_this_machine_is_no_way_in(visitor, address, name):
    """DNS rebinding: a foreign page makes its own name point here and reads what it likes."""
    for path in (
        "/",
        "/health",
        "/apps/category_opportunity",
        "/api/kernels",
        "/static/x",
        "/assets/x",
    ):
        assert visitor.ask(path, headers={"Host": name}).status in (400, 421)


PAGES = [
    "/",
    "/apps/category_opportunity",
    "/apps/category_opportunity?months=99",
    "/reports/",
    "/health",
    "/nowhere",
    "/assets/x",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers_that_keep_it_safe(visitor, path):
    headers = visitor.ask(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'self'" in policy
    assert "unsafe-eval" not in policy
    assert (
        "script-src" not in policy
        or "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    )
    assert "http" not in policy and "*" not in policy, "no other host"
    assert "Server" not in headers
    assert "Access-Control-Allow-Origin" not in headers


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(address):
    for line in Visitor(address).ask("/").headers.get_all("Set-Cookie"):
        assert "httponly" in line.lower() and "samesite=lax" in line.lower()


def test_no_source_reaches_a_visitor_of_a_live_page(address):
    _, page = Visitor(address).explore()
    for secret in ("from_parameters", "open_store", "import ", "Traceback", str(ROOT), ".duckdb"):
        assert secret not in page, secret


@pytest.mark.parametrize("name", ["source", "voila-source", "token", "__init__", "as_of"])
def test_a_link_cannot_change_the_source(visitor, name):
    answer = visitor.ask(f"/apps/category_opportunity?{name}=/etc/passwd")
    assert answer.status in (200, 202, 302)
    assert "root:" not in answer.text
    if name == "source":
        assert "A link cannot change &#39;source&#39;" in answer.text


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "%00%ff", "9" * 4000, "{{7*7}}", "%0d%0aSet-Cookie:x=1"]
)
def test_what_stands_in_a_link_is_shown_as_text(visitor, text):
    plain = visitor.ask("/apps/category_opportunity")
    answer = visitor.ask(
        f"/apps/category_opportunity?months={text.replace('<', '%3C')}&{text[:9]}=1"
    )
    assert answer.status in (200, 202, 400)
    assert "<script>alert" not in answer.text
    assert len(answer.text) < len(plain.text) + 10_000, "no long text comes back"
    assert "x" not in visitor.cookies


def test_a_crawler_that_follows_every_link_takes_no_kernel(address):
    stranger = Visitor(address)
    answer = stranger.ask("/apps/category_opportunity/live?months=6")
    assert answer.status == 302
    assert answer.headers["Location"] == "/apps/category_opportunity?months=6"


def test_beyond_the_bound_a_visitor_is_told_so_at_once(address):
    visitors = [Visitor(address) for _ in range(4)]
    for one in visitors:
        one.ask("/")
    answers = []
    for one in visitors:
        began = time.monotonic()
        answers.append((one.ask("/apps/cohort_activity/live").status, time.monotonic() - began))
    refused = [seconds for status, seconds in answers if status == 503]
    assert refused and max(refused) < 5
    full = visitors[-1].ask("/apps/cohort_activity/live?periods=6")
    assert full.status == 503
    assert "/apps/cohort_activity?periods=6" in full.text
    assert visitors[-1].ask("/apps/cohort_activity").status in (200, 202)
