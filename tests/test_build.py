"""A build is there whole or not at all, whatever happens while it runs."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock

from ops_widgets.errors import BusyError, DataError, UsageError
from ops_widgets.sources.config import load_config
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.manifest import store_folder
from ops_widgets.summaries.store import open_store

from .shops import random_shop, write_shop

NOW = datetime(2030, 1, 1)

#: Builds the shop argv[1] and dies, without any chance to clean up, at step argv[2].
DYING_BUILD = """
import os, signal, sys
from datetime import datetime
from ops_widgets.summaries.build import prepare
steps = 0
def die(*step):
    global steps
    steps += 1
    if steps == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
prepare(sys.argv[1], now=datetime(2030, 1, 1), full=True, progress=die)
"""


@pytest.fixture
def shop(tmp_path):
    return write_shop(tmp_path / "shop", random_shop(5, lines=80))


def net_revenue(folder) -> int:
    store = open_store(folder)
    total = store.query("select sum(net_revenue)::bigint as n from sales_day")["n"][0]
    store.close()
    return int(total)


def test_nothing_is_built_twice(shop):
    first = prepare(shop, now=NOW)
    again = prepare(shop, now=NOW)
    assert first.rebuilt
    assert not again.rebuilt
    assert again.manifest == first.manifest


def test_changed_data_are_built_again_and_told_why(shop):
    before = prepare(shop, now=NOW)
    write_shop(shop, random_shop(6, lines=90))
    after = prepare(shop, now=NOW)
    assert after.rebuilt
    assert after.reasons[0] == "the input files changed"
    assert "orders 2024-01 to 2024-06 built (its products changed)" in after.reasons
    assert after.manifest["generation"] != before.manifest["generation"]


def test_summaries_of_other_definitions_are_built_again(shop, monkeypatch):
    prepare(shop, now=NOW)
    for module in ("build", "generation"):
        name = f"ops_widgets.summaries.{module}.summaries_version"
        monkeypatch.setattr(name, lambda: "other words")
    after = prepare(shop, now=NOW)
    assert after.reasons[0] == "the definitions of the summaries changed"
    assert "0 months of orders reused" in after.reasons
    assert after.manifest["summaries_version"] == "other words"


def test_a_reader_keeps_its_version_while_it_is_replaced(shop):
    prepare(shop, now=NOW)
    reader = open_store(shop)
    before = reader.query("select sum(net_revenue)::bigint as n from sales_day")["n"][0]
    for seed in (6, 7, 8):
        write_shop(shop, random_shop(seed, lines=90))
        prepare(shop, now=NOW)
    assert reader.query("select sum(net_revenue)::bigint as n from sales_day")["n"][0] == before
    assert net_revenue(shop) != before
    reader.close()


def test_a_build_killed_at_any_step_leaves_the_old_summaries(shop):
    steps = []
    prepare(shop, now=NOW, progress=lambda *step: steps.append(step))
    before = net_revenue(shop)
    write_shop(shop, random_shop(6, lines=90))
    for step in range(1, len(steps) + 1, 2):
        died = subprocess.run([sys.executable, "-c", DYING_BUILD, str(shop), str(step)])
        assert died.returncode == -9, f"step {step}"
        assert net_revenue(shop) == before
    prepare(shop, now=NOW)
    assert net_revenue(shop) != before
    folder = shop / ".ops"
    assert len(list(folder.glob("summaries-*"))) <= 2, "what killed builds left is gone"


def test_a_second_build_at_the_same_time_says_busy(shop):
    prepare(shop, now=NOW)
    with FileLock(shop / ".ops" / ".lock"), pytest.raises(BusyError, match="somebody else") as busy:
        prepare(shop, now=NOW, full=True)
    assert busy.value.exit_code == 75
    assert net_revenue(shop)


def test_broken_data_leave_the_old_summaries(shop):
    prepare(shop, now=NOW)
    before = net_revenue(shop)
    orders = pd.read_parquet(shop / "orders.parquet")
    orders["unit_price"] = -1.0
    orders.to_parquet(shop / "orders.parquet")
    with pytest.raises(DataError, match="unit_price") as broken:
        prepare(shop, now=NOW)
    assert broken.value.exit_code == 65
    assert net_revenue(shop) == before


def test_rows_in_are_rows_used_plus_rows_set_aside(shop):
    shop_frames = random_shop(5, lines=80)
    orders = shop_frames["orders"]
    orders.loc[orders.index[:3], ["quantity", "status"]] = [0, "completed"]
    orders = pd.concat([orders, orders.iloc[[10, 10, 11]]])
    write_shop(shop, shop_frames | {"orders": orders})
    manifest = prepare(shop, now=NOW).manifest
    counts = manifest["check"]["tables"]["orders"]
    assert counts["rows_in"] == len(orders)
    assert counts["rows_used"] + counts["rows_rejected"] == len(orders)
    aside = pd.read_parquet(shop / ".ops" / manifest["rejects"] / "orders.parquet")
    assert aside["rule"].value_counts().to_dict() == {
        "quantity_not_positive": 3,
        "exact_duplicate": 3,
    }


def test_a_torn_manifest_counts_as_no_summaries(shop):
    prepare(shop, now=NOW)
    manifest = shop / ".ops" / "manifest.json"
    manifest.write_text(manifest.read_text()[:100])
    with pytest.raises(UsageError, match="ops prepare"):
        open_store(shop)
    assert prepare(shop, now=NOW).rebuilt
    assert json.loads(manifest.read_text())["generation"]


@pytest.mark.parametrize("given", [Path, str, load_config])
def test_a_source_without_summaries_says_how_to_build_them(shop, given):
    """By the name that the source was opened by: another one may have another store."""
    with pytest.raises(UsageError) as missing:
        open_store(given(shop))
    assert missing.value.remedy == f"Build them: ops prepare {shop}"


def test_a_draft_of_a_manifest_goes_with_the_next_build(shop):
    """A process that dies while it writes leaves one behind."""
    folder = prepare(shop, now=NOW).folder
    draft = folder / ".manifest.json.half.draft"
    draft.write_text("{")
    prepare(shop, now=NOW, full=True)
    assert not draft.exists()


def test_the_store_can_live_elsewhere(shop, tmp_path, monkeypatch):
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "elsewhere"))
    result = prepare(shop, now=NOW)
    assert result.folder.parent == (tmp_path / "elsewhere").resolve()
    assert not (shop / ".ops").exists()
    assert store_folder(load_config(shop)) == result.folder


def test_a_folder_that_cannot_be_written_says_what_to_set(shop, tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("a file, not a folder")
    monkeypatch.setenv("OPS_STORE", str(blocked))
    with pytest.raises(UsageError, match="OPS_STORE"):
        prepare(shop, now=NOW)
