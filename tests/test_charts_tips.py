"""Marks of a static drawing say what their tooltip says, and lead where they are picked."""

import re
import xml.etree.ElementTree as ET
from datetime import date
from html import unescape

import altair as alt
import pandas as pd
import pytest

from ops_widgets.charts.static import to_svg

HOSTILE = [
    "</title><script>alert(1)</script>",
    '" onclick="alert(1)',
    "' x='",
    '<a href="javascript:alert(1)">',
    'opacity="1" aria-label="x" <text>',
    "\\u0022 + datum.secret + '",
    "a & b > c",
    "line\nbreak\ttab",
    "美妆个护",
]
SVG = "{http://www.w3.org/2000/svg}"


def bars(names, **columns):
    frame = pd.DataFrame({"name": names, "size": range(1, len(names) + 1)} | columns)
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            y="name:N",
            x="size:Q",
            tooltip=[
                alt.Tooltip("name:N", title='Who\'s "it"'),
                alt.Tooltip("size:Q", title="Size", format=",.2f"),
            ],
        )
    )


def titles(svg):
    return [one.text for one in ET.fromstring(svg).iter(f"{SVG}title")]


def test_a_mark_says_what_its_tooltip_says():
    assert titles(to_svg(bars(["Beauty", "Toys"]))) == [
        'Who\'s "it": Beauty\nSize: 1.00',
        'Who\'s "it": Toys\nSize: 2.00',
    ]


def test_days_shares_and_what_is_unknown_are_written_as_in_a_tooltip():
    frame = pd.DataFrame({"day": [date(2024, 5, 1)], "share": [0.125], "cost": [None]})
    tips = [
        alt.Tooltip("day:T", title="Day", format="%-d %b %Y"),
        alt.Tooltip("share:Q", title="Share", format=".1%"),
        alt.Tooltip("cost:Q", title="Cost", format=",.0f"),
    ]
    chart = alt.Chart(frame).mark_point().encode(x="day:T", y="share:Q", tooltip=tips)
    assert titles(to_svg(chart)) == ["Day: 1 May 2024\nShare: 12.5%\nCost: –"]


def test_of_a_line_its_points_have_tips_and_the_line_has_none():
    """Vega would describe the whole line by its first point."""
    frame = pd.DataFrame({"x": [1, 2, 3], "y": [4, 5, 6]})
    chart = alt.Chart(frame).mark_line(point=True).encode(x="x:Q", y="y:Q", tooltip="y:Q")
    assert titles(to_svg(chart)) == ["y: 4", "y: 5", "y: 6"]


def test_layers_share_the_tooltip_of_the_whole():
    frame = pd.DataFrame({"x": [1, 2], "y": [4, 5]})
    base = alt.Chart(frame).encode(x="x:Q", y="y:Q", tooltip="y:Q")
    chart = alt.layer(base.mark_bar(), base.mark_point())
    assert sorted(titles(to_svg(chart))) == ["y: 4", "y: 4", "y: 5", "y: 5"]


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_name_is_the_drawing_is_one_picture_with_that_name_in_it(name):
    svg = to_svg(bars([name]), 880, "A label", "name", lambda value: f"picked={value}")
    tree = ET.fromstring(svg)
    assert {one.tag.removeprefix(SVG) for one in tree.iter()} <= {
        *("svg", "g", "path", "line", "text", "rect", "title", "a", "defs", "clipPath")
    }
    for one in tree.iter():
        assert not [key for key in one.attrib if key.startswith("on") or key.endswith("href")]
    [title] = titles(svg)
    assert title == f'Who\'s "it": {name}\nSize: 1.00'
    [link] = tree.iter(f"{SVG}a")
    # An attribute of XML has no line breaks: HTML, which the page is, keeps them.
    assert " ".join(link.get("data-query").split()) == " ".join(f"picked={name}".split())
    assert svg.count(" role=") == 1


def test_a_mark_that_leads_nowhere_is_no_link_and_the_plain_view_is_somewhere():
    chosen = {"Beauty": "", "Toys": None}
    svg = to_svg(bars(["Beauty", "Toys"]), 880, "", "name", chosen.get)
    assert re.findall(r'<a data-query="([^"]*)"', svg) == [""]


def test_a_keyboard_meets_each_value_once():
    svg = to_svg(bars(["Beauty", "Beauty", "Toys"]), 880, "", "name", lambda value: value)
    links = re.findall(r"<a [^>]*>", svg)
    assert [unescape(link).count('tabindex="-1"') for link in links] == [0, 1, 0]


def test_without_a_link_nothing_of_a_view_is_in_the_drawing():
    assert "data-query" not in to_svg(bars(["Beauty"]), 880, "", "name")
