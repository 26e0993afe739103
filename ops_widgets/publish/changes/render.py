"""A difference as people read it: a table and sentences, on a page and in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from ops_widgets.charts.formats import MISSING, exact_value, format_value
from ops_widgets.publish.changes.difference import (
    Amount,
    Difference,
    Growth,
    NumberDifference,
    Redefinition,
)
from ops_widgets.publish.notebooks.export import environment, literal

PARTS = ("moved", "late", "redefined")
HEADS = ("The shop moved", "Late data", "Redefined")


def difference_html(difference: Difference | None, notebook: str = "") -> Markup:
    """The section "What changed" of a page: of one ``notebook``, or of the whole report."""
    if difference is None:
        return Markup()
    prefix = f"{notebook}." if notebook else ""
    own = [n for n in difference.numbers if n.number.startswith(prefix)]
    shown = [number for number in own if is_news(number)]
    template = environment().get_template("reports/difference.html.j2")
    return Markup(
        template.render(
            difference=difference,
            rows=[_row(number) for number in shown],
            same=sum(n.total == 0 and not n.waits and not is_news(n) for n in own),
            waiting=waiting_words(own),
            heads=HEADS,
            notes=notes(shown),
            redefined=[
                redefined_words(r)
                for r in difference.redefinitions
                if not notebook or r.notebook in ("", notebook)
            ],
            grown=grown_words(difference.inputs),
        )
    )


def is_news(number: NumberDifference) -> bool:
    """Whether a number changed, came or went; one of a week only once another week has closed.

    What was redefined is said at once: later runs would not see it.
    """
    if number.waits:
        return bool(number.redefined or number.late_or_redefined)
    if number.total is None:
        return number.old is not None or number.new is not None
    parts = (number.total, number.moved, number.late, number.redefined, number.late_or_redefined)
    return any(parts)


def waiting_words(numbers: Sequence[NumberDifference]) -> list[str]:
    """Which numbers are of a week, or another period, and are not looked at before the next."""
    grains: dict[str, list[str]] = {}
    for number in numbers:
        if number.waits:
            grains.setdefault(number.waits, []).append(number.label)
    return [
        f"Of a {grain}, and none has closed since: {', '.join(labels)}. They are compared, and "
        "their alerts judged, when the next one has."
        for grain, labels in grains.items()
    ]


def _row(number: NumberDifference) -> dict[str, Any]:
    """The cells of one number: text as it is shown, and the exact value."""
    mixed = number.late_or_redefined
    parts = [getattr(number, part) for part in PARTS]
    return {
        "label": number.label,
        "old": _cell(number, number.old),
        "new": _cell(number, number.new),
        "total": _cell(number, number.total, signed=True),
        "parts": [_cell(number, part, signed=True) for part in parts[: 1 if mixed else 3]],
        "mixed": _cell(number, mixed, signed=True) if mixed else None,
    }


def _cell(number: NumberDifference, value: Amount | None, signed: bool = False) -> tuple[str, str]:
    return (step(number, value), step(number, value, exact=True)) if signed else (
        format_value(value, number.format, number.currency, number.minor_digits),
        exact_value(value, number.format, number.currency, number.minor_digits),
    )  # fmt: skip


def step(number: NumberDifference, value: Amount | None, exact: bool = False) -> str:
    """A change with its sign; of a share in percentage points."""
    if value is None:
        return "unknown" if exact else MISSING
    if value == 0:
        return "0"
    kind = "points" if number.format == "percent" else number.format
    about = (abs(value), kind, number.currency, number.minor_digits)
    size = format_value(*about).lstrip("+")
    if exact or not any(digit in "123456789" for digit in size):
        size = exact_value(*about).lstrip("+")  # rounded, a small change would look like none
    return f"{'+' if value > 0 else '−'}{size}"


def notes(numbers: Sequence[NumberDifference]) -> list[str]:
    """Why some numbers could not be split: each reason once."""
    labels: dict[str, list[str]] = {}
    for number in numbers:
        if number.reason:
            labels.setdefault(number.reason, []).append(number.label)
    return [f"{', '.join(of)}: {reason}" for reason, of in labels.items()]


def redefined_words(one: Redefinition) -> str:
    """What was redefined, and from what to what."""
    if one.what == "package":
        if one.old == one.new:
            return f"The package's code has changed (version {one.new} as before)."
        return f"The package has changed from version {one.old} to {one.new}."
    if one.what == "notebook":
        return f"The notebook {one.notebook} has been changed."
    return f"{one.notebook}: {one.name} was {literal(one.old)} and is now {literal(one.new)}."


def grown_words(inputs: Sequence[Growth]) -> list[str]:
    """Which tables have other rows than then."""
    lines = []
    for one in inputs:
        grown = one.rows_now - one.rows_then
        aside = one.rejected_now - one.rejected_then
        if grown or aside:
            less = f"{abs(grown):,} {'more' if grown > 0 else 'fewer'}" if grown else "as before"
            rejects = f"; {one.rejected_now:,} set aside ({aside:+,})" if aside else ""
            lines.append(f"{one.table}: {one.rows_now:,} rows, {less}{rejects}.")
    return lines


def difference_text(difference: Difference) -> str:
    """The same for a terminal: exact values, one line a number."""
    heads = ("", f"{difference.old_as_of}", f"{difference.new_as_of}", "change", *HEADS)
    rows: list[tuple[str, ...]] = [heads]
    for number in difference.numbers:
        values = (
            exact_value(value, number.format, number.currency, number.minor_digits)
            for value in (number.old, number.new)
        )
        parts = [step(number, getattr(number, part), exact=True) for part in PARTS]
        if number.late_or_redefined is not None:
            parts[1:] = [f"{step(number, number.late_or_redefined, exact=True)} together", ""]
        rows.append((number.number, *values, step(number, number.total, exact=True), *parts))
    widths = [max(len(row[place]) for row in rows) for place in range(len(heads))]
    lines = [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines += ["", *notes(difference.numbers)]
    lines += [redefined_words(r) for r in difference.redefinitions]
    lines += grown_words(difference.inputs)
    return "\n".join(lines).rstrip()
