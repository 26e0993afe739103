"""Our cohort page beside the same page in Streamlit, Panel and Solara, opened and turned alike."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

from playwright.async_api import Browser, Frame, Page

from benchmarks.attempts import attempt
from benchmarks.figures import Figure, number
from benchmarks.peers.servers import COMMANDS, PYTHON, peer
from benchmarks.visits import browsing, explore, middle, open_page, p95, press, visitor

#: The second slider of the other pages, and ours of the period: weeks of growth accounting, from
#: 26 on, one week a key.
SLIDER, KEYS = 1, 20
#: What our button of the period is called by: the one beside it compares with the period before.
PERIOD = re.compile("^Period")


@dataclass(frozen=True)
class Measured:
    """Medians of repeated visits in ms and kB; ``repaint`` to the last change of a chart."""

    painted: float
    complete: float
    live: float
    first: float
    able: float
    again: float
    repaint: float
    repaint_p95: float


async def measured(browser: Browser, address: str, visits: int, is_ours: bool) -> Measured:
    """One page: each visitor opens it, opens it again, and presses keys on a slider."""
    painted, complete, live, first, able, again, rest = [], [], [], [], [], [], []
    for _ in range(visits):
        async with visitor(browser) as context:
            page, opened = await open_page(context, address)
            painted.append(opened.painted)
            complete.append(opened.complete)
            first.append(opened.weight)
            frame: Frame | Page = page
            extra = 0.0
            if is_ours:
                frame, extra = await explore(page)
                await frame.get_by_role("button", name=PERIOD).click()
            live.append(opened.complete + extra)
            able.append(sum(opened.taken) / 1000)
            slider = frame.get_by_role("slider").nth(0 if is_ours else SLIDER)
            await press(frame, slider, "ArrowRight")  # where the first is slower, it is no rule
            for _ in range(KEYS):
                rest.append((await press(frame, slider, "ArrowRight"))[1])
            await page.close()
            page, opened = await open_page(context, address)
            again.append(opened.weight)
    return Measured(
        painted=middle(painted),
        complete=middle(complete),
        live=middle(live),
        first=middle(first),
        able=middle(able),
        again=middle(again),
        repaint=middle(rest),
        repaint_p95=p95(rest),
    )


WORDS = {
    "painted": ("first contentful paint", "ms"),
    "complete": ("all charts drawn", "ms"),
    "live": ("answers to controls", "ms"),
    "first": ("weight, first visit", "kB"),
    "able": ("weight, first visit, with what answers to controls", "kB"),
    "again": ("weight, again", "kB"),
    "repaint": ("key on a slider to charts at rest, median", "ms"),
    "repaint_p95": ("key on a slider to charts at rest, p95", "ms"),
}


async def beside(part: str, address: str, store: str, visits: int) -> AsyncIterator[Figure]:
    """Figures of our page at ``address``, then of each peer with its ratio to ours."""
    seen: list[Measured] = []

    async def ours() -> list[Figure]:
        async with browsing() as browser:
            found = await measured(browser, f"{address}/apps/cohort_activity", visits, True)
        seen.append(found)
        return [
            Figure(part, f"cohort page, {what}: ours", 0, getattr(found, field), unit)
            for field, (what, unit) in WORDS.items()
        ]

    async def theirs(name: str) -> list[Figure]:
        async with browsing() as browser:
            with peer(name, store) as at:
                await measured(browser, at, 1, False)  # the first visitor warms a server up
                found = await measured(browser, at, visits, False)
        return [_beside(part, name, field, found, seen) for field in WORDS]

    for figure in await attempt(part, "cohort page: ours", ours):
        yield figure
    for name in COMMANDS:
        if not PYTHON.exists():
            yield Figure(part, f"cohort page: {name}", 0, None, "", note="make setup-peers")
            continue
        for figure in await attempt(part, f"cohort page: {name}", partial(theirs, name)):
            yield figure


def _beside(part: str, name: str, field: str, found: Measured, seen: list[Measured]) -> Figure:
    """One figure of a peer, with its ratio to ours where ours was measured."""
    what, unit = WORDS[field]
    value = getattr(found, field)
    times = f"{number(value / getattr(seen[0], field))} × ours" if seen else ""
    return Figure(part, f"cohort page, {what}: {name}", 0, value, unit, note=times)
