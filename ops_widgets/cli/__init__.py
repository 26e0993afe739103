"""The command ``ops``: everything that people and schedules ask of the workbook.

What a command needs is imported when it runs, so that ``ops --help`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ops_widgets import __version__
from ops_widgets.cli.console import Commands, progress_bar
from ops_widgets.cli.init import init
from ops_widgets.cli.options import RUNS, SAMPLES
from ops_widgets.cli.report import report
from ops_widgets.cli.runs import runs
from ops_widgets.publish import NOTEBOOKS
from ops_widgets.summaries.memory import DEFAULT_MEMORY

if TYPE_CHECKING:
    from ops_widgets.sources.config import SourceConfig

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The workbook that e-commerce operators open every morning.",
    epilog="Exit codes: 0 done or already there, 1 a notebook failed, 2 usage or parameter, "
    "10 an alert is on (--fail-on-alert), 65 the data breaks the contract, 75 busy or not fresh, "
    "124 the time was over, 130 stopped by Ctrl-C, 138 a kernel died, 143 stopped by SIGTERM.",
)
app.command(epilog="Example: ops init my-exports/")(init)
app.add_typer(report, name="report")
app.add_typer(runs, name="runs")

#: Letters in a line where nobody says how many there is room for.
PAGE = 110

SourceArgument = Annotated[Path, typer.Argument(help="A source: a folder or a TOML file.")]
SourceOption = Annotated[Path, typer.Option(help="A source: a folder or a TOML file.")]
PortOption = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"ops {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command(epilog="Example: ops sample --customers 20000 --months 36 --out my-shop")
def sample(
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    customers: Annotated[int, typer.Option(min=1, help="How many customers.")] = 6_000,
    months: Annotated[int, typer.Option(min=1, help="How many months of history.")] = 24,
    seed: Annotated[int, typer.Option(help="The same seed gives the same shop.")] = 20240101,
) -> None:
    """Write a synthetic shop with known truths, to try things on."""
    from ops_widgets.samples import generate

    with progress_bar() as progress:
        generate(out, customers=customers, months=months, seed=seed, progress=progress)
    typer.echo(f"Wrote a shop of {customers:,} customers and {months} months to {out}.")


@app.command(epilog="Example: ops check examples/online_retail.toml")
def check(
    source: SourceArgument,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Check data: what each analysis can show, what is used, what is set aside and why."""
    import rich

    from ops_widgets.cli.first_screen import as_data, first_screen, showings
    from ops_widgets.sources.config import load_config
    from ops_widgets.sources.connect import open_source
    from ops_widgets.validation.checks import check as check_source
    from ops_widgets.validation.checks import require_usable
    from ops_widgets.validation.report import as_text, render

    with progress_bar() as progress, open_source(load_config(source)) as opened:
        report = check_source(opened, now=_now(), progress=progress).report
        found, config = showings(opened, report), opened.config
    if as_json:
        data = report.to_dict() | {"analyses": as_data(found, config)}
        typer.echo(json.dumps(data, indent=1, default=str))
    elif sys.stdout.isatty():
        typer.echo(first_screen(found, config, min(120, get_terminal_size().columns)))
        rich.print(render(report))
    else:
        typer.echo(first_screen(found, config, PAGE))
        typer.echo(as_text(report, PAGE))
    require_usable(report, is_shown=True)


@app.command(epilog="Example: ops prepare examples/online_retail.toml")
def prepare(
    source: SourceArgument,
    full: Annotated[
        bool, typer.Option("--full", help="Build all anew, even if nothing changed.")
    ] = False,
    memory: Annotated[
        str, typer.Option(help="What DuckDB may take, as 2GB; the rest is spilled to disk.")
    ] = DEFAULT_MEMORY,
    spill: Annotated[
        Path | None,
        typer.Option(help="Folder to spill into; else beside the summaries.", file_okay=False),
    ] = None,
) -> None:
    """Build or refresh the summaries that all pages read."""
    _build(source, full=full, memory=memory, spill=spill)


@app.command(epilog="Example: ops serve --source data/samples --port 8866")
def serve(
    source: SourceOption = SAMPLES,
    host: Annotated[str, typer.Option(help="Address of this machine to listen on.")] = "127.0.0.1",
    port: PortOption = 8866,
    base_url: Annotated[str, typer.Option(help="Path of all addresses, as /shop/.")] = "/",
    jobs: Annotated[int, typer.Option(min=1, help="Most kernels at once, 250 MB each.")] = 6,
    jobs_per_visitor: Annotated[
        int | None, typer.Option(min=1, help="Most kernels of one visitor; else half of them.")
    ] = None,
    connections: Annotated[int, typer.Option(min=16, help="Most connections at once.")] = 1000,
    connections_per_address: Annotated[
        int, typer.Option(min=1, help="Most of one address; a --proxy may have any number.")
    ] = 100,
    reports: Annotated[Path, typer.Option(help="Folder of all runs of reports.")] = Path(RUNS),
    token: Annotated[str, typer.Option(envvar="OPS_TOKEN", help="What visitors log in with.")] = "",
    password_hash: Annotated[
        str, typer.Option(envvar="OPS_PASSWORD_HASH", help="The same, hashed by Jupyter Server.")
    ] = "",
    user_header: Annotated[
        str, typer.Option(help="Header in which a proxy names the user it let in.")
    ] = "",
    proxy: Annotated[
        list[str] | None, typer.Option(help="Address of a proxy that is believed; may repeat.")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="Host name that visitors use; may repeat.")
    ] = None,
    frame_ancestors: Annotated[
        str, typer.Option(help="Who may show the pages in a frame: 'self', 'none', addresses.")
    ] = "'self'",
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Let everybody in who can reach the host.")
    ] = False,
) -> None:
    """Serve the notebooks as apps, without code, for people with a browser."""
    from ops_widgets.publish.server.options import ServeOptions

    options = ServeOptions(
        notebooks=NOTEBOOKS,
        source=str(source.absolute()),
        host=host,
        port=port,
        base_url=base_url,
        jobs=jobs,
        jobs_of_one=jobs_per_visitor,
        connections=connections,
        connections_of_one=connections_per_address,
        reports=reports.resolve(),
        token=token,
        password_hash=password_hash,
        user_header=user_header,
        proxies=tuple(proxy or ()),
        names=tuple(name or ()),
        frame_ancestors=frame_ancestors,
        insecure=insecure,
    )
    options.check()
    from ops_widgets.sources.config import load_config

    config = load_config(source)
    _build(config)
    from ops_widgets.publish.server.server import serve as serve_apps

    serve_apps(options, config)


@app.command(epilog="Example: ops lab --source data/samples")
def lab(source: SourceOption = SAMPLES, port: PortOption = 8888) -> None:
    """Open the notebooks in JupyterLab, on this source."""
    from ops_widgets.publish.lab import lab_environment

    _build(source)
    command = [sys.executable, "-m", "jupyterlab", f"--port={port}", f"--notebook-dir={NOTEBOOKS}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    sys.stdout.flush()
    os.execve(command[0], command, os.environ | lab_environment(source))


def _build(source: Path | SourceConfig, **options: Any) -> None:
    """Bring the summaries of a source up to date, and print what that took."""
    from ops_widgets.summaries.build import prepare as build

    with progress_bar() as progress:
        done = build(source, now=_now(), progress=progress, **options)
    what = "Built the summaries" if done.rebuilt else "Left the summaries as they are"
    name, last = done.manifest["source"]["name"], done.manifest["last_day"]
    typer.echo(f"{what} of {name} (data to {last}): {'; '.join(done.reasons)}.")


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
