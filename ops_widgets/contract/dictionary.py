"""The data dictionary page, written from the contract.

``python -m ops_widgets.contract.dictionary > docs/data-dictionary.md`` renews the page; a test
holds the two together.
"""

from __future__ import annotations

import sys

from ops_widgets.contract import CONTRACT_VERSION, TABLES
from ops_widgets.contract.table import EARLIEST, LATEST, Column, Rule, Table

#: What a rule asks for, in words; ``{columns}``, ``{choices}`` and so on are filled in.
MEANINGS = {
    "not_null": "{columns} is filled",
    "positive": "{columns} is above 0",
    "not_negative": "{columns} is 0 or more",
    "one_of": "{columns} is one of {choices}",
    "matches": "{columns} is blank or written as the column says",
    "avoids": "{columns} names each dimension once",
    "not_before": "{columns} is not before {earliest}",
    "not_after": "{columns} is not after {latest}",
    "not_future": "{columns} is not after the day of the check",
    "ordered": "{columns} are in this order",
    "span_ordered": "the first day of {columns} is not after the last",
    "unique": "{columns} together occur once",
    "unique_row": "no row is an exact copy of another",
    "known_in": "{columns} occurs in {reference}",
}


def dictionary() -> str:
    """The whole page as Markdown."""
    required = " and ".join(f"`{name}`" for name, table in TABLES.items() if table.required)
    parts = [
        "# Data dictionary",
        f"Contract version {CONTRACT_VERSION}. This page is written from "
        "`ops_widgets/contract/tables/`; do not edit it by hand.",
        f"Only {required} is required. Columns with * must be mapped; all others may be absent. "
        "Times are UTC without a zone; money is in the source's `currency`, as written "
        "(12.34), and becomes whole minor units when summaries are built. A row that breaks a "
        "rule is **set aside** with the rule's name, counted and kept in the rejects; rules "
        "marked *noted* keep the row and count it. A value that is not of its column's type is "
        "set aside as `COLUMN_wrong_type`, one that reaches its limit as `COLUMN_too_large`: no "
        "shop has such a value, and without it every sum keeps within 64 bits. Where a file has "
        "one row a piece, exact copies are kept and noted as `equal_lines`. A boolean is true or "
        "false, yes or no, t or f, y or n, 1 or 0.",
    ]
    lost = [f"| `{name}` | {one.used_for} |" for name, one in TABLES.items() if not one.required]
    parts += [
        "## What a missing table means",
        "Nothing is guessed; the page that needs a table says so.",
        "\n".join(["| not mapped | what is lost |", "|---|---|", *lost]),
    ]
    parts += [_table(table) for table in TABLES.values()]
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    required = "Required" if table.required else "Optional"
    columns = [
        "| column | type | unit | meaning |",
        "|---|---|---|---|",
        *(
            f"| `{c.name}`{'*' if c.required else ''} | {c.type} | {c.unit or '–'} "
            f"| {c.description}{_choices(c.choices)}{_limit(c)} |"
            for c in (*table.columns, *table.families)
        ),
    ]
    rules = [
        "| rule | what must hold | if not | what to do |",
        "|---|---|---|---|",
        *(_rule(table, rule) for rule in table.rules),
    ]
    return "\n\n".join(
        [
            f"## {table.name}",
            f"One row is {table.row}. {required}. Used for: {table.used_for}.{_unread(table)}",
            "\n".join(columns),
            "\n".join(rules),
        ]
    )


def _unread(table: Table) -> str:
    names = ", ".join(f"`{name}`" for name in table.unread)
    return f" No page reads {names} yet." if names else ""


def _choices(choices: tuple[str, ...]) -> str:
    return f" ({', '.join(f'`{c}`' for c in choices)})" if choices else ""


def _limit(column: Column) -> str:
    if column.at_most is not None:
        return f"; at most {column.at_most}"
    if not column.limit:
        return ""
    times = f", also times `{column.times}`" if column.times else ""
    return f"; below {column.limit:,}{times}"


def _rule(table: Table, rule: Rule) -> str:
    columns = [f"`{name}`" for name in rule.columns]
    meaning = MEANINGS[rule.kind].format(
        columns=" and ".join(columns),
        choices=", ".join(f"`{c}`" for n in rule.columns for c in table.column(n).choices),
        earliest=EARLIEST,
        latest=LATEST,
        reference=f"`{rule.reference}`",
    )
    if rule.identity:
        identity = " and ".join(f"`{name}`" for name in rule.identity)
        meaning += f"; where {identity} are filled, these occur once in a month"
    if rule.unless:
        meaning += f", unless `{rule.unless[0]}` is `{rule.unless[1]}`"
    consequence = "set aside" if rule.severity == "reject" else "*noted*"
    return f"| `{rule.name}` | {meaning} | {consequence} | {rule.remedy} |"


if __name__ == "__main__":
    sys.stdout.write(dictionary())
