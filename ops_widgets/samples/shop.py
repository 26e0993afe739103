"""Write a synthetic shop into a folder: its tables, and what is planted in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ops_widgets.contract import TABLES
from ops_widgets.errors import UsageError
from ops_widgets.samples import plan, truth
from ops_widgets.samples.registry import SAMPLED
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.write import TableWriter

SOURCE = f"""\
# A synthetic shop; its tables are found by name in this folder.
currency = "{plan.CURRENCY}"
timezone = "{plan.TIMEZONE}"
week_start = "{plan.WEEK_START}"
complete_to = "{{last_day}}"
"""


def generate(
    out: Path,
    *,
    customers: int = 6000,
    months: int = plan.PLAN_MONTHS,
    seed: int = 20240101,
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, Any]:
    """Write a synthetic shop into the folder ``out`` and return what is planted in it.

    Writes one Parquet file for each table of the contract that has a module in ``tables``,
    ``source.toml`` and ``truth.json`` (the returned value); files of these names are replaced.
    The same arguments give the same bytes. Events grow with ``customers``, about 36 each over 24
    months; memory grows by some hundred bytes a customer and otherwise holds the events of a few
    days. ``progress`` is called with a stage, the days done and all days.

    Raises :class:`UsageError` for fewer than one customer or month, or a negative seed.
    """
    if customers < 1 or months < 1 or seed < 0:
        raise UsageError(
            f"No shop has {customers} customers, {months} months and the seed {seed}.",
            "Ask for at least one customer and one month, and a seed of zero or more.",
        )
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as files:
        pool = files.enter_context(ThreadPoolExecutor(max_workers=1))
        tables = {
            name: files.enter_context(TableWriter(out, TABLES[name], sample, pool))
            for name, sample in SAMPLED.items()
        }
        shop = Shop(tables, customers, months, seed)
        shop.write(progress or (lambda stage, done, total: None))
    rows = {name: table.rows for name, table in tables.items()}
    planted = truth.describe(seed, shop, rows)
    source = SOURCE.format(last_day=planted["last_day"])
    (out / "source.toml").write_text(source, encoding="utf-8", newline="\n")
    text = json.dumps(planted, indent=2) + "\n"
    (out / "truth.json").write_text(text, encoding="utf-8", newline="\n")
    return planted
