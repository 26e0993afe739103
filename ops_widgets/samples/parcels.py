"""From order to door: what each line costs beside its price, and when its parcel arrives."""

from __future__ import annotations

import numpy as np

from ops_widgets import periods
from ops_widgets.contract.tables.orders import STATUSES
from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples import plan
from ops_widgets.samples.baskets import Lines
from ops_widgets.samples.days import Days, day_index
from ops_widgets.samples.listings import SLOW, Listings
from ops_widgets.samples.regions import regions_of
from ops_widgets.samples.visits import GUEST

CANCELLED, RETURNED = STATUSES.index("cancelled"), STATUSES.index("returned")
#: A day that has not come, or never does.
NEVER = -1

#: What a line costs beside its price: columns that only its own row has, and no credit note.
CHARGES = ("shipping_charged", "shipping_cost", "payment_fee")

#: Parcels as columns: one array a name; days count from ``plan.START``, ``NEVER`` is unknown.
Parcels = dict[str, np.ndarray]


def send(
    lines: Lines,
    regions: np.ndarray,
    listings: Listings,
    days: Days,
    rng: np.random.Generator,
) -> tuple[Lines, Parcels]:
    """Lines with seller, region, fees and returns, and one parcel an order and seller.

    A parcel's cost stands on the first of its lines, the customer's fee on the first of the
    order. Cancelled orders have no parcel. What happens after the shop's last day is not known.
    """
    count = len(lines["order"])
    seller = listings.seller[lines["product"]]
    first_line = np.diff(lines["order"], prepend=NEVER) != 0
    somewhere = regions_of(count, rng)
    of_order = np.cumsum(first_line) - 1
    region = np.where(
        lines["customer"] == GUEST, somewhere[first_line][of_order], regions[lines["customer"]]
    )
    value = lines["quantity"] * lines["unit_price"] - lines["discount"]
    alive = lines["status"] != CANCELLED
    total = np.bincount(of_order, weights=value)
    charged = np.where(first_line & alive & (total[of_order] < planned.FREE_FROM), 1.0, 0.0)
    fees = np.array([planned.FEES[name] for name in plan.CHANNEL_NAMES])

    key = lines["order"] * planned.SELLERS + seller
    _, head, parcel = np.unique(key, return_index=True, return_inverse=True)
    sent = _parcels(lines, head, parcel, region, seller, rng)
    back = sent["delivered"][parcel] + rng.integers(1, 15, count)
    reason = np.searchsorted(
        np.cumsum(list(planned.RETURN_REASONS.values()))[:-1], rng.random(count), side="right"
    )
    returned = lines["status"] == RETURNED
    cost = np.zeros(count)
    cost[head] = sent["cost"]
    lines = lines | {
        "seller": seller,
        "region": region,
        "returned": np.where(returned & (back < days.count), back, NEVER),
        "reason": np.where(returned, reason, NEVER),
        "shipping_charged": charged * planned.DELIVERY_FEE,
        "shipping_cost": np.where(alive, cost, 0.0),
        "payment_fee": np.where(alive, np.round(value * fees[lines["channel"]], 2), 0.0),
    }
    gone = {name: column[alive[head]] for name, column in sent.items()}
    for name in ("shipped", "delivered"):
        gone[name] = np.where(gone[name] < days.count, gone[name], NEVER)
    return lines, gone


def _parcels(
    lines: Lines,
    head: np.ndarray,
    parcel: np.ndarray,
    region: np.ndarray,
    seller: np.ndarray,
    rng: np.random.Generator,
) -> Parcels:
    """Every parcel, ``head`` being its first line and ``parcel`` that of each line."""
    count = len(head)
    ordered = lines["second"][head] // periods.SECONDS_A_DAY - periods.day_number(plan.START)
    promised = ordered + np.array(planned.PROMISED_DAYS)[region[head]]
    early = rng.integers(0, 2, count)
    late = (rng.random(count) < planned.LATE_SHARE).astype(int)
    slow = planned.SLOW_SELLER
    breaks = (seller[head] == SLOW) & (ordered >= day_index(slow.since))
    breaks &= rng.random(count) < slow.late_share
    low, high = slow.days_late
    late = np.where(breaks, rng.integers(low, high + 1, count), late)
    delivered = np.where(late > 0, promised + late, promised - early)
    pieces = np.bincount(parcel, weights=lines["quantity"], minlength=count)
    far = np.array(planned.PROMISED_DAYS)[region[head]] - min(planned.PROMISED_DAYS)
    cost = 4.2 + 0.5 * pieces + 0.9 * far + rng.random(count)
    # No two parcels of an order are alike: cents modulo four tell which one it is.
    order = lines["order"][head]
    nth = np.arange(count) - np.searchsorted(order, order)
    return {
        "order": order,
        "promised": promised,
        "shipped": np.where(breaks, delivered - 1, ordered + rng.integers(0, 2, count)),
        "delivered": delivered,
        "cost": np.round(np.floor(cost * 25) / 25 + 0.01 * nth, 2),
        "carrier": rng.integers(0, len(planned.CARRIERS), count),
    }
