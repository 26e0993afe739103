"""Whatever was damaged, or is meant to do harm: values stay values, secrets stay secret."""

import json
from typing import ClassVar

import pytest
from pydantic import Field

from ops_widgets.publish.reports.manifest import FILE
from ops_widgets.views.base import View

from .schedules import BEFORE, FIRST, LAST
from .throwaway import analysis_of, only_analyses


def test_a_damaged_run_is_said_to_be_and_the_next_day_works(daily):
    daily.run("--as-of", BEFORE)
    manifest = daily.path(daily.only()) / FILE
    manifest.write_text(manifest.read_text()[:500])
    done = daily.run("--as-of", LAST)
    assert done.exit_code == 0, done.stderr
    damaged, whole = daily.manifests()
    assert damaged is None and whole.status == "complete" and whole.previous is None
    shown = daily.ops("runs", "show", str(manifest.parent))
    assert shown.exit_code == 2 and "no run" in shown.stderr
    (daily.root / "daily" / ".history.json").unlink()  # what was read of it while it was whole
    assert "damaged" in daily.ops("runs", "list").stdout
    assert daily.run("--as-of", BEFORE).exit_code == 0
    assert len(daily.manifests()) == 3, "the damaged one stays, a new attempt stands beside it"
    assert daily.manifests()[1].attempt == 2


def test_a_run_whose_page_was_changed_is_not_taken_for_complete(daily):
    daily.run()
    page = daily.path(daily.only()) / f"{FIRST}.html"
    page.write_text("<p>all is well")
    assert daily.run().exit_code == 0
    assert [run.attempt for run in daily.manifests()] == [1, 2]
    assert "changed since" in daily.ops("runs", "show", str(page.parent)).stdout


HOSTILE = [
    "it's \"quoted\"",
    "two\nlines\r\n\ttab",
    "{}", "{source}", "{{0.__class__}}", "%s%n", "$HOME `id`",
    "__import__('os').system('touch canary')",
    "'); __import__('os').system('touch canary'); ('",
    '""" + open("canary", "w").name + """',
    "../..", "/etc/passwd", "..\\..\\x",
    "<script>alert(1)</script>", "a" * 200, "\u202e\u0000x", "商店 🛒", "\\", "#",
]  # fmt: skip


def test_hostile_values_are_refused_as_names_that_the_data_do_not_have(daily, no_kernels):
    no_kernels()
    for text in (text.replace("\x00", "") for text in HOSTILE):
        path = daily.folder / "reports" / "daily.toml"
        path.write_text(
            f'source = {json.dumps(str(daily.shop))}\nas_of = "last-day-of-data"\n[[notebook]]\n'
            f'name = "{FIRST}"\n'
            f"parameters = {{channels = {json.dumps([text], ensure_ascii=False)}}}\n",
            "utf-8",
        )
        done = daily.run()
        assert done.exit_code == 2 and "Active in channel has no" in done.stderr
    assert daily.manifests() == []
    assert not list(daily.folder.rglob("canary"))
    assert sorted(p.name for p in daily.folder.iterdir()) == ["notebooks", "reports"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("-p", f"channels={'x' * 10_000}"),
        ("-p", "periods=__import__('os')"),
        ("-p", "periods=1e9"),
        ("-p", "__class__=x"),
        ("-p", "../x=1"),
        ("-p", "novalue"),
        ("-p", "source=/etc"),
        ("--as-of", "../../x"),
        ("--timeout", "forever"),
    ],
)
def test_what_is_no_value_at_all_is_refused(daily, no_kernels, arguments):
    no_kernels()
    done = daily.ops("report", FIRST, "--source", daily.shop, *arguments)
    assert done.exit_code == 2 and done.stderr.startswith("Error:")
    assert len(done.stderr) < 1_000 + 10_000
    assert not daily.root.exists()


class SecretView(View):
    notebook: ClassVar[str] = "first"
    api_token: str = Field("", title="Token")


def test_secrets_are_not_told(desk, monkeypatch):
    only_analyses(monkeypatch, analysis_of(SecretView))
    desk.notebook("first", "api_token = ''", "print(len(api_token))")
    path = desk.define(notebooks=("first",))
    text = path.read_text().replace('notebooks = ["first"]', "")
    path.write_text(
        f'{text}[[notebook]]\nname = "first"\nparameters = {{api_token = "hush-hush"}}\n'
    )
    done = desk.run()
    assert done.exit_code == 0, done.stderr
    assert desk.only().notebooks[0].parameters["api_token"] == "***"
    told = [p for p in desk.root.rglob("*") if p.is_file() and p.suffix != ".ipynb"]
    assert [p.name for p in told if b"hush-hush" in p.read_bytes()] == []
