"""Snapshots: kept by what they depend on, shown with their age, made one at a time."""

import os
import threading
import time
from datetime import date

import nbformat
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.publish.notebooks.execute import NotebookResult
from ops_widgets.publish.server import snapshots
from ops_widgets.publish.server.snapshots import KEPT, WAITING, Snapshots
from ops_widgets.views.choices import Choices
from ops_widgets.widgets.controls import ControlBar
from ops_widgets.widgets.fields import describe, linked, state
from ops_widgets.widgets.render import CONTROLS_TYPE
from tests.conftest import ROOT

KIND = ANALYSES["category_opportunity"].view
FIRST = KIND.parse({"source": "/shop"})


class Runner:
    """Stands for Papermill: counts what it was asked for, and fails where it is told to."""

    def __init__(self):
        self.asked = []
        self.failing = False
        self.outputs = []
        self.allowed = threading.Event()
        self.allowed.set()

    def __call__(self, path, output, parameters):
        self.allowed.wait(10)
        self.asked.append(parameters)
        cell = nbformat.v4.new_markdown_cell(f"months: {parameters['months']}")
        outputs = [
            nbformat.v4.new_output("display_data", {"text/html": ""} | data)
            for data in self.outputs
        ]
        code = nbformat.v4.new_code_cell("", outputs=outputs)
        node = nbformat.v4.new_notebook(cells=[cell, code])
        failure = "/etc/secret is not there." if self.failing else ""
        return NotebookResult(path.stem, "Category opportunity", failure, node=node)


@pytest.fixture
def runner():
    return Runner()


@pytest.fixture
def shop(tmp_path, runner):
    """``shop.snapshots`` of generation ``shop.generation``."""

    class Shop:
        generation = "one"

    shop = Shop()
    shop.snapshots = Snapshots(
        ROOT / "notebooks", tmp_path / "snapshots", lambda: shop.generation, "code", runner
    )
    shop.folder = tmp_path / "snapshots"
    yield shop
    runner.allowed.set()
    shop.snapshots.close()


def make(snapshots, view):
    """Ask for a view and wait until it has been made, or given up."""
    snapshots.ask(view)
    snapshots._maker.submit(lambda: None).result(20)
    return snapshots.get(view)


def test_a_view_is_made_once_and_outlives_the_server(shop, runner, tmp_path):
    assert shop.snapshots.get(FIRST) is None
    assert "months: 12" in make(shop.snapshots, FIRST).body
    again = Snapshots(ROOT / "notebooks", shop.folder, lambda: "one", "code", runner)
    assert again.get(FIRST) == shop.snapshots.get(FIRST)
    assert len(runner.asked) == 1


def test_other_views_other_sources_and_other_code_are_other_snapshots(shop, runner):
    make(shop.snapshots, FIRST)
    assert shop.snapshots.get(FIRST.replace(months=6)) is None
    assert shop.snapshots.get(FIRST.replace(source="/another")) is None
    newer = Snapshots(ROOT / "notebooks", shop.folder, lambda: "one", "newer code", runner)
    assert newer.get(FIRST) is None


def test_a_stale_one_is_shown_until_its_successor_is_made(shop, runner):
    old = make(shop.snapshots, FIRST)
    shop.generation = "two"
    assert shop.snapshots.get(FIRST) == old
    assert shop.snapshots.is_stale(old)
    new = make(shop.snapshots, FIRST)
    assert not shop.snapshots.is_stale(new)
    assert new.generation == "two"


def test_a_failure_is_a_number_for_the_visitor_and_words_for_the_log(shop, runner, caplog):
    runner.failing = True
    assert make(shop.snapshots, FIRST) is None
    number = shop.snapshots.failure(FIRST)
    assert len(number) == 8
    assert number in caplog.text and "/etc/secret" in caplog.text
    make(shop.snapshots, FIRST)
    assert len(runner.asked) == 1, "it is not tried again at once"


def test_a_failure_keeps_the_last_good_page(shop, runner):
    good = make(shop.snapshots, FIRST)
    shop.generation, runner.failing = "two", True
    assert make(shop.snapshots, FIRST) == good


def test_a_flood_of_views_is_turned_away_but_not_the_first_page(shop, runner):
    runner.allowed.clear()
    asked = [shop.snapshots.ask(FIRST.replace(months=m)) for m in range(6, 6 + WAITING + 2)]
    assert asked == [True] * WAITING + [False, False]
    assert shop.snapshots.ask(FIRST, urgent=True)


def test_the_first_page_is_made_before_all_others_that_wait(shop, runner):
    runner.allowed.clear()
    for months in (6, 7, 8, 9):
        shop.snapshots.ask(FIRST.replace(months=months))
    shop.snapshots.ask(FIRST, urgent=True)
    runner.allowed.set()
    shop.snapshots._maker.submit(lambda: None).result(20)
    assert [asked["months"] for asked in runner.asked] == [6, 12, 7, 8, 9]


def test_what_snapshots_take_on_disk_is_bounded(shop, runner, monkeypatch):
    first = make(shop.snapshots, FIRST)
    (path,) = shop.folder.glob("*.json.gz")
    monkeypatch.setattr(snapshots, "KEPT_BYTES", 3 * path.stat().st_size + 50)
    for months in range(6, 12):
        make(shop.snapshots, FIRST.replace(months=months))
        assert shop.snapshots.get(FIRST) == first, "what is asked for all the time stays"
    assert len(list(shop.folder.glob("*.json.gz"))) == 3


def test_drafts_of_a_server_that_was_killed_are_removed_and_those_of_another_stay(shop, runner):
    old, new = shop.folder / ".a.json.gz.x1.draft", shop.folder / ".b.json.gz.x2.draft"
    for draft in (old, new):
        draft.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    make(shop.snapshots, FIRST)
    assert not old.exists() and new.exists()


def test_failures_are_forgotten_once_they_may_be_tried_again(shop, runner, monkeypatch):
    monkeypatch.setattr(snapshots, "AGAIN", 0.05)
    runner.failing = True
    for months in range(6, 12):
        make(shop.snapshots, FIRST.replace(months=months))
        assert shop.snapshots.failure(FIRST.replace(months=months))
        time.sleep(0.06)
    assert len(shop.snapshots._failed) == 1


def test_what_nobody_asks_for_any_more_is_removed(shop, runner):
    first = make(shop.snapshots, FIRST)
    for leaders in range(3, 15):
        for months in range(6, 12):
            make(shop.snapshots, FIRST.replace(months=months, leaders=leaders))
            assert shop.snapshots.get(FIRST) == first, "what is asked for all the time stays"
    assert len(list(shop.folder.glob("*.json.gz"))) == KEPT


def test_a_page_whose_outputs_hand_on_no_data_offers_nothing(shop):
    assert make(shop.snapshots, FIRST).offers == Choices()


@pytest.mark.parametrize(
    "query",
    ["picked=Beuaty", "picked=" + "x" * 300, "within=Beauty", "as_of=2031-01-01", "months=99"],
)
def test_a_link_is_checked_as_the_live_page_checks_it(shop, runner, query):
    """Picks included, which have no control of their own."""
    choices = Choices(
        {"categories": ["Beauty", "Toys"], "picked": ["Beauty", "Toys"], "within": []},
        {"as_of": (date(2024, 1, 1), date(2025, 6, 30))},
    )
    form = linked({"fields": describe(KIND, choices)} | state(FIRST, choices, None), FIRST)
    runner.outputs = [{CONTROLS_TYPE: form | choices.to_data()}]
    make(shop.snapshots, FIRST)
    again = Snapshots(ROOT / "notebooks", shop.folder, lambda: "one", "code", runner)
    view, complaints = again.get(FIRST).offers.nearest_view(FIRST, query)
    live = ControlBar(FIRST, choices)
    live.go_to_link(query)
    assert complaints and view == live.view
    assert " ".join(complaints) == live.message


def test_a_file_that_is_broken_is_made_again(shop, runner):
    make(shop.snapshots, FIRST)
    (path,) = shop.folder.glob("*.json.gz")
    path.write_bytes(b"half")
    assert shop.snapshots.get(FIRST) is None
    assert make(shop.snapshots, FIRST) is not None
