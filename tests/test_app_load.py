"""Twenty who read and five who explore, for a minute; and a page whose connection breaks."""

import json
import threading
import time
import uuid
from urllib.parse import urlsplit

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.widgets.controls import ControlBar
from tests.live_page import come_near, slider
from tests.relay import Relay
from tests.test_app_kernels import kernels, wait_for
from tests.test_app_life import made
from tests.visitors import Visitor, deserialize_msg_from_ws_v1, heard_until_answered, message

READERS, EXPLORERS, SECONDS = 20, 5, 60
#: However slow the machine, each goes on until it has read so many pages, or turned so often.
READ, TURNS = 8, 10
#: Seconds after which a page says that it has lost its connection.
SILENCE = 20


class Explorer:
    """A live page without a browser: turns the months, waits for the answer, and notes how long."""

    def __init__(self, address):
        self.visitor = Visitor(address)
        self.waited = []

    def explore(self, until):
        kernel, _ = self.visitor.explore("category_opportunity")
        with self.visitor.channels(kernel) as channels:
            heard_until_answered(channels)
            opening = {"comm_id": "x", "target_name": "jupyter.widget.control", "data": {}}
            channels.send(message("comm_open", opening))
            asking = {"comm_id": "x", "data": {"method": "request_states"}}
            channels.send(message("comm_msg", asking))
            bar = next(comm for comm in map(control_bar, contents(channels)) if comm)
            turn = 0
            while time.monotonic() < until or turn < TURNS:
                began = time.monotonic()
                self.turn(channels, bar, 6 + turn % 12)
                self.waited.append(time.monotonic() - began)
                turn += 1
                time.sleep(1)
        self.visitor.ask(f"/voila/api/shutdown/{kernel}", "POST", body=b"")

    def turn(self, channels, bar, months):
        """Ask, and hear until the answer has come and everything that is shown has changed."""
        wish = {"ask": {"months": months}, "id": uuid.uuid4().hex}
        data = {"method": "custom", "content": wish}
        channels.send(message("comm_msg", {"comm_id": bar, "data": data}))
        values, drawn = None, 0
        for content in contents(channels):
            told = content.get("data", {})
            if content.get("comm_id") == bar:
                values = told.get("state", {}).get("values", values)
                if told.get("content") == {"answered": wish["id"]}:
                    break
            elif told.get("method") == "update":
                drawn += 1
        assert values["period"]["length"] == months
        assert drawn, "no chart has changed"


def contents(channels):
    """The contents of what the kernel says, for as long as a page would wait."""
    while True:
        _, parts = deserialize_msg_from_ws_v1(channels.recv(timeout=SILENCE))
        yield json.loads(parts[3])


def control_bar(content):
    """The id of the control bar, where a message has the states of all widgets."""
    states = content.get("data", {}).get("states", {})
    return next((comm for comm, widget in states.items() if "fields" in widget["state"]), None)


def test_twenty_read_and_five_explore_for_a_minute_and_every_control_is_answered(apps):
    made(apps)
    wait_for(lambda: kernels(apps)["taken"] == 0)
    until = time.monotonic() + SECONDS
    wrong, explorers = [], [Explorer(apps) for _ in range(EXPLORERS)]
    seen = [0] * READERS

    def read(number):
        while time.monotonic() < until or seen[number] < READ:
            reader = Visitor(apps)
            for path in ("/", "/apps/category_opportunity", "/apps/cohort_activity", "/reports/"):
                if reader.ask(path).status != 200:
                    wrong.append(path)
                seen[number] += 1
            time.sleep(2)

    def noted(work, *given):
        try:
            work(*given)
        except BaseException as error:
            wrong.append(repr(error))

    threads = [threading.Thread(target=noted, args=(read, i)) for i in range(READERS)]
    threads += [threading.Thread(target=noted, args=(e.explore, until)) for e in explorers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS + 60)
    assert wrong == []
    assert not any(thread.is_alive() for thread in threads)
    assert min(seen) >= READ
    assert min(len(one.waited) for one in explorers) >= TURNS
    assert max(max(one.waited) for one in explorers) < SILENCE


@pytest.fixture
def broken_network(apps):
    relay = Relay(urlsplit(apps).port)
    yield relay
    relay.close()


def test_a_page_whose_connection_breaks_while_it_is_turned_goes_on(visitor, broken_network):
    """The answer to one wish is lost: it must not be the last that the page ever asks."""
    visitor.goto(f"http://127.0.0.1:{broken_network.port}/apps/category_opportunity")
    live = come_near(visitor)
    slider(live, "Months")
    broken_network.loses_answers = True
    visitor.keyboard.press("ArrowLeft")
    visitor.wait_for_timeout(1500)
    broken_network.drop()
    broken_network.loses_answers = False
    visitor.keyboard.press("ArrowLeft")
    visitor.wait_for_url("**?months=10", timeout=15_000)
    visitor.keyboard.press("ArrowLeft")
    visitor.wait_for_url("**?months=9", timeout=15_000)
    assert live.locator(".ops-busy").count() == 0
    assert live.get_by_text("No answer").count() == 0
    visitor.keyboard.press("Escape")
    live.get_by_role("button", name="Undo").click()
    visitor.wait_for_url("**?months=1*", timeout=15_000)


#: The scripts of widgets come as blobs; on a busy machine it takes a while until they have run.
SLOW = """{
  const make = URL.createObjectURL.bind(URL);
  const late = (address) => `
    await new Promise((done) => setTimeout(done, 2500));
    export default (await import("${address}")).default;`;
  URL.createObjectURL = (blob) => {
    const { type } = blob;
    return make(type === "text/javascript" ? new Blob([late(make(blob))], { type }) : blob);
  };
}"""


def test_a_page_that_is_slow_to_start_hears_its_kernel_nevertheless(visitor, apps):
    failed = []
    visitor.on("pageerror", lambda error: failed.append(str(error)))
    visitor.add_init_script(SLOW)
    visitor.goto(f"{apps}/apps/category_opportunity")
    live = come_near(visitor)
    # It took the static page's place when it was whole, not before.
    assert live.evaluate(
        "[document.querySelectorAll('.ops-view svg').length >= 3,"
        " document.querySelectorAll('form.ops-controls').length,"
        " document.querySelectorAll('.ops-waiting').length]"
    ) == [True, 1, 0]
    slider(live, "Months").press("ArrowLeft")
    visitor.wait_for_url("**?months=11", timeout=15_000)
    assert failed == []
    assert live.get_by_text("No answer").count() == 0


def test_a_wish_that_is_sent_again_is_granted_once_and_answered_again():
    view = ANALYSES["category_opportunity"].view.parse({"source": "/shop", "months": 6})
    bar, told = ControlBar(view), []
    bar.send = told.append
    for months, known in ((7, "a"), (8, "b"), (8, "b")):
        bar._hear({"ask": {"months": months}, "id": known})
    bar._hear({"undo": True, "id": "c"})
    bar._hear({"undo": True, "id": "c"})
    assert bar.view.months == 7
    assert told == [{"answered": known} for known in "abbcc"]
