"""One run while it is made, in its hidden folder: notebooks, pages, difference, alerts."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from ops_widgets.progress import Progress
from ops_widgets.publish import NOTEBOOKS
from ops_widgets.publish.alerts.rules import Past, evaluate_rules, promotion_days
from ops_widgets.publish.changes.compare import difference
from ops_widgets.publish.changes.difference import Difference
from ops_widgets.publish.notebooks.execute import NotebookResult, ReportKernel, execute_notebook
from ops_widgets.publish.reports.definition import OWN, Definition
from ops_widgets.publish.reports.expansion import RunSpec
from ops_widgets.publish.reports.history import history
from ops_widgets.publish.reports.key import shown_parameters
from ops_widgets.publish.reports.manifest import FILE, AlertState, Previous, RunManifest
from ops_widgets.publish.reports.origin import Origin
from ops_widgets.publish.reports.pdf import print_page
from ops_widgets.publish.reports.recording import outputs_of, run_manifest, with_verdict
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
    spec: RunSpec
    runs: RunStore
    views: Sequence[View]
    notebook_digests: Mapping[str, str]
    key: str
    attempt: int
    draft: Path
    pinned: Mapping[str, Any]
    progress: Progress
    exit_code: int = field(default=0, init=False)

    def build(self, watchdog: Watchdog, at_once: int, browser: str) -> RunManifest:
        """Do all of it; what is left in ``draft`` afterwards is what will be published."""
        started, clock = datetime.now(UTC), time.monotonic()
        results = self._execute_all(watchdog, at_once)
        self.progress("writing the pages")
        # By now it is imported: see _execute_all.
        from ops_widgets.publish.reports.artifacts import write_numbers, write_pages, write_results

        for result in results:
            write_results(self.draft, result)
        run = self._manifest(results, started)
        old = self.runs.previous(self.spec.name, self.spec.as_of)
        run = run.model_copy(
            update={
                "difference": self._difference(run, old, watchdog),
                "alerts": self._alerts(run, old),
                "previous": old and Previous(as_of=old.as_of, key=old.key, folder=old.folder),
            }
        )
        results = write_pages(self.draft, results, run, Origin.of(self.pinned, self.spec.as_of))
        run = with_verdict(run, results)
        self.exit_code = _exit_code(results, watchdog)
        if browser:
            for page in sorted(self.draft.glob("*.html")):
                print_page(browser, page)
        write_numbers(self.draft, results, run, self.pinned)
        self._unpin()
        run = run.model_copy(
            update={
                "outputs": outputs_of(self.draft),
                "ended_at": datetime.now(UTC),
                "seconds": round(time.monotonic() - clock, 3),
                "peak_memory_bytes": watchdog.peak_memory,
            }
        )
        (self.draft / FILE).write_text(run.to_json(), "utf-8")
        return run

    @property
    def _variables(self) -> dict[str, str]:
        return {PIN_VARIABLE: str((self.draft / ".pin").resolve())}

    def _execute_all(self, watchdog: Watchdog, at_once: int) -> list[NotebookResult]:
        """Execute every notebook; the results come in the order of the definition."""
        done: dict[str, NotebookResult] = {}
        many = len(self.views)
        self.progress(f"running {many} notebook{'s' if many != 1 else ''}")
        with ThreadPoolExecutor(max(1, at_once)) as pool:
            jobs = [pool.submit(self._execute, view, watchdog) for view in self.views]
            try:
                # What writes pages takes a second to import: now there is nothing else to do.
                import_module("ops_widgets.publish.reports.artifacts")
                for job in as_completed(jobs):
                    result = job.result()
                    done[result.notebook] = result
                    state = "incomplete" if result.failure else "done"
                    self.progress(f"{result.notebook}: {state}")
            except BaseException:
                # Ctrl-C, SIGTERM: without their kernels the threads that wait for them end.
                pool.shutdown(wait=False, cancel_futures=True)
                ReportKernel.kill_all()
                raise
        return [done[view.notebook] for view in self.views]

    def _execute(self, view: View, watchdog: Watchdog) -> NotebookResult:
        name = f"{view.notebook}.ipynb"
        shown = shown_parameters(view)
        late = f"It had not ended when the run's {watchdog.seconds:g} seconds were over."
        if watchdog.is_over:
            return NotebookResult(view.notebook, view.notebook, late, parameters=shown)
        result = execute_notebook(
            NOTEBOOKS / name, self.draft / name, view.parameters(), self._variables
        )
        if result.failure and watchdog.is_over:
            result = replace(result, failure=late, died=False)
        elif result.died and watchdog.exceeded_memory:
            why = f"It was stopped: it took more than {watchdog.megabytes:,} MB of memory."
            result = replace(result, failure=why)
        defaults = type(view).parse({}).parameters()
        chosen = {k for k, v in view.parameters().items() if v != defaults[k]} - set(OWN)
        changed = {name: value for name, value in shown.items() if name in chosen}
        return replace(result, parameters=shown, changed=changed)

    def _manifest(self, results: Sequence[NotebookResult], started: datetime) -> RunManifest:
        return run_manifest(
            results,
            self.notebook_digests,
            self.pinned,
            name=self.spec.name,
            title=self.definition.words,
            unit=self.spec.values,
            as_of=self.spec.as_of,
            key=self.key,
            attempt=self.attempt,
            started_at=started,
            ended_at=started,
            definition_sha256=self.definition.digest(),
        )

    def _difference(
        self, run: RunManifest, old: RunManifest | None, watchdog: Watchdog
    ) -> Difference | None:
        if old is None or watchdog.is_over:
            return None
        names = [f"{one.name}.ipynb" for one in old.notebooks if one.status == "complete"]
        with self.runs.local_copy(old.folder, names) as folder:
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

    def _unpin(self) -> None:
        folder = self.draft / ".pin"
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def _exit_code(results: Sequence[NotebookResult], watchdog: Watchdog) -> int:
    """The exit code of a command that made the run: 0 for a complete one."""
    failed = [result for result in results if result.failure]
    if not failed:
        return 0
    if watchdog.is_over:
        return TIMEOUT
    return DIED if any(result.died for result in failed) else FAILED
