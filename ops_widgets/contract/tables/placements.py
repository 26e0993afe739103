"""Placements: where products stood on a page, and how often they were seen and clicked there."""

from __future__ import annotations

from ops_widgets.contract.table import (
    MOST_COUNTED,
    MOST_PIECES,
    Column,
    Rule,
    Table,
    dates,
    filled,
    known,
    not_negative,
    once,
    positive,
)

TABLE = Table(
    "placements",
    place=75,
    row="one product at one place of a page on one day",
    used_for="what a place is worth, whatever stands there; no page reads it yet",
    unread=(
        *("day", "page", "product_id", "position"),
        *("impressions", "clicks", "orders", "shuffled"),
    ),
    columns=(
        Column("day", "date", "The day", required=True, unit="local date"),
        Column("page", "text", "The page or list", required=True, names="page"),
        Column("product_id", "text", "The product", required=True),
        Column("position", "integer", "Its place, 1 is first", required=True, limit=MOST_PIECES),
        Column(
            "impressions",
            "integer",
            "How often it was shown there",
            required=True,
            unit="times",
            limit=MOST_COUNTED,
        ),
        Column(
            "clicks",
            "integer",
            "How often it was clicked there",
            required=True,
            unit="times",
            limit=MOST_COUNTED,
        ),
        Column("orders", "integer", "Orders that came of it", unit="orders", limit=MOST_COUNTED),
        Column("shuffled", "boolean", "Whether the order of the page was drawn at random"),
    ),
    rules=(
        *filled("day", "page", "product_id", "position", "impressions", "clicks"),
        *dates("day"),
        *positive("position", remedy="Places are counted from 1: add 1 where they begin at 0."),
        *not_negative("impressions", "clicks", "orders"),
        once(
            "placement_duplicated",
            *("day", "page", "product_id", "position", "shuffled"),
            remedy="A product has one row a day and place: add the rows up first.",
        ),
        Rule(
            "clicks_above_impressions",
            "ordered",
            ("clicks", "impressions"),
            "Kept, and impossible where all views are counted: a click needs a view.",
            severity="note",
        ),
        known("product_id", "products.product_id", " without a name and category"),
    ),
)
