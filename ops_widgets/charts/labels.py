"""Names beside the dots of a chart, where they fit: none covers another, a dot, or the edge.

A chart is laid out for a width that nobody knows beforehand, so a side is chosen for each of
:data:`WIDTHS`, and what is chosen holds for every width in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

#: Ranges of the plot's width in pixels, for each of which sides are chosen.
WIDTHS = ((200, 300), (300, 430), (430, 620), (620, 900), (900, 1300), (1300, 2400))
#: Pixels between a dot and its name; height of a line of letters; letters of the longest name.
GAP, LINE, LONGEST = 4.0, 15.0, 28
#: Right, left, above, below; no side.
SIDES, NOWHERE = "rlab", "-"


@dataclass(frozen=True)
class Box:
    """A rectangle that moves with the width: from ``x * width + left`` to ``x * width + right``,
    and from ``top`` to ``bottom``; all in pixels but ``x``, a part of the width.
    """

    x: float
    left: float
    right: float
    top: float
    bottom: float

    def inside(self, low: float, high: float, height: float) -> bool:
        """Whether it lies in a plot as wide as any width from ``low`` to ``high``."""
        across = all(
            self.x * width + self.left >= 0 and self.x * width + self.right <= width
            for width in (low, high)
        )
        return across and self.top >= 0 and self.bottom <= height

    def clear_of(self, other: Box, low: float, high: float) -> bool:
        """Whether the two have nothing in common at any width from ``low`` to ``high``.

        Both edges move evenly with the width: side by side in one order at both ends is side by
        side in between.
        """
        if self.bottom <= other.top or other.bottom <= self.top:
            return True

        def before(one: Box, two: Box) -> bool:
            return all(one.x * w + one.right <= two.x * w + two.left for w in (low, high))

        return before(self, other) or before(other, self)


@dataclass(frozen=True)
class Dot:
    """A dot at ``x`` (a part of the plot's width) and ``y`` (pixels from the top), and its name;
    without a name it is only in the way.
    """

    x: float
    y: float
    radius: float
    name: str = ""

    def box(self) -> Box:
        """The square around it."""
        r = self.radius
        return Box(self.x, -r, r, self.y - r, self.y + r)

    def beside(self, side: str) -> Box:
        """Where its name would stand."""
        wide, r, half = text_width(self.name), self.radius + GAP, LINE / 2
        if side in "rl":
            left = r if side == "r" else -r - wide
            return Box(self.x, left, left + wide, self.y - half, self.y + half)
        top = self.y - r - LINE + 2 if side == "a" else self.y + r - 2
        return Box(self.x, -wide / 2, wide / 2, top, top + LINE)


def sides_of(
    dots: Sequence[Dot], height: float, taken: Iterable[Box] = (), avoided: Iterable[Box] = ()
) -> list[str]:
    """For each dot a letter of :data:`SIDES` for each of :data:`WIDTHS`: where its name stands,
    or :data:`NOWHERE`.

    Names are placed in the order of the dots, each on the first side where it covers neither a
    dot, nor a name before it, nor what is ``taken``; what is ``avoided`` (lines of a grid) only
    where it must.
    """
    taken, avoided = list(taken), list(avoided)
    squares = [dot.box() for dot in dots]
    by_width = []
    for low, high in WIDTHS:
        placed: list[Box] = []
        found = []
        for i, dot in enumerate(dots):
            others = [*squares[:i], *squares[i + 1 :], *taken, *placed]
            tried = [(side, dot.beside(side)) for side in (SIDES if dot.name else "")]
            fits = [
                (side, box)
                for side, box in tried
                if box.inside(low, high, height) and _free(box, others, low, high)
            ]
            apart = [(side, box) for side, box in fits if _free(box, avoided, low, high)]
            side, box = next(iter([*apart, *fits]), (NOWHERE, None))
            found.append(side)
            placed += [box] if box is not None else []
        by_width.append(found)
    return ["".join(sides) for sides in zip(*by_width, strict=True)]


def free_at(box: Box, others: Sequence[Box], height: float) -> str:
    """For each of :data:`WIDTHS` a letter that is :data:`NOWHERE` where ``box`` covers another."""
    return "".join(
        "y" if box.inside(low, high, height) and _free(box, others, low, high) else NOWHERE
        for low, high in WIDTHS
    )


def _free(box: Box, others: Iterable[Box], low: float, high: float) -> bool:
    return all(box.clear_of(other, low, high) for other in others)


def side_now(column: str) -> str:
    """A Vega expression: the letter of the datum's ``column`` for the plot's width of now."""
    at = str(len(WIDTHS) - 1)
    for i, (_, high) in reversed(list(enumerate(WIDTHS[:-1]))):
        at = f"width < {high} ? {i} : {at}"
    return f"substring(datum['{column}'], {at}, ({at}) + 1)"


def short(name: str, most: int = LONGEST) -> str:
    """A name as a label: its first letters where it is long."""
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def text_width(text: str) -> float:
    """At least as many pixels as ``text`` takes at 12 pixels in any usual font."""
    return sum(
        13.0 if east_asian_width(c) in "WF" else 9.5 if c.isupper() or c in "mwMW%@" else 7.2
        for c in text
    )


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float] | None:
    """``places`` moved as little as needed to stand ``gap`` apart between ``low`` and ``high``.

    Their order stays. None where they do not fit.

    >>> spread([10, 12, 50], 6, 0, 100)
    [8.0, 14.0, 50.0]
    >>> spread([1, 2, 3], 6, 0, 10)
    """
    if gap * (len(places) - 1) > high - low:
        return None
    order = sorted(range(len(places)), key=lambda i: places[i])
    # Neighbours that are too close become a group around the middle of where they belong.
    groups: list[list[float]] = []  # [sum of the wished first places, count]
    for i in order:
        groups.append([places[i], 1])
        while len(groups) > 1 and _end(groups[-2], gap, low, high) > _start(
            groups[-1], gap, low, high
        ):
            total, count = groups.pop()
            groups[-1][0] += total - count * groups[-1][1] * gap
            groups[-1][1] += count
    found = [0.0] * len(places)
    ordered = iter(order)
    for group in groups:
        for n in range(int(group[1])):
            found[next(ordered)] = _start(group, gap, low, high) + n * gap
    return found


def _start(group: list[float], gap: float, low: float, high: float) -> float:
    return min(max(group[0] / group[1], low), high - (group[1] - 1) * gap)


def _end(group: list[float], gap: float, low: float, high: float) -> float:
    """Where the next group may begin."""
    return _start(group, gap, low, high) + group[1] * gap
