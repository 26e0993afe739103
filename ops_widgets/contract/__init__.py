"""The data contract: every table, column, type, unit and rule, declared once.

The loader, the checks, the data dictionary page and the sample generator all read this
module and repeat none of it. It is data, not code: ``checks`` turns a :class:`Rule` into an
expression, ``docs`` turns it into a page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

CONTRACT_VERSION = 1

ColumnType = Literal["text", "integer", "number", "timestamp", "date"]
RuleKind = Literal[
    "not_null",  # the column holds a value
    "positive",  # > 0
    "not_negative",  # >= 0
    "one_of",  # one of the column's ``choices``
    "not_before",  # on or after EARLIEST
    "not_future",  # on or before the moment of the check
    "ordered",  # columns[0] <= columns[1]
    "unique",  # the columns together occur once: later rows are set aside
    "unique_row",  # the whole row occurs once: further copies are set aside
    "known_in",  # the value occurs in ``reference`` ("table.column"), when that table is mapped
]
Severity = Literal["reject", "note"]

#: Nothing was sold online before this day: an earlier date is an unset clock or a placeholder.
EARLIEST = "1990-01-01"

STATUSES = ("completed", "cancelled", "returned", "credited")
CONTENT_TYPES = ("marketing_copy", "shopping_guide", "rule_explanation", "scenario_story")
ARMS = ("treatment", "control")


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, and whether a null is allowed."""

    name: str
    type: ColumnType
    description: str
    required: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One thing that must hold for a row.

    ``reject`` sets the row aside under ``name``; ``note`` keeps it and counts it.
    """

    name: str
    kind: RuleKind
    columns: tuple[str, ...]
    remedy: str
    severity: Severity = "reject"
    reference: str = ""


@dataclass(frozen=True)
class Table:
    """One table of the contract; ``required`` tables must be mapped by every source.

    ``dated`` names the column that says when a row happened, in tables that grow by time.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    required: bool = False
    used_for: str = ""
    dated: str = ""
    _by_name: dict[str, Column] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_name.update({column.name: column for column in self.columns})

    def column(self, name: str) -> Column:
        """The declaration of one column; ``KeyError`` if there is none of that name."""
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in declared order."""
        return tuple(self._by_name)

    @property
    def required_names(self) -> tuple[str, ...]:
        """Names of the columns that must be mapped."""
        return tuple(c.name for c in self.columns if c.required)


def _dates(column: str) -> tuple[Rule, ...]:
    return (
        Rule(
            f"{column}_too_early",
            "not_before",
            (column,),
            f"A date before {EARLIEST} is usually an unset clock: correct it at its origin.",
        ),
        Rule(
            f"{column}_in_future",
            "not_future",
            (column,),
            "A date after today is a wrong clock or a wrong time zone: times must be UTC.",
        ),
    )


def _filled(*columns: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(f"{c}_missing", "not_null", (c,), f"Every row needs a {c}: fill it or drop the row.")
        for c in columns
    )


def _not_negative(*columns: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(f"{c}_negative", "not_negative", (c,), f"{c} counts something: it cannot be negative.")
        for c in columns
    )


ORDERS = Table(
    "orders",
    row="one product line of an order",
    required=True,
    used_for="sales, customers, retention, campaign results",
    dated="ordered_at",
    columns=(
        Column("order_id", "text", "The order this line belongs to", required=True),
        Column("ordered_at", "timestamp", "When the order was placed", required=True, unit="UTC"),
        Column("customer_id", "text", "Who ordered; null where the shop does not know"),
        Column("product_id", "text", "What was ordered", required=True),
        Column("quantity", "integer", "How many", required=True, unit="pieces"),
        Column(
            "unit_price",
            "number",
            "What one piece was charged, before `discount`",
            required=True,
            unit="currency",
        ),
        Column("discount", "number", "Taken off this line in total", unit="currency"),
        Column("unit_cost", "number", "What one piece cost the shop", unit="currency"),
        Column("channel", "text", "Where the order came from (app, search, ...)"),
        Column("campaign_id", "text", "The campaign the shop credits with this order"),
        Column(
            "status",
            "text",
            "completed (the default for null); cancelled before delivery; returned: this very "
            "line came back; credited: a credit note for an earlier line that stays completed, "
            "its value is subtracted",
            choices=STATUSES,
        ),
    ),
    rules=(
        *_filled("order_id", "ordered_at", "product_id", "quantity", "unit_price"),
        *_dates("ordered_at"),
        Rule(
            "quantity_not_positive",
            "positive",
            ("quantity",),
            "A line has at least one piece: give returns a positive quantity and a status.",
        ),
        Rule(
            "unit_price_not_positive",
            "positive",
            ("unit_price",),
            "A price is above zero: bad debt, fees and samples are no product lines.",
        ),
        *_not_negative("discount", "unit_cost"),
        Rule(
            "status_unknown",
            "one_of",
            ("status",),
            f"Map the shop's own words to {', '.join(STATUSES)}.",
        ),
        Rule(
            "exact_duplicate",
            "unique_row",
            (),
            "The same line was delivered twice: one copy is used, further copies are set aside.",
        ),
        Rule(
            "customer_unknown",
            "not_null",
            ("customer_id",),
            "Kept in sales, left out of customer counts: map a stable customer id if there is one.",
            severity="note",
        ),
        Rule(
            "product_unknown",
            "known_in",
            ("product_id",),
            "Kept in sales as category (unknown): add the product to `products`.",
            severity="note",
            reference="products.product_id",
        ),
    ),
)

PRODUCTS = Table(
    "products",
    row="one product",
    used_for="sales and customers by category and brand",
    columns=(
        Column("product_id", "text", "The product", required=True),
        Column("name", "text", "What people call it"),
        Column("category", "text", "Path from coarse to fine, `A / B / C`"),
        Column("brand", "text", "The brand"),
        Column("seller_id", "text", "Who sells it, on a marketplace"),
        Column("list_price", "number", "Price before any reduction", unit="currency"),
        Column("unit_cost", "number", "What one piece costs the shop", unit="currency"),
        Column("listed_on", "date", "First day on sale"),
    ),
    rules=(
        *_filled("product_id"),
        Rule(
            "product_id_duplicated",
            "unique",
            ("product_id",),
            "A product has one row: keep the current one.",
        ),
        Rule(
            "list_price_not_positive",
            "positive",
            ("list_price",),
            "A list price is above zero: leave it empty where there is none.",
        ),
        *_not_negative("unit_cost"),
        Rule(
            "category_missing",
            "not_null",
            ("category",),
            "Kept, and shown as category (unknown): map the shop's category path.",
            severity="note",
        ),
    ),
)

EVENTS = Table(
    "events",
    row="one thing a visitor did",
    used_for="visits, funnels, activity without purchase",
    dated="occurred_at",
    columns=(
        Column("occurred_at", "timestamp", "When it happened", required=True, unit="UTC"),
        Column("customer_id", "text", "Who did it", required=True),
        Column("event", "text", "What was done (view, cart, ...)", required=True),
        Column("product_id", "text", "On which product"),
        Column("channel", "text", "Where the visitor came from"),
        Column("campaign_id", "text", "Which campaign the visitor came by"),
        Column("session_id", "text", "The visit it belongs to"),
    ),
    rules=(
        *_filled("occurred_at", "customer_id", "event"),
        *_dates("occurred_at"),
    ),
)

CAMPAIGNS = Table(
    "campaigns",
    row="one campaign or content piece",
    used_for="campaign names, content types, periods",
    columns=(
        Column("campaign_id", "text", "The campaign", required=True),
        Column("name", "text", "What people call it"),
        Column("content_type", "text", "What kind of content it is", choices=CONTENT_TYPES),
        Column("format", "text", "banner, push, text message, ..."),
        Column("channel", "text", "Where it ran"),
        Column("slot_id", "text", "Which slot of the page it filled"),
        Column("starts_on", "date", "First day", unit="local date"),
        Column("ends_on", "date", "Last day", unit="local date"),
        Column("objective", "text", "What it was for"),
        Column("budget", "number", "What it was allowed to cost", unit="currency"),
    ),
    rules=(
        *_filled("campaign_id"),
        Rule(
            "campaign_id_duplicated",
            "unique",
            ("campaign_id",),
            "A campaign has one row: merge the rows or give each its own id.",
        ),
        Rule(
            "content_type_unknown",
            "one_of",
            ("content_type",),
            f"Map the shop's own words to {', '.join(CONTENT_TYPES)}, or leave it empty.",
        ),
        Rule(
            "campaign_ends_before_start",
            "ordered",
            ("starts_on", "ends_on"),
            "The last day cannot be before the first: swap or correct them.",
        ),
        *_not_negative("budget"),
    ),
)

CAMPAIGN_DAYS = Table(
    "campaign_days",
    row="one campaign on one day",
    used_for="reach, clicks and cost: CTR, ROAS, CAC",
    columns=(
        Column("campaign_id", "text", "The campaign", required=True),
        Column("day", "date", "The day", required=True, unit="local date"),
        Column("impressions", "integer", "How often it was shown", unit="times"),
        Column("clicks", "integer", "How often it was clicked", unit="times"),
        Column("cost", "number", "What that day cost", unit="currency"),
    ),
    rules=(
        *_filled("campaign_id", "day"),
        *_dates("day"),
        *_not_negative("impressions", "clicks", "cost"),
        Rule(
            "campaign_day_duplicated",
            "unique",
            ("campaign_id", "day"),
            "A campaign has one row a day: add the rows up first.",
        ),
    ),
)

CAMPAIGN_AUDIENCE = Table(
    "campaign_audience",
    row="one customer in one campaign",
    used_for="true effect: treatment against control",
    columns=(
        Column("campaign_id", "text", "The campaign", required=True),
        Column("customer_id", "text", "The customer", required=True),
        Column("arm", "text", "Saw it or was held back", choices=ARMS),
        Column("assigned_at", "timestamp", "When the arm was drawn", unit="UTC"),
    ),
    rules=(
        *_filled("campaign_id", "customer_id"),
        Rule("arm_unknown", "one_of", ("arm",), f"An arm is one of {', '.join(ARMS)}."),
        *_dates("assigned_at"),
        Rule(
            "audience_duplicated",
            "unique",
            ("campaign_id", "customer_id"),
            "A customer is in one arm of a campaign: find out which one, drop the other.",
        ),
    ),
)

MARKET = Table(
    "market",
    row="one brand in one category and month, of the whole market",
    used_for="market size, growth, concentration, open market",
    columns=(
        Column("month", "date", "Any day of the month", required=True, unit="month"),
        Column("category", "text", "Path from coarse to fine, `A / B / C`", required=True),
        Column("brand", "text", "The brand", required=True),
        Column("gmv", "number", "Gross merchandise value", required=True, unit="currency"),
        Column("units", "integer", "Pieces sold", unit="pieces"),
        Column("products", "integer", "Products on sale", unit="products"),
        Column("searches", "integer", "Searches that led here", unit="times"),
    ),
    rules=(
        *_filled("month", "category", "brand", "gmv"),
        *_dates("month"),
        *_not_negative("gmv", "units", "products", "searches"),
        Rule(
            "market_row_duplicated",
            "unique",
            ("month", "category", "brand"),
            "A brand has one row per category and month: add the rows up first.",
        ),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        ORDERS,
        PRODUCTS,
        EVENTS,
        CAMPAIGNS,
        CAMPAIGN_DAYS,
        CAMPAIGN_AUDIENCE,
        MARKET,
    )
}
