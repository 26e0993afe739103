"""Kernels of visitors: ready before, bounded, freed when a page is closed, missed when they die."""

import asyncio
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from websockets.exceptions import ConnectionClosed

from ops_widgets.publish.server.forks import Forks, Provisioner, Provisioners
from ops_widgets.publish.server.kernels import Kernels
from tests.conftest import ROOT
from tests.visitors import Visitor, heard_until_answered, run_alone

#: The server's own waiting times, cut short: a test that waits for minutes is run by nobody.
HURRY = (
    "import ops_widgets.publish.server.kernels as kernels; kernels.GRACE = 1.5; "
    "from ops_widgets.cli import app; app()"
)


@pytest.fixture(scope="module")
def address(start, ready_home):
    samples = str(ROOT / "data" / "samples")
    options = ["serve", "--source", samples, "--port", "{port}", "--jobs", "3"]
    return start(["-c", HURRY, *options], ready_home)


def kernels(address):
    return json.loads(Visitor(address).ask("/health").text)["kernels"]


def wait_for(fact, seconds=60):
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.2)


def children(kernel_id):
    """The process of a kernel, by the sockets that it listens at."""
    lines = Path("/proc/net/unix").read_text().splitlines()
    sockets = {f"socket:[{line.split()[6]}]" for line in lines if kernel_id in line}
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            links = {os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()}
        except OSError:
            continue
        if links & sockets:
            found.append(int(pid))
    return found


def test_kernels_are_ready_before_anybody_asks(address):
    wait_for(lambda: kernels(address)["ready"] == 2)
    assert kernels(address)["taken"] == 0


def test_reading_takes_no_kernel(address):
    visitor = Visitor(address)
    for path in ("/", "/apps/cohort_activity", "/apps/cohort_activity?periods=6", "/reports/"):
        visitor.ask(path)
    assert kernels(address)["taken"] == 0


def test_a_closed_page_frees_its_kernel(address):
    visitor = Visitor(address)
    kernel_id, _ = visitor.explore("cohort_activity")
    with visitor.channels(kernel_id) as socket:
        heard_until_answered(socket)
        assert kernels(address)["taken"] == 1
        assert len(children(kernel_id)) == 1
    wait_for(lambda: kernels(address)["taken"] == 0, 20)
    wait_for(lambda: not children(kernel_id), 20)
    assert visitor.ask(f"/api/kernels/{kernel_id}").status == 404


def test_a_page_that_is_loaded_again_keeps_its_kernel(address):
    visitor = Visitor(address)
    kernel_id, _ = visitor.explore("cohort_activity")
    for _ in range(2):
        with visitor.channels(kernel_id) as socket:
            heard_until_answered(socket)
            time.sleep(2)  # longer than the grace
        assert visitor.ask(f"/api/kernels/{kernel_id}").status == 200
    assert visitor.ask(f"/voila/api/shutdown/{kernel_id}", "POST", body=b"").status == 204


def test_a_page_hears_that_its_kernel_died(address):
    visitor = Visitor(address)
    kernel_id, _ = visitor.explore("cohort_activity")
    with visitor.socket(f"/api/kernels/{kernel_id}/status") as status:
        for pid in children(kernel_id):
            os.kill(pid, signal.SIGKILL)
        assert json.loads(status.recv(timeout=30)) == {"kernel": "died"}
        with pytest.raises(ConnectionClosed):
            status.recv(timeout=10)
    wait_for(lambda: kernels(address)["taken"] == 0)


def test_the_kernel_of_a_closed_page_makes_room_for_the_next_visitor(address):
    visitors = [Visitor(address) for _ in range(3)]
    owned = [(one, one.explore("cohort_activity")[0]) for one in visitors]
    with visitors[0].channels(owned[0][1]) as socket:
        heard_until_answered(socket)
    late = Visitor(address)
    owned.append((late, late.explore("cohort_activity")[0]))
    assert kernels(address)["taken"] == 3
    assert visitors[0].ask(f"/api/kernels/{owned[0][1]}").status == 404
    assert visitors[1].ask(f"/api/kernels/{owned[1][1]}").status == 200
    for one, kernel_id in owned[1:]:
        one.ask(f"/voila/api/shutdown/{kernel_id}", "POST", body=b"")
    wait_for(lambda: kernels(address)["taken"] == 0)


def test_one_too_many_is_told_so_and_spares_are_within_the_bound(address):
    visitors = [Visitor(address) for _ in range(3)]
    owned = [(one, one.explore("cohort_activity")[0]) for one in visitors]
    late = Visitor(address)
    late.ask("/")
    assert late.ask("/apps/cohort_activity/live").status == 503
    counts = kernels(address)
    assert counts["taken"] == 3 and counts["ready"] == 0
    for one, kernel_id in owned:
        one.ask(f"/voila/api/shutdown/{kernel_id}", "POST", body=b"")
    assert late.ask("/apps/cohort_activity/live").status == 200


def forkserver(address):
    """The process of which the kernels of the server at ``address`` are copies."""
    port = address.rpartition(":")[2]
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
            served = Path(f"/proc/{parent}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"ops_widgets.publish.server.forkserver" in line and port.encode() in served:
            return int(pid)
    return None


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_kernels_are_copies_of_one_process_which_comes_again_when_it_has_ended(address):
    wait_for(lambda: kernels(address)["ready"] == 2)
    visitor = Visitor(address)
    kernel_id, _ = visitor.explore("cohort_activity")
    ended = forkserver(address)
    (kernel,) = children(kernel_id)
    assert parent_of(kernel) == ended
    with visitor.socket(f"/api/kernels/{kernel_id}/status") as status:
        os.kill(ended, signal.SIGKILL)
        assert json.loads(status.recv(timeout=30)) == {"kernel": "died"}
    wait_for(lambda: not children(kernel_id), 20)
    wait_for(lambda: kernels(address) == {"taken": 0, "ready": 2, "most": 3})
    again, _ = visitor.explore("campaign_performance")
    (kernel,) = children(again)
    assert parent_of(kernel) == forkserver(address) != ended
    with visitor.channels(again) as socket:
        heard_until_answered(socket)
    visitor.ask(f"/voila/api/shutdown/{again}", "POST", body=b"")
    wait_for(lambda: not children(again), 20)


def test_a_copy_knows_no_secrets_of_the_server(start, ready_home):
    samples = str(ROOT / "data" / "samples")
    options = ["serve", "--source", samples, "--port", "{port}", "--jobs", "2"]
    token = "nobody-may-know-this"
    server = start(["-c", HURRY, *options], ready_home | {"OPS_TOKEN": token})
    visitor = Visitor(server)
    visitor.ask(f"/login?token={token}")
    wait_for(lambda: forkserver(server))
    wait_for(lambda: len(Path(f"/proc/{forkserver(server)}/environ").read_bytes()) > 0)
    assert token.encode() not in Path(f"/proc/{forkserver(server)}/environ").read_bytes()
    os.kill(parent_of(forkserver(server)), signal.SIGKILL)
    wait_for(lambda: not forkserver(server), 20)


def test_where_there_are_no_copies_a_kernel_starts_by_itself(monkeypatch, tmp_path):
    """The prepared process ends at once: nobody told it what it serves."""
    monkeypatch.setattr(Provisioner, "forks", Forks({}), raising=False)
    monkeypatch.setattr(KernelProvisionerFactory, "_instance", Provisioners())

    async def start_one():
        manager = AsyncKernelManager(kernel_name="python3")
        await manager.start_kernel(env=dict(os.environ), cwd=str(tmp_path))
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        reply = await client.execute("1/0", reply=True, timeout=60)
        client.stop_channels()
        kind = type(manager.provisioner.process)
        await manager.shutdown_kernel(now=True)
        return kind, reply["content"]["ename"]

    assert run_alone(start_one()) == (subprocess.Popen, "ZeroDivisionError")
    Provisioner.forks.close()


def test_kernels_that_cannot_be_heated_are_tried_again_after_a_pause():
    """Each failure ends a kernel, and every end asks for new ones."""
    tried = []

    async def fail():
        kernels = Kernels(spares=2, jobs=4)

        async def heat():
            tried.append(1)
            await asyncio.sleep(0)
            kernels.fill()
            raise RuntimeError("a module is missing")

        kernels._heat = heat
        kernels.fill()
        await asyncio.sleep(0.2)

    run_alone(fail())
    assert len(tried) == 2
