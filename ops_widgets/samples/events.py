"""What visitors do on the way: searches, views, carts. A purchase is an order, not an event."""

from __future__ import annotations

import numpy as np

from ops_widgets.samples import plan
from ops_widgets.samples.baskets import Items
from ops_widgets.samples.catalogue import pick
from ops_widgets.samples.customers import Customers
from ops_widgets.samples.shelf import NOTHING, Shelf
from ops_widgets.samples.visits import GUEST, Visits

EVENTS = ("search", "view", "cart")
SEARCH, VIEW, CART = range(len(EVENTS))
NO_PRODUCT = -1

#: Events as columns: one array a name, all of one length, numbers instead of names.
Done = dict[str, np.ndarray]

#: Seconds between two things done in a visit.
GAP = (6, 66)
#: More would keep a visit going for half an hour and more.
MOST_BROWSED = 8


def draw(
    visits: Visits,
    items: Items,
    customers: Customers,
    shelf: Shelf,
    rng: np.random.Generator,
) -> tuple[Done, np.ndarray]:
    """The block's events, visit by visit, and the local second in which each visit is done.

    A visit may search, views some products, those that it leaves for another one last, then views
    and carts each of its items; guests leave no events. Whom a campaign brings and who buys
    nothing has looked at what it shows. Columns: ``visit`` (its place in ``visits``), ``second``,
    ``customer``, ``event``, ``product`` (-1: none).
    """
    known = visits.customer != GUEST
    searches = known & (rng.random(len(visits)) < plan.SEARCHES_A_VISIT)
    browsed = np.minimum(rng.poisson(plan.BROWSED_A_VISIT, len(visits)), MOST_BROWSED)
    left = known * np.bincount(items.visit[items.left], minlength=len(visits))
    browsed = known * (browsed + (items.count == 0)) + left
    counts = searches + browsed + 2 * known * items.count
    gap = rng.integers(*GAP, len(visits))

    visit = np.repeat(np.arange(len(visits)), counts)
    position = np.arange(len(visit)) - np.repeat(np.cumsum(counts) - counts, counts)
    # Counted from the first view of an item; negative before it.
    step = position - (searches + browsed)[visit]
    event = np.where(step >= 0, np.where(step % 2 == 0, VIEW, CART), VIEW)
    event[(position == 0) & searches[visit]] = SEARCH

    product = np.full(len(visit), NO_PRODUCT)
    of_item = step >= 0
    first_item = np.cumsum(items.count) - items.count
    product[of_item] = items.product[first_item[visit[of_item]] + step[of_item] // 2]
    browsing = (step < 0) & (event == VIEW)
    who = visits.customer[visit[browsing]]
    product[browsing] = pick(shelf.catalogue, customers.favourite[who], who != GUEST, rng)
    leaving = (step < 0) & (step >= -left[visit])
    first_left = np.cumsum(left) - left
    of_known = items.wanted[items.left & known[items.visit]]
    product[leaving] = of_known[first_left[visit[leaving]] + (step + left[visit])[leaving]]
    shown = shelf.featured(visits.campaign[visit])
    came_for = (position == searches[visit]) & (items.count[visit] == 0) & (shown != NOTHING)
    product[came_for] = shown[came_for]

    columns = {
        "visit": visit,
        "customer": visits.customer[visit],
        "second": visits.start[visit] + position * gap[visit],
        "event": event,
        "product": product,
    }
    return columns, visits.start + (counts + 1) * gap
