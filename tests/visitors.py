"""Visitors without a browser: raw requests and messages, as an attacker would send them."""

import asyncio
import http.client
import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from websockets.sync.client import connect

KERNEL = re.compile(r"api/kernels/([0-9a-f-]{36})/status")


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


class Visitor:
    """One browser's worth of cookies."""

    def __init__(self, address):
        self.address = urlsplit(address)
        self.cookies = {}

    def ask(self, path="/", method="GET", headers=None, body=None):
        """One request, exactly as given: no redirect is followed, no path is tidied."""
        connection = http.client.HTTPConnection(
            self.address.hostname, self.address.port, timeout=90
        )
        sent = {"Cookie": self.cookie} | (headers or {}) if self.cookies else (headers or {})
        skip = {"skip_host": True} if "Host" in sent else {}
        connection.putrequest(method, path, skip_accept_encoding=True, **skip)
        for name, value in sent.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    @property
    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def explore(self, app="category_opportunity", query=""):
        """Take a kernel, as a browser does after it saw the app; returns its id and the page."""
        self.ask(f"/apps/{app}")
        answer = self.ask(f"/apps/{app}/live?{query}")
        found = KERNEL.search(answer.text)
        assert answer.status == 200 and found, (answer.status, answer.text[-500:])
        return found[1], answer.text

    def socket(self, path, **headers):
        """An open websocket; its cookies are the visitor's."""
        sent = {"Cookie": self.cookie} | headers
        origin = sent.pop("Origin", f"http://{self.address.netloc}")
        return connect(
            f"ws://{self.address.netloc}{path}",
            origin=origin,
            additional_headers=sent,
            compression=None,
            subprotocols=["v1.kernel.websocket.jupyter.org"],
            max_size=None,
        )

    def channels(self, kernel_id, session="tests", **headers):
        """The socket of widgets; one that has the session of an older one takes its place."""
        return self.socket(f"/api/kernels/{kernel_id}/channels?session_id={session}", **headers)


def message(kind, content, channel="shell"):
    """A kernel message as a page sends it."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "session": "tests"}
    header |= {"date": "2025-01-01T00:00:00Z", "version": "5.3"}
    parts = [json.dumps(part).encode() for part in (header, {}, {"version": "1.0.0"}, content)]
    return serialize_msg_to_ws_v1(parts, channel)


def heard_until_answered(socket):
    """Every message up to the answer to a question that is allowed: what was sent before it has
    been dealt with by then, since a kernel takes one message after the other."""
    question = message("kernel_info_request", {})
    socket.send(question)
    _, parts = deserialize_msg_from_ws_v1(question)
    asked = json.loads(parts[0])["msg_id"]
    heard, missing = [], {"kernel_info_reply", "idle"}
    while True:
        channel, parts = deserialize_msg_from_ws_v1(socket.recv(timeout=30))
        header, parent, _, content = map(json.loads, parts[:4])
        if parent.get("msg_id") == asked:
            # The answer comes by one channel, what happened before it by another: see both end.
            missing -= {content.get("execution_state"), header["msg_type"]}
            if not missing:
                return heard
        else:
            heard.append({"channel": channel, "kind": header["msg_type"], "content": content})


def run_alone(coroutine):
    """The result of a coroutine in a thread of its own: a browser's loop may be in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
