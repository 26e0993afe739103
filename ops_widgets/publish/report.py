"""A report: notebooks run for one source and day, published as one folder of pages.

The folder ``OUT/<source>/<as of>/`` holds for each notebook its executed ``.ipynb`` and its
``.html``, beside ``numbers.json`` (all headline numbers) and ``index.html``. It is written
under a hidden name and renamed when it is finished: nobody ever sees half a report.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from filelock import FileLock, Timeout

from ops_widgets.errors import BusyError, UsageError, nearest
from ops_widgets.progress import Progress
from ops_widgets.publish import NOTEBOOKS
from ops_widgets.publish.export import index_page, notebook_page
from ops_widgets.publish.origin import Origin
from ops_widgets.publish.run import Outcome, ReportKernel, run_notebook
from ops_widgets.summaries.build import prepare
from ops_widgets.views import VIEWS
from ops_widgets.views.base import View
from ops_widgets.views.frames import day_in_data

Pairs = Sequence[tuple[str, str]]

#: Two kernels at once: each holds some hundred megabytes and keeps one core busy.
AT_ONCE = min(2, os.cpu_count() or 1)


@dataclass(frozen=True)
class ReportResult:
    """A published report; ``failed`` are the notebooks that did not reach their last cell."""

    folder: Path
    outcomes: list[Outcome]

    @property
    def index(self) -> Path:
        """The page to open first."""
        return self.folder / "index.html"

    @property
    def failed(self) -> list[Outcome]:
        """What is marked as incomplete."""
        return [outcome for outcome in self.outcomes if outcome.failure]


def run_report(
    names: Sequence[str],
    *,
    source: str | Path,
    as_of: str | date | None = None,
    parameters: Pairs = (),
    out: Path = Path("reports"),
    progress: Progress | None = None,
) -> ReportResult:
    """Run the notebooks ``names`` (stems; ``all`` for every one) and publish their pages.

    ``parameters`` are (name, text) pairs as on the command line, several of one name for a
    multi-select; each goes to every notebook that has it. ``as_of`` defaults to the last day
    of the data. Everything is checked before anything runs: an unknown name, an ill-typed
    value or a day that the data do not reach raises ``UsageError``, broken data ``DataError``,
    another run of the same report ``BusyError``. A notebook that fails is marked in the result
    and does not stop the others.
    """
    say = progress or (lambda *_: None)
    views = check_parameters(names, source=source, as_of=as_of, parameters=parameters)
    prepared = prepare(source, now=datetime.now(UTC).replace(tzinfo=None), progress=progress)
    manifest = prepared.manifest
    first, last = (date.fromisoformat(manifest[f"{end}_day"]) for end in ("first", "last"))
    day = day_in_data(views[0].as_of, first, last, manifest["source"]["name"])
    views = [view.replace(as_of=day) for view in views]
    origin = Origin.of(manifest, day)
    folder = out / folder_name(origin.source) / origin.as_of.isoformat()
    with _published(folder) as draft:
        outcomes = _run_all(views, draft, say)
        say("writing the pages")
        for outcome in outcomes:
            page = notebook_page(outcome, outcomes, origin)
            (draft / f"{outcome.notebook}.html").write_text(page, "utf-8")
        numbers = _numbers(outcomes, origin, manifest)
        (draft / "numbers.json").write_text(json.dumps(numbers, indent=1) + "\n", "utf-8")
        (draft / "index.html").write_text(index_page(outcomes, origin), "utf-8")
    return ReportResult(folder, outcomes)


def check_parameters(
    names: Sequence[str], *, source: str | Path, as_of: str | date | None, parameters: Pairs
) -> list[View]:
    """The view of each notebook that is to run, or ``UsageError``; nothing is read or run."""
    kinds = [VIEWS[name] for name in notebook_names(names)]
    known = {field for kind in kinds for field in kind.model_fields}
    for name, _ in parameters:
        if name in ("source", "as_of"):
            option = name.replace("_", "-")
            raise UsageError(f"{name!r} is not given by -p.", f"Use --{option} VALUE.")
        if name not in known:
            raise UsageError(
                f"No notebook of this report has a parameter {name!r}.", nearest(name, known)
            )
    common = {"source": str(Path(source).resolve()), "as_of": as_of}
    views = []
    for kind in kinds:
        own = [(name, text) for name, text in parameters if name in kind.model_fields]
        # The codec of links also reads a command line: both are text, both may repeat a name.
        views.append(kind.parse(common).with_query(urlencode(own)))
    return views


def notebook_names(names: Sequence[str]) -> list[str]:
    """Stems of the notebooks asked for, each once; ``all`` (or nothing) means every one."""
    if not names or "all" in names:
        return list(VIEWS)
    for name in names:
        if name not in VIEWS:
            raise UsageError(f"There is no notebook {name!r}.", nearest(name, [*VIEWS, "all"]))
    return list(dict.fromkeys(names))


def _run_all(views: Sequence[View], folder: Path, say: Progress) -> list[Outcome]:
    """Run every notebook, two at a time; the outcomes come in the order of ``views``."""
    done: dict[str, Outcome] = {}
    say(f"running {len(views)} notebook{'s' if len(views) != 1 else ''}")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(_run_one, view, folder) for view in views]
        try:
            for job in as_completed(jobs):
                outcome = job.result()
                done[outcome.notebook] = outcome
                say(f"{outcome.notebook}: {'incomplete' if outcome.failure else 'done'}")
        except BaseException:
            # Ctrl-C: without their kernels the threads that wait for them end at once.
            pool.shutdown(wait=False, cancel_futures=True)
            ReportKernel.kill_all()
            raise
    return [done[view.notebook] for view in views]


def _run_one(view: View, folder: Path) -> Outcome:
    name = f"{view.notebook}.ipynb"
    outcome = run_notebook(NOTEBOOKS / name, folder / name, view.parameters())
    defaults = type(view).parse({}).parameters() | {"source": "", "as_of": ""}
    chosen = view.parameters() | {"source": "", "as_of": ""}
    return replace(outcome, changed={k: v for k, v in chosen.items() if v != defaults[k]})


@contextmanager
def _published(folder: Path) -> Iterator[Path]:
    """A hidden folder to write to, which takes the place of ``folder`` when all went well."""
    draft, old = (folder.with_name(f".{folder.name}.{part}") for part in ("new", "old"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f".{folder.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(
            f"The report {folder} is being made by somebody else.", "Try again when it is done."
        ) from None
    with lock:
        if old.exists() and not folder.exists():  # killed between the two renames
            old.rename(folder)
        for leftover in (draft, old):
            shutil.rmtree(leftover, ignore_errors=True)
        draft.mkdir()
        try:
            yield draft
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
        shutil.rmtree(old, ignore_errors=True)


def folder_name(source: str) -> str:
    """A source's name as one folder's name, which it may not be by itself."""
    return re.sub(r"[^\w.-]+", "-", source).strip("-.") or "source"


def _numbers(
    outcomes: Sequence[Outcome], origin: Origin, manifest: Mapping[str, Any]
) -> dict[str, Any]:
    """What ``numbers.json`` holds: programs read it, so its names stay."""
    return {
        "source": origin.source,
        "as_of": origin.as_of.isoformat(),
        "built_at": manifest["built_at"],
        "rows": {"in": origin.rows, "used": origin.used, "rejected": origin.rejected},
        "notebooks": {
            outcome.notebook: {
                "complete": not outcome.failure,
                "failure": outcome.failure,
                "parameters": outcome.parameters,
                "numbers": outcome.numbers,
            }
            for outcome in outcomes
        },
    }
