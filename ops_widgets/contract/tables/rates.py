"""Rates: what other currencies were worth in the source's own, day by day."""

from __future__ import annotations

from ops_widgets.contract.table import (
    CODE,
    MOST_COUNTED,
    RATE_DAYS,
    Column,
    Rule,
    Table,
    dates,
    filled,
)

TABLE = Table(
    "rates",
    row="what one currency was worth on one day",
    used_for="money in other currencies than the source's: without it such rows are set aside",
    columns=(
        Column(
            "day",
            "date",
            f"The day; it also stands for the {RATE_DAYS} after it, until the next one",
            required=True,
            unit="local date",
        ),
        Column("currency", "text", "The other currency", required=True, unit=CODE),
        Column(
            "rate",
            "number",
            "What one unit of it was worth in the source's currency",
            required=True,
            unit="source's currency",
            limit=MOST_COUNTED,
        ),
    ),
    rules=(
        *filled("day", "currency", "rate"),
        *dates("day"),
        Rule(
            "rate_not_positive",
            "positive",
            ("rate",),
            "A rate is above zero: leave the day out where there is none.",
        ),
        Rule(
            "rate_duplicated",
            "unique",
            ("day", "currency"),
            "A currency has one rate a day: drop the others.",
        ),
    ),
)
