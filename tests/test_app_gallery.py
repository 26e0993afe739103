"""A card of the gallery says what is found before anybody opens the app, or what it needs."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.publish.notebooks.execute import NotebookResult
from ops_widgets.publish.notebooks.export import environment
from ops_widgets.publish.reports.origin import Origin
from ops_widgets.publish.server.assets import own_assets
from ops_widgets.publish.server.cards import card_of
from ops_widgets.publish.server.snapshots import Snapshot, Snapshots
from tests.conftest import ROOT
from tests.throwaway import MANIFEST

ANALYSIS = ANALYSES["category_opportunity"]
HOSTILE = "<img src=x onerror=alert(1)>"


def recorded(name, value, **fields):
    usual = {"label": name.title(), "format": "integer", "detail": ""}
    usual |= {f"{then}_detail": "then" for then in ("previous", "last_year") if then in fields}
    return usual | {"name": name, "value": value} | fields


SNAPSHOT = Snapshot(
    body="", choices={}, bounds={}, generation="one",
    made_at=datetime(2026, 1, 1), reaches="2024-06-29",
    findings=[
        {"claim": "Look at Beauty first.", "do": "Look inside it."},
        {"claim": "Then at Toys.", "do": "Wait."},
    ],
    numbers=[
        recorded("unknown", None),
        recorded("up", 120, previous=100),
        recorded("cost", 90, previous=100, better="lower"),
        recorded("share", 0.5, format="percent", previous=None, last_year=0.6),
        recorded("fourth", 4),
    ],
)  # fmt: skip


def shown(*cards):
    return environment().get_template("server/gallery.html.j2").render(
        cards=cards, origin=Origin.of(MANIFEST, date(2024, 6, 30)), report=None, report_link="",
        base="/", actions="", rules="", assets=own_assets(), theme="", can_leave=False,
    )  # fmt: skip


def test_a_card_has_question_first_finding_with_what_to_do_and_the_day_the_data_reach():
    page = shown(card_of(ANALYSIS, SNAPSHOT))
    for said in (ANALYSIS.question, "Look at Beauty first.", "Look inside it."):
        assert said in page
    assert "Data to 29 Jun 2024" in page and "2026" not in page.split("shop-cards")[1]
    assert "Then at Toys." not in page


def test_the_numbers_are_the_first_three_that_are_known_each_with_its_change():
    up, cost, share = card_of(ANALYSIS, SNAPSHOT).numbers
    assert (up.label, up.value, up.delta, up.news) == (
        "Up",
        "120",
        "+20.0% on the period before",
        1,
    )
    assert (cost.delta, cost.news) == ("−10.0% on the period before", 1)
    assert share.delta.replace("\xa0", " ") == "−10.0 pp on last year"
    assert share.news == -1


def test_what_compares_with_nothing_has_no_change():
    snapshot = replace(SNAPSHOT, numbers=[recorded("gmv", 5), recorded("x", 5, previous=0)])
    assert [(one.delta, one.news) for one in card_of(ANALYSIS, snapshot).numbers] == [("", 0)] * 2


def test_an_app_whose_data_are_missing_says_what_it_needs():
    page = shown(card_of(ANALYSIS, replace(SNAPSHOT, needs="market", numbers=[], findings=[])))
    assert "needs: market" in page
    assert "shop-do" not in page and "shop-numbers" not in page


def test_without_a_snapshot_the_card_has_its_question():
    page = shown(card_of(ANALYSIS, None))
    assert "Being prepared" in page and ANALYSIS.question in page


def test_words_of_the_data_stay_words():
    snapshot = replace(
        SNAPSHOT,
        findings=[{"claim": HOSTILE, "do": HOSTILE}],
        numbers=[recorded("x", 1, label=HOSTILE)],
    )
    page = shown(card_of(ANALYSIS, snapshot))
    assert "<img" not in page and page.count("&lt;img") == 3


@pytest.fixture
def snapshots(tmp_path):
    def execute(path, output, parameters):
        return NotebookResult(
            path.stem, "", numbers=[recorded("gmv", 5)], findings=[{"claim": "So it is."}],
            needs="market", reaches="2024-06-29",
        )  # fmt: skip

    made = Snapshots(ROOT / "notebooks", tmp_path / "kept", lambda: "one", "code", execute)
    yield made
    made.close()


def test_a_snapshot_keeps_what_its_page_recorded(snapshots, tmp_path):
    view = ANALYSIS.view.parse({"source": "/shop"})
    snapshots.ask(view)
    snapshots._maker.submit(lambda: None).result(20)
    again = Snapshots(ROOT / "notebooks", tmp_path / "kept", lambda: "one", "code")
    kept = again.get(view)
    assert (kept.numbers[0]["name"], kept.findings[0]["claim"]) == ("gmv", "So it is.")
    assert (kept.needs, kept.reaches) == ("market", "2024-06-29")
