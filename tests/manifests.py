"""Runs that no notebook was executed for, for tests of what keeps and reads them."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from ops_widgets.publish.reports.manifest import FILE, RunManifest
from ops_widgets.publish.reports.recording import outputs_of
from ops_widgets.publish.reports.run_store import RunStore

KEY = "0123456789abcdef"
#: The day that runs are published as of, unless a test says otherwise.
DAY = date(2024, 3, 31)


def run_manifest(as_of=date(2025, 6, 3), **fields):
    """A complete run of the report ``daily`` with no notebook, unless ``fields`` say otherwise."""
    moment = datetime(2025, 7, 1, 6)
    usual = {
        "name": "daily",
        "title": "Daily: what changed",
        "key": KEY,
        "started_at": moment,
        "ended_at": moment,
        "first_day": date(2024, 1, 1),
        "last_day": as_of,
        "package_version": "0.1.0",
    }
    return RunManifest(as_of=as_of, **(usual | fields))


@pytest.fixture(params=["folder", "file", "memory"])
def runs(request, tmp_path):
    """The same runs in a folder, at its address, and in an object store without renames."""
    root = {
        "folder": str(tmp_path / "runs"),
        "file": f"file://{tmp_path / 'runs'}",
        "memory": f"memory://{uuid4().hex}/runs",
    }[request.param]
    return RunStore(root)


def publish(runs, day=DAY, key="a" * 16, attempt=1, status="complete", name="daily", minute=0):
    """Publish a run of one page; its manifest."""
    ended = datetime(2024, 4, 1, 0, minute, tzinfo=UTC)
    run = RunManifest(
        name=name, as_of=day, key=key, attempt=attempt, status=status, started_at=ended,
        ended_at=ended, first_day=date(2024, 1, 1), last_day=DAY,
    )  # fmt: skip
    with runs.draft(f"{name}/{day}", key) as draft:
        (draft / "index.html").write_text(f"<p>{key} {attempt}")
        (draft / "tables").mkdir()
        (draft / "tables" / "t.csv").write_text("a\r\n1\r\n")
        run = run.model_copy(update={"outputs": outputs_of(draft)})
        (draft / FILE).write_text(run.to_json())
        runs.publish(draft, run.folder)
    return run
