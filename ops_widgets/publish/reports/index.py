"""The page over all runs, written anew whenever one was published or a day stayed empty."""

from __future__ import annotations

from ops_widgets.publish.reports.history import history
from ops_widgets.publish.reports.run_store import RunStore


def write_index(runs: RunStore) -> None:
    """Write ``index.html`` above all runs; two at once take turns."""
    # What draws takes a second to import; a run has it by now.
    from ops_widgets.publish.reports.index_page import index_of_runs

    with runs.lock(".lock"):
        runs.write_text("index.html", index_of_runs([history(runs, n) for n in runs.names()]))
