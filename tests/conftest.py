"""What several tests need: a browser that reports foreign requests, and servers that end."""

import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_server.auth import passwd

from ops_widgets.publish.lab import lab_environment
from ops_widgets.summaries.store import open_store
from ops_widgets.views.answers import Answers

from .engines import (  # noqa: F401  (fixtures, which start each engine once)
    postgres_port,
    samples_on_duckdb,
    samples_on_postgres,
    samples_on_spark,
    spark_session,
)
from .manifests import runs  # noqa: F401
from .schedules import daily, desk, no_kernels, small_shop  # noqa: F401

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "data" / "samples"
TOKEN, PASSWORD = "a-long-token-that-nobody-guesses", "swordfish"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_finish():
    """What is imported stays: nobody looks for garbage in it, again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.fixture(scope="session")
def browser():
    """Chromium: Playwright's own, else the system's; without one, CI fails and others skip."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as runner:
        own = runner.chromium.executable_path
        path = own if Path(own).exists() else shutil.which("chromium")
        if path is None:
            reason = "NO BROWSER: install chromium (make browser), else no page is ever looked at"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
        opened = runner.chromium.launch(executable_path=path, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def visitor(browser):
    """A tab that reaches this machine alone; ``visitor.tried`` lists whom else a page asked."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.tried = []

    def only_here(route):
        if route.request.url.startswith("http://127.0.0.1:"):
            route.continue_()
        else:
            tab.tried.append(route.request.url)
            route.abort()

    context.route(lambda url: url.startswith(("http:", "https:")), only_here)
    yield tab
    context.close()


@pytest.fixture(scope="session")
def quiet_home(tmp_path_factory):
    """An environment in which Jupyter reads and writes nothing of the person who tests."""
    home = tmp_path_factory.mktemp("home")
    folders = {
        name: str(home / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    return os.environ | folders | {"OPS_STORE": str(home / "store")}


@pytest.fixture(scope="session")
def ready_home(quiet_home):
    """A quiet home in which the summaries of the samples have been built."""
    command = [Path(sys.executable).with_name("ops"), "prepare", SAMPLES]
    subprocess.run(command, env=quiet_home, check=True, stdout=subprocess.DEVNULL)
    return quiet_home


@pytest.fixture(scope="session")
def store(ready_home):
    """The opened summaries of the samples, for tests that only read; they remember, as a page's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPS_STORE", ready_home["OPS_STORE"])
        opened = open_store(SAMPLES)
    yield Answers(opened)
    opened.close()


@pytest.fixture(scope="session")
def sample_report(ready_home, tmp_path_factory):
    """The folder of the report on the samples, published once by the command line."""
    out = tmp_path_factory.mktemp("reports")
    command = [Path(sys.executable).with_name("ops"), "report", "all", "--source", SAMPLES]
    subprocess.run([*command, "--runs", out], cwd=ROOT, env=ready_home, check=True)
    return (out / "samples" / "latest").resolve()


@pytest.fixture(scope="session")
def start(tmp_path_factory):
    """``start(arguments, environment, folder) -> address``: a Python server on ``{port}``.

    It works in ``folder`` (the project's) until the tests end.
    """
    running = []

    def start_server(arguments, environment, folder=ROOT):
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            port = reserved.getsockname()[1]
        log = tmp_path_factory.mktemp("server") / "log.txt"
        command = [sys.executable, *(a.format(port=port) for a in arguments)]
        with log.open("w") as output:
            process = subprocess.Popen(
                command, env=environment, cwd=folder, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        running.append(process)
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, process, log)
        return address

    yield start_server
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait_for(address, process, log):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"No server at {address}:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def serve(start, ready_home):
    """``serve(*options, **environment) -> address``: a new ``ops serve`` on the samples."""
    command = ["-c", "from ops_widgets.cli import app; app()", "serve", "--source", str(SAMPLES)]

    def serve_samples(*options, **environment):
        return start([*command, "--port", "{port}", *options], ready_home | environment)

    return serve_samples


@pytest.fixture(scope="session")
def apps(serve):
    """The address of the committed notebooks, served as apps on the sample shop."""
    return serve()


@pytest.fixture(scope="session")
def guarded(serve):
    """Their address behind a token and a password, which nobody sees in the list of processes."""
    words = {"OPS_TOKEN": TOKEN, "OPS_PASSWORD_HASH": passwd(PASSWORD, "sha256")}
    return serve("--jobs", "1", **words)


@pytest.fixture(scope="session")
def proxied(serve):
    """Their address behind a proxy on this machine that says who the visitor is."""
    user = ["--user-header", "X-Remote-User", "--proxy", "127.0.0.1"]
    return serve("--jobs", "1", *user, "--name", "shop.example")


@pytest.fixture(scope="session")
def attacked(start, ready_home, tmp_path_factory):
    """The address of a server of three kernels at most, and the file of its log."""
    log = tmp_path_factory.mktemp("attacked") / "log.txt"
    command = (
        f"import sys; sys.stderr = open({str(log)!r}, 'a', buffering=1); "
        "from ops_widgets.cli import app; app()"
    )
    samples = str(ROOT / "data" / "samples")
    arguments = ["-c", command, "serve", "--source", samples, "--port", "{port}", "--jobs", "3"]
    return start(arguments, ready_home), log


@pytest.fixture(scope="session")
def besieged(start, ready_home, tmp_path_factory):
    """A server that may open 1,024 files and is in a hurry; with its address, log and process."""
    folder = tmp_path_factory.mktemp("besieged")
    log, pid = folder / "log.txt", folder / "pid"
    command = (
        "import os, resource, sys; from pathlib import Path; "
        f"Path({str(pid)!r}).write_text(str(os.getpid())); "
        f"sys.stderr = open({str(log)!r}, 'a', buffering=1); "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024)); "
        "import ops_widgets.publish.server.connections as all; "
        "all.IDLE, all.ASKING, all.UNREAD, all.LOOK = 4.0, 2.0, 2.0, 0.5; "
        "from ops_widgets.cli import app; app()"
    )
    arguments = ["-c", command, "serve", "--source", str(SAMPLES), "--port", "{port}"]
    home = {"IPYTHONDIR": str(folder / "ipython")}
    address = start([*arguments, "--jobs", "3"], ready_home | home)
    return SimpleNamespace(address=address, log=log, pid=int(pid.read_text()), folder=folder)


@pytest.fixture
def live(visitor, apps):
    """``live(name, query) -> tab`` with the live page of a notebook, all its charts drawn."""

    def open_live(name, query=""):
        visitor.goto(apps)  # a kernel is for visitors of the pages, not for whoever knows a link
        visitor.goto(f"{apps}/apps/{name}/live{query}")
        visitor.wait_for_function(
            "document.documentElement.dataset.opsReady === 'yes'", timeout=90_000
        )
        return visitor

    return open_live


@pytest.fixture(scope="session")
def lab(start, ready_home, tmp_path_factory):
    """The address of JupyterLab on a copy of the notebooks; no password, on this machine only."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    arguments = ["-m", "jupyterlab", "--no-browser", "--port={port}", "--allow-root"]
    arguments += ["--ServerApp.ip=127.0.0.1", "--IdentityProvider.token="]
    arguments += [f"--ServerApp.root_dir={folder}", f"--LabApp.workspaces_dir={folder / 'spaces'}"]
    return start(arguments, ready_home | lab_environment(SAMPLES))
