"""The app server as its visitors meet it: a real browser on this machine, the sample shop."""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from benchmarks.attempts import attempt
from benchmarks.beside import beside
from benchmarks.figures import Figure
from benchmarks.peers.servers import HERE, free_port, ours, running, wait
from benchmarks.processes import clean_environment
from benchmarks.visits import browsing, explore, open_page, p95, visitor
from tests.visitors import Visitor

PART = "app"
Measure = Callable[[], Awaitable[list[Figure]]]
APP = "category_opportunity"
#: Visits of a reader, pages that are made live, turns of a control on each, visits of the soak.
VISITS, PAGES, TURNS, SOAK = 20, 6, 20, 200
JOBS = 7
#: The crowd: visitors who read, and who explore.
READERS, EXPLORERS = 20, 5
#: Turns the months (the samples have 24) and waits until a chart was drawn again and was seen.
TURN = """async (value) => {
  const slider = document.querySelector("input[type=range]");
  const drawn = new Promise((done, never) => {
    setTimeout(() => never(new Error("no chart was drawn in 20 seconds")), 20000);
    const watcher = new MutationObserver(() => {
      watcher.disconnect();
      requestAnimationFrame(done);
    });
    for (const view of document.querySelectorAll(".ops-view"))
      watcher.observe(view, { subtree: true, childList: true, attributes: true });
  });
  slider.value = value;
  const began = performance.now();
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  slider.dispatchEvent(new Event("change", { bubbles: true }));
  await drawn;
  return performance.now() - began;
}"""


@contextmanager
def served() -> Iterator[tuple[str, int, str]]:
    """Address, process id and store of a server on the samples, with all first pages made."""
    port = free_port()
    address = f"http://{HERE}:{port}"
    with (
        tempfile.TemporaryDirectory() as store,
        running(ours(port, JOBS), clean_environment() | {"OPS_STORE": store}) as process,
    ):
        wait(lambda: health(address)["snapshots"] == 3)
        yield address, process, store


def health(address: str) -> dict[str, Any]:
    """What the server says of itself; nothing is made and nothing is ready before it answers."""
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
            return dict(json.load(answer))
    except OSError:
        return {"snapshots": 0, "kernels": {"taken": 0, "ready": 0}}


async def measured(address: str, process: int, store: str) -> AsyncIterator[Figure]:
    """Everything, in an order in which nothing disturbs what follows, each as if it were alone."""

    def in_browser(look: Callable[[Browser, str], Awaitable[list[Figure]]]) -> Measure:
        async def opened() -> list[Figure]:
            async with browsing() as browser:
                return await look(browser, address)

        return opened

    parts: dict[str, Measure] = {
        "snapshot": in_browser(snapshots),
        "live, warm pool": in_browser(live),
        "20 read, 5 explore": in_browser(crowd),
        f"{SOAK} visits": partial(asyncio.to_thread, soak, address, process),
    }
    for what, measure in parts.items():
        for figure in await attempt(PART, what, measure):
            yield figure
    async for figure in beside(PART, address, store, PAGES):
        yield figure


def app_figures() -> Iterator[Figure]:
    """Snapshots, live pages, a crowd, a soak, and the same page in other frameworks."""
    with served() as (address, process, store), asyncio.Runner() as runner:
        figures = measured(address, process, store)
        while True:
            try:
                yield runner.run(anext(figures))  # type: ignore[arg-type]
            except StopAsyncIteration:
                return


async def snapshots(browser: Browser, address: str) -> list[Figure]:
    """Paint, completeness and weight of the first page, as a visitor who was never here."""
    first, again = [], []
    for _ in range(VISITS):
        async with visitor(browser) as context:
            page, opened = await open_page(context, f"{address}/apps/{APP}")
            first.append(opened)
            await page.close()
            _, opened = await open_page(context, f"{address}/apps/{APP}")
            again.append(opened)
    median = statistics.median
    of = "snapshot, "
    return [
        Figure(PART, f"{of}first contentful paint", 0, median(o.painted for o in first), "ms", 300),
        Figure(PART, f"{of}all charts drawn", 0, median(o.complete for o in first), "ms", 800),
        Figure(PART, f"{of}weight, first visit", 0, median(o.weight for o in first), "kB", 1500),
        Figure(PART, f"{of}weight, again", 0, median(o.weight for o in again), "kB", 100),
    ]


async def turned(page: Page, address: str, between: float, repainted: list[float]) -> float:
    """Open a page, make it live and turn a control: seconds to live; ms of each repaint are added.

    What was measured before a failure is in ``repainted``, too.
    """
    await page.goto(f"{address}/apps/{APP}")
    frame, live_ms = await explore(page)
    for turn in range(TURNS):
        repainted.append(await frame.evaluate(TURN, 6 + turn % 12))
        await page.wait_for_timeout(between)
    return live_ms / 1000


async def live(browser: Browser, address: str) -> list[Figure]:
    """A live page on a warm pool, and from a turned control to the chart."""
    opened: list[float] = []
    repainted: list[float] = []
    async with visitor(browser) as context:
        for _ in range(PAGES + 1):
            await asyncio.to_thread(wait, lambda: health(address)["kernels"]["ready"] > 0)
            await asyncio.sleep(3)  # the spare that takes a place is a second visitor's matter
            page = await context.new_page()
            opened.append(await turned(page, address, 150, repainted))
            await page.close()
    return [
        Figure(PART, "live, warm pool: all charts", 0, statistics.median(opened[1:]), "s", 1.5),
        Figure(PART, "live, warm pool, nothing in the browser's cache", 0, opened[0], "s"),
        Figure(PART, "control to repaint, median", 0, statistics.median(repainted), "ms", 60),
        Figure(PART, "control to repaint, p95", 0, p95(repainted), "ms", 100),
    ]


async def crowd(browser: Browser, address: str) -> list[Figure]:
    """Twenty who read and five who explore, all at once."""
    over = asyncio.Event()
    errors: list[str] = []
    repainted: list[float] = []

    def look() -> None:
        reader = Visitor(address)
        for path in ("/", f"/apps/{APP}", "/apps/cohort_activity", "/reports/"):
            if reader.ask(path).status >= 400:
                errors.append(path)

    async def reader() -> None:
        while not over.is_set():
            await asyncio.to_thread(look)
            await asyncio.sleep(2)

    async def explorer() -> None:
        async with visitor(browser) as context:
            page = await context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            await turned(page, address, 1000, repainted)

    readers = [asyncio.create_task(reader()) for _ in range(READERS)]
    ended = await asyncio.gather(*(explorer() for _ in range(EXPLORERS)), return_exceptions=True)
    over.set()
    ended += await asyncio.gather(*readers, return_exceptions=True)
    errors += [str(error).partition("\n")[0] for error in ended if error is not None]
    said = "; ".join(errors[:3]).replace("|", "/")
    of = f"{READERS} read, {EXPLORERS} explore"
    missing = EXPLORERS * TURNS - len(repainted)
    return [
        Figure(PART, f"{of}: controls without an answer", 0, missing, "", 0),
        Figure(PART, f"{of}: errors", 0, len(errors), "", 0, note=said),
        Figure(PART, f"{of}: control to repaint, p95", 0, p95(repainted), "ms", 500)
        if repainted
        else Figure(PART, f"{of}: control to repaint, p95", 0, None, "", 500, note="none was seen"),
    ]


def soak(address: str, process: int) -> list[Figure]:
    """Visits one after the other, each with a kernel; what they leave behind."""
    before = 0.0
    for visit in range(SOAK):
        wait(lambda: health(address)["kernels"]["ready"] > 0)
        someone = Visitor(address)
        kernel_id, _ = someone.explore(APP, f"months={6 + visit % 20}")
        with someone.channels(kernel_id):
            pass
        someone.ask(f"/voila/api/shutdown/{kernel_id}", "POST", body=b"")
        if visit == SOAK // 10:
            before = private_mb(process)
    wait(lambda: health(address)["kernels"]["taken"] == 0)
    time.sleep(2)
    after = private_mb(process)
    left = health(address)["kernels"]["taken"]
    note = f"{before:.0f} MB after {SOAK // 10} visits, {after:.0f} MB at the end"
    return [
        Figure(PART, f"{SOAK} visits: kernels left", 0, left, "", 0),
        Figure(PART, f"{SOAK} visits: memory left", 0, after - before, "MB", 30, note=note),
    ]


def private_mb(process: int) -> float:
    """Memory of a process that it shares with none."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return sum(int(kb) for kb in re.findall(r"^Private_\w+:\s+(\d+)", text, re.MULTILINE)) / 1024
