"""What is planted of places: how a place on a page is looked at, and who is given which slot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ops_widgets.samples import campaign as campaigns
from ops_widgets.samples.campaign import Place

PAGES = ("home", "sports")
POSITIONS = 20
#: The last weeks of the shop are those of which it is known what was seen where.
WEEKS_SEEN = 26
#: Views of a page on a day; of them this share shows its products in an order drawn at random.
VIEWS_A_DAY, SHUFFLED_SHARE = 4000, 0.05
#: Who is shown a page looks at the k-th place with the chance k ** -EXAMINATION_FADING.
EXAMINATION_FADING = 0.6
#: Chance of a click on a product that is looked at: median, and standard deviation of the log.
APPEAL, APPEAL_SPREAD = 0.09, 0.5
MOST_APPEAL = 0.5
#: How wrongly the shop ranks its products: standard deviation of the log of what it takes for
#: their appeal. The most appealing one of each page stands at ``HIDDEN_AT``, and has so much.
MISJUDGED, HIDDEN_AT, HIDDEN_APPEAL = 0.6, 15, 0.30
CLICKS_TO_ORDER = 0.06

#: The shop's slots: page, position, capacity.
SLOTS: dict[Place, tuple[str, int, int]] = {
    campaigns.HOME: ("home", 1, 1),
    campaigns.CATEGORY: ("category", 1, 1),
    campaigns.PARTNER: ("partner", 1, 1),
    campaigns.FEED: ("feed", 1, 2),
    campaigns.GUIDES: ("feed", 2, 1),
    campaigns.PUSH: ("push", 1, 1),
    campaigns.TEXT: ("text", 1, 1),
}
#: What a day of a slot is expected to bring, in the currency: a campaign, a seller's wish.
CAMPAIGN_VALUE, SELLER_VALUE = (1500, 4000), (200, 1200)
#: Sellers wish for a slot for so many days, one after the other.
WISH_DAYS = 14


@dataclass(frozen=True)
class WrongPlan:
    """A slot that was given to a campaign although another one was worth ``times`` as much."""

    given_to: str
    rejected: str
    first: date
    last: date
    times: float


WRONG_PLAN = WrongPlan(
    "Product of the Month", "11.11 Deposit Guide", date(2025, 10, 13), date(2025, 10, 19), 2.2
)
