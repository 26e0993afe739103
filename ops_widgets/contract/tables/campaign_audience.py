"""Campaign audience: who saw a campaign, and who was held back."""

from __future__ import annotations

from ops_widgets.contract.table import MOST_MONEY, Column, Rule, Table, dates, filled, not_negative

ARMS = ("treatment", "control")

TABLE = Table(
    "campaign_audience",
    place=60,
    row="one customer in one campaign",
    days=("assigned_at",),
    used_for="what campaigns caused, against customers who were held back",
    columns=(
        Column("campaign_id", "text", "The campaign", required=True, unit="id"),
        Column("customer_id", "text", "The customer", required=True, unit="id"),
        Column("arm", "text", "Saw it or was held back", choices=ARMS),
        Column("assigned_at", "timestamp", "When the arm was drawn", unit="UTC"),
        Column("reached", "boolean", "Whether the campaign was really seen"),
        Column("converted", "boolean", "Whether the customer did what it was for"),
        Column(
            "value",
            "number",
            "What the customer brought; 0 is nothing, blank is not known",
            unit="currency",
            limit=MOST_MONEY,
        ),
    ),
    families=(
        Column(
            "pre_*",
            "number",
            "Anything known of the customer before the arm was drawn (pre_spend, pre_orders, ...)",
        ),
    ),
    rules=(
        *filled("campaign_id", "customer_id"),
        Rule(
            "arm_unknown",
            "one_of",
            ("arm",),
            f"An arm is one of {', '.join(ARMS)}; each further treatment is a campaign of its own, "
            "with the same customers held back.",
        ),
        *dates("assigned_at"),
        *not_negative("value"),
        Rule(
            "audience_duplicated",
            "unique",
            ("campaign_id", "customer_id"),
            "A customer is in one arm of a campaign: find out which one, drop the other.",
        ),
    ),
)
