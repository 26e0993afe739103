"""The shop's campaigns and what each of them truly does.

Effects are planted as expected *additional* orders of a treated customer over the campaign's
days; money follows from the mean net value of an order. Campaigns that acquire customers never
overlap each other, so that every new customer is credited at most once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["plain", "broken_split", "about_to_buy", "pull_forward", "overpriced"]


@dataclass(frozen=True)
class Response:
    """What people do with a kind of content: clicks per impression, orders per click."""

    ctr: float
    cvr: float


RESPONSES = {
    "marketing_copy": Response(0.026, 0.055),
    "shopping_guide": Response(0.038, 0.070),
    "rule_explanation": Response(0.012, 0.045),
    "scenario_story": Response(0.031, 0.035),
}

#: What a campaign is for, unless it is there to win new customers.
OBJECTIVES = {
    "marketing_copy": "repeat purchase",
    "shopping_guide": "conversion",
    "rule_explanation": "trust",
    "scenario_story": "inspiration",
}


@dataclass(frozen=True)
class Place:
    """Where a campaign is seen."""

    slot: str
    format: str
    channel: str


HOME = Place("home_top", "banner", "social")
CATEGORY = Place("category_top", "banner", "app")
PARTNER = Place("partner_page", "banner", "affiliate")
FEED = Place("feed_story", "feed_card", "social")
GUIDES = Place("feed_guide", "feed_card", "search")
PUSH = Place("push", "push", "app")
TEXT = Place("text", "text_message", "direct")

#: Share of the most active quarter of the control group that slips into the broken split's
#: treatment: half of an eighth of the audience turns 50/50 into 56/44, and not at random.
LEAK = 0.52
#: Length of the pay-back of a campaign that only pulls orders forward, in days.
PAY_BACK_DAYS = 28


@dataclass(frozen=True)
class Campaign:
    """One campaign: what it is, who is in it, what it costs and what it does."""

    name: str
    content_type: str
    place: Place
    starts_on: date
    days: int
    #: Expected additional orders of a treated customer over the campaign's days.
    effect: float = 0.0
    #: Audience as a share of all customers the shop will ever have; 0: nobody was held back.
    audience: float = 0.0
    treatment_share: float = 0.5
    #: Chance that a treated customer's order, which would have come anyway, is credited to it.
    credited: float = 0.25
    #: New customers by it, per new customer without it.
    acquires: float = 0.0
    cost_per_click: float = 2.0
    kind: Kind = "plain"
    cvr: float | None = None
    #: Share of later orders that come early instead (``pull_forward`` only).
    pulled: float = 0.0

    @property
    def days_after(self) -> int:
        """Days after the last one in which it still changes what customers do."""
        return PAY_BACK_DAYS if self.kind == "pull_forward" else 0

    @property
    def response(self) -> Response:
        """Clicks per impression and orders per click."""
        usual = RESPONSES[self.content_type]
        return Response(usual.ctr, self.cvr or usual.cvr)

    @property
    def objective(self) -> str:
        """What it is for."""
        return "acquisition" if self.acquires else OBJECTIVES[self.content_type]


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
    ),
    Campaign("Mid-Autumn Stories", STORY, FEED, date(2025, 9, 22), 21, effect=0.09, audience=0.52),
    Campaign("One Robot a Home", COPY, HOME, date(2025, 10, 13), 7, effect=0.05, audience=0.55),
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
