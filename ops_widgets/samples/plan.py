"""What is planted in the synthetic shop: every number that a test may recover later.

Plain constants and frozen values, no code: the other modules read them, ``truth`` publishes
them. Campaigns have a module of their own, ``campaign_plan``, and so have the categories.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

START = date(2024, 1, 1)
PLAN_MONTHS = 24
CURRENCY = "CNY"
TIMEZONE = "Asia/Shanghai"
WEEK_START = "monday"

#: A month in which a rate "a month" holds exactly.
DAYS_A_MONTH = 30.4


@dataclass(frozen=True)
class Channel:
    """Where customers come from, and how often those who came that way order again."""

    name: str
    share: float
    #: Mean number of further orders in a month right after the first order.
    orders_a_month: float


CHANNELS = (
    Channel("app", 0.24, 0.38),
    Channel("search", 0.22, 0.25),
    Channel("social", 0.17, 0.17),
    Channel("referral", 0.13, 0.55),
    Channel("direct", 0.13, 0.31),
    Channel("affiliate", 0.11, 0.09),
)
CHANNEL_NAMES = tuple(channel.name for channel in CHANNELS)
#: A later visit comes through the channel of acquisition with this chance, else through any.
CHANNEL_LOYALTY = 0.55

#: Customers differ: their rates are gamma distributed with this shape around the channel's mean.
RATE_SHAPE = 0.9
#: Interest fades: the rate in the k-th calendar month after the first order is k ** -FADING.
FADING = 0.35

#: New customers by month, relative; the last value holds for every further month.
ARRIVALS = (6.2, 2.6, 1.8, 1.5, 1.3, 1.2, 1.0)

#: Chance that a visit of a known customer ends in an order.
CONVERSION = 0.17
SEARCHES_A_VISIT = 0.30
BROWSED_A_VISIT = 0.50
#: Chance that a visit without an order leaves a product in the cart.
ABANDONED_CART = 0.12
#: Share of orders placed without signing in: no customer, no events.
GUEST_SHARE = 0.03

LINES_AN_ORDER = {1: 0.55, 2: 0.28, 3: 0.12, 4: 0.05}
PIECES_A_LINE = {1: 0.82, 2: 0.13, 3: 0.05}
#: Chance that a line comes from the customer's favourite category rather than from any.
FAVOURITE_SHARE = 0.50

DISCOUNTED_SHARE = 0.25
DISCOUNT_RANGE = (0.05, 0.25)
PEAK_DISCOUNTED_SHARE = 0.60
PEAK_DISCOUNT_RANGE = (0.10, 0.30)
CANCELLED_SHARE = 0.04
RETURNED_SHARE = 0.06

#: Visits by day of the week, Monday first, relative to an average day.
WEEKDAYS = (0.94, 0.91, 0.92, 0.95, 1.03, 1.14, 1.11)
#: Visits by local hour, relative: lunch, evening, and some in the night.
HOURS = (2, 1, 0.6, 0.4, 0.4, 0.6, 1.2, 2, 3, 4, 4.6, 5, 5.6, 5, 4.4, 4.4, 4.6, 5, 5.6, 6.6, 8, 9)
LATE_HOURS = (8, 5)


@dataclass(frozen=True)
class Peak:
    """A promotion day: visits and the chance of an order, times an ordinary day's."""

    day: date
    traffic: float
    conversion: float


PEAKS = (
    Peak(date(2024, 6, 17), 1.3, 1.1),
    Peak(date(2024, 6, 18), 2.0, 1.5),
    Peak(date(2024, 11, 10), 1.4, 1.1),
    Peak(date(2024, 11, 11), 2.4, 1.6),
    Peak(date(2025, 6, 17), 1.3, 1.1),
    Peak(date(2025, 6, 18), 2.0, 1.5),
    Peak(date(2025, 11, 10), 1.4, 1.1),
    Peak(date(2025, 11, 11), 2.4, 1.6),
)


@dataclass(frozen=True)
class OddWeek:
    """A week (its Monday) in which something fell or rose; no campaign runs in it."""

    name: str
    monday: date
    traffic: float
    conversion: float


ODD_WEEKS = (
    OddWeek("traffic_fell", date(2024, 9, 9), traffic=0.55, conversion=1.0),
    OddWeek("conversion_fell", date(2025, 2, 17), traffic=1.0, conversion=0.60),
    OddWeek("conversion_rose", date(2025, 8, 4), traffic=1.0, conversion=1.45),
)


@dataclass(frozen=True)
class PriceBand:
    """List prices in [low, high): many pieces are sold here, few products are listed."""

    category: str
    low: float
    high: float
    demand_share: float
    supply_share: float


PRICE_BAND = PriceBand("Sports", 200.0, 300.0, demand_share=0.24, supply_share=0.06)


@dataclass(frozen=True)
class Mess:
    """How often real shops' troubles happen: shares of order lines, of events, or counts."""

    duplicate: float = 0.0020
    bad_price: float = 0.0014
    bad_quantity: float = 0.0004
    credit_note: float = 0.0030
    #: Share of the lines of the two months before the last that reach the file at its end.
    late: float = 0.0150
    event_without_customer: float = 0.0001
    year_1900: int = 2
    year_2099: int = 1
    products_missing: int = 6
    products_without_category: int = 8


MESS = Mess()
