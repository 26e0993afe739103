"""A view that nobody asked for yet: its frame at once, its numbers soon, its page by itself."""

import asyncio
import http.client
import re
import threading
import time
from urllib.parse import urlsplit

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.publish.server import first_look
from ops_widgets.publish.server.first_look import WAITING, FirstLook
from ops_widgets.sources.config import load_config
from ops_widgets.views.choices import Choices
from tests.conftest import SAMPLES
from tests.test_app_life import made
from tests.tiny import opened, write
from tests.visitors import Visitor, run_alone

CATEGORY = ANALYSES["category_opportunity"].view


@pytest.fixture
def look(ready_home, monkeypatch):
    """The first look of the samples."""
    monkeypatch.setenv("OPS_STORE", ready_home["OPS_STORE"])
    look = FirstLook(load_config(SAMPLES), lambda: "one")
    yield look
    look.close()


def numbers(html):
    return re.findall(r'data-number="(\w+)"', html)


def test_the_numbers_are_those_of_the_page(look, store):
    view = CATEGORY.parse({"source": str(SAMPLES), "months": 7})
    html = run_alone(look.numbers(view))
    told = ANALYSES["category_opportunity"].headline(store, view)
    assert numbers(html) == [number.name for number in told]
    gmv = told[0]
    exact = f"{gmv.value / 100:,.2f}"
    assert exact in html


def test_the_frame_has_the_title_and_the_controls_of_the_view(look, store):
    view = CATEGORY.parse({"source": str(SAMPLES), "months": 7})
    html = run_alone(look.frame(view, Choices.of(ANALYSES["category_opportunity"], store)))
    assert "Which category is worth entering" in html and "Data from 1 Jan 2024" in html
    assert re.search(r'name="months"[^>]*value="7"', html)
    assert "Beauty" in html and "data-number" not in html


def test_before_there_are_summaries_the_title_is_all():
    look = FirstLook(load_config(SAMPLES), lambda: "")
    view = CATEGORY.parse({"source": str(SAMPLES)})
    assert "Category opportunity" in run_alone(look.frame(view, Choices()))
    assert run_alone(look.numbers(view)) == ""
    look.close()


def test_what_is_missing_is_said_instead_of_numbers(tmp_path, monkeypatch):
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "stores"))
    shop = write(tmp_path / "shop", orders=[{"order_id": "o", "ordered_at": "2024-01-01"}])
    opened(shop).close()
    look = FirstLook(load_config(shop), lambda: "one")
    html = run_alone(look.numbers(CATEGORY.parse({"source": str(shop)})))
    assert "Not shown" in html and "table market" in html and "[tables" not in html
    look.close()


def test_a_failure_is_a_number_and_no_words_of_it(look, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("secret of the shop")

    monkeypatch.setattr(type(ANALYSES["category_opportunity"].headline), "__call__", broken)
    html = run_alone(look.numbers(CATEGORY.parse({"source": str(SAMPLES)})))
    assert re.search(r"incident [0-9a-f]{8}", html) and "secret" not in html


def test_one_answer_serves_all_who_ask_and_a_flood_is_turned_away(look, monkeypatch):
    """Whoever asks for more views than may wait gets none; a view just asked for is shared."""
    allowed, asked = threading.Event(), []

    def slowly(self, view):
        asked.append(view.months)
        allowed.wait(20)
        return f"<p>{view.months}</p>"

    monkeypatch.setattr(first_look.FirstLook, "_numbers", slowly)

    async def flood():
        views = [CATEGORY.parse({"months": m}) for m in (*range(1, WAITING + 1), 1, 30)]
        tasks = [asyncio.create_task(look.numbers(view)) for view in views]
        await asyncio.sleep(0.2)
        allowed.set()
        return await asyncio.gather(*tasks)

    answers = run_alone(flood())
    assert answers[:WAITING] == [f"<p>{m}</p>" for m in range(1, WAITING + 1)]
    assert answers[WAITING:] == ["<p>1</p>", ""]
    assert sorted(asked) == list(range(1, WAITING + 1))


# --- over the wire ---------------------------------------------------------------------------


def arrivals(address, path):
    """What an answer holds when its beginning has come, and whole; seconds to its numbers."""
    host = urlsplit(address)
    connection = http.client.HTTPConnection(host.hostname, host.port, timeout=60)
    began = time.monotonic()
    connection.request("GET", path)
    answer, parts, seconds = connection.getresponse(), [], None
    while part := answer.read1(65536):
        parts.append(part.decode())
        if seconds is None and "data-number" in "".join(parts):
            seconds = time.monotonic() - began
    return answer.status, parts[0], "".join(parts), seconds


def test_the_frame_comes_before_the_numbers_and_both_in_one_answer(apps, store):
    made(apps)
    status, first, whole, seconds = arrivals(apps, "/apps/campaign_performance?days=53")
    assert status == 202
    assert "Which campaign brought money" in first and 'name="days"' in first
    assert "data-number" not in first, "nobody waits for the numbers to see the page"
    found = ANALYSES["campaign_performance"]
    told = found.headline(store, found.view.parse({"source": str(SAMPLES), "days": 53}))
    assert numbers(whole) == [number.name for number in told]
    assert seconds is not None and seconds < 15  # on a machine that does much else besides


def test_whoever_asks_whether_it_is_there_is_told_and_nothing_more(apps):
    made(apps)
    answer = Visitor(apps).ask("/apps/category_opportunity?months=17", "HEAD")
    assert (answer.status, answer.body) == (202, b"")


def test_the_whole_page_follows_by_itself_and_shows_the_same_numbers(visitor, apps):
    made(apps)
    visitor.goto(f"{apps}/apps/category_opportunity?months=15")
    value = "[data-number='market_gmv'] .ops-value"
    early = visitor.inner_text(value)
    assert visitor.locator("section.ops-panel").count() == 0
    assert visitor.locator(".shop-bones-numbers").is_hidden()
    visitor.wait_for_selector("section.ops-panel svg:visible", timeout=90_000)
    assert visitor.inner_text(value) == early
    assert visitor.locator("body[data-waiting]").count() == 0
    assert visitor.tried == []
