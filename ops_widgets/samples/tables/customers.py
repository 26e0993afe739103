"""Customers of the sample shop: who they are, beside what they buy."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.write import coded, numbered, on_day

CODED = frozenset({"region", "segment"})
VARIED = frozenset({"customer_id"})

#: Share of customers who live with another one; share who never opened an account.
SHARING, WITHOUT_ACCOUNT = 0.24, 0.03


def rows(shop: Shop, rng: np.random.Generator) -> dict[str, pa.Array]:
    """One row a customer; most signed up on the day of their first order, some before.

    Households of two are known, of others nobody knows whether they share one.
    """
    first = shop.customers.first_day
    count = len(first)
    upto = np.cumsum(list(planned.SEGMENTS.values()))
    early = np.where(rng.random(count) < 0.3, rng.integers(1, 40, count), 0)
    household = np.full(count, -1)
    sharing = rng.permutation(count)[: int(count * SHARING / 2) * 2]
    household[sharing] = np.arange(len(sharing)) // 2
    return {
        "customer_id": shop.customer_ids,
        "first_known_on": on_day(np.maximum(first - early, 0)),
        "region": coded(pa.array(planned.REGIONS), shop.regions),
        "segment": coded(
            pa.array(planned.SEGMENTS), np.searchsorted(upto[:-1], rng.random(count), side="right")
        ),
        "household_id": numbered("H", np.maximum(household, 0) + 1, 6).take(
            pa.array(np.arange(count), mask=household < 0)
        ),
        "is_guest": pa.array(rng.random(count) < WITHOUT_ACCOUNT),
    }
