"""Names beside dots: none covers another, a dot or the edge, at any width of the chart."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.charts.labels import (
    NOWHERE,
    WIDTHS,
    Box,
    Dot,
    free_at,
    short,
    sides_of,
    spread,
    text_width,
)

HEIGHT = 300


def at_width(box, width):
    return box.x * width + box.left, box.top, box.x * width + box.right, box.bottom


def overlap(one, two, width):
    a, b = at_width(one, width), at_width(two, width)
    return a[0] < b[2] - 1e-6 and b[0] < a[2] - 1e-6 and a[1] < b[3] and b[1] < a[3]


def names_at(dots, sides, width):
    place = next(i for i, (low, high) in enumerate(WIDTHS) if low <= width <= high)
    return [
        (i, dot.beside(side[place]))
        for i, (dot, side) in enumerate(zip(dots, sides, strict=True))
        if side[place] != NOWHERE
    ]


dots_anywhere = st.lists(
    st.builds(
        Dot,
        st.floats(0.02, 0.98),
        st.floats(5, HEIGHT - 5),
        st.floats(3, 23),
        st.sampled_from(["", "Toys", "Pet Supplies", "美妆个护", "x" * 28]),
    ),
    max_size=12,
)


@given(dots_anywhere, st.randoms())
def test_no_name_covers_a_name_a_dot_or_the_edge_at_any_width(dots, chance):
    word = Box(1.0, -100, -4, HEIGHT - 20, HEIGHT - 5)
    sides = sides_of(dots, HEIGHT, [word])
    for low, high in WIDTHS:
        width = chance.uniform(low, high)
        placed = names_at(dots, sides, width)
        for n, (i, box) in enumerate(placed):
            left, top, right, bottom = at_width(box, width)
            assert left >= -1e-6 and right <= width + 1e-6 and top >= 0 and bottom <= HEIGHT
            assert not overlap(box, word, width)
            assert not any(overlap(box, other, width) for _, other in placed[:n])
            squares = [dot.box() for j, dot in enumerate(dots) if j != i]
            assert not any(overlap(box, square, width) for square in squares)


def test_a_name_stands_right_of_its_dot_else_left_else_above_else_below():
    assert sides_of([Dot(0.5, 150, 5, "Toys")], HEIGHT) == ["r" * 6]
    assert sides_of([Dot(0.999, 150, 5, "Toys")], HEIGHT) == ["l" * 6]
    crowd = [Dot(0.5, 150, 5, "A"), Dot(0.5, 150, 30)]
    assert sides_of(crowd, HEIGHT)[0] == NOWHERE * 6, "what has no room is left out"
    assert sides_of([Dot(0.5, 4, 3, "Toys")], HEIGHT, [Box(0.5, -99, 99, 0, 9)]) == ["b" * 6]


def test_the_first_name_wins_and_a_line_is_crossed_only_where_it_must_be():
    twins = [Dot(0.5, 150, 5, "First"), Dot(0.5, 150, 5, "Second")]
    first, second = sides_of(twins, HEIGHT)
    assert first == "r" * 6
    assert set(second) == {"l"}
    line = Box(0.5, 12, 14, 0, HEIGHT)
    assert sides_of([Dot(0.5, 150, 5, "Toys")], HEIGHT, [], [line]) == ["l" * 6]
    both = [
        line,
        Box(0.5, -14, -12, 0, HEIGHT),
        Box(0, 0, 9_999, 100, 140),
        Box(0, 0, 9_999, 156, 200),
    ]
    assert sides_of([Dot(0.5, 150, 5, "Toys")], HEIGHT, [], both) == ["r" * 6]


def test_a_word_is_shown_at_the_widths_at_which_it_is_free():
    """Of a plot 250 wide a dot at 0.7 lies below a word of 100; from 430 on it does not."""
    word = Box(1.0, -104, -4, 10, 25)
    assert free_at(word, [Dot(0.7, 17, 5).box()], HEIGHT) == f"{NOWHERE * 2}yyyy"


@pytest.mark.parametrize("name", ["Beauty", "美妆个护", "WWWWWW", "illicit"])
def test_a_width_is_never_less_than_any_letters_take(name):
    assert text_width(name) >= 5.5 * len(name)
    assert text_width("美妆") >= 24


def test_a_long_name_is_cut():
    assert short("a" * 40) == "a" * 27 + "…"
    assert short("Beauty") == "Beauty"


@given(st.lists(st.floats(0, 300), max_size=15), st.floats(1, 20))
def test_places_are_spread_in_their_order_with_room_between(places, gap):
    found = spread(places, gap, 0, 300)
    assert found is not None
    order = sorted(range(len(places)), key=lambda i: places[i])
    ordered = [found[i] for i in order]
    assert all(b - a >= gap - 1e-6 for a, b in pairwise(ordered))
    assert all(-1e-6 <= one <= 300 + 1e-6 for one in found)


def test_places_that_are_clear_stay_and_too_many_do_not_fit():
    places = [random.Random(1).uniform(0, 10) + 30 * i for i in range(5)]
    assert spread(places, 15, 0, 300) == pytest.approx(places)
    assert spread(list(range(30)), 15, 0, 300) is None
