"""A browser that opens pages of any framework, and sees when their charts are drawn.

Vega marks its drawings with the class ``marks``, in all frameworks, whether on a canvas or in SVG:
a chart is drawn when there is such an element with a size, and it is drawn again when the
element changes. What a visitor waits for is taken from the browser's own clock.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Frame, Page, async_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
#: Milliseconds without a change after which charts are at rest, and until a visit has failed.
REST, PATIENCE = 250, 60_000
WATCH = """(() => {
  const DRAWN = "svg.marks, canvas.marks";
  const watched = (globalThis.opsWatched = { changed: 0, pressed: 0, first: 0 });
  const seen = () => {
    watched.changed = performance.now();
    watched.first ||= watched.changed;
  };
  const roots = [document];
  const observe = (root) =>
    new MutationObserver((changes) => {
      const within = ({ target }) => target.closest?.(DRAWN);
      const holds = (node) => node.matches?.(DRAWN) || node.querySelector?.(DRAWN);
      if (changes.some((one) => within(one) || [...one.addedNodes].some(holds))) seen();
    }).observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  observe(document);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    roots.push(root);
    observe(root);
    return root;
  };
  for (const name of ["clearRect", "fillRect", "fill", "stroke", "fillText"]) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      if (this.canvas.classList?.contains("marks")) seen();
      return draw.apply(this, given);
    };
  }
  addEventListener("keydown", () => {
    watched.pressed = performance.now();
    watched.first = 0;
  }, true);
  watched.count = () =>
    roots.flatMap((root) => [...root.querySelectorAll(DRAWN)]).filter((one) => {
      const { width, height } = one.getBoundingClientRect();
      return width > 50 && height > 50;
    }).length;
  watched.complete = new Promise((done) => {
    const look = () => {
      if (watched.count() < 3) return requestAnimationFrame(look);
      requestAnimationFrame(() => done(performance.now()));
    };
    requestAnimationFrame(look);
  });
})()"""
PAINTED = """new Promise((done) => new PerformanceObserver((list) => {
  const [first] = list.getEntriesByName("first-contentful-paint");
  if (first) done(first.startTime);
}).observe({ type: "paint", buffered: true }))"""
#: Both after the last key: the first change of a chart, and the last before they came to rest.
AT_REST = f"""(patience) => new Promise((done, never) => {{
  const began = performance.now();
  const look = () => {{
    const {{ pressed, first, changed }} = opsWatched;
    if (first && performance.now() - changed > {REST})
      done({{ first: first - pressed, rest: changed - pressed }});
    else if (performance.now() - began > patience) never(new Error("no chart was drawn again"));
    else setTimeout(look, 10);
  }};
  look();
}})"""


@dataclass(frozen=True)
class Opened:
    """Milliseconds until something and until all charts were seen, and what it weighed in kB.

    ``taken`` goes on: the bytes of everything that the page asks for later come to it as well.
    """

    painted: float
    complete: float
    weight: float
    taken: list[float]


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """Chromium without a window: the one of ``CHROMIUM``, of Debian, else Playwright's own."""
    async with async_playwright() as runner:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        found = {"executable_path": path} if Path(path).exists() else {}
        browser = await runner.chromium.launch(args=FLAGS, **found)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visitor(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Somebody who was never here, at a desk."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    await context.add_init_script(WATCH)
    try:
        yield context
    finally:
        await context.close()


async def open_page(context: BrowserContext, address: str) -> tuple[Page, Opened]:
    """A new tab at ``address`` with three charts on it."""
    page = await context.new_page()
    taken = await _weigh(page)
    await page.goto(address, wait_until="commit")
    async with asyncio.timeout(PATIENCE / 1000):
        complete = await page.evaluate("opsWatched.complete")
        painted = await page.evaluate(PAINTED)
    return page, Opened(painted, complete, sum(taken) / 1000, taken)


async def explore(page: Page) -> tuple[Frame, float]:
    """Come near the bar of a page of ours: its live frame, and the ms until that had taken over."""
    began = time.perf_counter()
    await page.locator("form.ops-controls").hover()
    await page.wait_for_selector("body.shop-is-live", timeout=PATIENCE)
    return page.frames[1], 1000 * (time.perf_counter() - began)


async def press(frame: Frame | Page, slider: Any, key: str) -> tuple[float, float]:
    """Press a key on a slider: ms until a chart changed, and until the last had changed."""
    await slider.press(key)
    found = await frame.evaluate(AT_REST, PATIENCE)
    return found["first"], found["rest"]


async def _weigh(page: Page) -> list[float]:
    """Bytes that reach the page from now on, by HTTP with headers and by sockets."""
    taken: list[float] = []
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    session.on("Network.loadingFinished", lambda e: taken.append(e["encodedDataLength"]))
    session.on(
        "Network.webSocketFrameReceived",
        lambda e: taken.append(len(e["response"]["payloadData"])),
    )
    return taken


def middle(values: list[float]) -> float:
    """The median."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def p95(values: list[float]) -> float:
    """The value that one in twenty exceeds."""
    return sorted(values)[int(0.95 * (len(values) - 1))]
