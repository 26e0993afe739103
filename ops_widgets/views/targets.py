"""Targets of headline numbers, as the view states them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ops_widgets.charts.formats import Number
from ops_widgets.errors import UsageError, nearest
from ops_widgets.views.base import View


def with_targets(numbers: Sequence[Number], view: View) -> list[Number]:
    """``numbers`` with the targets of the view; money is given in whole currency.

    Raises ``UsageError`` for a target of a number that the page does not have.
    """
    goals = dict(target.split("=", 1) for target in view.targets)
    known = {number.name for number in numbers}
    for name in goals:
        if name not in known:
            raise UsageError(f"There is no number {name!r} to have a target.", nearest(name, known))
    return [replace(n, target=_target(n, goals[n.name])) if n.name in goals else n for n in numbers]


def _target(number: Number, text: str) -> float:
    return float(text) * (10**number.minor_digits if number.format == "money" else 1)
