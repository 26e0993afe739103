"""What visits put into the cart, and the order lines that come of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops_widgets.contract.tables.orders import STATUSES
from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples import plan
from ops_widgets.samples.catalogue import Catalogue, pick
from ops_widgets.samples.customers import Customers
from ops_widgets.samples.shelf import NOTHING, Shelf
from ops_widgets.samples.visits import BULK, GUEST, Visits

COMPLETED, CANCELLED, RETURNED, CREDITED = (
    STATUSES.index(status) for status in ("completed", "cancelled", "returned", "credited")
)

#: Order lines as columns: one array a name, all of one length, numbers instead of names.
Lines = dict[str, np.ndarray]


@dataclass(frozen=True)
class Items:
    """Products put into the cart: ``product`` by visit; visit v owns the next ``count[v]``.

    ``wanted`` is what was looked at first: mostly the same.
    """

    count: np.ndarray
    visit: np.ndarray
    product: np.ndarray
    wanted: np.ndarray

    @property
    def left(self) -> np.ndarray:
        """Which of them stand in for another product, one flag each."""
        return self.product != self.wanted

    def of(self, visits: np.ndarray) -> Items:
        """The items of some of the visits, by flag; visits are numbered anew."""
        rows = visits[self.visit]
        number = np.cumsum(visits) - 1
        return Items(
            self.count[visits], number[self.visit[rows]], self.product[rows], self.wanted[rows]
        )


def fill(
    visits: Visits,
    customers: Customers,
    shelf: Shelf,
    rng: np.random.Generator,
    doubt: np.random.Generator,
) -> Items:
    """Every ordering visit has one to four different products, others now and then one.

    ``doubt`` draws who takes another product than the one that was looked for.
    """
    catalogue = shelf.catalogue
    count = np.where(
        visits.ordered,
        _choose(plan.LINES_AN_ORDER, len(visits), rng),
        rng.random(len(visits)) < plan.ABANDONED_CART,
    )
    visit = np.repeat(np.arange(len(visits)), count)
    who = visits.customer[visit]
    wanted = pick(catalogue, customers.favourite[who], who != GUEST, rng)
    begins = np.diff(visit, prepend=-1) != 0
    shown = shelf.featured(visits.campaign[visit])
    wanted = np.where(begins & (shown != NOTHING), shown, wanted)
    product = shelf.bought(wanted, visits.day[visit], doubt)
    # A row is either without customer or without product, so that the counts stay apart.
    product[(who == GUEST) & catalogue.missing[product]] = 0
    wanted = np.where(who == GUEST, product, wanted)
    again = np.zeros(len(visit), dtype=bool)
    for step in range(1, max(plan.LINES_AN_ORDER)):
        again[step:] |= (visit[step:] == visit[:-step]) & (product[step:] == product[:-step])
    visit, product, wanted = visit[~again], product[~again], wanted[~again]
    return Items(np.bincount(visit, minlength=len(visits)), visit, product, wanted)


def order_lines(
    visits: Visits,
    items: Items,
    placed: np.ndarray,
    first_order: int,
    catalogue: Catalogue,
    rng: np.random.Generator,
) -> Lines:
    """One line for each item of an ordering visit; ``placed``: local second, one a visit.

    Orders are numbered from ``first_order`` on, in the order of the visits.
    """
    rows = visits.ordered[items.visit]
    visit, product = items.visit[rows], items.product[rows]
    count = len(visit)
    price = catalogue.list_price[product]
    quantity = _choose(plan.PIECES_A_LINE, count, rng)
    bulk = np.flatnonzero(visits.origin[visit] == BULK)
    quantity[bulk] = rng.integers(*planned.BULK_ORDERS.pieces, len(bulk), endpoint=True)
    peak = visits.peak[visit]
    reduced = rng.random(count) < np.where(peak, plan.PEAK_DISCOUNTED_SHARE, plan.DISCOUNTED_SHARE)
    low, high = np.where(
        peak, *np.array([plan.PEAK_DISCOUNT_RANGE, plan.DISCOUNT_RANGE])[:, :, None]
    )
    depth = reduced * (low + rng.random(count) * (high - low))
    cancelled = rng.random(len(visits)) < plan.CANCELLED_SHARE
    returned = rng.random(count) < plan.RETURNED_SHARE
    return {
        "order": first_order + np.cumsum(visits.ordered)[visit] - 1,
        "second": placed[visit],
        "customer": visits.customer[visit],
        "product": product,
        "quantity": quantity,
        "unit_price": price,
        "discount": np.round(price * quantity * depth, 2),
        "unit_cost": catalogue.unit_cost[product],
        "channel": visits.channel[visit],
        "campaign": visits.campaign[visit],
        "status": np.where(cancelled[visit], CANCELLED, np.where(returned, RETURNED, COMPLETED)),
    }


def take(lines: Lines, rows: np.ndarray) -> Lines:
    """Some of the lines, by number or by flag."""
    return {name: column[rows] for name, column in lines.items()}


def join(*parts: Lines) -> Lines:
    """Lines one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def mean_net_value(catalogue: Catalogue) -> float:
    """Mean net value of an order on an ordinary day: completed lines after discount.

    Within one per cent: the few second lines of the same product are left out.
    """
    lines = sum(count * share for count, share in plan.LINES_AN_ORDER.items())
    pieces = sum(count * share for count, share in plan.PIECES_A_LINE.items())
    discount = plan.DISCOUNTED_SHARE * sum(plan.DISCOUNT_RANGE) / 2
    kept = (1 - plan.CANCELLED_SHARE) * (1 - plan.RETURNED_SHARE)
    return lines * pieces * catalogue.mean_price * (1 - discount) * kept


def _choose(shares: dict[int, float], count: int, rng: np.random.Generator) -> np.ndarray:
    upto = np.cumsum(list(shares.values()))
    found = np.searchsorted(upto[:-1], rng.random(count) * upto[-1], side="right")
    return np.array(list(shares))[found]
