"""What is planted in the work behind the shop: sellers, parcels, listings, channels, goals.

Plain values as in ``plan``; what is planted of places and pages stands in ``places_plan``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SELLERS = 40

REGIONS = {
    "East": 0.31,
    "South": 0.22,
    "North": 0.19,
    "Southwest": 0.12,
    "Central": 0.11,
    "Northwest": 0.05,
}
#: Days from order to door that are promised by region, in the order of ``REGIONS``.
PROMISED_DAYS = (2, 3, 3, 4, 3, 5)
CARRIERS = ("Heron", "Blue Cart", "Ferrow")
SEGMENTS = {"families": 0.34, "singles": 0.31, "students": 0.17, "seniors": 0.18}

#: Share of the parcels of ordinary sellers that are a day late.
LATE_SHARE = 0.04
RETURN_REASONS = {
    "does not fit": 0.38,
    "not as shown": 0.24,
    "changed my mind": 0.22,
    "faulty": 0.16,
}

#: Orders of at least this much are delivered for free, others for the fee.
FREE_FROM, DELIVERY_FEE = 99.0, 8.0

#: What payment and brokerage cost, as a share of what is charged.
FEES = {
    "app": 0.006,
    "search": 0.015,
    "social": 0.02,
    "referral": 0.01,
    "direct": 0.006,
    "affiliate": 0.09,
}


@dataclass(frozen=True)
class SlowSeller:
    """A seller whose parcels break their promise from a day on, and who loses customers by it."""

    seller: str
    #: Share of all products that are the seller's.
    products: float
    since: date
    #: Share of its parcels that are late, and by how many days.
    late_share: float
    days_late: tuple[int, int]
    #: Share of the later visits that customers do not make any more after a broken promise.
    lost: float


SLOW_SELLER = SlowSeller("seller-17", 0.07, date(2025, 4, 1), 0.9, (4, 12), lost=0.6)


@dataclass(frozen=True)
class Undercut:
    """A reseller on one channel who sells below the floor, and whom our customers follow there."""

    seller: str
    channel: str
    since: date
    #: The price, as a share of the floor.
    price: float
    #: Share of later orders with such a product that come through the reseller's channel instead.
    diverted: float


UNDERCUT = Undercut("reseller-north", "affiliate", date(2025, 7, 1), 0.9, diverted=0.6)
#: The floor of every price, as a share of the list price.
PRICE_FLOOR = 0.85
#: Products a category that are watched: their stock, and what others ask for them.
WATCHED = 2


@dataclass(frozen=True)
class Discovery:
    """A channel that from a day on brings customers who would not have come."""

    channel: str
    since: date
    #: New customers by it, per new customer without it.
    acquires: float


DISCOVERY = Discovery("referral", date(2025, 7, 14), acquires=0.30)


@dataclass(frozen=True)
class BareListings:
    """Products without pictures: looked for as much as others, and often left for another."""

    share: float
    #: Share of those who want one and then take another product of the category.
    lost: float


BARE_LISTINGS = BareListings(0.125, lost=0.55)


@dataclass(frozen=True)
class BulkOrders:
    """Rare heavy spend: few customers of a campaign's audience buy for a whole company."""

    #: Share of the audience, whatever the arm.
    share: float
    pieces: tuple[int, int]


BULK_ORDERS = BulkOrders(0.003, (16, 48))


@dataclass(frozen=True)
class Occasion:
    """An entry of the calendar; ``moved``: it is an odd week or a promotion day of the plan."""

    name: str
    kind: str
    first: date
    last: date
    moved: bool


#: Quiet weeks stand on both sides of the one that moved nothing.
NOTHING_MOVED = Occasion(
    "A rival opens a flagship store",
    "competitor",
    date(2025, 8, 18),
    date(2025, 8, 24),
    moved=False,
)


@dataclass(frozen=True)
class MissedGoal:
    """A quarter whose rate misses its goal though every channel keeps its own: the mix moved."""

    year: int
    quarter: int
    metric: str


MISSED_GOAL = MissedGoal(2025, 4, "payment_fee_rate")
