"""The servers of all pages, ours among them, each on a port of its own while it is used."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks.processes import ROOT, clean_environment

PYTHON = ROOT / ".venv-peers" / "bin" / "python"
PAGES = ROOT / "benchmarks" / "peers"
HERE = "127.0.0.1"

#: As their documentation serves to the public: nothing watches files, nothing is reported home.
COMMANDS: Mapping[str, list[str]] = {
    "Streamlit": [
        *("streamlit", "run", str(PAGES / "streamlit_page.py"), "--server.headless=true"),
        *(f"--server.address={HERE}", "--server.port={port}", "--server.fileWatcherType=none"),
        "--browser.gatherUsageStats=false",
    ],
    "Panel": [
        *("panel", "serve", str(PAGES / "panel_page.py"), f"--address={HERE}", "--port={port}"),
        "--index=panel_page",
    ],
    "Solara": [
        *("solara", "run", str(PAGES / "solara_page.py"), "--production", "--no-open"),
        f"--host={HERE}",
        "--port={port}",
    ],
}
#: Their scripts come from them, not from another host, as ours do.
QUIET = {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False", "BOKEH_RESOURCES": "server"}


@contextmanager
def peer(name: str, store: str) -> Iterator[str]:
    """The address of a peer's page of the samples, whose summaries lie in ``store``."""
    port = free_port()
    command = [str(PYTHON), "-m", *(word.format(port=port) for word in COMMANDS[name])]
    places = {"OPS_SOURCE": "data/samples", "OPS_STORE": store, "PYTHONPATH": str(ROOT)}
    with running(command, clean_environment() | QUIET | places):
        address = f"http://{HERE}:{port}"
        wait(lambda: _answers(address))
        yield address


@contextmanager
def running(command: list[str], environment: Mapping[str, str]) -> Iterator[int]:
    """A process and all that it starts, as long as it is needed; yields its id."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=None if os.environ.get("OPS_BENCH_LOG") else subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def ours(port: int, jobs: int) -> list[str]:
    """The command that serves the samples."""
    arguments = ["serve", "--source", "data/samples", "--port", str(port), "--jobs", str(jobs)]
    return [sys.executable, "-c", "from ops_widgets.cli import app; app()", *arguments]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server((HERE, 0)) as reserved:
        return int(reserved.getsockname()[1])


def wait(fact: object, seconds: float = 180) -> None:
    """Look again and again until ``fact()`` is so."""
    deadline = time.monotonic() + seconds
    while not fact():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError("it never came")
        time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
