"""A check's result as tables that people can read."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from ops_widgets.sources.currency import amount_text
from ops_widgets.validation.results import FATES, CheckReport, RuleResult


def render(report: CheckReport) -> RenderableType:
    """Rows in, used and set aside for each table, then every rule that rows broke.

    Whether that is too much is for :func:`checks.require_usable` to say.
    """
    span = ", {} {} to {}".format(*report.days) if report.days else ""
    parts: list[RenderableType] = [_tables(report, f"{report.source}{span}")]
    parts += [Text(line) for line in _files(report)]
    rules = [rule for table in report.tables.values() for rule in table.rules]
    if rules:
        parts += [Text(), _rules(rules, report.currency)]
    # Below the table: lines that a cell broke could not be copied.
    for rule in filter(lambda one: one.lines, rules):
        parts.append(Text(f"\nFor {rule.rule} of {rule.table}:\n\n{rule.lines}"))
    return Group(*parts)


def _files(report: CheckReport) -> list[str]:
    """What the selects do not see of the raw files."""
    lines = []
    for file, counts in report.files.items():
        for name, count in counts.items():
            column = name.removesuffix("_wrong_type")
            rows = f"{count:,} row" if count == 1 else f"{count:,} rows"
            said = f"{rows} left out as {name}"
            if column != name:
                said = f"{column!r} cannot be read in {rows}, where it is missing"
            lines.append(f"files.{file}: {said}.")
    return lines


def as_text(report: CheckReport, width: int = 110) -> str:
    """The same as plain text, for an error or a log."""
    console = Console(file=StringIO(), width=width, color_system=None)
    with console.capture() as captured:
        console.print(render(report))
    return captured.get()


def _tables(report: CheckReport, title: str) -> Table:
    shown = Table(title=Text(title), title_justify="left")
    shown.add_column("table")
    counts = ["rows in", "used", "set aside", "share"]
    leaves_out = any(result.rows_left_out for result in report.tables.values())
    for name in counts + ["left out"] * leaves_out:
        shown.add_column(name, justify="right")
    shown.add_column("not mapped")
    for name, result in report.tables.items():
        shown.add_row(
            name,
            f"{result.rows_in:,}",
            f"{result.rows_used:,}",
            f"{result.rows_rejected:,}",
            f"{result.rejected_share:.2%}",
            *[f"{result.rows_left_out:,}"] * leaves_out,
            ", ".join(result.missing_columns),
        )
    return shown


def _rules(rules: list[RuleResult], currency: str) -> Table:
    shown = Table(title="What was found", title_justify="left", show_lines=True)
    shown.add_column("table and rule", overflow="fold", ratio=3)
    shown.add_column("rows", justify="right")
    shown.add_column("", no_wrap=True)
    shown.add_column("for example", overflow="fold", ratio=4)
    shown.add_column("what to do", ratio=4)
    for rule in rules:
        shown.add_row(
            Text(f"{rule.table}\n{rule.rule}"),
            f"{rule.count:,}" + _at_stake(rule, currency),
            FATES[rule.severity],
            Text(_example(rule.examples[0]) if rule.examples else ""),
            Text(rule.remedy),
        )
    return shown


def _at_stake(rule: RuleResult, currency: str) -> str:
    """The money that the rows are worth, below their number."""
    if rule.amount is None:
        return ""
    return "\n" + amount_text(rule.amount, currency).replace(" ", "\n")


def _example(row: dict[str, Any]) -> str:
    """One row: where it is, then the values that matter."""
    place = str(row.get("file", ""))
    if "line" in row:
        place += f", line {row['line']}"
    elif "row" in row:
        place += f", row {row['row']}"
    values = [
        f"{name} = {'(empty)' if value is None else value}"
        for name, value in row.items()
        if name not in ("file", "row", "line")
    ]
    return "\n".join([place, *values] if place else values)
