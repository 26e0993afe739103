"""Vega for the browser, once a page: no chart carries it, no other host is asked for it."""

from __future__ import annotations

import contextlib
import hashlib
import os
from functools import cache
from importlib.metadata import version
from pathlib import Path

import platformdirs

from ops_widgets.charts.static import VEGA_LITE
from ops_widgets.files import write_atomically
from ops_widgets.widgets.one_way import OneWay

#: Set by a server whose pages load the bundle themselves, as a file that browsers keep.
VEGA_VARIABLE = "OPS_PAGE_HAS_VEGA"
_SNIPPET = (Path(__file__).parent / "bundle.js").read_text("utf-8")


class VegaBundle(OneWay):
    """Invisible: its module is Vega, Vega-Lite and Vega-Embed, for every chart of the page.

    All models of a kernel are loaded by the page whether they are displayed or not.
    """


def bring_vega() -> None:
    """Make sure that the page will have Vega: by its server, else by a widget."""
    if not os.environ.get(VEGA_VARIABLE):
        carrier()


@cache
def carrier() -> VegaBundle:
    """The one carrier of this kernel, made when the first chart is."""
    return type("VegaBundle", (VegaBundle,), {"_esm": bundle_text()})()


def bundle_text() -> str:
    """The bundle as an ES module, 0.9 MB; made once (about a second), then read from the cache.

    The cache is a convenience: where it cannot be written, the bundle is made each time.
    """
    cached = _cache_file()
    with contextlib.suppress(OSError):
        return cached.read_text("utf-8")
    import vl_convert

    text: str = vl_convert.javascript_bundle(_SNIPPET, vl_version=VEGA_LITE)
    with contextlib.suppress(OSError):
        cached.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(cached, text)
    return text


def _cache_file() -> Path:
    """Named by all that the bundle is made of, so that it can never be stale."""
    made_of = f"{version('vl-convert-python')} {VEGA_LITE} {_SNIPPET}"
    key = hashlib.sha256(made_of.encode()).hexdigest()[:16]
    return Path(platformdirs.user_cache_dir("ops-widgets")) / f"vega-{key}.js"
