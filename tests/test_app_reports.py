"""Visitors see the published runs of the served source, and of those only what is for readers."""

from datetime import date

import pytest

from ops_widgets.publish.reports.run_store import RunStore
from ops_widgets.publish.server.published_reports import PublishedReports
from tests.manifests import KEY, run_manifest
from tests.visitors import Visitor

DAY = date(2025, 6, 3)
FILES = {
    "index.html": "<p>index</p>",
    "cohort_activity.html": "<p>page</p>",
    "numbers.json": "{}",
    "alerts.json": "[]",
    "tables/cohort_activity/1-triangle.csv": "a,b",
}
SECRET = {
    "cohort_activity.ipynb": "{}",
    "failed/cohort_activity.ipynb": "{}",
    "failed/cohort_activity.txt": "Traceback",
    "manifest.json": "",
    ".key.lock": "",
}


@pytest.fixture
def shelf(tmp_path):
    runs = RunStore(tmp_path / "runs")
    for name, source in (("daily", "corner shop"), ("other", "another shop")):
        run = run_manifest(DAY, name=name, source=source)
        for file, text in (FILES | SECRET).items():
            runs.write_text(f"{run.folder}/{file}", text)
        runs.write_text(f"{run.folder}/manifest.json", run.to_json())
    runs.write_text("index.html", "all")
    return PublishedReports(tmp_path / "runs")


def test_only_the_reports_of_the_source_are_there(shelf):
    assert [h.name for h in shelf.reports("corner shop")] == ["daily"]
    assert shelf.latest("corner shop").folder == f"daily/2025-06-03/{KEY}"
    assert shelf.reports("no shop") == [] and shelf.latest("no shop") is None


@pytest.mark.parametrize("file", FILES)
def test_what_is_for_readers_is_served(shelf, file):
    folder = f"daily/2025-06-03/{KEY}"
    assert shelf.page("corner shop", folder, file) == FILES[file].encode()


@pytest.mark.parametrize("file", [*SECRET, "../index.html", "tables/../../x.csv", "nothing.html"])
def test_notebooks_and_whatever_else_lies_there_are_not(shelf, file):
    assert shelf.page("corner shop", f"daily/2025-06-03/{KEY}", file) is None


@pytest.mark.parametrize(
    "folder",
    [
        f"other/2025-06-03/{KEY}",
        f"daily/2025-06-04/{KEY}",
        f"daily/../daily/2025-06-03/{KEY}",
        "",
        "..",
    ],
)
def test_no_other_folder_is_reached(shelf, folder):
    assert shelf.page("corner shop", folder, "index.html") is None


def test_a_run_that_is_published_meanwhile_appears(shelf, tmp_path):
    assert len(shelf.reports("corner shop")[0].rows) == 1
    runs = RunStore(tmp_path / "runs")
    later = run_manifest(date(2025, 6, 4), source="corner shop")
    runs.write_text(f"{later.folder}/manifest.json", later.to_json())
    runs.write_text("index.html", "all, written again")
    assert shelf.latest("corner shop").as_of == "2025-06-04"


def test_without_runs_there_is_nothing(tmp_path):
    assert PublishedReports(tmp_path / "nowhere").reports("corner shop") == []


# --- on a server -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def visitor(serve, tmp_path_factory):
    """A visitor of a server on the samples, for which one run is published."""
    folder = tmp_path_factory.mktemp("runs")
    runs, run = RunStore(folder), run_manifest(DAY, source="samples")
    for file, text in (FILES | SECRET).items():
        runs.write_text(f"{run.folder}/{file}", text)
    runs.write_text(f"{run.folder}/manifest.json", run.to_json())
    runs.write_text("index.html", "all")
    return Visitor(serve("--jobs", "1", "--reports", str(folder)))


def test_the_gallery_leads_to_the_latest_report(visitor):
    assert f"/reports/daily/2025-06-03/{KEY}/index.html" in visitor.ask("/").text


def test_the_list_leads_to_every_run(visitor):
    answer = visitor.ask("/reports/")
    assert answer.status == 200
    assert f'href="daily/2025-06-03/{KEY}/index.html"' in answer.text


@pytest.mark.parametrize("path", ["/reports", "/reports/index.html"])
def test_the_way_back_from_a_run_leads_to_the_list(visitor, path):
    answer = visitor.ask(path)
    assert (answer.status, answer.headers["Location"]) == (302, "/reports/")


@pytest.mark.parametrize("file", ["", *FILES])
def test_pages_and_tables_are_served_as_what_they_are(visitor, file):
    answer = visitor.ask(f"/reports/daily/2025-06-03/{KEY}/{file}")
    kind = {"json": "application/json", "csv": "text/csv"}.get(file.rpartition(".")[2], "text/html")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith(kind)
    assert answer.text == FILES[file or "index.html"]


@pytest.mark.parametrize("file", SECRET)
def test_notebooks_and_manifests_are_not_served(visitor, file):
    assert visitor.ask(f"/reports/daily/2025-06-03/{KEY}/{file}").status == 404
