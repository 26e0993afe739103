"""One campaign: what it is, where it is seen, and what people do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal[
    "plain",
    "broken_split",
    "about_to_buy",
    "pull_forward",
    "overpriced",
    "sold_out",
    "heavy_spend",
]


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
class SoldOut:
    """What the ``sold_out`` campaign shows, and for how many of its days there is any.

    ``back_after_days``: days from its first one to the day on which there is some again.
    """

    category: str
    days_of_stock: int
    back_after_days: int


SOLD_OUT = SoldOut("Beauty / Skin Care", days_of_stock=2, back_after_days=14)


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
