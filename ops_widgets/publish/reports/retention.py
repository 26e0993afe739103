"""Which runs may go: old ones that nothing stands on."""

from __future__ import annotations

from datetime import date, timedelta

from ops_widgets.publish.reports.definition import Keep
from ops_widgets.publish.reports.run_store import RunStore


def superfluous(runs: RunStore, name: str, keep: Keep) -> list[str]:
    """Folders of a report's runs that ``keep`` does not hold, the oldest first.

    Counted from the report's last day, not from today: a report that nobody runs any more loses
    nothing. What ``latest`` names always stays, and so does the last complete run of a kept day.
    """
    folders = runs.folders(name)
    days = sorted({_day(folder) for folder in folders})
    if not days:
        return []
    oldest = date.fromisoformat(days[-1]) - timedelta(days=keep.days - 1)
    kept = {day for day in days if day >= oldest.isoformat()} | set(days[-keep.last :])
    latest = (runs.latest(name) or {}).get("folder")
    gone = [folder for folder in folders if _day(folder) not in kept]
    for day in kept:
        gone += _superseded(runs, [folder for folder in folders if _day(folder) == day])
    return sorted(folder for folder in gone if folder != latest)


def prune(runs: RunStore, folders: list[str]) -> None:
    """Remove these runs; one that is half removed is no run, since its manifest goes first."""
    for folder in folders:
        runs.remove(f"{folder}/manifest.json")
        runs.remove(folder)
    for day in sorted({folder.rpartition("/")[0] for folder in folders}):
        if runs.is_empty(day):
            runs.remove(day)


def _superseded(runs: RunStore, same_day: list[str]) -> list[str]:
    """Attempts of one day that a later complete run has taken the place of."""
    known = [(folder, runs.manifest(folder)) for folder in same_day]
    complete = [(run.ended_at, f) for f, run in known if run and run.status == "complete"]
    if not complete:
        return []
    last, best = max(complete)
    return [f for f, run in known if f != best and run and run.ended_at < last]


def _day(folder: str) -> str:
    return folder.split("/")[-2]
