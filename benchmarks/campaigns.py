"""The campaign page of a shop with 10,000 campaigns: its summaries, its panels under filters."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, get_args

from benchmarks.build import prepare_now
from benchmarks.campaign_shop import CAMPAIGNS, FIRST, campaign_shop
from benchmarks.figures import Figure, number
from benchmarks.processes import fresh
from benchmarks.scan import REPEATS, median, slowest, spread, timed

PART, NOTEBOOK, AUDIENCE = "campaigns", "campaign_performance", "campaign_audience"
#: Filters of each panel; fewer where they take more than so many seconds.
FILTERS, LONGEST = 60, 10.0
#: The day as of which the page is asked at last.
ANOTHER_DAY = FIRST + timedelta(days=550)
#: Larger shops of campaigns are not measured.
MOST_MILLIONS, TARGET_MS = 10, 100
#: Whoever builds from the audience has to read it and the orders of its customers at least once.
_SCAN = """
    select a.campaign_id, arm, count(distinct customer_id), count(order_id), sum(unit_price)
    from '{0}/campaign_audience.parquet' a left join '{0}/orders.parquet' using (customer_id)
    group by all
"""


def scan_now(folder: str) -> dict[str, Any]:
    """DuckDB joins the rows of the audience with their orders and groups them, nothing kept."""
    import duckdb

    with duckdb.connect() as con:

        def work() -> None:
            con.execute(f"select count(*) from ({_SCAN.format(folder)})").fetchall()

        work()
        return {"runs": [timed(work) for _ in range(REPEATS)]}


def time_page(folder: str) -> dict[str, Any]:
    """Every panel at first, under :data:`FILTERS` filters, and as of :data:`ANOTHER_DAY`.

    As on a page, one after the other asks the same store that remembers.
    """
    from ops_widgets.analyses import ANALYSES
    from ops_widgets.errors import MissingDataError
    from ops_widgets.summaries.store import open_store
    from ops_widgets.views.answers import Answers

    analysis, opened = ANALYSES[NOTEBOOK], open_store(Path(folder))
    store, panels, dice = Answers(opened), analysis.panels(), random.Random(1)

    def asked(name: str, view: Any) -> dict[str, float]:
        def work() -> None:
            with suppress(MissingDataError):
                panels[name].compute(store, view)

        return timed(work)

    found: dict[str, Any] = {"choices": timed(partial(analysis.choices, store))}
    plain, draw = plain_view(folder), view_of(folder, analysis.choices(store))
    found["first"] = {name: asked(name, plain) for name in panels}
    filters = [draw(dice) for _ in range(FILTERS)]
    found["filters"] = {}
    for name in panels:
        runs: list[dict[str, float]] = []
        for view in filters:
            runs.append(asked(name, view))
            if sum(run["seconds"] for run in runs) > LONGEST:
                break
        found["filters"][name] = runs
    later = plain.replace(as_of=ANOTHER_DAY)
    found["later"] = {name: asked(name, later) for name in panels}
    opened.close()
    return found


def plain_view(folder: str) -> Any:
    """The view with which the page opens."""
    from ops_widgets.analyses import ANALYSES

    return ANALYSES[NOTEBOOK].view(source=folder)


def view_of(folder: str, choices: dict[str, list[str]]) -> Callable[[random.Random], Any]:
    """What draws a view: content types, length and part of the window, what is picked, how tests
    are read and what is compared.
    """
    plain = plain_view(folder)
    ways = {name: get_args(type(plain).model_fields[name].annotation) for name in ("by", "looks")}

    def draw(dice: random.Random) -> Any:
        types = choices["content_types"]
        chosen: dict[str, Any] = {
            "content_types": tuple(dice.sample(types, dice.randint(0, len(types)))),
            "days": dice.choice([28, 90, 365, 730]),
        }
        chosen |= {field: dice.choice(values) for field, values in ways.items()}
        if dice.random() < 0.5:
            chosen["campaign"] = dice.choice(choices["campaign"])
        if dice.random() < 0.5:
            chosen["group"] = dice.choice(choices[f"group|by={chosen['by']}"])
        view = plain.replace(**chosen)
        if dice.random() < 0.3:
            until = FIRST + timedelta(days=729 - dice.randint(0, 10))
            view = view.replace(since=until - timedelta(days=dice.randint(0, 9)), until=until)
        return view

    return draw


def campaign_figures(millions: int, folder: Path) -> Iterator[Figure]:
    """The figures of :data:`.CAMPAIGNS` campaigns with so many million rows of audience."""
    shop = campaign_shop(CAMPAIGNS, millions * 1_000_000, folder)

    def figure(*rest: Any, **named: Any) -> Figure:
        return Figure(PART, rest[0], millions, *rest[1:], **named)

    without = shop.linked(folder / "campaigns-without")
    (without.folder / f"{AUDIENCE}.parquet").unlink()
    runs = fresh(scan_now, shop.folder)["runs"]
    less = fresh(prepare_now, without.folder, full=True)
    whole = fresh(prepare_now, shop.folder, full=True)
    runs += fresh(scan_now, shop.folder)["runs"]
    added = {of: whole[of] - less[of] for of in ("seconds", "cpu")}
    cpu = f"{number(added['cpu'] / median(runs, 'cpu'))} × in CPU seconds"
    ratio = added["seconds"] / median(runs)
    yield figure("what the audience adds to a full build", ratio, "× scan", note=cpu)
    yield figure("the same, CPU seconds", added["cpu"], "s")
    yield figure("audience joined with its orders, scan", median(runs), "s", note=spread(runs))
    yield figure("full build, peak memory", whole["peak_mb"] / 1024, "GB", 2.5)
    yield figure("summaries", shop.store()[0].stat().st_size / 1e6, "MB")
    found = fresh(time_page, shop.folder)
    yield figure("what can be chosen", 1000 * found["choices"]["seconds"], "ms")
    for what, when in (("first answers", "first"), ("as of another day", "later")):
        runs = list(found[when].values())
        seconds, cpu = (sum(run[of] for run in runs) for of in ("seconds", "cpu"))
        yield figure(f"all panels, {what}", seconds, "s", note=f"{number(cpu)} s in CPU time")
    for name, times in found["filters"].items():
        slow, cpu = (1000 * slowest(times, of) for of in ("seconds", "cpu"))
        note = f"median {number(1000 * median(times))}, p95 in CPU time {number(cpu)}, first "
        note += f"answer {number(1000 * found['first'][name]['seconds'])}"
        note += f"; {len(times)} filters" if len(times) < FILTERS else ""
        yield figure(f"{name}, p95", slow, "ms", TARGET_MS, note=note)
