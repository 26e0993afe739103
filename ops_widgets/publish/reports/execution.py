"""The work of one run in its hidden folder: notebooks, what they say, and the manifest."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from ops_widgets import __version__
from ops_widgets.files import code_digest
from ops_widgets.progress import Progress
from ops_widgets.publish import NOTEBOOKS, PACKAGE
from ops_widgets.publish.alerts.rules import Past, evaluate_rules, promotion_days
from ops_widgets.publish.changes.compare import difference
from ops_widgets.publish.changes.difference import Difference
from ops_widgets.publish.notebooks.execute import Outcome, ReportKernel, execute_notebook
from ops_widgets.publish.reports.definition import OWN, Definition
from ops_widgets.publish.reports.expansion import RunSpec
from ops_widgets.publish.reports.history import history
from ops_widgets.publish.reports.key import (
    git_revision,
    python_version,
    told_parameters,
    versions,
)
from ops_widgets.publish.reports.manifest import (
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
from ops_widgets.publish.reports.origin import Origin
from ops_widgets.publish.reports.pdf import print_page
from ops_widgets.publish.reports.run_store import RunStore
from ops_widgets.publish.reports.watchdog import TIMEOUT, Watchdog
from ops_widgets.summaries.pin import PIN_VARIABLE
from ops_widgets.summaries.store import Store
from ops_widgets.views.base import View

FAILED, DIED = 1, 138


@dataclass
class RunBuilder:
    """A run that is being made in ``draft``; ``pinned`` is the manifest of its summaries."""

    definition: Definition
    unit: RunSpec
    runs: RunStore
    views: Sequence[View]
    sources: Mapping[str, str]
    key: str
    attempt: int
    draft: Path
    pinned: Mapping[str, Any]
    say: Progress
    exit_code: int = field(default=0, init=False)

    def make(self, watch: Watchdog, at_once: int, browser: str) -> RunManifest:
        """Do all of it; what is left in ``draft`` afterwards is what will be published."""
        started, clock = datetime.now(UTC), time.monotonic()
        outcomes = self._run_all(watch, at_once)
        self.say("writing the pages")
        # By now it is imported: see _run_all.
        from ops_widgets.publish.reports.artifacts import keep, write_numbers, write_pages

        for outcome in outcomes:
            keep(self.draft, outcome)
        run = self._described(outcomes, started, clock)
        old = self.runs.previous(self.unit.name, self.unit.as_of)
        run = run.model_copy(
            update={
                "difference": self._difference(run, old, watch),
                "alerts": self._alerts(run, old),
                "previous": old and Previous(as_of=old.as_of, key=old.key, folder=old.folder),
            }
        )
        origin = Origin.of(self.pinned, self.unit.as_of)
        outcomes = write_pages(self.draft, outcomes, run, origin)
        run = self._judged(run, outcomes, watch)
        if browser:
            for page in sorted(self.draft.glob("*.html")):
                print_page(browser, page)
        write_numbers(self.draft, outcomes, run, self.pinned)
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

    def _run_all(self, watch: Watchdog, at_once: int) -> list[Outcome]:
        """Run every notebook; the outcomes come in the order of the definition."""
        done: dict[str, Outcome] = {}
        many = len(self.views)
        self.say(f"running {many} notebook{'s' if many != 1 else ''}")
        with ThreadPoolExecutor(max(1, at_once)) as pool:
            jobs = [pool.submit(self._run_one, view, watch) for view in self.views]
            try:
                # What writes pages takes a second to import: now there is nothing else to do.
                import_module("ops_widgets.publish.reports.artifacts")
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

    def _run_one(self, view: View, watch: Watchdog) -> Outcome:
        name = f"{view.notebook}.ipynb"
        late = f"It had not ended when the run's {watch.seconds:g} seconds were over."
        if watch.is_late:
            return Outcome(view.notebook, view.notebook, late, parameters=told_parameters(view))
        outcome = execute_notebook(
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
            code_sha256=code_digest(PACKAGE),
            definition_sha256=self.definition.digest(),
            python=python_version(),
            dependencies=versions(),
            git_revision=git_revision(NOTEBOOKS),
        )

    def _difference(
        self, run: RunManifest, old: RunManifest | None, watch: Watchdog
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
        return evaluate_rules(
            self.definition.alert, run.as_of, self.definition.every, run.numbers(), past
        )

    def _judged(
        self, run: RunManifest, outcomes: Sequence[Outcome], watch: Watchdog
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
