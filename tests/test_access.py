"""What holds customers is read by its owner alone, unless the source is read more widely."""

import os
import stat
from datetime import datetime

import pytest

from ops_widgets.files import Access, write_atomically
from ops_widgets.publish.reports.run_store import RunStore
from ops_widgets.publish.server.snapshots import Snapshots
from ops_widgets.sources.access import access_of
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.summaries.build import prepare
from ops_widgets.validation.checks import check, write_rejects

from .schedules import FIRST

NOW = datetime(2024, 6, 1)
ORDERS = (
    "order_id,ordered_at,customer_id,product_id,quantity,unit_price\n"
    "o1,2024-05-01 08:00:00,c1,p1,2,3.50\no2,2024-05-02 08:00:00,c1,p1,1,3.50\n"
    "o3,2024-05-03 08:00:00,c1,p1,1,3.50\no4,2024-05-04 08:00:00,c1,p1,0,3.50\n"
)


@pytest.fixture(autouse=True)
def usual_mask():
    """Whatever the mask of the person who tests: new files are readable by all."""
    from ops_widgets import files

    before = os.umask(0o022)
    files._umask.cache_clear()
    yield
    os.umask(before)
    files._umask.cache_clear()


@pytest.fixture
def shop(tmp_path):
    """``shop(mode of its file, more of its TOML) -> folder``."""

    def write(mode, more=""):
        folder = tmp_path / "shop"
        folder.mkdir()
        (folder / "orders.csv").write_text(ORDERS)
        (folder / "orders.csv").chmod(mode)
        (folder / "source.toml").write_text(f"max_rejected_share = 0.5\n{more}")
        return folder

    return write


def modes(folder):
    """The modes of a folder and all in it: of folders, of files."""
    found = {True: set(), False: set()}
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            found[path.is_dir()].add(stat.S_IMODE(path.stat().st_mode))
    return found[True], found[False]


MODES = [(0o600, 0o700, 0o600), (0o644, 0o755, 0o644), (0o640, 0o750, 0o640), (0o604, 0o705, 0o604)]


@pytest.mark.parametrize(("source", "folders", "files"), MODES)
def test_a_store_is_as_wide_as_its_source(shop, source, folders, files):
    folder = shop(source)
    store = prepare(folder, now=NOW).folder
    Snapshots(folder, store / "snapshots", str, "code")
    write_atomically(store / "snapshots" / "one.json.gz", b"x")
    names = {path.suffix for path in store.rglob("*")}
    assert {".duckdb", ".parquet", ".json"} <= names
    assert modes(store) == ({folders}, {files})


def test_a_store_becomes_narrower_with_its_source(shop):
    folder = shop(0o644)
    store = prepare(folder, now=NOW).folder
    (folder / "orders.csv").chmod(0o600)
    assert not prepare(folder, now=NOW).rebuilt
    assert modes(store) == ({0o700}, {0o600})


def test_one_narrow_file_makes_all_narrow(shop):
    folder = shop(0o644)
    (folder / "products.csv").write_text("product_id\np1\n")
    (folder / "products.csv").chmod(0o600)
    assert access_of(load_config(folder)) == Access()


def test_a_database_lets_nobody_else_in(tmp_path):
    toml = tmp_path / "shop.toml"
    toml.write_text('connect = "postgres://a@127.0.0.1:1/b"\n[tables.orders]\ntable = "orders"\n')
    assert access_of(load_config(toml)) == Access()


def test_readers_of_another_group_are_no_readers(shop, monkeypatch):
    folder = shop(0o640)
    monkeypatch.setattr(os, "getegid", lambda: (folder / "orders.csv").stat().st_gid + 1)
    assert access_of(load_config(folder)) == Access()


def test_the_mask_is_never_widened(shop):
    from ops_widgets import files

    os.umask(0o077)
    files._umask.cache_clear()
    store = prepare(shop(0o644), now=NOW).folder
    assert modes(store) == ({0o700}, {0o600})


def test_rejected_rows_and_spilled_ones_are_nobodys_business(shop, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with open_source(load_config(shop(0o600))) as source:
        write_rejects(check(source, now=NOW), tmp_path / "rejects")
        (spill,) = tmp_path.glob("ops-spill-*")
        assert stat.S_IMODE(spill.stat().st_mode) == 0o700
    assert modes(tmp_path / "rejects") == ({0o700}, {0o600})


@pytest.mark.parametrize(("source", "folders", "files"), MODES[:2])
def test_a_run_is_as_wide_as_its_source(desk, source, folders, files):
    shop = desk.own_shop()
    for path in shop.glob("*.parquet"):
        path.chmod(source)
    desk.notebook(FIRST)
    desk.define()
    done = desk.run()
    assert done.exit_code == 0, done.stderr
    assert modes(desk.root) == ({folders}, {files})


def test_a_run_that_is_being_made_is_its_owners(tmp_path):
    runs = RunStore(tmp_path / "runs")
    with runs.draft("daily/2024-05-01", "abc", Access(0o044)) as draft:
        assert stat.S_IMODE(draft.stat().st_mode) == 0o700
