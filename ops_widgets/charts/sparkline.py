"""A line of the last values, as small as a word."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ops_widgets.charts.formats import is_missing

#: Size of a sparkline in its own units; the style sheet stretches it.
WIDTH, HEIGHT, MARGIN = 120.0, 28.0, 4.0


def sparkline(
    values: Sequence[float | None], label: str, zero: bool = False, target: float | None = None
) -> str:
    """A line of ``values`` without axes, its last point marked; a gap where one is unknown.

    With ``zero`` or a ``target`` that height is a faint line, and in the picture.
    """
    known = [float(v) for v in values if v is not None and not is_missing(v)]
    lines = {"ops-zero": 0.0} if zero else {} if target is None else {"ops-target": target}
    low, high = min([*known, *lines.values()]), max([*known, *lines.values()])
    span = (high - low) or 1.0

    def height(value: float) -> float:
        return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (value - low) / span

    step = (WIDTH - 2 * MARGIN) / max(1, len(values) - 1)
    parts: list[list[str]] = [[]]  # points without a gap between them
    for place, value in enumerate(values):
        if value is None or is_missing(value):
            parts.append([])
        else:
            parts[-1].append(f"{MARGIN + place * step:.1f} {height(float(value)):.1f}")
    parts = [part for part in parts if part]
    line = "".join(f"M{'L'.join(part)}" for part in parts)
    alone = "".join(f"M{part[0]}h0" for part in parts if len(part) == 1)
    dots = f'<path class="ops-alone" d="{alone}"/>' if alone else ""
    drawn = "".join(
        f'<line class="{kind}" x1="0" x2="{WIDTH:g}" y1="{height(at):.1f}" y2="{height(at):.1f}"/>'
        for kind, at in lines.items()
    )
    return (
        f'<svg class="ops-spark" role="img" aria-label="{escape(label)}" '
        f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none">{drawn}'
        f'<path d="{line}"/>{dots}<path class="ops-last" d="M{parts[-1][-1]}h0"/></svg>'
    )
