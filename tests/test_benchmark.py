"""The benchmark of the app server: a failure is a figure, and what follows is measured."""

import pytest

from benchmarks import app as benchmark
from benchmarks import beside
from benchmarks.figures import Figure
from tests.visitors import run_alone


class Nobody:
    """Stands for a browser, its visitors and their pages."""

    def __init__(self, *_given):
        pass

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_error):
        return None

    async def new_page(self):
        return self

    def on(self, *_event):
        pass


class ServedAt:
    """Stands for a server."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return f"http://{self.name}"

    def __exit__(self, *_error):
        return None


@pytest.fixture
def figures(monkeypatch):
    """What is measured where live pages go dead and one peer does not start."""

    async def works(*_given):
        return [Figure("app", "works", 0, 5, "ms")]

    async def fails(*_given):
        raise TimeoutError("no chart was drawn in 20 seconds\nat line 7")

    async def one(_browser, address, _visits, is_ours):
        if "Panel" in address:
            raise OSError("it never came")
        return beside.Measured(*[8.0 if is_ours else 16.0] * 8)

    monkeypatch.setattr(benchmark, "browsing", Nobody)
    monkeypatch.setattr(beside, "browsing", Nobody)
    monkeypatch.setattr(benchmark, "snapshots", works)
    monkeypatch.setattr(benchmark, "live", fails)
    monkeypatch.setattr(benchmark, "crowd", works)
    monkeypatch.setattr(benchmark, "soak", lambda *_: [Figure("app", "left", 0, 0, "MB")])
    monkeypatch.setattr(beside, "measured", one)
    monkeypatch.setattr(beside, "peer", lambda name, _store: ServedAt(name))
    monkeypatch.setattr(beside, "PYTHON", benchmark.Path(__file__))

    async def all_of_them():
        return [one async for one in benchmark.measured("http://x", 1, "store")]

    return {one.what: one for one in run_alone(all_of_them())}


def test_a_failure_is_a_figure_that_misses_its_target(figures):
    dead = figures["live, warm pool: failed"]
    assert (dead.value, dead.target) == (1, 0)
    assert dead.cell().endswith("**missed** (TimeoutError: no chart was drawn in 20 seconds)")
    assert figures["cohort page: Panel: failed"].note == "OSError: it never came"


def test_what_follows_a_failure_is_measured(figures):
    assert figures["left"].value == 0
    assert figures["cohort page, answers to controls: ours"].value == 8
    assert figures["cohort page, answers to controls: Solara"].note == "2.00 × ours"


def test_dead_pages_of_a_crowd_are_counted_and_the_others_measured(monkeypatch):
    turns = iter(range(100))

    async def turned(_page, _address, _between, repainted):
        if next(turns) == 2:
            repainted += [10.0] * 3
            raise TimeoutError("no chart was drawn in 20 seconds")
        repainted += [10.0] * benchmark.TURNS

    monkeypatch.setattr(benchmark, "turned", turned)
    monkeypatch.setattr(benchmark, "visitor", Nobody)
    monkeypatch.setattr(benchmark, "READERS", 0)
    found = {one.what: one for one in run_alone(benchmark.crowd(None, "http://x"))}
    dead = found["0 read, 5 explore: controls without an answer"]
    assert dead.value == benchmark.TURNS - 3
    errors = found["0 read, 5 explore: errors"]
    assert (errors.value, errors.note) == (1, "no chart was drawn in 20 seconds")
    assert found["0 read, 5 explore: control to repaint, p95"].value == 10
