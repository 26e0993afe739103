"""A refresh: one new month, a late correction, nothing new."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.build import prepare_now
from benchmarks.figures import Figure, number
from benchmarks.processes import fresh
from benchmarks.scan import median, spread
from benchmarks.shop import MONTHLY, Shop

PART = "refresh"
#: How many months before the last one a correction arrives.
LATE = 9


def refresh_figures(millions: int, shop: Shop, full: dict[str, float]) -> Iterator[Figure]:
    """Refreshes of a copy of ``shop``; a full build of it takes ``full`` (seconds, cpu)."""
    copy = shop.linked(shop.folder.with_name(f"{shop.folder.name}-refreshed"))
    try:
        yield from _refreshed(millions, copy, full)
    finally:
        shutil.rmtree(copy.folder)


def _refreshed(millions: int, shop: Shop, full: dict[str, float]) -> Iterator[Figure]:
    last, old = shop.months[-1], shop.months[-1 - LATE]
    part, old_part = (shop.rows_of_month(m) / sum(shop.rows.values()) for m in (last, old))
    waiting = {shop.folder / name / f"{last}.parquet": f".{name}-{last}" for name in MONTHLY}
    for path, aside in waiting.items():
        path.rename(shop.folder / aside)
    before = fresh(prepare_now, shop.folder, full=True)
    for path, aside in waiting.items():
        (shop.folder / aside).rename(path)

    new = fresh(prepare_now, shop.folder)
    assert new["rebuilt"], new["reasons"]
    ratio, cpu_ratio = (new[of] / (part * full[of]) for of in ("seconds", "cpu"))
    cpu = f"{number(cpu_ratio)} × in CPU seconds"
    yield Figure(PART, "one new month", millions, ratio, "× its share", 1.5, note=cpu)
    yield Figure(PART, "one new month, seconds", millions, new["seconds"], "s")
    yield Figure(PART, "its share of a full build", millions, part * full["seconds"], "s")
    yield Figure(PART, "one new month, peak memory", millions, new["peak_mb"] / 1024, "GB")
    yield Figure(PART, "full build without it, before", millions, before["seconds"], "s")

    correct(shop.folder / "orders" / f"{old}.parquet")
    late = fresh(prepare_now, shop.folder)
    assert late["rebuilt"], late["reasons"]
    yield Figure(
        PART,
        f"one order line corrected {LATE} months later",
        millions,
        late["seconds"],
        "s",
        note=f"{number(late['seconds'] / (old_part * full['seconds']))} × the share of its month",
    )

    idle = [fresh(prepare_now, shop.folder) for _ in range(5)]
    assert not any(run["rebuilt"] for run in idle)
    for what, of in (
        ("nothing new", "seconds"),
        ("nothing new, with all imports", "process_seconds"),
    ):
        yield Figure(PART, what, millions, median(idle, of), "s", 1, note=spread(idle, of))


def correct(path: Path) -> None:
    """Write a file of orders anew with one more piece in one good line.

    A new file takes the place of the old one, of which other folders may hold a link.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rows = pq.read_table(path)
    quantity = rows["quantity"]
    line = pc.index(pc.greater(quantity, 0), True).as_py()
    here = pa.array(range(rows.num_rows)).cast(pa.int64())
    changed = pc.if_else(pc.equal(here, line), pc.add(quantity, 1), quantity)
    place = rows.column_names.index("quantity")
    draft = path.with_suffix(".draft")
    pq.write_table(rows.set_column(place, "quantity", changed), draft, compression="zstd")
    draft.replace(path)
