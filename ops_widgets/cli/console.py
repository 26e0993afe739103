"""How the command line speaks: errors, progress, tables."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from typer.core import TyperGroup

from ops_widgets.errors import OpsError

#: Exit code of a command that SIGTERM has ended.
TERMINATED = 143
_terminated = threading.Event()


class Commands(TyperGroup):
    """Commands whose errors are a message and a remedy, never a traceback."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run the command; an :class:`OpsError` ends it with its own exit code."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if _terminated.is_set():  # DuckDB makes an error of its own of it
                raise typer.Exit(TERMINATED) from None
            if _interrupted(error):
                raise KeyboardInterrupt from None
            if not isinstance(error, OpsError):
                raise
            complain(error)
            raise typer.Exit(error.exit_code) from None


def complain(error: OpsError) -> None:
    """Print what is wrong and what to do next to standard error."""
    typer.echo(f"Error: {error.message}", err=True)
    if error.remedy:
        typer.echo(f"  {error.remedy}", err=True)


def end_gently() -> None:
    """Let SIGTERM unwind like Ctrl-C, so that kernels end and nothing half made is left."""

    def stop(*_: object) -> None:
        _terminated.set()
        raise SystemExit(TERMINATED)

    _terminated.clear()
    signal.signal(signal.SIGTERM, stop)


def _interrupted(error: BaseException | None) -> bool:
    """Whether it is DuckDB's word for Ctrl-C, which may be the cause of another error."""
    duckdb = sys.modules.get("duckdb")
    while duckdb and error:
        if isinstance(error, duckdb.InterruptException) or str(error) == "Query interrupted":
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def progress_bar() -> Iterator[Callable[..., None] | None]:
    """What to call as ``progress(what, done, total)``, the last two where they are known.

    It moves a bar on standard error. Where nobody watches (CI, a pipe) it is None, and builds
    log a line for every step that has ended there instead.
    """
    if os.environ.get("CI") or not sys.stdout.isatty():
        with _step_log():
            yield None
        return
    from ops_widgets.cli.bar import Bar

    with Bar() as bar:
        yield bar


@contextmanager
def _step_log() -> Iterator[None]:
    """Lines of ``ops_widgets.prepare`` on standard error."""
    log = logging.getLogger("ops_widgets.prepare")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
