"""JupyterLab on a source, asking nobody outside this machine for news or updates."""

from __future__ import annotations

import os
from pathlib import Path

#: A folder of Jupyter configuration: defaults that the analyst's own settings overrule.
CONFIG = Path(__file__).parent / "lab_config"


def lab_environment(source: Path) -> dict[str, str]:
    """What JupyterLab's environment needs beside the caller's own."""
    paths = [os.environ.get("JUPYTER_CONFIG_PATH", ""), str(CONFIG)]
    return {
        "OPS_SOURCE": str(source.absolute()),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths)),
    }
