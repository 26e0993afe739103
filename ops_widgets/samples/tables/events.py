"""Events of the sample shop, block by block of its days."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets.samples.events import EVENTS, Done
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.visits import Visits
from ops_widgets.samples.write import coded, named, numbered, utc

CODED = frozenset({"event", "product_id", "channel", "campaign_id"})
VARIED = frozenset({"occurred_at", "customer_id", "session_id"})


def rows_of_events(shop: Shop, done: Done, came: Visits) -> dict[str, pa.Array]:
    """One row an event; a session is a visit."""
    visit = done["visit"]
    sessions = numbered("V", shop.sessions + 1 + np.arange(len(came)), 9)
    return {
        "occurred_at": utc(done["second"], shop.utc_offset),
        "customer_id": named(shop.customer_ids, done["customer"]),
        "event": coded(pa.array(EVENTS), done["event"]),
        "product_id": coded(shop.product_ids, done["product"]),
        "channel": coded(shop.channels, came.channel[visit]),
        "campaign_id": coded(shop.campaign_ids, came.campaign[visit]),
        "session_id": sessions.take(pa.array(visit)),
    }
