"""The campaign page of a shop with 10,000 campaigns: its summaries, and its panels under filters."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, get_args

from benchmarks.build import prepare_now
from benchmarks.campaign_shop import CAMPAIGNS, FIRST, campaign_shop
from benchmarks.figures import Figure, number
from benchmarks.processes import fresh
from benchmarks.scan import REPEATS, median, spread, timed
from benchmarks.shop import Shop

PART, NOTEBOOK, AUDIENCE = "campaigns", "campaign_performance", "campaign_audience"
FILTERS, OTHER_DAYS = 60, 3
TARGET_MS = 100
#: Whoever builds from the audience has to read it and the orders of its customers at least once.
_SCAN = """
    select campaign_id, arm, count(distinct customer_id), count(order_id), sum(unit_price)
    from '{0}/campaign_audience.parquet' left join '{0}/orders.parquet' using (customer_id)
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
    """Every panel at first, under :data:`FILTERS` filters, and as of :data:`OTHER_DAYS` days.

    As on a page, all ask one store that remembers.
    """
    from ops_widgets.analyses import ANALYSES
    from ops_widgets.errors import MissingDataError
    from ops_widgets.summaries.store import open_store
    from ops_widgets.views.answers import Answers

    analysis = ANALYSES[NOTEBOOK]
    panels = analysis.panels()

    def asked(of: Answers, name: str, view: Any) -> dict[str, float]:
        def work() -> None:
            try:
                panels[name].compute(of, view)
            except MissingDataError:
                pass

        return timed(work)

    opened = open_store(Path(folder))
    found: dict[str, Any] = {
        "first": {name: asked(Answers(opened), name, plain_view(folder)) for name in panels}
    }
    store = Answers(opened)
    found["choices"] = timed(partial(analysis.choices, store))
    found["page"] = timed(
        lambda: [asked(store, name, plain_view(folder)) for name in panels] and None
    )
    dice, draw = random.Random(1), view_of(folder, analysis.choices(store))
    filters = [draw(dice) for _ in range(FILTERS)]
    found["filters"] = {
        name: [asked(store, name, view) for view in filters] for name in panels
    }
    days = [dice.randint(180, 700) for _ in range(OTHER_DAYS)]
    views = [plain_view(folder).replace(as_of=FIRST + timedelta(days=day)) for day in days]
    found["days"] = [
        timed(lambda view=view: [asked(store, name, view) for name in panels] and None)
        for view in views
    ]
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
    yield figure("what the audience adds to a full build", ratio, "× scan", 8, note=cpu)
    yield figure("the same, CPU seconds", added["cpu"], "s")
    yield figure("audience joined with its orders, scan", median(runs), "s", note=spread(runs))
    yield figure("full build, peak memory", whole["peak_mb"] / 1024, "GB", 2.5)
    yield figure("summaries", size_of(shop) / 1e6, "MB")
    found = fresh(time_page, shop.folder)
    yield figure("whole page, first answer", found["page"]["seconds"], "s", note=worked(found["page"]))
    for day in ("choices",):
        yield figure(day, 1000 * found[day]["seconds"], "ms", note=worked(found[day]))
    yield figure("whole page as of another day", median(found["days"]), "s", note=spread(found["days"]))
    for name, times in found["filters"].items():
        first = found["first"][name]
        slow, cpu = (
            1000 * sorted(run[of] for run in times)[int(0.95 * len(times))]
            for of in ("seconds", "cpu")
        )
        note = f"median {number(1000 * median(times))}, p95 in CPU time {number(cpu)}, "
        note += f"first answer {number(1000 * first['seconds'])}"
        yield figure(f"{name}, p95", slow, "ms", TARGET_MS, note=note)


def worked(run: dict[str, float]) -> str:
    """The CPU seconds of something timed, in words."""
    return f"{number(run['cpu'])} s in CPU time"


def size_of(shop: Shop) -> int:
    """Bytes of the summaries in force."""
    return shop.store()[0].stat().st_size
