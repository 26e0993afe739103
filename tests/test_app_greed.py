"""One visitor who wants everything: memory, kernels and the log of the app server stay bounded."""

import asyncio
import contextlib
import json
import logging
import re
import socket
import sqlite3
import struct
import time
from pathlib import Path

import pytest
from tornado.httpserver import HTTPServer
from tornado.web import Application
from websockets.exceptions import ConnectionClosed

from ops_widgets.publish.server.bounded_socket import UNREAD, BoundedSocket
from tests.test_app_kernels import wait_for
from tests.visitors import Visitor, heard_until_answered, message, run_alone

OPENING = {"comm_id": "control", "target_name": "jupyter.widget.control", "data": {}}
ASKING = {"comm_id": "control", "data": {"method": "request_states"}}


@pytest.fixture(scope="module", autouse=True)
def address(besieged):
    """With every first page made: to make one takes memory, too."""
    wait_for(lambda: json.loads(Visitor(besieged.address).ask("/health").text)["snapshots"] == 3)
    return besieged.address


def megabytes(pid):
    """Memory that a process shares with none."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(kb) for kb in re.findall(r"^Private_\w+:\s+(\d+)", text, re.MULTILINE)) / 1024


@contextlib.contextmanager
def exploring(address, app="cohort_activity"):
    """A visitor with a live page and its socket; the kernel is given back."""
    visitor = Visitor(address)
    kernel, _ = visitor.explore(app)
    with visitor.channels(kernel) as channels:
        heard_until_answered(channels)
        channels.send(message("comm_open", OPENING))
        yield visitor, kernel, channels
    visitor.ask(f"/voila/api/shutdown/{kernel}", "POST", body=b"")


def test_a_page_that_asks_for_all_states_and_reads_nothing_is_closed(besieged):
    """The client stops reading after some messages, as a browser does that was put to sleep."""
    with exploring(besieged.address) as (_, _, channels):
        before = most = megabytes(besieged.pid)
        deadline = time.monotonic() + 60
        with contextlib.suppress(ConnectionClosed):
            while time.monotonic() < deadline:
                for _ in range(4):
                    channels.send(message("comm_msg", ASKING))
                most = max(most, megabytes(besieged.pid))
                time.sleep(0.05)
        assert time.monotonic() < deadline, "it goes on for ever"
        assert most - before < 80
    # Whichever bound is reached first: on a busy machine it is the one of questions.
    assert re.search("Closed a socket of .*, which (leaves|asks)", besieged.log.read_text())


class Talks(BoundedSocket):
    """Says a hundred megabytes to a page that does not read."""

    log = logging.getLogger("tests")
    most = said = 0

    async def open(self, _kernel):
        self.take_place()
        while not self.is_over and self.said < 100:
            self.write_message(b"x" * 1024 * 1024, binary=True)
            self.said += 1
            Talks.most, Talks.said = max(self.most, self._unread), self.said
            await asyncio.sleep(0)


def test_what_a_page_leaves_unread_is_bounded(caplog):
    async def listen():
        server = HTTPServer(Application([("/(.*)", Talks)]))
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.setblocking(False)
            server.add_sockets([listening])
            place = listening.getsockname()
            reader, writer = await asyncio.open_connection(*place, limit=1024)
            writer.write(
                b"GET /k HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
            await reader.read(100)
            await asyncio.sleep(1)
            writer.close()
            server.stop()

    run_alone(listen())
    assert UNREAD < Talks.most <= UNREAD + 1024 * 1024
    assert Talks.said < 50
    assert "which leaves unread what it asks for" in caplog.text


def test_a_page_that_asks_faster_than_its_kernel_works_is_closed(besieged):
    with exploring(besieged.address) as (_, _, channels):
        before = most = megabytes(besieged.pid)
        long = message("comm_msg", {"comm_id": "nobody", "data": "9" * 200_000})
        sent = 0
        with contextlib.suppress(ConnectionClosed):
            while sent < 5000:
                channels.send(long)
                sent += 1
                most = max(most, megabytes(besieged.pid))
        assert sent < 5000, "a gigabyte of questions is taken in"
        assert most - before < 80


def test_a_page_that_asks_a_lot_and_reads_goes_on(address):
    with exploring(address) as (_, _, channels):
        for _ in range(30):
            for _ in range(20):
                channels.send(message("comm_msg", ASKING))
            heard_until_answered(channels)


def test_a_socket_that_is_dropped_while_it_is_written_to_leaves_no_traceback(besieged):
    written = besieged.log.stat().st_size
    with exploring(besieged.address) as (visitor, kernel, _):
        for _ in range(5):
            dropped = visitor.channels(kernel)
            heard_until_answered(dropped)
            dropped.send(message("comm_open", OPENING))
            for _ in range(40):
                dropped.send(message("comm_msg", ASKING))
            time.sleep(0.1)
            linger = struct.pack("ii", 1, 0)  # no good-bye: the connection is reset
            dropped.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            dropped.socket.close()
            time.sleep(0.3)
    said = besieged.log.read_text()[written:]
    assert "Traceback" not in said and "never retrieved" not in said
    assert len(said.splitlines()) < 10


def test_a_kernel_has_few_sockets_and_the_newest_stay(address):
    with exploring(address) as (visitor, kernel, first), contextlib.ExitStack() as stack:
        later = [stack.enter_context(visitor.channels(kernel, session)) for session in "abc"]
        heard_until_answered(later[-1])
        heard_until_answered(later[-2])
        for one in (first, later[0]):
            with pytest.raises(ConnectionClosed):
                heard_until_answered(one)
        assert visitor.ask(f"/api/kernels/{kernel}").status == 200


def test_one_visitor_gets_his_share_of_kernels_and_is_told_so(address):
    """Of three kernels two, which is half of them and as much as one can round that up."""
    with exploring(address) as (visitor, _, _):
        second, _ = visitor.explore("cohort_activity")
        with visitor.channels(second) as channels:
            heard_until_answered(channels)
            third = visitor.ask("/apps/cohort_activity/live?periods=6")
            assert third.status == 503
            assert "You explore 2 pages already" in third.text
            assert "/apps/cohort_activity?periods=6" in third.text
            with exploring(address):
                assert json.loads(Visitor(address).ask("/health").text)["kernels"]["taken"] == 3
        # Of a page that he has closed the kernel goes to his next one.
        again, _ = visitor.explore("cohort_activity")
        assert visitor.ask(f"/api/kernels/{second}").status == 404
        visitor.ask(f"/voila/api/shutdown/{again}", "POST", body=b"")


def test_pages_that_are_made_leave_no_code_in_the_home_of_the_server(besieged):
    """IPython keeps the code of all cells: with every page that is asked for it would grow."""
    with exploring(besieged.address):
        pass
    for path in (besieged.folder / "ipython").rglob("history.sqlite"):
        with contextlib.closing(sqlite3.connect(path)) as history:
            assert history.execute("select count(*) from history").fetchone() == (0,)
