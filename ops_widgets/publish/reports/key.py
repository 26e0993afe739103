"""A run's key: the same key means the same pages, so there is nothing to do."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ops_widgets import __version__
from ops_widgets.files import code_digest
from ops_widgets.publish import PACKAGE
from ops_widgets.publish.reports.definition import Definition
from ops_widgets.publish.reports.expansion import RunSpec
from ops_widgets.views.base import View

#: Whose versions can change a number or a page.
DEPENDENCIES = ("altair", "duckdb", "ibis-framework", "nbconvert", "numpy", "pandas", "papermill")
#: Parameters whose value nobody but the run's author should read.
SECRET = ("password", "token", "secret", "key")


def run_key(
    definition: Definition,
    spec: RunSpec,
    views: Sequence[View],
    notebooks: Mapping[str, str],
    content: str,
) -> str:
    """16 hexadecimal digits.

    ``notebooks`` are the digests of their sources, ``content`` is the fingerprint of all rows.
    Where the source lies does not count, only what is in it.
    """
    parts = {
        "notebooks": dict(notebooks),
        "package": [__version__, code_digest(PACKAGE)],
        "parameters": {view.notebook: canonical(view) for view in views},
        "as_of": spec.as_of.isoformat(),
        "unit": [spec.name, spec.values],
        "content": content,
        "definition": definition.digest(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def canonical(view: View) -> dict[str, Any]:
    """Parameters that say what is looked at, however they were written."""
    return {name: value for name, value in view.parameters().items() if name != "source"}


def shown_parameters(view: View) -> dict[str, Any]:
    """Parameters as a manifest shows them; secrets are masked."""
    return {
        name: "***" if any(word in name.lower() for word in SECRET) else value
        for name, value in view.parameters().items()
    }


def notebook_sha256(path: Path) -> str:
    """Digest of what a notebook does and says: its cells, not how an editor saved it."""
    cells = [
        [cell["cell_type"], "".join(cell["source"]), cell.get("metadata", {}).get("tags", [])]
        for cell in json.loads(path.read_text("utf-8"))["cells"]
    ]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def versions() -> dict[str, str]:
    """Versions of what can change a number or a page."""
    found = {}
    for name in DEPENDENCIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


def python_version() -> str:
    """As 3.11.7."""
    return platform.python_version()


@cache
def git_revision(folder: Path) -> str:
    """The commit of the notebooks, with + when something is changed; empty outside of git."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
