"""A kernel reads its source once, however often its pages are opened."""

import os
import tomllib

import pytest

from ops_widgets.publish.server import preheat
from ops_widgets.widgets import session
from ops_widgets.widgets.page import open_page
from tests.conftest import SAMPLES


@pytest.fixture
def reads(monkeypatch, ready_home):
    """The texts of TOML files that were parsed since."""
    read = []
    loads = tomllib.loads
    monkeypatch.setattr(tomllib, "loads", lambda text: read.append(text) or loads(text))
    monkeypatch.setenv("OPS_STORE", ready_home["OPS_STORE"])
    monkeypatch.setenv("OPS_SOURCE", str(SAMPLES))
    monkeypatch.setattr(preheat, "_held", [])
    session._read.cache_clear()
    return read


def test_a_kernel_that_was_heated_reads_its_source_once(reads):
    preheat.preheat()
    pages = [open_page(name, {}) for name in ("cohort_activity", "campaign_performance")]
    assert len(reads) == 1
    assert {page.store.source["name"] for page in pages} == {"samples"}


def test_a_source_that_was_changed_is_read_again(reads, tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "orders.csv").write_text("order_id\n")
    for number, currency in enumerate(("EUR", "JPY")):
        (folder / "source.toml").write_text(f'currency = "{currency}"\n# {number * "longer"}')
        os.utime(folder / "source.toml", ns=(number, number))
        assert session.source_of_kernel(str(folder)).currency == currency
    assert len(reads) == 2
