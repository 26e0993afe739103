"""The shop's campaigns and what each of them truly does.

Effects are planted as expected *additional* orders of a treated customer over the campaign's
days; money follows from the mean net value of an order. Campaigns that acquire customers never
overlap each other, so that every new customer is credited at most once.
"""

from __future__ import annotations

from datetime import date

from ops_widgets.samples.campaign import (
    CATEGORY,
    FEED,
    GUIDES,
    HOME,
    PARTNER,
    PUSH,
    TEXT,
    Campaign,
)

COPY, GUIDE, RULES, STORY = "marketing_copy", "shopping_guide", "rule_explanation", "scenario_story"

CAMPAIGNS = (
    Campaign("Grand Opening", COPY, HOME, date(2024, 1, 8), 21, acquires=0.8, cost_per_click=1.6),
    Campaign("Spring Festival Table", STORY, FEED, date(2024, 2, 5), 14, acquires=0.3),
    Campaign(
        "How to Choose a Serum", GUIDE, GUIDES, date(2024, 3, 4), 14, effect=0.03, audience=0.33
    ),
    Campaign("April Coupons", COPY, PUSH, date(2024, 4, 1), 14, effect=0.12, audience=0.36),
    Campaign(
        "How Returns Work", RULES, TEXT, date(2024, 4, 15), 28, audience=0.38, treatment_share=0.7
    ),
    Campaign("A Weekend Outdoors", STORY, FEED, date(2024, 5, 6), 14, effect=0.10, audience=0.40),
    Campaign(
        "618 Rules in Three Minutes",
        RULES,
        CATEGORY,
        date(2024, 5, 20),
        28,
        effect=0.17,
        audience=0.42,
    ),
    Campaign(
        "618 Countdown", COPY, PARTNER, date(2024, 6, 10), 10, acquires=0.5, cost_per_click=2.6
    ),
    Campaign("Summer Skin Guide", GUIDE, GUIDES, date(2024, 7, 1), 28, effect=0.22, audience=0.45),
    Campaign(
        "Flash Saturday",
        COPY,
        TEXT,
        date(2024, 7, 22),
        14,
        kind="pull_forward",
        pulled=0.7,
        audience=0.50,
    ),
    Campaign("Back to School Desk", STORY, HOME, date(2024, 8, 12), 14, effect=0.02, audience=0.42),
    Campaign(
        "Points Explained",
        RULES,
        PUSH,
        date(2024, 8, 26),
        14,
        audience=0.45,
        cost_per_click=9.0,
        kind="overpriced",
    ),
    Campaign(
        "Cart Reminder",
        COPY,
        TEXT,
        date(2024, 9, 23),
        28,
        kind="about_to_buy",
        audience=0.36,
        credited=0.90,
        cvr=0.15,
        cost_per_click=1.8,
    ),
    Campaign("Gift Finder", GUIDE, GUIDES, date(2024, 10, 8), 21, effect=0.06, audience=0.45),
    Campaign(
        "11.11 Deposit Rules",
        RULES,
        CATEGORY,
        date(2024, 10, 21),
        21,
        effect=0.10,
        audience=0.50,
        treatment_share=0.7,
    ),
    Campaign(
        "11.11 Warm-up", COPY, PARTNER, date(2024, 11, 4), 10, acquires=0.6, cost_per_click=2.8
    ),
    Campaign("Winter Kitchen", STORY, FEED, date(2024, 11, 25), 14, effect=0.13, audience=0.50),
    Campaign(
        "Year-end Thanks", COPY, PUSH, date(2024, 12, 9), 28, kind="broken_split", audience=0.55
    ),
    Campaign(
        "New Year Table",
        STORY,
        HOME,
        date(2025, 1, 6),
        21,
        effect=0.03,
        audience=0.45,
        acquires=0.4,
    ),
    Campaign("Home Reset Guide", GUIDE, PUSH, date(2025, 2, 3), 14, effect=0.01, audience=0.50),
    Campaign("Membership Rules", RULES, TEXT, date(2025, 3, 3), 28, effect=0.12, audience=0.55),
    Campaign(
        "Spring Coupons",
        COPY,
        PUSH,
        date(2025, 3, 31),
        14,
        effect=0.14,
        audience=0.55,
        treatment_share=0.7,
    ),
    Campaign("Picnic Guide", GUIDE, GUIDES, date(2025, 4, 21), 14, effect=0.09, audience=0.50),
    Campaign(
        "Early Summer Stories", STORY, FEED, date(2025, 5, 19), 28, effect=0.08, audience=0.55
    ),
    Campaign("618 Finale", COPY, PUSH, date(2025, 6, 16), 15, effect=0.04, audience=0.55),
    Campaign("Cool Rooms Guide", GUIDE, GUIDES, date(2025, 7, 7), 14, effect=0.11, audience=0.50),
    Campaign(
        "Mid-Autumn Gift Boxes",
        RULES,
        TEXT,
        date(2025, 9, 1),
        21,
        audience=0.55,
        treatment_share=0.95,
        kind="heavy_spend",
    ),
    Campaign("Mid-Autumn Stories", STORY, FEED, date(2025, 9, 22), 21, effect=0.09, audience=0.52),
    Campaign(
        "Product of the Month",
        COPY,
        HOME,
        date(2025, 10, 13),
        7,
        effect=0.14,
        audience=0.55,
        cost_per_click=0.7,
        kind="sold_out",
    ),
    Campaign(
        "11.11 Deposit Guide",
        GUIDE,
        CATEGORY,
        date(2025, 10, 20),
        21,
        effect=0.12,
        audience=0.55,
        treatment_share=0.7,
    ),
    Campaign(
        "11.11 Together", COPY, PARTNER, date(2025, 11, 3), 10, acquires=0.6, cost_per_click=2.8
    ),
    Campaign("A Quiet Winter", STORY, FEED, date(2025, 11, 24), 14, effect=0.12, audience=0.55),
    Campaign("Year-end Coupons", COPY, PUSH, date(2025, 12, 15), 17, effect=0.06, audience=0.55),
)
