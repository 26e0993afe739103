"""Options and values that several commands take, and what their text means."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ops_widgets.errors import UsageError

SAMPLES = Path("data/samples")
SourceOption = Annotated[
    Path | None,
    typer.Option(help="A source: a folder or a TOML file; else the report's own, else samples."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(help="Last day looked at, as 2024-05-31; else by the report's rule."),
]
RunsOption = Annotated[
    str, typer.Option("--runs", help="Folder of all runs, or an address such as s3://bucket/runs.")
]
DefinitionsOption = Annotated[
    Path, typer.Option(help="Folder of the reports' definitions.", file_okay=False)
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Make another attempt of what is there; nothing is lost.")
]
PdfOption = Annotated[bool, typer.Option("--pdf", help="Print the pages, too (needs Chromium).")]
TimeoutOption = Annotated[
    str | None, typer.Option(help="Time of a whole run, as 90s, 30m or 2h; else the report's own.")
]
JobsOption = Annotated[int, typer.Option(min=1, help="Runs at once, each in its own process.")]
MemoryOption = Annotated[
    int, typer.Option(min=0, help="Megabytes that each kernel may take; 0: any.")
]
AlertOption = Annotated[
    bool, typer.Option("--fail-on-alert", help="End with 10 when an alert is on.")
]
RUNS, DEFINITIONS = "reports/runs", Path("reports")
#: Megabytes that a kernel may take where several runs share a machine.
MEMORY = 1500


def parse_day(text: str) -> date:
    """A day as ISO text; raises ``UsageError`` for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day.", "Write it as 2025-06-30.") from None


def parse_pair(text: str) -> tuple[str, str]:
    """``name=value`` as the two; raises ``UsageError`` for anything else."""
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"-p {text} is no parameter.", "Write it as -p name=value.")
    return name, value
