"""Attacks on the app server, each as an attacker would try it: real requests, real sockets."""

import json
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.conftest import ROOT
from tests.visitors import Visitor, heard_until_answered, message

MARK = "ops-was-here"


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("attacked") / "log.txt"


@pytest.fixture(scope="module")
def address(start, ready_home, log):
    """A server whose log can be read; two kernels at most."""
    command = (
        "import sys; sys.stderr = open({log!r}, 'a', buffering=1); "
        "from ops_widgets.cli import app; app()"
    ).replace("{log!r}", repr(str(log)))
    samples = str(ROOT / "data" / "samples")
    arguments = ["-c", command, "serve", "--source", samples, "--port", "{port}", "--jobs", "3"]
    return start(arguments, ready_home)


@pytest.fixture(scope="module")
def visitor(address):
    return Visitor(address)


@pytest.fixture(scope="module")
def kernel(visitor):
    """A kernel of the visitor's own."""
    kernel_id, _ = visitor.explore()
    return kernel_id


@pytest.fixture
def channels(visitor, kernel):
    with visitor.channels(kernel) as socket:
        heard_until_answered(socket)
        yield socket


EXECUTING = {"code": f"open('{MARK}', 'w')", "silent": True, "store_history": False}


@pytest.mark.parametrize("channel", ["shell", "control"])
@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("execute_request", EXECUTING),
        ("complete_request", {"code": "import os; os.", "cursor_pos": 14}),
        ("inspect_request", {"code": "page", "cursor_pos": 4, "detail_level": 1}),
        ("history_request", {"hist_access_type": "tail", "n": 10, "raw": True, "output": True}),
        ("is_complete_request", {"code": "1"}),
        ("debug_request", {"type": "request", "seq": 1, "command": "evaluate", "arguments": {}}),
        ("interrupt_request", {}),
        ("shutdown_request", {"restart": False}),
        ("input_reply", {"value": "1"}),
    ],
)
def test_a_message_that_no_widget_sends_is_refused_and_logged(
    channels, log, kind, content, channel
):
    before = log.read_text().count(kind)
    channels.send(message(kind, content, channel))
    assert kinds(heard_until_answered(channels)) <= {"status"}
    assert log.read_text().count(kind) == before + 1


def kinds(heard):
    return {one["kind"] for one in heard}


@pytest.mark.parametrize(
    "target", ["jupyter.widget", "jupyter.widget.version", "somebody.elses", "", None, 7]
)
def test_a_page_opens_no_channel_but_the_one_of_widgets(channels, log, target):
    """By ``jupyter.widget`` a visitor could make any widget of any library, with any state."""
    content = {"comm_id": "mine", "target_name": target, "data": {"state": {"_model_name": "X"}}}
    channels.send(message("comm_open", content))
    channels.send(message("comm_info_request", {}))
    heard = heard_until_answered(channels)
    (reply,) = [one for one in heard if one["kind"] == "comm_info_reply"]
    assert "mine" not in reply["content"]["comms"]
    assert "comm_open to" in log.read_text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"channel": "shell"}',
        "9" * 99,
        b"",
        b"\x00" * 99,
        pytest.param(b"\xff" * 40, id="as many parts as atoms"),
        pytest.param((6).to_bytes(8, "little") + b"\xff" * 48, id="parts beyond the end"),
    ],
)
def test_nonsense_is_dropped_and_the_page_goes_on(channels, text):
    channels.send(text)
    assert kinds(heard_until_answered(channels)) <= {"status"}


def test_a_message_too_large_for_any_widget_closes_the_socket(visitor, kernel):
    with visitor.channels(kernel) as socket:
        socket.send(message("comm_msg", {"comm_id": "x", "data": "9" * 300_000}))
        with pytest.raises(ConnectionClosed):
            heard_until_answered(socket)


def controls(channels):
    """The id and the state of the control bar, as its page asks for them."""
    opening = {"comm_id": "control", "target_name": "jupyter.widget.control", "data": {}}
    channels.send(message("comm_open", opening))
    asking = {"comm_id": "control", "data": {"method": "request_states"}}
    channels.send(message("comm_msg", asking))
    for one in heard_until_answered(channels):
        for comm_id, widget in one["content"].get("data", {}).get("states", {}).items():
            if "fields" in widget["state"]:
                return comm_id, widget["state"]
    raise AssertionError("the page has no controls")


@pytest.mark.parametrize(
    "wish",
    [
        {"months": "__import__('os').system('touch ops-was-here')"},
        {"months": 10**400},
        {"months": [[]]},
        {"months": None},
        {"categories": ["Beauty'; DROP TABLE market; --"]},
        {"categories": ["../../../../etc/passwd"]},
        {"categories": ["{{7*7}}"] * 5000},
        {"detail": "x" * 100_000},
        {"source": "/etc/passwd"},
        {"__class__": "x"},
        {"as_of": "2025-13-99"},
        {"locale": "../../x"},
    ],
)
def test_what_a_visitor_sends_to_the_controls_is_checked_in_python(channels, wish):
    comm_id, before = controls(channels)
    data = {"method": "custom", "content": {"ask": wish}}
    channels.send(message("comm_msg", {"comm_id": comm_id, "data": data}))
    _, after = controls(channels)
    assert after["values"] == before["values"]
    assert not (ROOT / "notebooks" / MARK).exists()


@pytest.mark.parametrize(
    "state",
    [
        {"values": {"months": 99, "source": "/etc"}},
        {"fields": []},
        {"fields": "x", "message": "<script>alert(1)</script>"},
        {"_esm": "alert(1)", "_css": "x"},
        {"unheard_of": 1},
    ],
)
def test_synced_traits_take_nothing_from_a_visitor(channels, state):
    comm_id, before = controls(channels)
    data = {"method": "update", "state": state, "buffer_paths": []}
    channels.send(message("comm_msg", {"comm_id": comm_id, "data": data}))
    _, after = controls(channels)
    assert {name: after.get(name) for name in before} == before


def test_nothing_but_what_widgets_need_comes_back(channels):
    """A broken message makes the kernel print a traceback: it stays there."""
    comm_id, _ = controls(channels)
    data = {"method": "update", "state": 7, "buffer_paths": "x"}
    channels.send(message("comm_msg", {"comm_id": comm_id, "data": data}))
    heard = heard_until_answered(channels)
    assert kinds(heard) <= {"status", "comm_msg"}
    assert "Traceback" not in json.dumps(heard)


class TestAnotherVisitor:
    @pytest.fixture
    def other(self, address):
        other = Visitor(address)
        other.ask("/")
        return other

    def test_reaches_no_kernel_of_somebody_else(self, other, kernel):
        assert other.ask(f"/api/kernels/{kernel}").status == 404
        for path in ("channels", "pulse"):
            with (
                pytest.raises(InvalidStatus) as refused,
                other.socket(f"/api/kernels/{kernel}/{path}"),
            ):
                pass
            assert refused.value.response.status_code == 404

    def test_ends_no_kernel_of_somebody_else(self, other, visitor, kernel):
        for method, path in (
            ("DELETE", f"/api/kernels/{kernel}"),
            ("POST", f"/voila/api/shutdown/{kernel}"),
        ):
            assert other.ask(path, method, body=b"").status in (403, 404, 405)
        assert visitor.ask(f"/api/kernels/{kernel}").status == 200

    def test_cannot_make_up_a_cookie(self, address, visitor, kernel):
        forger = Visitor(address)
        name, value = next(item for item in visitor.cookies.items() if "username" in item[0])
        forger.cookies[name] = value[:-3] + "00" + value[-1:]
        assert forger.ask(f"/api/kernels/{kernel}").status == 404


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


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://127.0.0.1", "null", "http://127.0.0.1:1"]
)
def test_a_page_of_another_site_opens_no_socket(visitor, kernel, origin):
    for path in ("channels", "pulse"):
        with pytest.raises(InvalidStatus) as refused:
            visitor.socket(f"/api/kernels/{kernel}/{path}", Origin=origin).close()
        assert refused.value.response.status_code == 403


def test_a_page_of_another_site_ends_no_kernel(visitor, kernel):
    headers = {"Origin": "http://evil.example", "Content-Type": "text/plain"}
    answer = visitor.ask(f"/voila/api/shutdown/{kernel}", "POST", headers, b"")
    assert answer.status in (403, 404)
    assert visitor.ask(f"/api/kernels/{kernel}").status == 200


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


def test_no_source_reaches_a_visitor_of_a_live_page(visitor, kernel, address):
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
    answer = visitor.ask(
        f"/apps/category_opportunity?months={text.replace('<', '%3C')}&{text[:9]}=1"
    )
    assert answer.status in (200, 202, 400)
    assert "<script>alert" not in answer.text
    assert len(answer.text) < 400_000
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
