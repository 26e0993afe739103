"""The work of one run in its hidden folder: notebooks, numbers, pages, and the manifest."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ops_widgets import __version__
from ops_widgets.progress import Progress
from ops_widgets.publish import NOTEBOOKS
from ops_widgets.publish.export import index_page, notebook_page
from ops_widgets.publish.origin import Origin
from ops_widgets.publish.run import Outcome, ReportKernel, run_notebook
from ops_widgets.publish.runs.alerts import Past, judge_all, promotion_days
from ops_widgets.publish.runs.compare import difference
from ops_widgets.publish.runs.definition import OWN, Definition
from ops_widgets.publish.runs.difference import Difference
from ops_widgets.publish.runs.folder import Runs
from ops_widgets.publish.runs.history import history
from ops_widgets.publish.runs.key import (
    code_sha256,
    git_revision,
    python_version,
    told_parameters,
    versions,
)
from ops_widgets.publish.runs.manifest import (
    FILE,
    AlertState,
    CellTime,
    Input,
    NotebookRun,
    Output,
    Previous,
    RecordedNumber,
    RunManifest,
    Status,
)
from ops_widgets.publish.runs.pages import alerts_html
from ops_widgets.publish.runs.pdf import print_page
from ops_widgets.publish.runs.supervise import TIMEOUT, Supervisor
from ops_widgets.publish.runs.tables import write_tables
from ops_widgets.publish.runs.tell import difference_html
from ops_widgets.publish.runs.units import Unit
from ops_widgets.summaries.pin import PIN_VARIABLE
from ops_widgets.summaries.store import Store
from ops_widgets.views.base import View

FAILED, DIED = 1, 138
#: A larger page is no page: something printed its data.
LARGEST_PAGE = 3_000_000


@dataclass
class Work:
    """A run that is being made in ``draft``; ``pinned`` is the manifest of its summaries."""

    definition: Definition
    unit: Unit
    runs: Runs
    views: Sequence[View]
    sources: Mapping[str, str]
    key: str
    attempt: int
    draft: Path
    pinned: Mapping[str, Any]
    say: Progress
    exit_code: int = field(default=0, init=False)

    def make(self, watch: Supervisor, at_once: int, browser: str) -> RunManifest:
        """Do all of it; what is left in ``draft`` afterwards is what will be published."""
        started, clock = datetime.now(UTC), time.monotonic()
        outcomes = self._run_all(watch, at_once)
        self.say("writing the pages")
        self._keep_failures(outcomes)
        for outcome in outcomes:
            if outcome.node is not None and not outcome.failure:
                write_tables(outcome.node, self.draft / "tables" / outcome.notebook)
        run = self._described(outcomes, started, clock)
        old = self.runs.previous(self.unit.name, self.unit.as_of)
        run = run.model_copy(
            update={
                "difference": self._difference(run, old, watch),
                "alerts": self._alerts(run, old),
                "previous": old and Previous(as_of=old.as_of, key=old.key, folder=old.folder),
            }
        )
        outcomes = self._write_pages(outcomes, run)
        run = self._judged(run, outcomes, watch)
        if browser:
            for page in sorted(self.draft.glob("*.html")):
                print_page(browser, page)
        self._write_json("numbers.json", self._numbers(outcomes))
        self._write_json("alerts.json", [a.model_dump(mode="json") for a in run.alerts])
        self._unpin()
        run = run.model_copy(
            update={
                "outputs": _outputs(self.draft),
                "ended_at": datetime.now(UTC),
                "seconds": round(time.monotonic() - clock, 3),
                "peak_memory_bytes": watch.peak_memory,
            }
        )
        (self.draft / FILE).write_text(run.to_json(), "utf-8")
        return run

    @property
    def _variables(self) -> dict[str, str]:
        return {PIN_VARIABLE: str((self.draft / ".pin").resolve())}

    # --- notebooks ---------------------------------------------------------------------------

    def _run_all(self, watch: Supervisor, at_once: int) -> list[Outcome]:
        """Run every notebook; the outcomes come in the order of the definition."""
        done: dict[str, Outcome] = {}
        many = len(self.views)
        self.say(f"running {many} notebook{'s' if many != 1 else ''}")
        with ThreadPoolExecutor(max(1, at_once)) as pool:
            jobs = [pool.submit(self._run_one, view, watch) for view in self.views]
            try:
                for job in as_completed(jobs):
                    outcome = job.result()
                    done[outcome.notebook] = outcome
                    self.say(f"{outcome.notebook}: {'incomplete' if outcome.failure else 'done'}")
            except BaseException:
                # Ctrl-C, SIGTERM: without their kernels the threads that wait for them end.
                pool.shutdown(wait=False, cancel_futures=True)
                ReportKernel.kill_all()
                raise
        return [done[view.notebook] for view in self.views]

    def _run_one(self, view: View, watch: Supervisor) -> Outcome:
        name = f"{view.notebook}.ipynb"
        late = f"It had not ended when the run's {watch.seconds:g} seconds were over."
        if watch.is_late:
            return Outcome(view.notebook, view.notebook, late, parameters=told_parameters(view))
        outcome = run_notebook(
            NOTEBOOKS / name, self.draft / name, view.parameters(), self._variables
        )
        if outcome.failure and watch.is_late:
            outcome = replace(outcome, failure=late, died=False)
        elif outcome.died and watch.was_greedy:
            why = f"It was stopped: it took more than {watch.megabytes:,} MB of memory."
            outcome = replace(outcome, failure=why)
        defaults = type(view).parse({}).parameters()
        told = told_parameters(view)
        chosen = {k for k, v in view.parameters().items() if v != defaults[k]} - set(OWN)
        changed = {name: value for name, value in told.items() if name in chosen}
        return replace(outcome, parameters=told, changed=changed)

    def _keep_failures(self, outcomes: Sequence[Outcome]) -> None:
        """What there is of a failed notebook, for its author, apart from what readers get."""
        for outcome in outcomes:
            if not outcome.failure:
                continue
            folder = self.draft / "failed"
            folder.mkdir(exist_ok=True)
            executed = self.draft / f"{outcome.notebook}.ipynb"
            if executed.exists():
                executed.rename(folder / executed.name)
            text = f"{outcome.failure}\n\n{outcome.traceback}".rstrip()
            (folder / f"{outcome.notebook}.txt").write_text(text + "\n", "utf-8")

    # --- what the run says -------------------------------------------------------------------

    def _described(
        self, outcomes: Sequence[Outcome], started: datetime, clock: float
    ) -> RunManifest:
        source = self.pinned["source"]
        return RunManifest(
            name=self.unit.name,
            title=self.definition.words,
            unit=self.unit.values,
            as_of=self.unit.as_of,
            key=self.key,
            attempt=self.attempt,
            started_at=started,
            ended_at=datetime.now(UTC),
            seconds=time.monotonic() - clock,
            source=source["name"],
            notebooks=[
                NotebookRun(
                    name=outcome.notebook,
                    title=outcome.title,
                    status="failed" if outcome.failure else "complete",
                    failure=outcome.failure,
                    seconds=round(outcome.seconds, 3),
                    cells=[
                        CellTime(step=step, seconds=round(seconds, 3))
                        for step, seconds in enumerate(outcome.cells, start=1)
                    ],
                    parameters=outcome.parameters,
                    source_sha256=self.sources[outcome.notebook],
                    numbers=[RecordedNumber(**number) for number in outcome.numbers],
                    missing=outcome.missing,
                )
                for outcome in outcomes
            ],
            inputs=[
                Input(
                    table=name,
                    rows_in=table["rows_in"],
                    rows_used=table["rows_in"] - table["rows_rejected"],
                    rows_rejected=table["rows_rejected"],
                    last_day=table.get("last_day"),
                )
                for name, table in self.pinned["check"]["tables"].items()
            ],
            content=str(self.pinned["content"]),
            first_day=date.fromisoformat(self.pinned["first_day"]),
            last_day=date.fromisoformat(self.pinned["last_day"]),
            contract_version=self.pinned["contract_version"],
            package_version=__version__,
            code_sha256=code_sha256(),
            definition_sha256=self.definition.digest(),
            python=python_version(),
            dependencies=versions(),
            git_revision=git_revision(NOTEBOOKS),
        )

    def _difference(
        self, run: RunManifest, old: RunManifest | None, watch: Supervisor
    ) -> Difference | None:
        if old is None or watch.is_late:
            return None
        names = [f"{n.name}.ipynb" for n in old.notebooks if n.status == "complete"]
        with self.runs.at_hand(old.folder, names) as folder:
            return difference(
                old,
                folder,
                run,
                self.draft,
                source=str(self.views[0].source),
                environment=self._variables,
            )

    def _alerts(self, run: RunManifest, old: RunManifest | None) -> list[AlertState]:
        if not self.definition.alert:
            return []
        store = Store(self.draft / ".pin", dict(self.pinned))
        try:
            past = Past(
                runs=history(self.runs, run.name).values(before=run.as_of),
                alerts=old.alerts if old else (),
                promotions=promotion_days(store),
            )
        finally:
            store.close()
        return judge_all(
            self.definition.alert, run.as_of, self.definition.every, run.numbers(), past
        )

    def _judged(
        self, run: RunManifest, outcomes: Sequence[Outcome], watch: Supervisor
    ) -> RunManifest:
        """The verdict, from what every notebook and every page has become."""
        failed = [outcome for outcome in outcomes if outcome.failure]
        status: Status = "complete"
        if failed:
            status = "failed" if len(failed) == len(outcomes) else "partial"
            self.exit_code = DIED if any(outcome.died for outcome in failed) else FAILED
            self.exit_code = TIMEOUT if watch.is_late else self.exit_code
        reasons = {outcome.notebook: outcome.failure for outcome in failed}
        notebooks = [
            n.model_copy(update={"status": "failed", "failure": reasons[n.name]})
            if n.name in reasons
            else n
            for n in run.notebooks
        ]
        return run.model_copy(
            update={
                "status": status,
                "reason": " ".join(f"{name}: {why}" for name, why in reasons.items()),
                "notebooks": notebooks,
            }
        )

    # --- pages -------------------------------------------------------------------------------

    def _write_pages(self, outcomes: Sequence[Outcome], run: RunManifest) -> list[Outcome]:
        """Every page; a notebook whose page cannot be written has failed as well."""
        origin = Origin.of(self.pinned, self.unit.as_of)
        written, up = [], "../" * (run.folder.count("/") + 1)
        for outcome in outcomes:
            sections = [difference_html(run.difference, outcome.notebook)] if run.difference else []
            try:
                page = notebook_page(outcome, outcomes, origin, sections, up)
                if len(page.encode()) > LARGEST_PAGE:
                    raise ValueError(f"it has {len(page.encode()) / 1e6:.1f} MB, more than 3")
                (self.draft / f"{outcome.notebook}.html").write_text(page, "utf-8")
            except OSError:
                raise
            except Exception as error:  # whatever a notebook put into its outputs
                why = f"Its page could not be written: {error}."
                outcome = replace(outcome, failure=outcome.failure or why, node=None)
                self._keep_failures([outcome])
                page = notebook_page(outcome, outcomes, origin, up=up)
                (self.draft / f"{outcome.notebook}.html").write_text(page, "utf-8")
            written.append(outcome)
        labels = {name: number.label for name, number in run.numbers().items()}
        sections = [alerts_html(run.alerts, labels), difference_html(run.difference)]
        unit = ", ".join(map(str, run.unit.values()))
        title = f"{run.title}: {unit}" if unit else run.title
        page = index_page(written, origin, [s for s in sections if s != Markup()], up, title)
        (self.draft / "index.html").write_text(page, "utf-8")
        return written

    def _numbers(self, outcomes: Sequence[Outcome]) -> dict[str, Any]:
        """What ``numbers.json`` holds: programs read it, so its names stay."""
        origin = Origin.of(self.pinned, self.unit.as_of)
        return {
            "source": origin.source,
            "as_of": origin.as_of.isoformat(),
            "built_at": self.pinned["built_at"],
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

    def _write_json(self, name: str, value: Any) -> None:
        (self.draft / name).write_text(json.dumps(value, indent=1) + "\n", "utf-8")

    def _unpin(self) -> None:
        folder = self.draft / ".pin"
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def _outputs(folder: Path) -> list[Output]:
    """Every file but the manifest, with its size and digest."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != FILE)
    return [
        Output(
            path=path.relative_to(folder).as_posix(),
            bytes=path.stat().st_size,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in files
    ]
