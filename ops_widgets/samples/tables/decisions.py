"""Decisions of the sample shop: what was decided about what is planted in it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from ops_widgets.samples.occasions import last_day
from ops_widgets.samples.stream import Shop

DECISIONS = (
    ("2024-03-11", "Show two products more on the start page", "orders", None, 20.0, "2024-05-13"),
    ("2024-09-16", "Switch the search ads on again", "net_revenue", None, 30000.0, "2024-09-30"),
    ("2025-02-24", "Change the provider of the payment page", "orders", None, 60.0, "2025-03-24"),
    (
        *("2025-07-14", "Pay for every friend that a customer brings", "new_customers"),
        *("channel=referral", 40.0, "2025-10-13"),
    ),
    ("2025-08-01", "Deliver for free for a week", "orders", None, 90.0, "2025-08-18"),
    (
        *("2025-09-15", "Ask seller-17 for parcels that keep their promise", "retention_1"),
        *("seller=seller-17", 0.05, "2025-12-15"),
    ),
    (
        *("2025-11-17", "Speak with the reseller on affiliate", "net_revenue"),
        *("channel=affiliate", -20000.0, "2026-01-19"),
    ),
    ("2025-12-08", "Ask for pictures of every listing", "orders", None, 25.0, "2026-02-09"),
)
OWNERS = ("Operations", "Marketing", "Category management")


def rows(shop: Shop, rng: np.random.Generator) -> dict[str, pa.Array]:
    """One row a decision of the shop's days; nothing is drawn."""
    until = last_day(shop.months).isoformat()
    made = [one for one in DECISIONS if one[0] <= until]
    columns = list(zip(*made, strict=True)) or [()] * 6
    decided, text, metric, scope, expected, due = columns
    return {
        "decided_on": pa.array([date.fromisoformat(one) for one in decided], pa.date32()),
        "text": pa.array(text, pa.string()),
        "metric": pa.array(metric, pa.string()),
        "scope": pa.array(scope, pa.string()),
        "expected": pa.array(expected, pa.float64()),
        "due_on": pa.array([date.fromisoformat(one) for one in due], pa.date32()),
        "owner": pa.array([OWNERS[n % len(OWNERS)] for n in range(len(made))], pa.string()),
    }
