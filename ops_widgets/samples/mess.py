"""The mess of real shops, planted in order lines and events, and counted as it is planted.

Broken rows are *additional* lines, so that what customers truly did stays whole. Each line is
hit by one trouble at most, and none hits a line without customer or without product row.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from ops_widgets import periods
from ops_widgets.contract.tables.orders import STATUSES
from ops_widgets.samples import plan
from ops_widgets.samples.baskets import CANCELLED, COMPLETED, CREDITED, Lines, join, take
from ops_widgets.samples.catalogue import Catalogue
from ops_widgets.samples.days import Block, Days
from ops_widgets.samples.events import Done
from ops_widgets.samples.parcels import CHARGES
from ops_widgets.samples.visits import GUEST

_MESS = plan.MESS
_SHARES = (
    _MESS.duplicate,
    _MESS.bad_price,
    _MESS.bad_quantity,
    _MESS.credit_note,
    _MESS.late,
)
DUPLICATE, BAD_PRICE, BAD_QUANTITY, CREDIT_NOTE, LATE = range(len(_SHARES))

#: 00:00 UTC on the first day of 1900 and of 2099, in seconds since 1970-01-01.
YEAR_1900, YEAR_2099 = -2_208_988_800, 4_070_908_800


class LineMess:
    """Passes order lines on block by block, with trouble; ``counts`` by rule of the contract."""

    def __init__(self, catalogue: Catalogue, days: Days, utc_offset: int) -> None:
        self.counts: Counter[str] = Counter()
        #: Lines by status, in the order of ``STATUSES``.
        self.status = np.zeros(len(STATUSES), dtype=int)
        #: Late lines by calendar month since the shop opened.
        self.late_by_month: Counter[int] = Counter()
        self._catalogue = catalogue
        self._late_months = (days.month[-1] - 2, days.month[-1] - 1)
        self._utc_offset = utc_offset
        self._late: list[Lines] = []
        self._to_credit: Lines | None = None
        self._clock: Lines | None = None

    def block(self, lines: Lines, block: Block, rng: np.random.Generator) -> Lines:
        """The lines of a block as the file shows them."""
        absent = self._catalogue.missing[lines["product"]]
        clean = (lines["customer"] != GUEST) & ~absent
        hit = np.searchsorted(np.cumsum(_SHARES), rng.random(len(absent)), side="right")
        hit[~clean] = len(_SHARES)
        late = (hit == LATE) & (block.month in self._late_months)
        if self._to_credit is None:
            self._to_credit = take(lines, np.zeros(len(late), dtype=bool))
        parts = [
            take(lines, ~late),
            take(lines, hit == DUPLICATE),
            self._bad_prices(take(lines, hit == BAD_PRICE)),
            self._bad_quantities(take(lines, hit == BAD_QUANTITY)),
            self._credit_notes(block, rng),
        ]
        self._late.append(take(lines, late))
        self._to_credit = take(lines, (hit == CREDIT_NOTE) & (lines["status"] == COMPLETED))
        if self._clock is None:
            self._clock = take(lines, np.flatnonzero(clean)[: _MESS.year_1900 + _MESS.year_2099])
        self.late_by_month[block.month] += int(late.sum())
        self.counts["exact_duplicate"] += len(parts[1]["order"])
        self.counts["unit_price_not_positive"] += len(parts[2]["order"])
        self.counts["quantity_not_positive"] += len(parts[3]["order"])
        self.counts["customer_unknown"] += int((lines["customer"] == GUEST).sum())
        self.counts["product_unknown"] += int(absent.sum())
        self.status += np.bincount(lines["status"], minlength=len(self.status))
        self.status[CREDITED] += len(parts[4]["order"])
        return join(*parts)

    def tail(self) -> Lines:
        """What reaches the file at its end: late lines, then lines of unset clocks."""
        assert self._clock is not None, "a shop has at least one block of days"
        clock = self._clock
        number = np.arange(len(clock["order"]))
        past = number < _MESS.year_1900
        self.counts["ordered_at_too_early"] += int(past.sum())
        self.counts["ordered_at_in_future"] += int((~past).sum())
        clock["second"] = np.where(past, YEAR_1900, YEAR_2099) + self._utc_offset
        return join(*self._late, clock)

    def _bad_prices(self, lines: Lines) -> Lines:
        """Samples for nothing, and corrections booked as a negative price."""
        free = np.arange(len(lines["order"])) % 2 == 0
        price = np.where(free, 0.0, -lines["unit_price"])
        return _sold(lines) | {"unit_price": price, "discount": np.zeros(len(free))}

    def _bad_quantities(self, lines: Lines) -> Lines:
        """Lines taken back by hand: quantity 0 or -1."""
        quantity = -(np.arange(len(lines["order"])) % 2)
        return _sold(lines) | {"quantity": quantity, "discount": np.zeros(len(quantity))}

    def _credit_notes(self, block: Block, rng: np.random.Generator) -> Lines:
        """Credit notes for lines of the block before; the lines themselves stay completed."""
        assert self._to_credit is not None
        count = len(self._to_credit["order"])
        first = periods.day_number(plan.START) + block.first
        seconds = rng.integers(0, (block.end - block.first) * periods.SECONDS_A_DAY, count)
        return self._to_credit | {
            "second": first * periods.SECONDS_A_DAY + seconds,
            "status": np.full(count, CREDITED),
            **{name: np.zeros(count) for name in CHARGES},
        }


def _sold(lines: Lines) -> Lines:
    """None of them cancelled: such a line needs neither price nor quantity, and is no mess."""
    status = lines["status"]
    return lines | {"status": np.where(status == CANCELLED, COMPLETED, status)}


def with_customers_missing(done: Done, rng: np.random.Generator) -> Done:
    """Events as the file shows them: some once more, at the end, without their customer."""
    again = np.flatnonzero(rng.random(len(done["visit"])) < _MESS.event_without_customer)
    rows = {name: np.append(column, column[again]) for name, column in done.items()}
    rows["customer"][len(done["visit"]) :] = GUEST
    return rows
