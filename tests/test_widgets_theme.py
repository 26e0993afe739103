"""The theme is readable in light and dark, and for people who do not see all colours."""

import re

import altair as alt
import numpy as np
import pandas as pd
import pytest

from ops_widgets.charts.static import drawings, to_svg
from ops_widgets.charts.theme import HEAT, SERIES, WIDTHS, css

COLOURS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(
        r"--ops-([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", css()
    )
}
#: Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def linear(colour):
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """WCAG 2 contrast ratio."""
    light, dark = sorted((linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    """CIE L*a*b* of linear RGB, white D65."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(np.clip(to_xyz @ rgb, 0, None) / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("text", ["ink", "muted", "accent", "good", "bad"])
def test_text_has_four_and_a_half_to_one(mode, text):
    for ground in ("paper", "panel"):
        assert contrast(COLOURS[text][mode], COLOURS[ground][mode]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("number", range(1, 9))
def test_series_have_three_to_one(mode, number):
    for ground in ("paper", "panel"):
        assert contrast(COLOURS[f"series-{number}"][mode], COLOURS[ground][mode]) >= 3


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("sight", BLINDNESS)
def test_series_are_told_apart_by_everybody(mode, sight):
    """A difference of 2.3 is just noticeable; 12 is told apart in a legend."""
    seen = [
        lab(np.array(BLINDNESS[sight]) @ linear(COLOURS[f"series-{n}"][mode])) for n in range(1, 9)
    ]
    pairs = [np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[:i]]
    assert min(pairs) > 12


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_numbers_are_readable_on_every_step_of_heat(mode):
    for step in range(7):
        text = "ink" if step <= 3 else "paper"
        assert contrast(COLOURS[f"heat-{step}"][mode], COLOURS[text][mode]) >= 4.5


def test_heat_only_ever_moves_away_from_the_paper():
    for mode in ("light", "dark"):
        steps = [contrast(COLOURS[f"heat-{n}"][mode], COLOURS["paper"][mode]) for n in range(7)]
        assert steps == sorted(steps)


@pytest.fixture
def chart():
    frame = pd.DataFrame({"x": [1, 2, 3], "y": [4, 5, 6], "who": ["a", "b", "c"]})
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(x="x:O", y="y:Q", color=alt.Color("who:N", scale=alt.Scale(range=SERIES)))
    )


def test_a_drawing_keeps_the_names_of_its_colours(chart):
    """So that light and dark change it without drawing it again."""
    svg = to_svg(chart)
    for name in SERIES[:3]:
        assert f'fill="{name}"' in svg
    assert 'fill="white"' not in svg


def test_heat_keeps_the_names_of_its_colours(chart):
    scale = alt.Scale(type="threshold", domain=[4.5, 5.5], range=[HEAT[0], HEAT[3], HEAT[6]])
    svg = to_svg(chart.mark_rect().encode(color=alt.Color("y:Q", scale=scale)))
    assert all(f'fill="{HEAT[n]}"' in svg for n in (0, 3, 6))


def test_a_drawing_is_one_picture_with_a_name_whatever_the_name(chart):
    svg = to_svg(chart, label='The "best" <b>')
    assert svg.count(" role=") == 1
    assert 'aria-label="The &quot;best&quot; &lt;b&gt;"' in svg
    assert svg.count("aria-") == 1


def test_ids_of_the_drawings_of_a_chart_differ(chart):
    clipped = chart.mark_line(clip=True)
    drawn = "".join(drawings(clipped))
    ids = re.findall(r'\bid="([^"]+)"', drawn)
    assert len(ids) >= len(WIDTHS)
    assert set(re.findall(r"url\(#([^)]+)\)", drawn)) == set(ids)
    assert len(ids) == len(set(ids))


def test_days_are_drawn_as_the_days_they_are():
    """A bare date is UTC to JavaScript: west of Greenwich it would be the day before."""
    days = pd.DataFrame({"day": [pd.Timestamp("2024-05-01").date()], "n": [1]})
    axis = alt.Axis(format="%d %b", values=[alt.DateTime(year=2024, month=5, date=1)])
    svg = to_svg(alt.Chart(days).mark_point().encode(x=alt.X("day:T", axis=axis), y="n:Q"))
    assert "01 May" in svg
