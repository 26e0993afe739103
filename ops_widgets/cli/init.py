"""``ops init``: a folder of exports becomes a source."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ops_widgets.errors import UsageError


def init(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder with exports of a shop and its ads.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The TOML to write; else source.toml in the folder.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a TOML that is there.")
    ] = False,
    currency: Annotated[
        str, typer.Option(help="The shop's currency, as EUR, where no file says it.")
    ] = "",
    timezone: Annotated[
        str, typer.Option(help="The shop's time zone, as Europe/Berlin, where no file says it.")
    ] = "",
    known: Annotated[
        bool, typer.Option("--list", help="List the exports that are known, and end.")
    ] = False,
) -> None:
    """Write a source for the exports in a folder, say what it means, and check it."""
    if known:
        from ops_widgets.exports.listing import as_text

        typer.echo(as_text())
        return
    if folder is None:
        raise UsageError("ops init needs a folder.", "Give it: ops init my-exports/")
    from ops_widgets.cli import check
    from ops_widgets.exports.folder import initial, place_of, write_source

    path = place_of(folder, out, force)
    found = initial(folder, currency, timezone, path.parent)
    write_source(found.toml, path)
    typer.echo(f"Wrote {path}. This is what it says:")
    for line in found.said:
        typer.echo(f"- {line}")
    if found.needed:
        typer.echo(f"\nTo confirm or add, in {path.name}:")
        for line in found.needed:
            typer.echo(f"- {line}")
    typer.echo("")
    check(folder if out is None else path)
