"""Campaigns: what was published, where and when."""

from __future__ import annotations

from ops_widgets.contract.table import (
    MOST_OF_A_MARKET,
    Column,
    Rule,
    Table,
    filled,
    not_negative,
)

CONTENT_TYPES = ("marketing_copy", "shopping_guide", "rule_explanation", "scenario_story")

TABLE = Table(
    "campaigns",
    place=40,
    row="one campaign or content piece",
    used_for="campaign names, kinds, slots, objectives, periods, budgets, planned splits",
    columns=(
        Column("campaign_id", "text", "The campaign", required=True, unit="id"),
        Column("name", "text", "What people call it", names="campaign"),
        Column(
            "content_type",
            "text",
            "What kind of content it is",
            choices=CONTENT_TYPES,
            names="content_type",
        ),
        Column("format", "text", "banner, push, text message, ...", names="format"),
        Column("channel", "text", "Where it ran", names="channel"),
        Column("slot_id", "text", "Which slot of the page it filled", unit="id"),
        Column("starts_on", "date", "First day", unit="local date"),
        Column("ends_on", "date", "Last day", unit="local date"),
        Column(
            "objective",
            "text",
            "What it was for; `global_holdout`: it is no campaign, the control arm of its audience "
            "is kept out of all campaigns of its days",
        ),
        Column(
            "budget",
            "number",
            "What it was allowed to cost",
            unit="currency",
            limit=MOST_OF_A_MARKET,
        ),
        Column(
            "treatment_share",
            "number",
            "Planned share of its audience that is treated, the rest is held back",
            unit="0 to 1",
            at_most=1,
        ),
    ),
    rules=(
        *filled("campaign_id"),
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
        *not_negative("budget"),
        Rule(
            "treatment_share_negative",
            "not_negative",
            ("treatment_share",),
            "A share lies between 0 and 1: 0.5 is half of the audience.",
        ),
    ),
)
