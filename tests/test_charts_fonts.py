"""What is measured is what is shown: one font for both, which ships with the page."""

import re
import struct

import altair as alt
import pandas as pd
import pytest

from ops_widgets.charts import fonts
from ops_widgets.charts.static import to_svg
from ops_widgets.charts.theme import WIDTHS


def wide_of(svg):
    return int(re.search(r'viewBox="0 0 (\d+)', svg)[1])


def bar(name, width=WIDTHS[-1]):
    frame = pd.DataFrame({"name": [name], "size": [1]})
    axis = alt.Axis(labelLimit=1000)
    chart = alt.Chart(frame).mark_bar().encode(y=alt.Y("name:N", title=None, axis=axis), x="size:Q")
    return to_svg(chart, width)


def room_of(name):
    """Pixels left of the plot: the name's, and the same few for every name."""
    return int(re.search(r' transform="translate\((\d+),', bar(name))[1])


def test_both_weights_ship_as_small_files_with_their_licence():
    files = fonts.font_files()
    assert list(files) == ["ops-sans-400.woff2", "ops-sans-600.woff2"]
    assert all(content[:4] == b"wOF2" and len(content) < 40_000 for content in files.values())
    assert "SIL OPEN FONT LICENSE Version 1.1" in (fonts._FOLDER / "OFL.txt").read_text("utf-8")


def test_a_page_on_disk_holds_the_font_itself():
    assert fonts.font_css().count("src: url(data:font/woff2;base64,d09GMg") == 2


def test_what_a_page_loads_and_what_is_measured_are_the_same_letters():
    """The table of a font that counts its letters: the measured one has one more, the wide one."""

    def tables(data):
        count = struct.unpack(">H", data[4:6])[0]
        records = [data[12 + 16 * i : 28 + 16 * i] for i in range(count)]
        return {r[:4].decode(): struct.unpack(">II", r[8:]) for r in records}

    for weight in fonts.WEIGHTS:
        data = (fonts._FOLDER / f"ops-sans-{weight}.ttf").read_bytes()
        start, _ = tables(data)["maxp"]
        letters = struct.unpack(">H", data[start + 4 : start + 6])[0]
        assert letters > 400, weight


@pytest.mark.parametrize("text", ["美妆个护", "テスト", "한국어판", "Привет", "مرحبا", "🙂🙂🙂"])
def test_what_the_font_lacks_is_given_one_em_a_character(text):
    """As wide as a reader's own font draws Chinese, and no narrower than any other."""
    assert room_of(text) - room_of("") == pytest.approx(12 * len(text), abs=1)


def test_latin_is_measured_letter_by_letter():
    narrow, wide = room_of("iiii"), room_of("WWWW")
    assert wide - narrow > 25
    assert room_of("Grüße") - room_of("") < 12 * 5


def test_a_drawing_is_as_wide_as_was_asked_whatever_is_written():
    for width in WIDTHS:
        for name in ("a", "x" * 60, "美" * 60):
            assert wide_of(bar(name[:20], width)) == width
