"""Visitors without a browser: raw requests and messages, as an attacker would send them."""

import http.client
import json
import re
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from websockets.sync.client import connect

KERNEL = re.compile(r"api/kernels/([0-9a-f-]{36})/pulse")


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
        )

    def channels(self, kernel_id, **headers):
        """The socket of widgets."""
        return self.socket(f"/api/kernels/{kernel_id}/channels?session_id=tests", **headers)


def message(kind, content, channel="shell"):
    """A kernel message as JSON, in the oldest protocol there is."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "session": "tests"}
    header |= {"date": "2025-01-01T00:00:00Z", "version": "5.3"}
    parts = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    return json.dumps(parts | {"channel": channel, "buffers": []})


def listen(socket, seconds=3.0):
    """The kinds of message that arrive until nothing more comes for so long."""
    heard = []
    while True:
        try:
            text = socket.recv(timeout=seconds)
        except TimeoutError:
            return heard
        heard.append(json.loads(text))
