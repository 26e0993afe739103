"""Campaign days: what a campaign reached and what it cost, day by day."""

from __future__ import annotations

from ops_widgets.contract.table import (
    CURRENCY,
    MOST_COUNTED,
    MOST_MONEY,
    Column,
    Rule,
    Table,
    dates,
    filled,
    in_currency,
    known,
    not_negative,
)

TABLE = Table(
    "campaign_days",
    place=50,
    row="one campaign on one day",
    days=("day",),
    used_for="reach, clicks and cost: CTR, ROAS, CAC; what platforms count as converted",
    columns=(
        Column("campaign_id", "text", "The campaign", required=True, unit="id"),
        Column("day", "date", "The day", required=True, unit="local date"),
        Column(
            "impressions", "integer", "How often it was shown", unit="times", limit=MOST_COUNTED
        ),
        Column("clicks", "integer", "How often it was clicked", unit="times", limit=MOST_COUNTED),
        Column("cost", "number", "What that day cost", unit="currency", limit=MOST_MONEY),
        Column(
            "conversions",
            "number",
            "How often it led to what it was for, as the channel counts it (parts of one, too)",
            unit="times",
            limit=MOST_COUNTED,
        ),
        Column(
            "conversion_value",
            "number",
            "What these brought, as the channel counts it",
            unit="currency",
            limit=MOST_MONEY,
        ),
        Column(
            "slot_id", "text", "The slot in which it was shown, where it had several", unit="id"
        ),
        CURRENCY,
    ),
    rules=(
        *filled("campaign_id", "day"),
        *dates("day"),
        *not_negative("impressions", "clicks", "cost", "conversions", "conversion_value"),
        *in_currency("day"),
        Rule(
            "campaign_day_duplicated",
            "unique",
            ("campaign_id", "day", "slot_id"),
            "A campaign has one row a day (and slot): add the rows up first.",
        ),
        known("slot_id", "slots.slot_id", ""),
    ),
)
