"""The font of drawings, which ships with the page: what was measured is what is drawn.

``ops-sans-*.woff2`` is Inter 4.1 (SIL Open Font License, ``OFL.txt``) under a name of its own, so
that no other Inter on a machine is measured in its place. fontTools cut it to Latin with its
extensions, punctuation, currency signs, arrows and the marks that pages use, with kerning and
figures of one width, without hints. ``ops-sans-*.ttf`` are the same letters for measuring: there,
every character that the font lacks is one em wide (a ``cmap`` of format 13, many to one). No font
for Chinese can ship with a page; a reader's own draws its characters one em wide, and those of
other scripts narrower, so what was given room is never cut.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from pathlib import Path

FAMILY = "Ops Sans"
WEIGHTS = (400, 600)
_FOLDER = Path(__file__).parent


def font_files() -> dict[str, bytes]:
    """The files that a page loads, by name."""
    names = [_file(weight) for weight in WEIGHTS]
    return {name: (_FOLDER / name).read_bytes() for name in names}


@cache
def font_css() -> str:
    """``@font-face`` rules that hold the files: for a page that may ask nobody for them."""
    files = font_files()
    encoded = {name: base64.b64encode(content).decode() for name, content in files.items()}
    return font_faces(lambda name: f"data:font/woff2;base64,{encoded[name]}")


def font_faces(address: Callable[[str], str]) -> str:
    """``@font-face`` rules whose files lie at ``address(name)``."""
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; font-display: swap; '
        f'src: url({address(_file(weight))}) format("woff2"); }}'
        for weight in WEIGHTS
    )


@cache
def measure_with_it() -> None:
    """Let vl-convert measure text with these letters, from now on."""
    import vl_convert

    vl_convert.register_font_directory(str(_FOLDER))


def _file(weight: int) -> str:
    return f"ops-sans-{weight}.woff2"
