"""Pages under a path of their own, of a shop whose names are an attack; and for whom they are."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import ROOT
from tests.live_page import come_near, slider
from tests.test_life_access import worst
from tests.visitors import Visitor

SAMPLES = ROOT / "data" / "samples"
BASE = "/shop/"
ATTACK = "window.attacked = true"
HOSTILE = [
    f"<script>{ATTACK}</script>",
    f'"><img src=x onerror="{ATTACK}">',
    f"javascript:{ATTACK}",
    f'=HYPERLINK("javascript:{ATTACK}")',
    "{{ 7 * 7 }} ${7 * 7} </script></svg><b>bold",
    "long " * 20_000,
]
TRIED = (
    "({ attacked: globalThis.attacked ?? false,"
    " links: [...document.querySelectorAll('a[href], form[action]')].map((one) =>"
    " one.getAttribute('href') ?? one.getAttribute('action')),"
    " bold: [...document.querySelectorAll('b')].some((one) => one.textContent === 'bold') })"
)
SHIFTED = """new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The sample shop of the last months, with names that would like to be something else."""
    shop = tmp_path_factory.mktemp("hostile") / "shop"
    shop.mkdir()
    tables = {path.stem: pd.read_parquet(path) for path in SAMPLES.glob("*.parquet")}
    categories = tables["products"]["category"].unique()
    renamed = dict(zip(categories, HOSTILE, strict=False))
    for name in ("products", "market"):
        tables[name] = tables[name].assign(category=tables[name]["category"].replace(renamed))
    brands = tables["products"]["brand"].dropna().unique()
    tables["products"]["brand"] = tables["products"]["brand"].replace(
        dict(zip(brands, HOSTILE, strict=False))
    )
    names = tables["campaigns"]["name"].tolist()
    tables["campaigns"]["name"] = [*names[: -len(HOSTILE)], *HOSTILE]
    tables["orders"]["channel"] = tables["orders"]["channel"].replace({"app": HOSTILE[0]})
    for name, table in tables.items():
        table.to_parquet(shop / f"{name}.parquet")
    (shop / "source.toml").write_text((SAMPLES / "source.toml").read_text())
    return shop


@pytest.fixture(scope="module")
def shop(start, quiet_home, hostile, tmp_path_factory):
    """The address of that shop, served under a path, with every first page made."""
    home = quiet_home | {"OPS_STORE": str(tmp_path_factory.mktemp("store"))}
    ops = Path(sys.executable).with_name("ops")
    subprocess.run([ops, "prepare", hostile], env=home, check=True, stdout=subprocess.DEVNULL)
    command = ["-c", "from ops_widgets.cli import app; app()", "serve", "--source", str(hostile)]
    address = start([*command, "--port", "{port}", "--base-url", BASE], home)
    deadline = time.monotonic() + 120
    while json.loads(Visitor(address).ask(f"{BASE}health").text)["snapshots"] < 3:
        assert time.monotonic() < deadline, "no snapshots were made"
        time.sleep(0.3)
    return address + BASE.rstrip("/")


def harmless(page):
    """Nothing of the data has become code, a link or markup."""
    found = page.evaluate(TRIED)
    assert not found["attacked"] and not found["bold"]
    assert not [link for link in found["links"] if link.strip().lower().startswith("javascript")]


@pytest.mark.parametrize("name", ["category_opportunity", "campaign_performance"])
def test_names_stay_text_from_the_gallery_to_the_live_page(visitor, shop, name):
    visitor.goto(f"{shop}/")
    assert visitor.locator(".shop-card").count() == 3
    harmless(visitor)
    visitor.locator(f"a[href$='apps/{name}']").first.click()
    visitor.locator("h1").wait_for()
    assert any(name in visitor.text_content("main") for name in HOSTILE[:4])
    harmless(visitor)
    frame = come_near(visitor)
    harmless(visitor)
    harmless(frame)
    assert frame.locator(".ops-notice").count() == 0
    assert visitor.tried == []


def test_no_page_is_wider_than_its_window_whatever_its_names(visitor, shop):
    visitor.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", "/apps/category_opportunity", "/apps/campaign_performance"):
        visitor.goto(shop + path)
        assert visitor.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_under_a_path_every_address_stays_there(visitor, shop):
    asked = []
    visitor.on("request", lambda request: asked.append(request.url))
    visitor.goto(f"{shop}/apps/cohort_activity")
    frame = come_near(visitor)
    slider(frame, "Weeks").press("ArrowLeft")
    visitor.wait_for_url("**/shop/apps/cohort_activity?**")
    visitor.goto(f"{shop}/reports/")
    links = visitor.evaluate("[...document.querySelectorAll('a')].map((one) => one.pathname)")
    assert all(link.startswith(BASE) for link in links), links
    away = [url for url in asked if url.startswith("http") and not url.startswith(f"{shop}/")]
    assert away == []


def test_outside_its_path_there_is_nothing_but_the_way_there(shop):
    stranger = Visitor(shop.removesuffix(BASE.rstrip("/")))
    for way in ("/", BASE.rstrip("/")):
        assert stranger.ask(way).headers["Location"] == BASE, way
    assert stranger.ask(BASE).status == 200
    assert stranger.ask("/apps/cohort_activity").status == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_where_no_kernel_is(browser, apps, scheme):
    """Gallery, list of reports, a snapshot, the page that waits for one, and no page at all."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    view = f"apps/cohort_activity?periods={7 if scheme == 'light' else 8}"
    for path in ("", "reports/", view, "apps/category_opportunity", "nowhere"):
        page.goto(f"{apps}/{path}")
        assert worst(page) == [], path
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_at_the_door(browser, guarded, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(guarded)
    assert worst(page) == []
    page.get_by_label("Password or token").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("That was not it.").wait_for()
    assert worst(page) == []
    context.close()


def test_cookies_travel_encrypted_only_where_visitors_do(serve):
    """Behind a proxy that speaks HTTPS; without one, a browser would never send them back."""
    address = serve("--jobs", "1", "--proxy", "127.0.0.1")
    for scheme, secure in (("https", True), ("http", False)):
        answer = Visitor(address).ask("/", headers={"X-Forwarded-Proto": scheme})
        cookies = answer.headers.get_all("Set-Cookie")
        assert cookies
        assert all(("; secure" in line.lower()) is secure for line in cookies), scheme


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_jumps_when_a_page_opens_or_becomes_live(browser, shop, width):
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    page.goto(f"{shop}/apps/cohort_activity")
    page.wait_for_timeout(500)
    assert page.evaluate(SHIFTED) < 0.05
    frame = come_near(page)
    page.wait_for_timeout(500)
    assert page.evaluate(SHIFTED) < 0.05
    shown = frame.evaluate("document.querySelector('main').getBoundingClientRect().width")
    assert 0 < shown <= width
    context.close()
