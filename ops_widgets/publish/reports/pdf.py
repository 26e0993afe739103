"""Pages as PDF, printed by a headless Chromium where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ops_widgets.errors import OpsError, UsageError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Seconds for one page.
PATIENCE = 60.0


def find_browser() -> str:
    """The path of a browser; ``UsageError`` where there is none."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    raise UsageError("There is no Chromium to print with.", "Install chromium, or leave out --pdf.")


def print_page(browser: str, page: Path) -> Path:
    """Print the HTML file ``page`` beside itself; returns the PDF. It asks no network."""
    target = page.with_suffix(".pdf")
    with tempfile.TemporaryDirectory(prefix="ops-pdf-") as profile:
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            page.resolve().as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium refuses root without
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise OpsError(f"Printing {page.name} took more than {PATIENCE:g} s.") from None
    if done.returncode or not target.is_file():
        raise OpsError(f"{page.name} could not be printed: {done.stderr.strip()[-300:]}")
    return target
