"""Connections of the app server: bounded, timed, and never in the way of others."""

import asyncio
import contextlib
import errno
import http.client
import os
import resource
import socket
import time
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from tornado.web import Application, RequestHandler

from ops_widgets.errors import UsageError
from ops_widgets.publish.server import connections
from ops_widgets.publish.server.connections import MOST_OF_ONE, BoundedServer, Bounds, group, room
from ops_widgets.publish.server.options import ServeOptions
from tests.visitors import Visitor, run_alone


@pytest.fixture(scope="module")
def server(besieged):
    place = urlsplit(besieged.address)
    return SimpleNamespace(**vars(besieged), port=place.port)


def connect(port, source="127.0.0.1"):
    """A connection from one of the many addresses of this machine."""
    return socket.create_connection(("127.0.0.1", port), 10, (source, 0))


def is_closed(connection):
    """Whether the other side has ended it; what it has sent is thrown away."""
    connection.setblocking(False)
    try:
        while connection.recv(65536):
            pass
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    return True


def seconds_until_closed(connection, meanwhile=lambda: None, most=20):
    began = time.monotonic()
    while not is_closed(connection):
        assert time.monotonic() - began < most, "it is kept for ever"
        with contextlib.suppress(OSError):
            meanwhile()
        time.sleep(0.1)
    return time.monotonic() - began


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_health_is_answered_beside_more_idle_connections_than_there_are_files(server):
    Visitor(server.address).ask("/health")
    written = server.log.stat().st_size
    with contextlib.ExitStack() as stack:
        for i in range(1140):
            stack.enter_context(connect(server.port, f"127.0.0.{2 + i % 12}"))
            if i % 60 == 0:
                began = time.monotonic()
                assert Visitor(server.address).ask("/health").status == 200
                assert time.monotonic() - began < 3
        assert len(os.listdir(f"/proc/{server.pid}/fd")) < 1024 - 100
        before = cpu_seconds(server.pid)
        time.sleep(2)
        assert cpu_seconds(server.pid) - before < 1, "it turns in circles"
        assert Visitor(server.address).ask("/health").status == 200
    assert server.log.stat().st_size - written < 20_000
    assert "Traceback" not in server.log.read_text()


def test_an_address_that_opens_too_many_closes_its_own(server):
    with contextlib.ExitStack() as stack:
        other = stack.enter_context(connect(server.port, "127.0.0.40"))
        many = [stack.enter_context(connect(server.port, "127.0.0.41")) for _ in range(300)]
        assert Visitor(server.address).ask("/health").status == 200
        still_open = [not is_closed(one) for one in many]
        assert sum(still_open) == MOST_OF_ONE
        assert all(still_open[-MOST_OF_ONE:]), "the newest are the ones that stay"
        assert not is_closed(other)


def test_an_idle_connection_is_closed_and_one_in_use_is_not(server):
    used = http.client.HTTPConnection("127.0.0.1", server.port)

    def ask():
        used.request("GET", "/health")
        assert used.getresponse().read()

    with connect(server.port) as idle:
        ask()
        port = used.sock.getsockname()[1]
        assert 3 < seconds_until_closed(idle, ask) < 8
        assert used.sock.getsockname()[1] == port, "it is the same connection"
    used.close()


HEADERS = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
BODY = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9999\r\n\r\n"


@pytest.mark.parametrize("begun", [HEADERS, BODY], ids=["headers", "a body"])
def test_a_request_that_comes_drop_by_drop_is_given_up(server, begun):
    with connect(server.port) as slow:
        slow.sendall(begun)
        assert 1 < seconds_until_closed(slow, lambda: slow.send(b"x")) < 6


def test_a_long_body_is_not_taken(server):
    with connect(server.port) as greedy:
        greedy.sendall(BODY.replace(b"9999", b"99999999"))
        assert seconds_until_closed(greedy) < 1.5


def test_an_answer_that_nobody_reads_is_given_up(server):
    """Asked for again and again in one go, so that no buffer of the system holds all of it."""
    page = Visitor(server.address).ask("/").text
    script = page.split('script src="')[1].split('"')[0]
    whole = len(Visitor(server.address).ask(script).body)
    asked = f"GET {script} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() * 4000
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", server.port))
        deaf.settimeout(1)
        with contextlib.suppress(TimeoutError, ConnectionError):
            deaf.sendall(asked)
        time.sleep(5)
        got = 0
        with contextlib.suppress(ConnectionError):
            while piece := deaf.recv(65536):
                got += len(piece)
        assert got < 4000 * whole / 2


class Waits(RequestHandler):
    async def get(self):
        await self.settings["over"].wait()
        self.finish("done")


@contextlib.asynccontextmanager
async def small(**bounds):
    """A server with few places and one page, which takes as long as ``over`` is not set."""
    over = asyncio.Event()
    server = BoundedServer(Application([("/", Waits)], over=over), Bounds(**bounds))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        server.add_sockets([listening])
        yield listening.getsockname()[1], over
        over.set()
        await asyncio.sleep(0.05)
        server.stop()


async def ask(port, source="127.0.0.1"):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    await asyncio.sleep(0.05)
    return reader, writer


async def answers(visits):
    """How many visits were answered."""
    got = 0
    for reader, writer in visits:
        with contextlib.suppress(ConnectionError):
            got += b"done" in await asyncio.wait_for(reader.read(), 5)
        writer.close()
    return got


@pytest.mark.parametrize(
    ("bounds", "sources", "right"),
    [
        ({"in_all": 3, "of_one": 9}, ["127.0.0.2"] * 5, 3),
        ({"in_all": 9, "of_one": 2}, ["127.0.0.2"] * 4 + ["127.0.0.3"] * 2, 4),
        ({"in_all": 9, "of_one": 2, "exempt": frozenset({"127.0.0.2"})}, ["127.0.0.2"] * 5, 5),
    ],
    ids=["in all", "of one address", "a proxy speaks for many"],
)
def test_what_is_being_answered_is_never_closed_for_the_sake_of_another(bounds, sources, right):
    async def visit():
        async with small(**bounds) as (port, over):
            visits = [await ask(port, source) for source in sources]
            over.set()
            return await answers(visits)

    assert run_alone(visit()) == right


def test_without_a_descriptor_the_server_pauses_instead_of_turning_in_circles(monkeypatch, caplog):
    monkeypatch.setattr(connections, "PAUSE", 0.2)
    tried = []

    class Full(socket.socket):
        def accept(self):
            tried.append(1)
            if len(tried) < 3:
                raise OSError(errno.EMFILE, "Too many open files")
            return super().accept()

    async def visit():
        over = asyncio.Event()
        over.set()
        server = BoundedServer(Application([("/", Waits)], over=over), Bounds())
        with Full() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            listening.setblocking(False)
            server.add_sockets([listening])
            began = time.monotonic()
            got = await answers([await ask(listening.getsockname()[1])])
            server.stop()
            return got, time.monotonic() - began

    got, seconds = run_alone(visit())
    assert got == 1 and seconds > 0.4
    assert len(tried) < 8
    assert "Too many open files" in caplog.text


@pytest.mark.parametrize(
    ("address", "whom"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_an_address_counts_as_whoever_it_was_given_to(address, whom):
    assert group(address) == whom


class TestRoom:
    @pytest.fixture
    def limits(self, monkeypatch):
        now = {"limits": (1024, 1024)}
        monkeypatch.setattr(resource, "getrlimit", lambda _: now["limits"])
        monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: now.update(limits=wanted))
        return now

    def test_kernels_and_files_have_theirs_first(self, limits):
        assert room(1000, jobs=6) == 1024 - 100 - 6 * 40
        assert room(200, jobs=6) == 200

    def test_the_soft_limit_is_raised_as_far_as_it_helps_and_may_be(self, limits):
        limits["limits"] = 256, 4096
        assert room(1000, jobs=6) == 1000
        assert limits["limits"] == (1340, 4096)
        limits["limits"] = 256, 512
        assert room(1000, jobs=6) == 172
        assert limits["limits"] == (512, 512)

    def test_too_few_are_said_before_anything_starts(self, limits, tmp_path):
        limits["limits"] = 256, 256
        with pytest.raises(UsageError, match="enough files for 6 kernels"):
            ServeOptions(tmp_path, "x").bounds()
        assert ServeOptions(tmp_path, "x", jobs=2).bounds().in_all == 76
