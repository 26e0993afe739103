"""What is not served, and why: said before anything starts."""

import socket

import pytest
from jupyter_server.auth import passwd

from ops_widgets.errors import UsageError
from ops_widgets.publish.server.options import ServeOptions


@pytest.fixture
def asked(tmp_path):
    """``asked(**options)`` checks them on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]

    def check(**options):
        given = {"notebooks": tmp_path, "source": "x", "port": port} | options
        ServeOptions(**given).check()

    return check


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_an_address_that_others_reach_is_refused(asked, host):
    with pytest.raises(UsageError, match="not served") as refused:
        asked(host=host)
    assert refused.value.exit_code == 2
    assert "--insecure" in refused.value.remedy


@pytest.mark.parametrize(
    "guard",
    [
        {"token": "long-and-secret"},
        {"password_hash": passwd("swordfish", "sha256")},
        {"user_header": "X-Remote-User", "proxies": ("10.0.0.7",)},
        {"insecure": True},
    ],
)
def test_it_is_served_where_visitors_are_asked_or_the_risk_is_spelled_out(asked, guard):
    asked(host="0.0.0.0", **guard)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"base_url": "shop"}, "is no path"),
        ({"base_url": "/a/../b/"}, "is no path"),
        ({"frame_ancestors": "*; script-src *"}, "frame ancestors"),
        ({"password_hash": "swordfish"}, "not hashed"),
        ({"user_header": "X-Remote-User"}, "would be believed"),
        ({"proxies": ("intranet",)}, "no address"),
    ],
)
def test_what_would_be_unsafe_or_meaningless_is_refused(asked, options, words):
    with pytest.raises(UsageError, match=words):
        asked(**options)


def test_a_taken_port_is_said_before_anything_starts(asked):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"Port {port}"):
            asked(port=port)


def test_notebooks_that_are_not_there_are_said_to_be_missing(asked, tmp_path):
    with pytest.raises(UsageError, match="nothing at"):
        asked(notebooks=tmp_path / "nowhere")
