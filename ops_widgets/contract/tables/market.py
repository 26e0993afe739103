"""The market: what all sellers together sold, by month, category and brand."""

from __future__ import annotations

from ops_widgets.contract.table import (
    MOST_COUNTED,
    MOST_OF_A_MARKET,
    Column,
    Rule,
    Table,
    dates,
    filled,
    not_negative,
)

TABLE = Table(
    "market",
    place=70,
    row="one brand in one category and month, of the whole market",
    days=("month",),
    of_periods=True,
    used_for="market size, growth, concentration, open market",
    unread=(
        "units",
        "products",
        "searches",
    ),
    columns=(
        Column("month", "date", "Any day of the month", required=True, unit="month"),
        Column(
            "category",
            "text",
            "Path from coarse to fine, `A / B / C`",
            required=True,
            names="category",
        ),
        Column(
            "brand",
            "text",
            "The brand; blank where the row is of many",
            required=True,
            names="brand",
        ),
        Column(
            "gmv",
            "number",
            "Gross merchandise value",
            required=True,
            unit="currency",
            limit=MOST_OF_A_MARKET,
        ),
        Column("units", "integer", "Pieces sold", unit="pieces", limit=MOST_COUNTED),
        Column("products", "integer", "Products on sale", unit="products", limit=MOST_COUNTED),
        Column("searches", "integer", "Searches that led here", unit="times", limit=MOST_COUNTED),
    ),
    rules=(
        *filled("month", "category", "gmv"),
        *dates("month"),
        *not_negative("gmv", "units", "products", "searches"),
        Rule(
            "market_row_duplicated",
            "unique",
            ("month", "category", "brand"),
            "A brand has one row per category and month, whatever the day: add the rows up first, "
            "in a sql with sum(gmv) and group by date_trunc('month', month), category, brand.",
        ),
        Rule(
            "brand_missing",
            "not_null",
            ("brand",),
            "Kept in the size of the market, and no brand: write the brand where it is one.",
            severity="note",
        ),
    ),
)
