"""Measure the app server as its visitors meet it, with a real browser on this machine.

``python benchmarks/app.py --visits 20 --soak 200`` prints the figures beside their targets and
keeps them in ``app.md``. Times are of this machine at this moment: look at both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Frame, Page, async_playwright
from run import ROOT, Figure, clean_environment

sys.path.insert(0, str(ROOT))
from tests.visitors import Visitor

RESULTS = ROOT / "benchmarks" / "app.md"
APP = "category_opportunity"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
PAINT = """new Promise((done) => new PerformanceObserver((list) => {
  const [first] = list.getEntriesByName("first-contentful-paint");
  if (first) done(first.startTime);
}).observe({ type: "paint", buffered: true }))"""
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
WEIGHT = "performance.getEntries().reduce((sum, one) => sum + (one.transferSize ?? 0), 0) / 1000"
#: Turns the months (the samples have 18) and waits until a chart was drawn again and was seen.
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
def served(jobs: int) -> Iterator[tuple[str, int]]:
    """The address and the process id of a server on the samples, with all first pages made."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as store:
        environment = clean_environment() | {"OPS_STORE": store}
        arguments = ["serve", "--source", "data/samples", "--port", str(port), "--jobs", str(jobs)]
        command = [sys.executable, "-c", "from ops_widgets.cli import app; app()", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            wait(lambda: health(address)["snapshots"] == 3)
            yield address, process.pid
        finally:
            process.terminate()
            process.wait(30)


def health(address: str) -> dict[str, Any]:
    """What the server says of itself; nothing is made and nothing is ready before it answers."""
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
            return dict(json.load(answer))
    except OSError:
        return {"snapshots": 0, "kernels": {"taken": 0, "ready": 0}}


def wait(fact: Any, seconds: float = 180) -> None:
    """Look again and again until it is so."""
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            raise TimeoutError("it never came")
        time.sleep(0.2)


async def open_live(page: Page) -> tuple[Frame, float]:
    """Press Explore; the live page and the seconds until all its charts were drawn."""
    began = time.perf_counter()
    await page.get_by_role("button", name="Explore").click()
    await page.wait_for_selector("body.shop-is-live", timeout=120_000)
    return page.frames[1], time.perf_counter() - began


async def snapshots(browser: Browser, address: str, visits: int) -> list[Figure]:
    """Paint, load and weight of the first page, each time as a visitor who was never here."""
    paint, loaded, first, again = [], [], [], []
    for _ in range(visits):
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(f"{address}/apps/{APP}")
        paint.append(await page.evaluate(PAINT))
        loaded.append(await page.evaluate(LOADED))
        first.append(await page.evaluate(WEIGHT))
        await page.goto(f"{address}/apps/{APP}")
        again.append(await page.evaluate(WEIGHT))
        await context.close()
    median = statistics.median
    return [
        Figure("snapshot: first contentful paint", median(paint), "ms", 300),
        Figure("snapshot: complete", median(loaded), "ms", 800),
        Figure("snapshot: weight, first visit", median(first), "kB", 1500),
        Figure("snapshot: weight, again", median(again), "kB", 100),
    ]


async def live(browser: Browser, address: str, visits: int, turns: int) -> list[Figure]:
    """A live page on a warm pool, and from a turned control to the chart."""
    opened, repainted = [], []
    context = await browser.new_context()
    for _ in range(visits + 1):
        await asyncio.to_thread(wait, lambda: health(address)["kernels"]["ready"] > 0)
        page = await context.new_page()
        await page.goto(f"{address}/apps/{APP}")
        frame, seconds = await open_live(page)
        opened.append(seconds)
        for turn in range(turns):
            repainted.append(await frame.evaluate(TURN, 6 + turn % 12))
            await page.wait_for_timeout(150)
        await page.close()
    await context.close()
    return [
        Figure("live, warm pool: all charts", statistics.median(opened[1:]), "s", 1.5),
        Figure("live, warm pool: all charts, nothing cached", opened[0], "s", 1.5, "one visit"),
        Figure("control to repaint, median", statistics.median(repainted), "ms", 60),
        Figure("control to repaint, p95", p95(repainted), "ms", 100),
    ]


async def crowd(browser: Browser, address: str, turns: int) -> list[Figure]:
    """Twenty who read and five who explore, all at once."""
    over, errors, repainted = asyncio.Event(), [], []

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
        context = await browser.new_context()
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(f"{address}/apps/{APP}")
        frame, _ = await open_live(page)
        for turn in range(turns):
            repainted.append(await frame.evaluate(TURN, 6 + turn % 12))
            await page.wait_for_timeout(1000)
        await context.close()

    readers = [asyncio.create_task(reader()) for _ in range(20)]
    await asyncio.gather(*(explorer() for _ in range(5)))
    over.set()
    await asyncio.gather(*readers)
    return [
        Figure("20 read, 5 explore: control to repaint, p95", p95(repainted), "ms", 500),
        Figure("20 read, 5 explore: errors", len(errors), "", 0, "; ".join(errors[:3])),
    ]


def soak(address: str, process: int, visits: int) -> list[Figure]:
    """Visits one after the other, each with a kernel; what they leave behind."""
    before = 0.0
    for visit in range(visits):
        wait(lambda: health(address)["kernels"]["ready"] > 0)
        visitor = Visitor(address)
        kernel_id, _ = visitor.explore(APP, f"months={6 + visit % 20}")
        with visitor.channels(kernel_id):
            pass
        visitor.ask(f"/voila/api/shutdown/{kernel_id}", "POST", body=b"")
        if visit == visits // 10:
            before = private_mb(process)
    wait(lambda: health(address)["kernels"]["taken"] == 0)
    grown = private_mb(process) - before
    return [
        Figure(f"{visits} visits: kernels left", health(address)["kernels"]["taken"], "", 0),
        Figure(f"{visits} visits: memory left", grown, "MB", 30, "after the first tenth"),
    ]


def private_mb(process: int) -> float:
    """Memory of a process that it shares with none."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return sum(int(kb) for kb in re.findall(r"^Private_\w+:\s+(\d+)", text, re.MULTILINE)) / 1024


def p95(values: list[float]) -> float:
    """The value that one in twenty exceeds."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


async def measure(address: str, process: int, visits: int, times: int) -> list[Figure]:
    """Everything, in an order in which nothing disturbs what follows."""
    async with async_playwright() as runner:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        found = {"executable_path": path} if Path(path).exists() else {}
        browser = await runner.chromium.launch(args=QUIET, **found)
        figures = await snapshots(browser, address, visits)
        figures += await live(browser, address, max(2, visits // 4), 20)
        figures += await crowd(browser, address, 20)
        await browser.close()
    return figures + await asyncio.to_thread(soak, address, process, times)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=20, help="visits of a reader")
    parser.add_argument("--soak", type=int, default=200, help="visits with a kernel of their own")
    asked = parser.parse_args()
    with served(jobs=7) as (address, process):
        figures = asyncio.run(measure(address, process, asked.visits, asked.soak))
    head = "| what | measured | target | | |\n|---|---|---|---|---|\n"
    table = head + "\n".join(figure.row() for figure in figures) + "\n"
    where = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end"
    RESULTS.write_text(f"# The app server\n\n{where}.\n\n{table}", "utf-8")
    print(table)


if __name__ == "__main__":
    main()
