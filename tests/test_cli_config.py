"""A command reads its source's TOML once, and hands on what it has read."""

from pathlib import Path

import pytest

from .schedules import FIRST, LAST


@pytest.fixture
def reads(monkeypatch):
    """The files called ``source.toml`` that this process has read, one after the other."""
    found, read_text = [], Path.read_text

    def counted(path, *arguments, **options):
        if path.name == "source.toml":
            found.append(path)
        return read_text(path, *arguments, **options)

    monkeypatch.setattr(Path, "read_text", counted)
    return found


@pytest.mark.parametrize(
    "command",
    [
        ("report", "daily"),
        ("report", FIRST),
        ("report", "plan", "daily"),
        ("report", "plan", "each"),
        ("report", "backfill", "daily", "--from", LAST, "--to", LAST),
    ],
    ids=" ".join,
)
def test_a_command_about_reports_reads_the_source_once(desk, reads, command):
    """Also a rule of days, which asks what day it is where the shop is."""
    desk.notebook(FIRST)
    desk.define()
    path = desk.define('[expand]\nchannels = "channels"', name="each")
    path.write_text(path.read_text().replace("last-day-of-data", "last-month-end"))
    done = desk.ops(*command, "--source", desk.shop)
    assert done.exit_code in (0, 1), done.stderr
    assert reads == [desk.shop / "source.toml"]


@pytest.mark.parametrize("command", ["prepare", "check"])
def test_a_command_about_a_source_reads_it_once(desk, reads, command):
    assert desk.ops(command, desk.shop).exit_code == 0
    assert len(reads) == 1


def test_a_server_gets_what_was_read_before_it_starts(desk, reads, monkeypatch):
    from ops_widgets.publish.server import server

    monkeypatch.setattr(server.Server, "launch_instance", lambda **_: None)
    monkeypatch.setenv("OPS_SOURCE", "")
    monkeypatch.setenv("JUPYTER_PATH", "")
    assert desk.ops("serve", "--source", desk.shop, "--port", 0).exit_code == 0
    assert server.Server.source_config.path == desk.shop / "source.toml"
    assert len(reads) == 1
