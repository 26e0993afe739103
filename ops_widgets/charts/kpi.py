"""The row of headline numbers: value, change, a line of the last periods, and the goal."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ops_widgets.charts.formats import MISSING, Number, exact_value, format_value, is_missing
from ops_widgets.metrics.compare import change, kind_of

#: Size of a sparkline in its own units; the style sheet scales it.
WIDTH, HEIGHT = 120.0, 28.0
ARROWS = {1: "▲", -1: "▼", 0: "="}


def numbers_html(numbers: Sequence[Number]) -> str:
    """The headline numbers side by side, as a description list."""
    return f'<dl class="ops-numbers">{"".join(map(_number, numbers))}</dl>'


def _number(number: Number) -> str:
    shown, exact = _shown(number, number.value), _exact(number, number.value)
    parts = [
        f'<div data-number="{escape(number.name)}"><dt>{escape(number.label)}</dt>'
        f'<dd class="ops-value" title="{escape(exact)}">{escape(shown)}</dd>',
        _trend(number),
        _comparisons(number),
        _goal(number),
        f'<dd class="ops-detail">{escape(number.detail)}</dd>' if number.detail else "",
    ]
    return f"{''.join(parts)}</div>"


def _comparisons(number: Number) -> str:
    """A line for each comparison; two that are unknown for one reason share it."""
    if number.value is None:
        return ""
    before, year = number.previous_detail, number.last_year_detail
    changes = [
        change(number.value, then, number.format) for then in (number.previous, number.last_year)
    ]
    if before and before == year and changes == [None, None]:
        return _unknown(before, "the period before, a year earlier")
    return _compared(number, changes[0], number.previous, before, "the period before") + _compared(
        number, changes[1], number.last_year, year, "a year earlier"
    )


def _compared(
    number: Number, found: float | None, before: float | None, detail: str, against: str
) -> str:
    if not detail:
        return ""
    if found is None:
        return _unknown(detail if is_missing(before) else "nothing, or less, then", against)
    return _changed(number, found, before, detail, against)


def _unknown(reason: str, against: str) -> str:
    """A dash instead of a change that cannot be computed, and why not."""
    return (
        f'<dd class="ops-change"><span>{MISSING}</span> on {against} '
        f"<small>({escape(reason)})</small></dd>"
    )


def _changed(number: Number, found: float, before: float | None, detail: str, against: str) -> str:
    """How much more or less, and whether that is good news."""
    points = kind_of(number.format) == "points"
    text = format_value(abs(found), "points" if points else "percent").lstrip("+")
    direction = 0 if not any(c in "123456789" for c in text) else 1 if found > 0 else -1
    good = {"higher": 1, "lower": -1, "": 0}[number.better] * direction
    kind = {1: " ops-good", -1: " ops-bad", 0: ""}[good]
    sign = {1: "+", -1: "−", 0: ""}[direction]
    was = f"{_exact(number, before)}, {detail}"
    return (
        f'<dd class="ops-change{kind}" title="{escape(was)}"><span aria-hidden="true">'
        f"{ARROWS[direction]}</span> <b>{sign}{escape(text)}</b> on {against}</dd>"
    )


def _goal(number: Number) -> str:
    """How far the value is on its way to the target, and whether it is there."""
    if number.target is None:
        return ""
    goal = _shown(number, number.target)
    if is_missing(number.value):
        return f'<dd class="ops-goal">Target {escape(goal)}</dd>'
    assert number.value is not None
    reached = number.value <= number.target if number.better == "lower" else (
        number.value >= number.target
    )  # fmt: skip
    if number.target <= 0:
        return f'<dd class="ops-goal">Target {escape(goal)}: {"met" if reached else "missed"}</dd>'
    part = number.value / number.target
    mark = " ops-good" if reached else ""
    width = round(100 * max(0.0, min(1.0, part)), 1)
    return (
        f'<dd class="ops-goal{mark}">{escape(format_value(part, "percent"))} of target '
        f'{escape(goal)}<span class="ops-bar"><i style="width:{width}%"></i></span></dd>'
    )


def _trend(number: Number) -> str:
    known = [v for v in number.trend if not is_missing(v)]
    if len(known) < 2:
        return '<dd class="ops-trend"></dd>' if number.trend else ""
    first, last = _shown(number, known[0]), _shown(number, known[-1])
    label = f"{number.label}, {number.trend_detail}: from {first} to {last}"
    return f'<dd class="ops-trend">{sparkline(number.trend, label)}</dd>'


def sparkline(values: Sequence[float | None], label: str) -> str:
    """A line of ``values`` without axes, its last point marked; a gap where one is unknown."""
    known = [float(v) for v in values if v is not None and not is_missing(v)]
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (WIDTH - 8) / max(1, len(values) - 1)
    path, pen, point = [], "M", (0.0, 0.0)
    for place, value in enumerate(values):
        if value is None or is_missing(value):
            pen = "M"
            continue
        point = (4 + place * step, HEIGHT - 4 - (HEIGHT - 8) * (float(value) - low) / span)
        path.append(f"{pen}{point[0]:.1f} {point[1]:.1f}")
        pen = "L"
    return (
        f'<svg class="ops-spark" role="img" aria-label="{escape(label)}" '
        f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="xMinYMid meet">'
        f'<path d="{"".join(path)}" fill="none" stroke="currentColor" stroke-width="1.5" '
        f'vector-effect="non-scaling-stroke"/>'
        f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="2.5" fill="currentColor"/></svg>'
    )


def _shown(number: Number, value: float | None) -> str:
    return format_value(value, number.format, number.currency, number.minor_digits)


def _exact(number: Number, value: float | None) -> str:
    return exact_value(value, number.format, number.currency, number.minor_digits)
