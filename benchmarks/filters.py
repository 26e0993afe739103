"""Every panel under random filters: from the store to the tidy frame."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, get_args

from benchmarks.figures import Figure, number
from benchmarks.processes import fresh
from benchmarks.scan import median, slowest, timed
from benchmarks.shop import Shop

PART = "filters"
FILTERS = 60
#: Options that change which summary is read.
TURNED = ("activity", "cohorts")
TARGET_MS, STRETCH_MS, GROWTH = 50, 15, 1.5


def time_panels(folder: str) -> dict[str, Any]:
    """Every panel under each of :data:`FILTERS` filters."""
    from ops_widgets.analyses import ANALYSES
    from ops_widgets.summaries.store import open_store
    from ops_widgets.views.base import Names

    store, dice = open_store(Path(folder)), random.Random(1)
    found: dict[str, list[dict[str, float]]] = {}
    for name, analysis in ANALYSES.items():
        fields = analysis.view.model_fields
        choices = {
            n: c for n, c in analysis.choices(store).items() if fields[n].annotation == Names
        }
        ways = {n: get_args(f.annotation) for n, f in fields.items() if n in TURNED}
        for panel in analysis.panels().values():
            runs = found[f"{name}.{panel.name}"] = []
            for _ in range(FILTERS):
                chosen: dict[str, Any] = {
                    field: tuple(dice.sample(names, dice.randint(0, len(names))))
                    for field, names in choices.items()
                }
                chosen |= {field: dice.choice(values) for field, values in ways.items()}
                view = analysis.view(source=folder, **chosen)
                runs.append(timed(partial(panel.compute, store, view)))
    store.close()
    return {"panels": found}


def filter_figures(millions: int, shop: Shop) -> Iterator[Figure]:
    """The slowest twentieth and the median of every panel."""
    for panel, runs in fresh(time_panels, shop.folder)["panels"].items():
        slow, cpu = (1000 * slowest(runs, of) for of in ("seconds", "cpu"))
        note = f"median {number(1000 * median(runs))}, p95 in CPU time {number(cpu)}"
        yield Figure(PART, f"{panel}, p95", millions, slow, "ms", TARGET_MS, STRETCH_MS, note)


def growth(figures: list[Figure]) -> list[Figure]:
    """How every p95 compares with the one at a tenth of the events."""
    times = {(one.what, one.millions): one for one in figures if one.part == PART}
    return [
        Figure(
            PART,
            f"{what} against a tenth of the events",
            millions,
            one.value / before.value,
            "×",
            GROWTH,
        )
        for (what, millions), one in times.items()
        if (before := times.get((what, millions // 10))) and one.value and before.value
    ]
