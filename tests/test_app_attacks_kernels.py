"""Attacks on the kernels of the app server: messages, sockets, other visitors, other sites."""

import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.conftest import ROOT
from tests.visitors import Visitor, heard_until_answered, message

MARK = "ops-was-here"


@pytest.fixture(scope="module")
def address(attacked):
    return attacked[0]


@pytest.fixture(scope="module")
def log(attacked):
    return attacked[1]


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
        for path in ("channels", "status"):
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
    "origin", ["http://evil.example", "https://127.0.0.1", "null", "http://127.0.0.1:1"]
)
def test_a_page_of_another_site_opens_no_socket(visitor, kernel, origin):
    for path in ("channels", "status"):
        with pytest.raises(InvalidStatus) as refused:
            visitor.socket(f"/api/kernels/{kernel}/{path}", Origin=origin).close()
        assert refused.value.response.status_code == 403


def test_a_page_of_another_site_ends_no_kernel(visitor, kernel):
    headers = {"Origin": "http://evil.example", "Content-Type": "text/plain"}
    answer = visitor.ask(f"/voila/api/shutdown/{kernel}", "POST", headers, b"")
    assert answer.status in (403, 404)
    assert visitor.ask(f"/api/kernels/{kernel}").status == 200
