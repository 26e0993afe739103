"""Style sheet, fonts and scripts of our pages: one address for each content, kept for ever."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from tornado.web import HTTPError, RequestHandler

from ops_widgets.charts.fonts import font_faces, font_files
from ops_widgets.charts.tables import table_filter_script
from ops_widgets.charts.theme import css as theme_css
from ops_widgets.publish.notebooks.export import TEMPLATES, own_css
from ops_widgets.widgets.bundle import bundle_text
from ops_widgets.widgets.one_way import script

FOREVER = "public, max-age=31536000, immutable"
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "woff2": "font/woff2",
}
#: Voilà asks for MathJax, which would come from another host: our pages hold no formulas.
NO_MATH = (
    "{const no=()=>{};globalThis.MathJax={Hub:{Queue:no,Config:no,Configured:no,"
    "Register:{StartupHook:no}}}}"
)


class Assets:
    """``assets["app.css"]`` is the name under which the content of today is served."""

    def __init__(self, contents: Mapping[str, str | bytes]) -> None:
        self._named: dict[str, str] = {}
        self._contents: dict[str, bytes] = {}
        for name, text in contents.items():
            stem, kind = name.split(".")
            content = text if isinstance(text, bytes) else text.encode()
            named = f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}.{kind}"
            self._named[name] = named
            self._contents[named] = content

    def __getitem__(self, name: str) -> str:
        return self._named[name]

    def content(self, named: str) -> bytes | None:
        """What is served under a name; None: nothing."""
        return self._contents.get(named)


def own_assets() -> Assets:
    """The style sheet, the fonts and the scripts of gallery, snapshots and live pages."""
    folder = TEMPLATES / "server"
    filters = re.sub(r"</?script>", "", table_filter_script())
    fonts = font_files()
    # Beside the style sheet, whose address the browser takes theirs from.
    faces = font_faces(Assets(fonts).__getitem__)
    return Assets(
        {
            **fonts,
            "app.css": "\n".join((faces, theme_css(), own_css(), _text(folder / "app.css"))),
            "app.js": "\n".join((filters, script("bar.js"), _text(folder / "app.js"))),
            "live.js": _text(folder / "live.js"),
            "vega.js": bundle_text(),
            "nomath.js": NO_MATH,
        }
    )


class Asset(RequestHandler):
    """Serves them to anybody: they are in the package."""

    def get(self, named: str) -> None:
        """The content; a browser never asks twice."""
        content = self.settings["assets"].content(named)
        if content is None:
            raise HTTPError(404)
        self.set_header("Content-Type", TYPES[named.rsplit(".", 1)[1]])
        self.set_header("Cache-Control", FOREVER)
        self.finish(content)


def _text(path: Path) -> str:
    return path.read_text("utf-8")
