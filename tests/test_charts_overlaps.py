"""Texts in a chart give way to those before them, and nothing else changes."""

import re

import altair as alt
import pandas as pd

from ops_widgets.charts.overlaps import without_overlap
from ops_widgets.charts.static import to_svg


def written(svg, words):
    return [word for word in words if f">{word}</text>" in svg]


def named(xs, names, **mark):
    frame = pd.DataFrame({"x": xs, "y": 5, "name": names})
    scale = alt.Scale(domain=[0, 10])
    base = alt.Chart(frame, height=100).encode(
        x=alt.X("x:Q", scale=scale), y=alt.Y("y:Q", scale=scale)
    )
    return base.mark_text(**mark).encode(text="name:N")


def test_of_two_texts_in_one_place_the_first_stays():
    names = ["first name", "second name", "far away"]
    assert written(to_svg(named([1, 1.1, 8], names)), names) == ["first name", "far away"]
    assert written(to_svg(named([1, 4, 8], names)), names) == names


def test_a_text_stays_where_its_mark_put_it():
    """Beside its point by the same pixels, at the same height."""
    plain = named([2, 8], ["aaa", "bbb"], align="left", dx=14, dy=-8)
    [place] = re.findall(r'translate\(([\d.]+),([\d.]+)\)"[^>]*>aaa<', to_svg(plain, 560))
    moved = named([2, 8], ["aaa", "bbb"], align="left", dx=0, dy=0)
    [point] = re.findall(r'translate\(([\d.]+),([\d.]+)\)"[^>]*>aaa<', to_svg(moved, 560))
    # A text further to the right takes room from the plot: a few pixels less between points.
    assert abs(float(place[0]) - float(point[0]) - 14) < 4
    assert abs(float(place[1]) - float(point[1]) + 8) < 0.5


def test_a_text_that_would_be_cut_at_the_edge_is_left_out():
    names = ["inside", "a name that is far too long for what is left of the plot"]
    svg = to_svg(named([1, 9.9], names, align="left", dx=200, limit=1000))
    assert written(svg, names) == ["inside"]


def test_what_it_cannot_place_it_leaves_alone():
    """Slanted, pushed the other way, by data, or at no point of two scales."""
    point = {"x": {"scale": "x", "field": "x"}, "y": {"scale": "y", "field": "y"}}
    for other in (
        {"angle": {"value": 45}},
        {"align": {"value": "left"}, "dx": {"value": -5}},
        {"align": {"signal": "datum.side"}},
        {"dx": {"field": "push"}},
        {"x": {"value": 3}},
        {"align": [{"test": "datum.a", "value": "left"}, {"value": "right"}]},
    ):
        mark = {"type": "text", "encode": {"update": point | other}}
        assert "transform" not in without_overlap({"marks": [mark]})["marks"][0], other
