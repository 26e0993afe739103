"""Build the summaries of a source on the engine that holds the data, or refresh them.

What every month contributes is kept in a file of partials; the summaries of all months are a
generation: one DuckDB file and a folder of rejected rows. The manifest names the current
generation and is replaced last, in one step: whoever reads sees the old one or the new one,
never half of either, and a build that dies leaves nothing behind but finished partials, and a
file that the next build removes.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from ops_widgets.contract import CONTRACT_VERSION
from ops_widgets.errors import BusyError, OpsError, UsageError
from ops_widgets.files import OWNER, Access
from ops_widgets.progress import Progress
from ops_widgets.sources.access import access_of
from ops_widgets.sources.config import SourceConfig, as_config
from ops_widgets.sources.connect import Source, open_source
from ops_widgets.sources.explain import first_sentence
from ops_widgets.summaries.generation import Generation
from ops_widgets.summaries.manifest import read_manifest, store_folder, write_manifest
from ops_widgets.summaries.memory import DEFAULT_MEMORY, memory_share
from ops_widgets.summaries.partials.store import PartialStore
from ops_widgets.summaries.seen import days_of
from ops_widgets.summaries.steps import Steps
from ops_widgets.summaries.versions import summaries_version

PARTIALS_FILE = "parts.duckdb"
#: The share of memory for the engine that reads the source, as long as it does.
READING = 0.6
#: How DuckDB and the system say that something could not be written, or did not fit.
_NO_ROOM = (
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.TransactionException,  # a commit that found the disk full
    duckdb.FatalException,  # what every later statement then says
    OSError,
)
UNKNOWN_CHANGE = "a database cannot say whether its tables changed"


@dataclass(frozen=True)
class Prepared:
    """What :func:`prepare` did: the manifest in force, and why it was or was not rebuilt."""

    folder: Path
    manifest: dict[str, Any]
    rebuilt: bool
    reasons: list[str] = field(default_factory=list)


def prepare(
    source: str | Path | SourceConfig,
    *,
    now: datetime,
    full: bool = False,
    memory: str = DEFAULT_MEMORY,
    spill: Path | None = None,
    progress: Progress | None = None,
) -> Prepared:
    """Bring the summaries of ``source`` up to date, or leave them if nothing changed.

    ``now`` (naive UTC) decides what lies in the future. ``full`` forgets the partials of earlier
    builds. ``memory`` is what DuckDB may take; the rest it spills into the folder ``spill`` (else
    beside the summaries). Raises ``DataError`` (the contract is broken; the old summaries
    stay), ``BusyError`` (another build of the same source is running) and ``UsageError``.
    """
    config = as_config(source)
    folder, access = store_folder(config), access_of(config)
    reading, keeping = memory_share(memory, READING), memory_share(memory, 1 - READING)
    with _locked(config, folder, access), _spill_folder(spill or folder, folder) as temporary:
        old = read_manifest(folder)
        # Two engines that spill into one folder would overwrite each other's files.
        with open_source(config, memory=reading, temp_directory=temporary / "source") as opened:
            fingerprint = opened.fingerprint()
            reasons = _reasons(old, fingerprint, full)
            if old is not None and not reasons:
                days = days_of(opened, old["check"]["tables"], now, old["newest"])
                if days.items() <= old.items():
                    return Prepared(folder, old, rebuilt=False, reasons=["nothing changed"])
                manifest = write_manifest(folder, {**old, **days})
                why = "other days are complete; the rows are the same"
                return Prepared(folder, manifest, rebuilt=False, reasons=[why])
            _remove_leftovers(folder, keep=old)
            meaning, own = _meaning(opened), temporary / "partials"
            with PartialStore(folder / PARTIALS_FILE, meaning, keeping, own) as partials:
                if full:
                    partials.restart("")
                build = Generation(
                    folder, opened, partials, old, now, Steps(progress), memory_share(memory, 1)
                )
                manifest, rebuilt, found = build.write(fingerprint, full)
    return Prepared(folder, manifest, rebuilt, reasons + found)


@contextmanager
def _spill_folder(root: Path, store: Path) -> Iterator[Path]:
    """A folder below ``root`` for the builds of this store alone, empty before and after."""
    folder = root / f"ops-spill-{hashlib.sha256(str(store).encode()).hexdigest()[:8]}"
    shutil.rmtree(folder, ignore_errors=True)
    OWNER.make_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(config: SourceConfig, folder: Path, access: Access) -> Iterator[None]:
    """The right to write into ``folder``, which is made; errors of writing are said in words.

    What is in it afterwards may be read by whoever may read the source.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        access.make_folder(folder)
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
    try:
        with lock:
            try:
                yield
            finally:
                access.apply(folder)
    except OpsError:
        raise
    except _NO_ROOM as error:
        raise UsageError(
            f"The summaries of {config.name} could not be built in {folder}: "
            f"{first_sentence(str(error))}",
            "Make room there, set OPS_STORE to another folder, or allow more --memory; the old "
            "summaries are untouched, and finished months are kept for the next build.",
        ) from error


def _reasons(old: dict[str, Any] | None, fingerprint: str | None, full: bool) -> list[str]:
    """Why a build is needed; empty when the old summaries still hold."""
    if full:
        return ["asked for a full build"]
    if old is None:
        return ["there are no summaries yet"]
    reasons = []
    if fingerprint is None:
        reasons.append(UNKNOWN_CHANGE)
    elif old["fingerprint"] != fingerprint:
        reasons.append("the input files changed")
    elif _of_future(old):
        reasons.append("some rows lay in the future")
    if old["contract_version"] != CONTRACT_VERSION:
        reasons.append("the contract changed")
    if old["summaries_version"] != summaries_version():
        reasons.append("the definitions of the summaries changed")
    return reasons


def _of_future(manifest: dict[str, Any]) -> bool:
    """Whether rows were set aside that another day may accept."""
    checked = manifest["check"]["tables"].values()
    return any(rule["rule"].endswith("_in_future") for table in checked for rule in table["rules"])


def _meaning(source: Source) -> str:
    """A digest of all that partials depend on, beside the rows of the tables."""
    config = source.config.meaning("max_rejected_share", "countries")
    columns = [str(source.reading(name).rows.schema()) for name in source.tables]
    told = (summaries_version(), CONTRACT_VERSION, duckdb.__version__, config, *columns)
    return hashlib.sha256("\n".join(map(str, told)).encode()).hexdigest()


def _remove_leftovers(folder: Path, keep: dict[str, Any] | None) -> None:
    """Remove what killed builds left and all generations but the one that is being read."""
    kept = {keep["store"], keep["rejects"]} if keep else set()
    ours = ("summaries-", "rejects-", ".manifest.json.")
    for path in folder.iterdir():
        if path.name.startswith(ours) and path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
