"""The bar that moves while somebody watches: how much is done, and how long the rest takes."""

from __future__ import annotations

from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text


class Bar:
    """A bar on standard error, from ``with`` to its end; called with each step that begins."""

    def __init__(self, console: Console | None = None) -> None:
        self._progress = Progress(
            BarColumn(bar_width=20),
            TimeElapsedColumn(),
            TextColumn("{task.fields[amount]}"),
            _TimeLeft(),
            TextColumn("{task.description}", markup=False),
            console=console or Console(stderr=True),
            transient=True,
        )
        self._begin(None)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, what: str, done: float | None = None, total: float | None = None) -> None:
        """Say that ``what`` begins, with ``done`` of ``total`` behind it where that is known."""
        if total != self._task.total:
            self._progress.remove_task(self._task.id)
            self._begin(total)
        amount, ends = "", None
        if done is not None and total is not None:
            amount = f"{done:,} of {total:,}"
            ends = (self._task.elapsed or 0) * total / done if done else None
        self._progress.update(
            self._task.id, description=what, completed=done, amount=amount, ends=ends
        )

    def _begin(self, total: float | None) -> None:
        number = self._progress.add_task("starting", total=total, amount="", ends=None)
        self._task = next(task for task in self._progress.tasks if task.id == number)


class _TimeLeft(ProgressColumn):
    """The time left if all goes on as fast as what was done when the step began."""

    def render(self, task: Task) -> Text:
        ends = task.fields["ends"]
        if ends is None:
            return Text("")
        left = timedelta(seconds=max(0, round(ends - (task.elapsed or 0))))
        return Text(f"{left} left", style="progress.remaining")
