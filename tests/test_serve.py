"""Apps are served on this machine alone, and only where something can be served."""

import socket

import pytest

from ops_widgets.errors import UsageError
from ops_widgets.publish.serve import SHARE, serve, settings


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_an_address_that_others_reach_is_refused(tmp_path, host):
    with pytest.raises(UsageError, match="not served"):
        serve(tmp_path, source="x", host=host)


def test_a_taken_port_is_said_before_anything_starts(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"Port {port}"):
            serve(tmp_path, source="x", port=port)


def test_notebooks_that_are_not_there_are_said_to_be_missing(tmp_path):
    with pytest.raises(UsageError, match="nothing at"):
        serve(tmp_path / "nowhere", source="x")


def test_a_visitor_cannot_choose_the_template_and_closed_tabs_end():
    chosen = settings("127.0.0.1", 8866, open_browser=False)
    assert chosen["VoilaConfiguration"]["allow_template_override"] == "NO"
    assert chosen["MappingKernelManager"]["cull_idle_timeout"] > 0
    assert "UsageError" in chosen["VoilaConfiguration"]["resources"]["spoken_errors"]
    assert "ValueError" not in chosen["VoilaConfiguration"]["resources"]["spoken_errors"]


def test_no_template_names_another_host():
    files = [path for path in SHARE.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert "://" not in path.read_text("utf-8"), path
