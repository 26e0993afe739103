"""A delivery reaches a real mail server, a real web server and real commands, or says why not."""

import json
import os
import socket
import sys
import threading
import time
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aiosmtpd.controller import Controller

from ops_widgets.publish.alerts.transport import DeliveryError, masked, run_command, send_message

PYTHON = sys.executable


class Postbox:
    """Keeps what a mail server was given."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 kept"


@pytest.fixture
def mail():
    """A mail server on this machine: ``mail.letters`` and ``mail.url``."""
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=60)
    server.start()
    box.url = f"mailto://127.0.0.1:{port}?from=ops@shop.test&to=boss@shop.test&mode=insecure"
    yield box
    server.stop()


@pytest.fixture
def web():
    """``web(status) -> url`` of a web server; ``web.asked`` holds the bodies it was sent."""
    servers, over = [], threading.Event()

    def serve(status, hangs=False):
        class Answer(BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers["Content-Length"])
                serve.asked.append((self.path, json.loads(self.rfile.read(size))))
                over.wait(600 if hangs else 0)
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"json://127.0.0.1:{server.server_port}"

    serve.asked = []
    yield serve
    over.set()
    for server in servers:
        server.shutdown()


def script(text):
    return [PYTHON, "-S", "-c", text]


# --- commands --------------------------------------------------------------------------------


def test_a_command_reads_the_manifest_and_knows_the_outcome():
    said = run_command(
        script("import os, sys; print(sys.stdin.read(), os.environ['OPS_OUTCOME'])"),
        '{"name": "daily"}',
        {"OPS_OUTCOME": "partial"},
    )
    assert said == '{"name": "daily"} partial'
    assert "OPS_OUTCOME" not in os.environ


def test_no_shell_reads_the_command():
    trap = "$(echo gone); `echo gone` | && *"
    assert run_command([*script("import sys; print(sys.argv[1])"), trap], "", {}) == trap


def test_a_command_that_fails_is_told_with_what_it_said():
    with pytest.raises(DeliveryError, match=r"ended with 3: no such recipient"):
        run_command(script("print('no such recipient'); raise SystemExit(3)"), "{}", {})


def test_a_command_that_is_not_there_is_told():
    with pytest.raises(DeliveryError, match="mail-it could not be started: No such file"):
        run_command(["mail-it"], "{}", {})


def test_a_command_that_reads_nothing_is_no_failure():
    assert run_command(script("print('fine')"), "x" * 1_000_000, {}) == "fine"


def test_a_command_that_hangs_is_ended_with_its_children(tmp_path):
    note = tmp_path / "pid"
    hang = (
        "import pathlib, subprocess, sys\n"
        "child = subprocess.Popen(['sleep', '3600'])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid))\n"
        "print('waiting', flush=True)\n"
        "child.wait()"
    )
    with pytest.raises(DeliveryError, match=r"had not ended after 5 s: waiting"):
        run_command(script(hang), "{}", {}, timeout=5)
    deadline = time.monotonic() + 20
    while _lives(int(note.read_text())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(int(note.read_text()))


def _lives(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_only_the_end_of_a_flood_is_kept():
    said = run_command(script("print('x' * 5_000_000 + 'the end')"), "{}", {})
    assert len(said) <= 2_000 and said.endswith("the end")


# --- messages --------------------------------------------------------------------------------


def test_a_message_arrives_as_mail(mail, monkeypatch):
    monkeypatch.setenv("OPS_MAIL_URL", mail.url)
    send_message("${OPS_MAIL_URL}", "Daily, 3 June: partial", "one notebook is missing")
    ((recipients, compose),) = mail.letters
    assert recipients == ["boss@shop.test"]
    assert compose["Subject"] == "Daily, 3 June: partial"
    assert "one notebook is missing" in compose.as_string()


def test_a_message_arrives_at_a_web_hook(web):
    send_message(f"{web(200)}/hook", "Title", "Body")
    ((path, sent),) = web.asked
    assert path.rstrip("/") == "/hook"
    assert (sent["title"], sent["message"]) == ("Title", "Body")


@pytest.mark.parametrize("part", ["token", "whole"])
def test_a_refused_message_is_told_without_the_secret(web, monkeypatch, part):
    url = f"{web(500)}/hook-9f8e7d6c5b4a"
    monkeypatch.setenv("OPS_SECRET", "hook-9f8e7d6c5b4a" if part == "token" else url)
    written = url.replace("hook-9f8e7d6c5b4a", "${OPS_SECRET}")
    with pytest.raises(DeliveryError, match="not accepted") as told:
        send_message("${OPS_SECRET}" if part == "whole" else written, "Title", "Body")
    assert len(web.asked) == 1
    assert "9f8e7d6c5b4a" not in str(told.value)


def test_a_service_that_breaks_is_a_failure_without_the_secret(monkeypatch):
    import apprise

    def breaks(*_, **__):
        raise RuntimeError("no luck with token-1234")

    monkeypatch.setattr(apprise.Apprise, "notify", breaks)
    monkeypatch.setenv("OPS_SECRET", "json://127.0.0.1/token-1234")
    with pytest.raises(DeliveryError, match=r"RuntimeError: no luck with \*\*\*"):
        send_message("${OPS_SECRET}", "Title", "Body")


def test_a_web_hook_that_never_answers_is_a_failure(web):
    with pytest.raises(DeliveryError, match="not accepted"):
        send_message(f"{web(200, hangs=True)}/?rto=0.5", "Title", "Body")


def test_a_missing_secret_is_named(monkeypatch):
    monkeypatch.delenv("OPS_MAIL_URL", raising=False)
    with pytest.raises(DeliveryError, match="OPS_MAIL_URL is not set"):
        send_message("${OPS_MAIL_URL}", "Title", "Body")


def test_an_address_of_no_known_kind_is_refused_without_repeating_it(monkeypatch):
    monkeypatch.setenv("OPS_SECRET", "hush-hush://token-1234")
    with pytest.raises(DeliveryError) as told:
        send_message("${OPS_SECRET}", "Title", "Body")
    assert "token" not in str(told.value)


def test_pieces_of_a_secret_are_masked_in_any_spelling():
    said = "login of ann@shop.test with p%40ssw0rd and p@ssw0rd refused"
    told = masked(said, ["mailtos://ann%40shop.test:p%40ssw0rd@mail.test"])
    assert "ssw0rd" not in told and "refused" in told
