"""Build the summaries of a source, once, on the engine that holds the data.

The result is a generation: one DuckDB file and a folder of rejected rows. The manifest names
the current generation and is replaced last, in one step: whoever reads sees the old one or
the new one, never half of either, and a build that dies leaves nothing behind but a file
that the next build removes.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
from filelock import FileLock, Timeout

from ops_widgets import __version__
from ops_widgets.errors import BusyError, UsageError
from ops_widgets.periods import calendar, from_day_number, utc_offsets
from ops_widgets.sources.checks import Checked, check, require_usable, write_rejects
from ops_widgets.sources.config import SourceConfig, load_config
from ops_widgets.sources.connect import Source, open_source
from ops_widgets.sources.contract import CONTRACT_VERSION, EARLIEST
from ops_widgets.summaries.activity import (
    GRAINS,
    customer_periods,
    customer_weeks,
    customers,
    numbered_weeks,
)
from ops_widgets.summaries.cells import Cells
from ops_widgets.summaries.definitions import Activity, Facts, define_summaries
from ops_widgets.summaries.facts import (
    CATEGORY_SEPARATOR,
    named,
    order_lines,
    product_dimension,
    visitor_events,
)
from ops_widgets.summaries.manifest import (
    SUMMARIES_VERSION,
    read_manifest,
    store_folder,
    write_manifest,
)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """What :func:`prepare` did: the manifest in force, and why it was or was not rebuilt."""

    folder: Path
    manifest: dict[str, Any]
    rebuilt: bool
    reasons: list[str] = field(default_factory=list)


def prepare(
    source: str | Path,
    *,
    now: datetime,
    full: bool = False,
    memory: str | None = None,
    progress: Progress | None = None,
) -> Prepared:
    """Build the summaries of ``source``, or leave them if nothing changed.

    ``now`` (naive UTC) decides what lies in the future; ``memory`` bounds DuckDB ("2GB").
    Raises ``DataError`` (the contract is broken; the old summaries stay), ``BusyError``
    (another build of the same source is running) and ``UsageError``.
    """
    config = load_config(source)
    folder = store_folder(config)
    say = progress or (lambda _: None)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise BusyError(
            f"The summaries of {config.name} are being built by somebody else.",
            "Try again when that build has ended; until then the old summaries are served.",
        ) from None
    except OSError as error:
        raise UsageError(
            f"The summaries of {config.name} cannot be written to {folder}: {error.strerror}.",
            "Set OPS_STORE to a folder that can be written.",
        ) from error
    with lock, open_source(config, memory=memory, temp_directory=folder) as opened:
        fingerprint = opened.fingerprint()
        old = read_manifest(folder)
        reasons = _reasons(old, fingerprint, full)
        if old is not None and not reasons:
            return Prepared(folder, old, rebuilt=False, reasons=["nothing changed"])
        say("checking the contract")
        checked = check(opened, now=now, progress=progress)
        require_usable(checked.report)
        generation = _generation(now, fingerprint, old)
        _remove_leftovers(folder, keep=old)
        manifest = _build(checked, config, folder, generation, now, say)
        manifest |= {"fingerprint": fingerprint, "built_at": now.isoformat(timespec="seconds")}
        manifest = write_manifest(folder, manifest)
    return Prepared(folder, manifest, rebuilt=True, reasons=reasons)


def _reasons(old: dict[str, Any] | None, fingerprint: str | None, full: bool) -> list[str]:
    """Why a build is needed; empty when the old summaries still hold."""
    if full:
        return ["asked for a full build"]
    if old is None:
        return ["there are no summaries yet"]
    if fingerprint is None:
        return ["a database cannot say whether its tables changed"]
    reasons = []
    if old["fingerprint"] != fingerprint:
        reasons.append("the input files changed")
    if old["contract_version"] != CONTRACT_VERSION:
        reasons.append("the contract changed")
    if old["summaries_version"] != SUMMARIES_VERSION:
        reasons.append("the definitions of the summaries changed")
    return reasons


def _generation(now: datetime, fingerprint: str | None, old: dict[str, Any] | None) -> str:
    parts = (now.isoformat(), str(fingerprint), str(old and old["generation"]))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]


def _remove_leftovers(folder: Path, keep: dict[str, Any] | None) -> None:
    """Remove what killed builds left and all generations but the one that is being read."""
    kept = {keep["store"], keep["rejects"]} if keep else set()
    for path in folder.iterdir():
        if path.name.startswith(("summaries-", "rejects-")) and path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _bare(checked: Checked, name: str) -> ir.Table:
    """A mapped table before any row is set aside."""
    table = checked.source.table(name)
    assert table is not None, f"{name} is mapped: it was checked"
    return table


def _span(checked: Checked, now: datetime) -> tuple[date, date]:
    """A span that holds every usable moment, from the ends of the two time columns.

    It may be too wide (rows that were set aside count), never too narrow.
    """
    low, high = now.date(), date.fromisoformat(EARLIEST)
    for name, column in (("orders", "ordered_at"), ("events", "occurred_at")):
        if name in checked.used:
            raw = _bare(checked, name)[column]
            ends = raw.as_table().aggregate(low=raw.min(), high=raw.max()).to_pyarrow().to_pylist()
            if ends[0]["low"] is not None:
                low = min(low, ends[0]["low"].date())
                high = max(high, ends[0]["high"].date())
    margin = timedelta(days=2)
    first = max(low, date.fromisoformat(EARLIEST)) - margin
    return first, min(high, now.date()) + margin


def collect_facts(checked: Checked, config: SourceConfig, now: datetime) -> Facts:
    """The checked tables as facts; what several summaries share is computed once and cached."""
    used = checked.used
    first, last = _span(checked, now)
    offsets = utc_offsets(config.timezone, first, last)
    days = ibis.memtable(calendar(first, last, config.week_start).drop(columns=["date"]))
    cells = _cells(checked)
    products = product_dimension(used.get("products"), cells)
    source = checked.source
    lines = order_lines(
        used["orders"], products, cells, digits=config.minor_digits, offsets=offsets
    )
    lines = source.keep(lines, "orders")
    acts = {"purchase": lines.filter(lines.delivered)}
    if "events" in used:
        acts["visit"] = visitor_events(used["events"], products, cells, offsets=offsets)
    return Facts(
        lines=lines,
        products=products,
        campaigns=used.get("campaigns"),
        campaign_days=used.get("campaign_days"),
        market=used.get("market"),
        activities=tuple(_activity(name, act, cells, days, source) for name, act in acts.items()),
        cells=cells,
        calendar=days,
        digits=config.minor_digits,
    )


def _cells(checked: Checked) -> Cells:
    """All channels of orders and events, all first-level categories of products.

    Names of rows that were set aside may be among them: a cell in which nobody was active is
    harmless, and the bare columns are read many times faster than the checked rows.
    """

    def distinct(table: str, column: str) -> list[str]:
        bare = _bare(checked, table)[column].name("bare").as_table().distinct()
        name = named(bare.bare)
        return bare.select(name=name).to_pyarrow()["name"].to_pylist()

    mapped = checked.used
    channels = [distinct(name, "channel") for name in ("orders", "events") if name in mapped]
    paths = distinct("products", "category") if "products" in mapped else []
    return Cells.of(chain(*channels), (path.split(CATEGORY_SEPARATOR)[0] for path in paths))


def _activity(
    basis: str, facts: ir.Table, cells: Cells, days: ir.Table, source: Source
) -> Activity:
    table = {"purchase": "orders", "visit": "events"}[basis]
    # Two steps are large and soon useless: the engine forgets them as soon as they are used.
    with source.explained(table), customer_weeks(facts, cells, days).cache() as weeks:
        first = source.keep(customers(weeks, cells), table)
        with numbered_weeks(weeks, first).cache() as numbered:
            periods = {
                grain: source.keep(customer_periods(numbered, cells, grain), table)
                for grain in GRAINS
            }
    return Activity(basis=basis, first=first, periods=periods)


def _build(
    checked: Checked,
    config: SourceConfig,
    folder: Path,
    generation: str,
    now: datetime,
    say: Progress,
) -> dict[str, Any]:
    """Write one generation into ``folder`` and return its manifest, not yet in force."""
    store = folder / f"summaries-{generation}.duckdb"
    rejects = folder / f"rejects-{generation}"
    say("setting aside rejected rows")
    write_rejects(checked, rejects)
    say("reading the facts")
    facts = collect_facts(checked, config, now)
    rows: dict[str, int] = {}
    with duckdb.connect(str(store)) as out:
        for name, expression in define_summaries(facts).items():
            say(f"summary {name}")
            rows[name] = _copy(out, name, expression)
        out.register("cells", facts.cells.frame)
        out.execute("create table cell as select * from cells order by cell")
        span = out.execute("select min(day), max(day) from sales_day").fetchone()
        assert span is not None
    report = checked.report
    return {
        "contract_version": CONTRACT_VERSION,
        "summaries_version": SUMMARIES_VERSION,
        "package_version": __version__,
        "generation": generation,
        "store": store.name,
        "rejects": rejects.name,
        "source": {
            "name": config.name,
            "path": str(config.path),
            "currency": config.currency,
            "minor_digits": config.minor_digits,
            "timezone": config.timezone,
            "week_start": config.week_start,
        },
        "first_day": from_day_number(span[0]).isoformat(),
        "last_day": from_day_number(span[1]).isoformat(),
        "columns": {name: list(checked.source.present(name)) for name in checked.source.tables},
        "mask_columns": facts.cells.mask_names,
        "summaries": rows,
        "check": report.to_dict(),
    }


def _copy(out: duckdb.DuckDBPyConnection, name: str, expression: ir.Table) -> int:
    """Stream one expression, batch by batch, from its engine into table ``name``.

    The engine finishes the summary before the first batch leaves it: streaming straight out of
    a union of aggregates can stop DuckDB 1.5 for ever (each waits for the other's buffer).
    """
    with expression.cache() as finished:
        out.register("batches", finished.to_pyarrow_batches())
        out.execute(f"create table {name} as select * from batches")
        out.unregister("batches")
    counted = out.execute(f"select count(*) from {name}").fetchone()
    return int(counted[0]) if counted else 0
